"""Every invariant notices what breaks it, under its own name, and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.card import Card, HandedOut
from domain.entry import Entry, LotPart
from domain.expiry import ExpiryKind
from domain.history import CardHistory, ExpiryWarning
from domain.ids import (
    CardId,
    CardNumber,
    CustomerId,
    EntryId,
    MerchantId,
    OperationKey,
    ProgramId,
    StaffId,
    StoreId,
)
from domain.invariants import INVARIANTS, Violation, check
from domain.kinds import EntryKind
from domain.merchant import InterimReward, Program, ProgramKind
from domain.staff import Actor
from tests.support.clock import MONDAY_MORNING, Clock
from tests.support.nights import Nights
from tests.support.shop import Holder, Shop, Town
from tests.support.terms import a_program

EARNED, REDEEMED, VOIDED = EntryKind.STAMP_EARNED, EntryKind.STAMP_REDEEMED, EntryKind.STAMP_VOIDED
DAY = MONDAY_MORNING.date()
MERCHANT, CARD = MerchantId("merchant"), CardId("card")


@dataclass
class Book:
    """Entries written one after the other, an hour apart unless said otherwise, and the card that they make."""

    entries: list[Entry]
    terms: dict[int, Program]

    def writes(self, kind: EntryKind, delta: int, **other: Any) -> EntryId:
        before = self.entries[-1] if self.entries else None
        number = len(self.entries) + 1
        entry = Entry(
            merchant_id=MERCHANT,
            entry_id=EntryId(f"entry {number}"),
            card_id=CARD,
            entry_no=number,
            store_id=StoreId("store"),
            staff_id=StaffId("staff"),
            kind=kind,
            stamps_delta=delta,
            stamps_balance_after=(before.stamps_balance_after if before else 0) + delta,
            points_delta=0,
            points_balance_after=0,
            stamps_shortfall=0,
            points_shortfall=0,
            amount_minor=None,
            program_version=1,
            reward=None,
            note=None,
            related_entry_id=None,
            operation_key=OperationKey(f"key {number}"),
            origin=None,
            local_date=DAY,
            occurred_at=MONDAY_MORNING + timedelta(hours=number),
        )
        self.entries.append(replace(entry, **other))
        return self.entries[-1].entry_id

    def history(self, *, stamps_today: int, newest: int | None) -> CardHistory:
        """``newest`` is the number of the newest entry that stands, None when none does."""
        standing = self.entries[newest - 1] if newest else None
        card = Card(
            merchant_id=MERCHANT,
            card_id=CARD,
            customer_id=CustomerId("customer"),
            program_id=ProgramId("program"),
            number=CardNumber("123456786"),
            token_rotation=0,
            stamp_count=sum(entry.stamps_delta for entry in self.entries),
            points_balance=sum(entry.points_delta for entry in self.entries),
            stamps_today=stamps_today,
            stamp_day=standing.local_date if standing else None,
            last_stamp_at=standing.occurred_at if standing else None,
            entry_count=len(self.entries),
            stamps_expire_at=None,
            points_expire_at=None,
            expiry_look_at=None,
            active=True,
            created_at=MONDAY_MORNING,
        )
        return CardHistory(
            card=card,
            entries=self.entries,
            terms=self.terms,
            notified=frozenset(entry.entry_id for entry in self.entries),
            warnings={},
        )


def book(*versions: tuple[int, int | None]) -> Book:
    """Each version of the terms is a cooldown in minutes and a daily limit."""
    terms = {
        number: a_program(
            merchant_id=MERCHANT,
            program_id=ProgramId("program"),
            version=number,
            stamps_target=3,
            reward="A coffee",
            cooldown_minutes=cooldown_minutes,
            max_daily_stamps=max_daily_stamps,
            expiry_since=MONDAY_MORNING,
            valid_from=MONDAY_MORNING,
        )
        for number, (cooldown_minutes, max_daily_stamps) in enumerate(versions or [(30, 5)], start=1)
    }
    return Book([], terms)


def healthy() -> CardHistory:
    """Three stamps, a reward, one stamp more, and one that was taken back."""
    pages = book()
    pages.writes(EARNED, 2)
    pages.writes(EARNED, 1)
    pages.writes(REDEEMED, -3)
    pages.writes(EARNED, 1)
    taken_back = pages.writes(EARNED, 1)
    pages.writes(VOIDED, -1, related_entry_id=taken_back)
    return pages.history(stamps_today=4, newest=4)


def with_entry(history: CardHistory, number: int, **changes: Any) -> CardHistory:
    entries = list(history.entries)
    entries[number - 1] = replace(entries[number - 1], **changes)
    return replace(history, entries=entries)


def names(history: CardHistory) -> set[str]:
    return {violation.invariant for violation in check(history)}


def test_healthy_history_breaks_nothing() -> None:
    assert list(check(healthy())) == []


def test_card_without_entries_breaks_nothing() -> None:
    assert list(check(book().history(stamps_today=0, newest=None))) == []


@pytest.mark.parametrize(
    "change",
    [
        {"stamp_count": 2},
        {"points_balance": 1},
        {"stamps_today": 5},
        {"stamp_day": DAY + timedelta(days=1)},
        {"stamp_day": None},
        {"last_stamp_at": MONDAY_MORNING},
        {"last_stamp_at": None},
        {"entry_count": 5},
    ],
    ids=str,
)
def test_i1_card_row_that_its_entries_do_not_make(change: dict[str, Any]) -> None:
    history = healthy()
    broken = replace(history, card=replace(history.card, **change))
    [violation] = check(broken)
    assert (violation.invariant, violation.entry_id) == ("I1", None)
    assert next(iter(change)) in violation.detail


def test_i2_balance_below_zero() -> None:
    pages = book()
    pages.writes(REDEEMED, -1)
    pages.writes(EARNED, 1)
    [violation] = check(pages.history(stamps_today=1, newest=2))
    assert (violation.invariant, violation.entry_id) == ("I2", "entry 1")


def test_i2_points_below_zero() -> None:
    pages = book()
    pages.writes(EntryKind.POINTS_REDEEMED, 0, points_delta=-5, points_balance_after=-5)
    assert names(pages.history(stamps_today=0, newest=None)) == {"I2"}


@pytest.mark.parametrize("number", range(1, 7))
def test_i3_balance_that_does_not_follow_from_the_one_before(number: int) -> None:
    entry = healthy().entries[number - 1]
    broken = with_entry(healthy(), number, stamps_balance_after=entry.stamps_balance_after + 1)
    found = list(check(broken))
    assert {violation.invariant for violation in found} == {"I3"}
    assert found[0].entry_id == entry.entry_id


def test_i3_entries_numbered_with_a_gap() -> None:
    [violation] = check(with_entry(healthy(), 6, entry_no=7))
    assert (violation.invariant, violation.entry_id) == ("I3", "entry 6")


def test_i4_entry_voided_twice() -> None:
    pages = book()
    pages.writes(EARNED, 2)
    first = pages.writes(EARNED, 1)
    pages.writes(VOIDED, -1, related_entry_id=first)
    pages.writes(VOIDED, -1, related_entry_id=first)
    [violation] = check(pages.history(stamps_today=2, newest=1))
    assert (violation.invariant, violation.entry_id) == ("I4", "entry 4")
    assert first in violation.detail


def test_i4_redemption_voided_twice() -> None:
    pages = book()
    pages.writes(EARNED, 3)
    redeemed = pages.writes(REDEEMED, -3)
    for _ in range(2):
        pages.writes(EntryKind.REDEMPTION_VOIDED, 3, related_entry_id=redeemed)
    assert names(pages.history(stamps_today=3, newest=1)) == {"I4"}


def test_i4_two_voids_that_name_no_entry_are_no_repetition() -> None:
    pages = book()
    pages.writes(EARNED, 3)
    for _ in range(2):
        pages.writes(VOIDED, -1)
    assert names(pages.history(stamps_today=1, newest=1)) == set()


def test_i5_operation_key_with_two_effects() -> None:
    [violation] = check(with_entry(healthy(), 4, operation_key=OperationKey("key 1")))
    assert (violation.invariant, violation.entry_id) == ("I5", "entry 4")


def test_i6_more_stamps_than_a_day_allows() -> None:
    pages = book((0, 3))
    pages.writes(EARNED, 2)
    pages.writes(EARNED, 2)
    [violation] = check(pages.history(stamps_today=4, newest=2))
    assert (violation.invariant, violation.entry_id) == ("I6", "entry 2")


@pytest.mark.parametrize(
    ("limits", "acts", "breaks"),
    [
        pytest.param([4], [(1, 2, DAY), (1, 2, DAY)], False, id="just the limit"),
        pytest.param([3], [(1, 2, DAY), (1, 2, date(2026, 6, 16))], False, id="over two days"),
        pytest.param([None], [(1, 20, DAY), (1, 20, DAY)], False, id="no limit"),
        pytest.param([9, 3], [(1, 4, DAY)], False, id="by the terms of then"),
        pytest.param([9, 3], [(1, 4, DAY), (2, 1, DAY)], True, id="by the terms of the newest"),
        pytest.param([3, 9], [(1, 2, DAY), (2, 4, DAY)], False, id="by wider terms"),
    ],
)
def test_i6_goes_by_the_terms_in_force_at_each_stamp(
    limits: list[int | None], acts: list[tuple[int, int, date]], breaks: bool
) -> None:
    pages = book(*((0, limit) for limit in limits))
    for version, delta, day in acts:
        pages.writes(EARNED, delta, program_version=version, local_date=day)
    last_day = acts[-1][2]
    of_last_day = sum(delta for _, delta, day in acts if day == last_day)
    history = pages.history(stamps_today=of_last_day, newest=len(acts))
    assert names(history) == ({"I6"} if breaks else set())


def test_i6_does_not_count_voided_stamps() -> None:
    pages = book((0, 2))
    pages.writes(EARNED, 2)
    pages.writes(VOIDED, -1)
    pages.writes(EARNED, 1)
    assert names(pages.history(stamps_today=2, newest=3)) == set()


@pytest.mark.parametrize(
    ("cooldowns", "version", "minutes_later", "breaks"),
    [
        pytest.param([30], 1, 29, True, id="a minute too early"),
        pytest.param([30], 1, 30, False, id="when it ends"),
        pytest.param([0], 1, 0, False, id="no cooldown"),
        pytest.param([0, 30], 2, 29, True, id="by the terms of the second stamp"),
        pytest.param([30, 0], 2, 1, False, id="by its wider terms"),
    ],
)
def test_i7_two_stamps_closer_than_the_cooldown(
    cooldowns: list[int], version: int, minutes_later: int, breaks: bool
) -> None:
    pages = book(*((cooldown, None) for cooldown in cooldowns))
    pages.writes(EARNED, 1, occurred_at=MONDAY_MORNING)
    later = MONDAY_MORNING + timedelta(minutes=minutes_later)
    pages.writes(EARNED, 1, occurred_at=later, program_version=version)
    found = list(check(pages.history(stamps_today=2, newest=2)))
    assert [(v.invariant, v.entry_id) for v in found] == ([("I7", "entry 2")] if breaks else [])


def test_what_a_manager_approved_is_exempt_and_counts_for_what_comes_after_it() -> None:
    pages = book((30, 2))
    pages.writes(EARNED, 2)
    pages.writes(EARNED, 2, approved_by=StaffId("manager"))
    pages.writes(EARNED, 1, approved_by=StaffId("manager"), occurred_at=pages.entries[-1].occurred_at)
    assert names(pages.history(stamps_today=5, newest=3)) == set()
    pages.writes(EARNED, 1, occurred_at=pages.entries[-1].occurred_at)
    found = [(each.invariant, each.entry_id) for each in check(pages.history(stamps_today=6, newest=4))]
    assert found == [("I6", "entry 4"), ("I7", "entry 4")]


def test_i7_stamp_too_soon_though_a_merge_came_between(town: Town) -> None:
    shop = town.opens_shop(cooldown_minutes=0)
    anna, lea, other = shop.hires("Anna"), shop.gives_card(), shop.gives_card()
    shop.stamps(anna, lea)
    shop.merges(shop.owner, lea, other)
    shop.stamps(anna, lea)
    [history] = [each for each in town.database.histories() if each.merged]
    stricter = {version: replace(terms, cooldown_minutes=30) for version, terms in history.terms.items()}
    assert names(history) == set()
    assert names(replace(history, terms=stricter)) == {"I7"}


def test_i7_passes_over_voided_stamps() -> None:
    pages = book((30, None))
    first = pages.writes(EARNED, 1, occurred_at=MONDAY_MORNING)
    pages.writes(VOIDED, -1, related_entry_id=first)
    pages.writes(EARNED, 1, occurred_at=MONDAY_MORNING + timedelta(minutes=1))
    assert names(pages.history(stamps_today=1, newest=3)) == set()


@pytest.mark.parametrize(
    "other", [{"merchant_id": MerchantId("another")}, {"card_id": CardId("another")}], ids=str
)
def test_i8_entry_of_another_merchant_or_card(other: dict[str, Any]) -> None:
    [violation] = check(with_entry(healthy(), 2, **other))
    assert (violation.invariant, violation.entry_id) == ("I8", "entry 2")


def test_i9_change_that_was_not_announced() -> None:
    history = healthy()
    broken = replace(history, notified=history.notified - {EntryId("entry 3")})
    [violation] = check(broken)
    assert (violation.invariant, violation.entry_id) == ("I9", "entry 3")


def expired(warned_days_before: float | None, *, was_reachable: bool = True) -> CardHistory:
    """A stamp that expired; ``warned_days_before`` is None for a warning that never arrived."""
    pages = book()
    pages.writes(EARNED, 1)
    expiry = pages.writes(EntryKind.STAMPS_EXPIRED, -1)
    days = warned_days_before
    delivered_at = None if days is None else pages.entries[-1].occurred_at - timedelta(days=days)
    warning = ExpiryWarning(delivered_at=delivered_at, was_reachable=was_reachable)
    return replace(pages.history(stamps_today=1, newest=1), warnings={expiry: warning})


@pytest.mark.parametrize(
    ("history", "breaks"),
    [
        pytest.param(expired(14), False, id="fourteen days"),
        pytest.param(expired(400), False, id="long before"),
        pytest.param(expired(13.999), True, id="a little less"),
        pytest.param(expired(-1), True, id="told afterwards"),
        pytest.param(expired(None), True, id="never arrived"),
        pytest.param(replace(expired(14), warnings={}), True, id="no warning"),
        pytest.param(expired(None, was_reachable=False), False, id="nobody to tell"),
        pytest.param(expired(1, was_reachable=False), False, id="told late, then nobody to tell"),
    ],
)
def test_i10_expiry_without_a_warning_in_time(history: CardHistory, breaks: bool) -> None:
    found = [(violation.invariant, violation.entry_id) for violation in check(history)]
    assert found == ([("I10", "entry 2")] if breaks else [])


def merged(**other: Any) -> CardHistory:
    """Three stamps came from another card, where that says so."""
    pages = book()
    pages.writes(EARNED, 3, card_id=CardId("other"))
    out = pages.writes(EntryKind.MERGED_OUT, -3, card_id=CardId("other"))
    before, pages.entries = pages.entries, []
    pages.writes(EntryKind.MERGED_IN, 3, **{"entry_id": EntryId("entry 3"), "related_entry_id": out} | other)
    return replace(pages.history(stamps_today=3, newest=None), merged=before)


@pytest.mark.parametrize(
    ("history", "breaks"),
    [
        pytest.param(merged(), False, id="as much as left"),
        pytest.param(replace(merged(), merged=()), True, id="from nowhere"),
        pytest.param(merged(related_entry_id=None), True, id="from no card"),
        pytest.param(merged(stamps_delta=2, stamps_balance_after=2), True, id="less than left"),
        pytest.param(replace(healthy(), merged=merged().merged), True, id="came to no card"),
    ],
)
def test_i11_merge_that_loses_something(history: CardHistory, breaks: bool) -> None:
    assert ("I11" in {violation.invariant for violation in check(history)}) is breaks


def bonus_expired(given_for: timedelta, told: int = 5, **other: Any) -> CardHistory:
    """Warned of three days before; the expiry says that it took ``told`` of the bonus."""
    pages = book()
    end = MONDAY_MORNING + timedelta(days=30)
    bonus = pages.writes(EntryKind.WELCOME_BONUS, 5, occurred_at=end - given_for, expires_at=end)
    lots = (LotPart(entry_id=bonus, count=told),)
    expiry = pages.writes(EntryKind.STAMPS_EXPIRED, -5, **{"occurred_at": end, "lots": lots} | other)
    warning = ExpiryWarning(delivered_at=end - timedelta(days=3), was_reachable=True)
    return replace(pages.history(stamps_today=0, newest=None), warnings={expiry: warning})


@pytest.mark.parametrize(
    ("history", "broken"),
    [
        pytest.param(bonus_expired(timedelta(days=3, hours=20)), [], id="told for as long as it was given"),
        pytest.param(bonus_expired(timedelta(days=4)), ["I10"], id="given for longer"),
        pytest.param(bonus_expired(timedelta(days=3), lots=None), ["I10"], id="of the program's own"),
        pytest.param(bonus_expired(timedelta(days=3), told=4), ["I12"], id="less than it took"),
    ],
)
def test_i12_expiry_of_a_bonus_with_an_end_of_its_own(history: CardHistory, broken: list[str]) -> None:
    assert [violation.invariant for violation in check(history)] == broken


def reward_expired(after: timedelta, days: int | None = 30) -> CardHistory:
    pages = book((0, None))
    pages.terms[1] = replace(pages.terms[1], reward_valid_days=days)
    award = pages.writes(EARNED, 10)
    at = pages.entries[-1].occurred_at + after
    expiry = pages.writes(EntryKind.REWARD_EXPIRED, -10, occurred_at=at, related_entry_id=award)
    warning = ExpiryWarning(delivered_at=at - timedelta(days=14), was_reachable=True)
    return replace(pages.history(stamps_today=10, newest=1), warnings={expiry: warning})


@pytest.mark.parametrize(
    ("history", "broken"),
    [
        pytest.param(reward_expired(timedelta(days=30)), [], id="when its days were over"),
        pytest.param(reward_expired(timedelta(days=29, hours=23)), ["I13"], id="an hour too soon"),
        pytest.param(reward_expired(timedelta(days=90), None), ["I13"], id="though it waits for ever"),
        pytest.param(replace(reward_expired(timedelta(days=30)), warnings={}), ["I10"], id="unwarned"),
    ],
)
def test_i13_reward_that_did_not_wait_its_time(history: CardHistory, broken: list[str]) -> None:
    assert [violation.invariant for violation in check(history)] == broken


def with_cookies(counted: int | None, *acts: tuple[EntryKind, int], changed: bool = False) -> CardHistory:
    """``counted`` is what the row says of them; ``changed`` that there were others for a while."""
    pages = book((0, None), (0, None))
    cookie = (InterimReward(stamps=5, name="Cookie"),)
    pages.terms = {
        number: replace(terms, interim_rewards=None if changed and number == 2 else cookie)
        for number, terms in pages.terms.items()
    }
    for kind, count in acts:
        pages.writes(kind, count, reward="Cookie" if kind is EntryKind.INTERIM_REDEEMED else None)
    given = sum(count for kind, count in acts if kind is EARNED)
    history = pages.history(stamps_today=given, newest=[kind for kind, _ in acts].index(EARNED) + 1)
    handed_out = (HandedOut(name="Cookie", count=counted),) if counted else None
    return replace(history, card=replace(history.card, handed_out=handed_out))


TEN, COOKIE, COFFEE = (EARNED, 10), (EntryKind.INTERIM_REDEEMED, 0), (REDEEMED, -10)


@pytest.mark.parametrize(
    ("history", "breaks"),
    [
        pytest.param(with_cookies(1, TEN, COOKIE), False, id="one"),
        pytest.param(with_cookies(None, TEN, COOKIE), True, id="forgotten"),
        pytest.param(with_cookies(2, TEN, COOKIE), True, id="counted twice"),
        pytest.param(with_cookies(None, TEN, COOKIE, COFFEE), False, id="handed in with its card"),
        pytest.param(with_cookies(-1, TEN, COFFEE), False, id="still to come"),
        pytest.param(with_cookies(None, TEN, COFFEE), True, id="lost with its card"),
        pytest.param(with_cookies(2, TEN, COOKIE, changed=True), True, id="twice under other terms"),
        pytest.param(with_cookies(1, TEN, COOKIE, changed=True), False, id="once under other terms"),
    ],
)
def test_i14_rewards_on_the_way_that_were_not_handed_out(history: CardHistory, breaks: bool) -> None:
    assert [violation.invariant for violation in check(history)] == (["I14"] if breaks else [])


def test_violation_says_which_card_of_which_merchant() -> None:
    history = healthy()
    [violation] = check(replace(history, card=replace(history.card, entry_count=0)))
    assert isinstance(violation, Violation)
    assert (violation.merchant_id, violation.card_id) == (MERCHANT, CARD)


def test_every_invariant_that_is_checked_is_broken_here() -> None:
    tested = {name.split("_")[1].upper() for name in globals() if name.startswith("test_i")}
    assert tested == set(INVARIANTS)


def _void_of_what_was_spent(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(stamps_target=3, max_daily_stamps=6)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    entry_id = shop.stamps(anna, lea, 4).entry.entry_id
    redeemed = shop.redeems(anna, lea).entry.entry_id
    shop.voids(anna, lea, entry=entry_id)
    shop.undoes(anna, lea, redeemed)
    shop.stamps(anna, lea, 6)


def _voids_over_several_entries(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(max_daily_stamps=5, cooldown_minutes=5)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    for _ in range(2):
        shop.stamps(anna, lea, 2)
        clock.passes(minutes=5)
    shop.voids(anna, lea, count=3)
    shop.stamps(anna, lea, 4)
    shop.voids(shop.owner, lea, count=5, reason="all wrong")


def _terms_that_change(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(max_daily_stamps=None, cooldown_minutes=0)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    for _ in range(5):
        shop.stamps(anna, lea, 4)
    shop.changes_terms(max_daily_stamps=20, cooldown_minutes=60)
    clock.passes(days=1)
    shop.stamps(anna, lea, 20)


def _clock_that_goes_back(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(max_daily_stamps=3, cooldown_minutes=0)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea, 2)
    clock.passes(days=1)
    shop.stamps(anna, lea)
    clock.passes(days=-2)
    shop.stamps(anna, lea, 2)
    shop.voids(anna, lea, count=3)
    shop.stamps(anna, lea)


def _clock_that_was_far_ahead(town: Town, clock: Clock) -> tuple[Shop, Actor, Holder]:
    shop = town.opens_shop(max_daily_stamps=3, cooldown_minutes=0)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea)
    clock.passes(days=40)
    for _ in range(3):
        shop.stamps(anna, lea)
    clock.passes(days=-40)
    shop.stamps(anna, lea, 2)
    return shop, anna, lea


def _clock_that_was_far_ahead_until_its_day_comes(town: Town, clock: Clock) -> None:
    shop, anna, lea = _clock_that_was_far_ahead(town, clock)
    clock.passes(days=40)
    shop.stamps(anna, lea, 2)
    shop.voids(anna, lea, count=1)
    shop.stamps(anna, lea, 2)


def _purchases_that_are_too_small_for_a_stamp(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(stamp_per_minor=500, max_daily_stamps=6, cooldown_minutes=0)
    anna, lea, marc = shop.hires("Anna"), shop.gives_card(), shop.gives_card("Marc")
    shop.earns(anna, lea, 2000)
    shop.changes_terms(max_daily_stamps=3)
    shop.earns(anna, lea, 100)
    for days, amount in ((0, 500), (40, 500), (-40, 100)):
        clock.passes(days=days)
        shop.earns(anna, marc, amount)


def _stamps_that_a_manager_approved(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(max_daily_stamps=2, cooldown_minutes=5)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea, 2)
    for count in (3, 1):
        shop.decides(shop.owner, shop.asks_manager(anna, lea, count=count))
    shop.voids(shop.owner, lea, count=5, reason="all wrong")
    clock.passes(minutes=5)
    shop.stamps(anna, lea)


def _points_that_come_and_go(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(kind=ProgramKind.HYBRID, welcome_bonus=3)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    earned = [shop.earns(anna, lea, amount).entry.entry_id for amount in (2000, 4000, 5000)]
    redeemed = shop.redeems_points(anna, lea, 1).entry.entry_id
    shop.voids(anna, lea, entry=earned[1])
    shop.undoes(anna, lea, redeemed)
    shop.adjusts(shop.owner, lea, -40)
    shop.stamps(anna, lea, 2)


def _balances_that_expire(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(
        kind=ProgramKind.HYBRID, expiry_kind=ExpiryKind.LOT, expiry_months=1, stamps_target=2
    )
    anna, lea, marc = shop.hires("Anna"), shop.gives_card(), shop.gives_card("Marc")
    nights = Nights(town)
    nights.is_blocked_by(marc)
    for _ in range(4):
        for holder in (lea, marc):
            shop.stamps(anna, holder, 3)
            shop.earns(anna, holder)
        shop.redeems(anna, lea)
        nights.passes(40)
    shop.changes_terms(expiry_kind=ExpiryKind.INACTIVITY)
    nights.passes(60)


HEALTHY: list[Callable[[Town, Clock], Any]] = [
    _void_of_what_was_spent,
    _voids_over_several_entries,
    _terms_that_change,
    _clock_that_goes_back,
    _clock_that_was_far_ahead,
    _clock_that_was_far_ahead_until_its_day_comes,
    _purchases_that_are_too_small_for_a_stamp,
    _stamps_that_a_manager_approved,
    _points_that_come_and_go,
    _balances_that_expire,
]


@pytest.mark.parametrize("scenario", HEALTHY, ids=lambda scenario: scenario.__name__.strip("_"))
def test_whatever_the_rules_allow_breaks_nothing(
    town: Town, clock: Clock, scenario: Callable[[Town, Clock], Any]
) -> None:
    scenario(town, clock)
    histories = town.database.histories()
    assert sum(len(history.entries) for history in histories) >= 5
    assert [violation for history in histories for violation in check(history)] == []
