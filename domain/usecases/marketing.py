"""Marketing: only to who has said yes, and never more in a month than the shop's limit, whatever it is about."""

from dataclasses import dataclass

from domain.account import Locale
from domain.card import Customer
from domain.ids import CustomerId, MerchantId, MessageId
from domain.marketing import CAP_PERIOD, Consent, Offer
from domain.merchant import Merchant
from domain.messages import Facts, MessageKind
from domain.ports import Marketing, Promotion, Tx
from domain.usecases.posting import send


@dataclass(frozen=True, slots=True, kw_only=True)
class OffersTo:
    """A customer by their id, as a link in a mail names them."""

    merchant_id: MerchantId
    customer_id: CustomerId


@dataclass(frozen=True, slots=True, kw_only=True)
class OffersOf:
    merchant_name: str
    locale: Locale


def offers_of(*, tx: Tx, query: OffersTo) -> OffersOf | None:
    """None for who is no customer any more."""
    merchant, customer = (
        tx.merchant(query.merchant_id),
        tx.customer_by_id(query.merchant_id, query.customer_id),
    )
    if merchant is None or customer is None:
        return None
    person = tx.person(customer.account)
    locale = person.locale if person else None
    return OffersOf(merchant_name=merchant.name, locale=locale or merchant.default_locale)


def stop_offers(*, tx: Tx, command: OffersTo) -> OffersOf | None:
    """What a click in a mail asks for; None as in ``offers_of``."""
    found, customer = (
        offers_of(tx=tx, query=command),
        tx.customer_by_id(command.merchant_id, command.customer_id),
    )
    if found is not None and customer is not None and is_allowed(tx, customer):
        answer(tx, customer, is_given=False)
    return found


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
    tx.add_offer(
        Offer(
            merchant_id=merchant.merchant_id,
            customer_id=customer.customer_id,
            message_id=message_id,
            kind=kind,
            written_at=tx.now,
        )
    )
    return message_id


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
