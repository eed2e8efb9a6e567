"""An owner or manager looks at a day that was summarized."""

from datetime import date

from domain.account import Account
from domain.ids import MerchantId
from domain.messages import DailySummary
from domain.ports import Days
from domain.quick import dataclass
from domain.refusals import NotAllowed
from domain.rights import Right, entitled
from domain.usecases.summarize import asks_takings, told_together


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
    """The day as it was told. Raises NotAllowed, also for a day without a summary."""
    merchant = tx.merchant(query.merchant_id)
    member = entitled(tx.member(query.merchant_id, query.account), Right.SEE_SUMMARY)
    days = tx.summaries_told(query.merchant_id, query.local_date)
    if merchant is None or not days:
        raise NotAllowed
    is_asked = asks_takings(tx, member, query.local_date)
    told = told_together(merchant, days, asks_takings=is_asked)
    return SeenDay(summary=told, timezone=merchant.timezone)
