"""All that is kept of a person is told to them, and goes when they say so; sums stay, under nobody."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import msgspec
import pytest

from domain.account import Account
from domain.acts import Adopt, Asked
from domain.card import CardRef
from domain.delivery import ChannelKind, Delivered, RecipientGone
from domain.ids import CardId, MerchantId, TokenHash, UserId
from domain.kinds import EntryKind
from domain.messages import DisputeOpened, MessageKind
from domain.personal import BLANK
from domain.plumbing.outbox import LeaseDeliveries, Made, deliveries_made, lease_deliveries
from domain.plumbing.people import Meet, meet
from domain.ports import KeptRows
from domain.refusals import CardInactive, CardNotFound, MerchantNotFound
from domain.staff import Role
from domain.usecases.adopt_card import ConfirmAdoption, confirm_adoption
from domain.usecases.birthdays import MyBirthday, SayBirthday, look_at_birthdays, my_birthday, say_birthday
from domain.usecases.bring_back import SomeCustomers
from domain.usecases.bring_friend import JoinByFriend, join_by_friend
from domain.usecases.join_store import JoinStore, join_store
from domain.usecases.letters import letter_for
from domain.usecases.manage_cards import SeeCard, SetBlocked, WriteNote, see_card, set_blocked, write_note
from domain.usecases.marketing import answer
from domain.usecases.my_cards import MyCards, my_cards
from domain.usecases.open_dispute import OpenDispute, open_dispute
from domain.usecases.privacy import (
    Erase,
    EraseCard,
    Erased,
    OfCard,
    PersonalData,
    data_of_card,
    erase,
    erase_again,
    erase_card,
    my_data,
    my_privacy,
)
from tests.support.clock import Clock
from tests.support.databases import SyncDatabase, do, look
from tests.support.nights import Nights
from tests.support.one_thread import OneThread
from tests.support.shop import BOT, Holder, Shop, Town

NAME = "Zoé Weydert-Quiring"


def hashed(account: Account, merchant_id: MerchantId) -> str:
    return sha256(f"{account.user_id} {merchant_id}".encode()).hexdigest()


def erases(town: Town, account: Account, shop: Shop | None = None) -> Erased:
    merchant_id = shop.merchant_id if shop else None
    command = Erase(account=account, merchant_id=merchant_id, account_hash=hashed)
    return town.database.write(erase, command)


def data_of(town: Town, account: Account) -> PersonalData:
    return town.database.read(my_data, account)


def everything(database: SyncDatabase) -> str:
    """All cells of all tables."""

    driver = driver_of(database)
    names = [name for (name,) in driver.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    found = [driver.execute(f"SELECT * FROM {name}").fetchall() for name in names]
    return json.dumps(found, default=str, ensure_ascii=False)


def driver_of(database: SyncDatabase) -> sqlite3.Connection:
    assert isinstance(database, OneThread)
    return database._driver


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop(welcome_bonus=2)


@pytest.fixture
def zoe(town: Town, shop: Shop) -> Holder:
    """With all that can be kept of a customer."""
    holder = shop.gives_card(NAME, Account(bot_id=BOT, user_id=UserId(7_301_946_582)))
    database = town.database
    database.write(meet, Meet(account=holder.account, name=NAME, telegram_locale=None))
    anna = shop.hires("Anna")
    shop.stamps(anna, holder, 3)
    entry = shop.stamps(anna, holder, 2).entry
    shop.asks_manager(anna, holder, entry=entry.entry_id, reason=f"{NAME} is angry")
    shop.voids(shop.owner, holder, reason=f"{NAME} was not there")
    other = shop.stamps(anna, holder).entry
    disputed = OpenDispute(account=holder.account, merchant_id=shop.merchant_id, entry_id=other.entry_id)
    database.write(open_dispute, disputed)
    named: dict[str, Any] = {"merchant_id": shop.merchant_id, "account": shop.owner.account}
    database.write(write_note, WriteNote(card=holder.card, text=f"{NAME} likes oat milk", **named))
    database.write(set_blocked, SetBlocked(card=holder.card, is_blocked=True, reason="lost", **named))
    database.write(set_blocked, SetBlocked(card=holder.card, is_blocked=False, **named))
    return holder


def test_after_an_erasure_no_cell_names_the_person(town: Town, shop: Shop, zoe: Holder) -> None:
    before = everything(town.database)
    assert before.count(NAME) > 5
    assert str(zoe.account.user_id) in before
    erases(town, zoe.account)
    after = everything(town.database)
    assert NAME not in after
    assert f"{zoe.account.user_id}" not in after
    assert zoe.token_hash not in after
    assert town.database.violations() == []


def test_entries_and_sums_stay_under_nobody(town: Town, shop: Shop, zoe: Holder) -> None:
    before, entries = shop.card(zoe), shop.entries(zoe)
    erases(town, zoe.account, shop)
    card, customer, _ = shop.found(zoe.card)
    assert (card.stamp_count, card.entry_count) == (before.stamp_count, before.entry_count)
    assert [entry.stamps_delta for entry in shop.entries(zoe)] == [entry.stamps_delta for entry in entries]
    assert {entry.note for entry in shop.entries(zoe)} == {None}
    assert customer.name == BLANK
    assert not card.active
    assert card.number != before.number


def test_what_was_asked_for_on_the_card_is_known_no_more(town: Town, shop: Shop, zoe: Holder) -> None:
    def known() -> set[bool]:
        told = driver_of(town.database).execute(
            "SELECT fingerprint FROM entries WHERE card_id = ?", [card_id]
        )
        return {text is not None for (text,) in told}

    card_id = shop.card(zoe).card_id
    assert known() == {True}
    erases(town, zoe.account)
    assert known() == {False}


def test_what_others_were_told_names_nobody_any_more(town: Town, shop: Shop, zoe: Holder) -> None:
    [told] = town.facts(MessageKind.DISPUTE)
    assert isinstance(told, DisputeOpened)
    assert told.customer_name == NAME
    erases(town, zoe.account, shop)
    [told] = town.facts(MessageKind.DISPUTE)
    assert isinstance(told, DisputeOpened)
    assert (told.customer_name, told.staff_name) == (BLANK, "Anna")


def test_what_was_owed_to_the_person_is_owed_no_more(town: Town, shop: Shop, zoe: Holder) -> None:
    assert any(message.recipient == zoe.account for message in town.messages())
    erases(town, zoe.account, shop)
    kinds = {message.kind for message in town.messages()}
    assert MessageKind.RECEIPT not in kinds
    assert MessageKind.DISPUTE in kinds


@pytest.mark.parametrize("is_moved", [False, True])
def test_a_message_that_lands_when_its_reader_is_forgotten_is_noted_nowhere(
    town: Town, shop: Shop, zoe: Holder, is_moved: bool
) -> None:
    wanted = LeaseDeliveries(bot_id=BOT, channel=ChannelKind.TELEGRAM, holder="one", limit=99)
    leased = town.database.write(lease_deliveries, wanted)
    under_way = [each for each in leased if each.address == str(zoe.account.user_id)]
    if is_moved:
        shop.moves_card(zoe)
    erases(town, zoe.account)
    landed = [Made(delivery=each, outcome=Delivered("77", shows=zoe.card_id)) for each in under_way]
    assert landed
    town.database.write(deliveries_made, landed)
    assert f"{zoe.account.user_id}" not in everything(town.database)


def test_an_erased_card_is_no_card_to_anybody(town: Town, shop: Shop, zoe: Holder) -> None:
    erases(town, zoe.account, shop)
    assert town.database.read(my_cards, MyCards(account=zoe.account)) == []
    for ref in (CardRef("number", zoe.number), CardRef("token", zoe.token_hash), zoe.card):
        with pytest.raises((CardNotFound, CardInactive)):
            shop.stamps(shop.owner, ref)
        asked = SeeCard(merchant_id=shop.merchant_id, account=shop.owner.account, card=ref)
        with pytest.raises(CardNotFound):
            town.database.read(see_card, asked)
    assert look(town.database, lambda tx: tx.route(zoe.token_hash)) is None


def test_who_joins_again_is_new_and_gets_no_second_bonus_for_a_year(
    town: Town, shop: Shop, zoe: Holder, clock: Clock
) -> None:
    def joins(account: Account) -> list[EntryKind]:
        again = replace(shop.joining("Zoé", account), account_hash=hashed(account, shop.merchant_id))
        state = town.database.write(join_store, again).held.state
        found = look(town.database, lambda tx: tx.card(shop.merchant_id, CardRef("id", state.card_id)))
        assert found is not None
        return [entry.kind for entry in look(town.database, lambda tx: tx.entries_of(found[0]))]

    erases(town, zoe.account, shop)
    assert joins(zoe.account) == []
    assert joins(town.somebody()) == [EntryKind.WELCOME_BONUS]
    erases(town, zoe.account, shop)
    assert joins(zoe.account) == []
    erases(town, zoe.account)
    clock.passes(days=366)
    do(town.database, lambda tx: tx.forget_hashes(tx.now - timedelta(days=365)))
    assert joins(zoe.account) == [EntryKind.WELCOME_BONUS]


def test_who_was_erased_and_comes_back_by_an_invitation_is_no_new_friend_and_gets_no_second_bonus(
    town: Town,
) -> None:
    shop = town.opens_shop(welcome_bonus=2, referral_bonus=3, referral_welcome=1)
    lea, zoe = shop.gives_card("Léa"), shop.gives_card("Zoé")
    erases(town, zoe.account, shop)
    command = JoinByFriend(
        account=zoe.account,
        name="Zoé",
        merchant_id=shop.merchant_id,
        referrer_id=shop.found(lea.card)[1].customer_id,
        card_id=CardId(town.database.ids()),
        card_token_hash=town.new_hash(),
        account_hash=hashed(zoe.account, shop.merchant_id),
    )
    done = town.database.write(join_by_friend, command)
    assert (done.joined.held.state.stamp_count, done.welcome) == (0, 0)
    shop.stamps(shop.owner, CardRef("id", command.card_id))
    stamps = [shop.found(card)[0].stamp_count for card in (lea.card, CardRef("id", command.card_id))]
    assert stamps == [2, 1]


def test_message_on_its_way_to_who_is_erased_meanwhile_is_withdrawn_and_no_error(
    town: Town, shop: Shop, zoe: Holder
) -> None:
    lease = LeaseDeliveries(bot_id=BOT, channel=ChannelKind.TELEGRAM, holder="a", limit=100)
    leased = town.database.write(lease_deliveries, lease)
    [*theirs] = (each for each in leased if each.address == str(zoe.account.user_id))
    assert theirs
    erases(town, zoe.account)
    for delivery in theirs:
        with pytest.raises(RecipientGone):
            town.database.read(letter_for, delivery)


def comes_back(town: Town, shop: Shop, account: Account, referrer: Holder | None = None) -> Holder:
    """Joins again, by the poster or by a customer's link."""
    named: dict[str, Any] = {
        "account": account,
        "name": "Zoé",
        "merchant_id": shop.merchant_id,
        "card_id": CardId(town.database.ids()),
        "card_token_hash": town.new_hash(),
        "account_hash": hashed(account, shop.merchant_id),
    }
    if referrer is None:
        joined = town.database.write(join_store, JoinStore(store_id=shop.store_id, **named))
    else:
        referrer_id = shop.found(referrer.card)[1].customer_id
        joined = town.database.write(join_by_friend, JoinByFriend(referrer_id=referrer_id, **named)).joined
    state = joined.held.state
    return Holder(
        account=account,
        card_id=state.card_id,
        number=state.card_number,
        token_hash=named["card_token_hash"],
    )


def test_friend_who_was_rewarded_and_is_erased_is_no_new_friend_even_without_a_welcome_bonus(
    town: Town,
) -> None:
    shop = town.opens_shop(referral_bonus=3, referral_welcome=1)
    lea, account = shop.gives_card("Léa"), town.somebody()
    for expected in ((3, 2), (3, 1)):
        zoe = comes_back(town, shop, account, referrer=lea)
        shop.stamps(shop.owner, zoe)
        assert (shop.card(lea).stamp_count, shop.card(zoe).stamp_count) == expected
        erases(town, account, shop)


@pytest.mark.parametrize("as_guest", [False, True])
def test_who_is_erased_after_a_birthday_has_the_next_bonus_for_one_a_year_later(
    town: Town, clock: Clock, as_guest: bool
) -> None:
    shop = town.opens_shop(birthday_bonus=2)
    shop.changes_merchant(marketing_monthly_max=4)
    account = town.somebody()

    def has_a_birthday(holder: Holder) -> int:
        """In a week from now. Returns what that brought."""
        _, customer, _ = shop.found(holder.card)
        do(town.database, lambda tx: answer(tx, customer, is_given=True))
        before, day = shop.card(holder).stamp_count, clock.now + timedelta(days=7)
        which: dict[str, Any] = {"account": account, "merchant_id": shop.merchant_id}
        town.database.write(say_birthday, SayBirthday(month_and_day=(day.month, day.day), **which))
        clock.is_at(day)
        one = SomeCustomers(merchant_id=shop.merchant_id, customer_ids=[customer.customer_id])
        town.database.write(look_at_birthdays, one)
        return shop.card(holder).stamp_count - before

    def joins() -> Holder:
        if not as_guest:
            return comes_back(town, shop, account)
        guest = shop.guest(shop.owner)
        command = ConfirmAdoption(
            asked=Asked(act=Adopt(card=guest.card, adoption=shop.asks_for(guest, account)), actor=shop.owner),
            card_hash=lambda card_id, rotation: TokenHash(f"code of {card_id} in {rotation}"),
            account_hash=hashed,
        )
        town.database.write(confirm_adoption, command)
        return replace(guest, account=account)

    assert has_a_birthday(joins()) == 2
    erases(town, account, shop)
    again = joins()
    assert has_a_birthday(again) == 0
    page = town.database.read(my_birthday, MyBirthday(account=account, merchant_id=shop.merchant_id))
    assert page.next_on is not None
    assert page.next_on >= clock.now.date() + timedelta(days=358)


def test_another_shop_keeps_what_it_has(town: Town, shop: Shop, zoe: Holder) -> None:
    other = town.opens_shop()
    there = other.gives_card(NAME, zoe.account)
    erased = erases(town, zoe.account, shop)
    assert erased.is_left
    assert other.found(there.card)[1].name == NAME
    assert look(town.database, lambda tx: tx.person(zoe.account)) is not None
    [left] = town.database.read(my_privacy, zoe.account).shops
    assert left.merchant.merchant_id == other.merchant_id
    erases(town, zoe.account)
    assert look(town.database, lambda tx: tx.person(zoe.account)) is None
    assert NAME not in everything(town.database)


def test_erasing_again_changes_nothing_more(town: Town, shop: Shop, zoe: Holder) -> None:
    erases(town, zoe.account)
    kept = look(town.database, lambda tx: tx.unwiped_erasures())
    assert kept
    assert not erases(town, zoe.account).shops
    assert town.database.violations() == []
    assert look(town.database, lambda tx: tx.unwiped_erasures()) == kept


def test_a_member_of_the_team_stays_one(town: Town, shop: Shop) -> None:
    boss = shop.hires("Boss", Role.MANAGER)
    shop.gives_card(NAME, boss.account)
    town.database.write(meet, Meet(account=boss.account, name=NAME, telegram_locale=None))
    erased = erases(town, boss.account)
    assert erased.teams == ["Café Knätsch"]
    assert shop.staff(boss).account == boss.account
    assert look(town.database, lambda tx: tx.person(boss.account)) is not None
    assert look(town.database, lambda tx: tx.customer_of(shop.merchant_id, boss.account)) is None


def test_who_had_a_card_that_was_merged_into_an_erased_one_may_join_again(town: Town, shop: Shop) -> None:
    first, second = shop.gives_card("One"), shop.gives_card("Two")
    shop.stamps(shop.owner, second, 2)
    shop.merges(shop.owner, first, second)
    erases(town, first.account)
    assert town.database.violations() == []
    assert shop.joins("Two", second.account).is_new


def tell_of(town: Town, shop: Shop, account: Account) -> KeptRows:
    return look(town.database, lambda tx: tx.kept_at(shop.merchant_id, account, None))


def said_to(town: Town, account: Account) -> list[object]:
    """The kinds of message that an export tells an account of."""
    return [row["kind"] for shop in data_of(town, account).shops for row in shop.kept["messages"]]


def test_who_hands_a_card_on_leaves_nothing_at_the_shop_but_that_they_were_told_so(
    town: Town, shop: Shop, zoe: Holder
) -> None:
    """Their old account may be lost: nobody could erase it from there."""
    Nights(town).delivers()
    assert MessageKind.RECEIPT in said_to(town, zoe.account)
    moved = shop.moves_card(zoe)
    assert said_to(town, zoe.account) == [MessageKind.CARD_MOVED]
    [at_shop] = data_of(town, zoe.account).shops
    left = {name for name, found in at_shop.kept.items() if found}
    assert left == {"messages", "deliveries", "acquaintances"}
    told = msgspec.json.encode(data_of(town, moved.account)).decode()
    assert f"{zoe.account.user_id}" not in told
    assert town.database.violations() == []

    erases(town, moved.account)
    assert said_to(town, zoe.account) == [MessageKind.CARD_MOVED], "it is of the other account"
    erases(town, zoe.account)
    after = everything(town.database)
    assert f"{zoe.account.user_id}" not in after
    assert NAME not in after


def test_a_member_who_hands_a_card_on_keeps_what_the_team_is_told(town: Town, shop: Shop) -> None:
    mia = shop.hires("Mia", Role.MANAGER)
    own = shop.gives_card("Mia", mia.account)
    lea = shop.gives_card("Léa")
    entry = shop.stamps(shop.owner, lea).entry
    disputed = OpenDispute(account=lea.account, merchant_id=shop.merchant_id, entry_id=entry.entry_id)
    town.database.write(open_dispute, disputed)
    shop.moves_card(own)
    assert [each.recipient for each in town.messages(MessageKind.DISPUTE)].count(mia.account) == 1


@pytest.mark.parametrize("has", ["no card", "a card", "a card of another program"])
def test_of_who_takes_a_guests_card_nothing_is_left_of_the_guest_either(
    town: Town, shop: Shop, has: str
) -> None:
    zoe = Account(bot_id=BOT, user_id=UserId(7_301_946_582))
    if has != "no card":
        shop.gives_card(NAME, zoe)
    if has == "a card of another program":
        [blank] = shop.prints(program_id=shop.adds_program())
    else:
        [blank] = shop.prints()
    shop.stamps(shop.owner, CardRef("id", blank.card_id), 3)
    account = shop.found(CardRef("id", blank.card_id))[1].account
    guest = Holder(account=account, card_id=blank.card_id, number=blank.number, token_hash=blank.token_hash)
    shop.confirms(shop.owner, guest, shop.asks_for(guest, zoe, NAME))
    assert town.database.violations() == []
    erases(town, zoe)
    after = everything(town.database)
    assert guest.number not in after
    assert NAME not in after
    assert look(town.database, lambda tx: tx.customer_of(shop.merchant_id, guest.account)) is None
    assert not tell_of(town, shop, guest.account)["messages"]
    assert town.database.violations() == []


def test_what_was_written_on_a_card_goes_with_the_one_that_it_was_merged_into(
    town: Town, shop: Shop, zoe: Holder
) -> None:
    """Whose it was is nobody's afterwards: they could not have it erased."""
    first = shop.gives_card("Léa")
    shop.merges(shop.owner, first, zoe)
    number = zoe.number
    erases(town, first.account)
    kept = driver_of(town.database)
    assert kept.execute("SELECT 1 FROM card_notes WHERE text LIKE ?", [f"%{NAME}%"]).fetchall() == []
    assert kept.execute("SELECT 1 FROM cards WHERE number = ?", [number]).fetchall() == []
    assert shop.joins("Zoé", zoe.account).is_new
    erases(town, zoe.account)
    after = everything(town.database)
    assert NAME not in after
    assert f"{zoe.account.user_id}" not in after
    assert town.database.violations() == []


def test_all_of_it_is_told(town: Town, shop: Shop, zoe: Holder) -> None:
    told = data_of(town, zoe.account)
    [at_shop] = told.shops
    [customer] = at_shop.kept["customers"]
    assert (customer["name"], customer["user_id"]) == (NAME, zoe.account.user_id)
    [card] = at_shop.kept["cards"]
    assert card["number"] == zoe.number
    assert len(at_shop.kept["entries"]) == len(shop.entries(zoe))
    assert at_shop.kept["entries"][0]["fingerprint"]
    assert at_shop.kept["card_notes"][0]["text"] == f"{NAME} likes oat milk"
    assert {"messages", "deliveries", "requests", "disputes", "links"} <= {
        name for name, found in at_shop.kept.items() if found
    }
    assert [person["name"] for person in told.kept["people"]] == [NAME]
    assert msgspec.json.encode(told)


def test_nothing_of_others_is_told(town: Town, shop: Shop, zoe: Holder) -> None:
    shop.stamps(shop.owner, shop.gives_card("Somebody else"))
    said = msgspec.json.encode(data_of(town, zoe.account)).decode()
    assert "Somebody else" not in said
    assert "Anna" not in said


def test_a_member_is_told_of_the_team(town: Town, shop: Shop) -> None:
    anna = shop.hires("Anna")
    told = data_of(town, anna.account).team
    assert [(row["name"], row["role"]) for row in told["staff"]] == [("Anna", "staff")]
    assert "pin_hash" not in told["staff"][0]


def test_the_operator_does_it_by_the_number_of_a_card(town: Town, shop: Shop, zoe: Holder) -> None:
    number = CardRef("number", zoe.number)
    [told] = town.database.read(data_of_card, OfCard(merchant_id=shop.merchant_id, card=number)).shops
    assert told.kept["customers"][0]["name"] == NAME
    command = EraseCard(merchant_id=shop.merchant_id, card=number, account_hash=hashed)
    town.database.write(erase_card, command)
    with pytest.raises(CardNotFound):
        town.database.write(erase_card, command)
    with pytest.raises(MerchantNotFound):
        town.database.read(data_of_card, OfCard(merchant_id=MerchantId("none"), card=number))


def test_what_was_erased_is_erased_in_a_copy_of_before(town: Town, shop: Shop, zoe: Holder) -> None:
    shop.gives_card("Somebody else")
    with closing(OneThread(town.database.clock)) as copy:
        driver_of(town.database).backup(driver_of(copy))
        erases(town, zoe.account)
        done = look(town.database, lambda tx: tx.unwiped_erasures())
        assert copy.write(erase_again, done) == 1
        assert NAME not in everything(copy)
        assert "Somebody else" in everything(copy)
        assert copy.write(erase_again, done) == 0
        ids = [each.customer_id for each in done]
        assert [each.customer_id for each in look(copy, lambda tx: tx.unwiped_erasures())] == ids
