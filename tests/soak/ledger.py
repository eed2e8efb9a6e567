"""Random operations on the real rules and an independent model: ``python -m tests.soak.ledger``.

Every difference ends the run with the seed of the walk that showed it. A walk is one shop's years; ``verify`` looks
at all of its cards at its end.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.support.balance_walk import BalanceWalk, Picks
from tests.support.clock import Clock
from tests.support.coming_back_walk import ComingBackWalk
from tests.support.databases import Running, SyncDatabase, lay_empty_database, sqlite_at
from tests.support.one_thread import OneThread

STEPS = 200
TOLD_EVERY = 10_000
Open = Callable[[Clock], SyncDatabase]
WALKS: Mapping[str, Callable[[Open, Picks], BalanceWalk | ComingBackWalk]] = {
    "balances": BalanceWalk,
    "coming_back": ComingBackWalk,
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak.ledger", description=__doc__)
    parser.add_argument("--operations", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument("--store", choices=["file", "memory"], default="file")
    parser.add_argument("--walk", choices=[*WALKS], default="balances")
    asked = parser.parse_args(arguments)
    done = walks = 0
    sys.stdout.write(f"{asked.operations:,} operations in walks of {STEPS}, over {asked.store}; ")
    sys.stdout.write(f"seed {asked.seed}\n")
    sys.stdout.flush()
    with tempfile.TemporaryDirectory() as folder:
        while done < asked.operations:
            seed, steps = asked.seed + walks, min(STEPS, asked.operations - done)
            try:
                walk = WALKS[asked.walk](
                    _opener(asked.store, Path(folder) / f"{walks}.db"), Picks(_choice(seed))
                )
                walk.steps(steps)
            except Exception:
                sys.stderr.write(f"a difference after {done:,} operations: walk with seed {seed}\n")
                raise
            done, walks = done + steps, walks + 1
            if done % TOLD_EVERY == 0:
                sys.stdout.write(f"{done:,} operations\n")
                sys.stdout.flush()
    sys.stdout.write(f"{done:,} operations in {walks:,} walks over {asked.store}, no difference; ")
    sys.stdout.write(f"seed {asked.seed}\n")
    return 0


def _opener(store: str, path: Path) -> Open:
    if store == "memory":
        return OneThread
    return lambda clock: Running(clock, sqlite_at(lay_empty_database(path)))


def _choice(seed: int) -> Callable[[Sequence[Any]], Any]:
    return random.Random(seed).choice


if __name__ == "__main__":
    sys.exit(main())
