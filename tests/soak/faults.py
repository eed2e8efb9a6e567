"""Each fault of Telegram, where the bot asks for updates, where it answers a member of staff and where it sends a
customer's receipt: how long until all is well again, and what it cost.

``python -m tests.soak.faults`` runs the real bot with a sandbox of its own for each case, eight at a time, on the
real clock. Exit status 1 when an act was lost or done twice, a message never came, or a ledger breaks an invariant.
"""

import asyncio
import logging
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bot.sandbox import Fault, FaultKind, Message, Person, Sandbox
from domain.kinds import EntryKind
from tests.support.house import House, house, number_of

AT_ONCE = 8
PATIENCE_S = 200.0
"""A receipt that failed in passing is due again after a minute."""
POLLING, ANSWER, RECEIPT = "getUpdates", "answer", "receipt"
UNAUTHORIZED = {401: "Unauthorized", 404: "Not Found"}
OWED = "SELECT count(*) FROM deliveries WHERE delivered_at IS NULL AND failed_at IS NULL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """``count`` calls in a row meet the fault."""

    where: str
    name: str
    count: int
    fault: Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """``answered_s`` and ``received_s``: seconds from the command to what staff and customer saw, None for never."""

    case: Case
    hits: int
    entries: int
    answered_s: float | None
    received_s: float | None
    repeated: int
    violations: int

    @property
    def is_well(self) -> bool:
        """An answer may be lost with its act done; the receipt may not, nor the act."""
        return self.entries == 1 and self.received_s is not None and self.violations == 0


def the_plan() -> Iterator[Case]:
    for where in (POLLING, ANSWER, RECEIPT):
        counts = (1, 3, 10) if where == POLLING else (1,)
        for count in counts:
            for name, fault in the_kinds(where):
                yield Case(where=where, name=name, count=count, fault=fault)


def the_kinds(where: str) -> Iterator[tuple[str, Fault]]:
    yield "429, wait 1 s", Fault(kind=FaultKind.FLOOD, retry_after_seconds=1)
    yield "500", Fault(kind=FaultKind.SERVER_ERROR, status=500)
    yield "502 as HTML", Fault(kind=FaultKind.SERVER_ERROR, html=True)
    yield "reset before the effect", Fault(kind=FaultKind.RESET)
    yield "cut after the effect", Fault(kind=FaultKind.CUT)
    yield "answer 2 s late", Fault(kind=FaultKind.STALL, seconds=2)
    if where == POLLING:
        for status, description in UNAUTHORIZED.items():
            yield str(status), Fault(kind=FaultKind.SERVER_ERROR, status=status, description=description)


async def main() -> int:
    logging.disable()
    plan, gate, ended = list(the_plan()), asyncio.Semaphore(AT_ONCE), 0

    async def runs(case: Case) -> Found:
        nonlocal ended
        async with gate:
            found = await meets(case)
        ended += 1
        print(f"{ended:3} of {len(plan)}  {line_of(found)}", flush=True)
        return found

    print(f"{len(plan)} cases, {AT_ONCE} at a time, about three minutes", flush=True)
    print(f"{'':11}where       fault                     in a row  answered  receipt  repeated")
    found = await asyncio.gather(*map(runs, plan))
    bad = [each for each in found if not each.is_well]
    unanswered = [each for each in found if each.answered_s is None]
    print(
        f"{len(found)} cases, {sum(each.hits for each in found)} faults met, {len(bad)} acts or receipts lost or"
        f" doubled, {len(unanswered)} answers lost, {sum(each.repeated for each in found)} messages repeated,"
        f" {sum(each.violations for each in found)} violations"
    )
    return 1 if bad else 0


def line_of(found: Found) -> str:
    case = found.case
    seconds = ["  never" if s is None else f"{s:5.1f} s" for s in (found.answered_s, found.received_s)]
    mood = "" if found.is_well else "  BAD"
    return (
        f"{case.where:11} {case.name:25} {case.count:8}  {'  '.join(seconds):>16}  {found.repeated:8}{mood}"
    )


async def meets(case: Case) -> Found:
    """One stamp while the fault strikes."""
    with tempfile.TemporaryDirectory() as folder:
        async with Sandbox() as sandbox, house(Path(folder) / "stempel.db", sandbox=sandbox) as home:
            shop = await home.opens_shop()
            anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
            await home.at_rest()
            whom = {POLLING: None, ANSWER: paul.id, RECEIPT: anna.id}[case.where]
            method = {POLLING: "getUpdates", ANSWER: "sendMessage", RECEIPT: "editMessageMedia"}[case.where]
            planned = sandbox.faults.add(replace(case.fault, method=method, chat_id=whom, count=case.count))
            if case.where == POLLING:  # the call that waits at present is past the fault: this ends it
                await anna.sends("/help")
                await sandbox.until(lambda: planned.hits)
            began = time.monotonic()
            await paul.sends(f"/stamp {number_of(anna)}")
            answered, received = await asyncio.gather(
                seconds_until(
                    home, paul, "✅", began, patience_s=PATIENCE_S if case.where != ANSWER else 20.0
                ),
                seconds_until(home, anna, "✅ +1 stamp", began, patience_s=PATIENCE_S),
            )
            await home.at_rest(patience_s=PATIENCE_S)
            await sandbox.until(lambda: home.rows(OWED) == [(0,)], timeout=PATIENCE_S)
            return await findings(home, case, planned.hits, anna, paul, answered, received)


def said(message: Message) -> str:
    """A receipt may stand below the card's picture."""
    return message.text or message.caption


async def seconds_until(
    home: House, person: Person, words: str, began: float, *, patience_s: float
) -> float | None:
    try:
        await home.sandbox.until(
            lambda: any(words in said(message) for message in person.messages), timeout=patience_s
        )
    except TimeoutError:
        return None
    return time.monotonic() - began


async def findings(
    home: House,
    case: Case,
    hits: int,
    anna: Person,
    paul: Person,
    answered: float | None,
    received: float | None,
) -> Found:
    stamped = "SELECT count(*) FROM entries WHERE kind = ?"
    [(entries,)] = home.rows(stamped, EntryKind.STAMP_EARNED)
    seen = [
        sum(words in said(message) for message in person.messages)
        for person, words in ((paul, "✅"), (anna, "✅ +1 stamp"))
    ]
    return Found(
        case=case,
        hits=hits,
        entries=entries,
        answered_s=answered,
        received_s=received,
        repeated=sum(max(0, count - 1) for count in seen),
        violations=len(await home.violations()),
    )


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
