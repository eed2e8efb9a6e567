"""The takings that owners have typed: every value is kept, the last revision holds."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import bindparam, insert

from domain.ids import MerchantId, OperationKey, StoreId
from domain.takings import Takings
from storage import rows, tables
from storage.base import TxBase
from storage.clauses import find

_takings = tables.takings

INSERT_TAKINGS = insert(_takings)
SELECT_TAKINGS_BETWEEN = (
    find(rows.TAKINGS, "merchant_id")
    .where(_takings.c.local_date.between(bindparam("first"), bindparam("last")))
    .order_by(_takings.c.local_date, _takings.c.store_id, _takings.c.revision)
)
SELECT_TAKINGS_OF = find(rows.TAKINGS, "merchant_id", "store_id", "local_date").order_by(
    _takings.c.revision.desc()
)
SELECT_TAKINGS_TYPED = find(rows.TAKINGS, "merchant_id", "operation_key")


class TakingsRows(TxBase):
    def takings_between(self, merchant_id: MerchantId, first: date, last: date) -> Sequence[Takings]:
        days = {"first": first.isoformat(), "last": last.isoformat()}
        every = self._readable(rows.takings, SELECT_TAKINGS_BETWEEN, merchant_id=merchant_id, **days)
        newest = {(each.local_date, each.store_id): each for each in every}
        return [each for each in newest.values() if not each.is_removed]

    def takings_of(self, merchant_id: MerchantId, store_id: StoreId, day: date) -> Sequence[Takings]:
        key = {"merchant_id": merchant_id, "store_id": store_id, "local_date": day.isoformat()}
        return self._readable(rows.takings, SELECT_TAKINGS_OF, **key)

    def takings_typed_by(self, merchant_id: MerchantId, key: OperationKey) -> Takings | None:
        return self._one(rows.takings, SELECT_TAKINGS_TYPED, merchant_id=merchant_id, operation_key=key)

    def add_takings(self, takings: Takings) -> None:
        self.session.run(INSERT_TAKINGS, rows.takings_row(takings))
