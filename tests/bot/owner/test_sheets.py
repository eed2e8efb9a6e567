"""Files for spreadsheets: what is text stays text, and every locale opens them right."""

import errno
import random
import re
import resource
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import pytest

from bot.owner import sheets
from bot.owner.sheets import SHEETS, CsvSheet, Row, SheetFormat, XlsxSheet
from bot.texts import texts
from domain.account import Locale

AT = datetime.fromisoformat("2026-11-22T14:05:07")
ROW: Row = ("Léa; “Ÿ”", 1234, Decimal("-1234.50"), date(2026, 11, 22), AT, None)
FORMULAS = (
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("http://x")'),
    *("＝1+1", "＋1", "－1", "＠SUM(A1)", "\0=1"),
)


def written(path: Path, form: SheetFormat, rows: list[Row], locale: Locale = Locale.EN) -> Path:
    sheet = SHEETS[form](path / f"file.{form}", texts(locale), "Things", ["Name"])
    sheet.write(rows)
    sheet.close()
    return path / f"file.{form}"


@pytest.mark.parametrize(
    ("locale", "line"),
    [
        (Locale.EN, "Léa; “Ÿ”,1234,-1234.50,2026-11-22,2026-11-22 14:05:07,"),
        (Locale.FR, '"Léa; “Ÿ”";1234;-1234,50;2026-11-22;2026-11-22 14:05:07;'),
        (Locale.DE, '"Léa; “Ÿ”";1234;-1234,50;2026-11-22;2026-11-22 14:05:07;'),
        (Locale.LB, '"Léa; “Ÿ”";1234;-1234,50;2026-11-22;2026-11-22 14:05:07;'),
    ],
)
def test_csv_is_parted_and_written_as_the_locale_does(tmp_path: Path, locale: Locale, line: str) -> None:
    found = written(tmp_path, SheetFormat.CSV, [ROW], locale).read_bytes()
    assert found == f"\ufeffName\r\n{line}\r\n".encode()


@pytest.mark.parametrize("text", FORMULAS)
def test_text_in_a_csv_is_no_formula_but_a_number_may_be_negative(tmp_path: Path, text: str) -> None:
    found = written(tmp_path, SheetFormat.CSV, [(text, -1)]).read_text("utf-8-sig")
    cell = found.removeprefix("Name").lstrip("\r\n").lstrip('"')
    assert cell.startswith("'")
    assert found.endswith(",-1\n")


def pages(path: Path) -> list[str]:
    with ZipFile(path) as book:
        names = sorted(name for name in book.namelist() if name.startswith("xl/worksheets/sheet"))
        return [book.read(name).decode() for name in names]


@contextmanager
def little_room() -> Iterator[None]:
    """No file of this process may have more than 20 kB."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("rows", [200, 2000], ids=["at its end", "halfway"])
def test_workbook_for_which_there_is_no_room_leaves_no_rows_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    """They are customers' names, and each try would leave some more of them."""
    (temporary := tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    sheet = SHEETS[SheetFormat.XLSX](tmp_path / "book.xlsx", texts(Locale.EN), "Things", ["Name"])
    chance = random.Random(1)
    names = [(f"{chance.getrandbits(400):x}",) for _ in range(rows)]
    with little_room(), pytest.raises(OSError, match="File too large") as told, closing(sheet):
        sheet.write(names)
    assert told.value.errno == errno.EFBIG
    assert {path.name for path in tmp_path.rglob("*")} == {"temporary", "book.xlsx"}


def test_workbook_has_no_formula_and_no_link(tmp_path: Path) -> None:
    [page] = pages(written(tmp_path, SheetFormat.XLSX, [(text, "https://example.org") for text in FORMULAS]))
    assert "<f>" not in page
    assert "<hyperlink" not in page
    assert page.count('t="inlineStr"') == 1 + 2 * len(FORMULAS)


def test_workbook_keeps_numbers_and_dates_as_what_they_are(tmp_path: Path) -> None:
    [page] = pages(written(tmp_path, SheetFormat.XLSX, [ROW]))
    assert re.findall(r"<v>([^<]*)</v>", page) == ["1234", "-1234.50", "46348", "46348.58688657408"]


def test_workbook_is_named_and_wide_enough_and_shows_dates_and_amounts_as_its_reader_does(
    tmp_path: Path,
) -> None:
    """Its sheet was called Sheet1, its moments were too wide for their column, and 1,234.50 was 1234.5."""
    header = ["Date", "Zurückgenommene Prämien"]
    sheet = SHEETS[SheetFormat.XLSX](tmp_path / "book.xlsx", texts(Locale.DE), "Tage", header)
    sheet.write([(AT, Decimal("1234.50")), (date(2026, 11, 22), Decimal("0.5"))])
    sheet.close()
    with ZipFile(tmp_path / "book.xlsx") as book:
        page = book.read("xl/worksheets/sheet1.xml").decode()
        styles = book.read("xl/styles.xml").decode()
        assert '<sheet name="Tage"' in book.read("xl/workbook.xml").decode()
    formats = re.findall(r'<xf numFmtId="([0-9]+)"', styles.partition("<cellXfs")[2])
    used = [formats[int(style)] for style in re.findall(r'<c r="[AB][23]" s="([0-9]+)"', page)]
    assert used[0::2] == ["22", "14"], (
        "Excel's own for a moment and a date, as the reader's computer writes them"
    )
    shown = dict(re.findall(r'<numFmt numFmtId="([0-9]+)" formatCode="([^"]+)"', styles))
    assert [shown[each] for each in used[1::2]] == ["#,##0.00", "#,##0.0"]
    widths = [float(width) for width in re.findall(r'<col [^>]*width="([0-9.]+)"', page)]
    assert len(widths) == 2
    assert widths[0] >= 18
    assert widths[1] >= len(header[1])


def test_what_a_page_of_a_workbook_cannot_hold_is_on_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "XLSX_ROWS_MAX", 3)
    found = pages(written(tmp_path, SheetFormat.XLSX, [(number,) for number in range(5)]))
    assert [re.findall(r"<v>([0-9])</v>", page) for page in found] == [["0", "1"], ["2", "3"], ["4"]]


def test_every_format_has_its_writer() -> None:
    assert {SheetFormat.CSV: CsvSheet, SheetFormat.XLSX: XlsxSheet} == SHEETS
