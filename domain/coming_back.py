"""What a shop keeps so that customers come back: their birthday, that they stay away, whom they brought."""

from datetime import date, datetime

from domain.ids import CustomerId, EntryId, MerchantId
from domain.quick import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Birthday:
    """As a customer told it to one shop, without a year; None for who was asked and has not, or took it back.

    ``said_at`` is when the present one was said, ``changed_at`` when one was last put in the place of another, or
    said anew. ``due_on`` is the local date on which it is looked at next, ``given_for`` the last birthday for which
    there was a bonus.
    """

    merchant_id: MerchantId
    customer_id: CustomerId
    month: int | None = None
    day: int | None = None
    said_at: datetime | None = None
    changed_at: datetime | None = None
    due_on: date | None = None
    given_for: date | None = None

    @property
    def month_and_day(self) -> tuple[int, int] | None:
        return None if self.month is None or self.day is None else (self.month, self.day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """When it is looked at next whether a customer stays away, and the last visit after which they were told that
    they are missed."""

    merchant_id: MerchantId
    customer_id: CustomerId
    look_on: date
    told_of: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """Who was invited by whom; only somebody who never had a card there.

    ``act_id`` is the friend's act for which both were rewarded on the local date ``rewarded_on``, None until there is
    one that stands; ``bonus_id`` and ``welcome_id`` are what who invited and the friend got for it, if anything.
    """

    merchant_id: MerchantId
    friend_id: CustomerId
    referrer_id: CustomerId
    invited_at: datetime
    act_id: EntryId | None = None
    rewarded_on: date | None = None
    bonus_id: EntryId | None = None
    welcome_id: EntryId | None = None
