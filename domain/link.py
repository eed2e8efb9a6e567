"""Links that people open: to join at a store, to show a card, to join a team, to move a card to another account."""

from dataclasses import dataclass
from enum import StrEnum

from domain.ids import MerchantId, TokenHash


class LinkKind(StrEnum):
    """The letter a deep link's token starts with; none starts with that of a card's code which was replaced."""

    JOIN = "j"
    CARD = "c"
    INVITE = "i"
    MOVE = "m"
    REPLACED = "r"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where a token leads: the only lookup that does not know the merchant yet."""

    token_hash: TokenHash
    kind: LinkKind
    merchant_id: MerchantId
    target_id: str
