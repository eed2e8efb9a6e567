"""What each command of the operator takes more than the interpreter's own start.

    python -m tests.benchmarks.cli_start [--runs 5] [COMMAND ...]

Each command runs as people run it, a process of its own, on a small database that is the same every time; with names
given, only the commands that begin with one of them. Beside them, every time, the interpreter that does nothing.
Processor time is what a machine that is busy otherwise leaves comparable.
"""

import argparse
import asyncio
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.cli.commands import COMMANDS
from bot.kit.clock import chance_below, new_id, system_clock
from storage.sqlite.database import SqliteDatabase
from storage.sqlite.migrate import migrate
from tests.benchmarks.town import SECRET, build_town

RUNS = 5
NOTHING = ("-c", "pass")
SQL = ("-c", "import sqlalchemy")
"""To compare machines, and hours of a busy one, by."""
GO_ON = ("run", "demo")
"""Until they are told to stop."""
REFUSED = 2
"""The exit status where there is nothing to do: all is loaded by then, and the database asked."""
LISTS = ("--help", "merchant --help", "merchant create --help")
GIVEN: Mapping[str, str] = {
    "migrate": "",
    "verify": "",
    "backup": "{folder}/copy.db",
    "restore": "{folder}/kept.db --yes",
    "outbox release": "",
    "outbox drop": "",
    "rotate-secret": "--yes",
    "add-bot": "",
    "merchant create": "--name Knätsch",
    "merchant invite": "",
    "merchant close": "{merchant} --yes",
    "store create": "{merchant} --name Belval",
    "staff invite": "{merchant} --store {store} --name Anna",
    "staff list": "{merchant}",
    "staff reset-pin": "{merchant} --staff {staff}",
    "staff withdraw": "{merchant} --staff {staff}",
    "staff set": "{merchant} --staff {staff} --name Anne",
    "staff remove": "{merchant} --staff {staff}",
    "merchant list": "",
    "store list": "{merchant}",
    "program list": "{merchant}",
    "program create": "{merchant} --name Soup",
    "merchant show": "{merchant}",
    "program show": "{merchant}",
    "merchant set": "{merchant} colour=#336699",
    "program set": "{merchant} stamps_target=12",
    "program pause": "{merchant}",
    "program resume": "{merchant}",
    "store set": "{merchant} --store {store} 'opening_hours=Mo-Fr 8:00-18:00'",
    "store rename": "{merchant} --store {store} --name Belval",
    "store close": "{merchant} --store {store}",
    "store open": "{merchant} --store {store}",
    "wording set": "{merchant} --kind reward_ready --locale en --text 'Take your {{reward}}'",
    "wording show": "{merchant}",
    "wording reset": "{merchant} --kind reward_ready",
    "dispute list": "{merchant}",
    "dispute settle": "{merchant} --entry none --outcome right",
    "approval list": "{merchant}",
    "approval settle": "{merchant} --approval none --decision declined",
    "flag list": "{merchant}",
    "flag dismiss": "{merchant} --flag none",
    "closure list": "{merchant}",
    "closure add": "{merchant} --from 2027-08-01",
    "closure set": "{merchant} --closure none --from 2027-08-02",
    "closure remove": "{merchant} --closure none",
    "campaign list": "{merchant}",
    "campaign show": "{merchant} --campaign none",
    "ledger": "{merchant}",
    "cards": "{merchant}",
    "report": "{merchant}",
    "export": "{merchant} --what entries --output {folder}/entries.csv --force",
    "takings set": "{merchant} 120.50",
    "takings list": "{merchant} --from 2026-11-01 --to 2026-11-07",
    "card show": "{merchant} --card {card}",
    "card block": "{merchant} --card {card} --reason lost",
    "card unblock": "{merchant} --card {card}",
    "card move": "{merchant} --card {card}",
    "card merge": "{merchant} --card {card} --into {other_card}",
    "privacy export": "{merchant} --card {card} --out {folder}/kept.json --force",
    "privacy erase": "{merchant} --card {card} --yes",
    "mail try": "--to lea@example.org",
    "mail returned": "{folder}/returned.eml",
    "wallet show": "{merchant} --card {card}",
    "wallet failures": "",
    "wallet push": "{merchant}",
    "wallet void": "{merchant} --card {card}",
    "store poster": "{merchant} --out {folder}/poster.pdf --force",
    "merchant logo": "{merchant}",
    "card print": "{merchant} --count 1 --out {folder}/cards.pdf --force",
    "card sheets": "{merchant}",
    "card withdraw": "{merchant} --sheet none",
    "card new": "{merchant} --store {store} --email lea@example.org",
}
"""What each command of the list is asked."""
RETURNED = b"Subject: Returned\n\nNobody of that name is here.\n"
TOKEN = "110201543:SANDBOX-this-token-opens-nothing-else"


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds, by the clock on the wall and of the processor, and the exit status."""

    wall_s: float
    processor_s: float
    status: int


def main(arguments: Sequence[str] | None = ()) -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.benchmarks.cli_start", description=__doc__)
    asked.add_argument("--runs", type=int, default=RUNS)
    asked.add_argument("commands", nargs="*", help="such as `verify` or `card`; all unless given")
    given = asked.parse_args(arguments)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        facts = asyncio.run(_shop(folder))
        programs: dict[str, tuple[str, ...]] = {"nothing": NOTHING, "(import sqlalchemy)": SQL}
        for name, words in _asked(given.commands):
            programs[name] = ("-m", "bot", *(word.format(**facts) for word in shlex.split(words)))
        took: dict[str, list[Took]] = {name: [] for name in programs}
        for number in range(given.runs + 1):  # the first compiles
            for name, program in programs.items():
                found = _timed(folder, program)
                if number:
                    took[name].append(found)
    _print(took)


def _asked(wanted: Sequence[str]) -> list[tuple[str, str]]:
    """Each with its words. Raises ValueError for a command of the list of which it is not said what it is asked."""
    if unsaid := COMMANDS.keys() - GIVEN.keys() - {*GO_ON}:
        raise ValueError(f"nothing is said of {', '.join(sorted(unsaid))}")
    every = [(name, name) for name in LISTS]
    every += [
        (name, f"{name} {GIVEN[name].replace('{merchant}', '--merchant {merchant}')}")
        for name in COMMANDS
        if name not in GO_ON
    ]
    return [(name, words) for name, words in every if not wanted or name.startswith(tuple(wanted))]


def _print(took: dict[str, list[Took]]) -> None:
    nothing = took.pop("nothing")
    own_wall_s, own_s = _medians(nothing)
    print(
        f"\nStart of a command, medians of {len(nothing)}, interleaved; the interpreter takes {own_s:.3f} s"
    )
    print(f"{'stempel …':<28}{'processor, more':>16}{'wall, more':>13}{'× interpreter':>15}")
    for name, each in took.items():
        wall_s, processor_s = _medians(each)
        more = f"{processor_s - own_s:.3f} s"
        refused = "  refused" if any(one.status for one in each) else ""
        print(f"{name:<28}{more:>16}{wall_s - own_wall_s:>11.3f} s{processor_s / own_s:>15.1f}{refused}")


def _medians(took: list[Took]) -> tuple[float, float]:
    return (
        statistics.median(one.wall_s for one in took),
        statistics.median(one.processor_s for one in took),
    )


def _timed(folder: Path, words: tuple[str, ...]) -> Took:
    """On a copy of the database. Raises RuntimeError for a command that ends in another way than it may."""
    shutil.rmtree(folder / "data", ignore_errors=True)
    shutil.copytree(folder / "first", folder / "data")
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *words],
        cwd=folder,
        env=_around(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    said = process.stderr.read().decode()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, REFUSED) or "Traceback" in said or "Usage: " in said:
        raise RuntimeError(f"{words} ended with {process.returncode}: {said}")
    return Took(time.perf_counter() - began, used.ru_utime + used.ru_stime, process.returncode)


async def _shop(folder: Path) -> dict[str, str]:
    """A database with one shop, kept as it is; its ids."""
    path = folder / "first" / "stempel.db"
    path.parent.mkdir(mode=0o700)
    migrate(path, system_clock())
    store = SqliteDatabase(path, clock=system_clock, new_id=new_id, chance_below=chance_below)
    try:
        town = await build_town(store, staff=1, customers=2)
        await store.backup(folder / "kept.db")
        (folder / "returned.eml").write_bytes(RETURNED)
    finally:
        await store.close()
    return {
        "folder": str(folder),
        "merchant": town.merchant_id,
        "store": town.store_id,
        "staff": town.staff[0].staff_id,
        "card": town.numbers[0],
        "other_card": town.numbers[1],
    }


def _around(folder: Path) -> dict[str, str]:
    """What is compiled once is kept, as on a machine where the bot is installed."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
        "BOT_TOKEN": TOKEN,
        "BOT_USERNAME": "stempel_demo_bot",
        "SECRET_KEY": SECRET,
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'data' / 'stempel.db'}",
    }


if __name__ == "__main__":
    main(None)
