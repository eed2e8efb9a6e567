"""Which shops try to bring customers back, and which of their customers are looked at together."""

from collections.abc import Sequence

from domain.ids import CustomerId, MerchantId
from domain.ports import Terms
from domain.quick import dataclass
from domain.rules.days import local_hour

BY_DAY = range(9, 20)
"""The local hours in which such messages are sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueCustomers:
    """The next page of a merchant's customers, after the last of the page before."""

    merchant_id: MerchantId
    after: CustomerId
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SomeCustomers:
    merchant_id: MerchantId
    customer_ids: Sequence[CustomerId]


def merchants_by_day(*, tx: Terms, query: None) -> Sequence[MerchantId]:  # noqa: ARG001
    """Merchants that send marketing and where it is daytime now."""
    return [
        merchant.merchant_id
        for merchant in tx.merchants()
        if merchant.marketing_monthly_max is not None and local_hour(tx.now, merchant.timezone) in BY_DAY
    ]
