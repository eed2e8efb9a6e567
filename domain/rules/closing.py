"""A shop that closes: its promises hold no longer than the shop."""

from datetime import date, datetime, timedelta

from domain.merchant import Merchant
from domain.rules.days import day_starts_at, local_date


def ends_at(merchant: Merchant, moment: datetime) -> datetime:
    """The last second of that day of the shop's: customers are told the day, and come in its evening."""
    after = local_date(moment, merchant.timezone) + timedelta(days=1)
    return day_starts_at(after, merchant.timezone) - timedelta(seconds=1)


def closes_on(merchant: Merchant) -> date | None:
    """The shop's last day, None where it goes on."""
    return local_date(merchant.closes_at, merchant.timezone) if merchant.closes_at else None


def has_ended(merchant: Merchant, now: datetime) -> bool:
    """Whether a shop that closes has reached its end."""
    return merchant.closes_at is not None and merchant.closes_at <= now


def outlasts(last_day: date, merchant: Merchant) -> bool:
    """Whether something that lasts until ``last_day`` lasts at least as long as the shop."""
    closing = closes_on(merchant)
    return closing is not None and last_day >= closing


def while_open(merchant: Merchant, last_day: date) -> date:
    """The last day of something that would last until ``last_day``, but ends with the shop."""
    closing = closes_on(merchant)
    return last_day if closing is None else min(last_day, closing)
