"""Writes rows into a CSV or XLSX file that spreadsheets open correctly."""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Protocol

from bot.kit.loading import loading
from bot.texts import Texts
from domain.account import Locale

if TYPE_CHECKING:
    from xlsxwriter.format import Format

Cell = str | int | Decimal | date | datetime | None
Row = Sequence[Cell]

XLSX_ROWS_MAX = 1_048_576
"""The most rows of one sheet: https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3"""
_STARTS_A_FORMULA = tuple("=+-@\t\r\n\0＝＋－＠")
"""Full-width forms are among them, which some spreadsheets read alike: ASVS 5.0, 1.2.10, and
https://owasp.org/www-community/attacks/CSV_Injection"""
_COLUMN_WIDTH = 18
"""In characters; less, and Excel shows ##### for a day with its time."""
_DAY, _MOMENT = 14, 22
"""The formats of Excel's that show a date, and one with its time, as the reader's own computer writes them: ECMA-376,
18.8.30."""


class SheetFormat(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


class Sheet(Protocol):
    """A file that is written row by row. ``close`` ends it, also after an error halfway."""

    def write(self, rows: Iterable[Row]) -> None: ...
    def close(self) -> None: ...


class CsvSheet:
    """UTF-8 with a byte order mark, by which spreadsheets recognise it. Decimals have the locale's sign; columns are
    separated by ``;``, in English, where decimals have no comma, by ``,``. Dates are ISO 8601, which every locale
    reads."""

    def __init__(self, path: Path, t: Texts, _title: str, header: Sequence[str]) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._decimal_sign = t.decimal_sign
        self._out = csv.writer(self._file, delimiter="," if t.locale is Locale.EN else ";")
        self.write([header])

    def write(self, rows: Iterable[Row]) -> None:
        self._out.writerows([self._cell(cell) for cell in row] for row in rows)

    def close(self) -> None:
        self._file.close()

    def _cell(self, cell: Cell) -> str | int:
        match cell:
            case None:
                return ""
            case str():
                return f"'{cell}" if cell.startswith(_STARTS_A_FORMULA) else cell
            case int():
                return cell
            case Decimal():
                return f"{cell:f}".replace(".", self._decimal_sign)
            case datetime():
                return cell.isoformat(" ", "seconds")
            case _:
                return cell.isoformat()


class XlsxSheet:
    """Text stays text, whatever it begins with. Rows are not kept in memory once they are written, but in files that
    are gone when it is closed."""

    def __init__(self, path: Path, _t: Texts, title: str, header: Sequence[str]) -> None:
        with loading():
            import xlsxwriter  # noqa: PLC0415 - it takes a tenth of a second, which a CSV does not need

        path.touch()  # an unusable path is refused here, before all entries are read
        self._folder = TemporaryDirectory(prefix="stempel-")
        options = {"constant_memory": True, "tmpdir": self._folder.name}
        words = {"strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(str(path), options | words)
        self._bold = self._book.add_format({"bold": True})
        self._day = self._book.add_format({"num_format": _DAY})
        self._moment = self._book.add_format({"num_format": _MOMENT})
        self._decimals: dict[int, Format] = {}
        self._title, self._pages = title, 0
        self._header = header
        self._begin()

    def write(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if self._rows == XLSX_ROWS_MAX:
                self._begin()
            for column, cell in enumerate(row):
                self._write(column, cell)
            self._rows += 1

    def close(self) -> None:
        from xlsxwriter.exceptions import FileCreateError  # noqa: PLC0415

        with self._folder:
            try:
                self._book.close()
            except FileCreateError as problem:
                [cause] = problem.args
                raise cause from problem

    def _begin(self) -> None:
        self._pages += 1
        title = self._title if self._pages == 1 else f"{self._title} {self._pages}"
        self._page = self._book.add_worksheet(title)
        self._page.freeze_panes(1, 0)
        for column, name in enumerate(self._header):
            self._page.set_column(column, column, max(_COLUMN_WIDTH, len(name) + 2))
            self._page.write_string(0, column, name, self._bold)
        self._rows = 1

    def _write(self, column: int, cell: Cell) -> None:
        match cell:
            case None:
                pass
            case str():
                self._page.write_string(self._rows, column, cell)
            case int():
                self._page.write_number(self._rows, column, cell)
            case Decimal():
                self._page.write_number(self._rows, column, cell, self._format_of(cell))
            case datetime():
                self._page.write_datetime(self._rows, column, cell, self._moment)
            case _:
                self._page.write_datetime(self._rows, column, cell, self._day)

    def _format_of(self, number: Decimal) -> "Format":
        """As many decimals as it has, so that 12.50 is not 12.5."""
        exponent = number.as_tuple().exponent
        places = -exponent if isinstance(exponent, int) else 0
        if places not in self._decimals:
            shown = "#,##0." + "0" * places if places > 0 else "#,##0"
            self._decimals[places] = self._book.add_format({"num_format": shown})
        return self._decimals[places]


SHEETS: Mapping[SheetFormat, Callable[[Path, Texts, str, Sequence[str]], Sheet]] = {
    SheetFormat.CSV: CsvSheet,
    SheetFormat.XLSX: XlsxSheet,
}
