"""Appending an entry with the messages it owes."""

from dataclasses import replace
from datetime import date
from typing import Protocol

from domain.account import Account
from domain.card import Card
from domain.entry import Entry, EntryKind
from domain.ids import EntryId, MerchantId, MessageId
from domain.message import Facts, Message, MessageKind, Receipt, RewardReady
from domain.ports import Tx
from domain.rules.counter import Admitted
from domain.rules.days import local_date
from domain.rules.rewards import rewards_available
from domain.usecases.card_state import CardState, card_state
from domain.usecases.once import Operation


class Noted(Operation, Protocol):
    @property
    def note(self) -> str | None: ...


def draft(
    tx: Tx,
    at: Admitted,
    operation: Noted,
    card: Card,
    kind: EntryKind,
    *,
    day: date | None = None,
    reward: str | None = None,
    related: Entry | None = None,
    shortfall: int = 0,
) -> Entry:
    """The entry that turns ``at.card`` into ``card``. ``day`` is the local date it counts for, today unless given."""
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
        stamps_shortfall=shortfall,
        program_version=at.program.version,
        reward=reward,
        note=operation.note,
        related_entry_id=related.entry_id if related else None,
        operation_key=operation.operation_key,
        origin=operation.origin,
        local_date=day or local_date(tx.now, at.merchant.timezone),
        occurred_at=tx.now,
    )


def post(tx: Tx, at: Admitted, card: Card, entry: Entry) -> CardState:
    """Appends the entry with the receipt for the card's holder, and *reward ready* when one more is."""
    card = replace(card, entry_count=entry.entry_no)
    tx.append(card, entry)
    _send_receipt(tx, at, entry)
    if rewards_gained(at, card) > 0:
        _send_reward_ready(tx, at, card)
    return card_state(merchant=at.merchant, card=card, customer=at.customer, program=at.program, now=tx.now)


def rewards_gained(at: Admitted, card: Card) -> int:
    """How many more rewards ``card`` is good for than ``at.card`` was; negative when fewer."""
    target = at.program.stamps_target
    return rewards_available(card.stamp_count, target) - rewards_available(at.card.stamp_count, target)


def send(
    tx: Tx,
    merchant_id: MerchantId,
    recipient: Account,
    kind: MessageKind,
    facts: Facts,
    message_id: MessageId | None = None,
) -> None:
    """Puts one message into the outbox."""
    tx.enqueue(
        Message(
            merchant_id=merchant_id,
            message_id=message_id or MessageId(tx.new_id()),
            kind=kind,
            recipient=recipient,
            facts=facts,
            created_at=tx.now,
        )
    )


def _send_receipt(tx: Tx, at: Admitted, entry: Entry) -> None:
    """The receipt bears the id of its entry, so that ``verify`` finds it."""
    facts = Receipt(
        entry_kind=entry.kind,
        merchant_name=at.merchant.name,
        store_name=at.store.name,
        card_number=at.card.number,
        stamps_delta=entry.stamps_delta,
        stamp_count=entry.stamps_balance_after,
        stamps_target=at.program.stamps_target,
        reward=entry.reward or at.program.reward,
        occurred_at=entry.occurred_at,
    )
    message_id = MessageId(entry.entry_id)
    send(tx, entry.merchant_id, at.customer.account, MessageKind.RECEIPT, facts, message_id)


def _send_reward_ready(tx: Tx, at: Admitted, card: Card) -> None:
    facts = RewardReady(
        merchant_name=at.merchant.name,
        card_number=card.number,
        reward=at.program.reward,
        rewards_available=rewards_available(card.stamp_count, at.program.stamps_target),
    )
    send(tx, card.merchant_id, at.customer.account, MessageKind.REWARD_READY, facts)
