"""Customers: joining, looking at their cards and their history, a new code, a stranger's scan."""

from dataclasses import replace

import pytest

from domain.card import CardRef
from domain.ids import StoreId, TokenHash
from domain.link import LinkKind
from domain.refusals import CardNotFound, CodeReplaced, LinkUnknown, ProgramInactive
from domain.usecases.join_store import join_store
from domain.usecases.links import OpenCardLink, find_route, open_card_link
from domain.usecases.my_cards import (
    MyCard,
    MyCards,
    MyHistory,
    RotateCode,
    my_card,
    my_cards,
    my_history,
    rotate_code,
)
from tests.support.clock import Clock
from tests.support.shop import Holder, Shop, Town


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop()


def test_customer_who_joins_has_an_empty_card(shop: Shop) -> None:
    joined = shop.joins("Léa")
    state = joined.held.state
    assert joined.is_new
    assert (state.stamp_count, state.rewards_available, state.customer_name) == (0, 0, "Léa")
    assert (state.merchant_name, state.progress.reward, state.progress.target) == (
        "Café Knätsch",
        "A coffee",
        10,
    )


def test_who_joins_again_has_the_same_card(town: Town, shop: Shop) -> None:
    account = town.somebody()
    first = shop.joins("Léa", account)
    again = shop.joins("Léa", account)
    assert (first.is_new, again.is_new) == (True, False)
    assert again.held == first.held


def test_request_that_comes_again_gives_its_first_answer(town: Town, shop: Shop) -> None:
    command = shop.joining("Léa", town.somebody())
    assert town.database.write(join_store, command) == town.database.write(join_store, command)


def test_stamps_of_all_stores_are_on_one_card(town: Town, shop: Shop) -> None:
    account = town.somebody()
    belval = shop.adds_store("Belval")
    first = shop.joins("Léa", account)
    command = replace(shop.joining("Léa", account), store_id=belval)
    assert town.database.write(join_store, command).held.state.card_id == first.held.state.card_id


def test_poster_of_no_store_or_a_closed_one_leads_nowhere(town: Town, shop: Shop) -> None:
    command = shop.joining("Léa", town.somebody())
    for changed in (
        replace(command, store_id=StoreId("none")),
        replace(command, merchant_id=town.opens_shop().merchant_id),
    ):
        with pytest.raises(LinkUnknown):
            town.database.write(join_store, changed)
    shop.database.switch_off_store(shop.store_id)
    with pytest.raises(LinkUnknown):
        town.database.write(join_store, command)


def test_nobody_joins_a_program_that_is_switched_off(shop: Shop) -> None:
    shop.changes_terms(active=False)
    with pytest.raises(ProgramInactive):
        shop.joins()


def test_card_numbers_differ_even_when_chance_repeats_itself(
    town: Town, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    draws = iter([5, 5, 5, 6])
    monkeypatch.setattr("domain.usecases.join_store.card_number", lambda _chance: f"number {next(draws)}")
    assert [shop.joins().held.state.card_number for _ in range(2)] == ["number 5", "number 6"]


def test_my_cards_are_those_of_every_merchant_newest_dealings_first(town: Town, clock: Clock) -> None:
    account = town.somebody()
    cafe, bakery = town.opens_shop(name="Café"), town.opens_shop(name="Bakery")
    for shop in (cafe, bakery):
        shop.joins("Léa", account)
        clock.passes(minutes=1)
    town.opens_shop(name="Elsewhere").joins("Marc")

    def names() -> list[str]:
        held = town.database.read(my_cards, MyCards(account=account))
        return [card.state.merchant_name for card in held]

    assert names() == ["Bakery", "Café"]
    cafe.joins("Léa", account)
    assert names() == ["Café", "Bakery"]
    assert town.database.read(my_cards, MyCards(account=town.somebody())) == []


def test_team_member_without_a_card_holds_none(town: Town, shop: Shop) -> None:
    assert town.database.read(my_cards, MyCards(account=shop.hires("Anna").account)) == []


@pytest.mark.parametrize("whose", ["another customer", "a stranger", "staff"])
def test_card_is_shown_to_its_holder_only(town: Town, shop: Shop, whose: str) -> None:
    lea = shop.gives_card()
    account = {
        "another customer": shop.gives_card("Marc").account,
        "a stranger": town.somebody(),
        "staff": shop.hires("Anna").account,
    }[whose]
    own = MyCard(account=lea.account, merchant_id=shop.merchant_id, card_id=lea.card_id)
    assert town.database.read(my_card, own).state.card_number == lea.number
    with pytest.raises(CardNotFound):
        town.database.read(my_card, replace(own, account=account))
    history = MyHistory(account=account, merchant_id=shop.merchant_id, card_id=lea.card_id)
    with pytest.raises(CardNotFound):
        town.database.read(my_history, history)
    with pytest.raises(CardNotFound):
        rotates(town, shop, replace(lea, account=account), rotation=0)


@pytest.mark.parametrize(
    ("entries", "pages"),
    [
        (0, [[]]),
        (1, [[1]]),
        (10, [[*range(10, 0, -1)]]),
        (11, [[*range(11, 1, -1)], [1]]),
        (25, [[*range(25, 15, -1)], [*range(15, 5, -1)], [*range(5, 0, -1)]]),
    ],
)
def test_history_is_turned_page_by_page_newest_first(
    town: Town, shop: Shop, entries: int, pages: list[list[int]]
) -> None:
    anna, lea = shop.hires("Anna"), shop.gives_card()
    for _ in range(entries):
        shop.stamps(anna, lea)
    assert turned(town, shop, lea) == pages


def test_history_keeps_its_place_when_new_entries_come(town: Town, shop: Shop) -> None:
    anna, lea = shop.hires("Anna"), shop.gives_card()
    for _ in range(12):
        shop.stamps(anna, lea)
    query = MyHistory(account=lea.account, merchant_id=shop.merchant_id, card_id=lea.card_id)
    first = town.database.read(my_history, query)
    for _ in range(3):
        shop.stamps(anna, lea)
    second = town.database.read(my_history, replace(query, before=first.older))
    assert [entry.entry_no for entry in second.entries] == [2, 1]
    assert second.older is None


@pytest.mark.parametrize("before", [-5, 0, 1, 13, 10_000])
def test_page_number_that_somebody_made_up_does_no_harm(town: Town, shop: Shop, before: int) -> None:
    anna, lea = shop.hires("Anna"), shop.gives_card()
    for _ in range(12):
        shop.stamps(anna, lea)
    query = MyHistory(account=lea.account, merchant_id=shop.merchant_id, card_id=lea.card_id, before=before)
    page = town.database.read(my_history, query)
    assert len(page.entries) <= 10
    assert [entry.entry_no for entry in page.entries] == sorted(
        (entry.entry_no for entry in page.entries), reverse=True
    )


def test_new_code_replaces_the_old_one(town: Town, shop: Shop) -> None:
    anna, lea = shop.hires("Anna"), shop.gives_card()
    old, new = lea.token_hash, town.new_hash()
    rotates(town, shop, lea, rotation=0, token_hash=new)
    assert town.database.read(find_route, new).target_id == lea.card_id
    with pytest.raises(CodeReplaced):
        town.database.read(find_route, old)
    assert shop.stamps(anna, CardRef("token", new)).entry.stamps_delta == 1
    with pytest.raises(CardNotFound):
        shop.stamps(anna, CardRef("token", old))


def test_new_code_asked_twice_from_the_same_picture_is_made_once(town: Town, shop: Shop) -> None:
    lea = shop.gives_card()
    first, second = town.new_hash(), town.new_hash()
    assert rotates(town, shop, lea, rotation=0, token_hash=first) == 1
    assert rotates(town, shop, lea, rotation=0, token_hash=second) == 1
    assert town.database.read(find_route, first).kind is LinkKind.CARD
    with pytest.raises(LinkUnknown):
        town.database.read(find_route, second)
    assert rotates(town, shop, lea, rotation=1, token_hash=second) == 2


def test_cards_link_shows_the_card_to_its_holder_and_an_offer_to_everybody_else(
    town: Town, shop: Shop
) -> None:
    lea, marc = shop.gives_card("Léa"), shop.gives_card("Marc")
    route = town.database.read(find_route, lea.token_hash)
    own = town.database.read(open_card_link, OpenCardLink(account=lea.account, route=route))
    assert (own.card_id, own.offer) == (lea.card_id, None)
    for account in (marc.account, town.somebody()):
        found = town.database.read(open_card_link, OpenCardLink(account=account, route=route))
        assert found.card_id is None
        assert found.offer is not None
        assert found.offer.store.store_id == shop.store_id


def test_cards_link_offers_an_open_store_or_nothing(town: Town, shop: Shop) -> None:
    route = town.database.read(find_route, shop.gives_card().token_hash)
    belval = shop.adds_store("Belval")
    shop.database.switch_off_store(shop.store_id)
    query = OpenCardLink(account=town.somebody(), route=route)
    offer = town.database.read(open_card_link, query).offer
    assert offer is not None
    assert offer.store.store_id == belval
    shop.database.switch_off_store(belval)
    with pytest.raises(LinkUnknown):
        town.database.read(open_card_link, query)


def turned(town: Town, shop: Shop, lea: Holder) -> list[list[int]]:
    """The numbers of the entries on each page of the history."""
    query = MyHistory(account=lea.account, merchant_id=shop.merchant_id, card_id=lea.card_id)
    pages = []
    while True:
        page = town.database.read(my_history, query)
        pages.append([entry.entry_no for entry in page.entries])
        if page.older is None:
            return pages
        query = replace(query, before=page.older)


def rotates(
    town: Town, shop: Shop, lea: Holder, *, rotation: int, token_hash: TokenHash | None = None
) -> int:
    command = RotateCode(
        account=lea.account,
        merchant_id=shop.merchant_id,
        card_id=lea.card_id,
        rotation=rotation,
        token_hash=token_hash or town.new_hash(),
    )
    return town.database.write(rotate_code, command).token_rotation


def test_name_of_a_customer_is_kept_without_what_cannot_be_seen(town: Town) -> None:
    shop = town.opens_shop()
    joined = shop.joins("Léa\u202e\u200b Martin\n")
    assert joined.held.state.customer_name == "Léa Martin"
