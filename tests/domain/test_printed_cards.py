"""Cards for people without Telegram: printed, served, withdrawn, and taken into Telegram once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.account import Account
from domain.acts import Asked, LookUp
from domain.card import CardRef, FlagReason, NoteKind
from domain.expiry import ExpiryKind
from domain.ids import BotId, OperationKey, SheetId, UserId
from domain.kinds import EntryKind
from domain.merchant import ProgramKind
from domain.messages import MessageKind
from domain.printed import ADOPTION_HOLDS, BLANKS_MAX
from domain.refusals import (
    AdoptionOver,
    BlanksTooMany,
    CardInactive,
    CardNotFound,
    CodeReplaced,
    NotAllowed,
    OwnCardRefused,
    PinRequired,
    SheetNotFound,
)
from domain.usecases import print_cards as print_cards_module
from domain.usecases.links import OpenCardLink, find_route, open_card_link
from domain.usecases.look_up_card import CardAtCounter, look_up_card
from domain.usecases.manage_cards import SeeCard, SetBlocked, see_card, set_blocked
from domain.usecases.my_cards import MyCards, my_cards
from domain.usecases.print_cards import SeeSheets, WithdrawSheet, see_sheets, withdraw_sheet
from domain.usecases.privacy import EraseCard, OfCard, data_of_card, erase_card
from tests.support.clock import Clock
from tests.support.databases import do, look
from tests.support.nights import Nights
from tests.support.shop import BOT, Holder, Shop, Town


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop(stamps_target=5)


def sees(shop: Shop, ref: CardRef) -> CardAtCounter:
    return shop.database.read(look_up_card, Asked(act=LookUp(card=ref), actor=shop.owner))


def count_customers(shop: Shop) -> int:
    return len(look(shop.database, lambda tx: tx.accounts_of(shop.merchant_id)))


def blocks(shop: Shop, holder: Holder) -> None:
    command = SetBlocked(
        merchant_id=shop.merchant_id, account=None, card=holder.card, is_blocked=True, reason="lost"
    )
    shop.database.write(set_blocked, command)


# Printed and served


@pytest.mark.parametrize("by", ["token", "number", "id"])
def test_a_printed_card_is_somebodys_from_the_first_stamp_on(shop: Shop, by: str) -> None:
    [blank] = shop.prints()
    named = {"token": blank.token_hash, "number": blank.number, "id": blank.card_id}[by]
    ref = CardRef(by, named)  # type: ignore[arg-type]
    found = sees(shop, ref)
    assert found.is_new
    assert found.card.card_number == blank.number
    assert count_customers(shop) == 0

    done = shop.stamps(shop.owner, ref, 2)
    assert (done.card.card_id, done.card.stamp_count) == (blank.card_id, 2)
    assert not sees(shop, ref).is_new
    assert shop.stamps(shop.owner, ref).card.stamp_count == 3
    assert count_customers(shop) == 1


def test_what_is_refused_leaves_the_card_as_nobodys(shop: Shop, town: Town) -> None:
    shop.changes_terms(require_staff_pin=True, pin_window_minutes=0)
    shop.chooses_pin(shop.owner)
    [blank] = shop.prints()
    ref = CardRef("id", blank.card_id)
    with pytest.raises(PinRequired):
        shop.stamps(shop.owner, ref)
    stranger = replace(shop.owner, account=town.somebody())
    with pytest.raises(NotAllowed):
        shop.stamps(stranger, ref)
    assert sees(shop, ref).is_new
    assert count_customers(shop) == 0


def test_a_second_tap_on_a_new_card_gives_nothing_more(shop: Shop) -> None:
    [blank] = shop.prints()
    ref, key = CardRef("id", blank.card_id), OperationKey("once")
    assert not shop.stamps(shop.owner, ref, key=key).replayed
    assert shop.stamps(shop.owner, ref, key=key).replayed
    assert count_customers(shop) == 1


def test_purchases_open_a_card_too(town: Town) -> None:
    shop = town.opens_shop(kind=ProgramKind.POINTS)
    [blank] = shop.prints()
    assert shop.earns(shop.owner, CardRef("token", blank.token_hash), 700).card.points_balance == 7


def test_another_shop_knows_nothing_of_it(shop: Shop, town: Town) -> None:
    other = town.opens_shop()
    [blank] = shop.prints()
    with pytest.raises(CardNotFound):
        other.stamps(other.owner, CardRef("token", blank.token_hash))


def test_nobody_is_written_to_who_has_no_telegram(shop: Shop) -> None:
    shop.changes_merchant(marketing_monthly_max=4)
    guest = shop.guest(shop.owner, 5)
    assert guest.account.is_guest
    assert shop.town.owed_at() == []
    assert not shop.database.violations()


def test_only_who_may_print_posters_prints_cards_and_a_sheet_is_made_once(shop: Shop) -> None:
    staff = shop.hires("Tom")
    with pytest.raises(NotAllowed):
        shop.prints(account=staff.account)
    sheet_id = SheetId(shop.database.ids())
    first = shop.prints(10, account=shop.owner.account, sheet_id=sheet_id)
    again = shop.prints(10, account=shop.owner.account, sheet_id=sheet_id)
    assert [each.number for each in first] == [each.number for each in again]
    assert len({each.number for each in first}) == 10


def test_a_number_on_paper_is_no_other_cards(shop: Shop) -> None:
    [blank] = shop.prints()
    assert look(shop.database, lambda tx: tx.is_number_taken(shop.merchant_id, blank.number))


def test_there_are_not_more_cards_about_than_can_be_looked_after(shop: Shop) -> None:
    with pytest.raises(BlanksTooMany):
        shop.prints(BLANKS_MAX + 1)
    with pytest.raises(BlanksTooMany):
        shop.prints(0)


def test_cards_that_are_used_withdrawn_or_mailed_are_not_about(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(print_cards_module, "BLANKS_MAX", 4)
    used, left = shop.prints(2)
    shop.stamps(shop.owner, CardRef("id", used.card_id))
    shop.mails(shop.owner)
    shop.town.opens_shop().prints(4)
    with pytest.raises(BlanksTooMany):
        shop.prints(4)
    shop.prints(3)
    with pytest.raises(BlanksTooMany):
        shop.prints(1)
    off = WithdrawSheet(merchant_id=shop.merchant_id, account=shop.owner.account, sheet_id=left.sheet_id)
    shop.database.write(withdraw_sheet, off)
    shop.prints(1)


def test_a_lost_sheet_is_withdrawn_and_cards_in_use_go_on(shop: Shop) -> None:
    used, lost = shop.prints(2)
    shop.stamps(shop.owner, CardRef("id", used.card_id))
    which: dict[str, Any] = {"merchant_id": shop.merchant_id, "account": shop.owner.account}
    [sheet] = shop.database.read(see_sheets, SeeSheets(**which)).sheets
    assert (sheet.cards, sheet.unused) == (2, 1)

    [sheet] = shop.database.write(withdraw_sheet, WithdrawSheet(**which, sheet_id=used.sheet_id)).sheets
    assert sheet.unused == 0
    with pytest.raises(CodeReplaced):
        shop.database.read(find_route, lost.token_hash)
    for ref in (CardRef("number", lost.number), CardRef("id", lost.card_id)):
        with pytest.raises(CardNotFound):
            shop.stamps(shop.owner, ref)
    assert shop.stamps(shop.owner, CardRef("number", used.number)).card.stamp_count == 2
    with pytest.raises(SheetNotFound):
        shop.prints(sheet_id=used.sheet_id)


def test_staff_who_stamp_a_card_of_their_own_making_are_seen(shop: Shop) -> None:
    """As any card that one person alone has stamped."""
    tom = shop.hires("Tom")
    guest = shop.guest(tom)
    for _ in range(4):
        shop.stamps(tom, guest)
    other = shop.gives_card("Léa")
    shop.stamps(shop.owner, other)
    flagged = look(shop.database, lambda tx: tx.cards_of_one_person(shop.merchant_id, 5))
    assert [(each.card_number, each.reason) for each in flagged] == [(guest.number, FlagReason.ONE_PERSON)]


# Taken into Telegram


def test_who_asks_and_shows_the_card_at_the_counter_has_it_in_telegram(shop: Shop) -> None:
    tom, noa = shop.hires("Tom"), shop.town.somebody()
    guest = shop.guest(tom, 3)
    asked = shop.asks_for(guest, noa)
    shown = sees(shop, guest.card).adoption
    assert shown is not None
    assert shown.name == "Noa"

    adopted = shop.confirms(tom, guest, asked)
    assert (adopted.name, adopted.card_id, adopted.is_merged) == ("Noa", guest.card_id, False)
    [held] = shop.database.read(my_cards, MyCards(account=noa))
    assert (held.state.card_number, held.state.stamp_count) == (guest.number, 3)
    [told] = shop.town.messages(MessageKind.CARD_ADOPTED)
    assert told.recipient == noa
    shop.stamps(tom, guest)
    assert shop.town.messages(MessageKind.RECEIPT)[-1].recipient == noa
    page = shop.database.read(see_card, SeeCard(merchant_id=shop.merchant_id, account=None, card=guest.card))
    assert [(note.kind, note.by) for note in page.notes] == [(NoteKind.ADOPTED, "Tom")]
    assert not shop.database.violations()


def test_the_paper_opens_nothing_once_the_card_is_in_telegram(shop: Shop) -> None:
    guest = shop.guest(shop.owner)
    shop.confirms(shop.owner, guest, shop.asks_for(guest))
    with pytest.raises(CodeReplaced):
        shop.database.read(find_route, guest.token_hash)
    with pytest.raises(CardNotFound):
        sees(shop, CardRef("token", guest.token_hash))
    with pytest.raises(CardNotFound):
        shop.asks_for(guest)


def test_it_is_adopted_once_and_a_second_tap_says_the_same(shop: Shop) -> None:
    guest = shop.guest(shop.owner)
    asked = shop.asks_for(guest)
    first = shop.confirms(shop.owner, guest, asked)
    assert shop.confirms(shop.owner, guest, asked) == first
    assert len(shop.town.messages(MessageKind.CARD_ADOPTED)) == 1


def test_a_yes_is_for_who_was_shown_and_not_for_who_asked_since(shop: Shop) -> None:
    guest = shop.guest(shop.owner)
    shown = shop.asks_for(guest, name="Noa")
    shop.asks_for(guest, name="Somebody else")
    with pytest.raises(AdoptionOver):
        shop.confirms(shop.owner, guest, shown)


def test_a_request_is_over_after_half_an_hour(shop: Shop, clock: Clock) -> None:
    guest = shop.guest(shop.owner)
    assert timedelta(minutes=30) == ADOPTION_HOLDS
    asked = shop.asks_for(guest)
    clock.passes(minutes=30)
    assert sees(shop, guest.card).adoption is None
    with pytest.raises(AdoptionOver):
        shop.confirms(shop.owner, guest, asked)
    do(shop.database, lambda tx: tx.forget_adoptions(tx.now + timedelta(1)))
    with pytest.raises(AdoptionOver):
        shop.confirms(shop.owner, guest, asked)


def test_a_request_names_its_own_card(shop: Shop) -> None:
    guest, other = shop.guest(shop.owner), shop.guest(shop.owner)
    asked = shop.asks_for(guest)
    with pytest.raises(AdoptionOver):
        shop.confirms(shop.owner, other, asked)


def test_the_team_takes_no_card_that_it_serves(shop: Shop) -> None:
    tom, noa = shop.hires("Tom"), shop.town.somebody()
    guest = shop.guest(tom)
    with pytest.raises(OwnCardRefused):
        shop.asks_for(guest, tom.account)
    asked = shop.asks_for(guest, noa)
    shop.hires("Noa", account=noa)
    with pytest.raises(OwnCardRefused):
        shop.confirms(tom, guest, asked)


def test_it_takes_a_pin_where_that_is_asked_for(shop: Shop) -> None:
    guest = shop.guest(shop.owner)
    shop.changes_terms(require_staff_pin=True, pin_window_minutes=0)
    shop.chooses_pin(shop.owner)
    asked = shop.asks_for(guest)
    with pytest.raises(PinRequired):
        shop.confirms(shop.owner, guest, asked)
    assert shop.confirms(shop.owner, guest, asked, pin_typed=True).card_id == guest.card_id


def test_a_blocked_card_goes_nowhere(shop: Shop) -> None:
    guest = shop.guest(shop.owner)
    asked = shop.asks_for(guest)
    blocks(shop, guest)
    with pytest.raises(CardInactive):
        shop.asks_for(guest)
    with pytest.raises(CardInactive):
        shop.confirms(shop.owner, guest, asked)


def test_only_a_guests_card_is_asked_for(shop: Shop) -> None:
    lea = shop.gives_card("Léa")
    [blank] = shop.prints()
    with pytest.raises(CardNotFound):
        shop.asks_for(lea)
    with pytest.raises(CardNotFound):
        shop.asks_for(replace(lea, card_id=blank.card_id))


def test_who_has_a_card_has_both_in_one(shop: Shop) -> None:
    lea = shop.gives_card("Léa")
    shop.stamps(shop.owner, lea, 2)
    guest = shop.guest(shop.owner, 4)
    adopted = shop.confirms(shop.owner, guest, shop.asks_for(guest, lea.account))
    assert (adopted.card_id, adopted.is_merged) == (lea.card_id, True)
    assert shop.card(lea).stamp_count == 6
    with pytest.raises(CodeReplaced):
        shop.database.read(find_route, guest.token_hash)
    assert sees(shop, CardRef("number", guest.number)).card.card_id == lea.card_id
    told = shop.town.messages(MessageKind.CARDS_MERGED)
    assert [each.recipient for each in told] == [lea.account]
    assert not shop.database.violations()


def test_who_has_a_card_of_another_program_has_two(shop: Shop) -> None:
    lunch = shop.adds_program("Lunch card", stamps_target=8)
    [blank] = shop.prints(program_id=lunch)
    shop.stamps(shop.owner, CardRef("id", blank.card_id), 2)
    _, customer, _ = shop.found(CardRef("id", blank.card_id))
    guest = Holder(
        account=customer.account, card_id=blank.card_id, number=blank.number, token_hash=blank.token_hash
    )
    lea = shop.gives_card("Léa")
    shop.confirms(shop.owner, guest, shop.asks_for(guest, lea.account))
    held = shop.database.read(my_cards, MyCards(account=lea.account))
    assert {each.state.card_id: each.state.stamp_count for each in held} == {
        lea.card_id: 0,
        blank.card_id: 2,
    }


def test_the_welcome_bonus_comes_with_telegram_and_once(town: Town) -> None:
    """A card on paper gives nobody anything for nothing, and no account has the bonus twice."""
    shop = town.opens_shop(stamps_target=5, welcome_bonus=2)
    noa = town.somebody()
    guest = shop.guest(shop.owner)
    assert shop.card(guest).stamp_count == 1
    shop.confirms(shop.owner, guest, shop.asks_for(guest, noa))
    assert shop.card(guest).stamp_count == 3

    second = shop.guest(shop.owner)
    shop.confirms(shop.owner, second, shop.asks_for(second, noa))
    assert shop.card(guest).stamp_count == 4
    kinds = [entry.kind for entry in shop.history(guest)]
    assert kinds.count(EntryKind.WELCOME_BONUS) == 1


def test_who_scans_a_guests_card_is_asked_whether_it_is_theirs(shop: Shop) -> None:
    guest, somebody = shop.guest(shop.owner), shop.town.somebody()
    route = shop.database.read(find_route, guest.token_hash)
    link = shop.database.read(open_card_link, OpenCardLink(account=somebody, route=route))
    assert link.guest_card_id == guest.card_id
    [blank] = shop.prints()
    route = shop.database.read(find_route, blank.token_hash)
    link = shop.database.read(open_card_link, OpenCardLink(account=somebody, route=route))
    assert link.guest_card_id is None
    assert link.offer is not None


def test_what_a_guest_could_not_be_told_is_said_again_in_telegram_before_it_expires(
    town: Town, clock: Clock
) -> None:
    shop = town.opens_shop(stamps_target=5, expiry_kind=ExpiryKind.INACTIVITY, expiry_months=1)
    noa, nights = town.somebody(), Nights(town)
    guest, other = shop.guest(shop.owner, 3), shop.guest(shop.owner, 3)
    clock.passes(days=20)
    assert (nights.looks().warned, nights.looks().expired) == (2, 0)
    shop.confirms(shop.owner, guest, shop.asks_for(guest, noa))
    clock.passes(days=13)
    nights.looks()
    assert shop.card(guest).stamp_count == 3
    assert shop.card(other).stamp_count == 0, "nobody can be told"
    [said] = [each for each in town.messages(MessageKind.STAMPS_EXPIRING) if each.recipient == noa]
    assert said.created_at == clock()
    nights.delivers()
    clock.passes(days=15)
    nights.looks()
    assert shop.card(guest).stamp_count == 0
    assert not shop.database.violations()


# What is kept of a guest


def test_a_guest_is_told_and_forgotten_by_the_number(shop: Shop) -> None:
    guest = shop.guest(shop.owner, 2)
    which: dict[str, Any] = {"merchant_id": shop.merchant_id, "card": CardRef("number", guest.number)}
    [kept] = shop.database.read(data_of_card, OfCard(**which)).shops
    assert kept.kept["cards"][0]["number"] == guest.number
    assert kept.kept["printed"]

    shop.database.write(erase_card, EraseCard(**which, account_hash=lambda *_: "hash"))
    assert look(shop.database, lambda tx: tx.card(shop.merchant_id, which["card"])) is None
    with pytest.raises(CardNotFound):
        shop.stamps(shop.owner, CardRef("token", guest.token_hash))
    assert not look(shop.database, lambda tx: tx.sheets_of(shop.merchant_id))
    assert not shop.database.violations()


def test_who_was_erased_is_no_guest() -> None:
    assert not Account(bot_id=BotId(0), user_id=UserId(-5)).is_guest
    assert not Account(bot_id=BOT, user_id=UserId(5)).is_guest
