"""Noise and silence: many strangers who write at once, many chats that do not answer, a token that is refused."""

import asyncio
from pathlib import Path

import pytest

from bot.app.process import Surroundings
from bot.delivery import dispatcher as outbox
from bot.delivery.channels import telegram as channel
from bot.sandbox import Fault, FaultKind, Person, Sandbox
from bot.sandbox.limits import Limits
from bot.telegram import pacing
from bot.telegram.pacing import SendingLimits
from tests.benchmarks.outbox import stamp
from tests.benchmarks.town import FIRST_CUSTOMER, build_town
from tests.support.house import UNHURRIED, House, Shop, TestClock, house, number_of

CROWD = 40
OFTEN = 5
OWED = "SELECT count(*) FROM deliveries WHERE delivered_at IS NULL AND failed_at IS NULL"


async def test_staff_and_receipts_have_their_share_of_the_pace_beside_a_crowd_of_strangers(
    tmp_path: Path,
) -> None:
    """At Telegram's own limits, and enforced: whoever sent more than these got a 429, and waited."""
    async with (
        Sandbox(limits=Limits(chat_burst=100)) as sandbox,
        house(tmp_path / "a.db", Surroundings(limits=SendingLimits()), sandbox) as home,
    ):
        shop = await home.opens_shop()
        anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
        crowd = [sandbox.person(f"Stranger {number}") for number in range(CROWD)]
        for _ in range(OFTEN):
            await asyncio.gather(*(stranger.sends("/help") for stranger in crowd))
        await paul.sends(f"/stamp {number_of(anna)}")
        await paul.sees("✅", new=True)
        await anna.sees("✅ +1 stamp")
        assert sandbox.limiter is not None
        assert not sandbox.limiter.refused, "no 429"
        answers = sum(1 for stranger in crowd for message in stranger.messages if message.from_bot)
        assert 0 < answers < CROWD * OFTEN / 2


async def test_customers_who_are_too_many_are_told_so_and_staff_are_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing, "CUSTOMERS_SHARE", 0.05 / UNHURRIED.overall_per_second)
    async with house(tmp_path / "a.db") as home:
        shop = await home.opens_shop()
        anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
        await anna.sends("/help")
        await anna.sees("Your card", new=True)
        await anna.sends("/help")
        await anna.sees("Too many messages at once. This one was not carried out", new=True)
        for _ in range(3):
            await paul.sends("/help")
            await paul.sees("Your card", new=True)


async def test_many_silent_chats_hold_up_no_other_receipt(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "SILENT_AFTER_S", 0.05)
    town = await build_town(home.store, staff=1, customers=CROWD + 1)
    people = [home.sandbox.person(f"{n}", user_id=FIRST_CUSTOMER + n) for n in range(CROWD + 1)]
    for person in people:
        home.sandbox.world.chats[person.id].started = True
    stalled = [home.sandbox.faults.stall(method="sendPhoto", chat_id=person.id) for person in people[:-1]]
    for number in town.numbers:
        await stamp(home.store, town, number)
    await people[-1].sees("✅ +1 stamp")
    assert not any(stall.released.is_set() for stall in stalled)
    assert home.rows(OWED)[0][0] >= CROWD
    home.sandbox.faults.clear()
    await home.until_rows(OWED, [(0,)])


@pytest.mark.parametrize(("status", "said"), [(401, "Unauthorized"), (404, "Not Found")])
async def test_refused_token_is_no_messages_failure(
    status: int, said: str, home: House, shop: Shop, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "TOKEN_AGAIN_S", 0.1)
    anna, ben = await home.customers(shop, "Anna", "Ben")
    paul = await home.owner(shop)
    fault = Fault(
        kind=FaultKind.SERVER_ERROR,
        status=status,
        description=said,
        method="editMessageMedia",
        chat_id=anna.id,
    )
    refused = home.sandbox.faults.add(fault)
    await stamps(paul, anna)
    await home.until_rows("SELECT attempts, error FROM deliveries", [(0, "retry_after")])
    assert refused.hits == 1
    clock.passes(seconds=1)
    await stamps(paul, ben)
    await anna.sees("✅ +1 stamp")
    await ben.sees("✅ +1 stamp")


async def stamps(staff: Person, customer: Person) -> None:
    await staff.sends(f"/stamp {number_of(customer)}")
    await staff.sees("✅", new=True)
