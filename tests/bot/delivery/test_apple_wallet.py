"""A card in Apple Wallet through the whole house: a file that a phone takes, and what it hears of afterwards."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import zxingcpp
from PIL import Image

from bot.app.process import Surroundings
from bot.delivery import passkit, wallet_sync
from bot.kit import web
from bot.kit.links import PASSES_PATH
from bot.pictures.qr import draw_qr
from bot.sandbox import Person
from domain.account import Locale
from domain.wallet import QUIET, SETTLED_AFTER
from tests.support.apns import PushService, push_service
from tests.support.authority import PASS_TYPE, lay, settings_in
from tests.support.house import UNHURRIED, House, Shop, TestClock, has_picture, house, number_of
from tests.support.pass_reader import ReadPass, read_pass
from tests.support.patience import PATIENCE_S
from tests.support.ports import unused_port

PUSH_TOKEN = "0123456789abcdef" * 4
OWED = "SELECT count(*) FROM wallet_passes WHERE due_at IS NOT NULL"


@dataclass
class Phone:
    """As Apple Wallet asks; ``token`` is that of the pass it holds."""

    root: str
    http: aiohttp.ClientSession
    serial: str
    token: str
    device: str = "a-phone"

    def url(self, *parts: str) -> str:
        return "/".join([self.root, "v1", *parts])

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"ApplePass {self.token}"}

    async def registers(self, body: Any = None, **headers: str) -> int:
        url = self.url("devices", self.device, "registrations", PASS_TYPE, self.serial)
        body = {"pushToken": PUSH_TOKEN} if body is None else body
        async with self.http.post(url, json=body, headers=self.headers | headers) as answer:
            return answer.status

    async def unregisters(self) -> int:
        url = self.url("devices", self.device, "registrations", PASS_TYPE, self.serial)
        async with self.http.delete(url, headers=self.headers) as answer:
            return answer.status

    async def asks_what_changed(self, tag: str | None = None) -> tuple[int, dict[str, Any]]:
        url = self.url("devices", self.device, "registrations", PASS_TYPE)
        query = {} if tag is None else {"passesUpdatedSince": tag}
        async with self.http.get(url, params=query) as answer:
            return answer.status, await answer.json() if answer.status == 200 else {}

    async def fetches(self, since: str | None = None, **headers: str) -> tuple[int, bytes, str]:
        url = self.url("passes", PASS_TYPE, self.serial)
        known = {} if since is None else {"If-Modified-Since": since}
        async with self.http.get(url, headers=self.headers | known | headers) as answer:
            return answer.status, await answer.read(), answer.headers.get("Last-Modified", "")


@pytest.fixture
async def pushes(tmp_path: Path) -> AsyncIterator[PushService]:
    async with push_service(lay(tmp_path)) as service:
        yield service


@pytest.fixture
async def home(
    tmp_path: Path, clock: TestClock, pushes: PushService, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    monkeypatch.setattr(wallet_sync, "LOOKS_EVERY_S", 0.02)
    port = unused_port()
    async with house(
        tmp_path / "stempel.db",
        Surroundings(clock=clock, limits=UNHURRIED, authorities=tmp_path / "root.pem"),
        webhook_url=f"http://127.0.0.1:{port}/hook",
        webhook_listen=f"127.0.0.1:{port}",
        apple_pass_push_url=pushes.url,
        **settings_in(tmp_path),
    ) as found:
        yield found


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def puts_into_wallet(
    person: Person, folder: Path, label: str = "📲 Into the phone's wallet"
) -> ReadPass:
    await person.taps(label)
    sent = await person.sees(lambda message: message.document is not None, new=True)
    assert sent.document is not None
    assert sent.document.file_name == "card.pkpass"
    return read_pass(sent.document.file.data, folder)


def phone_with(found: ReadPass, http: aiohttp.ClientSession) -> Phone:
    content = found.content
    return Phone(content["webServiceURL"], http, content["serialNumber"], content["authenticationToken"])


async def hears(home: House, clock: TestClock, pushes: PushService, count: int) -> None:
    clock.passes(seconds=QUIET.total_seconds())
    await pushes.gets(count)
    await home.until_rows(OWED, [(0,)])


async def test_a_phone_takes_the_file_and_shows_the_card_in_its_own_language(
    home: House, shop: Shop, tmp_path: Path
) -> None:
    anna, paul = await home.customer(shop, "Anna", "fr"), await home.owner(shop)
    assert "wallet" in [command.command for command in anna.commands()]
    await paul.sends(f"/stamp {number_of(anna)} 3")
    await anna.sees("+3 tampons")
    found = await puts_into_wallet(anna, tmp_path / "pass", "📲 Dans le Wallet")
    assert found.complaints(tmp_path / "root.pem") == []
    content, fields = found.content, found.fields
    assert (fields["stamps"], fields["standing"], fields["reward"]) == ("3 sur 10", "7", "A coffee")
    [code] = content["barcodes"]
    [read] = zxingcpp.read_barcodes(Image.open(BytesIO(draw_qr(code["message"]))))
    assert read.text == code["message"] == fields["history"]
    await paul.opens(read.text)
    await paul.sees("3 of 10", new=True)
    assert code["altText"] == number_of(anna)
    said = {locale: found.strings(locale)["3 sur 10"] for locale in Locale}
    assert said == {"en": "3 of 10", "fr": "3 sur 10", "de": "3 von 10", "lb": "3 vun 10"}
    texts = {text for locale in Locale for text in found.strings(locale)}
    for side in content["storeCard"].values():
        for each in side:
            assert {"label", "value"} - each.keys() or each["label"] in texts
    sizes = {
        name: Image.open(BytesIO(found.file(name))).size
        for name in ("strip.png", "strip@3x.png", "icon@2x.png")
    }
    assert sizes == {"strip.png": (375, 144), "strip@3x.png": (1125, 432), "icon@2x.png": (58, 58)}
    every = [path for path in found.folder.rglob("*") if path.is_file()]
    assert {"pass.json", "manifest.json", "signature", "strip@2x.png"} < {path.name for path in every}
    for path in every:
        whole, middle = path.read_bytes(), path.stat().st_size // 2
        path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
        assert found.complaints(tmp_path / "root.pem"), f"a byte of {path} was changed"
        path.write_bytes(whole)
    assert found.complaints(tmp_path / "root.pem") == []


async def test_a_store_is_found_on_the_map_and_the_pass_knows_where_until_it_is_taken_away(
    home: House, shop: Shop, tmp_path: Path
) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    assert "locations" not in (await puts_into_wallet(anna, tmp_path / "before")).content
    await paul.sends("/stores")
    await paul.taps("Café Knätsch")
    await paul.taps("Location: Not said")
    await paul.sees("Send it with 📎")
    await paul.sends("at the station")
    await paul.sees("That is no place", new=True)
    await paul.sends_location(49.611603, 6.131935)
    await paul.sees("Location: Not said → 49.611603, 6.131935", new=True)
    await home.until_rows("SELECT revision FROM wallet_passes", [(2,)])
    await anna.sends("/wallet")
    await anna.sees("📲", new=True)
    found = await puts_into_wallet(anna, tmp_path / "then")
    assert found.content["locations"] == [
        {"latitude": 49.611603, "longitude": 6.131935, "relevantText": "Café Knätsch"}
    ]
    await paul.taps("Location: 49.611603, 6.131935")
    await paul.sees("Location: 49.611603, 6.131935\nSend")
    await paul.taps("Not said")
    await paul.sees("→ Not said")
    await paul.sends_location(49.6, 6.1)
    await paul.sees("/help", new=True)
    assert home.rows("SELECT location_latitude_micro, location_longitude_micro FROM stores") == [(None, None)]


async def test_a_phone_hears_of_a_stamp_and_fetches_it(
    home: House,
    shop: Shop,
    tmp_path: Path,
    clock: TestClock,
    pushes: PushService,
    http: aiohttp.ClientSession,
) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    phone = phone_with(await puts_into_wallet(anna, tmp_path / "first"), http)
    assert [await phone.registers(), await phone.registers()] == [201, 200]
    for _ in range(3):
        await paul.sends(f"/stamp {number_of(anna)}")
    await anna.sees("3 of 10")
    await hears(home, clock, pushes, 1)
    assert [asked.token for asked in pushes.asked] == [PUSH_TOKEN]
    status, changed = await phone.asks_what_changed()
    assert (status, changed["serialNumbers"]) == (200, [phone.serial])
    status, content, _ = await phone.fetches()
    assert read_pass(content, tmp_path / "second").fields["stamps"] == "3 of 10"
    pushes.answers = [(410, "Unregistered")]
    await paul.sends(f"/stamp {number_of(anna)}")
    await anna.sees("4 of 10")
    await hears(home, clock, pushes, 2)
    assert home.rows("SELECT count(*) FROM wallet_devices") == [(0,)]
    await anna.sends("/privacy")
    await anna.taps("🗑 Erase everything")
    await anna.taps("🗑 Yes, erase")
    await anna.sees("Erased.", new=True)
    status, content, _ = await phone.fetches()
    voided = read_pass(content, tmp_path / "third")
    assert voided.content["voided"] is True
    assert {"stamps", "history"}.isdisjoint(voided.fields)
    assert "barcodes" not in voided.content


async def test_who_has_not_the_token_learns_nothing(
    home: House, shop: Shop, tmp_path: Path, http: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    anna, tom = await home.customer(shop, "Anna"), await home.customer(shop, "Tom")
    phone = phone_with(await puts_into_wallet(anna, tmp_path / "pass"), http)
    other = phone_with(await puts_into_wallet(tom, tmp_path / "other"), http)
    right = phone.token
    for wrong in ("", right[:-1], right + "x", other.token, "ü"):
        phone.token = wrong
        assert [await phone.registers(), await phone.unregisters(), (await phone.fetches())[0]] == [401] * 3
    phone.token = right
    for scheme in ("Bearer ", "ApplePass", "applepass "):
        assert (await phone.fetches(Authorization=f"{scheme}{right}"))[0] == 401
    for serial in ("x", "x" * 44, other.serial, phone.serial[::-1]):
        phone.serial, kept = serial, phone.serial
        assert (await phone.fetches())[0] == 401
        phone.serial = kept
    assert (await phone.asks_what_changed())[0] == 204, "it is not registered"
    assert await phone.unregisters() == 200
    bodies: Sequence[Any] = (
        {},
        [],
        {"pushToken": 5},
        {"pushToken": "a/../b" * 5},
        {"pushToken": "a" * 20_000},
    )
    for body in bodies:
        assert await phone.registers(body) == 400
    assert await phone.registers() == 201
    for tag in ("x", "9" * 18, "9" * 40):
        assert (await phone.asks_what_changed(tag))[0] == 204
    for since in (
        "x",
        "Mon, 01 Jan 2026 00:00:00 +" + "9" * 20,
        "Mon, 01 Jan " + "9" * 20 + " 00:00:00 +0000",
    ):
        assert (await phone.fetches(since))[0] == 200
    caplog.set_level(logging.INFO, passkit.logger.name)
    async with http.post(phone.url("log"), json={"logs": [f"token {right}\n{PUSH_TOKEN}"] * 9}) as answer:
        assert answer.status == 200
    said = [record.getMessage() for record in caplog.records if "a phone says" in record.getMessage()]
    assert len(said) == passkit.LOGGED_MAX
    assert not any(secret in caplog.text for secret in (right, PUSH_TOKEN, phone.serial))
    assert await phone.unregisters() == 200
    assert home.rows("SELECT count(*) FROM wallet_devices") == [(0,)]


async def test_who_complains_all_day_fills_no_log(
    home: House, http: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, passkit.logger.name)
    url = f"http://{home.settings.webhook_listen}{PASSES_PATH}/v1/log"
    statuses = []
    for number in range(25):
        async with http.post(url, json={"logs": [f"{number}"]}) as answer:
            statuses.append(answer.status)
    assert (statuses[:20], statuses[-1]) == ([200] * 20, 429)


async def test_complaint_that_is_not_packed_as_it_says_is_refused(
    home: House, http: aiohttp.ClientSession
) -> None:
    url = f"http://{home.settings.webhook_listen}{PASSES_PATH}/v1/log"
    async with http.post(url, data=b"nothing", headers={"Content-Encoding": "gzip"}) as answer:
        assert answer.status == 400


async def test_who_begins_to_complain_and_does_not_finish_is_hung_up_on(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody may write there, and who is in the middle of a request keeps a connection that Telegram needs."""
    monkeypatch.setattr(web, "BODY_WITHIN_S", 0.1)
    monkeypatch.setattr(web, "LINGERING_S", 0.1)
    reader, writer = await asyncio.open_connection(*home.settings.webhook_listen.split(":"))
    writer.write(f"POST {PASSES_PATH}/v1/log HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n{{".encode())
    async with asyncio.timeout(PATIENCE_S):
        said = await reader.read()
    assert said.startswith(b"HTTP/1.1 408 ")
    writer.close()


async def test_if_modified_since_at_every_boundary(
    home: House, shop: Shop, tmp_path: Path, clock: TestClock, http: aiohttp.ClientSession
) -> None:
    clock.now = datetime(2026, 6, 15, 9, 0, 0, 400_000, tzinfo=UTC)
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    phone = phone_with(await puts_into_wallet(anna, tmp_path / "pass"), http)
    _, _, at_once = await phone.fetches()
    assert parsedate_to_datetime(at_once) <= clock.now
    assert (await phone.fetches(at_once))[0] == 200, "something may happen in the same second"
    await paul.sends(f"/stamp {number_of(anna)}")
    await anna.sees("1 of 10")
    assert (await phone.fetches(at_once))[0] == 200
    clock.passes(seconds=SETTLED_AFTER.total_seconds() + 1)
    _, _, settled = await phone.fetches()
    assert (await phone.fetches(settled))[0] == 304
    for seconds, status in ((-1, 200), (0, 304), (1, 304)):
        at = format_datetime(parsedate_to_datetime(settled) + timedelta(seconds=seconds), usegmt=True)
        assert (await phone.fetches(at))[0] == status
    for malformed in ("", "yesterday", "Mon, 99 Jun 2026 09:00:00 GMT"):
        assert (await phone.fetches(malformed))[0] == 200
    await paul.sends(f"/stamp {number_of(anna)}")
    await anna.sees("2 of 10")
    assert (await phone.fetches(settled))[0] == 200


async def test_a_flood_is_bounded(
    home: House, shop: Shop, tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    anna, tom = await home.customer(shop, "Anna"), await home.customer(shop, "Tom")
    phone = phone_with(await puts_into_wallet(anna, tmp_path / "pass"), http)
    other = phone_with(await puts_into_wallet(tom, tmp_path / "other"), http)
    answers = [await phone.registers() for _ in range(40)]
    assert answers[:20] == [201, *[200] * 19]
    assert 429 in answers[20:]
    assert await other.registers() == 201, "nobody else is turned away"


def test_an_allowance_is_used_up_and_comes_back() -> None:
    now = [0.0]
    allowance = passkit.Allowance(2, 3, lambda: now[0])
    assert [allowance.has("a") for _ in range(4)] == [True, True, True, False]
    assert allowance.has("b")
    now[0] += 0.5
    assert [allowance.has("a") for _ in range(2)] == [True, False]


async def test_without_the_settings_there_is_no_trace_of_wallets(tmp_path: Path, clock: TestClock) -> None:
    async with house(tmp_path / "stempel.db", Surroundings(clock=clock, limits=UNHURRIED)) as plain:
        anna = await plain.customer(await plain.opens_shop(), "Anna")
        assert "wallet" not in [command.command for command in anna.commands()]
        card = await anna.sees(has_picture)
        assert not any("allet" in text for text in card.button_texts)
        await anna.presses_raw("wallet:x:y", card)
        assert "no longer" in (await anna.answered()).text
        assert plain.rows("SELECT count(*) FROM wallet_passes") == [(0,)]
