"""Stamps and purchases that are too many for a day's takings (docs/decisions/0052)."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from math import sqrt
from statistics import median

from domain.flags import FlagKind, Given, Suspicion, TakingsSeen, WatchedAct
from domain.ids import StaffId, StoreId
from domain.kinds import KINDS
from domain.merchant import Merchant
from domain.quick import dataclass
from domain.rules.stamps import counted
from domain.takings import Takings

KNOWN = timedelta(days=28)
"""How much time before a day shows what is usual for it."""
DAYS_KNOWN_MIN = 14
ONE_DAY_IN = 10
"""One day in this many may exceed what still counts as usual."""
SPREAD = 2
"""The number of stamps may differ between two usual days by this many times its square root."""
STAMPS_MIN = 5
MEMBERS_NAMED = 3
AMOUNTS_KNOWN_MIN = 5
TIMES_THE_USUAL = 3

Day = tuple[StoreId, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreDay:
    """A day whose takings are known, with the standing acts from before the takings were typed."""

    takings: Takings
    acts: Sequence[WatchedAct]

    @property
    def stamps(self) -> int:
        return stamps_of(self.acts)

    @property
    def purchases_minor(self) -> int:
        return purchases_of(self.acts)

    def by_member(self) -> Mapping[StaffId, Sequence[WatchedAct]]:
        theirs: dict[StaffId, list[WatchedAct]] = {}
        for act in self.acts:
            theirs.setdefault(act.staff_id, []).append(act)
        return theirs


def stamps_of(acts: Iterable[WatchedAct]) -> int:
    """The stamps before multiplication: takings do not grow with a happy hour."""
    return sum(counted(act.stamps_delta, act.factor_tenths) for act in acts if KINDS[act.kind].opens_lot)


def purchases_of(acts: Iterable[WatchedAct]) -> int:
    return sum(act.amount_minor or 0 for act in acts if KINDS[act.kind].opens_lot)


def beyond_takings(
    visits: Iterable[WatchedAct], takings: Sequence[Takings], merchant: Merchant, days: Collection[date]
) -> Iterator[Suspicion]:
    """The suspicions about these ``days``. ``visits`` are the standing ones, oldest first, also of the four weeks
    before."""
    acts: dict[Day, list[WatchedAct]] = {(each.store_id, each.local_date): [] for each in takings}
    typed = {(each.store_id, each.local_date): each for each in takings}
    for act in visits:
        day = act.store_id, act.local_date
        if day in typed and act.occurred_at <= typed[day].typed_at:
            acts[day].append(act)
    known = [StoreDay(takings=each, acts=acts[day]) for day, each in typed.items()]
    for one in known:
        if one.acts and one.takings.local_date in days:
            before = [each for each in known if _is_before(each.takings, one.takings)]
            yield from _judged(one, before, merchant)


def is_doubtful(amount_minor: int, before: Sequence[Takings]) -> int | None:
    """The usual takings where ``amount_minor`` is far from them; None where it is not, or nothing is usual yet."""
    if len(before) < AMOUNTS_KNOWN_MIN:
        return None
    usual = round(median(each.amount_minor for each in before))
    is_far = amount_minor * TIMES_THE_USUAL < usual or amount_minor > usual * TIMES_THE_USUAL
    return usual if is_far else None


def _is_before(one: Takings, other: Takings) -> bool:
    ago = other.local_date - one.local_date
    return one.store_id == other.store_id and timedelta(0) < ago <= KNOWN


def _judged(day: StoreDay, before: Sequence[StoreDay], merchant: Merchant) -> Iterator[Suspicion]:
    seen, rate = day.takings.amount_minor, _high_rate(before)
    if day.purchases_minor > seen:
        yield _suspicion(FlagKind.PURCHASES, day, before)
    elif rate is not None and merchant.takings_gap_max is not None:
        high = rate * seen
        limit = max(high * (1 + merchant.takings_gap_max / 100), high + SPREAD * sqrt(high), STAMPS_MIN)
        if day.stamps > limit:
            yield _suspicion(FlagKind.TAKINGS, day, before)


def _rates(days: Iterable[StoreDay]) -> list[float]:
    """Stamps for one smallest unit of takings, lowest first."""
    return sorted(day.stamps / day.takings.amount_minor for day in days if day.takings.amount_minor)


def _high_rate(before: Sequence[StoreDay]) -> float | None:
    """The highest usual rate, which one day in ten exceeds, so that a weekday with different customers raises no
    flag. None where too few days are known."""
    rates = _rates(before)
    return rates[-1 - len(rates) // ONE_DAY_IN] if len(rates) >= DAYS_KNOWN_MIN else None


def _suspicion(kind: FlagKind, day: StoreDay, before: Sequence[StoreDay]) -> Suspicion:
    """Names the member whose stamps exceed their usual number most, or, for purchases, who entered most."""
    usual = _usual_by_member(before)
    given = [
        Given(
            staff_id=member,
            stamps=stamps_of(acts),
            usual=usual.get(member, 0),
            purchases_minor=purchases_of(acts),
        )
        for member, acts in day.by_member().items()
    ]
    if kind is FlagKind.TAKINGS:
        given.sort(key=lambda each: each.usual - each.stamps)
    else:
        given.sort(key=lambda each: -each.purchases_minor)
    rates = _rates(before)
    enough = len(rates) >= DAYS_KNOWN_MIN
    return Suspicion(
        kind=kind,
        staff_id=given[0].staff_id,
        about=day.takings.store_id,
        period=day.takings.local_date,
        store_id=day.takings.store_id,
        count=day.stamps,
        first_at=day.acts[0].occurred_at,
        last_at=day.acts[-1].occurred_at,
        takings=TakingsSeen(
            amount_minor=day.takings.amount_minor,
            purchases_minor=day.purchases_minor,
            usual_stamps=round(median(rates) * day.takings.amount_minor) if enough else None,
            given=tuple(given[:MEMBERS_NAMED]),
        ),
    )


def _usual_by_member(before: Iterable[StoreDay]) -> Mapping[StaffId, int]:
    """Each member's median over the days on which they acted."""
    theirs: dict[StaffId, list[int]] = {}
    for day in before:
        for member, acts in day.by_member().items():
            theirs.setdefault(member, []).append(stamps_of(acts))
    return {member: round(median(stamps)) for member, stamps in theirs.items()}
