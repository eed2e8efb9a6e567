"""Which acts an owner should look at, compared with those of the weeks before (docs/decisions/0044)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from statistics import median
from typing import TypeVar
from zoneinfo import ZoneInfo

from domain.coming_back import Referral
from domain.flags import FLAGS, FlagKind, Suspicion, WatchedAct
from domain.ids import CustomerId, StaffId, StoreId
from domain.kinds import KINDS, EntryKind
from domain.merchant import Merchant, Span
from domain.rules.closures import is_closed
from domain.rules.days import local_hour
from domain.rules.hours import is_open, opened_on
from domain.rules.takings import beyond_takings
from domain.takings import Takings

KeyT = TypeVar("KeyT")

JUDGED = timedelta(days=7)
"""Acts up to this age are still judged, to make up for a missed run."""
USUAL = timedelta(days=28)
"""How much time before them decides what is usual."""
BURST = timedelta(minutes=10)
TIMES_THE_USUAL = 3
DAYS_KNOWN_MIN = 7
"""A store with acts on fewer days has no usual hours yet."""
UNSEEN_AFTER = timedelta(days=7)
PAPER_MIN = 5
"""This many cards in a week, all begun with as many stamps as paper may give, are too many to be chance."""
RING = 3
"""This many friends who never come back are suspicious."""
LATE = timedelta(minutes=30)
"""People are still served for this long before a store opens and after it closes."""


Hours = Mapping[StoreId, Sequence[Span]]
"""The opening hours of the stores that have given them."""


def suspicions(
    acts: Sequence[WatchedAct],
    merchant: Merchant,
    since: date,
    hours: Hours,
    takings: Sequence[Takings],
    referrals: Sequence[Referral],
    paper_max: int,
) -> Sequence[Suspicion]:
    """What is new among the acts of ``since`` and later, oldest first. The acts before, and ``takings`` as far as
    they are known, show what is usual. ``paper_max`` is with how many stamps from paper a card may begin.

    Where one person works alone, it means nothing that they serve everybody.
    """
    visits = standing_visits(acts)
    before = [act for act in visits if act.local_date < since]
    recent = [act for act in visits if act.local_date >= since]
    found = [*_bursts(recent, before, merchant), *_odd_hours(recent, before, merchant, hours)]
    if len({act.staff_id for act in visits}) > 1:
        week = since - timedelta(days=since.weekday())
        found += _pairs((act for act in visits if act.local_date >= week), merchant)
        found += _unseen_cards(visits, merchant)
        found += _referral_rings(visits, referrals)
    found += _from_paper(acts, since, paper_max)
    found += beyond_takings(visits, takings, merchant, {act.local_date for act in recent})
    return sorted(found, key=lambda each: each.last_at)


def standing_visits(acts: Sequence[WatchedAct]) -> list[WatchedAct]:
    """Without what was taken back: a corrected mistake is not suspicious."""
    return [act for act in _standing(acts) if KINDS[act.kind].is_visit]


def _standing(acts: Sequence[WatchedAct]) -> list[WatchedAct]:
    undone = {act.related_entry_id for act in acts if KINDS[act.kind].is_void}
    return [act for act in acts if act.entry_id not in undone]


def _from_paper(acts: Sequence[WatchedAct], since: date, paper_max: int) -> Iterator[Suspicion]:
    """A member at least three quarters of whose cards from paper in a week, Monday to Sunday, are as full as they may
    be, or who begins far more of them in a day than is usual."""
    papers = [act for act in _standing(acts) if act.kind is EntryKind.PAPER_STAMPS]
    monday = since - timedelta(days=since.weekday())

    def of_week(act: WatchedAct) -> tuple[StaffId, date]:
        return act.staff_id, act.local_date - timedelta(days=act.local_date.weekday())

    def of_day(act: WatchedAct) -> tuple[StaffId, date]:
        return act.staff_id, act.local_date

    told = set()
    for (staff_id, week), given in grouped(
        (act for act in papers if act.local_date >= monday), of_week
    ).items():
        full = [act for act in given if act.stamps_delta >= paper_max]
        if len(full) >= PAPER_MIN and len(full) * 4 >= len(given) * 3:
            told.add((staff_id, week))
            yield _suspicion(FlagKind.PAPER, full, week)
    days = grouped(papers, of_day)
    usual = median([len(given) for given in days.values()] or [0])
    for (staff_id, day), given in days.items():
        week = day - timedelta(days=day.weekday())
        is_much = len(given) >= PAPER_MIN and len(given) > TIMES_THE_USUAL * usual
        if day >= since and is_much and (staff_id, week) not in told:
            yield _suspicion(FlagKind.PAPER, given, week)


def _pairs(visits: Iterable[WatchedAct], merchant: Merchant) -> Iterator[Suspicion]:
    """A member who serves one card more often in a week, Monday to Sunday, than the shop's limit."""

    def of_week(act: WatchedAct) -> tuple[StaffId, str, date]:
        return act.staff_id, act.card_id, act.local_date - timedelta(days=act.local_date.weekday())

    given = (act for act in visits if KINDS[act.kind].opens_lot)
    for (_, card_id, monday), acts in grouped(given, of_week).items():
        if is_above(FlagKind.PAIR, merchant, len(acts)):
            yield _suspicion(FlagKind.PAIR, acts, monday, about=card_id, is_of_card=True)


def _bursts(
    recent: Iterable[WatchedAct], before: Iterable[WatchedAct], merchant: Merchant
) -> Iterator[Suspicion]:
    """More acts by one member within BURST than the limit, and than TIMES_THE_USUAL times the usual peak of a
    member's day."""

    def of_day(act: WatchedAct) -> tuple[StaffId, date]:
        return act.staff_id, act.local_date

    usual = median([len(_densest(acts)) for acts in grouped(before, of_day).values()] or [0])
    for (_, day), acts in grouped(recent, of_day).items():
        burst = _densest(acts)
        if is_above(FlagKind.BURST, merchant, len(burst)) and len(burst) > TIMES_THE_USUAL * usual:
            yield _suspicion(FlagKind.BURST, burst, day, is_of_store=True)


def _densest(acts: Sequence[WatchedAct]) -> Sequence[WatchedAct]:
    """The most of the acts that lie within ``BURST``."""
    first, densest = 0, (0, 0)
    for end, act in enumerate(acts, start=1):
        while act.occurred_at - acts[first].occurred_at > BURST:
            first += 1
        densest = max(densest, (first, end), key=lambda span: span[1] - span[0])
    return acts[slice(*densest)]


def _odd_hours(
    recent: Iterable[WatchedAct], before: Iterable[WatchedAct], merchant: Merchant, said: Hours
) -> Iterator[Suspicion]:
    """Acts while the store was closed or on holiday. Where no hours are given: acts in an hour in which, like in the
    hours before and after it, the store had acts on fewer than a quarter of its days."""
    zone = ZoneInfo(merchant.timezone)
    usual = _usual_hours(before, merchant.timezone)

    def is_odd(act: WatchedAct) -> bool:
        at = act.occurred_at.astimezone(zone)
        if all(
            is_closed(merchant, act.store_id, opened_on(said.get(act.store_id), at + by))
            for by in (-LATE, timedelta(0))
        ):
            return True
        if act.store_id in said:
            return not any(is_open(said[act.store_id], at + by) for by in (-LATE, timedelta(0), LATE))
        return act.store_id in usual and at.hour not in usual[act.store_id]

    odd = filter(is_odd, recent)
    for (_, store_id, day), acts in grouped(
        odd, lambda act: (act.staff_id, act.store_id, act.local_date)
    ).items():
        yield _suspicion(FlagKind.ODD_HOUR, acts, day, about=store_id, is_of_store=True)


def _usual_hours(before: Iterable[WatchedAct], timezone: str) -> Mapping[StoreId, set[int]]:
    hours: dict[StoreId, set[int]] = {}
    for store_id, acts in grouped(before, lambda act: act.store_id).items():
        days = {act.local_date for act in acts}
        if len(days) >= DAYS_KNOWN_MIN:
            seen = Counter(
                hour for _, hour in {(act.local_date, local_hour(act.occurred_at, timezone)) for act in acts}
            )
            usual = [hour for hour, count in seen.items() if count * 4 >= len(days)]
            hours[store_id] = {(hour + by) % 24 for hour in usual for by in (-1, 0, 1)}
    return hours


def _unseen_cards(visits: Sequence[WatchedAct], merchant: Merchant) -> Iterator[Suspicion]:
    """New cards that one member alone served until a reward was redeemed, and that have not been seen since: more of
    them than the limit, and than TIMES_THE_USUAL times the average of the other members."""
    newest, oldest = visits[-1].occurred_at, visits[0].occurred_at
    last_acts: dict[StaffId, list[WatchedAct]] = {act.staff_id: [] for act in visits}
    for acts in grouped(visits, lambda act: act.card_id).values():
        if _is_used_up(acts, oldest, newest):
            last_acts[acts[-1].staff_id].append(acts[-1])
    total = sum(map(len, last_acts.values()))
    for theirs in last_acts.values():
        of_others = (total - len(theirs)) / (len(last_acts) - 1)
        if is_above(FlagKind.UNSEEN_CARDS, merchant, len(theirs)) and (
            len(theirs) > TIMES_THE_USUAL * of_others
        ):
            theirs.sort(key=lambda act: act.occurred_at)
            month = theirs[-1].local_date.replace(day=1)
            yield _suspicion(FlagKind.UNSEEN_CARDS, theirs, month)


def _is_used_up(acts: Sequence[WatchedAct], oldest: datetime, newest: datetime) -> bool:
    """Whether a card was made within the time looked at, served by one member only, redeemed from, and not seen for a
    while."""
    return (
        acts[0].card_made_at >= oldest
        and acts[-1].occurred_at <= newest - UNSEEN_AFTER
        and len({act.staff_id for act in acts}) == 1
        and any(KINDS[act.kind].is_redemption for act in acts)
    )


def _referral_rings(visits: Sequence[WatchedAct], referrals: Sequence[Referral]) -> Iterator[Suspicion]:
    """Friends who were brought along by one customer or by each other, each served by the same member alone on a
    single day, and not seen since: these friends may not exist."""
    by_card = grouped(visits, lambda act: act.card_id)
    cards = {act.entry_id: act.card_id for act in visits}
    rings: dict[tuple[StaffId, CustomerId], list[WatchedAct]] = defaultdict(list)
    first_of = _first_inviters(referrals)
    for referral in referrals:
        card_id = cards.get(referral.act_id) if referral.act_id else None
        acts = by_card[card_id] if card_id else []
        if acts and _came_once(acts, visits[-1].occurred_at):
            rings[acts[0].staff_id, first_of(referral.referrer_id)].append(acts[0])
    for (_, first), acts in rings.items():
        if len(acts) >= RING:
            acts.sort(key=lambda act: act.occurred_at)
            month = acts[-1].local_date.replace(day=1)
            found = _suspicion(FlagKind.REFERRAL_RING, acts, month, about=first, is_of_card=True)
            yield found


def _first_inviters(referrals: Sequence[Referral]) -> Callable[[CustomerId], CustomerId]:
    by = {referral.friend_id: referral.referrer_id for referral in referrals}

    def first(customer_id: CustomerId) -> CustomerId:
        while customer_id in by:
            customer_id = by[customer_id]
        return customer_id

    return first


def _came_once(acts: Sequence[WatchedAct], newest: datetime) -> bool:
    return (
        acts[-1].occurred_at <= newest - UNSEEN_AFTER
        and len({act.staff_id for act in acts}) == 1
        and len({act.local_date for act in acts}) == 1
    )


def is_above(kind: FlagKind, merchant: Merchant, count: int) -> bool:
    threshold = FLAGS[kind].threshold
    limit = getattr(merchant, threshold) if threshold else 0
    return limit is not None and count > limit


def grouped(acts: Iterable[WatchedAct], key: Callable[[WatchedAct], KeyT]) -> Mapping[KeyT, list[WatchedAct]]:
    groups: dict[KeyT, list[WatchedAct]] = defaultdict(list)
    for act in acts:
        groups[key(act)].append(act)
    return groups


def _suspicion(
    kind: FlagKind,
    acts: Sequence[WatchedAct],
    period: date,
    *,
    about: str = "",
    is_of_card: bool = False,
    is_of_store: bool = False,
) -> Suspicion:
    return Suspicion(
        kind=kind,
        staff_id=acts[0].staff_id,
        about=about,
        period=period,
        card_id=acts[0].card_id if is_of_card else None,
        store_id=acts[0].store_id if is_of_store else None,
        count=len(acts),
        first_at=acts[0].occurred_at,
        last_at=acts[-1].occurred_at,
    )
