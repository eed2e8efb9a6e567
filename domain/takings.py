"""What a store took in on a day, as an owner types it from the till."""

from datetime import date, datetime

from domain.ids import MerchantId, OperationKey, StaffId, StoreId
from domain.quick import dataclass

TAKINGS_MAX_MINOR = 100_000_000_000
"""A larger amount is a typing error, in any currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Takings:
    """The highest ``revision`` of a store's day holds, counted from 1; the earlier ones record who typed what.

    ``staff_id`` is None for the operator. What happened after ``typed_at`` is not in the amount. Where it
    ``is_removed``, nothing is known of the day any more.
    """

    merchant_id: MerchantId
    store_id: StoreId
    local_date: date
    revision: int
    amount_minor: int
    staff_id: StaffId | None
    typed_at: datetime
    operation_key: OperationKey
    is_removed: bool = False
