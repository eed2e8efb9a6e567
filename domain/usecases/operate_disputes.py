"""The operator lists disputes, and settles one where nobody in the shop does."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.acts import Asked, TakeBack
from domain.card import CardRef
from domain.dispute import Dispute, DisputeOutcome
from domain.ids import CardNumber, EntryId, MerchantId, OperationKey, StaffId
from domain.kinds import EntryKind
from domain.ports import Tx
from domain.quick import dataclass
from domain.refusals import DisputeGone, DisputeNotFound, StaffNotFound
from domain.staff import Actor
from domain.usecases.asking import known_merchant
from domain.usecases.settle_dispute import open_one, settle
from domain.usecases.void import void_act


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeLine:
    """One dispute as ``dispute list --json`` prints it, under the id of the disputed entry.

    ``outcome`` and ``settled_at`` are None while it is open; ``settled_by`` is a name, None also for the operator.
    """

    entry_id: EntryId
    opened_at: datetime
    card_number: CardNumber
    entry_kind: EntryKind
    stamps_delta: int
    points_delta: int
    staff_name: str | None
    occurred_at: datetime
    outcome: DisputeOutcome | None
    settled_by: str | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleByOperator:
    """``staff_id`` is the owner or manager who wants the act taken back, ``reason`` the note of that void."""

    merchant_id: MerchantId
    entry_id: EntryId
    outcome: DisputeOutcome
    staff_id: StaffId | None
    reason: str


def list_disputes(*, tx: Tx, query: MerchantId) -> Sequence[DisputeLine]:
    """Oldest first. Raises MerchantNotFound."""
    known_merchant(tx, query)
    return _lines(tx, query, tx.disputes_of(query))


def settle_by_operator(*, tx: Tx, command: SettleByOperator) -> DisputeLine:
    """Taking the act back needs a member in whose name it is done. Raises MerchantNotFound, DisputeNotFound,
    DisputeNotOpen, StaffNotFound, and what ``void_act`` raises."""
    merchant = known_merchant(tx, command.merchant_id)
    try:
        dispute, entry = open_one(tx, command.merchant_id, command.entry_id)
    except DisputeGone as gone:
        raise DisputeNotFound from gone
    if command.outcome is DisputeOutcome.TAKEN_BACK:
        act = TakeBack(
            card=CardRef("id", entry.card_id),
            entry=entry.entry_id,
            reason=command.reason,
            key=OperationKey(f"dispute:{entry.entry_id}"),
        )
        void_act(tx=tx, command=Asked(act=act, actor=_in_the_name_of(tx, command), pin_typed=True))
    else:
        settle(tx, merchant.name, dispute, entry, command.outcome, None)
    settled = tx.dispute(command.merchant_id, command.entry_id) or dispute
    [line] = _lines(tx, command.merchant_id, [settled])
    return line


def _in_the_name_of(tx: Tx, command: SettleByOperator) -> Actor:
    staff = tx.staff(command.merchant_id, command.staff_id) if command.staff_id else None
    stores = tx.stores_for(staff) if staff else ()
    if staff is None or staff.account is None or not stores:
        raise StaffNotFound
    return Actor(
        merchant_id=staff.merchant_id,
        staff_id=staff.staff_id,
        store_id=stores[0].store_id,
        account=staff.account,
    )


def _lines(tx: Tx, merchant_id: MerchantId, disputes: Sequence[Dispute]) -> Sequence[DisputeLine]:
    names = {staff.staff_id: staff.name for staff in tx.staff_of(merchant_id)}
    return [line for dispute in disputes if (line := _line(tx, dispute, names))]


def _line(tx: Tx, dispute: Dispute, names: Mapping[StaffId, str]) -> DisputeLine | None:
    entry = tx.entry(dispute.merchant_id, dispute.entry_id)
    found = tx.card(dispute.merchant_id, CardRef("id", entry.card_id)) if entry else None
    if entry is None or found is None:
        return None
    return DisputeLine(
        entry_id=entry.entry_id,
        opened_at=dispute.opened_at,
        card_number=found[0].number,
        entry_kind=entry.kind,
        stamps_delta=entry.stamps_delta,
        points_delta=entry.points_delta,
        staff_name=names.get(entry.staff_id) if entry.staff_id else None,
        occurred_at=entry.occurred_at,
        outcome=dispute.outcome,
        settled_by=names.get(dispute.settled_by) if dispute.settled_by else None,
        settled_at=dispute.settled_at,
    )
