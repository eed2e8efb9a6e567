"""A customer says that an entry on the card was not theirs."""

from collections.abc import Sequence
from typing import Protocol

from domain.account import Account
from domain.card import Card, CardRef, Customer
from domain.dispute import Dispute
from domain.entry import Entry
from domain.ids import CardId, EntryId, MerchantId, MessageId
from domain.kinds import KINDS
from domain.merchant import Merchant
from domain.messages import DisputeOpened, MessageKind
from domain.ports import Customers, Ledger, Team, Terms, Tx
from domain.quick import dataclass
from domain.refusals import AlreadyDisputed, CardNotHeld, DisputeWasAnswered
from domain.usecases.posting import send


class Disputes(Ledger, Customers, Terms, Team, Protocol):
    """Disputes, and what they are about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDispute:
    account: Account
    merchant_id: MerchantId
    entry_id: EntryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed:
    merchant_id: MerchantId
    merchant_name: str
    card_id: CardId


def open_dispute(*, tx: Tx, command: OpenDispute) -> Disputed:
    """Tells owners and managers, once for each entry. Raises CardNotHeld, AlreadyDisputed, DisputeWasAnswered."""
    entry = tx.entry(command.merchant_id, command.entry_id)
    found = tx.card(command.merchant_id, CardRef("id", entry.card_id)) if entry else None
    merchant = tx.merchant(command.merchant_id)
    if entry is None or found is None or merchant is None or found[1].account != command.account:
        raise CardNotHeld
    alarms = {manager: MessageId(tx.new_id()) for manager in tx.managers_of(command.merchant_id)}
    dispute = Dispute(
        merchant_id=entry.merchant_id,
        entry_id=entry.entry_id,
        account=command.account,
        opened_at=tx.now,
        alarms=tuple(alarms.values()),
    )
    if not tx.add_dispute(dispute):
        before = tx.dispute(entry.merchant_id, entry.entry_id)
        raise DisputeWasAnswered if before and before.is_settled else AlreadyDisputed
    card, customer, _ = found
    facts = _facts(tx, merchant, entry, card, customer)
    for manager, message_id in alarms.items():
        send(tx, command.merchant_id, manager, MessageKind.DISPUTE, facts, message_id)
    return Disputed(merchant_id=merchant.merchant_id, merchant_name=merchant.name, card_id=card.card_id)


def open_disputes(tx: Disputes, merchant: Merchant) -> Sequence[DisputeOpened]:
    """What nobody has settled, oldest first, as it stands today."""
    found = []
    for dispute in tx.disputes_of(merchant.merchant_id):
        entry = None if dispute.is_settled else tx.entry(dispute.merchant_id, dispute.entry_id)
        held = tx.card(merchant.merchant_id, CardRef("id", entry.card_id)) if entry else None
        if held and held[0].merged_into:
            held = tx.card(merchant.merchant_id, CardRef("id", held[0].merged_into))
        if entry and held:
            found.append(_facts(tx, merchant, entry, held[0], held[1]))
    return found


def _facts(tx: Disputes, merchant: Merchant, entry: Entry, card: Card, customer: Customer) -> DisputeOpened:
    staff = tx.staff(merchant.merchant_id, entry.staff_id) if entry.staff_id else None
    store = tx.store(merchant.merchant_id, entry.store_id) if entry.store_id else None
    return DisputeOpened(
        card_number=card.number,
        customer_name=customer.name,
        staff_name=staff.name if staff else "",
        store_name=store.name if store else "",
        entry_kind=entry.kind,
        stamps_delta=entry.stamps_delta,
        points_delta=entry.points_delta,
        occurred_at=entry.occurred_at,
        entry_id=entry.entry_id,
        card_id=card.card_id,
        may_take_back=merchant.allow_void and KINDS[entry.kind].voided_by is not None,
    )
