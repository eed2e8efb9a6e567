"""What a customer allows a shop to write beside what it owes them, and what was written."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.ids import CustomerId, MerchantId, MessageId
from domain.messages import MessageKind

CAP_PERIOD = timedelta(days=30)
"""What ``Merchant.marketing_monthly_max`` counts in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """``asked_at`` is when the shop's question was put, None for who answered unasked; ``answered_at`` when it was
    last answered, None for who has not, and is not written to."""

    merchant_id: MerchantId
    customer_id: CustomerId
    asked_at: datetime | None
    answered_at: datetime | None
    is_given: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A marketing message that was written to a customer."""

    merchant_id: MerchantId
    customer_id: CustomerId
    message_id: MessageId
    kind: MessageKind
    written_at: datetime
