"""Clerks who type stamps without a pause at a bot of several processes on one PostgreSQL database, behind webhooks
that reach each process in turn. Meanwhile one is killed with SIGKILL, all are restarted one after the other, and one
stands still until the others take over what it had, and goes on. Every command has had its effect once, in the order
in which its clerk sent it; every one is answered; answers repeat only where a process was killed or taken for dead.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from bot.sandbox import Person, Sandbox
from domain.plumbing.see_status import see_status
from tests.support import postgres
from tests.support.fleet import FLEET_PATIENCE_S, Fleet, fleet
from tests.support.house import Shop, number_of

AT_ONCE = 3
"""Commands that a clerk sends before they wait for the answers."""
SECONDS_A_ROUND = 3.0
"""A customer gets a receipt a second, and Telegram takes no more."""
Trouble = Callable[[Fleet], Awaitable[None]]


@dataclass(slots=True)
class Clerk:
    """Stamps one customer's card, by one, two and three in turn."""

    person: Person
    card: str
    sent: list[int] = field(default_factory=list)

    async def sends_some(self) -> None:
        for _ in range(AT_ONCE):
            self.sent.append(len(self.sent) % 3 + 1)
            await self.person.sends(f"/stamp {self.card} {self.sent[-1]}")

    @property
    def answers(self) -> int:
        return sum(message.content.body.text.startswith("✅") for message in self.person.history)

    @property
    def repeated(self) -> int:
        return self.answers - len(self.sent)


@dataclass(slots=True)
class Findings:
    """``repeated`` are the answers that came again, by phase; ``wrong`` is what must not be."""

    commands: int = 0
    repeated: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


async def kill(ships: Fleet) -> None:
    await ships.afloat[0].kill()
    await ships.launches()


async def restart_all(ships: Fleet) -> None:
    """A new one first, then the old one is told to end."""
    for old in ships.afloat:
        await ships.launches()
        assert await old.ends() == 0, ships.logs()


async def end_one(ships: Fleet) -> None:
    assert await ships.afloat[0].ends() == 0, ships.logs()


async def stand_still(ships: Fleet) -> None:
    still, *others = ships.afloat
    still.stands_still()
    for other in others:
        await ships.until_seen(other, len(others))
    still.goes_on()
    await ships.until_seen(still)


async def nothing(_ships: Fleet) -> None:
    """For comparison."""


HARMLESS = (nothing, restart_all, end_one)
"""After which no answer is repeated."""
PHASES: Sequence[Trouble] = (nothing, kill, restart_all, stand_still)


async def roll(
    folder: Path,
    *,
    processes: int,
    clerks: int,
    rounds: int,
    phases: Sequence[Trouble] = PHASES,
    say: Callable[[str], None] = lambda _: None,
) -> Findings:
    """In each phase every clerk has ``rounds`` rounds at least, and goes on until the trouble is over."""
    found = Findings()
    async with Sandbox(webhook_retry_seconds=0.05) as sandbox, fleet(folder, sandbox) as ships:
        await ships.launch_together(processes)
        shop = await ships.home.opens_shop()
        team = [await _clerk(ships, shop, number) for number in range(clerks)]
        for trouble in phases:
            before, began = sum(clerk.repeated for clerk in team), time.monotonic()
            try:
                await _phase(ships, team, rounds, trouble)
            except TimeoutError:
                found.wrong.append(f"{trouble.__name__}: {await _left(ships, team)}")
                break
            again = sum(clerk.repeated for clerk in team) - before
            found.repeated[trouble.__name__] = again
            found.commands = sum(len(clerk.sent) for clerk in team)
            say(
                f"{trouble.__name__}: {found.commands:,} commands, {again} answers repeated, "
                f"{time.monotonic() - began:.0f} s"
            )
            if again and trouble in HARMLESS:
                found.wrong.append(f"{trouble.__name__}: {again} answers were repeated")
        found.wrong += await _wrong(ships, shop, team)
        if found.wrong:
            say(ships.logs())
    return found


async def _clerk(ships: Fleet, shop: Shop, number: int) -> Clerk:
    guest = await ships.home.customer(shop, f"Guest {number}")
    person = await ships.home.member(shop, f"Clerk {number}")
    return Clerk(person, number_of(guest))


async def _phase(ships: Fleet, team: Sequence[Clerk], rounds: int, trouble: Trouble) -> None:
    is_over = asyncio.Event()

    async def works(clerk: Clerk) -> None:
        done = 0
        while done < rounds or not is_over.is_set():
            await clerk.sends_some()
            await ships.sandbox.until(lambda: clerk.answers >= len(clerk.sent), timeout=FLEET_PATIENCE_S)
            done += 1
            await asyncio.sleep(SECONDS_A_ROUND)

    async def makes_trouble() -> None:
        try:
            await trouble(ships)
        finally:
            is_over.set()

    await asyncio.gather(makes_trouble(), *map(works, team))
    await _at_rest(ships)


async def _at_rest(ships: Fleet) -> None:
    """Nothing is under way, and nothing owed."""
    bot_id = ships.settings.bot_id
    async with asyncio.timeout(FLEET_PATIENCE_S):
        while True:
            now = await ships.home.store.read(see_status, bot_id)
            if not (now.updates_waiting or now.messages_owed):
                return
            await asyncio.sleep(0.2)


async def _left(ships: Fleet, team: Sequence[Clerk]) -> str:
    """What is under way, for whoever looks for the reason why it stays so."""
    waiting = [f"{clerk.person.name} {clerk.answers} of {len(clerk.sent)}" for clerk in team]
    query = (
        "SELECT update_id, person_key, attempts, owner FROM inbox WHERE done_at IS NULL AND failed_at IS NULL"
    )
    with closing(psycopg.connect(ships.settings.database_url.replace("+psycopg", ""))) as connection:
        rows = connection.execute(query).fetchall()
        instances = connection.execute("SELECT * FROM instances").fetchall()
    pending = [update.update_id for update in ships.sandbox.world.updates.pending]
    return f"{waiting}, unfinished {rows}, at work {instances}, Telegram has {pending}"


async def _wrong(ships: Fleet, shop: Shop, team: Sequence[Clerk]) -> list[str]:
    wrong = []
    for clerk in team:
        given = [line.stamps_delta for line in await ships.home.ledger(shop, clerk.card.replace(" ", ""))]
        if given != clerk.sent:
            wrong.append(f"{clerk.person.name} sent {clerk.sent}, the ledger has {given}")
    now = await ships.home.store.read(see_status, ships.settings.bot_id)
    if now.dead_letters or now.messages_failed:
        wrong.append(f"{now.dead_letters} updates and {now.messages_failed} messages were kept aside")
    wrong += [f"{broken}" for broken in await ships.home.violations()]
    took = {number: ships.given_to.count(number) for number in sorted(set(ships.given_to))}
    if len(took) < 2:
        wrong.append(f"the updates went to one process: {took}")
    return wrong


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak.rolling", description=__doc__)
    parser.add_argument("--processes", type=int, default=3)
    parser.add_argument("--clerks", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=10)
    asked = parser.parse_args(arguments)
    if not postgres.is_here():
        print(postgres.LEFT_OUT)
        return 2
    names = ", ".join(phase.__name__ for phase in PHASES)
    print(f"{asked.clerks} clerks at {asked.processes} processes; phases: {names}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(
            roll(
                Path(folder),
                processes=asked.processes,
                clerks=asked.clerks,
                rounds=asked.rounds,
                say=lambda line: print(line, flush=True),
            )
        )
    for line in found.wrong:
        print(line)
    print("VERDICT " + ("wrong" if found.wrong else "well"))
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
