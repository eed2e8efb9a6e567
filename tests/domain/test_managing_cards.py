"""Owners and managers find a card, write notes on it, block and unblock it."""

from typing import Any

import pytest

from domain.account import Account
from domain.card import CardRef, NoteKind
from domain.messages import CardBlocked, MessageKind
from domain.refusals import (
    CardInactive,
    CardNotFound,
    MerchantNotFound,
    NotAllowed,
    NoteMalformed,
    OwnCardRefused,
)
from domain.rules.names import folded
from domain.staff import Actor, Role, StaffStatus
from domain.usecases.manage_cards import (
    FOUND_PAGE,
    NOTE_LENGTH_MAX,
    CardPage,
    FindCards,
    SeeCard,
    SetBlocked,
    WriteNote,
    find_cards,
    see_card,
    see_history,
    set_blocked,
    write_note,
)
from domain.usecases.my_cards import HISTORY_PAGE
from tests.support.shop import Holder, Shop, Town


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop(stamps_target=5)


def blocks(
    shop: Shop, who: Account | None, holder: Holder, reason: str = "lost", *, is_blocked: bool = True
) -> CardPage:
    command = SetBlocked(
        merchant_id=shop.merchant_id,
        account=who,
        card=holder.card,
        is_blocked=is_blocked,
        reason=reason,
    )
    return shop.database.write(set_blocked, command)


def notes(shop: Shop, who: Account | None, holder: Holder, text: str) -> CardPage:
    command = WriteNote(merchant_id=shop.merchant_id, account=who, card=holder.card, text=text)
    return shop.database.write(write_note, command)


def found(shop: Shop, who: Account | None, beginning: str, page: int = 0) -> list[str]:
    query = FindCards(merchant_id=shop.merchant_id, account=who, beginning=beginning, page=page)
    return [each.customer_name for each in shop.database.read(find_cards, query).cards]


@pytest.mark.parametrize(
    ("name", "beginning"),
    [
        ("Léa Weber", "léa"),
        ("Léa Weber", "LEA w"),
        ("Léa Weber", "  lea   weber "),
        ("Straßer", "STRASS"),
        ("ÖZGE", "oz"),
        ("Мария", "мар"),
        ("100%", "100%"),
        ("a_b", "a_"),
    ],
)
def test_card_is_found_by_what_people_write_of_a_name(shop: Shop, name: str, beginning: str) -> None:
    shop.gives_card(name)
    shop.gives_card("Zoé")
    assert found(shop, shop.owner.account, beginning) == [name]


@pytest.mark.parametrize("beginning", ["Weber", "ea", "%", "_", "Léaa"])
def test_only_the_beginning_of_a_name_finds_it(shop: Shop, beginning: str) -> None:
    shop.gives_card("Léa Weber")
    assert found(shop, None, beginning) == []


def test_name_of_another_merchant_is_not_found(town: Town, shop: Shop) -> None:
    town.opens_shop().gives_card("Léa")
    assert found(shop, shop.owner.account, "Léa") == []


def test_list_is_paged_by_name(shop: Shop) -> None:
    names = [f"Anna {number:02}" for number in range(FOUND_PAGE * 2 + 1)]
    for name in reversed(names):
        shop.gives_card(name)
    pages = [found(shop, None, "anna", page) for page in range(4)]
    assert [name for page in pages for name in page] == names
    assert [len(page) for page in pages] == [FOUND_PAGE, FOUND_PAGE, 1, 0]
    query = FindCards(merchant_id=shop.merchant_id, account=None, beginning="anna", page=1)
    assert shop.database.read(find_cards, query).has_more
    query = FindCards(merchant_id=shop.merchant_id, account=None, beginning="anna", page=2)
    assert not shop.database.read(find_cards, query).has_more


def test_folding_says_the_same_of_both_spellings_of_an_accent() -> None:
    assert folded("L\u00e9a  ") == folded("Le\u0301a") == "lea"


def test_blocked_card_refuses_everything_until_it_is_unblocked(town: Town, shop: Shop) -> None:
    anna, lea = shop.hires("Anna"), shop.gives_card("Léa")
    shop.stamps(anna, lea, 5)
    page = blocks(shop, shop.owner.account, lea)
    assert (page.is_active, page.state.stamp_count) == (False, 5)
    for act in (shop.stamps, shop.redeems, shop.voids):
        with pytest.raises(CardInactive):
            act(anna, lea)
    assert blocks(shop, shop.owner.account, lea, "", is_blocked=False).is_active
    assert shop.redeems(anna, lea).entry.stamps_delta == -5


def test_holder_is_told_of_either_once_and_without_the_reason(town: Town, shop: Shop) -> None:
    lea = shop.gives_card("Léa")
    for _ in range(2):
        page = blocks(shop, shop.owner.account, lea, "thief")
    told = town.messages(MessageKind.CARD_BLOCKED)
    facts = CardBlocked(merchant_name="Café Knätsch", card_number=lea.number)
    assert [(message.recipient, message.facts) for message in told] == [(lea.account, facts)]
    assert [(note.kind, note.text, note.by) for note in page.notes] == [(NoteKind.BLOCKED, "thief", "Paul")]
    for _ in range(2):
        page = blocks(shop, None, lea, "", is_blocked=False)
    assert town.facts(MessageKind.CARD_UNBLOCKED) == [facts]
    assert [(note.kind, note.by) for note in page.notes] == [
        (NoteKind.UNBLOCKED, None),
        (NoteKind.BLOCKED, "Paul"),
    ]


def test_note_says_who_wrote_it_and_when_and_is_written_once(shop: Shop) -> None:
    mia, lea = shop.hires("Mia", Role.MANAGER), shop.gives_card()
    at = shop.database.clock()
    for _ in range(2):
        page = notes(shop, mia.account, lea, "  likes\n oat milk ")
    shop.database.clock.passes(days=1)
    page = notes(shop, None, lea, "regular")
    assert [(note.text, note.by) for note in page.notes] == [("regular", None), ("likes oat milk", "Mia")]
    assert page.notes[1].written_at == at
    shop.changes_staff(mia, status=StaffStatus.REMOVED, account=None)
    query = SeeCard(merchant_id=shop.merchant_id, account=None, card=lea.card)
    assert shop.database.read(see_card, query).notes == page.notes, "the name stays"


@pytest.mark.parametrize("text", ["", " \n ", "x" * (NOTE_LENGTH_MAX + 1)])
def test_note_and_reason_say_something_short(shop: Shop, text: str) -> None:
    lea = shop.gives_card()
    for write in (notes, blocks):
        with pytest.raises(NoteMalformed):
            write(shop, shop.owner.account, lea, text)
    assert shop.card(lea).active
    notes(shop, shop.owner.account, lea, "x" * NOTE_LENGTH_MAX)


def _of_another(shop: Shop) -> Account:
    return shop.town.opens_shop().owner.account


def _removed(shop: Shop) -> Account:
    mia = shop.hires("Mia", Role.MANAGER)
    shop.changes_staff(mia, status=StaffStatus.REMOVED)
    return mia.account


@pytest.mark.parametrize(
    "who",
    [
        pytest.param(lambda shop: shop.hires("Anna").account, id="staff"),
        pytest.param(lambda shop: shop.hires("Till", Role.TERMINAL).account, id="terminal"),
        pytest.param(lambda shop: shop.gives_card("Bob").account, id="a customer"),
        pytest.param(lambda shop: shop.town.somebody(), id="a stranger"),
        pytest.param(_removed, id="a removed manager"),
        pytest.param(_of_another, id="another merchant's owner"),
    ],
)
def test_nobody_else_may_do_any_of_it(shop: Shop, who: Any) -> None:
    account, lea = who(shop), shop.gives_card("Léa")
    seeing = SeeCard(merchant_id=shop.merchant_id, account=account, card=lea.card)
    for asked in (
        lambda: blocks(shop, account, lea),
        lambda: blocks(shop, account, lea, is_blocked=False),
        lambda: notes(shop, account, lea, "hello"),
        lambda: found(shop, account, "Léa"),
        lambda: shop.database.read(see_card, seeing),
        lambda: shop.database.read(see_history, seeing),
    ):
        with pytest.raises(NotAllowed):
            asked()
    assert shop.card(lea).active


def test_nobody_unblocks_their_own_card(shop: Shop) -> None:
    mia = shop.hires("Mia", Role.MANAGER)
    own = shop.gives_card("Mia", mia.account)
    blocks(shop, shop.owner.account, own)
    with pytest.raises(OwnCardRefused):
        blocks(shop, mia.account, own, is_blocked=False)
    assert not shop.card(own).active


def test_card_and_merchant_have_to_be_there(town: Town, shop: Shop) -> None:
    elsewhere = town.opens_shop().gives_card()
    with pytest.raises(CardNotFound):
        blocks(shop, shop.owner.account, elsewhere)
    nowhere = SeeCard(merchant_id=town.opens_shop().merchant_id, account=None, card=CardRef("number", "1"))
    with pytest.raises(CardNotFound):
        shop.database.read(see_card, nowhere)
    with pytest.raises(MerchantNotFound):
        shop.database.read(see_card, SeeCard(merchant_id=nowhere_id(), account=None, card=elsewhere.card))


def nowhere_id() -> Any:
    return "nowhere"


def test_history_of_a_card_is_paged(shop: Shop) -> None:
    anna: Actor = shop.hires("Anna")
    lea = shop.gives_card()
    for _ in range(HISTORY_PAGE + 1):
        shop.stamps(anna, lea)
    query = SeeCard(merchant_id=shop.merchant_id, account=shop.owner.account, card=lea.card)
    first = shop.database.read(see_history, query)
    assert [entry.entry_no for entry in first.entries] == list(range(HISTORY_PAGE + 1, 1, -1))
    older = SeeCard(
        merchant_id=shop.merchant_id, account=shop.owner.account, card=lea.card, before=first.older
    )
    second = shop.database.read(see_history, older)
    assert ([entry.entry_no for entry in second.entries], second.older) == ([1], None)
