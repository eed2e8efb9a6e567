"""What is true of every card at any time. ``verify`` calls each invariant on a live database.

I4, I5 and the signs in I2 are database constraints too.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from operator import attrgetter

from domain.card import Card
from domain.entry import Entry
from domain.expiry import Unit
from domain.history import CardHistory
from domain.ids import CardId, EntryId, MerchantId
from domain.kinds import KINDS, EntryKind
from domain.merchant import INTERIM_REWARDS_MAX, Program
from domain.quick import dataclass, replace
from domain.rules.days import FAR_AHEAD
from domain.rules.expiry import WARNING_TIME, notice_of
from domain.rules.history import in_order, standing_acts, standing_stamps
from domain.rules.stamps import counted
from domain.rules.voids import recount_today


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """Which invariant does not hold, and where. ``entry_id`` is None when the card row itself is wrong; all three ids
    are None when the database is damaged."""

    invariant: str
    merchant_id: MerchantId | None = None
    card_id: CardId | None = None
    entry_id: EntryId | None = None
    detail: str


DATABASE = "database"
"""Used in place of an invariant's name for what the database's own check found."""

Finding = tuple[Entry | None, str]
Invariant = Callable[[CardHistory], Iterator[Finding]]


def check(history: CardHistory) -> Iterator[Violation]:
    """Every violation in one card's history."""
    for name, invariant in INVARIANTS.items():
        for entry, detail in invariant(history):
            yield Violation(
                invariant=name,
                merchant_id=history.card.merchant_id,
                card_id=history.card.card_id,
                entry_id=entry.entry_id if entry else None,
                detail=detail,
            )


def balances_equal_the_fold(history: CardHistory) -> Iterator[Finding]:
    """I1: the card row equals the fold of its entries."""
    card, entries = history.card, history.entries
    all_of_today = [] if card.merged_into else in_order([*history.merged, *entries])
    folded = replace(
        recount_today(card, all_of_today),
        stamp_count=sum(entry.stamps_delta for entry in entries),
        points_balance=sum(entry.points_delta for entry in entries),
        entry_count=len(entries),
        stamps_carried_minor=_left_over(Unit.STAMPS, card.stamps_carried_minor, entries),
        points_carried_nano=_left_over(Unit.POINTS, card.points_carried_nano, entries),
    )
    if card != folded:
        yield None, f"the row says {_balances(card)}, the entries say {_balances(folded)}"


def _left_over(unit: Unit, told: int | None, entries: Sequence[Entry]) -> int | None:
    """The sum of the remainders. Where it is 0, the row may have either 0 or None."""
    return sum(entry.carried(unit) for entry in entries) or (told and 0)


def no_balance_is_negative(history: CardHistory) -> Iterator[Finding]:
    """I2: no balance is negative, and nothing that is left over is."""
    left = dict.fromkeys(Unit, 0)
    for entry in history.entries:
        if entry.stamps_balance_after < 0 or entry.points_balance_after < 0:
            yield entry, "a balance below zero"
        for unit in Unit:
            left[unit] += entry.carried(unit)
            if left[unit] < 0:
                yield entry, f"less than nothing left over of {unit}"


def each_balance_follows_from_the_one_before(history: CardHistory) -> Iterator[Finding]:
    """I3, also that the entries are numbered without a gap."""
    stamps = points = 0
    for number, entry in enumerate(history.entries, start=1):
        stamps += entry.stamps_delta
        points += entry.points_delta
        if (entry.stamps_balance_after, entry.points_balance_after) != (stamps, points):
            yield entry, f"balances should be {stamps} stamps, {points} points"
            stamps, points = entry.stamps_balance_after, entry.points_balance_after
        if entry.entry_no != number:
            yield entry, f"is number {entry.entry_no}, should be {number}"


def no_entry_is_voided_twice(history: CardHistory) -> Iterator[Finding]:
    """I4."""
    voided: set[EntryId] = set()
    for entry in history.entries:
        if not KINDS[entry.kind].is_void or entry.related_entry_id is None:
            continue
        if entry.related_entry_id in voided:
            yield entry, f"voids {entry.related_entry_id} again"
        voided.add(entry.related_entry_id)


def each_operation_has_one_effect(history: CardHistory) -> Iterator[Finding]:
    """I5."""
    seen = set()
    for entry in history.entries:
        if entry.operation_key in seen:
            yield entry, "a second effect of its operation key"
        seen.add(entry.operation_key)


def daily_limit_holds(history: CardHistory) -> Iterator[Finding]:
    """I6, by the terms in force at each stamp. A stamp that a manager approved is exempt, but counts for those after
    it. A purchase that was too small for a stamp is skipped."""
    standing = standing_stamps(history.entries)
    day, stamps = None, 0
    for entry in history.entries:
        if not standing.get(entry.entry_id):
            continue
        given = counted(standing[entry.entry_id], entry.factor_tenths)
        stamps = stamps + given if entry.local_date == day else given
        day = entry.local_date
        terms = history.terms.get(entry.program_version)
        if terms is None:
            yield entry, "its terms cannot be read"
        elif (
            entry.approved_by is None
            and terms.max_daily_stamps is not None
            and stamps > terms.max_daily_stamps
        ):
            yield entry, f"stamp {stamps} of a day that allows {terms.max_daily_stamps}"


def cooldown_holds(history: CardHistory) -> Iterator[Finding]:
    """I7, by the terms in force at each stamp, and by the stamp that stood before it then, for that may be taken back
    since. A stamp that is dated FAR_AHEAD, or counted for a day that was, blocks no other, and nothing blocks a
    stamp that a manager approved. The first stamp after a merge is judged by the one that the merge left as the
    newest, which may be the other card's."""
    for before, entry in pairwise(_standing_among(history.entries)):
        terms = history.terms.get(entry.program_version)
        minutes = terms.cooldown_minutes if terms and entry.approved_by is None else 0
        if not _is_too_near(before.occurred_at, entry, minutes):
            continue
        for stood in reversed(_standing_among(history.entries[: history.entries.index(entry)])):
            if stood.local_date > _blocking_until(entry):
                continue
            if _is_too_near(stood.occurred_at, entry, minutes) and not _is_freed_by_merge(
                history, stood, entry, minutes
            ):
                apart = (entry.occurred_at - stood.occurred_at).total_seconds()
                yield entry, f"{apart:.0f} s after the stamp before it, the cooldown is {minutes} min"
            break


def _is_freed_by_merge(history: CardHistory, stood: Entry, entry: Entry, minutes: int) -> bool:
    """Whether a merge came between the two, after which the newest stamp was one that leaves room for ``entry``."""
    entries = in_order([*history.merged, *history.entries])
    before = entries[: entries.index(entry)]
    if not any(each.kind is EntryKind.MERGED_IN for each in before[before.index(stood) :]):
        return False
    newest = recount_today(history.card, before, _blocking_until(entry)).last_stamp_at
    return newest is None or not _is_too_near(newest, entry, minutes)


def _blocking_until(entry: Entry) -> date:
    """The newest day whose stamps may block the entry: FAR_AHEAD of the day of its moment, which it need not count
    for, taken where on earth that day is the earliest."""
    return (entry.occurred_at - timedelta(hours=12)).date() + FAR_AHEAD


def _standing_among(entries: Sequence[Entry]) -> list[Entry]:
    standing = standing_stamps(entries)
    return [entry for entry in entries if standing.get(entry.entry_id)]


def _is_too_near(before: datetime, entry: Entry, minutes: int) -> bool:
    return minutes > 0 and -FAR_AHEAD <= entry.occurred_at - before < timedelta(minutes=minutes)


def entries_bear_the_merchant_of_the_card(history: CardHistory) -> Iterator[Finding]:
    """I8."""
    for entry in history.entries:
        if (entry.merchant_id, entry.card_id) != (history.card.merchant_id, history.card.card_id):
            yield entry, f"belongs to {entry.merchant_id} / {entry.card_id}"


def every_change_was_announced(history: CardHistory) -> Iterator[Finding]:
    """I9: each entry has a row in the outbox."""
    for entry in history.entries:
        if entry.entry_id not in history.notified:
            yield entry, "no message in the outbox"


def nothing_expires_unwarned(history: CardHistory) -> Iterator[Finding]:
    """I10: each expiry has a warning that is at least WARNING_TIME older. For an award that was given for fewer days,
    that many days are enough; where nobody could be told, none is needed."""
    awards = {each.entry_id: each for each in (*history.merged, *history.entries)}
    for entry in history.entries:
        if not KINDS[entry.kind].is_expiry:
            continue
        warning, notice = history.warnings.get(entry.entry_id), _notice(entry, awards)
        if warning is None:
            yield entry, "expired without a warning"
        elif warning.was_reachable and (
            warning.delivered_at is None or entry.occurred_at - warning.delivered_at < notice
        ):
            yield entry, f"expired {notice.days} days or less after its warning: {warning.delivered_at}"


def _notice(expiry: Entry, awards: Mapping[EntryId, Entry]) -> timedelta:
    """The longest notice that any part of the expiry needs. Awards from other cards cannot be found once this card
    was merged as well; then only that there was a warning is checked."""
    if KINDS[expiry.kind].ends_reward:
        return WARNING_TIME
    ids = [part.entry_id for part in expiry.lots or () if part.count]
    expired = [awards[entry_id] for entry_id in ids if entry_id in awards]
    lives = [award.expires_at - award.occurred_at for award in expired if award.expires_at]
    if not ids or len(lives) < len(expired):
        return WARNING_TIME
    return max(map(notice_of, lives), default=timedelta(0))


def merges_lose_nothing(history: CardHistory) -> Iterator[Finding]:
    """I11: what left one card in a merge arrived on the other, once, and a merged card is empty and closed."""
    card, entries = history.card, history.entries
    newest = entries[-1] if entries else None
    is_out = newest is not None and newest.kind is EntryKind.MERGED_OUT
    if is_out != (card.merged_into is not None):
        yield newest, f"is merged into {card.merged_into}"
    if is_out and (card.active or card.stamp_count or card.points_balance or any(map(card.carried, Unit))):
        yield newest, "a merged card is not empty and closed"
    if card.merged_into is not None:
        return
    left = {each.entry_id: each for each in history.merged if each.kind is EntryKind.MERGED_OUT}
    for entry in (*history.merged, *entries):
        if entry.kind is EntryKind.MERGED_IN:
            out = left.pop(entry.related_entry_id, None) if entry.related_entry_id else None
            taken = tuple(-each for each in _moved(out)) if out else None
            if taken != _moved(entry):
                yield entry, f"of the other card came {taken}"
    for out in left.values():
        yield out, "came to no other card"


def lots_add_up(history: CardHistory) -> Iterator[Finding]:
    """I12: the lots of an entry that names them add up to its delta."""
    for entry in history.entries:
        if entry.lots is not None and sum(part.count for part in entry.lots) != abs(entry.delta(entry.unit)):
            yield entry, f"says from which awards {sum(part.count for part in entry.lots)} are"


def rewards_wait_their_time(history: CardHistory) -> Iterator[Finding]:
    """I13, by the terms in force at the expiry, since earlier terms promised no less. Awards from other cards cannot
    be found once this card was merged as well."""
    awards = {each.entry_id: each for each in (*history.merged, *history.entries)}
    for entry in history.entries:
        if not KINDS[entry.kind].ends_reward:
            continue
        terms = history.terms.get(entry.program_version)
        award = awards.get(entry.related_entry_id) if entry.related_entry_id else None
        if terms is None or terms.reward_valid_days is None:
            yield entry, "its reward waits for ever"
        elif award and entry.occurred_at - award.occurred_at < timedelta(days=terms.reward_valid_days):
            yield entry, f"its reward waits for {terms.reward_valid_days} days"


def rewards_on_the_way_were_handed_out(history: CardHistory) -> Iterator[Finding]:
    """I14: the row counts as many interim rewards handed out as the entries do. Where the terms changed or cards were
    merged, the row must not count more than the entries."""
    card, entries = history.card, in_order([*history.merged, *history.entries])
    told = {each.name: each.count for each in card.handed_out or ()}
    terms = _only_terms(history)
    if card.merged_into is not None:
        return
    if terms is not None and not history.merged:
        folded = _handed_out(entries, terms)
        if told != folded:
            yield None, f"the row says {told} were handed out, the entries say {folded}"
        return
    stands = standing_acts(entries)
    had = Counter(
        entry.reward
        for entry in entries
        if entry.kind is EntryKind.INTERIM_REDEEMED and entry.entry_id in stands
    )
    given_back = sum(entry.kind is EntryKind.REDEMPTION_VOIDED for entry in entries)
    for name, count in told.items():
        if count > had[name] + given_back * INTERIM_REWARDS_MAX:
            yield None, f"the row says {count} of {name} were handed out, the entries say {had[name]}"


def _only_terms(history: CardHistory) -> Program | None:
    """The terms of the card, None where a full card was good for something else at some time."""
    promised = attrgetter("stamps_target", "reward", "interim_rewards")
    terms = [*history.terms.values()]
    return terms[0] if len({promised(each) for each in terms}) == 1 else None


def _handed_out(entries: Sequence[Entry], terms: Program) -> dict[str, int]:
    on_card = Counter(each.name for each in terms.interim_rewards or ())
    by_id = {entry.entry_id: entry for entry in entries}
    counts: Counter[str] = Counter()
    for entry in entries:
        match entry.kind:
            case EntryKind.INTERIM_REDEEMED:
                counts[entry.reward or ""] += 1
            case EntryKind.STAMP_REDEEMED:
                counts.subtract(on_card)
            case EntryKind.REDEMPTION_VOIDED:
                counts.update(_not_handed_out(by_id.get(entry.related_entry_id or EntryId("")), on_card))
            case EntryKind.REWARD_EXPIRED:
                counts.subtract(on_card & +counts)
            case EntryKind.STAMPS_EXPIRED if not entry.stamps_balance_after:
                counts.clear()
    return {name: count for name, count in counts.items() if count}


def _not_handed_out(redeemed: Entry | None, on_card: Counter[str]) -> Counter[str]:
    if redeemed is None or redeemed.kind is EntryKind.POINTS_REDEEMED:
        return Counter()
    return Counter({redeemed.reward or "": -1}) if redeemed.kind is EntryKind.INTERIM_REDEEMED else on_card


def _moved(entry: Entry) -> tuple[int, ...]:
    return entry.stamps_delta, entry.points_delta, *map(entry.carried, Unit)


INVARIANTS: dict[str, Invariant] = {
    "I1": balances_equal_the_fold,
    "I2": no_balance_is_negative,
    "I3": each_balance_follows_from_the_one_before,
    "I4": no_entry_is_voided_twice,
    "I5": each_operation_has_one_effect,
    "I6": daily_limit_holds,
    "I7": cooldown_holds,
    "I8": entries_bear_the_merchant_of_the_card,
    "I9": every_change_was_announced,
    "I10": nothing_expires_unwarned,
    "I11": merges_lose_nothing,
    "I12": lots_add_up,
    "I13": rewards_wait_their_time,
    "I14": rewards_on_the_way_were_handed_out,
}


def _balances(card: Card) -> str:
    names = (
        *("stamp_count", "points_balance", "stamps_today", "stamp_day", "last_stamp_at", "entry_count"),
        *("stamps_carried_minor", "points_carried_nano"),
    )
    return ", ".join(f"{name}={getattr(card, name)}" for name in names)
