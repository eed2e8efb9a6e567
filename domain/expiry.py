"""What a balance is counted in, and how it ends."""

from enum import StrEnum

from domain.ids import CardId, MerchantId


class Unit(StrEnum):
    STAMPS = "stamps"
    POINTS = "points"


class Due(StrEnum):
    """What somebody is warned of: a balance, or a reward that waits for them."""

    STAMPS = "stamps"
    POINTS = "points"
    REWARD = "reward"


class ExpiryKind(StrEnum):
    """``inactivity``: all at once, so many months after the customer last earned or redeemed.
    ``lot``: what was earned together, so many months later, at the end of that month."""

    NEVER = "never"
    INACTIVITY = "inactivity"
    LOT = "lot"


DueCard = tuple[int, MerchantId, CardId]
"""A card that has to be looked at, behind the moment since when, in microseconds since 1970-01-01 UTC; ordered by all
three. It is what a row of storage holds: pages of thousands are handed on as they were read."""
