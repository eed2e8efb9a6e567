"""At which of a member's shops a card is."""

from domain.account import Account
from domain.card import CardRef
from domain.ids import CardId, MerchantId
from domain.ports import Tx
from domain.quick import dataclass
from domain.refusals import CardNotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class FindCard:
    account: Account
    card_id: CardId


def where_card(*, tx: Tx, query: FindCard) -> MerchantId:
    """Raises CardNotFound."""
    for membership in tx.memberships_of(query.account):
        merchant_id = membership.staff.merchant_id
        if tx.card(merchant_id, CardRef("id", query.card_id)) is not None:
            return merchant_id
    raise CardNotFound
