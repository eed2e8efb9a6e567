"""An owner or manager settles a dispute; the customer is told, and so are those who got an alarm."""

from contextlib import suppress

from domain.account import Account
from domain.acts import Asked, SettleDispute
from domain.card import CardRef
from domain.delivery import MessageUnreadable
from domain.dispute import Dispute, DisputeOutcome
from domain.entry import Entry
from domain.ids import CardId, EntryId, MerchantId, StoreId
from domain.kinds import KINDS
from domain.messages import DisputeAnswered, DisputeOpened, DisputeSettled, MessageKind
from domain.ports import Posting, Tx
from domain.quick import dataclass, replace
from domain.refusals import DisputeGone, DisputeNotOpen, OwnActDisputed
from domain.rights import Right, entitled, may
from domain.rules.history import standing_acts
from domain.staff import Staff
from domain.usecases.posting import admitted, ask_pin
from domain.usecases.sending import send


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeDispute:
    account: Account
    merchant_id: MerchantId
    entry_id: EntryId


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputedAct:
    """``is_taken_back`` says that nothing of the act stands any more."""

    card_id: CardId
    store_id: StoreId | None
    is_taken_back: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    card_id: CardId
    outcome: DisputeOutcome


def see_dispute(*, tx: Tx, query: SeeDispute) -> DisputedAct:
    """Raises NotAllowed, DisputeGone, DisputeNotOpen."""
    entitled(tx.member(query.merchant_id, query.account), Right.SETTLE_DISPUTE)
    _, entry = open_one(tx, query.merchant_id, query.entry_id)
    found = tx.card(query.merchant_id, CardRef("id", entry.card_id))
    if found is None:
        raise DisputeGone
    card_id = found[0].merged_into or entry.card_id
    standing = tx.card(query.merchant_id, CardRef("id", card_id))
    stands = standing is None or entry.entry_id in standing_acts(tx.history_of(standing[0]))
    is_taken_back = KINDS[entry.kind].voided_by is not None and not stands
    return DisputedAct(card_id=card_id, store_id=entry.store_id, is_taken_back=is_taken_back)


def settle_dispute(*, tx: Posting, command: Asked[SettleDispute]) -> Settled:
    """Takes effect once; the same outcome by the same member again changes nothing. Raises all that ``admit`` and
    ``ask_pin`` raise, DisputeGone, DisputeNotOpen, and OwnActDisputed for a manager's own act."""
    act = command.act
    at = admitted(tx, command, Right.SETTLE_DISPUTE, None)
    before = tx.dispute(at.merchant.merchant_id, act.entry)
    if before is None or (before.settled_by, before.outcome) != (at.staff.staff_id, act.outcome):
        dispute, entry = open_one(tx, at.merchant.merchant_id, act.entry)
        if entry.staff_id == at.staff.staff_id and not may(at.staff.role, Right.JUDGE_ONESELF):
            raise OwnActDisputed
        ask_pin(tx, at, command)
        settle(tx, at.merchant.name, dispute, entry, act.outcome, at.staff)
    return Settled(card_id=at.card.card_id, outcome=act.outcome)


def settled_by_void(tx: Posting, merchant_name: str, entry: Entry, by: Staff) -> None:
    """Taking a disputed act back settles the dispute."""
    dispute = tx.dispute(entry.merchant_id, entry.entry_id)
    if dispute is not None and not dispute.is_settled:
        settle(tx, merchant_name, dispute, entry, DisputeOutcome.TAKEN_BACK, by)


def open_one(tx: Posting, merchant_id: MerchantId, entry_id: EntryId) -> tuple[Dispute, Entry]:
    """Raises DisputeGone, DisputeNotOpen."""
    dispute, entry = tx.dispute(merchant_id, entry_id), tx.entry(merchant_id, entry_id)
    if dispute is None or entry is None:
        raise DisputeGone
    if dispute.is_settled:
        raise DisputeNotOpen
    return dispute, entry


def settle(
    tx: Posting, merchant_name: str, dispute: Dispute, entry: Entry, outcome: DisputeOutcome, by: Staff | None
) -> None:
    """``by`` is None for the operator."""
    tx.save_dispute(
        replace(dispute, settled_at=tx.now, settled_by=by.staff_id if by else None, outcome=outcome)
    )
    answered = DisputeAnswered(
        merchant_name=merchant_name,
        outcome=outcome,
        entry_kind=entry.kind,
        stamps_delta=entry.stamps_delta,
        points_delta=entry.points_delta,
        occurred_at=entry.occurred_at,
    )
    send(tx, dispute.merchant_id, dispute.account, MessageKind.DISPUTE_ANSWERED, answered)
    for message_id in dispute.alarms:
        with suppress(MessageUnreadable):
            alarm = tx.message(dispute.merchant_id, message_id)
            if isinstance(alarm.facts, DisputeOpened):
                told = DisputeSettled(
                    opened=alarm.facts, outcome=outcome, by=by.name if by else None, replaces=message_id
                )
                send(tx, dispute.merchant_id, alarm.recipient, MessageKind.DISPUTE_SETTLED, told)
