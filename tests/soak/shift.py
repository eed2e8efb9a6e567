"""A shift at the counter: eight hours of the shop's time, three members, two hundred customers, real HTTP.

``python -m tests.soak.shift`` counts what it costs people: taps for a stamp, PINs typed, messages for a visit and for
a full card with its redemption. Exit status 1 when an act was lost or done twice, or a ledger breaks an invariant.
"""

import asyncio
import logging
import statistics
import sys
import tempfile
from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random

from bot.app.process import Surroundings
from bot.sandbox import Message, Person, Sandbox
from tests.support.house import (
    PIN,
    UNHURRIED,
    House,
    Shop,
    TestClock,
    has_keypad,
    house,
    number_of,
    types_pin,
)

SEED, HOURS, CUSTOMERS, TARGET = 9, 8, 200, 10
TEAM = ("Sam", "Ines", "Theo")
RUSHES = ((0.0, 2.0, 0.45), (4.0, 5.5, 0.35), (0.0, 8.0, 0.2))
"""From and to which hour, and with what share of the customers: the morning, noon, and in between."""
WAYS = ("scan", "number", "photo")
WAY_WEIGHTS = (88, 8, 4)
STAMPS, STAMP_WEIGHTS = (1, 2, 3), (85, 11, 4)
SLIPS = 0.02
"""So often the stamp was for somebody else, and is undone."""
OWED = "SELECT count(*) FROM deliveries WHERE delivered_at IS NULL AND failed_at IS NULL"
KEYS_OF_A_PIN, TAPS_PER_S = 5, 8
"""The minutes between two visits pass at once; the rate limiter, which is not tested here, counts real seconds."""
SCAN_TAPS = 2
"""The link that the camera shows, and Start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    at_minute: float
    customer: int
    member: str
    way: str
    stamps: int
    is_slip: bool


@dataclass(slots=True)
class Cost:
    """``taps`` are the member's, without the keys of a PIN; ``sent`` and ``edited`` what came into the customer's
    chat."""

    taps: int = 0
    pins: int = 0
    sent: int = 0
    edited: int = 0
    is_slip: bool = False
    is_full: bool = False


def the_shift(chance: Random) -> Iterator[Visit]:
    """Every customer once."""
    times = []
    for start, end, share in RUSHES:
        times += [60 * chance.uniform(start, end) for _ in range(round(CUSTOMERS * share))]
    people = list(range(CUSTOMERS))
    chance.shuffle(people)
    for at_minute, customer in zip(sorted(times), people, strict=True):
        yield Visit(
            at_minute=at_minute,
            customer=customer,
            member=chance.choice(TEAM),
            way=chance.choices(WAYS, WAY_WEIGHTS)[0],
            stamps=chance.choices(STAMPS, STAMP_WEIGHTS)[0],
            is_slip=chance.random() < SLIPS,
        )


async def main() -> int:
    logging.disable()
    clock, plan = TestClock(), list(the_shift(Random(SEED)))
    print(
        f"{CUSTOMERS} customers in {HOURS} hours, {len(TEAM)} members with a PIN; some two minutes",
        flush=True,
    )
    around = Surroundings(clock=clock, limits=UNHURRIED)
    with tempfile.TemporaryDirectory() as folder:
        async with (
            Sandbox(clock=lambda: clock().timestamp()) as sandbox,
            house(Path(folder) / "stempel.db", around, sandbox) as home,
        ):
            shop = await home.opens_shop(stamps_target=TARGET, require_staff_pin=True, pin_window_minutes=15)
            team = {name: await home.member(shop, name, pin=PIN) for name in TEAM}
            guests = await joined(home, shop, list(team.values()))
            clock.passes(days=1)
            opens_at, costs = clock.now, []
            acts_before = len(await home.ledger(shop))
            for number, visit in enumerate(plan, start=1):
                clock.now = opens_at + timedelta(minutes=visit.at_minute)
                costs.append(await serve(home, team[visit.member], guests[visit.customer], visit))
                if number % 25 == 0:
                    print(f"{number:4} of {CUSTOMERS}, {visit.at_minute / 60:.1f} h", flush=True)
            acts = len(await home.ledger(shop)) - acts_before
            return told(costs, acts, violations=len(await home.violations()))


async def joined(home: House, shop: Shop, team: Sequence[Person]) -> Sequence[Person]:
    """With as many stamps as chance gives them, on the day before; the members take turns, or they were too fast."""
    chance, guests = Random(SEED), []
    for number in range(CUSTOMERS):
        guest = await home.customer(shop, f"Guest {number}")
        if count := chance.randrange(TARGET):
            member = team[number % len(team)]
            await act(member, member.sends(f"/stamp {number_of(guest)} {count}"))
        guests.append(guest)
    await quiet(home)
    return guests


async def serve(home: House, member: Person, guest: Person, visit: Visit) -> Cost:
    """The card is opened and stamped; a reward that is ready is handed out at once."""
    cost = Cost(is_slip=visit.is_slip)
    before = {message.id: message.revision for message in guest.history}
    cost.taps += await opens_card(member, guest, visit.way)
    await taps(member, f"+{visit.stamps}", cost)
    if visit.is_slip:
        await taps(member, "Undo", cost)
        await member.taps("‹ Card")
        await member.sees(lambda message: "+1" in message.button_texts, new=True)
        cost.taps += 1
        await taps(member, f"+{visit.stamps}", cost)
    redeem = next((label for label in member.last.button_texts if label.startswith("🎁 Redeem")), None)
    if redeem is not None:
        cost.is_full = True
        await taps(member, redeem, cost)
    await quiet(home)
    await asyncio.sleep((cost.taps + KEYS_OF_A_PIN * cost.pins) / TAPS_PER_S)
    told = [message for message in guest.history if before.get(message.id) != message.revision]
    cost.sent = sum(message.id not in before for message in told)
    cost.edited = len(told) - cost.sent
    return cost


async def opens_card(member: Person, guest: Person, way: str) -> int:
    """How many taps that took."""
    if way == "scan":
        await member.scans(guest)
    elif way == "number":
        await member.sends(number_of(guest))
    else:
        await member.sends_photo(next(m.photo for m in reversed(guest.messages) if m.photo))
    await member.sees(lambda message: "+1" in message.button_texts, new=True)
    return SCAN_TAPS if way == "scan" else 1


async def taps(member: Person, label: str, cost: Cost) -> None:
    cost.taps += 1
    cost.pins += await act(member, member.taps(label))


async def act(member: Person, asks: Awaitable[object]) -> int:
    """How many PINs it took. Only the newest message counts: above it *Undo* goes away in its own time."""

    def is_over(message: Message) -> bool:
        return message == member.last and is_done(message)

    await asks
    seen = await member.sees(lambda message: has_keypad(message) or is_over(message), new=True)
    if not has_keypad(seen):
        return 0
    await types_pin(member)
    await member.sees(is_over, new=True)
    return 1


def is_done(message: Message) -> bool:
    return (message.text or message.caption).startswith(("✅", "🎁", "↩️"))


async def quiet(home: House) -> None:
    """Nobody waits for anything any more."""
    await home.at_rest(patience_s=60)
    await home.sandbox.until(lambda: home.rows(OWED) == [(0,)], timeout=60)


def told(costs: Sequence[Cost], acts: int, violations: int) -> int:
    plain = [cost for cost in costs if not cost.is_slip and not cost.is_full]
    full = [cost for cost in costs if cost.is_full and not cost.is_slip]
    wanted = len(costs) + sum(2 * cost.is_slip + cost.is_full for cost in costs)
    print(f"{len(costs)} visits, {len(full)} of them with a full card and its redemption")
    print(f"taps for a stamp                     {mean(plain, 'taps'):.2f}")
    print(f"taps with a redemption               {mean(full, 'taps'):.2f}")
    print(f"PINs typed in the shift              {sum(cost.pins for cost in costs)}")
    print(
        f"messages for a visit                 {mean(plain, 'sent'):.2f}, and {mean(plain, 'edited'):.2f} edited"
    )
    print(
        f"messages for a full card, redeemed   {mean(full, 'sent'):.2f}, and {mean(full, 'edited'):.2f} edited"
    )
    print(f"{acts} acts of {wanted}, {violations} violations")
    return 0 if acts == wanted and not violations else 1


def mean(costs: Sequence[Cost], what: str) -> float:
    values: list[int] = [getattr(cost, what) for cost in costs]
    return statistics.mean(values)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
