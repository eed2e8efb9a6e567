"""A message that goes to several addresses has a delivery for each, and each its own fate."""

from dataclasses import replace
from functools import partial
from unittest.mock import ANY

import pytest

from domain.card import Card
from domain.delivery import CardShown, ChannelKind, Delivered, Delivery, MessageUnreadable
from domain.expiry import ExpiryKind, Unit
from domain.ids import CardId, EntryId, MessageId
from domain.messages import Message, MessageKind, RewardReady
from domain.plumbing.outbox import Made, deliveries_made
from domain.ports import Tx
from domain.rules.expiry import Period
from domain.rules.expiry_warnings import Warned
from tests.support.clock import MONDAY_MORNING, Clock
from tests.support.databases import Edits, do, look
from tests.support.shop import BOT, Holder, Shop, Town

CHAT = ChannelKind.TELEGRAM
PERIOD = Period(
    unit=Unit.POINTS, expires_at=MONDAY_MORNING, count=7, last_lot=EntryId("none"), kind=ExpiryKind.LOT
)


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop()


@pytest.fixture
def lea(shop: Shop) -> Holder:
    return shop.gives_card()


def warns_at(shop: Shop, lea: Holder, *addresses: str) -> list[Delivery]:
    """One warning to each of these addresses."""
    card: Card = shop.card(lea)
    message = Message(
        merchant_id=shop.merchant_id,
        message_id=MessageId("1"),
        kind=MessageKind.REWARD_READY,
        recipient=lea.account,
        facts=RewardReady(merchant_name="", card_number=lea.number, reward="", rewards_available=1),
        created_at=shop.database.clock.now,
    )
    do(shop.database, lambda tx: tx.enqueue(message, [(CHAT, address) for address in addresses]))
    do(shop.database, lambda tx: tx.save_warning(card, PERIOD, message.message_id))
    return list(do(shop.database, lambda tx: tx.lease_due(BOT, CHAT, "one", tx.now, 10)))


def warned(shop: Shop, lea: Holder) -> Warned | None:
    card = shop.card(lea)
    return look(shop.database, lambda tx: tx.warned(card, PERIOD.due, PERIOD.expires_at))


def made(shop: Shop, delivery: Delivery) -> None:
    do(shop.database, lambda tx: tx.delivery_made(delivery, "1"))


def fails(shop: Shop, delivery: Delivery) -> None:
    do(shop.database, lambda tx: tx.delivery_failed(delivery, "oh", is_unreported=False))


def test_each_address_is_leased_and_marked_by_itself(shop: Shop, lea: Holder) -> None:
    one, two = warns_at(shop, lea, "1", "2")
    assert (one.address, two.address) == ("1", "2")
    assert one.key != two.key
    made(shop, one)
    assert look(shop.database, lambda tx: tx.count_deliveries(BOT)) == (1, 0)
    fails(shop, two)
    assert look(shop.database, lambda tx: tx.count_deliveries(BOT)) == (0, 1)


def test_warning_is_delivered_when_it_first_reached_an_address(shop: Shop, lea: Holder, clock: Clock) -> None:
    (one, two), written_at = warns_at(shop, lea, "1", "2"), clock.now
    fails(shop, one)
    assert warned(shop, lea) == Warned(
        message_id=ANY, count=7, written_at=clock.now, delivered_at=None, given_up=False
    )
    clock.passes(minutes=1)
    made(shop, two)
    assert warned(shop, lea) == Warned(
        message_id=ANY, count=7, written_at=written_at, delivered_at=clock.now, given_up=False
    )


def test_warning_is_given_up_when_no_address_is_left(shop: Shop, lea: Holder, clock: Clock) -> None:
    for delivery in warns_at(shop, lea, "1", "2"):
        assert warned(shop, lea) == Warned(
            message_id=ANY, count=7, written_at=clock.now, delivered_at=None, given_up=False
        )
        fails(shop, delivery)
    assert warned(shop, lea) == Warned(
        message_id=ANY, count=7, written_at=clock.now, delivered_at=None, given_up=True
    )


def test_message_without_any_address_reached_nobody(shop: Shop, lea: Holder, clock: Clock) -> None:
    assert warns_at(shop, lea) == []
    assert warned(shop, lea) == Warned(
        message_id=ANY, count=7, written_at=clock.now, delivered_at=None, given_up=True
    )


def test_history_of_a_card_has_each_entry_once_however_many_were_told(
    shop: Shop, lea: Holder, edits: Edits
) -> None:
    shop.stamps(shop.hires("Anna"), lea)
    edits(
        "INSERT INTO deliveries SELECT merchant_id, message_id, channel, '2', bot_id, is_marketing, due_at,"
        " attempts, leased_by, leased_until, delivered_at, reference, failed_at, error,"
        " is_unreported, held_at FROM deliveries"
    )
    [history] = shop.database.histories()
    assert len(history.entries) == len(history.notified) == 1


def test_message_that_is_not_there_cannot_be_read(shop: Shop, lea: Holder) -> None:
    with pytest.raises(MessageUnreadable, match="not there"):
        look(shop.database, lambda tx: tx.message(shop.merchant_id, MessageId("none")))


def test_card_is_shown_in_one_place_which_shows_one_card(shop: Shop, lea: Holder) -> None:
    marc = shop.gives_card("Marc")
    first, second = CardShown("7"), CardShown("8", MessageId("m"))

    def shows(card_id: CardId, shown: CardShown) -> None:
        do(shop.database, lambda tx: tx.show_card(lea.account, shop.merchant_id, card_id, shown))

    def shown() -> list[CardShown | None]:
        return [_shown(shop, lea, card_id) for card_id in (lea.card_id, marc.card_id)]

    assert shown() == [None, None]
    shows(lea.card_id, first)
    assert shown() == [first, None]
    shows(lea.card_id, second)
    assert shown() == [second, None]
    shows(marc.card_id, first)
    assert shown() == [second, first]
    shows(marc.card_id, replace(second, receipt=None))
    assert shown() == [None, CardShown("8")]


def test_edited_message_that_has_lost_the_card_meanwhile_does_not_get_it_back(
    shop: Shop, lea: Holder
) -> None:
    """What was told below it is due again, for where the card is shown now."""
    [delivery] = warns_at(shop, lea, str(lea.account.user_id))
    for now, expected in (("7", CardShown("7", delivery.message_id)), ("8", CardShown("8"))):
        shown = CardShown(now)
        do(shop.database, partial(_show, shop, lea, shown))
        edited = Delivered("7", lea.card_id, in_place=True)
        again = shop.database.write(deliveries_made, [Made(delivery=delivery, outcome=edited)])
        assert (_shown(shop, lea, lea.card_id), again) == (expected, int(now != "7"))


def _show(shop: Shop, lea: Holder, shown: CardShown, tx: Tx) -> None:
    tx.show_card(lea.account, shop.merchant_id, lea.card_id, shown)


def _shown(shop: Shop, lea: Holder, card_id: CardId) -> CardShown | None:
    return look(shop.database, lambda tx: tx.card_shown(lea.account, shop.merchant_id, card_id))
