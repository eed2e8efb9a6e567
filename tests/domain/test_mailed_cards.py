"""A card by e-mail: nobody's until it is shown, told by mail from then on, and taken into Telegram by a code."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from sqlalchemy import select

from domain.account import Account
from domain.card import CardRef, NoteKind
from domain.delivery import ChannelKind
from domain.ids import CardId, MessageId, OperationKey, StoreId, TokenHash
from domain.mailbox import CODE_AGAIN, CODE_HOLDS, CODE_TRIES_MAX, CODES_MAX, Mailbox, Ways
from domain.messages import MailCardRefused, MessageKind
from domain.plumbing.bounces import CameBack, CodeCameBack, Returned, code_came_back
from domain.plumbing.keep_house import KeepHouse, keep_house
from domain.plumbing.outbox import LeaseDeliveries, lease_deliveries
from domain.printed import MAILED_HOLDS, MAILED_MAX
from domain.refusals import (
    CardCodeOver,
    CardNotFound,
    CardsMailedTooMany,
    MailAddressMistyped,
    MailNotSent,
    NotAllowed,
    OwnCardRefused,
    ShopCloses,
    StoreNotFound,
)
from domain.staff import Actor
from domain.usecases.adopt_card import (
    AdoptionAsked,
    AdoptionCode,
    AdoptionProved,
    AskAdoption,
    ProveAdoption,
    ask_adoption,
    prove_adoption,
)
from domain.usecases.close_shop import end_shop
from domain.usecases.letters import letter_for
from domain.usecases.mail_card import GuestMail, card_came_back, card_not_mailed, stop_mail
from domain.usecases.manage_cards import SeeCard, see_card
from domain.usecases.print_cards import SeeSheets, see_sheets
from domain.usecases.privacy import EraseCard, OfCard, data_of_card, erase_card
from storage import tables
from tests.domain.test_removing_staff import removes
from tests.support.clock import Clock
from tests.support.databases import do, look
from tests.support.one_thread import OneThread
from tests.support.shop import BOT, Holder, Shop, Town

ADDRESS, RIGHT, WRONG = "lea@example.lu", "hash of 123456", "hash of 654321"


@pytest.fixture
def database(database: OneThread) -> OneThread:
    database.switches_on(ChannelKind.EMAIL)
    return database


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop(stamps_target=5, welcome_bonus=1)


def box_of(shop: Shop, account: Account) -> Mailbox | None:
    post = look(shop.database, lambda tx: tx.post_of(account))
    return post.mailbox if post else None


def addresses(shop: Shop) -> list[str | None]:
    """Where cards were mailed to, None for those that were shown or closed."""
    cards = tables.blank_cards.c
    mailed = select(cards.address).where(cards.sheet_id == cards.card_id).order_by(cards.card_id)
    return [address for (address,) in look(shop.database, lambda tx: cast(Any, tx).session.all(mailed))]


def asks(shop: Shop, guest: Holder, account: Account, key: str = "tap") -> AdoptionAsked:
    code = AdoptionCode(
        key=OperationKey(key),
        code_hash=RIGHT,
        mail_hash=TokenHash(f"mail of {key}"),
        address_mark=lambda address: f"mark of {address}",
    )
    command = AskAdoption(
        account=account, name="Noa", merchant_id=shop.merchant_id, card_id=guest.card_id, code=code
    )
    return shop.database.write(ask_adoption, command)


def types(shop: Shop, guest: Holder, account: Account, code_hash: str = RIGHT) -> AdoptionProved:
    command = ProveAdoption(
        account=account,
        merchant_id=shop.merchant_id,
        card_id=guest.card_id,
        code_hash=code_hash,
        card_hash=lambda *_: shop.town.new_hash(),
        account_hash=lambda account, _: f"hash of {account.user_id}",
    )
    return shop.database.write(prove_adoption, command)


def keeps_house(shop: Shop) -> None:
    day = timedelta(days=1)
    shop.database.write(keep_house, KeepHouse(bot_id=BOT, update_retention=day, dead_letter_retention=day))


def comes_back(shop: Shop, card_id: CardId, *, address: str = ADDRESS) -> Returned:
    command = CameBack(
        bot_id=BOT,
        merchant_id=shop.merchant_id,
        message_id=MessageId(card_id),
        status="5.1.1",
        is_of_address=True,
        went_to=lambda given: given == address,
    )
    return shop.database.write(card_came_back, command)


def went_nowhere(shop: Shop, actor: Actor, card_id: CardId) -> None:
    shop.database.write(card_not_mailed, shop.card_to_mail(actor, card_id=card_id))


def told_of_return(shop: Shop) -> list[Account]:
    return [each.recipient for each in shop.town.messages(MessageKind.MAIL_CARD_REFUSED)]


# Given


def test_a_mailed_card_is_nobodys_until_it_is_shown_and_told_by_mail_from_then_on(shop: Shop) -> None:
    staff = shop.hires("Tom")
    token_hash = shop.town.new_hash()
    made = shop.mails(staff, card_hash=token_hash)
    assert made.held is not None
    assert addresses(shop) == [ADDRESS]
    assert not look(shop.database, lambda tx: tx.accounts_of(shop.merchant_id))
    shop.stamps(staff, CardRef("token", token_hash), 5)
    _, guest, _ = shop.found(CardRef("token", token_hash))
    box = box_of(shop, guest.account)
    assert box is not None
    assert (box.address, box.ways) == (ADDRESS, Ways.MAIL)
    assert addresses(shop) == [None]
    lease = LeaseDeliveries(bot_id=BOT, channel=ChannelKind.EMAIL, holder="me", limit=10)
    leased = shop.database.write(lease_deliveries, lease)
    letters = [shop.database.read(letter_for, each) for each in leased]
    assert MessageKind.REWARD_READY in [each.message.kind for each in letters]
    assert {each.guest_id for each in letters} == {guest.customer_id}
    assert not shop.database.violations()


def test_the_same_update_makes_one_card(shop: Shop) -> None:
    card_id = CardId(shop.database.ids())
    first, again = (shop.mails(shop.owner, card_id=card_id) for _ in range(2))
    assert first.held is not None
    assert again.held is not None
    assert first.held.state.card_number == again.held.state.card_number
    assert addresses(shop) == [ADDRESS]


def test_an_address_gets_few_cards_and_nobody_is_told_that_it_got_some(shop: Shop, clock: Clock) -> None:
    other = shop.town.opens_shop()
    made = [shop.mails(shop.owner)]
    assert other.mails(other.owner).held is None
    for _ in range(CODES_MAX + 1):
        clock.now += CODE_AGAIN
        made.append(shop.mails(shop.owner))
    assert sum(each.held is not None for each in made) == CODES_MAX
    assert len(addresses(shop)) == CODES_MAX


def test_a_member_gives_so_many_in_a_day(shop: Shop, clock: Clock) -> None:
    staff = shop.hires("Tom")
    for each in range(MAILED_MAX):
        shop.mails(staff, f"{each}@example.lu")
    with pytest.raises(CardsMailedTooMany):
        shop.mails(staff)
    shop.mails(shop.owner)
    clock.now += timedelta(days=1)
    assert shop.mails(staff).held is not None


def test_who_does_not_work_there_gives_none(shop: Shop) -> None:
    other = shop.town.opens_shop()
    with pytest.raises(NotAllowed):
        shop.mails(replace(shop.owner, account=shop.town.somebody()))
    with pytest.raises(NotAllowed):
        shop.mails(replace(other.owner, merchant_id=shop.merchant_id))
    with pytest.raises(MailAddressMistyped):
        shop.mails(shop.owner, "lea@")
    with pytest.raises(StoreNotFound):
        shop.mails(None, store_id=StoreId(shop.database.ids()))
    assert addresses(shop) == []


def test_a_shop_that_closes_gives_no_card(shop: Shop, clock: Clock) -> None:
    closing = replace(shop.merchant(), closes_at=clock() + timedelta(days=10))
    do(shop.database, lambda tx: tx.save_merchant(closing))
    with pytest.raises(ShopCloses):
        shop.mails(shop.owner)


def test_a_mailed_card_is_on_no_sheet(shop: Shop) -> None:
    shop.mails(shop.owner)
    query = SeeSheets(merchant_id=shop.merchant_id, account=None)
    assert shop.database.read(see_sheets, query).sheets == []


# Not theirs


def test_who_was_given_a_card_by_mistake_ends_it_with_one_click(shop: Shop) -> None:
    token_hash = shop.town.new_hash()
    made = shop.mails(shop.owner, card_hash=token_hash)
    assert made.held is not None
    command = GuestMail(merchant_id=shop.merchant_id, card_id=made.held.state.card_id)
    for _ in range(2):
        assert shop.database.write(stop_mail, command) is not None
    assert addresses(shop) == [None]
    with pytest.raises(CardNotFound):
        shop.stamps(shop.owner, CardRef("token", token_hash))


def test_a_card_whose_mail_came_back_is_closed_and_who_gave_it_is_told_once(shop: Shop, clock: Clock) -> None:
    """What they were asked before the report came in is not sent again, for there is no such card any more."""
    tom, token_hash, card_id = shop.hires("Tom"), shop.town.new_hash(), CardId(shop.database.ids())
    shop.mails(tom, card_id=card_id, card_hash=token_hash)
    mailed_at = clock()
    clock.passes(minutes=5)
    assert [comes_back(shop, card_id), comes_back(shop, card_id)] == [Returned.MARKED, Returned.NOTED]
    assert addresses(shop) == [None]
    assert told_of_return(shop) == [tom.account]
    [told] = shop.town.messages(MessageKind.MAIL_CARD_REFUSED)
    assert told.facts == MailCardRefused(mailed_at=mailed_at)
    with pytest.raises(CardNotFound):
        shop.stamps(tom, CardRef("token", token_hash))
    assert shop.mails(tom, card_id=card_id, card_hash=token_hash).held is None
    assert shop.mails(tom, "leah@example.lu").held is not None


def test_a_card_whose_mail_went_nowhere_is_closed_and_the_next_goes_at_once(shop: Shop) -> None:
    """An update that is handled again after that is told the same."""
    tom, token_hash, card_id = shop.hires("Tom"), shop.town.new_hash(), CardId(shop.database.ids())
    shop.mails(tom, card_id=card_id, card_hash=token_hash)
    for _ in range(2):
        went_nowhere(shop, tom, card_id)
    assert addresses(shop) == [None]
    with pytest.raises(CardNotFound):
        shop.stamps(tom, CardRef("token", token_hash))
    with pytest.raises(MailNotSent):
        shop.mails(tom, card_id=card_id, card_hash=token_hash)
    assert told_of_return(shop) == []
    assert shop.mails(tom).held is not None


def test_an_address_that_takes_no_mail_is_tried_few_times(shop: Shop) -> None:
    made = []
    for _ in range(CODES_MAX + 1):
        made.append(shop.mails(shop.owner, card_id=(card_id := CardId(shop.database.ids()))))
        went_nowhere(shop, shop.owner, card_id)
    assert sum(each.held is not None for each in made) == CODES_MAX


def test_a_mail_that_went_nowhere_closes_no_card_that_was_shown_or_printed(shop: Shop) -> None:
    guest, [printed] = shop.mailed_guest(shop.owner), shop.prints()
    for card_id in (guest.card_id, printed.card_id):
        went_nowhere(shop, shop.owner, card_id)
    assert shop.stamps(shop.owner, guest).card.stamp_count == 2
    assert shop.stamps(shop.owner, CardRef("token", printed.token_hash)).card.stamp_count == 1


def test_a_card_that_came_back_is_told_nobody_who_is_gone_or_is_no_member(shop: Shop) -> None:
    """The operator's log names it."""
    tom = shop.hires("Tom")
    by_tom, by_operator = shop.mails(tom), shop.mails(None, "noa@example.lu")
    removes(shop, tom.staff_id)
    for made, address in ((by_tom, ADDRESS), (by_operator, "noa@example.lu")):
        assert made.held is not None
        assert comes_back(shop, made.held.state.card_id, address=address) is Returned.MARKED
    assert addresses(shop) == [None, None]
    assert told_of_return(shop) == []


def test_a_report_closes_no_card_that_was_shown_or_printed_or_went_elsewhere(shop: Shop) -> None:
    guest = shop.mailed_guest(shop.owner)
    [printed] = shop.prints()
    waiting = shop.mails(shop.owner, "noa@example.lu")
    assert waiting.held is not None
    assert comes_back(shop, guest.card_id) is Returned.NOTED
    for card_id in (printed.card_id, waiting.held.state.card_id, CardId(shop.database.ids())):
        assert comes_back(shop, card_id) is Returned.NOT_OURS
    assert shop.stamps(shop.owner, guest).card.stamp_count == 2
    assert addresses(shop).count("noa@example.lu") == 1
    assert told_of_return(shop) == []


def test_a_card_in_use_goes_on_without_mail(shop: Shop) -> None:
    guest = shop.mailed_guest(shop.owner)
    shop.database.write(stop_mail, GuestMail(merchant_id=shop.merchant_id, card_id=guest.card_id))
    assert box_of(shop, guest.account) is None
    assert shop.stamps(shop.owner, guest).card.stamp_count == 2


def test_an_address_that_shows_nothing_is_forgotten(shop: Shop, clock: Clock) -> None:
    token_hash = shop.town.new_hash()
    shop.mails(shop.owner, card_hash=token_hash)
    clock.now += MAILED_HOLDS
    keeps_house(shop)
    assert addresses(shop) == [ADDRESS]
    clock.now += timedelta(seconds=1)
    keeps_house(shop)
    assert addresses(shop) == [None]
    with pytest.raises(CardNotFound):
        shop.stamps(shop.owner, CardRef("token", token_hash))


def test_what_is_kept_of_a_guest_is_handed_out_and_erased(shop: Shop) -> None:
    guest = shop.mailed_guest(shop.owner)
    data = shop.database.read(data_of_card, OfCard(merchant_id=shop.merchant_id, card=guest.card))
    assert [row["address"] for row in data.kept["mailboxes"]] == [ADDRESS]
    command = EraseCard(merchant_id=shop.merchant_id, card=guest.card, account_hash=lambda *_: "")
    shop.database.write(erase_card, command)
    assert box_of(shop, guest.account) is None


def test_nothing_is_left_of_the_guests_of_a_shop_that_is_gone(shop: Shop, clock: Clock) -> None:
    other = shop.town.opens_shop()
    gone, stays = shop.mailed_guest(shop.owner), other.mailed_guest(other.owner, "tom@example.lu")
    closing = replace(shop.merchant(), closes_at=clock())
    do(shop.database, lambda tx: tx.save_merchant(closing))
    while shop.database.write(end_shop, shop.merchant_id):
        pass
    assert box_of(shop, gone.account) is None
    assert box_of(other, stays.account) is not None


# Into Telegram


def test_the_code_that_is_mailed_gives_the_card_and_the_mailbox_once(shop: Shop, clock: Clock) -> None:
    guest, noa = shop.mailed_guest(shop.owner), shop.town.somebody()
    clock.now += CODE_AGAIN
    assert asks(shop, guest, noa).mail_to == ADDRESS
    assert types(shop, guest, noa, WRONG).tries_left == CODE_TRIES_MAX - 1
    for _ in range(2):
        adopted = types(shop, guest, noa).adopted
        assert adopted is not None
        assert (adopted.card_id, adopted.is_merged) == (guest.card_id, False)
    card, customer, _ = shop.found(guest.card)
    assert (customer.account, card.stamp_count, card.token_rotation) == (noa, 2, 1)
    assert box_of(shop, guest.account) is None
    box = box_of(shop, noa)
    assert box is not None
    assert (box.address, box.ways) == (ADDRESS, Ways.BOTH)
    assert len(shop.town.messages(MessageKind.CARD_ADOPTED)) == 1
    query = SeeCard(merchant_id=shop.merchant_id, account=None, card=guest.card)
    assert [note.kind for note in shop.database.read(see_card, query).notes] == [NoteKind.ADOPTED_BY_MAIL]
    assert not shop.database.violations()


def test_who_has_a_card_gets_both_in_one_and_keeps_their_own_mailbox(shop: Shop, clock: Clock) -> None:
    guest, noa = shop.mailed_guest(shop.owner), shop.gives_card("Noa")
    own = Mailbox(account=noa.account, address="noa@example.lu", ways=Ways.CHAT, verified_at=clock())
    do(shop.database, lambda tx: tx.save_mailbox(own))
    clock.now += CODE_AGAIN
    asks(shop, guest, noa.account)
    adopted = types(shop, guest, noa.account).adopted
    assert adopted is not None
    assert (adopted.card_id, adopted.is_merged) == (noa.card_id, True)
    assert shop.card(noa).stamp_count == 2
    assert (box_of(shop, guest.account), box_of(shop, noa.account)) == (None, own)
    assert types(shop, guest, noa.account).adopted == adopted
    assert shop.card(noa).stamp_count == 2
    assert not shop.database.violations()


def test_codes_are_guessed_few_times_and_hold_ten_minutes(shop: Shop, clock: Clock) -> None:
    guest, noa = shop.mailed_guest(shop.owner), shop.town.somebody()
    clock.now += CODE_AGAIN
    asks(shop, guest, noa)
    for _ in range(CODE_TRIES_MAX):
        types(shop, guest, noa, WRONG)
    with pytest.raises(CardCodeOver):
        types(shop, guest, noa)
    clock.now += CODE_AGAIN
    assert asks(shop, guest, noa, "again").mail_to == ADDRESS
    clock.now += CODE_HOLDS
    with pytest.raises(CardCodeOver):
        types(shop, guest, noa)


def test_nobody_has_a_mailbox_flooded_by_asking_for_its_card(shop: Shop, clock: Clock) -> None:
    guest = shop.mailed_guest(shop.owner)
    sent = []
    for each in range(2 * CODES_MAX):
        clock.now += CODE_AGAIN
        sent.append(asks(shop, guest, shop.town.somebody(), f"{each}").mail_to)
    assert sum(each is not None for each in sent) <= CODES_MAX


def test_a_code_that_came_back_marks_the_mailbox_of_the_card(shop: Shop, clock: Clock) -> None:
    """Who asked for the card has the counter, and nobody else has a chat."""
    guest, noa = shop.mailed_guest(shop.owner), shop.town.somebody()
    clock.now += CODE_AGAIN
    asks(shop, guest, noa)
    told = len(shop.town.messages())
    came_back = CodeCameBack(bot_id=BOT, mail_hash=TokenHash("mail of tap"), is_of_address=True)
    assert shop.database.write(code_came_back, came_back) is Returned.MARKED
    with pytest.raises(CardCodeOver):
        types(shop, guest, noa)
    assert asks(shop, guest, noa, "again").mail_to is None
    box = box_of(shop, guest.account)
    assert box is not None
    assert not box.takes_mail
    assert len(shop.town.messages()) == told


def test_only_who_asked_last_takes_it_and_no_member_of_the_team(shop: Shop, clock: Clock) -> None:
    guest, noa, thief = shop.mailed_guest(shop.owner), shop.town.somebody(), shop.town.somebody()
    clock.now += CODE_AGAIN
    asks(shop, guest, noa)
    with pytest.raises(CardCodeOver):
        types(shop, guest, thief)
    with pytest.raises(OwnCardRefused):
        asks(shop, guest, shop.hires("Tom").account)
    shop.hires("Noa", account=noa)
    with pytest.raises(OwnCardRefused):
        types(shop, guest, noa)
    assert shop.found(guest.card)[1].account == guest.account


def test_the_counters_yes_gives_the_card_and_not_the_mailbox(shop: Shop) -> None:
    guest, noa = shop.mailed_guest(shop.owner), shop.town.somebody()
    shop.confirms(shop.owner, guest, shop.asks_for(guest, noa))
    assert shop.found(guest.card)[1].account == noa
    assert (box_of(shop, guest.account), box_of(shop, noa)) == (None, None)


def test_a_printed_card_has_no_code_to_be_mailed(shop: Shop) -> None:
    guest, noa = shop.guest(shop.owner), shop.town.somebody()
    assert asks(shop, guest, noa).mail_to is None
    with pytest.raises(CardCodeOver):
        types(shop, guest, noa)


def test_who_has_both_on_paper_and_by_mail_keeps_the_mailbox(shop: Shop) -> None:
    paper, mailed = shop.guest(shop.owner), shop.mailed_guest(shop.owner)
    shop.merges(shop.owner, paper, mailed)
    box = box_of(shop, paper.account)
    assert box is not None
    assert (box.address, box.ways) == (ADDRESS, Ways.MAIL)
    assert box_of(shop, mailed.account) is None


def test_a_card_that_moves_to_another_account_leaves_the_mailbox_behind(shop: Shop) -> None:
    guest = shop.mailed_guest(shop.owner)
    moved = shop.moves_card(guest)
    assert shop.found(guest.card)[1].account == moved.account
    assert (box_of(shop, guest.account), box_of(shop, moved.account)) == (None, None)
