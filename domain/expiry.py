"""What a balance is counted in, and how it ends."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from domain.ids import CardId, MerchantId
from domain.quick import dataclass


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


@dataclass(frozen=True, slots=True, order=True)
class DueCard:
    """A card that has to be looked at, and since when; ordered by that."""

    since: datetime
    merchant_id: MerchantId
    card_id: CardId


@dataclass(frozen=True, slots=True)
class DueCards:
    """Cards that have to be looked at, in the order of ``DueCard``; ``last`` is the last of them, None of none."""

    cards: Sequence[tuple[MerchantId, CardId]]
    last: DueCard | None
