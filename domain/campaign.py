"""One message of the shop to many of its customers who allow marketing: what people call a broadcast."""

from datetime import datetime, timedelta
from enum import StrEnum

from domain.account import Account
from domain.card import Customer
from domain.ids import CampaignId, CustomerId, MerchantId, StaffId, StoreId
from domain.quick import dataclass

TEXT_LENGTH_MAX = 3800
CAPTION_LENGTH_MAX = 800
"""UTF-16 code units as it is shown: Telegram takes 4096 and 1024, of which the shop's name, and what is said below it
to who wants no more, have their part."""
ACTIVE_FOR = timedelta(days=60)
"""Who came by within so long counts as active, who did not as lapsed."""
NEAR_STAMPS = 2
NEAR_POINTS_PERCENT = 80
"""Near a reward: so many stamps to go, or so much of its price in points."""
CAME_BACK_WITHIN = timedelta(days=7)


class Segment(StrEnum):
    """Whom of those who allow it; who belongs to one is a line of ``SEGMENTS`` in storage/campaigns.py."""

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
    """``store_id`` is that of ``Segment.STORE``, None for the others."""

    segment: Segment = Segment.ALL
    store_id: StoreId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """``text`` is Telegram's HTML; ``staff_id`` is who wrote it, None for the operator.

    Customers are gone through in the order of their ids: those up to ``looked_up_to`` have been, all of them when it
    ``is_written``. Of those, so many were written to, and so many not for each reason. ``expected_count`` was how
    many would be when it began. ``told_message_id`` is the message in the chat of ``told_account`` that says how far
    it is.
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
    """``offers_count`` is how many marketing messages they were written in CAP_PERIOD."""

    is_allowed: bool
    is_reachable: bool
    offers_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A customer of a segment, and what says whether they may be written to."""

    customer: Customer
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignOutcome:
    """How many got it, could not be reached after all, were at the counter within CAME_BACK_WITHIN, and said no to
    marketing within the same time."""

    reached_count: int
    failed_count: int
    came_back_count: int
    stopped_count: int
