"""The way of every change at the counter: member and card are admitted, the PIN is asked for, and one more entry is
appended, with the messages that it owes."""

from collections.abc import Callable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from domain.acts import Act, Asked, Change, fingerprint
from domain.card import Card, Holding
from domain.entry import Entry
from domain.expiry import Due, ExpiryKind, Unit
from domain.ids import EntryId, OperationKey
from domain.kinds import KINDS, EntryKind
from domain.merchant import Program
from domain.ports import Expiries, Moment, Posting
from domain.quick import dataclass, replace
from domain.rights import Right
from domain.rules import expiry
from domain.rules.closures import Calendar, calendar_of
from domain.rules.counter import Admitted, admit, check_pin, is_window_open, wants_pin
from domain.rules.days import local_date
from domain.rules.held import settled
from domain.rules.interim import count_handed_out
from domain.rules.rewards import progress
from domain.rules.voids import UNDO_WINDOW, recount_today
from domain.usecases.blanks import take_up
from domain.usecases.card_state import CardState, card_state
from domain.usecases.looking_back import is_all, may_expire
from domain.usecases.marketing import ask_about_marketing
from domain.usecases.receipts import end_notices, newly_ready, rewards_gained, send_receipt, send_reward_ready


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What a change came to: its entry, and the card as it is now.

    ``rewards_earned_now`` is how many rewards the entry made the card good for, ``ready_now`` the name of one of
    them. The change may be undone for a minute, and taken back after that. ``replayed`` says that the same operation
    had made the entry before.
    """

    entry: Entry
    card: CardState
    rewards_earned_now: int
    may_undo: bool
    may_take_back: bool = False
    replayed: bool = False
    ready_now: str = ""


def admitted(
    tx: Posting, asked: Asked[Act], right: Right, unit: Unit | Callable[[Program | None], Unit] | None
) -> Admitted:
    """Locks the card and checks rules 2 to 5; a blank becomes a guest's card. Raises what ``admit`` raises."""
    counter = tx.lock_counter(asked.actor, asked.act.card)
    at = admit(counter, asked.actor, right, unit(counter.program) if callable(unit) else unit)
    take_up(tx, counter)
    return at


def ask_pin(tx: Posting, at: Admitted, asked: Asked[Act], *, needs_pin: bool = True) -> None:
    """Checks the PIN once nothing else prevents the act; an open window moves with the act. Raises what ``check_pin``
    raises."""
    if not wants_pin(at.program, is_at_terminal=at.is_at_terminal):
        return
    check_pin(at, tx.now, is_typed=asked.pin_typed or not needs_pin)
    if is_window_open(at, tx.now):
        tx.save_pin_window(at.staff, asked.actor.account, tx.now)


def post(
    tx: Posting,
    at: Admitted,
    asked: Asked[Change],
    card: Card,
    kind: EntryKind,
    entries: Sequence[Entry] = (),
    **more: Any,
) -> Posted:
    """Appends the entry that turns ``at.card`` into ``card``, with the receipt for the card's holder.

    The PIN is checked here. ``entries`` are the earlier entries of the card that a void had to read; where stamps are
    taken back, the card's facts about today are computed again from them. ``more`` are fields of the entry. Raises
    what ``ask_pin`` raises.
    """
    ask_pin(tx, at, asked, needs_pin=asked.act.needs_pin)
    by = {
        "store_id": at.store.store_id,
        "staff_id": at.staff.staff_id,
        "approved_by": asked.approved_by,
        "origin": asked.origin,
    }
    entry = draft(tx, at, card, kind, asked.act.key, **by, **more)
    if at.card.has_dated and entry.delta(entry.unit) < 0:
        entries = entries or tx.history_of(at.card)
        entry = expiry.with_lots(entry, entries, at.program, calendar_of(at.merchant, at.customer))
    if entries:
        entries = [*entries, entry]
    if kind is EntryKind.STAMP_VOIDED:
        card = recount_today(card, entries)
    card = append(tx, at, card, entry, fingerprint(asked), entries)
    send_receipt(tx, at, card, entry)
    done = posted(at, card, entry, tx.now)
    if done.rewards_earned_now > 0:
        send_reward_ready(tx, at, card, entry)
    end_notices(tx, at, card, entry)
    if at.merchant.marketing_monthly_max is not None and KINDS[kind].is_visit and KINDS[kind].opens_lot:
        ask_about_marketing(tx, at, at.merchant.marketing_monthly_max)
    return done


def posted(
    at: Admitted | Holding, card: Card, entry: Entry, now: datetime, *, replayed: bool = False
) -> Posted:
    gained = max(0, rewards_gained(card, at.program, entry))
    may_take_back = at.merchant.allow_void and KINDS[entry.kind].voided_by is not None
    return Posted(
        entry=entry,
        card=card_state(merchant=at.merchant, card=card, customer=at.customer, program=at.program, now=now),
        rewards_earned_now=gained,
        ready_now=newly_ready(card, at.program, entry)[0] if gained else "",
        may_undo=may_take_back and now - entry.occurred_at <= UNDO_WINDOW,
        may_take_back=may_take_back,
        replayed=replayed,
    )


def draft(
    tx: Moment, at: Admitted | Holding, card: Card, kind: EntryKind, key: OperationKey, **more: Any
) -> Entry:
    """The entry that turns ``at.card`` into ``card``; it counts for today unless ``more`` has a ``local_date``."""
    if "local_date" not in more:
        more["local_date"] = local_date(tx.now, at.merchant.timezone)
    return Entry(
        merchant_id=card.merchant_id,
        entry_id=EntryId(tx.new_id()),
        card_id=card.card_id,
        entry_no=at.card.entry_count + 1,
        kind=kind,
        stamps_delta=card.stamp_count - at.card.stamp_count,
        stamps_balance_after=card.stamp_count,
        points_delta=card.points_balance - at.card.points_balance,
        points_balance_after=card.points_balance,
        program_version=at.program.version,
        operation_key=key,
        occurred_at=tx.now,
        stamps_carried_minor=_more(at.card.stamps_carried_minor, card.stamps_carried_minor),
        points_carried_nano=_more(at.card.points_carried_nano, card.points_carried_nano),
        **more,
    )


def _more(before: int | None, after: int | None) -> int | None:
    return (after or 0) - (before or 0) or None


def append(
    tx: Posting, at: Admitted | Holding, card: Card, entry: Entry, told: str, entries: Sequence[Entry] = ()
) -> Card:
    """Appends the entry and returns the card as it is then. ``told`` is the fingerprint of the operation's input;
    ``entries`` are the card's entries that were read, ending with this one."""
    card = replace(card, entry_count=entry.entry_no)
    if card.handed_out or card.held_cards or at.program.interim_rewards:
        card = count_handed_out(at.card, card, entry, at.program)
    if card.held_cards or card.held_points:
        card = settled(card, entry)
    card = _with_expiry(tx, at, card, entry, entries)
    tx.append(card, entry, told)
    if _kept(card) != _kept(at.card):
        tx.save_held(card)
    return card


_kept = attrgetter("held_cards", "held_points", "handed_out")


def _with_expiry(
    tx: Posting, at: Admitted | Holding, card: Card, entry: Entry, entries: Sequence[Entry]
) -> Card:
    """The card with the changes that one more entry makes to its expiry dates."""
    program = at.program
    is_dated = card.has_dated or bool(entry.expires_at) or any(each.expires_at for each in entries)
    if not is_dated and not may_expire(card, program):
        return card
    kind, never = KINDS[entry.kind], program.expiry_kind is ExpiryKind.NEVER
    calendar = calendar_of(at.merchant, at.customer)
    is_waiting = program.reward_valid_days is not None and _had_reward(card, program, entry)
    is_known = not is_waiting or card.reward_ends_at is not None
    if kind.is_visit and kind.opens_lot and (never or not is_dated) and is_known:
        return expiry.after_earning(card, program, calendar, tx.now)
    if not is_all(entries):
        entries = [*tx.history_of(card), entry]
    if kind.is_void:
        _forget_warnings(tx, card, entries, program, calendar)
    return expiry.reckoned(card, entries, program, calendar)


def _had_reward(card: Card, program: Program, entry: Entry) -> bool:
    """Whether a reward was ready before the entry."""
    before = replace(card, stamp_count=entry.stamps_balance_after - entry.stamps_delta)
    return progress(before, program).rewards_available > 0


def _forget_warnings(
    tx: Expiries, card: Card, entries: Sequence[Entry], program: Program, calendar: Calendar
) -> None:
    """The void of a visit may bring back an expiry date that is past. The warning of that date was only good until
    the visit."""
    for unit in Unit:
        expires_at = expiry.brought_back(unit, entries, program, calendar, tx.now)
        if expires_at is not None:
            tx.forget_warning(card, Due(unit), expires_at)
