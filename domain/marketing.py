"""What a customer allows a shop to write beyond what it owes them, and what was written."""

from datetime import datetime, timedelta
from enum import StrEnum

from domain.ids import CampaignId, CustomerId, MerchantId, MessageId
from domain.messages import MessageKind
from domain.quick import dataclass

CAP_PERIOD = timedelta(days=30)
"""The period to which ``Merchant.marketing_monthly_max`` applies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """``asked_at`` is when the shop asked, None for a customer who answered unasked. ``answered_at`` is when the
    customer last answered, None for one who has not and is therefore not written to. ``was_given`` is the consent
    before that answer."""

    merchant_id: MerchantId
    customer_id: CustomerId
    asked_at: datetime | None
    answered_at: datetime | None
    is_given: bool
    was_given: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A marketing message that was written to a customer, by a campaign or on its own."""

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
    """None for a customer who may be written to; ``limit`` is the shop's limit on messages within CAP_PERIOD, None
    where it sends no marketing."""
    if limit is None or not is_allowed:
        return Hindrance.NOT_ALLOWED
    if not is_reachable:
        return Hindrance.UNREACHABLE
    return Hindrance.CAPPED if offers_count >= limit else None
