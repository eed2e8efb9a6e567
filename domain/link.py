"""The links that people open: to join at a store or a team, to show a card, to open a shop, to move a card, to join
as a friend, to use a reward."""

from datetime import datetime
from enum import StrEnum

from domain.ids import CardId, MerchantId, TokenHash
from domain.quick import dataclass


class LinkKind(StrEnum):
    """The letter with which a deep link's token starts; no token starts with that of REPLACED, which marks a card
    code that was replaced. USE leads to no route: what follows it says everything itself."""

    JOIN = "j"
    CARD = "c"
    INVITE = "i"
    NEW_SHOP = "n"
    MOVE = "m"
    FRIEND = "f"
    REPLACED = "r"
    USE = "u"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where a token leads: the only lookup that does not know the merchant yet. For a new shop there is no merchant
    yet either; ``merchant_id`` is the id it will have."""

    token_hash: TokenHash
    kind: LinkKind
    merchant_id: MerchantId
    target_id: str


def route_to_card(merchant_id: MerchantId, card_id: CardId, token_hash: TokenHash) -> Route:
    """The route of the code on a card."""
    return Route(token_hash=token_hash, kind=LinkKind.CARD, merchant_id=merchant_id, target_id=card_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopInvite:
    """A link to a shop that does not exist yet. The link is used up once there is a merchant with that id."""

    merchant_id: MerchantId
    expires_at: datetime
