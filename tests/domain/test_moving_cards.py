"""A card moves to another account of its holder: asked, allowed, refused, vouched for, opened."""

from datetime import timedelta
from typing import Any

import pytest

from domain.account import Account, Person
from domain.card import NoteKind
from domain.delivery import ChannelKind
from domain.ids import CardId, MoveId, TokenHash
from domain.messages import CardMoved, MessageKind, MoveAnswered, MoveAsked
from domain.refusals import (
    CardMergedAway,
    CardNotFound,
    CardNotHeld,
    CodeReplaced,
    HasCardHere,
    HolderAsked,
    HolderRefused,
    InviteExpired,
    InviteUsed,
    MoveNotAllowed,
    MoveOver,
    NotAllowed,
    NoteMalformed,
    OwnCardRefused,
)
from domain.staff import Role
from domain.usecases.ask_holder import ANSWER_TIME, MOVE_VALID
from domain.usecases.links import find_route
from domain.usecases.manage_cards import CardPage
from domain.usecases.move_card import (
    AnswerMove,
    BeginMove,
    OpenMove,
    VouchForMove,
    answer_move,
    begin_move,
    open_move,
    vouch_for_move,
)
from domain.usecases.my_cards import HeldCard, MyCard, MyCards, my_card, my_cards
from domain.usecases.open_dispute import OpenDispute, open_dispute
from domain.usecases.privacy import Erase, erase
from tests.support.databases import do, look
from tests.support.shop import BOT, Holder, Shop, Town


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop(stamps_target=5)


@pytest.fixture
def lea(shop: Shop) -> Holder:
    """Can be reached, and has three stamps."""
    lea = shop.gives_card("Léa")
    person = Person(
        account=lea.account, name="Léa", telegram_locale=None, chosen_locale=None, unreachable_since=None
    )
    do(shop.database, lambda tx: tx.save_person(person))
    shop.stamps(shop.owner, lea, 3)
    return lea


def begins(shop: Shop, lea: Holder, who: Account | None = None, token: TokenHash | None = None) -> MoveId:
    command = BeginMove(
        merchant_id=shop.merchant_id, account=who, card=lea.card, token_hash=token or shop.town.new_hash()
    )
    page = shop.database.write(begin_move, command)
    assert page.move is not None
    return page.move.move_id


def answers(shop: Shop, who: Account, move: MoveId, *, is_allowed: bool) -> None:
    command = AnswerMove(account=who, merchant_id=shop.merchant_id, move_id=move, is_allowed=is_allowed)
    shop.database.write(answer_move, command)


def vouches(shop: Shop, lea: Holder, who: Account | None, reason: str = "known") -> CardPage:
    card = shop.card(lea)
    [newest] = look(shop.database, lambda tx: tx.moves_of(card, 1))
    command = VouchForMove(merchant_id=shop.merchant_id, account=who, move_id=newest.move_id, reason=reason)
    return shop.database.write(vouch_for_move, command)


def code(card_id: CardId, rotation: int) -> TokenHash:
    return TokenHash(f"code {card_id} {rotation}")


def opens(shop: Shop, who: Account, move: MoveId) -> HeldCard:
    command = OpenMove(
        account=who, name="Léa Neuf", merchant_id=shop.merchant_id, move_id=move, card_hash=code
    )
    return shop.database.write(open_move, command)


def reaches_nobody(shop: Shop, account: Account) -> None:
    person = Person(
        account=account,
        name="Léa",
        telegram_locale=None,
        chosen_locale=None,
        unreachable_since=shop.database.clock(),
    )
    do(shop.database, lambda tx: tx.save_person(person))


def test_card_keeps_what_it_has_and_the_old_account_loses_it_at_once(shop: Shop, lea: Holder) -> None:
    new, before, entries = shop.town.somebody(), shop.card(lea), shop.entries(lea)
    move = begins(shop, lea, shop.owner.account)
    answers(shop, lea.account, move, is_allowed=True)
    held = opens(shop, new, move)
    assert (held.state.card_id, held.state.stamp_count, held.token_rotation) == (lea.card_id, 3, 1)
    card, customer, _ = shop.found(lea.card)
    assert (card.number, card.entry_count, shop.entries(lea)) == (before.number, 1, entries)
    assert (customer.account, customer.name) == (new, "Léa Neuf")
    [mine] = shop.database.read(my_cards, MyCards(account=new))
    assert mine.state.card_id == lea.card_id
    assert shop.database.read(my_cards, MyCards(account=lea.account)) == []
    with pytest.raises(CardNotFound):
        shop.database.read(
            my_card, MyCard(account=lea.account, merchant_id=shop.merchant_id, card_id=lea.card_id)
        )
    shop.stamps(shop.owner, lea)
    assert shop.town.messages(MessageKind.RECEIPT)[-1].recipient == new


def test_old_code_is_dead_and_the_new_one_leads_to_the_card(shop: Shop, lea: Holder) -> None:
    move = begins(shop, lea)
    answers(shop, lea.account, move, is_allowed=True)
    opens(shop, shop.town.somebody(), move)
    with pytest.raises(CodeReplaced):
        shop.database.read(find_route, lea.token_hash)
    assert shop.database.read(find_route, code(lea.card_id, 1)).target_id == lea.card_id


def test_move_is_under_way_where_the_clock_went_back_after_the_one_before(shop: Shop, lea: Holder) -> None:
    """Of the two, the one that is over was asked for last."""
    shop.database.clock.passes(seconds=1)
    answers(shop, lea.account, begins(shop, lea), is_allowed=False)
    shop.database.clock.passes(seconds=-1)
    move = begins(shop, lea)
    answers(shop, lea.account, move, is_allowed=True)
    opens(shop, shop.town.somebody(), move)


def test_holder_is_asked_and_told_and_managers_hear_the_answer(shop: Shop, lea: Holder) -> None:
    mia = shop.hires("Mia", Role.MANAGER)
    move = begins(shop, lea, mia.account)
    [asked] = shop.town.messages(MessageKind.MOVE_ASKED)
    facts = MoveAsked(merchant_name="Café Knätsch", card_number=lea.number, move_id=move)
    assert (asked.recipient, asked.facts) == (lea.account, facts)
    for _ in range(2):
        answers(shop, lea.account, move, is_allowed=True)
    told = shop.town.messages(MessageKind.MOVE_ANSWERED)
    assert {message.recipient for message in told} == {mia.account, shop.owner.account}
    answered = MoveAnswered(card_id=lea.card_id, card_number=lea.number, customer_name="Léa", is_allowed=True)
    assert [message.facts for message in told] == [answered] * 2
    opens(shop, shop.town.somebody(), move)
    [moved] = shop.town.messages(MessageKind.CARD_MOVED)
    gone = CardMoved(merchant_name="Café Knätsch", card_number=lea.number)
    assert (moved.recipient, moved.facts) == (lea.account, gone)


def test_what_is_owed_goes_to_the_new_account_and_nothing_of_other_shops(
    town: Town, lea: Holder, shop: Shop
) -> None:
    other = town.opens_shop()
    elsewhere = other.gives_card("Léa", lea.account)
    other.stamps(other.owner, elsewhere)
    new, move = town.somebody(), begins(shop, lea)
    answers(shop, lea.account, move, is_allowed=True)
    opens(shop, new, move)
    to = {(message.merchant_id, message.recipient) for message in town.messages(MessageKind.RECEIPT)}
    assert to == {(shop.merchant_id, new), (other.merchant_id, lea.account)}
    leased = do(
        shop.database,
        lambda tx: tx.lease_due(BOT, ChannelKind.TELEGRAM, "one", tx.now + timedelta(minutes=1), 99),
    )
    ways = {one.address for one in leased if one.merchant_id == shop.merchant_id}
    assert str(new.user_id) in ways


def test_answer_to_an_open_dispute_goes_to_the_new_account(shop: Shop, lea: Holder) -> None:
    [entry] = shop.entries(lea)
    disputing = OpenDispute(account=lea.account, merchant_id=shop.merchant_id, entry_id=entry.entry_id)
    shop.database.write(open_dispute, disputing)
    new, move = shop.town.somebody(), begins(shop, lea)
    answers(shop, lea.account, move, is_allowed=True)
    opens(shop, new, move)
    dispute = look(shop.database, lambda tx: tx.dispute(shop.merchant_id, entry.entry_id))
    assert dispute is not None
    assert dispute.account == new


def test_link_opens_nothing_before_it_was_allowed(shop: Shop, lea: Holder) -> None:
    new, move = shop.town.somebody(), begins(shop, lea)
    with pytest.raises(MoveNotAllowed):
        opens(shop, new, move)
    answers(shop, lea.account, move, is_allowed=True)
    opens(shop, new, move)


def test_no_ends_the_move_even_after_somebody_vouched(shop: Shop, lea: Holder) -> None:
    move = begins(shop, lea)
    shop.database.clock.passes(seconds=ANSWER_TIME.total_seconds())
    vouches(shop, lea, shop.owner.account)
    answers(shop, lea.account, move, is_allowed=False)
    with pytest.raises(InviteUsed):
        opens(shop, shop.town.somebody(), move)
    with pytest.raises(MoveOver):
        answers(shop, lea.account, move, is_allowed=True)
    with pytest.raises(MoveOver):
        vouches(shop, lea, shop.owner.account)
    assert shop.found(lea.card)[1].account == lea.account


def test_managers_do_not_vouch_against_a_no_until_the_card_has_moved(shop: Shop, lea: Holder) -> None:
    mia = shop.hires("Mia", Role.MANAGER)
    answers(shop, lea.account, begins(shop, lea), is_allowed=False)
    move = begins(shop, lea)
    shop.database.clock.passes(seconds=ANSWER_TIME.total_seconds())
    with pytest.raises(HolderRefused):
        vouches(shop, lea, mia.account)
    vouches(shop, lea, shop.owner.account)
    opens(shop, shop.town.somebody(), move)
    begins(shop, lea)
    vouches(shop, lea, mia.account)


def test_nobody_vouches_while_the_holder_may_answer(shop: Shop, lea: Holder) -> None:
    move = begins(shop, lea)
    until = shop.database.clock() + ANSWER_TIME
    shop.database.clock.passes(seconds=ANSWER_TIME.total_seconds() - 1)
    with pytest.raises(HolderAsked) as refused:
        vouches(shop, lea, shop.owner.account)
    assert refused.value.until == until
    shop.database.clock.passes(seconds=1)
    with pytest.raises(NoteMalformed):
        vouches(shop, lea, shop.owner.account, " ")
    page = vouches(shop, lea, shop.owner.account, "showed a passport")
    assert [(note.kind, note.text, note.by) for note in page.notes] == [
        (NoteKind.MOVE_VOUCHED, "showed a passport", "Paul"),
        (NoteKind.MOVE_ASKED, "", None),
    ]
    opens(shop, shop.town.somebody(), move)


def test_holder_who_cannot_be_reached_is_not_waited_for_and_the_page_tells_all(
    shop: Shop, lea: Holder
) -> None:
    reaches_nobody(shop, lea.account)
    move = begins(shop, lea, shop.owner.account)
    vouches(shop, lea, shop.owner.account)
    opens(shop, shop.town.somebody(), move)
    card = shop.card(lea)
    notes = look(shop.database, lambda tx: tx.notes_of(card, 9))
    assert [note.kind for note in notes] == [NoteKind.MOVED, NoteKind.MOVE_VOUCHED, NoteKind.MOVE_ASKED]


def test_link_works_once_and_for_a_day(shop: Shop, lea: Holder) -> None:
    new, move = shop.town.somebody(), begins(shop, lea)
    answers(shop, lea.account, move, is_allowed=True)
    opens(shop, new, move)
    again = opens(shop, new, move)
    assert again.token_rotation == 1, "the same update, handled again"
    with pytest.raises(InviteUsed):
        opens(shop, shop.town.somebody(), move)
    late = begins(shop, lea)
    answers(shop, new, late, is_allowed=True)
    shop.database.clock.passes(seconds=MOVE_VALID.total_seconds())
    with pytest.raises(InviteExpired):
        opens(shop, shop.town.somebody(), late)


def test_another_link_takes_the_place_of_the_one_before_and_the_same_press_makes_one(
    shop: Shop, lea: Holder
) -> None:
    first = begins(shop, lea)
    answers(shop, lea.account, first, is_allowed=True)
    second = begins(shop, lea, token=TokenHash("pressed"))
    assert begins(shop, lea, token=TokenHash("pressed")) == second
    assert len(shop.town.messages(MessageKind.MOVE_ASKED)) == 2
    with pytest.raises(InviteUsed):
        opens(shop, shop.town.somebody(), first)
    with pytest.raises(MoveNotAllowed):
        opens(shop, shop.town.somebody(), second)


def test_account_with_a_card_of_the_shop_takes_no_other(shop: Shop, lea: Holder) -> None:
    bob, move = shop.gives_card("Bob"), begins(shop, lea)
    answers(shop, lea.account, move, is_allowed=True)
    with pytest.raises(HasCardHere):
        opens(shop, bob.account, move)
    assert shop.found(lea.card)[1].account == lea.account


def test_account_whose_card_was_merged_away_takes_it_back_once_that_is_erased(
    shop: Shop, lea: Holder
) -> None:
    new = shop.gives_card("Léa")
    shop.merges(shop.owner, lea, new)
    move = begins(shop, lea)
    answers(shop, lea.account, move, is_allowed=True)
    with pytest.raises(CardMergedAway):
        opens(shop, new.account, move)
    erased = Erase(account=new.account, merchant_id=shop.merchant_id, account_hash=lambda *_: "")
    shop.database.write(erase, erased)
    opens(shop, new.account, move)
    assert shop.found(lea.card)[1].account == new.account


def test_only_the_holder_answers(shop: Shop, lea: Holder) -> None:
    move = begins(shop, lea)
    for who in (shop.owner.account, shop.gives_card("Bob").account, shop.town.somebody()):
        with pytest.raises(CardNotHeld):
            answers(shop, who, move, is_allowed=True)


def test_managers_move_no_card_of_theirs_nor_one_to_themselves(shop: Shop, lea: Holder) -> None:
    mia = shop.hires("Mia", Role.MANAGER)
    own = shop.gives_card("Mia", mia.account)
    with pytest.raises(OwnCardRefused):
        begins(shop, own, mia.account)
    begins(shop, own)
    with pytest.raises(OwnCardRefused):
        vouches(shop, own, mia.account)
    move = begins(shop, lea, mia.account)
    answers(shop, lea.account, move, is_allowed=True)
    with pytest.raises(OwnCardRefused):
        opens(shop, shop.owner.account, move)


@pytest.mark.parametrize("role", [Role.STAFF, Role.TERMINAL])
def test_staff_neither_begin_nor_vouch(shop: Shop, lea: Holder, role: Role) -> None:
    anna: Any = shop.hires("Anna", role)
    with pytest.raises(NotAllowed):
        begins(shop, lea, anna.account)
    begins(shop, lea)
    with pytest.raises(NotAllowed):
        vouches(shop, lea, anna.account)
