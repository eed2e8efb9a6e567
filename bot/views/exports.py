"""``/export``: the files there are, their columns, and the progress of one that is made."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from bot.kit.buttons import Verb, press, short_id
from bot.texts import Texts, mark
from bot.views.entries import SAID
from bot.views.reasons import told
from bot.views.settings import to_home
from bot.views.view import Button, View, keyboard, row
from domain.card import Card, Customer
from domain.entry import Entry
from domain.expiry import Unit
from domain.ids import CardId, CardNumber, MerchantId
from domain.kinds import KINDS
from domain.money import minor_digits
from domain.multipliers import ONE
from domain.quick import dataclass
from domain.report import Part
from domain.rules.earning import NANO
from domain.summary import Figures
from domain.usecases.see_report import Books

T = TypeVar("T")
PROGRAM = mark("Program")
Cells = list[str | int | Decimal | date | datetime | None]


class What(StrEnum):
    ENTRIES = "entries"
    CUSTOMERS = "customers"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class EntryRow:
    books: Books
    entry: Entry
    number: CardNumber


@dataclass(frozen=True, slots=True)
class CardSums:
    """What all entries of a card come to."""

    figures: Figures
    visits: int
    last_visit: date | None


@dataclass(frozen=True, slots=True)
class CustomerRow:
    books: Books
    card: Card
    customer: Customer
    sums: CardSums


@dataclass(frozen=True, slots=True)
class DayRow:
    books: Books
    day: Part


Column = tuple[str, Callable[[Texts, T], str | int | Decimal | date | datetime | None]]


@dataclass(frozen=True)
class Columns(Generic[T]):
    """The columns of a file: for each its header, and how its cell is read from a row's value."""

    columns: tuple[Column[T], ...]

    def header(self, t: Texts) -> list[str]:
        return [t(name) for name, _ in self.columns]

    def row(self, t: Texts, of: T) -> Cells:
        return [cell(t, of) for _, cell in self.columns]

    def of(self, books: Books) -> "Columns[T]":
        """The columns for this shop: without the program's where it has only one."""
        if len(books.programs) > 1:
            return self
        return Columns(tuple(column for column in self.columns if column[0] != PROGRAM))


ENTRIES: Columns[EntryRow] = Columns(
    (
        (mark("Date"), lambda _, of: of.entry.local_date),
        (mark("Time"), lambda _, of: _local(of.entry.occurred_at, of.books)),
        (mark("Card"), lambda _, of: dashed(of.number)),
        (PROGRAM, lambda _, of: _program(of.books, of.entry.card_id)),
        (mark("What"), lambda t, of: t(SAID[of.entry.kind].called)),
        (mark("Stamps"), lambda _, of: of.entry.stamps_delta),
        (mark("Stamps after it"), lambda _, of: of.entry.stamps_balance_after),
        (mark("Points"), lambda _, of: of.entry.points_delta),
        (mark("Points after it"), lambda _, of: of.entry.points_balance_after),
        (mark("Purchase"), lambda _, of: _amount(of.entry.amount_minor, of.books)),
        (mark("Factor"), lambda _, of: Decimal(of.entry.factor_tenths or ONE) / ONE),
        (
            mark("Left over for stamps"),
            lambda _, of: _amount(of.entry.stamps_carried_minor, of.books),
        ),
        (
            mark("Left over of a point"),
            lambda _, of: (
                Decimal(of.entry.carried(Unit.POINTS)) / NANO if of.entry.points_carried_nano else None
            ),
        ),
        (mark("Reward"), lambda _, of: of.entry.reward),
        (mark("Store"), lambda _, of: of.books.stores.get(of.entry.store_id) if of.entry.store_id else None),
        (mark("Staff"), lambda _, of: of.books.staff.get(of.entry.staff_id) if of.entry.staff_id else None),
        (
            mark("Approved by"),
            lambda _, of: of.books.staff.get(of.entry.approved_by) if of.entry.approved_by else None,
        ),
        (mark("Note"), lambda t, of: _note(t, of.entry)),
        (mark("Entry"), lambda _, of: of.entry.entry_id),
        (mark("Takes back"), lambda _, of: of.entry.related_entry_id),
    )
)
CUSTOMERS: Columns[CustomerRow] = Columns(
    (
        (mark("Card"), lambda _, of: dashed(of.card.number)),
        (PROGRAM, lambda _, of: of.books.program_names[of.card.program_id]),
        (mark("Name"), lambda _, of: of.customer.name),
        (mark("Customer since"), lambda _, of: _local(of.card.created_at, of.books)),
        (mark("Joined at"), lambda _, of: of.books.stores.get(of.customer.joined_store_id)),
        (mark("Stamps"), lambda _, of: of.card.stamp_count),
        (mark("Points"), lambda _, of: of.card.points_balance),
        (mark("Visits"), lambda _, of: of.sums.visits),
        (mark("Last visit"), lambda _, of: of.sums.last_visit),
        (mark("Stamps given"), lambda _, of: of.sums.figures.stamps),
        (mark("Points given"), lambda _, of: of.sums.figures.points),
        (mark("Rewards"), lambda _, of: of.sums.figures.redemptions),
        (mark("Blocked"), lambda t, of: None if of.card.active else t("Yes")),
    )
)
DAYS: Columns[DayRow] = Columns(
    (
        (mark("Date"), lambda _, of: date.fromisoformat(of.day.key)),
        (mark("Visits"), lambda _, of: of.day.visits),
        (mark("Stamps"), lambda _, of: of.day.figures.stamps),
        (mark("Points"), lambda _, of: of.day.figures.points),
        (mark("Rewards"), lambda _, of: of.day.figures.redemptions),
        (mark("Stamps taken back"), lambda _, of: of.day.figures.stamps_voided),
        (mark("Points taken back"), lambda _, of: of.day.figures.points_voided),
        (mark("Rewards taken back"), lambda _, of: of.day.figures.redemptions_voided),
        (mark("Takings"), lambda _, of: _amount(of.day.takings_minor, of.books)),
    )
)
FILES = {
    What.ENTRIES: mark("Entries"),
    What.CUSTOMERS: mark("Customers"),
    What.DAYS: mark("Days"),
}


def choose_export(t: Texts, merchant_id: MerchantId, said: str = "") -> View:
    """``said`` tells how the export before ended."""
    text = t(
        "<b>Take your books with you</b>\n"
        "Entries: everything that ever happened. Customers: each card with what is on it. Days: what each came to.\n"
        "CSV opens in every spreadsheet, XLSX in Excel. Keep the files safe: they name your customers."
    )
    return View(
        text=f"{said}\n\n{text}" if said else text,
        buttons=keyboard(
            *(
                row(
                    *(
                        Button(
                            text=f"{t(name)} · {form.upper()}",
                            data=press(Verb.EXPORT, short_id(merchant_id), what.value, form),
                        )
                        for form in ("csv", "xlsx")
                    )
                )
                for what, name in FILES.items()
            ),
            row(to_home(t, merchant_id)),
        ),
    )


def exporting(t: Texts, what: What, done: int, of: int) -> View:
    """The progress, in entries read."""
    facts = {"what": t(FILES[what]), "done": t.number(done), "of": t.number(of)}
    return View(text=t("<b>{what}</b>: {done} of {of} entries read …", **facts))


def export_done(t: Texts, merchant_id: MerchantId, what: What, rows: int) -> View:
    said = t.n(
        "{what}: {count} line, in the file below.",
        "{what}: {count} lines, in the file below.",
        rows,
        what=t(FILES[what]),
    )
    return choose_export(t, merchant_id, f"✅ {said}")


def export_too_large(t: Texts, merchant_id: MerchantId, size_bytes: int, most_bytes: int) -> View:
    said = t(
        "The file has {size} MB, and Telegram lets a bot send {most} MB at most."
        " Whoever looks after this bot can make it on their computer.",
        size=t.number(size_bytes // 1_000_000),
        most=t.number(most_bytes // 1_000_000),
    )
    return choose_export(t, merchant_id, f"⚠️ {said}")


def export_file(t: Texts, what: What, file: tuple[str, bytes]) -> View:
    return View(text=t(FILES[what]), document=file)


def file_name(t: Texts, what: What, books: Books, ending: str) -> str:
    """ "café-knätsch-entries-2026-11-22.csv" """
    words = f"{books.merchant.name} {t(FILES[what])}".lower()
    return re.sub(r"[\W_]+", "-", words).strip("-") + f"-{books.dates.last.isoformat()}.{ending}"


def dashed(number: CardNumber) -> str:
    """With dashes, so that a spreadsheet does not take it for a number and drop leading zeros."""
    return f"{number[:3]}-{number[3:6]}-{number[6:]}"


def _note(t: Texts, entry: Entry) -> str | None:
    """Of a merge, the number of the other card."""
    if entry.note is None:
        return None
    return dashed(CardNumber(entry.note)) if KINDS[entry.kind].is_merge else told(t, entry.note)


def _program(books: Books, card_id: CardId) -> str | None:
    """The program's name; None for a card that was made after the books were read."""
    known = books.cards.get(card_id)
    return books.program_names[known[0]] if known else None


def _local(moment: datetime, books: Books) -> datetime:
    return moment.astimezone(ZoneInfo(books.merchant.timezone)).replace(tzinfo=None)


def _amount(amount_minor: int | None, books: Books) -> Decimal | None:
    if amount_minor is None:
        return None
    return Decimal(amount_minor).scaleb(-minor_digits(books.merchant.currency))
