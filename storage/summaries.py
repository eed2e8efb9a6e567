"""The days that merchants were told about, and when the next is due."""

import logging
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, insert, select, update

from domain.ids import MerchantId
from domain.summary import DaySummary, SummaryPlan
from storage import codec, rows, tables
from storage.base import TxBase
from storage.upsert import upsert

logger = logging.getLogger(__name__)

_plans, _summaries, _deliveries = tables.summary_plans, tables.summaries, tables.deliveries

SELECT_DUE = (
    select(_plans.c.merchant_id)
    .where(_plans.c.due_at <= bindparam("now"))
    .order_by(_plans.c.due_at)
    .limit(bindparam("limit"))
)
SELECT_PLAN = select(*rows.columns(_plans)).where(_plans.c.merchant_id == bindparam("merchant_id"))
SAVE_PLAN = upsert(_plans)
INSERT_SUMMARY = insert(_summaries)
_of_merchant = _summaries.c.merchant_id == bindparam("of_merchant_id")
_is_of_day = _summaries.c.local_date == bindparam("of_day")
_days = (
    select(_summaries.c.local_date, _summaries.c.summary)
    .where(_of_merchant)
    .order_by(_summaries.c.local_date)
)
SELECT_SUMMARY = _days.where(_is_of_day)
SELECT_TOLD = _days.where(_summaries.c.told_on == bindparam("on"))
SELECT_UNTOLD = _days.where(_summaries.c.told_on.is_(None))
TELL_SUMMARY = update(_summaries).where(_of_merchant, _is_of_day).values(told_on=bindparam("on"))
SELECT_GIVEN_UP = select(func.count()).where(
    _deliveries.c.merchant_id == bindparam("merchant_id"),
    _deliveries.c.failed_at.is_not(None),
    _deliveries.c.failed_at >= bindparam("begins_at"),
    _deliveries.c.failed_at < bindparam("ends_at"),
)


class SummaryRows(TxBase):
    def merchants_to_summarize(self, limit: int) -> Sequence[MerchantId]:
        found = self.session.all(SELECT_DUE, now=rows.to_instant(self.now), limit=limit)
        return [merchant_id for (merchant_id,) in found]

    def summary_plan(self, merchant_id: MerchantId) -> SummaryPlan | None:
        row = self.session.one(SELECT_PLAN, merchant_id=merchant_id)
        if row is None:
            return None
        of_merchant, local_date, begins_at, due_at = row
        return SummaryPlan(
            merchant_id=of_merchant,
            local_date=date.fromisoformat(local_date),
            begins_at=rows.from_instant(begins_at),
            due_at=rows.from_instant(due_at),
        )

    def save_summary_plan(self, plan: SummaryPlan) -> None:
        self.session.run(
            SAVE_PLAN,
            merchant_id=plan.merchant_id,
            local_date=plan.local_date.isoformat(),
            begins_at=rows.to_instant(plan.begins_at),
            due_at=rows.to_instant(plan.due_at),
        )

    def summary(self, merchant_id: MerchantId, day: date) -> DaySummary | None:
        found = self._readable(SELECT_SUMMARY, merchant_id, of_day=day.isoformat())
        return found[0] if found else None

    def add_summary(self, merchant_id: MerchantId, summary: DaySummary) -> None:
        self.session.run(
            INSERT_SUMMARY,
            merchant_id=merchant_id,
            local_date=summary.local_date.isoformat(),
            summary=codec.encode(summary),
            made_at=rows.to_instant(self.now),
            told_on=None,
        )

    def summaries_told(self, merchant_id: MerchantId, on: date | None) -> Sequence[DaySummary]:
        if on is None:
            return self._readable(SELECT_UNTOLD, merchant_id)
        return self._readable(SELECT_TOLD, merchant_id, on=on.isoformat())

    def summaries_are_told(self, merchant_id: MerchantId, days: Sequence[date]) -> None:
        for day in days:
            of_day, on = day.isoformat(), days[-1].isoformat()
            self.session.run(TELL_SUMMARY, of_merchant_id=merchant_id, of_day=of_day, on=on)

    def _readable(self, statement: Select[Any], merchant_id: MerchantId, **values: str) -> list[DaySummary]:
        """What cannot be read stays as it is, and whoever asks gets the rest."""
        found = []
        for day, summary in self.session.all(statement, of_merchant_id=merchant_id, **values):
            try:
                found.append(codec.decode(summary, DaySummary))
            except ValueError as error:
                logger.error("the summary of %s at merchant %s cannot be read: %s", day, merchant_id, error)
        return found

    def failed_between(self, merchant_id: MerchantId, begins_at: datetime, ends_at: datetime) -> int:
        row = self.session.one(
            SELECT_GIVEN_UP,
            merchant_id=merchant_id,
            begins_at=rows.to_instant(begins_at),
            ends_at=rows.to_instant(ends_at),
        )
        return row[0] if row else 0
