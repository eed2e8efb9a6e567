"""What every store promises of merchants, customers, links and people."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.account import Account, Locale, Person
from domain.card import Card, CardRef, Customer
from domain.dialogue import Dialogue
from domain.dispute import Dispute, DisputeOutcome
from domain.ids import (
    BotId,
    CardId,
    CardNumber,
    CustomerId,
    MerchantId,
    MessageId,
    ProgramId,
    StoreId,
    TokenHash,
    UpdateId,
    UserId,
)
from domain.link import LinkKind, Route
from domain.merchant import Program, ProgramKind, Store
from domain.ports import Tx
from tests.support.clock import Clock
from tests.support.databases import SyncDatabase, do, look
from tests.support.shop import Shop, Town
from tests.support.terms import a_merchant
from tests.support.violations import BROKEN

LARGE = Account(bot_id=BotId(2**52), user_id=UserId(2**52 - 1))


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop()


def a_card(shop: Shop, **changes: Any) -> Card:
    """One that could be added for the customer of another."""
    present = shop.card(shop.gives_card())
    new = replace(
        present,
        card_id=CardId(shop.database.ids()),
        number=CardNumber("900000000"),
        program_id=another_program(shop),
    )
    return replace(new, **changes)


def another_program(shop: Shop) -> ProgramId:
    program = replace(program_of(shop), program_id=ProgramId(shop.database.ids()), version=1)
    do(shop.database, lambda tx: tx.add_program_version(program))
    return program.program_id


def program_of(shop: Shop) -> Program:
    return look(shop.database, lambda tx: tx.programs_of(shop.merchant_id))[0]


@pytest.mark.parametrize("locale", Locale)
@pytest.mark.parametrize("allow_void", [True, False])
def test_merchant_comes_back_as_it_was_added(
    database: SyncDatabase, clock: Clock, locale: Locale, allow_void: bool
) -> None:
    merchant = a_merchant(
        merchant_id=MerchantId("m"),
        name="Café 'Knätsch' ☕️",
        default_locale=locale,
        summary_hour=23,
        allow_void=allow_void,
        created_at=clock.now,
    )
    do(database, lambda tx: tx.add_merchant(merchant))
    assert look(database, lambda tx: tx.merchant(merchant.merchant_id)) == merchant
    assert look(database, lambda tx: tx.merchant(MerchantId("none"))) is None
    with pytest.raises(BROKEN):
        do(database, lambda tx: tx.add_merchant(replace(merchant, name="again")))


def test_stores_come_back_in_the_order_in_which_they_were_added(shop: Shop) -> None:
    belval, ansembourg = shop.adds_store("Belval"), shop.adds_store("Ansembourg")
    found = look(shop.database, lambda tx: tx.stores_of(shop.merchant_id))
    assert [store.store_id for store in found] == [shop.store_id, belval, ansembourg]
    assert found[1] == Store(merchant_id=shop.merchant_id, store_id=belval, name="Belval", active=True)
    assert look(shop.database, lambda tx: tx.stores_of(MerchantId("none"))) == []
    closed = Store(merchant_id=shop.merchant_id, store_id=StoreId("closed"), name="Closed", active=False)
    do(shop.database, lambda tx: tx.add_store(closed))
    assert look(shop.database, lambda tx: tx.store(shop.merchant_id, closed.store_id)) == closed


@pytest.mark.parametrize(
    "changes",
    [
        *({"kind": kind} for kind in ProgramKind),
        {"max_daily_stamps": None},
        {"max_daily_stamps": 100},
        {"cooldown_minutes": 10_080, "pin_window_minutes": 0, "require_staff_pin": True},
        {"active": False, "reward": "Käse – 5 €"},
    ],
    ids=str,
)
def test_each_version_of_a_program_comes_back_as_it_was_added(shop: Shop, changes: dict[str, Any]) -> None:
    added = replace(program_of(shop), version=2, **changes)
    do(shop.database, lambda tx: tx.add_program_version(added))
    program = program_of(shop)
    assert {name: getattr(program, name) for name in changes} == changes
    assert program.version == 2


def test_present_version_is_the_one_added_last(shop: Shop) -> None:
    for reward in ("A tea", "A cake"):
        shop.changes_terms(reward=reward)
    [program] = look(shop.database, lambda tx: tx.programs_of(shop.merchant_id))
    assert (program.version, program.reward) == (3, "A cake")
    with pytest.raises(BROKEN):
        do(shop.database, lambda tx: tx.add_program_version(replace(program, version=2)))
    assert program_of(shop) == program


def test_merchants_and_stores_are_saved_in_their_place_and_come_oldest_first(town: Town, shop: Shop) -> None:
    other = town.opens_shop()
    belval = shop.adds_store("Belval")
    merchant = replace(shop.merchant(), name="Kaffi", timezone="Asia/Tokyo", summary_hour=0, allow_void=False)
    store = Store(merchant_id=shop.merchant_id, store_id=shop.store_id, name="Rive", active=True)
    do(shop.database, lambda tx: tx.save_merchant(merchant))
    do(shop.database, lambda tx: tx.save_store(store))
    found = look(shop.database, lambda tx: tx.merchants())
    assert list(found) == [merchant, other.merchant()]
    stores = look(shop.database, lambda tx: tx.stores_of(shop.merchant_id))
    assert [(one.store_id, one.name) for one in stores] == [(shop.store_id, "Rive"), (belval, "Belval")]
    assert other.merchant().name != "Kaffi"


def test_programs_come_oldest_first(town: Town, shop: Shop) -> None:
    town.opens_shop()
    second = another_program(shop)
    shop_programs = look(shop.database, lambda tx: tx.programs_of(shop.merchant_id))
    assert [program.program_id for program in shop_programs] == [shop.program_id, second]


def test_target_below_one_is_not_kept(town: Town, shop: Shop) -> None:
    broken = replace(shop.program(), version=2, stamps_target=0)
    with pytest.raises(BROKEN):
        do(town.database, lambda tx: tx.add_program_version(broken))


def test_customer_comes_back_as_added_and_is_one_at_each_merchant(
    town: Town, shop: Shop, clock: Clock
) -> None:
    customer = Customer(
        merchant_id=shop.merchant_id,
        customer_id=CustomerId("c"),
        account=LARGE,
        name="<b>Léa</b> & 👩‍🍳",
        joined_store_id=shop.store_id,
        joined_at=clock.now,
    )
    do(town.database, lambda tx: tx.add_customer(customer))
    assert customer_at(shop, LARGE) == customer
    assert customer_at(shop, replace(LARGE, bot_id=BotId(1))) is None
    assert customer_at(shop, replace(LARGE, user_id=UserId(1))) is None
    twin = replace(customer, customer_id=CustomerId("twin"))
    with pytest.raises(BROKEN):
        do(town.database, lambda tx: tx.add_customer(twin))
    elsewhere = town.opens_shop()
    assert customer_at(elsewhere, LARGE) is None
    moved = replace(twin, merchant_id=elsewhere.merchant_id)
    with pytest.raises(BROKEN):
        do(town.database, lambda tx: tx.add_customer(moved))
    settled = replace(moved, joined_store_id=elsewhere.store_id)
    do(town.database, lambda tx: tx.add_customer(settled))


def customer_at(shop: Shop, account: Account) -> Customer | None:
    return look(shop.database, lambda tx: tx.customer_of(shop.merchant_id, account))


def card_at(shop: Shop, ref: CardRef) -> tuple[Card, Customer, Program] | None:
    return look(shop.database, lambda tx: tx.card(shop.merchant_id, ref))


def test_card_is_found_by_each_of_its_names_within_its_merchant(town: Town, shop: Shop) -> None:
    lea, other = shop.gives_card("Léa"), town.opens_shop()
    shop.gives_card("Marc")
    for ref in (lea.card, CardRef("number", lea.number), CardRef("token", lea.token_hash)):
        card, customer, program = shop.found(ref)
        assert (card.card_id, customer.name, program) == (lea.card_id, "Léa", program_of(shop))
        assert card_at(other, ref) is None
    assert card_at(shop, CardRef("id", CardId("none"))) is None


def test_cards_of_a_customer_come_oldest_first(shop: Shop, clock: Clock) -> None:
    later = a_card(shop, created_at=clock.now + timedelta(seconds=1))
    _, customer, _ = shop.found(CardRef("id", first_card_of(shop, later)))
    do(shop.database, lambda tx: tx.add_card(later, TokenHash("of later")))
    shop.gives_card("Marc")
    found = look(shop.database, lambda tx: tx.cards_of(customer))
    assert [card.number for card, _ in found][1] == later.number
    assert len(found) == 2


def first_card_of(shop: Shop, other: Card) -> CardId:
    cards = [history.card for history in shop.database.histories()]
    return next(card.card_id for card in cards if card.customer_id == other.customer_id)


@pytest.mark.parametrize("missing", ["customer_id", "program_id", "merchant_id"])
def test_card_needs_a_customer_and_a_program_of_its_merchant(town: Town, shop: Shop, missing: str) -> None:
    card = a_card(shop)
    other = town.opens_shop()
    foreign: dict[str, Any] = {
        "customer_id": other.card(other.gives_card()).customer_id,
        "program_id": other.program_id,
        "merchant_id": other.merchant_id,
    }
    broken = replace(card, **{missing: foreign[missing]})
    with pytest.raises(BROKEN):
        do(town.database, lambda tx: tx.add_card(broken, TokenHash("new")))
    do(town.database, lambda tx: tx.add_card(card, TokenHash("new")))


@pytest.mark.parametrize("same", ["number", "token", "program", "card_id"])
def test_cards_share_neither_number_nor_token_nor_program_of_a_customer(shop: Shop, same: str) -> None:
    marc, card = shop.gives_card("Marc"), a_card(shop)
    every: dict[str, dict[str, Any]] = {
        "number": {"number": marc.number},
        "token": {},
        "program": {"program_id": shop.program_id},
        "card_id": {"card_id": marc.card_id},
    }
    token_hash = marc.token_hash if same == "token" else TokenHash("new")
    broken = replace(card, **every[same])
    with pytest.raises(BROKEN):
        do(shop.database, lambda tx: tx.add_card(broken, token_hash))


def test_number_is_taken_within_one_merchant(town: Town, shop: Shop) -> None:
    lea, other = shop.gives_card(), town.opens_shop()
    assert look(town.database, lambda tx: tx.is_number_taken(shop.merchant_id, lea.number))
    assert not look(town.database, lambda tx: tx.is_number_taken(other.merchant_id, lea.number))
    assert not look(town.database, lambda tx: tx.is_number_taken(shop.merchant_id, CardNumber("0")))


def test_rotated_token_changes_the_token_and_nothing_else(shop: Shop) -> None:
    lea = shop.gives_card()
    before = shop.card(lea)
    turned = do(shop.database, lambda tx: tx.rotate_token(before, TokenHash("next")))
    assert turned == replace(before, token_rotation=1) == shop.card(lea)
    assert shop.found(CardRef("token", TokenHash("next")))[0] == turned


def test_dispute_is_opened_once_for_an_entry(shop: Shop) -> None:
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea)
    [entry] = shop.entries(lea)
    dispute = Dispute(
        merchant_id=entry.merchant_id,
        entry_id=entry.entry_id,
        account=lea.account,
        opened_at=entry.occurred_at,
        alarms=(MessageId("one"), MessageId("other")),
    )
    assert do(shop.database, lambda tx: tx.add_dispute(dispute))
    assert not do(shop.database, lambda tx: tx.add_dispute(dispute))
    assert not do(shop.database, lambda tx: tx.add_dispute(replace(dispute, account=anna.account)))
    assert look(shop.database, lambda tx: tx.disputes_of(shop.merchant_id)) == [dispute]
    settled = replace(
        dispute,
        settled_at=entry.occurred_at,
        settled_by=anna.staff_id,
        outcome=DisputeOutcome.RIGHT,
    )
    do(shop.database, lambda tx: tx.save_dispute(settled))
    assert look(shop.database, lambda tx: tx.dispute(shop.merchant_id, entry.entry_id)) == settled


@pytest.mark.parametrize("kind", LinkKind)
def test_route_comes_back_as_added_until_it_is_forgotten(database: SyncDatabase, kind: LinkKind) -> None:
    route = Route(token_hash=TokenHash("a" * 64), kind=kind, merchant_id=MerchantId("m"), target_id="t")
    second = replace(route, token_hash=TokenHash("b" * 64))
    others = [
        replace(route, token_hash=TokenHash("c" * 64), target_id="u"),
        replace(route, token_hash=TokenHash("d" * 64), merchant_id=MerchantId("n")),
    ]
    for each in (route, second, *others):
        adds_route(database, each)
    assert route_of(database, route) == route
    with pytest.raises(BROKEN):
        adds_route(database, replace(route, target_id="another"))
    do(database, lambda tx: tx.retire_routes(MerchantId("m"), "t"))
    replaced = [replace(each, kind=LinkKind.REPLACED) for each in (route, second)]
    assert [route_of(database, each) for each in (route, second, *others)] == [*replaced, *others]


def adds_route(database: SyncDatabase, route: Route) -> None:
    do(database, lambda tx: tx.add_route(route))


def route_of(database: SyncDatabase, route: Route) -> Route | None:
    return look(database, lambda tx: tx.route(route.token_hash))


def test_merchants_of_an_account_come_most_recent_first(database: SyncDatabase, clock: Clock) -> None:
    deals_with(database, "b", "a", "c")
    clock.passes(seconds=1)
    deals_with(database, "c")
    assert look(database, lambda tx: tx.merchants_of(LARGE)) == ["c", "a", "b"]
    assert look(database, lambda tx: tx.merchants_of(replace(LARGE, bot_id=BotId(1)))) == []


def deals_with(database: SyncDatabase, *names: str) -> None:
    def remembers(tx: Tx) -> None:
        for name in names:
            tx.remember_merchant(LARGE, MerchantId(name))

    do(database, remembers)


@pytest.mark.parametrize("telegram_locale", [None, *Locale])
@pytest.mark.parametrize("chosen_locale", [None, Locale.LB])
def test_person_comes_back_as_saved_last(
    database: SyncDatabase, clock: Clock, telegram_locale: Locale | None, chosen_locale: Locale | None
) -> None:
    person = Person(
        account=LARGE,
        name="Léa",
        telegram_locale=telegram_locale,
        chosen_locale=chosen_locale,
        unreachable_since=None,
    )
    do(database, lambda tx: tx.save_person(person))
    assert look(database, lambda tx: tx.person(LARGE)) == person
    gone = replace(person, name="", unreachable_since=clock.now)
    do(database, lambda tx: tx.save_person(gone))
    assert look(database, lambda tx: tx.person(LARGE)) == gone
    assert look(database, lambda tx: tx.person(replace(LARGE, bot_id=BotId(1)))) is None


def test_dialogue_comes_back_as_saved_last_until_it_ends(database: SyncDatabase, clock: Clock) -> None:
    dialogue = Dialogue(
        account=LARGE,
        nonce="n",
        state='{"step":"é"}',
        keys="",
        last_update_id=None,
        expires_at=clock.now + timedelta(minutes=5),
    )
    do(database, lambda tx: tx.save_dialogue(dialogue))
    assert look(database, lambda tx: tx.dialogue(LARGE)) == dialogue
    pressed = replace(dialogue, keys="0123", last_update_id=UpdateId(2**31))
    do(database, lambda tx: tx.save_dialogue(pressed))
    assert look(database, lambda tx: tx.dialogue(LARGE)) == pressed
    do(database, lambda tx: tx.end_dialogue(LARGE))
    assert look(database, lambda tx: tx.dialogue(LARGE)) is None
    do(database, lambda tx: tx.end_dialogue(LARGE))


def test_each_transaction_has_its_own_moment_and_ids_rise(database: SyncDatabase, clock: Clock) -> None:
    first, first_at = do(database, lambda tx: (tx.new_id(), tx.now))
    clock.passes(seconds=1)
    second, second_at = do(database, lambda tx: (tx.new_id(), tx.now))
    assert first < second
    assert second_at - first_at == timedelta(seconds=1)
    drawn = do(database, lambda tx: {tx.chance_below(3) for _ in range(100)})
    assert drawn == {0, 1, 2}
