"""Birthdays, absences and referrals."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Text, and_, bindparam, func, or_, select

from domain.coming_back import Absence, Birthday, Referral
from domain.ids import CustomerId, EntryId, MerchantId
from domain.report import DateRange
from storage import rows, tables
from storage.base import TxBase
from storage.clauses import LIMIT, find, has, joins
from storage.upsert import upsert

_birthdays, _absences, _referrals, _consents = (
    tables.birthdays,
    tables.absences,
    tables.referrals,
    tables.consents,
)
_today = bindparam("today", type_=Text)

SELECT_BIRTHDAY = find(rows.BIRTHDAY, "merchant_id", "customer_id")
SAVE_BIRTHDAY = upsert(_birthdays)
_in_pages = _birthdays.c.customer_id + ""
"""Not the bare column, so that rows are found by the index of the day and not by the primary key."""
SELECT_BIRTHDAYS_DUE = (
    find([_birthdays.c.customer_id], "merchant_id")
    .where(_birthdays.c.due_on.is_not(None), _birthdays.c.due_on <= _today, _in_pages > bindparam("after"))
    .order_by(_birthdays.c.customer_id)
    .limit(LIMIT)
)
_allow = (
    select(_consents.c.customer_id)
    .where(has(_consents, "merchant_id"), _consents.c.is_given == 1)
    .where(_consents.c.customer_id > bindparam("after"))
    .order_by(_consents.c.customer_id)
    .limit(LIMIT)
)
SELECT_UNASKED = _allow.outerjoin_from(
    _consents, _birthdays, joins(_birthdays, _consents, "customer_id")
).where(_birthdays.c.customer_id.is_(None))
SELECT_ABSENCE = find(rows.ABSENCE, "merchant_id", "customer_id")
SAVE_ABSENCE = upsert(_absences)
SELECT_PERHAPS_ABSENT = _allow.outerjoin_from(
    _consents, _absences, joins(_absences, _consents, "customer_id")
).where(or_(_absences.c.look_on.is_(None), _absences.c.look_on <= _today))
SELECT_REFERRAL = find(rows.REFERRAL, "merchant_id", "friend_id")
SELECT_REFERRAL_BY_ACT = find(rows.REFERRAL, "merchant_id", "act_id")
SAVE_REFERRAL = upsert(_referrals)
_within = and_(
    _referrals.c.rewarded_on >= bindparam("first", type_=Text),
    _referrals.c.rewarded_on <= bindparam("last", type_=Text),
)
COUNT_REWARDED = select(func.count()).where(
    has(_referrals, "merchant_id", "referrer_id"), _within, _referrals.c.bonus_id.is_not(None)
)
SELECT_REWARDED = (
    find(rows.REFERRAL, "merchant_id")
    .where(_within)
    .order_by(_referrals.c.rewarded_on, _referrals.c.friend_id)
)


class ComingBackRows(TxBase):
    def birthday(self, merchant_id: MerchantId, customer_id: CustomerId) -> Birthday | None:
        return self._one(rows.birthday, SELECT_BIRTHDAY, merchant_id=merchant_id, customer_id=customer_id)

    def save_birthday(self, birthday: Birthday) -> None:
        self.session.run(SAVE_BIRTHDAY, rows.birthday_row(birthday))

    def birthdays_due(
        self, merchant_id: MerchantId, today: date, after: CustomerId, limit: int
    ) -> Sequence[CustomerId]:
        found = self.session.all(
            SELECT_BIRTHDAYS_DUE,
            merchant_id=merchant_id,
            today=today.isoformat(),
            after=after,
            limit=limit,
        )
        return [customer_id for (customer_id,) in found]

    def unasked_of_birthday(
        self, merchant_id: MerchantId, after: CustomerId, limit: int
    ) -> Sequence[CustomerId]:
        found = self.session.all(SELECT_UNASKED, merchant_id=merchant_id, after=after, limit=limit)
        return [customer_id for (customer_id,) in found]

    def absence(self, merchant_id: MerchantId, customer_id: CustomerId) -> Absence | None:
        return self._one(rows.absence, SELECT_ABSENCE, merchant_id=merchant_id, customer_id=customer_id)

    def save_absence(self, absence: Absence) -> None:
        self.session.run(SAVE_ABSENCE, rows.absence_row(absence))

    def perhaps_absent(
        self, merchant_id: MerchantId, today: date, after: CustomerId, limit: int
    ) -> Sequence[CustomerId]:
        found = self.session.all(
            SELECT_PERHAPS_ABSENT,
            merchant_id=merchant_id,
            today=today.isoformat(),
            after=after,
            limit=limit,
        )
        return [customer_id for (customer_id,) in found]

    def referral_of(self, merchant_id: MerchantId, friend_id: CustomerId) -> Referral | None:
        return self._one(rows.referral, SELECT_REFERRAL, merchant_id=merchant_id, friend_id=friend_id)

    def referral_by_act(self, merchant_id: MerchantId, act_id: EntryId) -> Referral | None:
        return self._one(rows.referral, SELECT_REFERRAL_BY_ACT, merchant_id=merchant_id, act_id=act_id)

    def save_referral(self, referral: Referral) -> None:
        self.session.run(SAVE_REFERRAL, rows.referral_row(referral))

    def count_rewarded(self, merchant_id: MerchantId, referrer_id: CustomerId, dates: DateRange) -> int:
        [[count]] = self.session.all(
            COUNT_REWARDED, merchant_id=merchant_id, referrer_id=referrer_id, **_days(dates)
        )
        return int(count)

    def referrals_rewarded(self, merchant_id: MerchantId, dates: DateRange) -> Sequence[Referral]:
        return self._readable(rows.referral, SELECT_REWARDED, merchant_id=merchant_id, **_days(dates))


def _days(dates: DateRange) -> dict[str, str]:
    return {"first": dates.first.isoformat(), "last": dates.last.isoformat()}
