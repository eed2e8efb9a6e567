"""What a balance is counted in, and how it expires."""

from enum import StrEnum

from domain.ids import CardId, MerchantId


class Unit(StrEnum):
    STAMPS = "stamps"
    POINTS = "points"


class Due(StrEnum):
    """What a customer is warned of: a balance, or a reward that waits for them."""

    STAMPS = "stamps"
    POINTS = "points"
    REWARD = "reward"


class ExpiryKind(StrEnum):
    """``inactivity``: everything at once, a number of months after the customer last earned or redeemed.
    ``lot``: what was earned together, a number of months later, at the end of that month.
    """

    NEVER = "never"
    INACTIVITY = "inactivity"
    LOT = "lot"


DueCard = tuple[int, MerchantId, CardId]
"""A card that has to be looked at: since when, in microseconds since 1970-01-01 UTC, then merchant and card; ordered
by all three. It has the form of a row of storage, because pages of thousands are passed on as they were read."""
