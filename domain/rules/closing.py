"""A shop that closes: what is promised there holds no longer than the shop."""

from datetime import date, datetime

from domain.merchant import Merchant
from domain.rules.days import local_date


def closes_on(merchant: Merchant) -> date | None:
    """Its last day, None where it goes on."""
    return local_date(merchant.closes_at, merchant.timezone) if merchant.closes_at else None


def has_ended(merchant: Merchant, now: datetime) -> bool:
    """Whether the time of one that closes has come."""
    return merchant.closes_at is not None and merchant.closes_at <= now


def outlasts(last_day: date, merchant: Merchant) -> bool:
    """Whether what holds until then holds as long as the shop, or longer."""
    closing = closes_on(merchant)
    return closing is not None and last_day >= closing


def while_open(merchant: Merchant, last_day: date) -> date:
    """The last day of what would hold until then."""
    closing = closes_on(merchant)
    return last_day if closing is None else min(last_day, closing)
