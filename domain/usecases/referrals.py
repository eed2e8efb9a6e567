"""What a customer and the friend they brought along get when the friend first collects, and how it is taken back
(docs/decisions/0060)."""

from collections.abc import Iterator, Sequence

from domain.card import Holding
from domain.coming_back import Referral
from domain.entry import Entry
from domain.expiry import Unit
from domain.ids import EntryId, OperationKey, StoreId
from domain.kinds import EntryKind
from domain.messages import MessageKind, ReferralBonus, ReferralVoided
from domain.ports import Posting
from domain.quick import dataclass, replace
from domain.report import DateRange
from domain.rules.counter import Admitted
from domain.rules.days import local_date, month_end
from domain.rules.history import standing_acts
from domain.rules.lots import lots_of
from domain.rules.referrals import rewards
from domain.usecases.asking import is_of_team
from domain.usecases.posting import Posted, posted
from domain.usecases.unasked import post_unasked


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """The part of a bonus that an entry could not take back, because it is spent."""

    held: Holding
    unit: Unit
    wanted: int
    taken: int
    entry_id: EntryId


def reward_referral(tx: Posting, at: Admitted, done: Posted) -> Posted:
    """Gives both their bonuses for the friend's first act, in the transaction of that act; returns the card as it is
    after that. A shop without this bonus pays for no lookup."""
    entry = done.entry
    if not at.program.referral_bonus or not rewards(entry, at.program):
        return done
    referral = tx.referral_of(entry.merchant_id, at.customer.customer_id)
    if referral is None or referral.act_id is not None:
        return done
    today = local_date(tx.now, at.merchant.timezone)
    welcome_id = _welcome(tx, at, entry)
    bonus_id = _bonus(tx, at, entry, referral, DateRange(today.replace(day=1), month_end(today)))
    tx.save_referral(
        replace(referral, act_id=entry.entry_id, rewarded_on=today, bonus_id=bonus_id, welcome_id=welcome_id)
    )
    return _as_it_is(tx, at, done) if welcome_id else done


def take_referrals_back(
    tx: Posting, at: Admitted, done: Posted, entries: Sequence[Entry]
) -> tuple[Posted, Sequence[Lacking]]:
    """Takes back what was given for an act that no longer stands; the friend's next act counts instead. ``entries``
    are the card's entries before the void, as far as the void read them."""
    before, after = standing_acts(entries), standing_acts([*entries, done.entry])
    lacking: list[Lacking] = []
    is_changed = False
    for act_id in (each for each, count in before.items() if count and not after.get(each)):
        referral = tx.referral_by_act(done.entry.merchant_id, act_id)
        if referral is None:
            continue
        for bonus_id, is_friend in _given(referral):
            found = _take_back(tx, at.merchant.name, done.entry, bonus_id, is_friend=is_friend)
            lacking += [found] if found else []
        tx.save_referral(replace(referral, act_id=None, rewarded_on=None, bonus_id=None, welcome_id=None))
        is_changed = True
    return (_as_it_is(tx, at, done) if is_changed else done), lacking


def end_referral_of_one(tx: Posting, into: Holding, other: Holding, merged_in: Entry) -> bool:
    """Takes back what a person got for bringing themselves along with a second account, when their two cards are
    merged. Returns whether that changed the card."""
    is_changed = False
    for friend, referrer in ((into, other), (other, into)):
        referral = tx.referral_of(merged_in.merchant_id, friend.customer.customer_id)
        if referral is None or referral.referrer_id != referrer.customer.customer_id:
            continue
        for bonus_id, is_friend in _given(referral):
            _take_back(tx, into.merchant.name, merged_in, bonus_id, is_friend=is_friend, is_merge=True)
            is_changed = True
        ended = replace(referral, act_id=merged_in.entry_id, rewarded_on=None, bonus_id=None, welcome_id=None)
        tx.save_referral(ended)
    return is_changed


def _welcome(tx: Posting, at: Admitted, act: Entry) -> EntryId | None:
    held = tx.lock_card(act.merchant_id, act.card_id) if at.program.referral_welcome else None
    if held is None:
        return None
    key = OperationKey(f"referral:{act.entry_id}:friend")
    kinds = EntryKind.REFERRAL_WELCOME, MessageKind.REFERRAL_WELCOME
    return _give(tx, held, at.program.referral_welcome, key, *kinds, at.store.store_id)


def _bonus(tx: Posting, at: Admitted, act: Entry, referral: Referral, month: DateRange) -> EntryId | None:
    """The referrer's bonus, preferably on their card of the same program; the monthly limit is counted under that
    card's lock."""
    referrer = tx.customer(referral.merchant_id, referral.referrer_id)
    if referrer is None or is_of_team(tx, referral.merchant_id, referrer.account):
        return None
    cards = [
        (program.program_id != at.program.program_id, card.card_id)
        for card, program in tx.cards_of(referrer)
        if card.active and program.active and program.referral_bonus
    ]
    if not cards:
        return None
    held = tx.lock_card(referral.merchant_id, min(cards)[1])
    if held is None:
        return None
    rewarded = tx.count_rewarded(referral.merchant_id, referral.referrer_id, month)
    if rewarded >= held.program.referrals_monthly_max:
        return None
    key = OperationKey(f"referral:{act.entry_id}:referrer")
    kinds = EntryKind.REFERRAL_BONUS, MessageKind.REFERRAL_REWARD
    return _give(tx, held, held.program.referral_bonus, key, *kinds, None)


def _give(
    tx: Posting,
    held: Holding,
    count: int,
    key: OperationKey,
    kind: EntryKind,
    told: MessageKind,
    store_id: StoreId | None,
) -> EntryId:
    unit = held.program.bonus_unit
    facts = ReferralBonus(
        merchant_name=held.merchant.name, card_number=held.card.number, unit=unit, count=count
    )
    card = held.card.plus(unit, count)
    _, entry = post_unasked(tx, held, card, kind, key, (told, facts), store_id=store_id)
    return entry.entry_id


def _given(referral: Referral) -> Iterator[tuple[EntryId, bool]]:
    """The entries of the bonuses that were given, and whether each was the friend's."""
    for bonus_id, is_friend in ((referral.welcome_id, True), (referral.bonus_id, False)):
        if bonus_id:
            yield bonus_id, is_friend


def _take_back(
    tx: Posting, place: str, void: Entry, bonus_id: EntryId, *, is_friend: bool, is_merge: bool = False
) -> Lacking | None:
    bonus = tx.entry(void.merchant_id, bonus_id)
    held = _standing(tx, bonus) if bonus else None
    if bonus is None or held is None:
        return None
    unit = bonus.unit
    lapsed = lots_of(unit, tx.history_of(held.card)).lot(bonus_id).lapsed
    wanted = bonus.delta(unit) - lapsed
    if wanted <= 0:
        return None
    taken = min(wanted, held.card.balance(unit))
    facts = ReferralVoided(
        merchant_name=place,
        card_number=held.card.number,
        unit=unit,
        count=taken,
        is_friend=is_friend,
        is_merge=is_merge,
    )
    _, entry = post_unasked(
        tx,
        held,
        held.card.plus(unit, -taken),
        EntryKind.REFERRAL_VOIDED,
        OperationKey(f"referral:{void.entry_id}:{bonus_id}"),
        (MessageKind.REFERRAL_VOIDED, facts),
        related_entry_id=bonus_id,
        stamps_shortfall=wanted - taken if unit is Unit.STAMPS else 0,
        points_shortfall=wanted - taken if unit is Unit.POINTS else 0,
    )
    if taken == wanted:
        return None
    return Lacking(held=held, unit=unit, wanted=wanted, taken=taken, entry_id=entry.entry_id)


def _standing(tx: Posting, entry: Entry) -> Holding | None:
    """The card of an entry, or the card that replaced it."""
    held = tx.lock_card(entry.merchant_id, entry.card_id)
    if held is not None and held.card.merged_into is not None:
        return tx.lock_card(entry.merchant_id, held.card.merged_into)
    return held


def _as_it_is(tx: Posting, at: Admitted, done: Posted) -> Posted:
    held = tx.lock_card(done.entry.merchant_id, at.card.card_id)
    if held is None:
        return done
    fresh = posted(held, held.card, done.entry, tx.now)
    return replace(done, card=fresh.card)
