"""What owners type from the till, and what stamps and purchases say beside it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random

import pytest

from domain.fields import FIELDS, Target
from domain.flags import FlagKind, Suspicion, WatchedAct
from domain.ids import CardId, EntryId, MerchantId, OperationKey, StaffId, StoreId
from domain.kinds import EntryKind
from domain.merchant import ProgramKind
from domain.messages import DailySummary, MessageKind
from domain.refusals import (
    AmountOutOfRange,
    NotAllowed,
    StoreNotFound,
    TakingsDayOutOfRange,
    TakingsDoubted,
)
from domain.rights import RIGHTS, Right
from domain.rules.date_ranges import NamedRange
from domain.rules.takings import DAYS_KNOWN_MIN, beyond_takings, stamps_of
from domain.staff import Actor, Role
from domain.takings import TAKINGS_MAX_MINOR, Takings
from domain.usecases.enter_takings import EnterTakings, SeeTakings, enter_takings, see_takings
from domain.usecases.flags import (
    DismissFlag,
    RaiseFlags,
    SeeFlags,
    TakingsJudged,
    dismiss_flag,
    raise_flags,
    see_flags,
    suspected,
    suspected_by_takings,
)
from domain.usecases.summarize import summarize
from tests.support.clock import Clock
from tests.support.databases import look
from tests.support.shop import Shop, Town
from tests.support.terms import a_merchant

GARE = StoreId("Gare")
ANNA, BEN, THIEF = (StaffId(name) for name in ("Anna", "Ben", "Thief"))
FIRST = date(2026, 6, 1)
LAST = FIRST + timedelta(days=27)
MERCHANT = a_merchant(
    merchant_id="m", name="Café", default_locale="en", created_at=datetime(2026, 1, 1, tzinfo=UTC)
)


@dataclass
class Till:
    """Days of a store, each with its stamps by member and its takings."""

    chance: Random = field(default_factory=lambda: Random(11))
    acts: list[WatchedAct] = field(default_factory=list)
    takings: list[Takings] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    def takes(self, day: date, amount_minor: int, hour: int = 20) -> None:
        self.takings.append(
            Takings(
                merchant_id=MerchantId("m"),
                store_id=GARE,
                local_date=day,
                revision=1,
                amount_minor=amount_minor,
                staff_id=None,
                typed_at=datetime(day.year, day.month, day.day, hour, tzinfo=UTC),
                operation_key=OperationKey(f"key {day}"),
            )
        )

    def gives(self, day: date, staff: StaffId, stamps: int, *, hour: int = 12, amount_minor: int = 0) -> None:
        """So many stamps, or one purchase of an amount."""
        for _ in range(1 if amount_minor else stamps):
            self.acts.append(
                WatchedAct(
                    entry_id=EntryId(f"entry {next(self.numbers)}"),
                    kind=EntryKind.POINTS_EARNED if amount_minor else EntryKind.STAMP_EARNED,
                    card_id=CardId("card"),
                    card_made_at=datetime(2026, 1, 1, tzinfo=UTC),
                    staff_id=staff,
                    store_id=GARE,
                    related_entry_id=None,
                    stamps_delta=0 if amount_minor else 1,
                    amount_minor=amount_minor or None,
                    local_date=day,
                    occurred_at=datetime(day.year, day.month, day.day, hour, tzinfo=UTC),
                )
            )

    def lives(self, days: int = 28, busy: Mapping[int, float] | None = None) -> "Till":
        """About a hundred customers who pay 12.00 or so; four in ten have a card, on some weekdays more or fewer."""
        for ahead in range(days):
            day = FIRST + timedelta(days=ahead)
            customers = round(self.chance.gauss(100, 25))
            share = 0.4 * (busy or {}).get(day.weekday(), 1)
            stamps = sum(self.chance.random() < share for _ in range(customers))
            self.gives(day, ANNA, stamps // 2)
            self.gives(day, BEN, stamps - stamps // 2)
            self.takes(day, round(customers * self.chance.gauss(1_200, 100)))
        return self

    def flagged(self, day: date = LAST, gap: int | None = 20) -> list[Suspicion]:
        """As of what is known then."""
        merchant = MERCHANT if gap == 20 else a_merchant(**{**_fields(), "takings_gap_max": gap})
        return list(beyond_takings(self.acts, self.takings, merchant, {day}))


def _fields() -> dict[str, object]:
    return {name: getattr(MERCHANT, name) for name in ("merchant_id", "created_at", *FIELDS[Target.MERCHANT])}


@pytest.mark.parametrize(
    "busy", [None, {5: 2.0}, {5: 0.4, 6: 0.4}, {0: 1.6, 1: 1.6}], ids=["even", "Saturdays", "weekends", "two"]
)
def test_honest_days_are_left_alone(busy: Mapping[int, float] | None) -> None:
    """Also where other people come on some weekdays: of 20 shops' 14 days each hardly one."""
    found, judged = 0, 0
    for seed in range(20):
        till = Till(chance=Random(seed)).lives(busy=busy)
        for back in range(14):
            judged += 1
            found += len(till.flagged(LAST - timedelta(days=back)))
    assert found <= 0.01 * judged


def test_stamps_that_nobody_paid_for_are_flagged_with_who_gave_them() -> None:
    till = Till().lives()
    till.gives(LAST, THIEF, 45)
    [found] = till.flagged()
    assert (found.kind, found.staff_id, found.store_id, found.period) == (
        FlagKind.TAKINGS,
        THIEF,
        GARE,
        LAST,
    )
    seen = found.takings
    assert seen is not None
    assert seen.usual_stamps is not None
    assert found.count > 1.5 * seen.usual_stamps
    assert (seen.given[0].staff_id, seen.given[0].stamps, seen.given[0].usual) == (THIEF, 45, 0)
    assert {each.staff_id for each in seen.given} == {ANNA, BEN, THIEF}


def test_busy_day_with_takings_to_match_is_none() -> None:
    till = Till().lives(days=27)
    till.gives(LAST, ANNA, 120)
    till.takes(LAST, 380_000)
    assert till.flagged() == []


def test_nothing_is_usual_before_two_weeks_are_known() -> None:
    till = Till().lives(days=DAYS_KNOWN_MIN)
    till.gives(FIRST + timedelta(days=DAYS_KNOWN_MIN - 1), THIEF, 90)
    assert till.flagged(FIRST + timedelta(days=DAYS_KNOWN_MIN - 1)) == []
    till.takes(FIRST + timedelta(days=DAYS_KNOWN_MIN), 120_000)
    till.gives(FIRST + timedelta(days=DAYS_KNOWN_MIN), THIEF, 130)
    [found] = till.flagged(FIRST + timedelta(days=DAYS_KNOWN_MIN))
    assert found.kind is FlagKind.TAKINGS


def test_purchases_above_the_takings_are_flagged_at_once_whatever_is_known() -> None:
    till = Till()
    till.gives(FIRST, ANNA, 0, amount_minor=20_000)
    till.gives(FIRST, THIEF, 0, amount_minor=30_001)
    till.takes(FIRST, 50_000)
    [found] = till.flagged(FIRST, gap=None)
    assert (found.kind, found.staff_id) == (FlagKind.PURCHASES, THIEF)
    assert found.takings is not None
    assert (found.takings.purchases_minor, found.takings.usual_stamps) == (50_001, None)
    till.takings.clear()
    till.takes(FIRST, 50_001)
    assert till.flagged(FIRST) == []


def test_what_happened_after_the_takings_were_typed_is_not_held_against_them() -> None:
    till = Till()
    till.takes(FIRST, 5_000, hour=18)
    till.gives(FIRST, ANNA, 0, amount_minor=4_000, hour=17)
    till.gives(FIRST, ANNA, 0, amount_minor=4_000, hour=19)
    assert till.flagged(FIRST) == []


def test_day_without_takings_but_with_stamps_is_flagged_and_a_slip_is_not() -> None:
    for stamps, is_flagged in ((3, False), (8, True)):
        till = Till().lives(days=27)
        till.takes(LAST, 0)
        till.gives(LAST, THIEF, stamps)
        assert bool(till.flagged()) is is_flagged


def test_threshold_is_the_shops_and_can_be_switched_off() -> None:
    till = Till().lives()
    till.gives(LAST, THIEF, 45)
    assert [bool(till.flagged(gap=gap)) for gap in (1, 20, 300, None)] == [True, True, False, False]


# In a shop


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop(cooldown_minutes=0, timezone="UTC", kind=ProgramKind.HYBRID)


def types(shop: Shop, amount_minor: int | None, **how: object) -> bool:
    wanted: dict[str, object] = {
        "account": shop.owner.account,
        "merchant_id": shop.merchant_id,
        "store_id": shop.store_id,
        "local_date": shop.database.clock.now.date(),
        "amount_minor": amount_minor,
        "key": shop.town.new_key(),
    }
    return shop.database.write(enter_takings, EnterTakings(**{**wanted, **how}))  # type: ignore[arg-type]


def amounts(shop: Shop) -> list[int]:
    query = SeeTakings(account=None, merchant_id=shop.merchant_id, asked=NamedRange.TODAY)
    [of_store] = shop.database.read(see_takings, query).stores
    return [each.amount_minor for each in of_store.typed]


def judges(shop: Shop) -> int:
    query = TakingsJudged(merchant_id=shop.merchant_id, local_date=shop.database.clock.now.date())
    found = shop.database.read(suspected_by_takings, query)
    return shop.database.write(raise_flags, RaiseFlags(merchant_id=shop.merchant_id, suspicions=found))


def open_flags(shop: Shop) -> list[FlagKind]:
    seen = shop.database.read(see_flags, SeeFlags(account=None, merchant_id=shop.merchant_id))
    return [flag.kind for flag in seen.flags]


def test_last_amount_holds_and_those_before_stay_to_be_seen(shop: Shop) -> None:
    assert [types(shop, 8_125), types(shop, 8_125), types(shop, 81_250)] == [True, False, True]
    assert amounts(shop) == [81_250, 8_125]


def test_amount_that_is_removed_counts_no_more_and_stays_to_be_seen(shop: Shop, clock: Clock) -> None:
    assert types(shop, None) is False
    types(shop, 8_125)
    assert [types(shop, None), types(shop, None)] == [True, False]
    today = clock.now.date()
    assert look(shop.database, lambda tx: tx.takings_between(shop.merchant_id, today, today)) == []
    assert amounts(shop) == [0, 8_125]
    assert types(shop, 0) is True, "a day without takings is another thing"
    [known] = look(shop.database, lambda tx: tx.takings_between(shop.merchant_id, today, today))
    assert (known.amount_minor, known.revision) == (0, 3)


def test_message_that_comes_again_changes_nothing(shop: Shop) -> None:
    key = OperationKey("typed once")
    types(shop, 8_125, key=key)
    types(shop, 81_250)
    assert types(shop, 8_125, key=key) is False
    assert amounts(shop) == [81_250, 8_125]


def test_amount_far_from_the_usual_is_asked_for_once_more(shop: Shop, clock: Clock) -> None:
    for amount_minor in (80_000, 90_000, 70_000, 85_000, 75_000):
        types(shop, amount_minor)
        clock.passes(days=1)
    for amount_minor in (8_000, 800_000):
        with pytest.raises(TakingsDoubted) as doubt:
            types(shop, amount_minor)
        assert doubt.value.usual.amount_minor == 80_000
    assert amounts(shop) == []
    types(shop, 30_000)
    types(shop, 8_000, is_sure=True)
    assert amounts(shop) == [8_000, 30_000]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.STAFF, Role.TERMINAL])
def test_only_an_owner_types_and_sees_them(shop: Shop, role: Role) -> None:
    """What is held against the stamps of the team is not typed by those who give them."""
    assert [each for each in Role if Right.ENTER_TAKINGS in RIGHTS[each]] == [Role.OWNER]
    member = shop.hires("Mia", role)
    with pytest.raises(NotAllowed):
        types(shop, 81_250, account=member.account)
    query = SeeTakings(account=member.account, merchant_id=shop.merchant_id, asked=NamedRange.TODAY)
    with pytest.raises(NotAllowed):
        shop.database.read(see_takings, query)
    assert amounts(shop) == []


def test_what_cannot_be_is_refused(town: Town, shop: Shop, clock: Clock) -> None:
    today = clock.now.date()
    others = town.opens_shop()
    refused: list[tuple[dict[str, object], type[Exception]]] = [
        ({"local_date": today + timedelta(days=1)}, TakingsDayOutOfRange),
        ({"local_date": today - timedelta(days=400)}, TakingsDayOutOfRange),
        ({"store_id": others.store_id}, StoreNotFound),
        ({"amount_minor": -1}, AmountOutOfRange),
        ({"amount_minor": TAKINGS_MAX_MINOR + 1}, AmountOutOfRange),
    ]
    for how, refusal in refused:
        with pytest.raises(refusal):
            types(shop, **{"amount_minor": 1, **how})  # type: ignore[arg-type]
    assert types(shop, 0) is True


def has_more_purchases_than(shop: Shop, member: Actor) -> None:
    shop.earns(member, shop.gives_card(), amount_minor=9_000)


def test_flag_falls_with_the_takings_it_was_judged_by(shop: Shop, clock: Clock) -> None:
    """Also one that was found right: it was right beside another amount."""
    anna = shop.hires("Anna")
    has_more_purchases_than(shop, anna)
    clock.passes(minutes=5)
    types(shop, 8_125)
    assert [judges(shop), judges(shop)] == [1, 0]
    seen = shop.database.read(see_flags, SeeFlags(account=None, merchant_id=shop.merchant_id))
    [flag] = seen.flags
    assert (flag.kind, flag.staff_name) == (FlagKind.PURCHASES, "Anna")
    assert flag.takings is not None
    assert (flag.takings.amount.amount_minor, flag.takings.given[0].staff_name) == (8_125, "Anna")
    shop.database.write(
        dismiss_flag,
        DismissFlag(account=shop.owner.account, merchant_id=shop.merchant_id, flag_id=flag.flag_id),
    )
    types(shop, 7_000)
    assert judges(shop) == 1
    types(shop, 81_250)
    assert (judges(shop), open_flags(shop)) == (0, [])


def test_job_finds_what_was_typed_while_nobody_judged_it(shop: Shop, clock: Clock) -> None:
    has_more_purchases_than(shop, shop.hires("Anna"))
    clock.passes(minutes=5)
    types(shop, 8_125)
    found = shop.database.read(suspected, shop.merchant_id)
    assert [each.kind for each in found] == [FlagKind.PURCHASES]


def test_summary_asks_owners_alone_and_where_takings_are_typed(town: Town, shop: Shop, clock: Clock) -> None:
    mia = shop.hires("Mia", Role.MANAGER)
    for _ in range(2):
        shop.stamps(shop.owner, shop.gives_card())
        clock.passes(days=1)
        shop.database.write(summarize, shop.merchant_id)
        types(shop, 81_250)
    told = [
        (message.recipient == shop.owner.account, message.facts.asks_takings)
        for message in town.messages(MessageKind.DAILY_SUMMARY)
        if isinstance(message.facts, DailySummary)
    ]
    assert mia.account != shop.owner.account
    assert sorted(told) == [(False, False), (False, False), (True, False), (True, True)]


def test_double_stamps_are_not_beyond_the_takings() -> None:
    till = Till()
    till.gives(LAST, ANNA, 10)
    doubled = [replace(each, stamps_delta=2, factor_tenths=20) for each in till.acts]
    assert stamps_of(doubled) == stamps_of(till.acts) == 10
