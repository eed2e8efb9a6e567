"""One marketing message from the shop to many of its customers who allow it: what people call a broadcast."""

from datetime import datetime, timedelta
from enum import StrEnum

from domain.account import Account
from domain.card import Customer
from domain.ids import CampaignId, CustomerId, MerchantId, StaffId, StoreId
from domain.quick import dataclass

TEXT_LENGTH_MAX = 3800
CAPTION_LENGTH_MAX = 800
"""UTF-16 code units of the text as shown. Telegram takes 4096, and 1024 for a caption; the rest is for the shop's
name and for the note below the text on how to stop such messages."""
ACTIVE_FOR = timedelta(days=60)
"""A customer who came by within this time is active, one who did not is lapsed."""
NEAR_STAMPS = 2
NEAR_POINTS_PERCENT = 80
"""A customer is near a reward with at most NEAR_STAMPS stamps to go, or with this share of its price in points."""
CAME_BACK_WITHIN = timedelta(days=7)


class Segment(StrEnum):
    """Which of the customers who allow marketing a campaign is for; ``SEGMENTS`` in storage/campaigns.py selects
    them."""

    ALL = "all"
    ACTIVE = "active"
    LAPSED = "lapsed"
    NEAR_REWARD = "near_reward"
    STORE = "store"
    BIRTHDAY = "birthday"


class CampaignState(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        return self in (CampaignState.DONE, CampaignState.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """``store_id`` is set for ``Segment.STORE`` only, None for the others."""

    segment: Segment = Segment.ALL
    store_id: StoreId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """``text`` is Telegram's HTML; ``staff_id`` is who wrote it, None for the operator.

    Customers are processed in the order of their ids: those up to ``looked_up_to`` have been, and all of them once it
    ``is_written``. The counts say how many of these were written to, and how many were not, by reason.
    ``expected_count`` is the number of recipients that was announced when the campaign began. ``told_message_id`` is
    the message in the chat of ``told_account`` that shows the progress.
    """

    merchant_id: MerchantId
    campaign_id: CampaignId
    staff_id: StaffId | None
    text: str
    has_photo: bool
    segment: Segment
    store_id: StoreId | None
    state: CampaignState
    created_at: datetime
    planned_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    looked_up_to: CustomerId | None = None
    is_written: bool = False
    expected_count: int = 0
    written_count: int = 0
    not_allowed_count: int = 0
    capped_count: int = 0
    unreachable_count: int = 0
    told_account: Account | None = None
    told_message_id: int | None = None
    told_has_picture: bool = False

    @property
    def selection(self) -> Selection:
        return Selection(segment=self.segment, store_id=self.store_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What decides whether a customer may be written to. ``offers_count`` is how many marketing messages the customer
    was written in CAP_PERIOD."""

    is_allowed: bool
    is_reachable: bool
    offers_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A customer of a segment, with what decides whether they may be written to."""

    customer: Customer
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignOutcome:
    """How many customers got it, could not be reached after all, were at the counter within CAME_BACK_WITHIN, and
    withdrew their consent to marketing within the same time."""

    reached_count: int
    failed_count: int
    came_back_count: int
    stopped_count: int
