"""What a balance is counted in, and how it ends."""

from enum import StrEnum


class Unit(StrEnum):
    STAMPS = "stamps"
    POINTS = "points"


class ExpiryKind(StrEnum):
    """``inactivity``: all at once, so many months after the customer last earned or redeemed.
    ``lot``: what was earned together, so many months later, at the end of that month."""

    NEVER = "never"
    INACTIVITY = "inactivity"
    LOT = "lot"
