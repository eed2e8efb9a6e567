"""A merchant's day in numbers, as the daily summary tells it."""

from datetime import date, datetime

from domain.ids import CardNumber, MerchantId
from domain.kinds import EntryKind
from domain.quick import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was given and not taken back by the end, to ``cards`` cards; and what was taken back, in ``voids`` voids.

    A summary from before the two were told apart knows only the number of ``voids``; its other figures include what
    was taken back.
    """

    stamps: int = 0
    points: int = 0
    redemptions: int = 0
    voids: int = 0
    cards: int = 0
    stamps_voided: int = 0
    points_voided: int = 0
    redemptions_voided: int = 0

    @property
    def is_quiet(self) -> bool:
        return self == Figures()


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The figures of one store, or of one member of the team."""

    name: str
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidNote:
    """An act that was taken back: by whom, on which card, and why. The deltas are those of the void."""

    staff_name: str
    store_name: str
    card_number: CardNumber
    kind: EntryKind
    stamps_delta: int
    points_delta: int
    reason: str | None
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySummary:
    """What happened from ``begins_at`` until just before ``ends_at``, told as the merchant's ``local_date``.

    ``before`` are the figures of the same weekday a week before, None when there was no such day or the shop was
    closed on it. ``rewards_outstanding`` is how many rewards customers could redeem now; ``undelivered`` how many
    messages could not be delivered. ``stores`` and ``staff`` are those with anything to tell, by name; ``flags`` is
    how many flags are to be looked at, ``disputes`` how many nobody has settled, ``changes`` how many settings were
    changed by others than owners. ``is_closed`` says whether the whole shop was closed for holidays.
    """

    local_date: date
    begins_at: datetime
    ends_at: datetime
    has_stamps: bool
    has_points: bool
    figures: Figures
    before: Figures | None
    new_customers: int
    returning_customers: int
    rewards_outstanding: int
    undelivered: int
    stores: tuple[Share, ...]
    staff: tuple[Share, ...]
    voids: tuple[VoidNote, ...]
    flags: int = 0
    disputes: int = 0
    changes: int = 0
    is_closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryPlan:
    """A merchant's next summary: that of ``local_date``, sent at ``due_at``, about what has happened since
    ``begins_at``."""

    merchant_id: MerchantId
    local_date: date
    begins_at: datetime
    due_at: datetime
