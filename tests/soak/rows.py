"""Every column of every table in turn made unreadable, in every way: each time the bot starts on the damaged copy,
and whoever has to do with the other shop alone is served.
"""

import argparse
import asyncio
import faulthandler
import logging
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.support.damage import Damage, each_column
from tests.support.two_shops import TwoShops, is_well, two_shops

PATIENCE_S = 60.0


async def trouble(town: TwoShops, folder: Path, damage: Damage) -> str | None:
    """What went wrong, nothing where all is well; raises LookupError where there is nothing to damage."""
    path = folder / "stempel.db"
    if not town.damaged(path, damage):
        raise LookupError(f"nothing to damage: {damage}")
    try:
        async with asyncio.timeout(PATIENCE_S), town.at_work(path) as (home, people):
            await is_well(home, people, town.healthy)
    except Exception as error:
        traceback.print_exception(error)
        return f"{type(error).__name__}: {error}"
    return None


async def run(cases: Sequence[Damage]) -> int:
    """How many cases went wrong."""
    counts: Counter[str] = Counter()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        town = await two_shops(Path(folder) / "town.db")
        for number, damage in enumerate(cases, start=1):
            faulthandler.dump_traceback_later(PATIENCE_S + 30, file=sys.stderr)
            with tempfile.TemporaryDirectory() as own:
                try:
                    said = await trouble(town, Path(own), damage)
                except LookupError:
                    counts["without such a value"] += 1
                    continue
            counts["wrong" if said else "well"] += 1
            if said:
                print(f"WRONG  {damage}: {said}", flush=True)
            if number % 25 == 0:
                seconds = time.monotonic() - began
                print(f"{number} of {len(cases)} after {seconds:.0f} s, {dict(counts)}", flush=True)
    print(f"{len(cases)} cases: " + ", ".join(f"{count} {what}" for what, count in counts.items()))
    print("VERDICT " + ("wrong" if counts["wrong"] else "well"))
    return counts["wrong"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="only what begins so: a table, or table.column")
    only = parser.parse_args().only
    logging.disable(logging.CRITICAL)
    cases = [damage for damage in each_column() if str(damage).startswith(only)]
    tables = {damage.table.name for damage in cases}
    print(f"PLAN  {len(cases)} cases over {len(tables)} tables, a second or so each", flush=True)
    return min(1, asyncio.run(run(cases)))


if __name__ == "__main__":
    sys.exit(main())
