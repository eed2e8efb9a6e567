"""What a command of the operator takes more than the interpreter's own start.

    python -m tests.benchmarks.cli_start

Each command runs as people run it, a process of its own, on a small database. Beside it, every time, the interpreter
that does nothing. Processor time is what a machine that is busy otherwise leaves comparable.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

RUNS = 9
NOTHING = ("-c", "pass")
SQL = ("-c", "import sqlalchemy")
"""To compare machines, and hours of a busy one, by."""
COMMANDS = (
    ("--help",),
    ("merchant", "--help"),
    ("merchant", "create", "--help"),
    ("merchant", "list"),
    ("staff", "list", "--merchant", "{merchant}"),
    ("card", "sheets", "--merchant", "{merchant}"),
    ("ledger", "--merchant", "{merchant}"),
    ("cards", "--merchant", "{merchant}"),
    ("report", "--merchant", "{merchant}"),
    ("export", "--what", "entries", "--output", "{folder}/entries.csv", "--merchant", "{merchant}"),
    ("flag", "list", "--merchant", "{merchant}"),
    ("verify",),
    ("migrate",),
    ("backup", "{folder}/copy.db"),
)
TOKEN = "110201543:SANDBOX-this-token-opens-nothing-else"


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds, by the clock on the wall and of the processor."""

    wall_s: float
    processor_s: float


def main() -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        merchant = _shop(folder)
        programs: dict[str, tuple[str, ...]] = {"nothing": NOTHING, "(import sqlalchemy)": SQL}
        for words in COMMANDS:
            filled = [word.format(merchant=merchant, folder=folder) for word in words]
            programs[
                " ".join(words).removesuffix(" --merchant {merchant}").removesuffix(" {folder}/copy.db")
            ] = (
                "-m",
                "bot",
                *filled,
            )
        took: dict[str, list[Took]] = {name: [] for name in programs}
        for number in range(RUNS + 1):  # the first compiles
            for name, program in programs.items():
                found = _timed(folder, program)
                if number:
                    took[name].append(found)
    _print(took)


def _print(took: dict[str, list[Took]]) -> None:
    own_wall_s, own_s = _medians(took.pop("nothing"))
    print(f"\nStart of a command, medians of {RUNS}, interleaved; the interpreter alone takes {own_s:.3f} s")
    print(f"{'stempel …':<28}{'processor, more':>16}{'wall, more':>13}{'× interpreter':>15}")
    for name, each in took.items():
        wall_s, processor_s = _medians(each)
        more = f"{processor_s - own_s:.3f} s"
        print(f"{name:<28}{more:>16}{wall_s - own_wall_s:>11.3f} s{processor_s / own_s:>15.1f}")


def _medians(took: list[Took]) -> tuple[float, float]:
    return (
        statistics.median(one.wall_s for one in took),
        statistics.median(one.processor_s for one in took),
    )


def _timed(folder: Path, words: tuple[str, ...]) -> Took:
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *words], cwd=folder, env=_around(folder), stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    took = Took(time.perf_counter() - began, used.ru_utime + used.ru_stime)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{words} ended with {process.returncode}")
    return took


def _shop(folder: Path) -> str:
    """A database with one shop; its id."""
    words = (sys.executable, "-m", "bot", "merchant", "create", "--name", "Café Knätsch")
    made = subprocess.run(words, cwd=folder, env=_around(folder), check=True, capture_output=True, text=True)
    [merchant] = [
        line.partition(": ")[2] for line in made.stdout.splitlines() if line.startswith("merchant_id")
    ]
    return merchant


def _around(folder: Path) -> dict[str, str]:
    """What is compiled once is kept, as on a machine where the bot is installed."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
        "BOT_TOKEN": TOKEN,
        "BOT_USERNAME": "stempel_demo_bot",
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'stempel.db'}",
    }


if __name__ == "__main__":
    main()
