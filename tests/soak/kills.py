"""Two shops at work for some minutes, strangers who make a noise, and a bot that is killed at random, stopped in
order and restored from a copy, over and over. In the end nothing is lost, nothing doubled, and everybody answered.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from bot.app.database import open_database, restore_database
from bot.kit.settings import Settings
from bot.sandbox import Sandbox
from domain.plumbing.outbox import release_held
from tests.crash.test_kill_nine import Director, directing
from tests.crash.witness import Findings, all_is_delivered, judge
from tests.support.house import settings_for

STRANGERS = 20
NOISE_EVERY_S = 1.0
"""By each stranger."""
NOISE = (
    "hello?",
    "/card",
    "/stamp 123456782",
    "/start nonsense",
    "/nosuch",
    "482 109 375",
    "🦆" * 300,
    "/status",
)
PROGRESS_EVERY_S = 20.0


@dataclass
class Soak:
    director: Director
    settings: Settings
    folder: Path
    chance: Random
    done: Counter[str] = field(default_factory=Counter)
    noise: int = 0

    async def goes_on_until(self, ends_at: float) -> None:
        """One trouble after the other, each followed by a life in which all that was asked for before is done."""
        began = told_at = time.monotonic()
        while time.monotonic() < ends_at:
            trouble = self.chance.choices([self.kills, self.restarts, self.restores], weights=[6, 2, 1])[0]
            await trouble()
            self.done[trouble.__name__] += 1
            if time.monotonic() - told_at > PROGRESS_EVERY_S:
                told_at = time.monotonic()
                print(f"{told_at - began:4.0f} s  {self}", flush=True)

    async def kills(self) -> None:
        await self.director.kills_anywhere(self.chance.randint(1, 3))

    async def restarts(self) -> None:
        await self._stops()
        await self.director.goes_on()

    async def restores(self) -> None:
        """A copy is taken, the database destroyed, the copy put in its place; what it owes is let go out."""
        await self._stops()
        copy = self.folder / "copy.db"
        async with open_database(self.settings) as store:
            await store.backup(copy)
        self.settings.database_path.write_bytes(b"destroyed" * 1000)
        await restore_database(self.settings, copy, go_back=False)
        async with open_database(self.settings) as store:
            await store.write(release_held, None)
        await self.director.goes_on()

    async def _stops(self) -> None:
        await self.director.life.is_at_work()
        await self.director.life.stops()
        self.director.witness.counts_calls()

    async def makes_noise(self, sandbox: Sandbox) -> None:
        strangers = [sandbox.person(f"Stranger {number}") for number in range(STRANGERS)]
        while True:
            for stranger in strangers:
                await stranger.sends(self.chance.choice(NOISE))
                self.noise += 1
                await asyncio.sleep(NOISE_EVERY_S / STRANGERS)

    def __str__(self) -> str:
        troubles = ", ".join(f"{count} × {name}" for name, count in sorted(self.done.items()))
        return (
            f"{troubles}; {self.director.anywhere.total()} killed, {self.noise} noises,"
            f" {self.director.town.book.entries} entries"
        )


async def soak(minutes: float, seed: int, folder: Path) -> tuple[Soak, Findings]:
    async with Sandbox() as sandbox:
        settings = settings_for(sandbox, folder / "stempel.db")
        async with directing(sandbox, settings, folder, seed) as director:
            town, witness = director.town, director.witness
            run = Soak(director, settings, folder, Random(seed))
            noise = asyncio.create_task(run.makes_noise(sandbox))
            try:
                await director.recovers()
                await run.goes_on_until(time.monotonic() + 60 * minutes)
                noise.cancel()
                await town.closes()
                await all_is_delivered(sandbox, witness, town.book, settings.database_path)
                await director.recovers()
            finally:
                noise.cancel()
                with suppress(asyncio.CancelledError):
                    await noise
        return run, await judge(sandbox, settings, town.doors, witness, town.book)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=4.0)
    parser.add_argument("--seed", type=int, default=20260615)
    asked = parser.parse_args()
    print(
        f"PLAN  {asked.minutes:g} minutes of kill -9 at random, restarts in order and restores (seed {asked.seed}),"
        f" two shops at work, {STRANGERS} strangers who send once in {NOISE_EVERY_S:g} s",
        flush=True,
    )
    with tempfile.TemporaryDirectory() as folder:
        try:
            run, found = asyncio.run(soak(asked.minutes, asked.seed, Path(folder)))
        except Exception as error:
            print(f"VERDICT wrong: {type(error).__name__}: {error}")
            print((Path(folder) / "lives.log").read_text()[-4000:])
            return 1
    print(
        f"{run}\nVERDICT well: {found.updates} updates, {found.entries} entries, {found.messages} messages, 0 lost,"
    )
    print(
        f"0 doubled, all answered, verify clean; {found.receipts_repeated} receipts and"
        f" {found.other_messages_repeated} other messages repeated"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
