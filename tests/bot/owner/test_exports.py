"""``/export``: the owner takes the books away as a file, and sees how far it is."""

import csv
import io
from zipfile import ZipFile

import pytest

from bot.kit.buttons import Verb, press, short_id
from bot.owner import exports
from bot.sandbox import Message, Person
from domain.staff import Role
from tests.support.house import House, Shop, number_of


@pytest.fixture
async def paul(home: House, shop: Shop) -> Person:
    paul, lea = await home.owner(shop), await home.customer(shop, "=Léa")
    sam = await home.member(shop, "Sam")
    await sam.sends(f"/stamp {number_of(lea)} 3")
    await sam.sees("=Léa", new=True)
    return paul


async def exported(paul: Person, button: str) -> tuple[str, bytes]:
    await paul.sends("/export")
    asked = await paul.sees("Take your books with you", new=True)
    await paul.taps(button, on=asked)
    await paul.sees("in the file below", new=True)
    sent: Message = await paul.sees(lambda message: message.document is not None)
    assert sent.document
    return sent.document.file_name, sent.document.data


async def test_entries_come_as_csv(paul: Person, home: House, shop: Shop) -> None:
    name, content = await exported(paul, "Entries · CSV")
    [line] = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    assert (line["What"], line["Stamps"], line["Staff"]) == ("Stamps given", "3", "Sam")
    assert (name.startswith("café-knätsch-entries-"), name.endswith(".csv")) == (True, True)


async def test_customers_come_as_a_workbook(paul: Person) -> None:
    name, content = await exported(paul, "Customers · XLSX")
    assert name.endswith(".xlsx")
    with ZipFile(io.BytesIO(content)) as book:
        assert "<t>=Léa</t>" in book.read("xl/worksheets/sheet1.xml").decode()


async def test_large_csv_is_packed_and_what_is_too_large_for_telegram_is_said(
    paul: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "ZIP_MIN_BYTES", 10)
    name, content = await exported(paul, "Days · CSV")
    with ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == [name.replace(".zip", ".csv")]
    monkeypatch.setattr(exports, "SEND_MAX_BYTES", 10)
    await paul.sends("/export")
    asked = await paul.sees("Take your books with you", new=True)
    await paul.taps("Entries · CSV", on=asked)
    await paul.sees("Telegram lets a bot send", new=True)


async def test_manager_and_staff_get_nothing(home: House, shop: Shop) -> None:
    for name, role in (("Max", Role.MANAGER), ("Sam", Role.STAFF)):
        member = await home.member(shop, name, role)
        await member.sends("/export")
        refused = await member.sees("You may not do this here.", new=True)
        assert refused.button_texts == ()
        await member.presses_raw(press(Verb.EXPORT, short_id(shop.merchant_id), "days", "csv"), refused)
        assert "You may not do this here." in str(await member.answered())
