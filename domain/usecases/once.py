"""Rule 1 of the order of refusals: an operation key has at most one effect."""

from collections.abc import Callable
from typing import TypeVar

from domain.acts import Asked, Change, Operation, fingerprint
from domain.ids import MerchantId, OperationKey
from domain.ports import Posting
from domain.refusals import OperationKeyReused
from domain.usecases.posting import Posted, posted

TxT = TypeVar("TxT", bound=Posting)
ChangeT = TypeVar("ChangeT", bound=Change)
OutcomeT = TypeVar("OutcomeT")


def once(
    tx: TxT, asked: Asked[ChangeT], carry_out: Callable[[TxT, Asked[ChangeT]], OutcomeT]
) -> Posted | OutcomeT:
    """Carries it out, or returns what it came to when this key was used before. Raises OperationKeyReused."""
    merchant_id = asked.actor.merchant_id
    recorded = tx.operation(merchant_id, asked.act.key)
    if recorded is None:
        return carry_out(tx, asked)
    return _replayed(tx, merchant_id, recorded, fingerprint(asked))


def once_told(
    tx: Posting, merchant_id: MerchantId, key: OperationKey, told: str, carry_out: Callable[[], OutcomeT]
) -> Posted | OutcomeT:
    """Like ``once``, for what nobody at a counter asks for: ``told`` is its input. Raises OperationKeyReused."""
    recorded = tx.operation(merchant_id, key)
    return carry_out() if recorded is None else _replayed(tx, merchant_id, recorded, told)


def _replayed(tx: Posting, merchant_id: MerchantId, recorded: Operation, told: str) -> Posted:
    """The entry of that time, with the card, or the card that has replaced it, as it is now."""
    if recorded.fingerprint != told:
        raise OperationKeyReused
    entry = tx.entry(merchant_id, recorded.entry_id)
    held = tx.lock_card(merchant_id, entry.card_id) if entry else None
    if held is not None and held.card.merged_into is not None:
        held = tx.lock_card(merchant_id, held.card.merged_into)
    if entry is None or held is None:
        raise LookupError(f"operation {recorded} has no entry on a card")
    return posted(held, held.card, entry, tx.now, replayed=True)
