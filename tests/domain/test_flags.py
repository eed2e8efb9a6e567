"""What owners are told to look at: planted frauds are all found, honest work is left alone, each is told once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random

import pytest

from domain.fields import FIELDS, Target
from domain.flags import FLAGS, FlagKind, Suspicion, Told, WatchedAct
from domain.ids import CardId, ClosureId, EntryId, FlagId, StaffId, StoreId
from domain.kinds import EntryKind
from domain.merchant import Closure, Merchant, Span
from domain.messages import DailySummary, FlagRaised, MessageKind
from domain.refusals import NotAllowed
from domain.rules.flags import JUDGED, USUAL, suspicions
from domain.staff import Actor, Role
from domain.usecases.flags import (
    DismissFlag,
    RaiseFlags,
    SeeFlags,
    dismiss_flag,
    raise_flags,
    see_flags,
    suspected,
)
from domain.usecases.summarize import summarize
from tests.support.clock import Clock
from tests.support.shop import Shop, Town
from tests.support.terms import a_merchant

TEAM = tuple(StaffId(f"member {number}") for number in range(12))
THIEF = TEAM[7]
FIRST = date(2026, 6, 1)
DAYS = 56
RUNS = range(1, DAYS + 1)
"""The job runs in the night after each of them."""
GARE = StoreId("Gare")
SHARE_MAX = 0.01
"""Of the honest members' days, flagged."""
MERCHANT: Merchant = a_merchant(
    merchant_id="m",
    name="Café",
    default_locale="en",
    timezone="UTC",
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)


@dataclass
class Ledger:
    """Some weeks of a shop with 12 members, from a seed."""

    chance: Random = field(default_factory=lambda: Random(5))
    acts: list[WatchedAct] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    def has(
        self,
        day: date,
        minutes: float,
        card: str,
        staff: StaffId = THIEF,
        kind: EntryKind = EntryKind.STAMP_EARNED,
        made: date = FIRST,
        undoes: EntryId | None = None,
    ) -> EntryId:
        at = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minutes)
        entry_id = EntryId(f"entry {next(self.numbers)}")
        self.acts.append(
            WatchedAct(
                entry_id=entry_id,
                kind=kind,
                card_id=CardId(card),
                card_made_at=datetime(made.year, made.month, made.day, tzinfo=UTC),
                staff_id=staff,
                store_id=GARE,
                related_entry_id=undoes,
                stamps_delta=1 if kind is EntryKind.STAMP_EARNED else 0,
                amount_minor=None,
                local_date=at.date(),
                occurred_at=at,
            )
        )
        return entry_id

    def lives(self, acts_a_day: int = 300) -> "Ledger":
        """Regulars come often, new customers join all the time, many of them for one visit."""
        for number in range(DAYS):
            day = FIRST + timedelta(days=number)
            for _ in range(acts_a_day):
                newest = 400 + 10 * number
                regular = self.chance.random() < 0.7
                card = (
                    int(400 * self.chance.random() ** 1.6)
                    if regular
                    else self.chance.randrange(400, newest + 1)
                )
                made = FIRST + timedelta(days=max(0, (card - 400) // 10)) if card >= 400 else FIRST - USUAL
                kind = self.chance.choices((EntryKind.STAMP_EARNED, EntryKind.STAMP_REDEEMED), (9, 1))[0]
                minutes = self.chance.uniform(7 * 60, 19 * 60)
                self.has(day, minutes, f"card {card}", self.chance.choice(TEAM), kind, made)
        return self

    def flagged(self, runs: range = RUNS) -> set[Suspicion]:
        """As the job finds them, day after day."""
        self.acts.sort(key=lambda act: act.occurred_at)
        found: set[Suspicion] = set()
        for number in runs:
            since = FIRST + timedelta(days=number) - JUDGED
            seen = [act for act in self.acts if since - USUAL <= act.local_date < since + JUDGED]
            found |= set(suspicions(seen, MERCHANT, since, {}, (), (), 0))
        return found


def judging(first: date, last: date | None = None) -> range:
    """The runs that judge what happened on these days."""
    return range((first - FIRST).days + 1, ((last or first) - FIRST + JUDGED).days + 1)


def kinds(found: set[Suspicion], staff: StaffId = THIEF) -> set[FlagKind]:
    return {each.kind for each in found if each.staff_id == staff}


@pytest.fixture(scope="module")
def honest() -> Sequence[WatchedAct]:
    return Ledger().lives().acts


@pytest.fixture
def ledger(honest: Sequence[WatchedAct]) -> Ledger:
    return Ledger(acts=list(honest), numbers=count(1_000_000))


def test_honest_work_is_left_alone(ledger: Ledger) -> None:
    found = ledger.flagged()
    flagged_days = {(each.staff_id, each.last_at.date()) for each in found}
    assert len(flagged_days) <= SHARE_MAX * len(TEAM) * DAYS


def test_friends_card_that_is_stamped_all_day_is_flagged(ledger: Ledger) -> None:
    friday = FIRST + timedelta(days=39)
    for hour in range(13):
        ledger.has(friday, 7 * 60 + hour * 55, "friend")
    found = [
        each
        for each in ledger.flagged(judging(friday, friday + timedelta(days=2)))
        if each.card_id == "friend"
    ]
    assert {(each.kind, each.staff_id, each.count) for each in found} == {(FlagKind.PAIR, THIEF, 13)}


def test_burst_is_flagged(ledger: Ledger) -> None:
    day = FIRST + timedelta(days=40)
    for number in range(20):
        ledger.has(day, 15 * 60 + number / 3, f"card {number}")
    assert FlagKind.BURST in kinds(ledger.flagged(judging(day)))


def test_burst_that_was_taken_back_is_none(ledger: Ledger) -> None:
    day = FIRST + timedelta(days=40)
    for number in range(20):
        slip = ledger.has(day, 15 * 60 + number / 3, f"card {number}")
        ledger.has(day, 15 * 60 + 10 + number, f"card {number}", kind=EntryKind.STAMP_VOIDED, undoes=slip)
    assert FlagKind.BURST not in kinds(ledger.flagged(judging(day)))


def test_where_it_is_always_busy_many_in_ten_minutes_are_no_burst() -> None:
    ledger = Ledger()
    for number in range(DAYS):
        for customer in range(14):
            ledger.has(
                FIRST + timedelta(days=number), 12 * 60 + customer / 2, f"card {customer} {number}", TEAM[1]
            )
    ledger.has(FIRST, 12 * 60, "another", TEAM[2])
    assert FlagKind.BURST not in kinds(
        {s for s in ledger.flagged() if s.first_at.date() > FIRST + JUDGED}, TEAM[1]
    )


def test_stamps_at_night_are_flagged_each_night(ledger: Ledger) -> None:
    nights = [FIRST + timedelta(days=30 + number) for number in range(5)]
    for night in nights:
        ledger.has(night, 23 * 60, "card 3")
    found = [
        each for each in ledger.flagged(judging(nights[0], nights[-1])) if each.kind is FlagKind.ODD_HOUR
    ]
    assert {(each.period, each.staff_id) for each in found} == {(night, THIEF) for night in nights}


def test_hour_before_the_usual_ones_is_not_odd(ledger: Ledger) -> None:
    day = FIRST + timedelta(days=40)
    ledger.has(day, 6 * 60 + 40, "card 3")
    assert FlagKind.ODD_HOUR not in kinds(ledger.flagged(judging(day)))


@pytest.mark.parametrize(
    ("minutes", "is_flagged"),
    [
        (7 * 60 + 20, True),
        (7 * 60 + 40, False),
        (18 * 60 + 20, False),
        (18 * 60 + 40, True),
        (12 * 60, False),
    ],
)
def test_store_that_says_its_hours_is_judged_by_them(minutes: int, is_flagged: bool) -> None:
    """Half an hour before and after people are still served; nobody has to have worked there for a week."""
    ledger, day = Ledger(), FIRST + timedelta(days=40)
    ledger.has(day, minutes, "card 3")
    hours = {GARE: [Span(weekday=day.weekday(), opens_minute=8 * 60, closes_minute=18 * 60)]}
    found = suspicions(ledger.acts, MERCHANT, day, hours, (), (), 0)
    assert (FlagKind.ODD_HOUR in {each.kind for each in found}) == is_flagged


def test_cards_that_are_filled_redeemed_and_never_seen_again_are_flagged(ledger: Ledger) -> None:
    for number in range(12):
        day = FIRST + timedelta(days=20 + number)
        for minute in (0, 40):
            ledger.has(day, 9 * 60 + minute, f"nobody {number}", made=day)
        ledger.has(day, 10 * 60, f"nobody {number}", kind=EntryKind.STAMP_REDEEMED, made=day)
    assert FlagKind.UNSEEN_CARDS in kinds(ledger.flagged(judging(day)))


def test_limit_that_is_switched_off_flags_nothing(ledger: Ledger) -> None:
    day = FIRST + timedelta(days=40)
    for number in range(20):
        ledger.has(day, 15 * 60 + number / 3, f"card {number}")
    since = day - JUDGED + timedelta(days=1)
    seen = [act for act in sorted(ledger.acts, key=lambda act: act.occurred_at) if act.local_date <= day]
    for limit, is_flagged in ((12, True), (None, False)):
        found = suspicions(seen, replace(MERCHANT, burst_acts_max=limit), since, {}, (), (), 0)
        assert (FlagKind.BURST in {each.kind for each in found}) is is_flagged


def test_every_threshold_is_a_field_of_the_shop() -> None:
    assert set(FLAGS) == set(FlagKind)
    for flag in FLAGS.values():
        assert flag.threshold is None or flag.threshold in FIELDS[Target.MERCHANT]


@pytest.mark.parametrize(
    ("store_id", "minutes", "is_flagged"),
    [
        (None, 12 * 60, True),
        (GARE, 12 * 60, True),
        (StoreId("Belval"), 12 * 60, False),
        (None, 60, False),
        (None, -24 * 60 + 22 * 60, False),
    ],
    ids=[
        "the shop is closed",
        "the store is",
        "another store is",
        "still the night before",
        "the day before",
    ],
)
def test_stamp_on_a_holiday_is_odd(store_id: StoreId | None, minutes: int, is_flagged: bool) -> None:
    """What closes at two in the morning belongs to the evening before."""
    ledger, day = Ledger(), FIRST + timedelta(days=40)
    ledger.has(day, minutes, "card 3")
    closure = Closure(closure_id=ClosureId("c"), store_id=store_id, first=day, last=day)
    hours = {
        GARE: [Span(weekday=weekday, opens_minute=10 * 60, closes_minute=26 * 60) for weekday in range(7)]
    }
    found = suspicions(
        ledger.acts, replace(MERCHANT, closures=(closure,)), day - timedelta(days=1), hours, (), (), 0
    )
    assert (FlagKind.ODD_HOUR in {each.kind for each in found}) == is_flagged


# What becomes of a flag


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop(cooldown_minutes=0, timezone="UTC")


def watches(shop: Shop) -> int:
    found = shop.database.read(suspected, shop.merchant_id)
    return shop.database.write(raise_flags, RaiseFlags(merchant_id=shop.merchant_id, suspicions=found))


def open_kinds(shop: Shop) -> list[FlagKind]:
    seen = shop.database.read(see_flags, SeeFlags(account=shop.owner.account, merchant_id=shop.merchant_id))
    return [flag.kind for flag in seen.flags]


def has_a_burst(shop: Shop, member: Actor) -> None:
    for _ in range(13):
        shop.stamps(member, shop.gives_card())


def test_serious_one_is_told_at_once_and_once(town: Town, shop: Shop) -> None:
    anna, mia = shop.hires("Anna"), shop.hires("Mia", Role.MANAGER)
    has_a_burst(shop, anna)
    assert [watches(shop), watches(shop)] == [1, 0]
    told = town.messages(MessageKind.FLAG_RAISED)
    assert {message.recipient for message in told} == {shop.owner.account, mia.account}
    assert len(told) == 2
    facts = told[0].facts
    assert isinstance(facts, FlagRaised)
    assert (facts.flag.kind, facts.flag.staff_name, facts.flag.count) == (FlagKind.BURST, "Anna", 13)
    assert FLAGS[FlagKind.BURST].told is Told.AT_ONCE


def test_other_ones_are_counted_in_the_summary_and_not_told_before(
    town: Town, shop: Shop, clock: Clock
) -> None:
    anna, friend = shop.hires("Anna"), shop.gives_card("Friend")
    for _ in range(13):
        shop.stamps(anna, friend)
        clock.passes(minutes=20)
    shop.stamps(shop.owner, shop.gives_card())
    assert watches(shop) == 1
    assert town.messages(MessageKind.FLAG_RAISED) == []
    clock.passes(days=1)
    shop.database.write(summarize, shop.merchant_id)
    [facts] = town.facts(MessageKind.DAILY_SUMMARY)
    assert isinstance(facts, DailySummary)
    assert facts.day.flags == 1


def test_void_of_what_was_spent_and_a_locked_pin_are_there_to_look_at(town: Town, shop: Shop) -> None:
    anna, lea = shop.hires("Anna"), shop.gives_card()
    target = shop.program().stamps_target
    stamped = shop.stamps(anna, lea, target)
    shop.redeems(anna, lea)
    shop.voids(anna, lea, entry=stamped.entry.entry_id)
    assert open_kinds(shop) == [FlagKind.SHORTFALL]
    shop.chooses_pin(anna)
    for _ in range(5):
        shop.types_wrong_pin(anna)
    assert open_kinds(shop) == [FlagKind.PIN_LOCKED, FlagKind.SHORTFALL]


def test_dismissed_one_is_gone_and_not_raised_again(shop: Shop) -> None:
    has_a_burst(shop, shop.hires("Anna"))
    watches(shop)
    flag_id = only_flag(shop)
    for _ in range(2):
        dismisses(shop, shop.owner, flag_id)
        assert open_kinds(shop) == []
    assert watches(shop) == 0
    assert open_kinds(shop) == []


def test_manager_does_not_dismiss_what_is_about_themselves(shop: Shop) -> None:
    mia, max_, tom = shop.hires("Mia", Role.MANAGER), shop.hires("Max", Role.MANAGER), shop.hires("Tom")
    has_a_burst(shop, mia)
    watches(shop)
    flag_id = only_flag(shop)
    for actor in (mia, tom):
        with pytest.raises(NotAllowed):
            dismisses(shop, actor, flag_id)
    assert open_kinds(shop) == [FlagKind.BURST]
    dismisses(shop, max_, flag_id)
    assert open_kinds(shop) == []


def only_flag(shop: Shop) -> FlagId:
    seen = shop.database.read(see_flags, SeeFlags(account=None, merchant_id=shop.merchant_id))
    [flag] = seen.flags
    return flag.flag_id


def dismisses(shop: Shop, actor: Actor, flag_id: FlagId) -> None:
    command = DismissFlag(account=actor.account, merchant_id=shop.merchant_id, flag_id=flag_id)
    shop.database.write(dismiss_flag, command)
