"""What Telegram refuses or loses of a message in the outbox: the row says what becomes of it."""

from dataclasses import replace

import pytest

from bot.delivery.channels import telegram as channel
from bot.sandbox import Fault, FaultKind, Person
from domain.delivery import PATIENCE, ChannelKind
from tests.support.house import House, Shop, TestClock, number_of

ROWS = (
    "SELECT kind, attempts, error, delivered_at IS NOT NULL, failed_at IS NOT NULL"
    " FROM outbox JOIN deliveries USING (merchant_id, message_id) ORDER BY message_id"
)

GONE = "SELECT name FROM people WHERE unreachable_since IS NOT NULL"


def due(home: House, customer: Person) -> list[tuple[int, int]]:
    """Attempts and seconds from now of what the customer is owed."""
    now = round(home.clock().timestamp() * 1_000_000)
    found = home.rows(
        "SELECT attempts, due_at FROM deliveries WHERE address = ? AND delivered_at IS NULL AND failed_at IS NULL",
        str(customer.id),
    )
    return [(attempts, round((due_at - now) / 1_000_000)) for attempts, due_at in found]


async def stamps(staff: Person, customer: Person) -> None:
    await staff.sends(f"/stamp {number_of(customer)}")
    await staff.sees("✅", new=True)


async def until_due(home: House, customer: Person, expected: list[tuple[int, int]]) -> None:
    try:
        await home.sandbox.until(lambda: due(home, customer) == expected)
    except TimeoutError:
        assert due(home, customer) == expected


@pytest.mark.parametrize("kind", [FaultKind.SERVER_ERROR, FaultKind.RESET])
async def test_receipt_that_failed_in_passing_is_due_again_after_doubling_waits(
    kind: FaultKind, home: House, shop: Shop, clock: TestClock
) -> None:
    anna, ben = await home.customers(shop, "Anna", "Ben")
    paul = await home.owner(shop)
    home.sandbox.faults.add(Fault(kind=kind, method="editMessageMedia", chat_id=anna.id, count=3))
    await stamps(paul, anna)
    for attempts, seconds in ((1, 60), (2, 120), (3, 240)):
        await until_due(home, anna, [(attempts, seconds)])
        clock.passes(seconds=seconds)
        await stamps(paul, ben)
    await anna.sees("✅ +1 stamp")
    assert len([message for message in anna.messages if "+1 stamp" in message.caption]) == 1


@pytest.fixture
def two_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message is given up at its second failure; how many it has really, the tests of the rules say."""
    patience = replace(PATIENCE[ChannelKind.TELEGRAM], tries_max=2)
    monkeypatch.setitem(PATIENCE, ChannelKind.TELEGRAM, patience)


@pytest.mark.usefixtures("two_tries")
async def test_receipt_is_given_up_visibly_after_its_last_try(
    home: House, shop: Shop, clock: TestClock
) -> None:
    anna, ben = await home.customers(shop, "Anna", "Ben")
    paul = await home.owner(shop)
    home.sandbox.faults.server_error(method="editMessageMedia", chat_id=anna.id, count=None)
    await stamps(paul, anna)
    await until_due(home, anna, [(1, 60)])
    clock.passes(minutes=1)
    await stamps(paul, ben)
    await home.until_rows("SELECT error FROM deliveries WHERE failed_at IS NOT NULL", [("NetworkError",)])


async def test_flood_waits_does_not_count_and_holds_up_only_that_chat(
    home: House, shop: Shop, clock: TestClock
) -> None:
    anna, ben = await home.customers(shop, "Anna", "Ben")
    paul = await home.owner(shop)
    home.sandbox.faults.flood(1, method="editMessageMedia", chat_id=anna.id)
    await stamps(paul, anna)
    await until_due(home, anna, [(0, 1)])
    await stamps(paul, ben)
    await ben.sees("✅ +1 stamp")
    clock.passes(seconds=1)
    await stamps(paul, ben)
    await anna.sees("✅ +1 stamp")


async def test_chat_that_was_told_to_wait_long_gives_its_place_to_others(
    home: House, shop: Shop, clock: TestClock
) -> None:
    anna, ben = await home.customers(shop, "Anna", "Ben")
    paul = await home.owner(shop)
    fault = home.sandbox.faults.flood(300, method="editMessageMedia", chat_id=anna.id, count=None)
    for _ in range(3):
        await stamps(paul, anna)
    await stamps(paul, ben)
    await ben.sees("✅ +1 stamp")
    await until_due(home, anna, [(0, 300)] * 3)
    assert fault.hits <= 3


async def test_forbidden_fails_the_receipt_and_marks_the_customer(home: House, shop: Shop) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    home.sandbox.faults.refuse(
        "bot was blocked by the user", kind=FaultKind.FORBIDDEN, method="editMessageMedia", chat_id=anna.id
    )
    await stamps(paul, anna)
    await home.until_rows("SELECT name FROM people WHERE unreachable_since IS NOT NULL", [("Anna",)])
    assert home.rows(ROWS) == [("receipt", 0, "unreachable", 0, 1)]


async def test_refusal_is_permanent(home: House, shop: Shop) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    home.sandbox.faults.refuse("chat not found", method="editMessageMedia", chat_id=anna.id)
    await stamps(paul, anna)
    await home.until_rows(ROWS, [("receipt", 0, "Chat not found", 0, 1)])


@pytest.mark.parametrize(
    ("said", "is_gone"), [("chat not found", True), ("PEER_ID_INVALID", True), ("message is too long", False)]
)
async def test_chat_that_telegram_refuses_for_a_week_counts_as_gone_until_it_takes_a_message(
    said: str, is_gone: bool, home: House, shop: Shop, clock: TestClock
) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    refusals = home.sandbox.faults.refuse(said, method="editMessageMedia", chat_id=anna.id, count=2)
    await stamps(paul, anna)
    await home.until_rows("SELECT count(*) FROM deliveries WHERE failed_at IS NOT NULL", [(1,)])
    clock.passes(days=7)
    await stamps(paul, anna)
    await home.until_rows("SELECT count(*) FROM deliveries WHERE failed_at IS NOT NULL", [(2,)])
    assert home.rows(GONE) == ([("Anna",)] if is_gone else [])
    assert refusals.hits == 2
    await stamps(paul, anna)
    await anna.sees("✅ +1 stamp")
    await home.until_rows(GONE, [])


async def test_receipt_that_telegram_cannot_parse_comes_as_plain_text(home: House, shop: Shop) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    home.sandbox.faults.refuse("can't parse entities: x", method="editMessageMedia", chat_id=anna.id)
    await stamps(paul, anna)
    receipt = await anna.sees("✅ +1 stamp")
    assert receipt.content.body.entities == ()
    assert receipt.button_texts[0] == "Not me"


async def test_receipt_that_cannot_be_parsed_twice_fails_for_good(home: House, shop: Shop) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    fault = home.sandbox.faults.refuse(
        "can't parse entities: x", method="editMessageMedia", chat_id=anna.id, count=None
    )
    await stamps(paul, anna)
    await home.until_rows("SELECT count(*) FROM deliveries WHERE failed_at IS NOT NULL", [(1,)])
    assert fault.hits == 2


async def test_receipt_cut_off_after_it_arrived_is_sent_again_once(
    home: House, shop: Shop, clock: TestClock
) -> None:
    anna, ben = await home.customers(shop, "Anna", "Ben")
    paul = await home.owner(shop)
    await paul.sends(f"/stamp {number_of(anna)} 10")
    await anna.sees("🎉 Your reward is ready")
    home.sandbox.faults.cut(method="sendPhoto", chat_id=anna.id)
    await paul.sends(f"/redeem {number_of(anna)}")
    await until_due(home, anna, [(1, 60)])
    clock.passes(seconds=60)
    await stamps(paul, ben)
    await home.until_rows("SELECT count(*) FROM deliveries WHERE delivered_at IS NULL", [(0,)])
    assert len([message for message in anna.history if "Enjoy: A coffee" in message.caption]) == 2


@pytest.mark.usefixtures("two_tries")
async def test_message_that_cannot_be_put_into_words_is_postponed_and_given_up_after_its_last_try(
    home: House, shop: Shop, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("reward")

    monkeypatch.setattr(channel, "render", broken)
    anna, ben = await home.customers(shop, "Anna", "Ben")
    paul = await home.owner(shop)
    await stamps(paul, anna)
    await until_due(home, anna, [(1, 60)])
    clock.passes(minutes=1)
    await stamps(paul, ben)
    await home.until_rows("SELECT error FROM deliveries WHERE failed_at IS NOT NULL", [("KeyError",)])


async def test_stalled_chat_holds_up_no_other_receipt(home: House, shop: Shop) -> None:
    anna, ben = await home.customers(shop, "Anna", "Ben")
    paul = await home.owner(shop)
    stalled = home.sandbox.faults.stall(method="editMessageMedia", chat_id=anna.id)
    await stamps(paul, anna)
    await home.sandbox.until(lambda: stalled.hits)
    await stamps(paul, ben)
    await ben.sees("✅ +1 stamp")
    stalled.release()
    await home.until_rows("SELECT count(*) FROM deliveries WHERE delivered_at IS NULL", [(0,)])
