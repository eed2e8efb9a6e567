"""What a shop keeps so that customers come back: birthdays, absences, and who was brought along by whom."""

from datetime import date, datetime

from domain.ids import CustomerId, EntryId, MerchantId
from domain.quick import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Birthday:
    """A birthday as a customer told it to one shop, without a year; ``month`` and ``day`` are None for a customer who
    was asked and has not answered, or who removed it.

    ``said_at`` is when the present date was given. ``changed_at`` is when a date last replaced another one or was
    given again. ``due_on`` is the local date on which it is looked at next, ``given_for`` the last birthday for which
    a bonus was given.
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
    """``look_on`` is when it is next checked whether the customer stays away; ``told_of`` is the date of the last
    visit before the customer was told that they are missed."""

    merchant_id: MerchantId
    customer_id: CustomerId
    look_on: date
    told_of: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """Who invited whom. The friend must never have had a card at the shop.

    ``act_id`` is the friend's act for which both were rewarded, on the local date ``rewarded_on``; None until there
    is one that was not taken back. ``bonus_id`` and ``welcome_id`` are the entries that the referrer and the friend
    got for it, if any.
    """

    merchant_id: MerchantId
    friend_id: CustomerId
    referrer_id: CustomerId
    invited_at: datetime
    act_id: EntryId | None = None
    rewarded_on: date | None = None
    bonus_id: EntryId | None = None
    welcome_id: EntryId | None = None
