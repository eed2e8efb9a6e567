"""What commands print: JSON for programs, lines for people."""

from collections.abc import Callable, Mapping
from typing import Any

import click
import msgspec

Json = Callable[[Callable[..., Any]], Callable[..., Any]]

json_option: Json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def show(facts: object, *, as_json: bool) -> None:
    """Prints one object: a mapping or a value of the domain."""
    if as_json:
        click.echo(msgspec.json.encode(facts).decode())
        return
    for name, value in _items(facts):
        for one in value if isinstance(value, list) else [value]:
            click.echo(f"{name}: {_on_a_line(one) if isinstance(one, Mapping) else _said(one)}")


def show_line(facts: object, *, as_json: bool) -> None:
    """Prints one object of many, on one line."""
    if as_json:
        click.echo(msgspec.json.encode(facts).decode())
        return
    click.echo(_on_a_line(facts))


def _on_a_line(facts: object) -> str:
    return "  ".join(_said(value) for _, value in _items(facts))


def _said(value: object) -> str:
    """A value as people read it: no True, False or None of Python's."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value is None else str(value)


def _items(facts: object) -> list[tuple[str, object]]:
    built = msgspec.to_builtins(facts)
    return list(built.items()) if isinstance(built, Mapping) else []
