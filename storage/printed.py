"""Blanks, the cards on paper or in a mail that nobody has yet, and adoptions of guests' cards."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, and_, bindparam, delete, func, insert, not_, select

from domain.card import Card, CardRef, Customer
from domain.ids import AdoptionId, CardId, MerchantId, SheetId, StaffId
from domain.merchant import Program
from domain.printed import Adoption, Blank, Sheet
from domain.quick import replace
from storage import rows, tables
from storage.base import TxBase
from storage.clauses import LIMIT, change, find, has, is_one, joins
from storage.columns import LONG
from storage.statements import Row
from storage.terms import is_present
from storage.upsert import upsert

_blanks, _programs, _versions = tables.blank_cards, tables.programs, tables.program_versions
_adoptions = tables.adoptions

INSERT_BLANK = insert(_blanks)
UPDATE_BLANK = change(_blanks, "used_at", "withdrawn_at", "address")
_is_mailed = _blanks.c.sheet_id == _blanks.c.card_id
_is_unused = and_(_blanks.c.used_at.is_(None), _blanks.c.withdrawn_at.is_(None))
_made_at = func.min(_blanks.c.made_at)
SELECT_SHEETS = (
    select(_blanks.c.sheet_id, _made_at, func.count(), func.count().filter(_is_unused))
    .where(has(_blanks, "merchant_id"), not_(_is_mailed))
    .group_by(_blanks.c.sheet_id)
    .order_by(_made_at.desc(), _blanks.c.sheet_id.desc())
)
SELECT_BLANKS_ON = (
    find(rows.BLANK, "merchant_id")
    .where(is_one(_blanks.c.sheet_id, bindparam("sheet_id")), not_(_is_mailed))
    .order_by(_blanks.c.sheet_id, _blanks.c.card_id)
)
SELECT_UNUSED_BLANKS = find(rows.BLANK, "merchant_id").where(_is_unused).order_by(_blanks.c.sheet_id)
COUNT_UNUSED = (
    select(func.count()).select_from(_blanks).where(has(_blanks, "merchant_id"), not_(_is_mailed), _is_unused)
)
SELECT_BLANK_MADE = find(rows.BLANK, "merchant_id", "card_id")
SELECT_BLANK_NUMBER = find([_blanks.c.card_id], "merchant_id", "number")
_SELECT_BLANK: Select[tuple[object, ...]] = (
    select(*rows.BLANK, *rows.PROGRAM)
    .select_from(_blanks.join(_programs, joins(_programs, _blanks, "program_id")).join(_versions, is_present))
    .where(has(_blanks, "merchant_id"), _is_unused)
)
_NAMED_BY = {"id": _blanks.c.card_id, "number": _blanks.c.number, "token": _blanks.c.token_hash}
SELECT_BLANK_BY = {
    by: _SELECT_BLANK.where(column == bindparam("card_ref")) for by, column in _NAMED_BY.items()
}
COUNT_MAILED = (
    select(func.count())
    .select_from(_blanks)
    .where(
        has(_blanks, "merchant_id", "staff_id"),
        _is_mailed,
        _blanks.c.made_at > bindparam("since", type_=LONG),
    )
)
SELECT_MAILED_BEFORE = (
    select(*rows.BLANK)
    .where(_blanks.c.address.is_not(None), _blanks.c.made_at < bindparam("made_before", type_=LONG))
    .order_by(_blanks.c.made_at)
    .limit(LIMIT)
)
SAVE_ADOPTION = upsert(_adoptions)
SELECT_ADOPTION = find(rows.ADOPTION, "merchant_id", "card_id")
SELECT_ADOPTION_BY_ID = find(rows.ADOPTION, "merchant_id", "adoption_id")
FORGET_ADOPTIONS = delete(_adoptions).where(_adoptions.c.asked_at < bindparam("asked_before"))
GIVE_CARD = change(tables.cards, "customer_id")


class PrintedRows(TxBase):
    def add_blank(self, blank: Blank) -> None:
        self.session.run(INSERT_BLANK, rows.blank_row(blank))

    def save_blank(self, blank: Blank) -> None:
        self.session.run(UPDATE_BLANK, rows.blank_row(blank))

    def sheets_of(self, merchant_id: MerchantId) -> Sequence[Sheet]:
        return self._all(_sheet, SELECT_SHEETS, merchant_id=merchant_id)

    def blanks_on(self, merchant_id: MerchantId, sheet_id: SheetId) -> Sequence[Blank]:
        return self._readable(rows.blank, SELECT_BLANKS_ON, merchant_id=merchant_id, sheet_id=sheet_id)

    def count_unused(self, merchant_id: MerchantId) -> int:
        [[unused]] = self.session.all(COUNT_UNUSED, merchant_id=merchant_id)
        return int(unused)

    def unused_blanks(self, merchant_id: MerchantId) -> Sequence[Blank]:
        return self._readable(rows.blank, SELECT_UNUSED_BLANKS, merchant_id=merchant_id)

    def blank(self, merchant_id: MerchantId, ref: CardRef) -> tuple[Blank, Program] | None:
        return self._one(_blank_of, SELECT_BLANK_BY[ref.by], merchant_id=merchant_id, card_ref=ref.value)

    def blank_made(self, merchant_id: MerchantId, card_id: CardId) -> Blank | None:
        found = self._readable(rows.blank, SELECT_BLANK_MADE, merchant_id=merchant_id, card_id=card_id)
        return found[0] if found else None

    def count_mailed(self, merchant_id: MerchantId, staff_id: StaffId, since: datetime) -> int:
        key = {"merchant_id": merchant_id, "staff_id": staff_id}
        [[mailed]] = self.session.all(COUNT_MAILED, **key, since=rows.to_instant(since))
        return int(mailed)

    def mailed_before(self, before: datetime, limit: int) -> Sequence[Blank]:
        made_before = rows.to_instant(before)
        return self._readable(rows.blank, SELECT_MAILED_BEFORE, made_before=made_before, limit=limit)

    def give_card(self, card: Card, customer: Customer) -> Card:
        card = replace(card, customer_id=customer.customer_id)
        self.session.run(GIVE_CARD, rows.card_row(card))
        return card

    def save_adoption(self, adoption: Adoption) -> None:
        self.session.run(SAVE_ADOPTION, rows.adoption_row(adoption))

    def adoption(self, card: Card) -> Adoption | None:
        key = {"merchant_id": card.merchant_id, "card_id": card.card_id}
        found = self._readable(rows.adoption, SELECT_ADOPTION, **key)
        return found[0] if found else None

    def adoption_of(self, merchant_id: MerchantId, adoption_id: AdoptionId) -> Adoption | None:
        key = {"merchant_id": merchant_id, "adoption_id": adoption_id}
        return self._one(rows.adoption, SELECT_ADOPTION_BY_ID, **key)

    def forget_adoptions(self, asked_before: datetime) -> int:
        return self.session.run(FORGET_ADOPTIONS, asked_before=rows.to_instant(asked_before))


_BLANK, _PROGRAM = rows.slices(rows.BLANK, rows.PROGRAM)


def _sheet(row: Row) -> Sheet:
    sheet_id, made_at, cards, unused = row
    return Sheet(sheet_id=sheet_id, made_at=rows.from_instant(made_at), cards=cards, unused=unused)


def _blank_of(row: Row) -> tuple[Blank, Program]:
    return rows.blank(row[_BLANK]), rows.program(row[_PROGRAM])
