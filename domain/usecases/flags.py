"""Flags: raised, told once, listed, and dismissed with a tap."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta

from domain.account import Account
from domain.card import CardRef
from domain.flags import FLAGS, Flag, FlagTold, GivenTold, Suspicion, TakingsSeen, TakingsTold, Told
from domain.ids import EntryId, FlagId, MerchantId, StaffId
from domain.messages import DisputeOpened, FlagRaised, MessageKind
from domain.money import Money
from domain.ports import Flagging, Flags
from domain.quick import dataclass, replace
from domain.refusals import DisputeNotOpen, FlagNotFound, NotAllowed
from domain.report import DateRange
from domain.rights import Right, may
from domain.rules import paper
from domain.rules.days import local_date
from domain.rules.flags import JUDGED, USUAL, standing_visits, suspicions
from domain.rules.takings import KNOWN, beyond_takings
from domain.usecases.asking import asked_by, known_merchant
from domain.usecases.open_dispute import open_disputes
from domain.usecases.sending import send

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseFlags:
    merchant_id: MerchantId
    suspicions: Sequence[Suspicion]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakingsJudged:
    merchant_id: MerchantId
    local_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeFlags:
    """``account`` is None for the operator."""

    account: Account | None
    merchant_id: MerchantId


@dataclass(frozen=True, slots=True, kw_only=True)
class DismissFlag:
    """``account`` is None for the operator."""

    account: Account | None
    merchant_id: MerchantId
    flag_id: FlagId


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagsSeen:
    flags: Sequence[FlagTold]
    timezone: str
    disputes: Sequence[DisputeOpened] = ()

    def dispute(self, entry_id: EntryId) -> DisputeOpened:
        """Raises DisputeNotOpen."""
        for each in self.disputes:
            if each.entry_id == entry_id:
                return each
        raise DisputeNotOpen


@dataclass(frozen=True, slots=True, kw_only=True)
class Dismissed:
    flag: FlagTold
    timezone: str


def suspected(*, tx: Flagging, query: MerchantId) -> Sequence[Suspicion]:
    """The suspicions from a merchant's acts of the last days; none where there were no acts."""
    merchant = tx.merchant(query)
    if merchant is None:
        return ()
    today = local_date(tx.now, merchant.timezone)
    since = today - JUDGED + DAY
    recent = tx.watched_acts(query, since, today)
    if not recent:
        return ()
    before = tx.watched_acts(query, since - USUAL, since - DAY)
    hours = {store.store_id: store.opening_hours for store in tx.stores_of(query) if store.opening_hours}
    takings = tx.takings_between(query, since - USUAL, today)
    referrals = tx.referrals_rewarded(query, DateRange(since - USUAL, today))
    paper_max = max(map(paper.stamps_max, tx.programs_of(query)), default=0)
    return suspicions([*before, *recent], merchant, since, hours, takings, referrals, paper_max)


def suspected_by_takings(*, tx: Flagging, query: TakingsJudged) -> Sequence[Suspicion]:
    """The suspicions about a day, however long ago, from the takings that were typed for it."""
    merchant = known_merchant(tx, query.merchant_id)
    first, last = query.local_date - KNOWN, query.local_date + JUDGED
    takings = tx.takings_between(query.merchant_id, first, query.local_date)
    visits = standing_visits(tx.watched_acts(query.merchant_id, first, last))
    return [*beyond_takings(visits, takings, merchant, {query.local_date})]


def raise_flags(*, tx: Flagging, command: RaiseFlags) -> int:
    """Records those that are new, and tells at once those that are serious; returns how many were new."""
    merchant = known_merchant(tx, command.merchant_id)
    raised = [
        flag
        for each in command.suspicions
        if (flag := raise_flag(tx, merchant.merchant_id, each)) is not None
    ]
    serious = [flag for flag in raised if FLAGS[flag.kind].told is Told.AT_ONCE]
    for told in flags_told(tx, merchant.merchant_id, serious):
        facts = FlagRaised(merchant_name=merchant.name, flag=told)
        for manager in tx.managers_of(merchant.merchant_id):
            send(tx, merchant.merchant_id, manager, MessageKind.FLAG_RAISED, facts)
    return len(raised)


def raise_flag(tx: Flags, merchant_id: MerchantId, suspicion: Suspicion) -> Flag | None:
    """None where the flag was raised before."""
    seen = {field.name: getattr(suspicion, field.name) for field in fields(suspicion)}
    flag = Flag(**seen, merchant_id=merchant_id, flag_id=FlagId(tx.new_id()), raised_at=tx.now)
    return flag if tx.add_flag(flag) else None


def see_flags(*, tx: Flagging, query: SeeFlags) -> FlagsSeen:
    """Flags that nobody has dismissed, newest first, and disputes that nobody has settled. Raises NotAllowed,
    MerchantNotFound."""
    merchant, _ = asked_by(tx, query.merchant_id, query.account, Right.SEE_FLAGS)
    told = flags_told(tx, query.merchant_id, tx.open_flags(query.merchant_id))
    return FlagsSeen(flags=told, timezone=merchant.timezone, disputes=open_disputes(tx, merchant))


def dismiss_flag(*, tx: Flagging, command: DismissFlag) -> Dismissed:
    """Marks what was flagged as right. Repeating it changes nothing. Raises MerchantNotFound, FlagNotFound, and
    NotAllowed, also for a flag about the member who asks, unless they are an owner."""
    merchant, member = asked_by(tx, command.merchant_id, command.account, Right.SEE_FLAGS)
    flag = tx.flag(command.merchant_id, command.flag_id)
    if flag is None:
        raise FlagNotFound
    if member and member.staff_id == flag.staff_id and not may(member.role, Right.JUDGE_ONESELF):
        raise NotAllowed
    if flag.dismissed_at is None:
        by = member.staff_id if member else None
        tx.save_flag(replace(flag, dismissed_at=tx.now, dismissed_by=by))
    [told] = flags_told(tx, command.merchant_id, [flag])
    return Dismissed(flag=told, timezone=merchant.timezone)


def count_to_look_at(tx: Flags, merchant_id: MerchantId, begins_at: datetime, ends_at: datetime) -> int:
    """How many flags the summary of a day tells of: raised within that time, still open, and not told otherwise."""
    return sum(
        begins_at <= flag.raised_at < ends_at and FLAGS[flag.kind].told is Told.IN_THE_SUMMARY
        for flag in tx.open_flags(merchant_id)
    )


def flags_told(tx: Flagging, merchant_id: MerchantId, flags: Sequence[Flag]) -> list[FlagTold]:
    if not flags:
        return []
    staff = {member.staff_id: member.name for member in tx.staff_of(merchant_id)}
    currency = known_merchant(tx, merchant_id).currency
    stores = {store.store_id: store.name for store in tx.stores_of(merchant_id)}
    told = []
    for flag in flags:
        found = tx.card(merchant_id, CardRef("id", flag.card_id)) if flag.card_id else None
        told.append(
            FlagTold(
                flag_id=flag.flag_id,
                kind=flag.kind,
                staff_name=staff.get(flag.staff_id, ""),
                store_name=stores.get(flag.store_id, "") if flag.store_id else "",
                card_id=flag.card_id,
                card_number=found[0].number if found else None,
                count=flag.count,
                first_at=flag.first_at,
                last_at=flag.last_at,
                takings=_told(flag.takings, currency, staff) if flag.takings else None,
            )
        )
    return told


def _told(seen: TakingsSeen, currency: str, staff: Mapping[StaffId, str]) -> TakingsTold:
    return TakingsTold(
        amount=Money(seen.amount_minor, currency),
        purchases=Money(seen.purchases_minor, currency),
        usual_stamps=seen.usual_stamps,
        given=tuple(
            GivenTold(
                staff_name=staff.get(each.staff_id, ""),
                stamps=each.stamps,
                usual=each.usual,
                purchases=Money(each.purchases_minor, currency),
            )
            for each in seen.given
        ),
    )
