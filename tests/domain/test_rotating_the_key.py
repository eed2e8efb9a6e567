"""One secret key is exchanged for another: codes, posters, PINs, and what people are told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.card import CardRef
from domain.ids import Fingerprint, StaffId, StoreId, TokenHash
from domain.link import LinkKind
from domain.messages import MessageKind, NewCode
from domain.plumbing.people import Ask, ask
from domain.refusals import CardNotFound, CodeReplaced, LinkUnknown, PinNotSet
from domain.rules import pins
from domain.staff import Actor, PinSession, Role
from domain.usecases.join_store import join_store
from domain.usecases.links import find_route
from domain.usecases.prove_pin import begin_attempt
from domain.usecases.rotate_key import SecretKey, adopt_key, key_fingerprint, pins_owed, rotate_key
from tests.support.databases import look
from tests.support.shop import Shop, Town, pin_holder


def key(name: str) -> SecretKey:
    """Another for every name."""
    return SecretKey(
        fingerprint=Fingerprint(f"print of {name}"),
        card_hash=lambda card_id, rotation: TokenHash(f"{name} card {card_id} {rotation}"),
        store_hash=lambda store_id: TokenHash(f"{name} store {store_id}"),
        pin_link_hash=lambda staff_id, generation: TokenHash(f"{name} pin {staff_id} {generation}"),
    )


OLD, NEW = key("old"), key("new")


@pytest.fixture
def shop(town: Town) -> Shop:
    """Made with OLD."""
    shop = town.opens_shop()
    town.database.write(rotate_key, OLD)
    return shop


def leads_to(town: Town, token_hash: TokenHash) -> tuple[LinkKind, str] | None:
    try:
        route = town.database.read(find_route, token_hash)
    except LinkUnknown:
        return None
    return route.kind, route.target_id


def test_card_has_a_new_code_and_the_old_one_leads_nowhere(town: Town, shop: Shop) -> None:
    lea = shop.gives_card()
    shop.stamps(shop.owner, lea, 3)
    before = shop.card(lea)
    town.database.write(rotate_key, NEW)
    assert leads_to(town, lea.token_hash) is None
    new = NEW.card_hash(lea.card_id, 1)
    assert leads_to(town, new) == (LinkKind.CARD, lea.card_id)
    assert shop.found(CardRef("token", new))[0] == shop.card(lea) == replace(before, token_rotation=1)


def test_printed_cards_are_refused_by_their_codes_and_those_that_nobody_has_are_withdrawn(
    town: Town, shop: Shop
) -> None:
    guest, [blank] = shop.guest(shop.owner), shop.prints()
    town.database.write(rotate_key, NEW)
    for hashed in (guest.token_hash, blank.token_hash):
        with pytest.raises(CodeReplaced):
            town.database.read(find_route, hashed)
    assert shop.stamps(shop.owner, CardRef("number", guest.number)).card.stamp_count == 2
    with pytest.raises(CardNotFound):
        shop.stamps(shop.owner, CardRef("number", blank.number))


def test_customers_are_told_of_each_card_once(town: Town, shop: Shop) -> None:
    cards = {shop.gives_card(name).card_id for name in ("Léa", "Marc")}
    town.database.write(rotate_key, NEW)
    told = [facts for facts in town.facts(MessageKind.NEW_CODE) if isinstance(facts, NewCode)]
    assert sorted(facts.card_id for facts in told) == sorted(cards)


def test_poster_goes_on_leading_to_its_store_beside_the_new_one(town: Town, shop: Shop) -> None:
    town.database.write(rotate_key, NEW)
    for made_with in (OLD, NEW):
        assert leads_to(town, made_with.store_hash(shop.store_id)) == (LinkKind.JOIN, shop.store_id)


def test_owner_is_told(town: Town, shop: Shop) -> None:
    before = len(town.messages(MessageKind.CODES_CHANGED))
    town.database.write(rotate_key, NEW)
    told = town.messages(MessageKind.CODES_CHANGED)[before:]
    assert [message.recipient for message in told] == [shop.owner.account]


def test_pin_of_before_is_no_wrong_try_but_none(town: Town, shop: Shop) -> None:
    sam = shop.hires("Sam")
    shop.chooses_pin(sam)
    before = shop.staff(sam).pin
    town.database.write(rotate_key, NEW)
    with pytest.raises(PinNotSet):
        town.database.write(begin_attempt, pin_holder(sam))
    assert shop.staff(sam).pin == pins.changed(before, None)
    assert shop.pin_session(sam) == PinSession()


def test_only_who_had_a_pin_has_a_link_until_it_is_opened(town: Town, shop: Shop) -> None:
    sam = shop.hires("Sam")
    shop.hires("Mia")
    shop.chooses_pin(sam)
    town.database.write(rotate_key, NEW)
    [owed] = town.database.read(pins_owed, NEW)
    assert (owed.staff_id, owed.name) == (sam.staff_id, "Sam")
    shop.claims(NEW.pin_link_hash(sam.staff_id, owed.generation), sam.account)
    assert town.database.read(pins_owed, NEW) == []


def test_key_that_comes_back_finds_its_posters_and_makes_new_links(town: Town, shop: Shop) -> None:
    sam = shop.hires("Sam")
    lea = shop.gives_card()
    shop.chooses_pin(sam)
    for made_with in (NEW, OLD):
        town.database.write(rotate_key, made_with)
        assert leads_to(town, OLD.store_hash(shop.store_id)) == (LinkKind.JOIN, shop.store_id)
    assert leads_to(town, OLD.card_hash(lea.card_id, 2)) == (LinkKind.CARD, lea.card_id)
    assert town.database.read(key_fingerprint, None) == OLD.fingerprint


# -- a database from before --------------------------------------------------------------------------------


@pytest.fixture
def shop_of_before(town: Town) -> Shop:
    """Its poster and three cards were made with OLD, and nobody kept a fingerprint."""
    store_id = StoreId("00000000-0000-7000-8000-000000000001")
    shop = town.opens_shop(store_id=store_id, store_token_hash=OLD.store_hash(store_id))
    joins_with(shop, OLD, cards=3)
    return shop


def joins_with(shop: Shop, made_with: SecretKey, cards: int) -> None:
    """Customers whose codes were made with this key."""
    for _ in range(cards):
        command = shop.joining("Léa", shop.town.somebody())
        token_hash = made_with.card_hash(command.card_id, 0)
        shop.database.write(join_store, replace(command, card_token_hash=token_hash))


@pytest.mark.parametrize(("strangers", "is_taken"), [(0, True), (4, True), (5, False), (50, False)])
def test_key_that_made_half_of_the_codes_is_taken(
    strangers: int, is_taken: bool, town: Town, shop_of_before: Shop
) -> None:
    joins_with(shop_of_before, NEW, strangers)
    assert town.database.write(adopt_key, OLD) is is_taken
    assert town.database.read(key_fingerprint, None) == (OLD.fingerprint if is_taken else None)


def test_key_that_made_no_code_is_not_taken(town: Town, shop_of_before: Shop) -> None:
    assert not town.database.write(adopt_key, NEW)
    assert town.database.read(key_fingerprint, None) is None


def test_database_without_codes_takes_any_key(town: Town) -> None:
    assert town.database.write(adopt_key, NEW)
    assert town.database.read(key_fingerprint, None) == NEW.fingerprint


# -- what is under way -------------------------------------------------------------------------------------


def test_nobody_stands_at_a_terminal_any_more(town: Town, shop: Shop) -> None:
    """Whoever is there would be asked to choose the PIN of who stood there."""
    sam, terminal = shop.hires("Sam"), shop.hires("Till", Role.TERMINAL)
    at_till = shop.actor(sam.staff_id, terminal.account)
    shop.chooses_pin(sam)
    shop.types_right_pin(at_till)
    assert standing_at(town, terminal) == sam.staff_id
    town.database.write(rotate_key, NEW)
    assert standing_at(town, terminal) is None
    assert standing_at(town, sam) == sam.staff_id


def standing_at(town: Town, actor: Actor) -> StaffId | None:
    desk = look(town.database, lambda tx: tx.desk(actor.account))
    assert desk is not None
    return desk.staff_id


def test_questions_are_over(town: Town, shop: Shop) -> None:
    """The keys of a keypad were positions that the old key had shuffled."""
    asked = Ask(
        account=shop.owner.account,
        nonce="n",
        state="{}",
        expires_at=town.database.clock() + timedelta(minutes=10),
    )
    town.database.write(ask, asked)
    town.database.write(rotate_key, NEW)
    assert look(town.database, lambda tx: tx.dialogue(shop.owner.account)) is None


def test_every_merchant_has_its_codes_drawn_anew(town: Town, shop: Shop) -> None:
    other = town.opens_shop()
    holders = [each.gives_card() for each in (shop, other)]
    town.database.write(rotate_key, NEW)
    for lea in holders:
        assert leads_to(town, NEW.card_hash(lea.card_id, 1)) == (LinkKind.CARD, lea.card_id)
