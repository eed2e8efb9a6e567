"""An owner or manager looks at a day that was summarized."""

from dataclasses import dataclass
from datetime import date

from domain.account import Account
from domain.ids import MerchantId
from domain.messages import DailySummary
from domain.ports import Days
from domain.refusals import NotAllowed
from domain.rights import Right, entitled
from domain.usecases.summarize import told_together


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeDay:
    account: Account
    merchant_id: MerchantId
    local_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenDay:
    summary: DailySummary
    timezone: str


def see_day(*, tx: Days, query: SeeDay) -> SeenDay:
    """The day as it was told. Raises NotAllowed, also for a day of which nothing was told."""
    merchant = tx.merchant(query.merchant_id)
    entitled(tx.member(query.merchant_id, query.account), Right.SEE_SUMMARY)
    days = tx.summaries_told(query.merchant_id, query.local_date)
    if merchant is None or not days:
        raise NotAllowed
    return SeenDay(summary=told_together(merchant, days), timezone=merchant.timezone)
