"""Wordings of merchants and stores: setting one, taking it back, finding it for a message."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from domain.account import Account, Locale
from domain.expiry import ExpiryKind, Unit
from domain.ids import CardId, CardNumber, EntryId, MerchantId, StaffId, StoreId
from domain.kinds import EntryKind
from domain.merchant import Merchant
from domain.messages import MESSAGES, Facts, Message, MessageKind
from domain.ports import OwnWords, Terms
from domain.quick import dataclass, replace
from domain.refusals import FieldsChangedMeanwhile, StoreNotFound
from domain.rights import Right
from domain.rules import wordings
from domain.rules.days import local_date
from domain.usecases.asking import asked_by, known_merchant
from domain.usecases.recording import record
from domain.usecases.see_shop import Shop, see_shop
from domain.wording import Wording, WordingPlace

OF_POINTS = (MessageKind.POINTS_EXPIRING, MessageKind.POINTS_EXPIRED)
OF_STAMPS = (MessageKind.STAMPS_EXPIRING, MessageKind.STAMPS_EXPIRED)
USUAL = ""
"""In the record of changes, where there was no wording."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeWording:
    """``text`` None takes the wording back; ``seen`` is what it was when the change was chosen."""

    account: Account
    place: WordingPlace
    seen: str | None
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeWordings:
    account: Account
    merchant_id: MerchantId
    store_id: StoreId | None


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
    """Whose words hold."""

    DEFAULT = "default"
    MERCHANT = "merchant"
    STORE = "store"


@dataclass(frozen=True, slots=True, kw_only=True)
class WordingLine:
    """``text`` is None where the usual words hold."""

    kind: MessageKind
    locale: Locale
    source: WordingSource
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WordingSheet:
    """What holds for every kind and language, and what a preview is filled with.

    ``store_name`` is that of the store asked for, else of the merchant's first store.
    """

    merchant_id: MerchantId
    merchant_name: str
    store_name: str
    reward: str
    stamps_target: int
    today: date
    lines: tuple[WordingLine, ...]
    has_stamps: bool = True

    def line(self, kind: MessageKind, locale: Locale) -> WordingLine:
        """Raises WordingKindFixed."""
        wordings.placeholders_of(kind)
        return next(each for each in self.lines if (each.kind, each.locale) == (kind, locale))


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopWords:
    """What holds for the whole shop or the store that was asked for, and all wordings of the merchant and its
    stores."""

    shop: Shop
    sheet: WordingSheet
    own: Sequence[Wording]

    def text(self, place: WordingPlace) -> str | None:
        """The wording of this place, None where it has none."""
        return _text_at(self.own, place)

    def usual(self, place: WordingPlace) -> str | None:
        """The text that holds without it: for a store, the wording of its shop."""
        return None if place.store_id is None else self.text(replace(place, store_id=None))


def sample(sheet: WordingSheet, kind: MessageKind) -> Facts:
    """What such a message might tell a customer of this merchant: each of its facts by its name."""
    is_of_points = kind in OF_POINTS or not (sheet.has_stamps or kind in OF_STAMPS)
    known: dict[str, Any] = {
        "merchant_name": sheet.merchant_name,
        "store_name": sheet.store_name,
        "card_id": CardId(sheet.merchant_id),
        "card_number": CardNumber("482109375"),
        "reward": sheet.reward,
        "rewards_available": 1,
        "stamps_target": sheet.stamps_target,
        "stamp_count": 1,
        "stamps_delta": 0 if is_of_points else 1,
        "points_balance": 42 if is_of_points else 0,
        "points_delta": 12 if is_of_points else 0,
        "shortfall": 0,
        "progress": None,
        "factor_tenths": None,
        "to_go": None,
        "reward_until": None,
        "needs_holder": False,
        "entry_kind": EntryKind.POINTS_EARNED if is_of_points else EntryKind.STAMP_EARNED,
        "occurred_at": datetime.combine(sheet.today, time(12), UTC),
        "unit": Unit.POINTS if is_of_points else Unit.STAMPS,
        "kind": ExpiryKind.LOT,
        "count": 3,
        "balance": 7,
        "last_day": sheet.today + timedelta(days=14),
        "closed": (),
    }
    facts = MESSAGES[kind].facts
    return facts(**{field.name: known[field.name] for field in fields(facts)})


def change_wording(*, tx: OwnWords, command: ChangeWording) -> str | None:
    """Sets the wording and returns it as it is stored. The same text again changes nothing.

    Raises NotAllowed, MerchantNotFound, StoreNotFound, FieldsChangedMeanwhile and what ``check_wording`` raises.
    """
    place = command.place
    _, member = asked_by(tx, place.merchant_id, command.account, Right.CHANGE_FIELDS)
    _merchant(tx, place.merchant_id, place.store_id)
    text = None if command.text is None else wordings.check_wording(place.kind, command.text)
    wordings.placeholders_of(place.kind)
    if _present(tx, place) not in (command.seen, text):
        raise FieldsChangedMeanwhile
    _say(tx, place, text, member.staff_id if member else None)
    return text


def set_wording(*, tx: OwnWords, command: Wording) -> Wording:
    """Set by the operator; returned as it is stored. Raises MerchantNotFound, StoreNotFound and what
    ``check_wording`` raises."""
    _merchant(tx, command.merchant_id, command.store_id)
    wording = replace(command, text=wordings.check_wording(command.kind, command.text))
    _say(tx, _place_of(command), wording.text, None)
    return wording


def reset_wording(*, tx: OwnWords, command: ResetWording) -> int:
    """The operator takes the wordings of this merchant or store back; returns how many texts that were. A store goes
    back to its merchant's words. Raises MerchantNotFound, StoreNotFound, WordingKindFixed."""
    _merchant(tx, command.merchant_id, command.store_id)
    wordings.placeholders_of(command.kind)
    places = (
        WordingPlace(
            merchant_id=command.merchant_id, store_id=command.store_id, kind=command.kind, locale=locale
        )
        for locale in (tuple(Locale) if command.locale is None else (command.locale,))
    )
    return sum(_say(tx, place, None, None) for place in places)


def see_wordings(*, tx: OwnWords, query: SeeWordings) -> ShopWords:
    """Raises NotAllowed, MerchantNotFound, StoreNotFound."""
    asked_by(tx, query.merchant_id, query.account, Right.CHANGE_FIELDS)
    asked = ListWordings(merchant_id=query.merchant_id, store_id=query.store_id)
    return ShopWords(
        shop=see_shop(tx=tx, query=query.merchant_id),
        sheet=list_wordings(tx=tx, query=asked),
        own=tx.wordings_of(query.merchant_id),
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
        has_stamps=program.has_stamps,
        today=local_date(tx.now, merchant.timezone),
        lines=tuple(
            _line(kind, locale, query.store_id, found) for kind in wordings.PLACEHOLDERS for locale in Locale
        ),
    )


def wording_for(tx: OwnWords, message: Message, locale: Locale) -> str | None:
    """The store's wording for this message, else the merchant's, else None: the usual words hold."""
    if message.kind not in wordings.PLACEHOLDERS:
        return None
    found = tx.wordings_for(message.merchant_id, message.kind, locale)
    texts = {wording.store_id: wording.text for wording in found}
    if not texts.keys() - {None}:
        return texts.get(None)
    return texts.get(_store_of(tx, message), texts.get(None))


def _store_of(tx: OwnWords, message: Message) -> StoreId | None:
    """For a receipt the store where its entry was made, else the store at which the customer joined."""
    if message.kind is MessageKind.RECEIPT:
        entry = tx.entry(message.merchant_id, EntryId(message.message_id))
        return entry.store_id if entry else None
    customer = tx.customer_of(message.merchant_id, message.recipient)
    return customer.joined_store_id if customer else None


def _say(tx: OwnWords, place: WordingPlace, text: str | None, staff_id: StaffId | None) -> bool:
    """Returns whether that changed anything; the change is recorded. ``staff_id`` None is the operator."""
    present = _present(tx, place)
    if text == present:
        return False
    if text is None:
        tx.forget_wording(place.merchant_id, place.store_id, place.kind, place.locale)
    else:
        tx.save_wording(
            Wording(
                merchant_id=place.merchant_id,
                store_id=place.store_id,
                kind=place.kind,
                locale=place.locale,
                text=text,
            )
        )
    record(tx, place.merchant_id, place.target, place.field, staff_id, present or USUAL, text or USUAL)
    return True


def _present(tx: OwnWords, place: WordingPlace) -> str | None:
    return _text_at(tx.wordings_for(place.merchant_id, place.kind, place.locale), place)


def _text_at(found: Sequence[Wording], place: WordingPlace) -> str | None:
    return next((each.text for each in found if _place_of(each) == place), None)


def _place_of(wording: Wording) -> WordingPlace:
    return WordingPlace(
        merchant_id=wording.merchant_id,
        store_id=wording.store_id,
        kind=wording.kind,
        locale=wording.locale,
    )


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
