"""Marketing goes only to customers who said yes, and never exceeds the shop's monthly limit, whatever it is about."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from domain.account import Account, Locale
from domain.card import Customer
from domain.ids import CampaignId, CustomerId, MerchantId, MessageId
from domain.marketing import CAP_PERIOD, Consent, Offer, hindrance
from domain.merchant import Merchant
from domain.messages import Facts, MarketingAsked, MessageKind
from domain.ports import Consenting, Marketing, Posting, Promotion, Tx
from domain.quick import dataclass
from domain.refusals import CardNotHeld
from domain.rules.counter import Admitted
from domain.usecases.sending import send


@dataclass(frozen=True, slots=True, kw_only=True)
class OffersTo:
    """A customer by id, as a link in a mail names them."""

    merchant_id: MerchantId
    customer_id: CustomerId


@dataclass(frozen=True, slots=True, kw_only=True)
class OffersOf:
    merchant_name: str
    locale: Locale


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerMarketing:
    account: Account
    merchant_id: MerchantId
    is_given: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowAgain:
    """Undoes what ``stop_marketing`` ended at ``stopped_at``."""

    account: Account
    stopped_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """``merchants`` are those that had been allowed to write."""

    merchants: Sequence[Merchant]
    stopped_at: datetime


def ask_about_marketing(tx: Posting, at: Admitted, monthly_max: int) -> None:
    """Asks once, with the first act that earns something; no answer counts as a no. A guest cannot answer, and a shop
    that closes does not ask."""
    merchant_id, customer = at.merchant.merchant_id, at.customer
    if at.merchant.closes_at is not None or customer.account.is_guest:
        return
    if tx.consent(merchant_id, customer.customer_id) is not None:
        return
    asked = Consent(
        merchant_id=merchant_id,
        customer_id=customer.customer_id,
        asked_at=tx.now,
        answered_at=None,
        is_given=False,
    )
    tx.save_consent(asked)
    facts = MarketingAsked(merchant_name=at.merchant.name, monthly_max=monthly_max)
    send(tx, merchant_id, customer.account, MessageKind.MARKETING_ASKED, facts)


def is_allowed(tx: Marketing, customer: Customer) -> bool:
    consent = tx.consent(customer.merchant_id, customer.customer_id)
    return consent is not None and consent.is_given


def may_be_offered(tx: Marketing, merchant: Merchant, customer: Customer) -> bool:
    """Whether the customer said yes, and the monthly limit allows one more message."""
    limit = merchant.marketing_monthly_max
    written = tx.offers_since(customer, tx.now - CAP_PERIOD, limit) if limit else ()
    return hindrance(limit, is_allowed=is_allowed(tx, customer), offers_count=len(written)) is None


def offer(
    tx: Promotion,
    merchant: Merchant,
    customer: Customer,
    kind: MessageKind,
    facts: Facts,
) -> MessageId | None:
    """Puts a marketing message into the outbox; None where the customer may not be written to."""
    if not may_be_offered(tx, merchant, customer):
        return None
    return put_out(tx, customer, kind, facts)


def put_out(
    tx: Promotion,
    customer: Customer,
    kind: MessageKind,
    facts: Facts,
    campaign_id: CampaignId | None = None,
) -> MessageId:
    """Writes to a customer; the caller has checked that this is allowed."""
    message_id = send(tx, customer.merchant_id, customer.account, kind, facts)
    note_offer(tx, customer, kind, message_id, campaign_id)
    return message_id


def note_offer(
    tx: Marketing,
    customer: Customer,
    kind: MessageKind,
    message_id: MessageId,
    campaign_id: CampaignId | None = None,
) -> None:
    """Records that a marketing message was written: it counts towards the monthly limit."""
    tx.add_offer(
        Offer(
            merchant_id=customer.merchant_id,
            customer_id=customer.customer_id,
            message_id=message_id,
            kind=kind,
            written_at=tx.now,
            campaign_id=campaign_id,
        )
    )


def answer(tx: Marketing, customer: Customer, *, is_given: bool) -> Consent:
    """Records the customer's yes or no. The latest answer counts, whether or not the shop asked."""
    before = tx.consent(customer.merchant_id, customer.customer_id)
    consent = Consent(
        merchant_id=customer.merchant_id,
        customer_id=customer.customer_id,
        asked_at=before.asked_at if before else None,
        answered_at=tx.now,
        is_given=is_given,
        was_given=before is not None and before.is_given,
    )
    tx.save_consent(consent)
    return consent


def answer_marketing(*, tx: Consenting, command: AnswerMarketing) -> Merchant:
    """Raises CardNotHeld for an account that is no customer of the merchant."""
    merchant = tx.merchant(command.merchant_id)
    customer = tx.customer_of(command.merchant_id, command.account)
    if merchant is None or customer is None:
        raise CardNotHeld
    answer(tx, customer, is_given=command.is_given)
    return merchant


def stop_marketing(*, tx: Consenting, command: Account) -> Stopped:
    """No shop may write any more, and none will ask: where the customer has not answered yet, this counts as a no."""
    stopped = []
    for merchant, customer in _shops_of(tx, command):
        consent = tx.consent(customer.merchant_id, customer.customer_id)
        if consent is None or consent.is_given or consent.answered_at is None:
            answer(tx, customer, is_given=False)
        if consent is not None and consent.is_given:
            stopped.append(merchant)
    return Stopped(merchants=stopped, stopped_at=tx.now)


def allow_again(*, tx: Consenting, command: AllowAgain) -> Sequence[Merchant]:
    """Allows it again to the shops that had been allowed until then, unless they got another answer since."""
    again = []
    for merchant, customer in _shops_of(tx, command.account):
        consent = tx.consent(customer.merchant_id, customer.customer_id)
        if consent and consent.answered_at == command.stopped_at and consent.was_given:
            answer(tx, customer, is_given=True)
            again.append(merchant)
    return again


def _shops_of(tx: Consenting, account: Account) -> Iterator[tuple[Merchant, Customer]]:
    for merchant_id in tx.merchants_of(account):
        merchant, customer = tx.merchant(merchant_id), tx.customer_of(merchant_id, account)
        if merchant is not None and customer is not None:
            yield merchant, customer


def offers_of(*, tx: Tx, query: OffersTo) -> OffersOf | None:
    """None where there is no such customer any more."""
    found = _merchant_and_customer(tx, query)
    if found is None:
        return None
    merchant, customer = found
    person = tx.person(customer.account)
    locale = person.locale if person else None
    return OffersOf(merchant_name=merchant.name, locale=locale or merchant.default_locale)


def stop_offers(*, tx: Tx, command: OffersTo) -> OffersOf | None:
    """Carries out a click in a mail; None as in ``offers_of``."""
    found = _merchant_and_customer(tx, command)
    if found is not None and is_allowed(tx, found[1]):
        answer(tx, found[1], is_given=False)
    return offers_of(tx=tx, query=command)


def _merchant_and_customer(tx: Tx, asked: OffersTo) -> tuple[Merchant, Customer] | None:
    merchant = tx.merchant(asked.merchant_id)
    customer = tx.customer(asked.merchant_id, asked.customer_id)
    return (merchant, customer) if merchant and customer else None
