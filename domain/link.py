"""Links that people open: to join at a store or a team, to show a card, to open a shop, to move a card, to come along
with a friend."""

from datetime import datetime
from enum import StrEnum

from domain.ids import CardId, MerchantId, TokenHash
from domain.quick import dataclass


class LinkKind(StrEnum):
    """The letter a deep link's token starts with; none starts with that of a card's code which was replaced."""

    JOIN = "j"
    CARD = "c"
    INVITE = "i"
    NEW_SHOP = "n"
    MOVE = "m"
    FRIEND = "f"
    REPLACED = "r"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where a token leads: the only lookup that does not know the merchant yet. Of a new shop there is no merchant
    either, but what will be its id."""

    token_hash: TokenHash
    kind: LinkKind
    merchant_id: MerchantId
    target_id: str


def route_to_card(merchant_id: MerchantId, card_id: CardId, token_hash: TokenHash) -> Route:
    """Of the code on it."""
    return Route(token_hash=token_hash, kind=LinkKind.CARD, merchant_id=merchant_id, target_id=card_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopInvite:
    """A link to a shop that does not exist yet. It is used when there is a merchant of that id."""

    merchant_id: MerchantId
    expires_at: datetime
