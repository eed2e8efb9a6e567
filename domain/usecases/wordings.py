"""What merchants and stores say in their own words: setting it, taking it back, finding it for a message."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from domain.account import Locale
from domain.expiry import ExpiryKind, Unit
from domain.ids import CardId, CardNumber, EntryId, MerchantId, StoreId
from domain.kinds import EntryKind
from domain.merchant import Merchant
from domain.messages import MESSAGES, Facts, Message, MessageKind
from domain.ports import OwnWords, Terms
from domain.refusals import StoreNotFound
from domain.rules import wordings
from domain.rules.days import local_date
from domain.usecases.asking import known_merchant
from domain.wording import Wording

OF_POINTS = (MessageKind.POINTS_EXPIRING, MessageKind.POINTS_EXPIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetWording:
    """``locale`` None is every language."""

    merchant_id: MerchantId
    store_id: StoreId | None
    kind: MessageKind
    locale: Locale | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListWordings:
    merchant_id: MerchantId
    store_id: StoreId | None


class WordingSource(StrEnum):
    """Whose words are in force."""

    DEFAULT = "default"
    MERCHANT = "merchant"
    STORE = "store"


@dataclass(frozen=True, slots=True, kw_only=True)
class WordingLine:
    """``text`` is None where the house's own sentences are in force."""

    kind: MessageKind
    locale: Locale
    source: WordingSource
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WordingSheet:
    """What is in force for every kind and language, and what a preview is filled with.

    ``store_name`` is that of the store asked for, else of the merchant's first.
    """

    merchant_id: MerchantId
    merchant_name: str
    store_name: str
    reward: str
    stamps_target: int
    today: date
    lines: tuple[WordingLine, ...]


def sample(sheet: WordingSheet, kind: MessageKind) -> Facts:
    """What such a message might say to a customer of this merchant: each of its facts by its name."""
    known: dict[str, Any] = {
        "merchant_name": sheet.merchant_name,
        "store_name": sheet.store_name,
        "card_id": CardId(sheet.merchant_id),
        "card_number": CardNumber("482109375"),
        "reward": sheet.reward,
        "rewards_available": 1,
        "stamps_target": sheet.stamps_target,
        "stamp_count": 1,
        "stamps_delta": 1,
        "points_balance": 0,
        "points_delta": 0,
        "shortfall": 0,
        "progress": None,
        "entry_kind": EntryKind.STAMP_EARNED,
        "occurred_at": datetime.combine(sheet.today, time(12), UTC),
        "unit": Unit.POINTS if kind in OF_POINTS else Unit.STAMPS,
        "kind": ExpiryKind.LOT,
        "count": 3,
        "balance": 7,
        "last_day": sheet.today + timedelta(days=14),
        "closed": (),
    }
    facts = MESSAGES[kind].facts
    return facts(**{field.name: known[field.name] for field in fields(facts)})


def set_wording(*, tx: OwnWords, command: Wording) -> Wording:
    """As it is kept. Raises MerchantNotFound, StoreNotFound and what check_wording raises."""
    _merchant(tx, command.merchant_id, command.store_id)
    wording = replace(command, text=wordings.check_wording(command.kind, command.text))
    tx.save_wording(wording)
    return wording


def reset_wording(*, tx: OwnWords, command: ResetWording) -> int:
    """Takes back what this merchant or store said itself; how many texts that were. A store goes back to its
    merchant's words. Raises MerchantNotFound, StoreNotFound, WordingKindFixed."""
    _merchant(tx, command.merchant_id, command.store_id)
    wordings.placeholders_of(command.kind)
    locales = tuple(Locale) if command.locale is None else (command.locale,)
    return sum(
        tx.forget_wording(command.merchant_id, command.store_id, command.kind, locale) for locale in locales
    )


def list_wordings(*, tx: OwnWords, query: ListWordings) -> WordingSheet:
    """Kind by kind, each in every language. Raises MerchantNotFound, StoreNotFound."""
    merchant = _merchant(tx, query.merchant_id, query.store_id)
    stores, program = tx.stores_of(query.merchant_id), tx.programs_of(query.merchant_id)[0]
    found = tx.wordings_of(query.merchant_id)
    return WordingSheet(
        merchant_id=merchant.merchant_id,
        merchant_name=merchant.name,
        store_name=next(store.name for store in stores if query.store_id in (None, store.store_id)),
        reward=program.reward,
        stamps_target=program.stamps_target,
        today=local_date(tx.now, merchant.timezone),
        lines=tuple(
            _line(kind, locale, query.store_id, found) for kind in wordings.PLACEHOLDERS for locale in Locale
        ),
    )


def wording_for(tx: OwnWords, message: Message, locale: Locale) -> str | None:
    """The store's own words for this message, else the merchant's, else None: the house's."""
    if message.kind not in wordings.PLACEHOLDERS:
        return None
    found = tx.wordings_for(message.merchant_id, message.kind, locale)
    texts = {wording.store_id: wording.text for wording in found}
    if not texts.keys() - {None}:
        return texts.get(None)
    return texts.get(_store_of(tx, message), texts.get(None))


def _store_of(tx: OwnWords, message: Message) -> StoreId | None:
    """Where the receipt's entry was made; for all else the store at which the customer joined."""
    if message.kind is MessageKind.RECEIPT:
        entry = tx.entry(message.merchant_id, EntryId(message.message_id))
        return entry.store_id if entry else None
    customer = tx.customer_of(message.merchant_id, message.recipient)
    return customer.joined_store_id if customer else None


def _line(
    kind: MessageKind, locale: Locale, store_id: StoreId | None, found: Sequence[Wording]
) -> WordingLine:
    texts = {each.store_id: each.text for each in found if (each.kind, each.locale) == (kind, locale)}
    source = WordingSource.MERCHANT if None in texts else WordingSource.DEFAULT
    if store_id is not None and store_id in texts:
        source = WordingSource.STORE
    text = texts.get(store_id, texts.get(None))
    return WordingLine(kind=kind, locale=locale, source=source, text=text)


def _merchant(tx: Terms, merchant_id: MerchantId, store_id: StoreId | None) -> Merchant:
    merchant = known_merchant(tx, merchant_id)
    if store_id is not None and tx.store(merchant_id, store_id) is None:
        raise StoreNotFound
    return merchant
