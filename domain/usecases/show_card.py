"""Which message shows a card: only the newest has its code, and is edited when something happens to the card."""

from domain.account import Account
from domain.card import CardRef
from domain.delivery import CardShown
from domain.ids import CardId, MerchantId
from domain.ports import Tx
from domain.quick import dataclass
from domain.usecases.read_message import Shown, card_name_of, shown_at


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowCard:
    """``reference`` is what the chat calls the message that shows the card now."""

    account: Account
    merchant_id: MerchantId
    card_id: CardId
    reference: str


def show_card(*, tx: Tx, command: ShowCard) -> Shown | None:
    """Records the message; returns the one that showed the card until now, None where that is the same or unknown."""
    card = command.account, command.merchant_id, command.card_id
    name = card_name_of(tx, command.merchant_id, CardRef("id", command.card_id))
    before = shown_at(tx, *card, name)
    tx.show_card(*card, CardShown(command.reference))
    return None if before is None or before.reference == command.reference else before
