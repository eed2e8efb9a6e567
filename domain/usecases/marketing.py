"""Marketing: only to who has said yes, and never more in a month than the shop's limit, whatever it is about."""

from domain.card import Customer
from domain.ids import MessageId
from domain.marketing import CAP_PERIOD, Consent, Offer
from domain.merchant import Merchant
from domain.messages import Facts, MessageKind
from domain.ports import Marketing, Promotion
from domain.usecases.posting import send


def is_allowed(tx: Marketing, customer: Customer) -> bool:
    consent = tx.consent(customer.merchant_id, customer.customer_id)
    return consent is not None and consent.is_given


def may_be_offered(tx: Marketing, merchant: Merchant, customer: Customer) -> bool:
    """Whether the customer said yes, and the month still has room."""
    limit = merchant.marketing_monthly_max
    if limit is None or not is_allowed(tx, customer):
        return False
    return len(tx.offers_since(customer, tx.now - CAP_PERIOD, limit)) < limit


def offer(
    tx: Promotion,
    merchant: Merchant,
    customer: Customer,
    kind: MessageKind,
    facts: Facts,
    message_id: MessageId | None = None,
) -> MessageId | None:
    """Puts a marketing message into the outbox; None where the customer may not be written to."""
    if not may_be_offered(tx, merchant, customer):
        return None
    message_id = send(tx, merchant.merchant_id, customer.account, kind, facts, message_id)
    note_offer(tx, customer, kind, message_id)
    return message_id


def note_offer(tx: Marketing, customer: Customer, kind: MessageKind, message_id: MessageId) -> None:
    """A marketing message is written: it counts in the month."""
    tx.add_offer(
        Offer(
            merchant_id=customer.merchant_id,
            customer_id=customer.customer_id,
            message_id=message_id,
            kind=kind,
            written_at=tx.now,
        )
    )


def answer(tx: Marketing, customer: Customer, *, is_given: bool) -> Consent:
    """The customer says yes or no; asked or not, the last word counts."""
    before = tx.consent(customer.merchant_id, customer.customer_id)
    consent = Consent(
        merchant_id=customer.merchant_id,
        customer_id=customer.customer_id,
        asked_at=before.asked_at if before else None,
        answered_at=tx.now,
        is_given=is_given,
    )
    tx.save_consent(consent)
    return consent
