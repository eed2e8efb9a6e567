"""Makes ``api.json`` from the full list: ``python -m tests.support.bot_api FULL.json``.

The full list is ``api.json`` of https://github.com/PaulSonOfLars/telegram-bot-api-spec (MIT, Copyright (c) 2020 Paul
Larsen). Its descriptions are left out, but for the values that they say a string may have. A method or a type is one
line; ``?`` marks a field that may be left out, ``|`` parts the types that it may have.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

LISTS = Path(__file__).with_name("api.json")
ONE_WORD = re.compile(r'\b(?:always|must be) ("?)(\w+)\1\.?$')
"""As in: Type of the result, must be photo."""
ONE_OF = re.compile(r'(?:\b(?:[Oo]ne of|can be|either)|^[\w ]+,(?: pass)?) (".*?)(?:\. |\.?$)')
"""As in: Currently, one of "XTR" for Telegram Stars or "TON" for toncoins."""


def reduced(full: dict[str, Any]) -> str:
    parts = [f'"{kind}": {{\n{_lines(full[kind])}\n}}' for kind in ("methods", "types")]
    return f'{{"version": "{full["version"]}",\n' + ",\n".join(parts) + "}\n"


def _lines(entries: dict[str, Any]) -> str:
    lines = ((name, json.dumps(_line(entry), ensure_ascii=False)) for name, entry in sorted(entries.items()))
    return ",\n".join(f'"{name}": {line}' for name, line in lines)


def _line(entry: dict[str, Any]) -> dict[str, Any]:
    fields = sorted(entry.get("fields", []), key=lambda field: str(field["name"]))
    names = {field["name"]: field["name"] + ("" if field["required"] else "?") for field in fields}
    line = {
        "fields": {names[field["name"]]: "|".join(field["types"]) for field in fields},
        "values": {field["name"]: found for field in fields if (found := _values(field))},
        "subtypes": sorted(entry.get("subtypes", [])),
        "returns": entry.get("returns", []),
    }
    return {name: part for name, part in line.items() if part}


def _values(field: dict[str, Any]) -> list[str]:
    """All values that a string may have, where its description lists them."""
    if field["types"] != ["String"]:
        return []
    if found := ONE_WORD.search(field["description"]):
        return [found[2]]
    found = ONE_OF.search(field["description"])
    return list(dict.fromkeys(re.findall(r'"([^"]+)"', found[1]))) if found else []


if __name__ == "__main__":
    LISTS.write_text(reduced(json.loads(Path(sys.argv[1]).read_text())))
