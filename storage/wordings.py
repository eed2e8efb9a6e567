"""What merchants and stores say in their own words."""

from collections.abc import Sequence

from sqlalchemy import delete

from domain.account import Locale
from domain.ids import MerchantId, StoreId
from domain.messages import MessageKind
from domain.wording import Wording
from storage import rows, tables
from storage.base import TxBase
from storage.clauses import find, has
from storage.statements import Row
from storage.upsert import upsert

_wordings = tables.wordings

WHOLE_MERCHANT = ""
"""Stands for the store's id of a wording that holds for the whole merchant."""

SAVE_WORDING = upsert(_wordings)
DELETE_WORDING = delete(_wordings).where(has(_wordings, "merchant_id", "kind", "locale", "store_id"))
WORDING = rows.columns(_wordings, "changed_at")
SELECT_WORDINGS_OF = find(WORDING, "merchant_id").order_by(
    _wordings.c.kind, _wordings.c.locale, _wordings.c.store_id
)
SELECT_WORDINGS_FOR = SELECT_WORDINGS_OF.where(has(_wordings, "kind", "locale"))


class WordingRows(TxBase):
    def save_wording(self, wording: Wording) -> None:
        self.session.run(
            SAVE_WORDING,
            merchant_id=wording.merchant_id,
            kind=wording.kind.value,
            locale=wording.locale.value,
            store_id=wording.store_id or WHOLE_MERCHANT,
            text=wording.text,
            changed_at=rows.to_instant(self.now),
        )

    def forget_wording(
        self, merchant_id: MerchantId, store_id: StoreId | None, kind: MessageKind, locale: Locale
    ) -> bool:
        forgotten = self.session.run(
            DELETE_WORDING,
            merchant_id=merchant_id,
            kind=kind.value,
            locale=locale.value,
            store_id=store_id or WHOLE_MERCHANT,
        )
        return forgotten == 1

    def wordings_for(self, merchant_id: MerchantId, kind: MessageKind, locale: Locale) -> Sequence[Wording]:
        key = {"merchant_id": merchant_id, "kind": kind.value, "locale": locale.value}
        return self._readable(wording_of, SELECT_WORDINGS_FOR, **key)

    def wordings_of(self, merchant_id: MerchantId) -> Sequence[Wording]:
        return self._readable(wording_of, SELECT_WORDINGS_OF, merchant_id=merchant_id)


def wording_of(row: Row) -> Wording:
    merchant_id, kind, locale, store_id, text = row
    return Wording(
        merchant_id=merchant_id,
        store_id=None if store_id == WHOLE_MERCHANT else store_id,
        kind=MessageKind(kind),
        locale=Locale(locale),
        text=text,
    )
