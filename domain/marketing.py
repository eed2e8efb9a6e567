"""What a customer allows a shop to write beside what it owes them, and what was written."""

from datetime import datetime, timedelta
from enum import StrEnum

from domain.ids import CampaignId, CustomerId, MerchantId, MessageId
from domain.messages import MessageKind
from domain.quick import dataclass

CAP_PERIOD = timedelta(days=30)
"""What ``Merchant.marketing_monthly_max`` counts in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """``asked_at`` is when the shop's question was put, None for who answered unasked; ``answered_at`` when it was
    last answered, None for who has not, and is not written to. ``was_given`` is what held before the last answer."""

    merchant_id: MerchantId
    customer_id: CustomerId
    asked_at: datetime | None
    answered_at: datetime | None
    is_given: bool
    was_given: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A marketing message that was written to a customer, of a campaign or by itself."""

    merchant_id: MerchantId
    customer_id: CustomerId
    message_id: MessageId
    kind: MessageKind
    written_at: datetime
    campaign_id: CampaignId | None = None


class Hindrance(StrEnum):
    """Why a customer is not written to."""

    NOT_ALLOWED = "not_allowed"
    CAPPED = "capped"
    UNREACHABLE = "unreachable"


def hindrance(
    limit: int | None, *, is_allowed: bool, offers_count: int, is_reachable: bool = True
) -> Hindrance | None:
    """None for who may be written to; ``limit`` is the shop's, for what was written in CAP_PERIOD."""
    if limit is None or not is_allowed:
        return Hindrance.NOT_ALLOWED
    if not is_reachable:
        return Hindrance.UNREACHABLE
    return Hindrance.CAPPED if offers_count >= limit else None
