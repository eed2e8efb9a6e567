"""*Not me*: the holder of a card disputes an entry, once."""

import pytest

from domain.account import Account
from domain.ids import EntryId
from domain.kinds import EntryKind
from domain.messages import DisputeOpened, MessageKind
from domain.refusals import AlreadyDisputed, CardNotFound
from domain.staff import Role, StaffStatus
from domain.usecases.open_dispute import OpenDispute, open_dispute
from tests.support.shop import Shop, Town


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop(stamps_target=2)


def disputes(shop: Shop, account: Account, entry_id: EntryId) -> str:
    command = OpenDispute(account=account, merchant_id=shop.merchant_id, entry_id=entry_id)
    return shop.database.write(open_dispute, command).merchant_name


def test_owners_and_active_managers_hear_of_a_dispute(town: Town, shop: Shop) -> None:
    anna, mia = shop.hires("Anna"), shop.hires("Mia", Role.MANAGER)
    gone = shop.hires("Gone", Role.MANAGER)
    shop.changes_staff(gone, status=StaffStatus.REMOVED)
    shop.invites("Coming", Role.MANAGER)
    lea = shop.gives_card("Léa")
    shop.stamps(anna, lea, 2)
    redeemed = shop.redeems(anna, lea)
    assert disputes(shop, lea.account, redeemed.entry.entry_id) == "Café Knätsch"
    told = {message.recipient: message.facts for message in town.messages(MessageKind.DISPUTE)}
    facts = DisputeOpened(
        card_number=lea.number,
        customer_name="Léa",
        staff_name="Anna",
        store_name="Gare",
        entry_kind=EntryKind.STAMP_REDEEMED,
        stamps_delta=-2,
        points_delta=0,
        occurred_at=shop.entries(lea)[-1].occurred_at,
    )
    assert told == {shop.owner.account: facts, mia.account: facts}


def test_entry_is_disputed_once(town: Town, shop: Shop) -> None:
    anna, lea = shop.hires("Anna"), shop.gives_card()
    first, second = shop.stamps(anna, lea).entry.entry_id, shop.stamps(anna, lea).entry.entry_id
    disputes(shop, lea.account, first)
    with pytest.raises(AlreadyDisputed):
        disputes(shop, lea.account, first)
    disputes(shop, lea.account, second)
    assert len(town.messages(MessageKind.DISPUTE)) == 2


@pytest.mark.parametrize(
    "who", ["another customer", "a stranger", "staff", "the holder, at another merchant"]
)
def test_only_the_cards_holder_disputes(town: Town, shop: Shop, who: str) -> None:
    anna, lea, marc = shop.hires("Anna"), shop.gives_card("Léa"), shop.gives_card("Marc")
    entry_id = shop.stamps(anna, lea).entry.entry_id
    other = town.opens_shop()
    other.gives_card("Léa", lea.account)
    account = {"another customer": marc.account, "staff": anna.account}.get(who, town.somebody())
    at = other if who == "the holder, at another merchant" else shop
    with pytest.raises(CardNotFound):
        disputes(at, lea.account if at is other else account, entry_id)
    assert town.messages(MessageKind.DISPUTE) == []


def test_entry_that_never_was_is_not_disputed(shop: Shop) -> None:
    with pytest.raises(CardNotFound):
        disputes(shop, shop.gives_card().account, EntryId("none"))
