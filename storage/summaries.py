"""The days that merchants were told about, and when the next is due."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import bindparam, func, insert, select, update

from domain.ids import MerchantId
from domain.summary import DaySummary, SummaryPlan
from storage import codec, rows, tables
from storage.base import TxBase
from storage.upsert import upsert

_plans, _summaries, _outbox = tables.summary_plans, tables.summaries, tables.outbox

SELECT_DUE = (
    select(_plans.c.merchant_id)
    .where(_plans.c.due_at <= bindparam("now"))
    .order_by(_plans.c.due_at)
    .limit(bindparam("limit"))
)
SELECT_PLAN = select(*rows.SUMMARY_PLAN).where(_plans.c.merchant_id == bindparam("merchant_id"))
SAVE_PLAN = upsert(_plans)
SELECT_SUMMARY = select(_summaries.c.summary).where(
    _summaries.c.merchant_id == bindparam("merchant_id"),
    _summaries.c.local_date == bindparam("local_date"),
)
INSERT_SUMMARY = insert(_summaries)
_of_merchant = _summaries.c.merchant_id == bindparam("of_merchant_id")
_of_day = select(_summaries.c.summary).where(_of_merchant).order_by(_summaries.c.local_date)
SELECT_TOLD = _of_day.where(_summaries.c.told_on == bindparam("on"))
SELECT_UNTOLD = _of_day.where(_summaries.c.told_on.is_(None))
TELL_SUMMARIES = (
    update(_summaries).where(_of_merchant, _summaries.c.told_on.is_(None)).values(told_on=bindparam("on"))
)
SELECT_GIVEN_UP = select(func.count()).where(
    _outbox.c.merchant_id == bindparam("merchant_id"),
    _outbox.c.failed_at.is_not(None),
    _outbox.c.failed_at >= bindparam("begins_at"),
    _outbox.c.failed_at < bindparam("ends_at"),
)


class SummaryRows(TxBase):
    def merchants_to_summarize(self, limit: int) -> Sequence[MerchantId]:
        found = self.session.all(SELECT_DUE, now=rows.to_instant(self.now), limit=limit)
        return [merchant_id for (merchant_id,) in found]

    def summary_plan(self, merchant_id: MerchantId) -> SummaryPlan | None:
        row = self.session.one(SELECT_PLAN, merchant_id=merchant_id)
        return None if row is None else rows.summary_plan(row)

    def save_summary_plan(self, plan: SummaryPlan) -> None:
        self.session.run(SAVE_PLAN, rows.summary_plan_row(plan))

    def summary(self, merchant_id: MerchantId, day: date) -> DaySummary | None:
        row = self.session.one(SELECT_SUMMARY, merchant_id=merchant_id, local_date=day.isoformat())
        return None if row is None else codec.decode(row[0], DaySummary)

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
            found = self.session.all(SELECT_UNTOLD, of_merchant_id=merchant_id)
        else:
            found = self.session.all(SELECT_TOLD, of_merchant_id=merchant_id, on=on.isoformat())
        return [codec.decode(summary, DaySummary) for (summary,) in found]

    def summaries_are_told(self, merchant_id: MerchantId, on: date) -> None:
        self.session.run(TELL_SUMMARIES, of_merchant_id=merchant_id, on=on.isoformat())

    def failed_between(self, merchant_id: MerchantId, begins_at: datetime, ends_at: datetime) -> int:
        row = self.session.one(
            SELECT_GIVEN_UP,
            merchant_id=merchant_id,
            begins_at=rows.to_instant(begins_at),
            ends_at=rows.to_instant(ends_at),
        )
        return row[0] if row else 0
