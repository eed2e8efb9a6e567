"""A broadcast to ten thousand chats at Telegram's own limits, while a member of staff stamps: paused, killed in the
middle and taken up again; then one that is ended.

``python -m tests.soak.broadcast`` prints plan, progress and figures; exit status 1 when one of its promises is
broken.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

from bot.app.database import open_database
from bot.kit.settings import Settings
from bot.kit.tokens import invite_token, token_hash
from bot.sandbox import Message, Person, Sandbox
from bot.sandbox.changes import Change, ChangeKind
from bot.sandbox.limits import Limits
from domain.account import Account, Locale
from domain.ids import CardNumber, InviteId, UserId
from domain.plumbing.people import Meet, meet
from domain.ports import Database
from domain.staff import Role
from domain.usecases.change_fields import change_fields
from domain.usecases.claim_invite import ClaimInvite, claim_invite
from domain.usecases.links import find_route
from domain.usecases.marketing import AnswerMarketing, answer_marketing
from domain.usecases.set_up import InviteStaff, invite_staff
from tests.benchmarks.town import BOT_ID, FIRST_CUSTOMER, SECRET, Town, build_town
from tests.support.async_shop import look
from tests.support.databases import lay_empty_database
from tests.support.house import settings_for
from tests.support.terms import editing

OWNER, STAFF = 500, 1_000
REGULARS, IDLE_STAMPS, BREATH_S = 40, 15, 1.1
NO_PERCENT, UNASKED_PERCENT = 3, 2
TEXT, SECOND_TEXT = "Cake for everybody on Friday", "Tea for everybody on Monday"
PATIENCE_S = 900.0
FIRST_MINUTE_S = 60.0
STOPS_WITHIN_S = 2.0
IN_FLIGHT_MAX = 30
STAFF_RATIO_MAX = 2.0
LOOKS_EVERY_S, STALL_S, CATCHES_UP_S = 0.2, 0.5, 3.0


@dataclass
class Seen:
    """What arrived in which chat, by what it says."""

    sandbox: Sandbox
    got: dict[str, Counter[int]] = field(default_factory=lambda: {TEXT: Counter(), SECOND_TEXT: Counter()})
    at_s: dict[str, list[float]] = field(default_factory=lambda: {TEXT: [], SECOND_TEXT: []})
    refused_by: list[tuple[float, int]] = field(default_factory=list)
    stalls: list[tuple[float, float]] = field(default_factory=list)
    """When this process, which is Telegram here, stood still, and how long: what waited then comes all at once."""

    def looks(self, change: Change) -> None:
        if change.kind is not ChangeKind.MESSAGE or change.chat_id is None or change.chat_id < FIRST_CUSTOMER:
            return
        message: Message = self.sandbox.world.chats[change.chat_id].messages[int(change.ref or 0)]
        for text, got in self.got.items():
            if message.from_bot and not message.edited_at and text in message.text:
                got[change.chat_id] += 1
                self.at_s[text].append(time.monotonic())

    async def counts_refusals(self) -> None:
        assert self.sandbox.limiter is not None
        while True:
            began = time.monotonic()
            self.refused_by.append((began, sum(self.sandbox.limiter.refused.values())))
            await asyncio.sleep(LOOKS_EVERY_S)
            if (stood_still := time.monotonic() - began - LOOKS_EVERY_S) > STALL_S:
                self.stalls.append((began, stood_still))

    def shows_refusals(self, began: float) -> None:
        """When there were any, and when this process stood still."""
        before = 0
        for at, refused in self.refused_by:
            if refused > before:
                print(f"  429: {refused - before} at {at - began:.1f} s")
            before = refused
        for at, seconds in self.stalls:
            print(f"  Telegram itself stood still for {seconds:.1f} s at {at - began:.1f} s")

    def refused_after(self, moment: float) -> tuple[int, int]:
        """How many, and how many others while what waited for this process came all at once."""
        by_itself = for_a_stall = before = 0
        for at, refused in self.refused_by:
            more, before = refused - before, refused
            if at > moment and any(begun < at < begun + long + CATCHES_UP_S for begun, long in self.stalls):
                for_a_stall += more
            elif at > moment:
                by_itself += more
        return by_itself, for_a_stall


@dataclass
class Run:
    sandbox: Sandbox
    seen: Seen
    owner: Person
    staff: Person
    numbers: Sequence[CardNumber]
    turns: "count[int]" = field(default_factory=count)

    async def stamps_once(self) -> float:
        began = time.perf_counter()
        await self.staff.sends(f"/stamp {self.numbers[next(self.turns) % REGULARS]}")
        await self.staff.sees("✅", new=True, timeout=PATIENCE_S)
        return time.perf_counter() - began

    async def is_idle(self) -> list[float]:
        """The first stamp warms up what the others need."""
        waited = []
        for _ in range(IDLE_STAMPS + 1):
            waited.append(await self.stamps_once())
            await asyncio.sleep(BREATH_S)
        return waited[1:]

    async def stamps_while(self, lasts: Coroutine[Any, Any, None]) -> list[float]:
        waited, lasting = [], asyncio.create_task(lasts)
        while not lasting.done():
            waited.append(await self.stamps_once())
            await asyncio.sleep(BREATH_S)
        await lasting
        return waited

    async def starts(self, text: str) -> None:
        await self.owner.sends("/broadcast")
        await self.owner.sees("For a new one, send the text", new=True, timeout=PATIENCE_S)
        await self.owner.sends(text)
        await self.owner.sees(text, new=True, timeout=PATIENCE_S)
        await self._taps("📣 Send now …", "Send it to")
        await self._taps(
            next(label for label in self.owner.last.button_texts if "Send to" in label), "On its way"
        )

    async def turns_to(self, label: str, sees: str, text: str) -> float:
        """Seconds from the tap to the last that arrived."""
        tapped = await self._taps(label, sees)
        await asyncio.sleep(STOPS_WITHIN_S + 3)
        return max(0.0, self.seen.at_s[text][-1] - tapped)

    async def _taps(self, label: str, sees: str) -> float:
        """When."""
        await asyncio.sleep(BREATH_S)
        tapped = time.monotonic()
        await self.owner.taps(label)
        await self.owner.sees(sees, timeout=PATIENCE_S)
        return tapped

    async def arrive(self, text: str, so_many: int) -> None:
        await self.sandbox.until(lambda: len(self.seen.got[text]) >= so_many, timeout=PATIENCE_S)


@asynccontextmanager
async def living(settings: Settings) -> AsyncIterator[asyncio.subprocess.Process]:
    """The bot in a process of its own."""
    environment = os.environ | {
        "BOT_TOKEN": settings.token,
        "BOT_API_URL": settings.bot_api_url,
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": SECRET,
        "LOG_LEVEL": "WARNING",
    }
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "run", env=environment)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def soak(customers: int, folder: Path) -> int:
    async with Sandbox(limits=Limits(chat_burst=2)) as sandbox:
        settings = replace(settings_for(sandbox, folder / "stempel.db"), secret_key=SECRET)
        lay_empty_database(settings.database_path)
        async with open_database(settings) as store:
            town, allowed = await populated(store, customers)
        owner = starts_bot(sandbox, OWNER, "Paul")
        staff = starts_bot(sandbox, STAFF, "Sam")
        for number in range(customers):
            starts_bot(sandbox, FIRST_CUSTOMER + number, "Guest")
        seen = Seen(sandbox)
        sandbox.world.changes.watch(seen.looks)
        run = Run(sandbox, seen, owner, staff, town.numbers)
        counting = asyncio.create_task(seen.counts_refusals())
        try:
            return await lives_through(run, settings, allowed)
        finally:
            counting.cancel()


async def lives_through(run: Run, settings: Settings, allowed: set[int]) -> int:
    seen, wrong = run.seen, []
    async with living(settings) as first:
        idle = await run.is_idle()
        print(f"idle: an answer to staff takes {statistics.median(idle) * 1000:.0f} ms", flush=True)
        began = time.monotonic()
        await run.starts(TEXT)
        waited = await run.stamps_while(run.arrive(TEXT, len(allowed) // 4))
        paused_s = await run.turns_to("⏸ Pause", "Paused", TEXT)
        print(f"paused at {len(seen.got[TEXT])}: the last came {paused_s:.2f} s after the tap", flush=True)
        idle += await run.is_idle()
        await run.turns_to("▶️ Go on", "On its way", TEXT)
        waited += await run.stamps_while(run.arrive(TEXT, len(allowed) // 2))
        at_kill = len(seen.got[TEXT])
        first.kill()
        await first.wait()
        print(f"killed at {at_kill}, {time.monotonic() - began:.0f} s after the start", flush=True)
    async with living(settings):
        await run.arrive(TEXT, at_kill + 60)
        told = asyncio.create_task(tells(run, len(allowed)))
        waited += await run.stamps_while(run.arrive(TEXT, len(allowed) * 3 // 4))
        await run.turns_to("⏸ Pause", "Paused", TEXT)
        idle += await run.is_idle()
        await run.turns_to("▶️ Go on", "On its way", TEXT)
        waited += await run.stamps_while(run.arrive(TEXT, len(allowed)))
        ended = time.monotonic()
        await run.owner.sees("Reached:", timeout=PATIENCE_S)
        told.cancel()
        await run.starts(SECOND_TEXT)
        waited += await run.stamps_while(run.arrive(SECOND_TEXT, min(300, len(allowed) // 4)))
        ended_s = await run.turns_to("End it", "Ended early", SECOND_TEXT)
        idle += await run.is_idle()
    got = seen.got[TEXT]
    repeated = sum(times - 1 for times in got.values())
    during, ratio = statistics.median(waited), statistics.median(waited) / statistics.median(idle)
    print(
        f"{len(got)} of {len(allowed)} reached in {ended - began:.0f} s, {repeated} of them twice after the kill"
    )
    refused, for_a_stall = seen.refused_after(began + FIRST_MINUTE_S)
    print(f"429 after the first minute: {refused}, and {for_a_stall} when Telegram itself had stood still")
    print(
        f"an answer to staff: {during * 1000:.0f} ms, {ratio:.2f} times the idle median ({len(waited)} stamps)"
    )
    print(f"ended at {len(seen.got[SECOND_TEXT])}: the last came {ended_s:.2f} s after the tap")
    print(f"the owner reads: {run.owner.last.text!r}")
    seen.shows_refusals(began)
    wrong += ["somebody was left out, or reached without having said yes"] * (set(got) != allowed)
    wrong += ["more than what was in flight was repeated"] * (repeated > IN_FLIGHT_MAX)
    wrong += ["429 after the first minute"] * (refused > 0)
    wrong += ["staff waited too long"] * (ratio > STAFF_RATIO_MAX)
    wrong += ["it did not stop in time"] * (max(paused_s, ended_s) > STOPS_WITHIN_S)
    print(f"VERDICT {'wrong: ' + '; '.join(wrong) if wrong else 'well'}")
    return 1 if wrong else 0


async def tells(run: Run, total: int) -> None:
    while True:
        print(
            f"{len(run.seen.got[TEXT])} of {total}; the owner reads {run.owner.last.text[:60]!r}", flush=True
        )
        await asyncio.sleep(20)


async def populated(store: Database, customers: int) -> tuple[Town, set[int]]:
    """Everybody has a card, most allow it; who does."""
    town = await build_town(store, staff=1, customers=customers, first_staff=STAFF)
    await _owns(store, town)
    merchant = await look(store, lambda tx: tx.merchant(town.merchant_id))
    assert merchant is not None
    await store.write(change_fields, editing(merchant, marketing_monthly_max=4))
    allowed: set[int] = set()
    writing: list[Awaitable[object]] = []
    for number in range(customers):
        account = Account(bot_id=BOT_ID, user_id=UserId(FIRST_CUSTOMER + number))
        writing.append(store.write(meet, Meet(account=account, name="Guest", telegram_locale=Locale.EN)))
        if number % 100 >= UNASKED_PERCENT:
            is_given = number % 100 >= UNASKED_PERCENT + NO_PERCENT
            answer = AnswerMarketing(account=account, merchant_id=town.merchant_id, is_given=is_given)
            writing.append(store.write(answer_marketing, answer))
            allowed |= {FIRST_CUSTOMER + number} if is_given else set()
    await asyncio.gather(*writing)
    return town, allowed


async def _owns(store: Database, town: Town) -> None:
    hashed, account = token_hash(invite_token()), Account(bot_id=BOT_ID, user_id=UserId(OWNER))
    invite = InviteStaff(
        merchant_id=town.merchant_id, store_id=None, name="Paul", role=Role.OWNER, token_hash=hashed
    )
    await store.write(invite_staff, invite)
    route = await store.read(find_route, hashed)
    claim = ClaimInvite(account=account, merchant_id=town.merchant_id, invite_id=InviteId(route.target_id))
    await store.write(claim_invite, claim)
    await store.write(meet, Meet(account=account, name="Paul", telegram_locale=Locale.EN))


def starts_bot(sandbox: Sandbox, user_id: int, name: str) -> Person:
    person = sandbox.person(name, user_id=user_id)
    sandbox.world.chats[user_id].started = True
    return person


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=10_000)
    customers: int = parser.parse_args().customers
    print(
        f"PLAN  a broadcast to most of {customers} chats at 30 messages a second, some"
        f" {customers / 28 / 60 + 2:.0f} minutes: paused at a quarter, killed at half; then one that is ended",
        flush=True,
    )
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(soak(customers, Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
