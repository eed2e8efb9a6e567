"""What every store promises of cards, entries and operations."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from domain.account import Account
from domain.acts import Operation
from domain.card import CardRef
from domain.entry import Entry, Origin
from domain.ids import (
    BotId,
    CardId,
    CardNumber,
    CustomerId,
    EntryId,
    MerchantId,
    OperationKey,
    StaffId,
    StoreId,
    TokenHash,
    UserId,
)
from domain.kinds import EntryKind
from domain.rules.counter import Counter
from domain.staff import Actor, PinSession, Role, Staff
from domain.summary import Figures
from tests.support.clock import Clock
from tests.support.databases import do, look
from tests.support.shop import Holder, Shop, Town
from tests.support.violations import BROKEN

LARGE = 2**52
"""Telegram's ids have up to 52 significant bits."""
TOLD = "stamp staff=1 card=id:1 count=1"


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop(stamps_target=2)


@pytest.fixture
def lea(shop: Shop) -> Holder:
    return shop.gives_card("Léa")


def stamped(shop: Shop, lea: Holder, **changes: Any) -> Entry:
    """An entry as it might be appended next, with ``changes``."""
    anna = shop.hires("Anna")
    shop.stamps(anna, lea)
    last = shop.entries(lea)[-1]
    fresh = replace(
        last,
        entry_id=EntryId(shop.database.ids()),
        entry_no=last.entry_no + 1,
        stamps_balance_after=2,
        operation_key=shop.town.new_key(),
    )
    return replace(fresh, **changes)


def appends(shop: Shop, lea: Holder, entry: Entry, **card: Any) -> None:
    after = replace(
        shop.card(lea), stamp_count=entry.stamps_balance_after, entry_count=entry.entry_no, **card
    )
    do(shop.database, lambda tx: tx.append(after, entry, TOLD))


def counter_at(shop: Shop, actor: Actor, ref: CardRef | None) -> Counter:
    return look(shop.database, lambda tx: tx.counter(actor, ref))


def locked_counter_at(shop: Shop, actor: Actor, ref: CardRef) -> Counter:
    return do(shop.database, lambda tx: tx.lock_counter(actor, ref))


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": kind} for kind in EntryKind
    ] + [
        {"store_id": None, "staff_id": None, "origin": None},
        {"note": "crème brûlée 🍮 <b>&amp;</b> 'quoted' \u0001 end"},
        {"reward": "A coffee", "stamps_shortfall": 3, "related_entry_id": EntryId("of before")},
        {"points_delta": -5, "points_balance_after": 12_345},
        {"local_date": date(1999, 12, 31), "occurred_at": datetime(1999, 12, 31, 23, 59, 59, 999_999, UTC)},
        {"occurred_at": datetime(1969, 7, 20, 20, 17, 40, 123_456, UTC)},
        {
            "origin": Origin(
                account=Account(bot_id=BotId(LARGE), user_id=UserId(LARGE)),
                chat_id=-1_001_234_567_890,
                message_id=None,
            )
        },
        {
            "origin": Origin(
                account=Account(bot_id=BotId(1), user_id=UserId(2)), chat_id=3, message_id=2**31
            )
        },
    ],
    ids=lambda changes: ",".join(changes) + (f"={changes['kind']}" if "kind" in changes else ""),
)  # fmt: skip
def test_entry_comes_back_as_it_was_appended(shop: Shop, lea: Holder, changes: dict[str, Any]) -> None:
    entry = stamped(shop, lea, **changes)
    appends(shop, lea, entry)
    assert look(shop.database, lambda tx: tx.entry(shop.merchant_id, entry.entry_id)) == entry
    assert shop.entries(lea)[-1] == entry


def test_append_changes_the_balances_and_nothing_else_of_the_card(shop: Shop, lea: Holder) -> None:
    entry = stamped(shop, lea)
    before = shop.card(lea)
    after = replace(
        before,
        stamp_count=2,
        points_balance=7,
        stamps_today=2,
        stamp_day=date(2030, 1, 2),
        last_stamp_at=datetime(2030, 1, 2, 3, 4, 5, 678_901, UTC),
        entry_count=2,
    )
    told = replace(after, active=False, number=CardNumber("0"), token_rotation=9)
    do(shop.database, lambda tx: tx.append(told, entry, TOLD))
    assert shop.card(lea) == after


def test_entries_come_oldest_first_all_or_the_newest_so_many(shop: Shop, lea: Holder, clock: Clock) -> None:
    anna, marc = shop.hires("Anna"), shop.gives_card("Marc")
    for _ in range(5):
        shop.stamps(anna, lea)
        shop.stamps(anna, marc)
        clock.passes(minutes=-1)
    card = shop.card(lea)

    def numbers(newest: int | None) -> list[int]:
        found = look(shop.database, lambda tx: tx.entries_of(card, newest=newest))
        assert {entry.card_id for entry in found} == {lea.card_id}
        return [entry.entry_no for entry in found]

    assert numbers(None) == [1, 2, 3, 4, 5]
    assert numbers(3) == [3, 4, 5]
    assert numbers(1) == [5]
    assert numbers(99) == [1, 2, 3, 4, 5]


def test_entry_is_found_within_its_merchant_only(town: Town, shop: Shop, lea: Holder) -> None:
    entry_id = shop.stamps(shop.hires("Anna"), lea).entry.entry_id
    other = town.opens_shop()
    assert look(town.database, lambda tx: tx.entry(other.merchant_id, entry_id)) is None
    assert look(town.database, lambda tx: tx.entry(shop.merchant_id, EntryId("none"))) is None


def test_entries_before_a_number_are_read_from_the_newest_back(shop: Shop, lea: Holder) -> None:
    anna = shop.hires("Anna")
    for _ in range(5):
        shop.stamps(anna, lea)

    def numbers(**of: int) -> list[int]:
        card = shop.card(lea)
        found = look(shop.database, lambda tx: tx.entries_of(card, **of))
        return [entry.entry_no for entry in found]

    assert numbers() == [1, 2, 3, 4, 5]
    assert (numbers(newest=2), numbers(newest=2, before=4), numbers(before=3)) == ([4, 5], [2, 3], [1, 2])
    assert numbers(newest=2, before=1) == []


def test_days_changes_are_those_of_whoever_had_something_taken_back(
    town: Town, shop: Shop, lea: Holder, clock: Clock
) -> None:
    belval, marc = shop.adds_store("Belval"), shop.gives_card("Marc")
    anna, bob = shop.hires("Anna"), shop.hires("Bob", store_id=belval)
    first = shop.stamps(anna, lea).entry.entry_id
    shop.stamps(anna, marc)
    second = shop.stamps(bob, lea).entry.entry_id
    void = shop.undoes(bob, lea, second).entry.entry_id
    other = town.opens_shop()
    other.stamps(other.hires("Anna"), other.gives_card())

    def changed(day: date) -> set[tuple[EntryId, CustomerId]]:
        found = look(shop.database, lambda tx: tx.changed_on(shop.merchant_id, day))
        return {(entry.entry_id, holder) for entry, holder in found}

    holder = shop.card(lea).customer_id
    assert changed(date(2026, 6, 15)) == {(each, holder) for each in (first, second, void)}
    clock.passes(days=1)
    shop.stamps(anna, lea)
    assert changed(date(2026, 6, 16)) == set()


def test_day_of_a_store_is_summed_up_as_it_was_given(shop: Shop, lea: Holder) -> None:
    belval, marc = shop.adds_store("Belval"), shop.gives_card("Marc")
    anna, mia = shop.hires("Anna"), shop.hires("Mia", Role.MANAGER)
    bob, today = shop.hires("Bob", store_id=belval), date(2026, 6, 15)
    for member, holder, count in ((anna, lea, 2), (anna, marc, 1), (mia, lea, 3), (bob, lea, 4)):
        shop.stamps(member, holder, count)
    shop.voids(mia, lea, count=3, reason="a slip")

    def figures(store_id: StoreId, member: Staff | None, day: date = today) -> Figures:
        place = shop.merchant_id, store_id
        return look(shop.database, lambda tx: tx.figures_at(*place, day, member, by_holder=False))

    members = {each.staff_id: each for each in look(shop.database, lambda tx: tx.staff_of(shop.merchant_id))}
    assert figures(shop.store_id, None) == Figures(stamps=6, cards=2)
    assert figures(shop.store_id, members[anna.staff_id]) == Figures(stamps=3, cards=2)
    assert figures(shop.store_id, members[mia.staff_id]) == Figures(stamps=3, cards=1)
    assert figures(belval, None) == Figures(stamps=4, cards=1)
    assert figures(shop.store_id, None, date(2026, 6, 14)) == Figures()
    last = look(shop.database, lambda tx: tx.last_card(members[anna.staff_id], shop.store_id, today))
    assert last == marc.card_id
    assert look(shop.database, lambda tx: tx.last_card(members[bob.staff_id], shop.store_id, today)) is None


def test_operation_is_known_by_its_key_within_its_merchant_only(town: Town, shop: Shop, lea: Holder) -> None:
    anna, key, other = shop.hires("Anna"), town.new_key(), town.opens_shop()
    done = shop.stamps(anna, lea, 2, key=key)
    assert look(town.database, lambda tx: tx.operation(shop.merchant_id, key)) == Operation(
        fingerprint=f"stamp staff={anna.staff_id} card=id:{lea.card_id} count=2",
        entry_id=done.entry.entry_id,
    )
    assert look(town.database, lambda tx: tx.operation(other.merchant_id, key)) is None
    assert look(town.database, lambda tx: tx.operation(shop.merchant_id, OperationKey("never"))) is None


def test_counter_knows_everything_about_where_an_act_happens(shop: Shop, lea: Holder, clock: Clock) -> None:
    anna, terminal = shop.hires("Anna"), shop.hires("Till", Role.TERMINAL)
    shop.chooses_pin(anna)
    clock.passes(minutes=3)
    at_till = replace(anna, account=terminal.account)
    shop.types_right_pin(at_till)
    typed_at = clock.now
    for ref in (lea.card, CardRef("number", lea.number), CardRef("token", lea.token_hash)):
        counter = counter_at(shop, at_till, ref)
        card, customer, program = shop.found(lea.card)
        assert (counter.card, counter.customer, counter.program) == (card, customer, program)
        assert (counter.staff, counter.device) == (shop.staff(anna), shop.staff(terminal))
        assert (counter.staff_works_here, counter.device_works_here) == (True, True)
        assert counter.pin_session.verified_at == typed_at
        assert counter.merchant is not None
        assert counter.store is not None
        assert (counter.merchant.merchant_id, counter.store.store_id) == (shop.merchant_id, shop.store_id)
    assert locked_counter_at(shop, at_till, lea.card) == counter_at(shop, at_till, lea.card)


def test_counter_knows_each_card_by_the_terms_of_its_own_program(shop: Shop, lea: Holder) -> None:
    anna, second = shop.hires("Anna"), shop.adds_program(stamps_target=7)
    lunch = shop.gives_another_card(lea, second)
    for holder, program_id in ((lea, shop.program_id), (lunch, second)):
        program = shop.program(program_id)
        assert counter_at(shop, anna, holder.card).program == program
        assert locked_counter_at(shop, anna, holder.card).program == program


def test_counter_says_none_of_what_is_not_there(town: Town, shop: Shop, lea: Holder) -> None:
    anna = shop.hires("Anna")
    stranger = town.somebody()
    cases = {
        "merchant": replace(anna, merchant_id=MerchantId("none")),
        "staff": replace(anna, staff_id=StaffId("none")),
        "store": replace(anna, store_id=StoreId("none")),
        "device": replace(anna, account=stranger),
    }
    assert counter_at(shop, anna, lea.card).pin_session == PinSession()
    for missing, actor in cases.items():
        counter = counter_at(shop, actor, lea.card)
        assert getattr(counter, missing) is None, missing
    for ref in (
        None,
        CardRef("id", CardId("none")),
        CardRef("number", CardNumber("0")),
        CardRef("token", TokenHash("none")),
    ):
        counter = counter_at(shop, anna, ref)
        assert (counter.card, counter.customer, counter.program) == (None, None, None)
        assert counter.staff == shop.staff(anna)


def test_counter_shows_nothing_of_another_merchant(town: Town, shop: Shop, lea: Holder) -> None:
    other = town.opens_shop()
    bob = other.hires("Bob")
    counter = counter_at(other, bob, lea.card)
    assert counter.card is None
    stolen = replace(bob, store_id=shop.store_id, staff_id=shop.hires("Anna").staff_id)
    counter = counter_at(other, stolen, None)
    assert (counter.store, counter.staff) == (None, None)


def test_counter_shows_the_present_terms(shop: Shop, lea: Holder) -> None:
    anna = shop.hires("Anna")
    shop.changes_terms(reward="A tea")
    counter = counter_at(shop, anna, lea.card)
    assert counter.program is not None
    assert (counter.program.version, counter.program.reward) == (2, "A tea")


@pytest.mark.parametrize(
    ("change", "card"),
    [
        pytest.param({"entry_no": 1}, {}, id="a number twice on one card"),
        pytest.param({"stamps_balance_after": -1}, {"stamp_count": 0}, id="a balance below zero"),
        pytest.param({"points_balance_after": -1}, {}, id="points below zero"),
        pytest.param({}, {"stamp_count": -1}, id="a card below zero"),
        pytest.param({}, {"points_balance": -1}, id="a card's points below zero"),
        pytest.param({}, {"stamps_today": -1}, id="a day below zero"),
        pytest.param({"card_id": CardId("none")}, {}, id="no such card"),
        pytest.param({"store_id": StoreId("none")}, {}, id="no such store"),
        pytest.param({"staff_id": StaffId("none")}, {}, id="no such member"),
        pytest.param({"merchant_id": MerchantId("none")}, {}, id="no such merchant"),
    ],
)
def test_entry_that_must_not_be_is_not_kept(
    shop: Shop, lea: Holder, change: dict[str, Any], card: dict[str, Any]
) -> None:
    entry = stamped(shop, lea, **change)
    before = (shop.card(lea), shop.entries(lea))
    after = replace(before[0], **card)
    with pytest.raises(BROKEN):
        do(shop.database, lambda tx: tx.append(after, entry, TOLD))
    assert (shop.card(lea), shop.entries(lea)) == before


@pytest.mark.parametrize("kind", [EntryKind.STAMP_VOIDED, EntryKind.REDEMPTION_VOIDED])
def test_second_void_of_an_entry_is_not_kept_whatever_the_rules_say(
    shop: Shop, lea: Holder, kind: EntryKind
) -> None:
    first = stamped(shop, lea, kind=kind)
    related = shop.entries(lea)[0].entry_id
    appends(shop, lea, replace(first, related_entry_id=related))
    for other_kind in (EntryKind.STAMP_VOIDED, EntryKind.REDEMPTION_VOIDED):
        again = replace(
            first,
            entry_id=EntryId(shop.database.ids()),
            entry_no=3,
            kind=other_kind,
            related_entry_id=related,
            operation_key=shop.town.new_key(),
        )
        with pytest.raises(BROKEN):
            appends(shop, lea, again)


def test_entries_that_are_no_voids_may_relate_to_one_as_often_as_they_like(shop: Shop, lea: Holder) -> None:
    first = stamped(shop, lea, related_entry_id=EntryId("one"))
    appends(shop, lea, first)
    entry_id, key = EntryId(shop.database.ids()), shop.town.new_key()
    appends(shop, lea, replace(first, entry_no=3, entry_id=entry_id, operation_key=key))
    assert len(shop.entries(lea)) == 3


def test_second_entry_of_an_operation_is_not_kept_whatever_the_rules_say(shop: Shop, lea: Holder) -> None:
    fresh, [first] = stamped(shop, lea), shop.entries(lea)
    before = look(shop.database, lambda tx: tx.operation(shop.merchant_id, first.operation_key))
    with pytest.raises(BROKEN):
        appends(shop, lea, replace(fresh, operation_key=first.operation_key))
    assert look(shop.database, lambda tx: tx.operation(shop.merchant_id, first.operation_key)) == before
    appends(shop, lea, fresh)
