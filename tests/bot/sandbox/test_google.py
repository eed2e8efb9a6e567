"""The page's Google Wallet: the bot's own way to it, and what it refuses."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from PIL import Image

from bot.delivery.google_api import GoogleApi
from bot.kit.service_account import ServiceAccount, service_account_in
from bot.sandbox import Sandbox
from bot.sandbox.google import SAVE_URL
from tests.bot.sandbox.api import Api

ISSUER = "3388000000000000000"


def translated(text: str, french: str) -> dict[str, Any]:
    return {
        "defaultValue": {"language": "en", "value": text},
        "translatedValues": [{"language": "fr", "value": french}],
    }


CLASS = {
    "id": f"{ISSUER}.a-class",
    "issuerName": "Café",
    "programName": "Stamp card",
    "localizedProgramName": translated("Stamp card", "Carte à tampons"),
    "programLogo": {"sourceUri": {"uri": "https://example.lu/logo.png"}},
    "hexBackgroundColor": "#6b4a35",
    "accountIdLabel": "Card number",
    "localizedAccountIdLabel": translated("Card number", "Numéro de carte"),
    "merchantLocations": None,
}
CARD = {
    "id": f"{ISSUER}.a-card",
    "classId": CLASS["id"],
    "state": "ACTIVE",
    "accountId": "482 109 375",
    "barcode": {"type": "QR_CODE", "value": "https://t.me/bot?start=c", "alternateText": "482 109 375"},
    "loyaltyPoints": {
        "label": "Stamps",
        "localizedLabel": translated("Stamps", "Tampons"),
        "balance": {"string": "3 / 10"},
    },
    "textModulesData": [
        {
            "id": "reward",
            "localizedHeader": translated("Reward", "Récompense"),
            "localizedBody": translated("A coffee", "Un café"),
        }
    ],
}


@dataclass(frozen=True, slots=True)
class Bot:
    """What the bot knows of it."""

    account: ServiceAccount
    api: GoogleApi

    def link(self, card_id: str = str(CARD["id"])) -> str:
        payload = {"loyaltyObjects": [{"id": card_id, "classId": CLASS["id"]}]}
        claims = {"iss": self.account.email, "aud": "google", "typ": "savetowallet", "payload": payload}
        return f"{SAVE_URL}{self.account.signed(claims)}"

    async def brings(self, **changes: Any) -> None:
        await self.api.patch("loyaltyClass", CLASS, is_new=False)
        await self.api.patch("loyaltyObject", {**CARD, **changes}, is_new=True)


@pytest.fixture
async def bot(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Bot]:
    key_file = tmp_path / "google.json"
    key_file.write_text(json.dumps(sandbox.google_account()))
    account = service_account_in(key_file)
    api = GoogleApi(sandbox.google_api_url, account, lambda: datetime.now(UTC))
    yield Bot(account, api)
    await api.close()


async def looks(api: Api, sandbox: Sandbox, link: str, language: str = "en") -> tuple[int, Any]:
    query = {"token": link.removeprefix(SAVE_URL), "language": language}
    async with api.http.get(f"{sandbox.url}/sandbox/google", params=query) as answer:
        return answer.status, await answer.json() if answer.content_type == "application/json" else None


async def test_card_is_shown_as_it_was_brought_last_in_the_language_of_the_phone(
    api: Api, sandbox: Sandbox, bot: Bot
) -> None:
    await bot.brings()
    for language, name, label in (("fr", "Carte à tampons", "Tampons"), ("pt", "Stamp card", "Stamps")):
        status, card = await looks(api, sandbox, bot.link(), language)
        assert (status, card["name"], card["issuer"]) == (200, name, "Café")
        assert card["balances"] == [{"label": label, "value": "3 / 10"}]
        assert (card["colour"], card["number"]) == ("#6b4a35", "482 109 375")
        assert card["code"].startswith("data:image/png;base64,")
    await bot.brings(state="INACTIVE", barcode=None)
    _, card = await looks(api, sandbox, bot.link())
    assert (card["state"], card["code"]) == ("INACTIVE", None)
    await bot.api.replace("loyaltyObject", {"id": CARD["id"], "classId": CLASS["id"], "state": "EXPIRED"})
    _, card = await looks(api, sandbox, bot.link())
    assert (card["state"], card["balances"], card["front"], card["account"]) == ("EXPIRED", [], [], None)


async def test_link_is_nobodys_but_the_accounts(api: Api, sandbox: Sandbox, bot: Bot) -> None:
    await bot.brings()
    link = bot.link()
    head, body, signature = link.split(".")[-3:]
    forged = [
        f"{link[:-6]}AAAAAA",
        f"{SAVE_URL}{head}.{body}x.{signature}",
        f"{SAVE_URL}{head}.{body}",
        f"{SAVE_URL}nonsense",
        f"{SAVE_URL}{bot.account.signed({'aud': 'another', 'iss': bot.account.email})}",
        f"{SAVE_URL}{replace(bot.account, key_id='another').signed({'aud': 'google'})}",
    ]
    assert [(await looks(api, sandbox, each))[0] for each in forged] == [400] * len(forged)
    assert (await looks(api, sandbox, bot.link(f"{ISSUER}.unknown")))[0] == 404
    assert (await looks(api, sandbox, link))[0] == 200


async def test_nothing_is_taken_from_who_did_not_sign_in(api: Api, sandbox: Sandbox, bot: Bot) -> None:
    async with api.http.post(f"{sandbox.google_api_url}/loyaltyClass", json=CLASS) as answer:
        assert answer.status == 401
    async with api.http.post(f"{sandbox.url}/google/token", data={"assertion": "x.y.z"}) as answer:
        assert answer.status == 400
    await bot.brings()
    assert (await looks(api, sandbox, bot.link()))[0] == 200


async def test_logo_is_fetched_once_from_this_machine_and_from_no_other(
    api: Api, sandbox: Sandbox, bot: Bot
) -> None:
    asked = 0
    picture = BytesIO()
    Image.new("RGB", (4, 4)).save(picture, "PNG")

    async def logo(_: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        return web.Response(body=picture.getvalue(), content_type="image/png")

    app = web.Application()
    app.router.add_get("/logo.png", logo)
    await bot.brings()
    assert (await looks(api, sandbox, bot.link()))[1]["logo"] is None
    async with TestServer(app) as server:
        uri = {"sourceUri": {"uri": str(server.make_url("/logo.png"))}}
        await bot.api.patch("loyaltyClass", {**CLASS, "programLogo": uri}, is_new=False)
        for _ in range(2):
            _, card = await looks(api, sandbox, bot.link())
            assert card["logo"].startswith("data:image/png;base64,")
    assert asked == 1


async def test_page_opens_links_of_its_own_google_and_leaves_the_true_one_alone(
    api: Api, sandbox: Sandbox
) -> None:
    async def links() -> str | None:
        async with api.http.get(f"{sandbox.url}/sandbox/state") as answer:
            found: str | None = (await answer.json())["google_links"]
            return found

    assert await links() is None
    sandbox.google_account()
    assert await links() == SAVE_URL
