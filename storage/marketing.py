"""Who allowed marketing, and what was written to them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, insert

from domain.card import Customer
from domain.ids import CustomerId, MerchantId
from domain.marketing import Consent, Offer
from storage import rows, tables
from storage.base import TxBase
from storage.clauses import LIMIT, find, has
from storage.upsert import upsert

_offers = tables.offers

SAVE_CONSENT = upsert(tables.consents)
DELETE_CONSENT = delete(tables.consents).where(has(tables.consents, "merchant_id", "customer_id"))
SELECT_CONSENT = find(rows.CONSENT, "merchant_id", "customer_id")
INSERT_OFFER = insert(_offers)
SELECT_OFFERS_SINCE = (
    find(rows.OFFER, "merchant_id", "customer_id")
    .where(_offers.c.written_at > bindparam("since"))
    .order_by(_offers.c.written_at.desc())
    .limit(LIMIT)
)


class MarketingRows(TxBase):
    def consent(self, merchant_id: MerchantId, customer_id: CustomerId) -> Consent | None:
        return self._one(rows.consent, SELECT_CONSENT, merchant_id=merchant_id, customer_id=customer_id)

    def save_consent(self, consent: Consent) -> None:
        self.session.run(SAVE_CONSENT, rows.consent_row(consent))

    def forget_consent(self, customer: Customer) -> None:
        key = {"merchant_id": customer.merchant_id, "customer_id": customer.customer_id}
        self.session.run(DELETE_CONSENT, **key)

    def add_offer(self, offer: Offer) -> None:
        self.session.run(INSERT_OFFER, rows.offer_row(offer))

    def offers_since(self, customer: Customer, since: datetime, limit: int) -> Sequence[Offer]:
        key = {"merchant_id": customer.merchant_id, "customer_id": customer.customer_id}
        return self._all(rows.offer, SELECT_OFFERS_SINCE, since=rows.to_instant(since), limit=limit, **key)
