"""The days that merchants were told about, and when the next is due."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import bindparam, delete, exists, func, insert, not_, select, update

from domain.delivery import RecipientGone
from domain.ids import MerchantId
from domain.summary import DaySummary, SummaryPlan
from storage import codec, rows, tables
from storage.base import TxBase
from storage.clauses import LIMIT, change, find, has, joins
from storage.statements import Row
from storage.upsert import upsert

_plans, _summaries, _deliveries = tables.summary_plans, tables.summaries, tables.deliveries
_entries = tables.entries

SELECT_DUE = (
    select(_plans.c.merchant_id)
    .where(_plans.c.due_at <= bindparam("now"))
    .order_by(_plans.c.due_at)
    .limit(LIMIT)
)
SELECT_AHEAD = (
    select(_plans.c.merchant_id)
    .where(_plans.c.due_at > bindparam("ahead"))
    .order_by(_plans.c.due_at)
    .limit(LIMIT)
)
SELECT_PLAN = find(rows.SUMMARY_PLAN, "merchant_id")
SAVE_PLAN = upsert(_plans)
INSERT_SUMMARY = insert(_summaries)
SUMMARY = list(_summaries.c)
_days = find(SUMMARY, "merchant_id").order_by(_summaries.c.local_date)
SELECT_SUMMARY = _days.where(has(_summaries, "local_date"))
SELECT_TOLD = _days.where(has(_summaries, "told_on"))
SELECT_UNTOLD = _days.where(_summaries.c.told_on.is_(None))
_since = _summaries.c.local_date >= bindparam("since")
SELECT_SINCE = _days.where(_since)
FORGET_SUMMARIES = delete(_summaries).where(has(_summaries, "merchant_id"), _since)
FORGET_SUMMARIZED = (
    update(_entries)
    .where(has(_entries, "merchant_id"), _entries.c.summarized_on >= bindparam("since"))
    .values(summarized_on=None)
)
TELL_SUMMARY = change(_summaries, "told_on")
_other = _deliveries.alias()
_is_told_otherwise = exists().where(
    joins(_other, _deliveries, "message_id"),
    _other.c.channel != _deliveries.c.channel,
    _other.c.failed_at.is_(None),
)
SELECT_GIVEN_UP = select(func.count()).where(
    has(_deliveries, "merchant_id"),
    _deliveries.c.failed_at.is_not(None),
    _deliveries.c.failed_at >= bindparam("begins_at"),
    _deliveries.c.failed_at < bindparam("ends_at"),
    func.coalesce(_deliveries.c.error, "") != RecipientGone().reason,
    not_(_is_told_otherwise),
)


class SummaryRows(TxBase):
    def merchants_to_summarize(self, ahead: datetime, limit: int) -> Sequence[MerchantId]:
        due = self.session.all(SELECT_DUE, now=rows.to_instant(self.now), limit=limit)
        planned = self.session.all(SELECT_AHEAD, ahead=rows.to_instant(ahead), limit=limit)
        return [merchant_id for (merchant_id,) in (*due, *planned)]

    def summary_plan(self, merchant_id: MerchantId) -> SummaryPlan | None:
        return self._one(rows.summary_plan, SELECT_PLAN, merchant_id=merchant_id)

    def save_summary_plan(self, plan: SummaryPlan) -> None:
        self.session.run(SAVE_PLAN, rows.summary_plan_row(plan))

    def summary(self, merchant_id: MerchantId, day: date) -> DaySummary | None:
        key = {"merchant_id": merchant_id, "local_date": day.isoformat()}
        return next(iter(self._readable(summary_of, SELECT_SUMMARY, **key)), None)

    def add_summary(self, merchant_id: MerchantId, summary: DaySummary) -> None:
        self.session.run(
            INSERT_SUMMARY,
            merchant_id=merchant_id,
            local_date=summary.local_date.isoformat(),
            summary=codec.encode(summary),
            made_at=rows.to_instant(self.now),
            told_on=None,
        )

    def forget_summaries(self, merchant_id: MerchantId, since: date) -> Sequence[DaySummary]:
        key = {"merchant_id": merchant_id, "since": since.isoformat()}
        forgotten = self._readable(summary_of, SELECT_SINCE, **key)
        self.session.run(FORGET_SUMMARIES, key)
        self.session.run(FORGET_SUMMARIZED, key)
        return forgotten

    def summaries_told(self, merchant_id: MerchantId, on: date | None) -> Sequence[DaySummary]:
        if on is None:
            return self._readable(summary_of, SELECT_UNTOLD, merchant_id=merchant_id)
        return self._readable(summary_of, SELECT_TOLD, merchant_id=merchant_id, told_on=on.isoformat())

    def summaries_are_told(self, merchant_id: MerchantId, days: Sequence[date]) -> None:
        for day in days:
            keys = {"merchant_id": merchant_id, "local_date": day.isoformat()}
            self.session.run(TELL_SUMMARY, keys, told_on=days[-1].isoformat())

    def failed_between(self, merchant_id: MerchantId, begins_at: datetime, ends_at: datetime) -> int:
        row = self.session.one(
            SELECT_GIVEN_UP,
            merchant_id=merchant_id,
            begins_at=rows.to_instant(begins_at),
            ends_at=rows.to_instant(ends_at),
        )
        return row[0] if row else 0


def summary_of(row: Row) -> DaySummary:
    return codec.decode(row[2], DaySummary)
