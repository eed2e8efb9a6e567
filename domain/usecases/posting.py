"""Appending an entry with the messages it owes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from domain.account import Account
from domain.card import Card, Holding
from domain.delivery import addresses_of
from domain.entry import Entry, EntryKind
from domain.expiry import ExpiryKind, Unit
from domain.ids import EntryId, MerchantId, MessageId
from domain.merchant import Program
from domain.messages import Facts, Message, MessageKind, Receipt, RewardReady
from domain.ports import Tx
from domain.rules import expiry
from domain.rules.counter import Admitted
from domain.rules.days import local_date
from domain.rules.lots import AWARDS
from domain.rules.points import affordable
from domain.rules.rewards import rewards_available
from domain.usecases.card_state import CardState, card_state
from domain.usecases.once import Operation


def draft(
    tx: Tx,
    at: Admitted,
    operation: Operation,
    card: Card,
    kind: EntryKind,
    *,
    day: date | None = None,
    reward: str | None = None,
    related: Entry | None = None,
    unit: Unit = Unit.STAMPS,
    shortfall: int = 0,
    amount_minor: int | None = None,
) -> Entry:
    """The entry that turns ``at.card`` into ``card``.

    ``day`` is the local date it counts for, today unless given; ``shortfall`` counts ``unit``.
    """
    return Entry(
        merchant_id=card.merchant_id,
        entry_id=EntryId(tx.new_id()),
        card_id=card.card_id,
        entry_no=at.card.entry_count + 1,
        store_id=at.store.store_id,
        staff_id=at.staff.staff_id,
        kind=kind,
        stamps_delta=card.stamp_count - at.card.stamp_count,
        stamps_balance_after=card.stamp_count,
        points_delta=card.points_balance - at.card.points_balance,
        points_balance_after=card.points_balance,
        stamps_shortfall=shortfall if unit is Unit.STAMPS else 0,
        points_shortfall=shortfall if unit is Unit.POINTS else 0,
        amount_minor=amount_minor,
        program_version=at.program.version,
        reward=reward,
        note=operation.note,
        related_entry_id=related.entry_id if related else None,
        operation_key=operation.operation_key,
        origin=operation.origin,
        local_date=day or local_date(tx.now, at.merchant.timezone),
        occurred_at=tx.now,
    )


def post(tx: Tx, at: Admitted, card: Card, entry: Entry, entries: Sequence[Entry] | None = None) -> CardState:
    """Appends the entry with the receipt for the card's holder, and *reward ready* when one more is.

    ``entries`` are all of the card with this one, where the caller has read them.
    """
    card = replace(card, entry_count=entry.entry_no)
    card = with_expiry(tx, card, entry, at.program, at.merchant.timezone, entries)
    tx.append(card, entry)
    _send_receipt(tx, at, entry)
    announce_rewards(tx, at, card)
    return card_state(merchant=at.merchant, card=card, customer=at.customer, program=at.program, now=tx.now)


def with_expiry(
    tx: Tx, card: Card, entry: Entry, program: Program, timezone: str, entries: Sequence[Entry] | None = None
) -> Card:
    """The card with what one more entry changes in when its balances expire."""
    if program.expiry_kind is ExpiryKind.NEVER and card.expiry_look_at is None:
        return card
    if entry.kind in AWARDS and entry.delta(entry.unit) > 0:
        return expiry.after_award(card, program, timezone, tx.now)
    entries = entries or [*tx.entries_of(card), entry]
    if entry.kind.is_void:
        _forget_warnings(tx, card, entries, program, timezone)
    return expiry.reckoned(card, entries, program, timezone)


def _forget_warnings(tx: Tx, card: Card, entries: Sequence[Entry], program: Program, timezone: str) -> None:
    """A void that takes a visit away may bring a day back that is over: what was said of it held until the visit."""
    for unit in Unit:
        expires_at = expiry.brought_back(unit, entries, program, timezone, tx.now)
        if expires_at is not None:
            tx.forget_warning(card, unit, expires_at)


def rewards_gained(at: Admitted | Holding, card: Card) -> int:
    """How many more rewards ``card`` is good for than ``at.card`` was; negative when fewer."""
    return _rewards(at.program, card) - _rewards(at.program, at.card)


def announce_rewards(tx: Tx, at: Admitted | Holding, card: Card) -> None:
    """Sends *reward ready* when ``card`` is good for more rewards than ``at.card`` was."""
    if rewards_gained(at, card) > 0:
        _send_reward_ready(tx, at, card)


def send(
    tx: Tx,
    merchant_id: MerchantId,
    recipient: Account,
    kind: MessageKind,
    facts: Facts,
    message_id: MessageId | None = None,
) -> MessageId:
    """Puts one message into the outbox."""
    message = Message(
        merchant_id=merchant_id,
        message_id=message_id or MessageId(tx.new_id()),
        kind=kind,
        recipient=recipient,
        facts=facts,
        created_at=tx.now,
    )
    tx.enqueue(message, addresses_of(message))
    return message.message_id


def _rewards(program: Program, card: Card) -> int:
    stamps = rewards_available(card.stamp_count, program.stamps_target)
    return stamps + len(affordable(card.points_balance, program.point_rewards))


def _send_receipt(tx: Tx, at: Admitted, entry: Entry) -> None:
    """The receipt bears the id of its entry, so that ``verify`` finds it."""
    facts = Receipt(
        entry_kind=entry.kind,
        merchant_name=at.merchant.name,
        store_name=at.store.name,
        card_number=at.card.number,
        unit=entry.unit,
        stamps_delta=entry.stamps_delta,
        stamp_count=entry.stamps_balance_after,
        stamps_target=at.program.stamps_target,
        points_delta=entry.points_delta,
        points_balance=entry.points_balance_after,
        shortfall=entry.shortfall(entry.unit),
        reward=entry.reward or at.program.reward,
        occurred_at=entry.occurred_at,
    )
    message_id = MessageId(entry.entry_id)
    send(tx, entry.merchant_id, at.customer.account, MessageKind.RECEIPT, facts, message_id)


def _send_reward_ready(tx: Tx, at: Admitted | Holding, card: Card) -> None:
    """Names the dearest of the rewards that points have just become enough for."""
    before = affordable(at.card.points_balance, at.program.point_rewards)
    now = affordable(card.points_balance, at.program.point_rewards)
    is_for_points = len(now) > len(before)
    stamps = rewards_available(card.stamp_count, at.program.stamps_target)
    facts = RewardReady(
        merchant_name=at.merchant.name,
        card_number=card.number,
        reward=now[-1].name if is_for_points else at.program.reward,
        rewards_available=len(now) if is_for_points else stamps,
        unit=Unit.POINTS if is_for_points else Unit.STAMPS,
    )
    send(tx, card.merchant_id, at.customer.account, MessageKind.REWARD_READY, facts)
