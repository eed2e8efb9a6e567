"""The wallet of the page: strict with what it is sent, and up to date."""

import asyncio
import json
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.kit.pass_file import pass_file, strings_file
from bot.kit.settings import Settings
from bot.kit.signer import Signer, signer_of
from bot.sandbox import Sandbox
from bot.sandbox.errors import ApiError
from bot.sandbox.wallet import files_of, shown
from tests.support.authority import settings_in
from tests.support.patience import PATIENCE_S


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    found = signer_of(Settings(webhook_url="https://cards.example.lu/hook", **settings_in(tmp_path)))
    assert found is not None
    return found


def a_pass(signer: Signer, count: str = "1 of 10", url: str = "https://cards.example.lu/wallet") -> bytes:
    content = {
        "webServiceURL": url,
        "passTypeIdentifier": "a-type",
        "serialNumber": "a-serial",
        "authenticationToken": "a-token",
        "logoText": "Café",
        **dict.fromkeys(("backgroundColor", "foregroundColor", "labelColor"), "rgb(1, 2, 3)"),
        "storeCard": {"headerFields": [{"key": "stamps", "label": "Stamps", "value": count}]},
    }
    strings = strings_file({"Stamps": 'Tampons "à" prendre\n', count: count.replace("of", "sur")})
    return pass_file({"pass.json": json.dumps(content).encode(), "fr.lproj/pass.strings": strings}, signer)


def test_texts_are_in_the_language_of_the_phone_where_the_pass_has_it(signer: Signer) -> None:
    made = a_pass(signer)
    assert shown(made, "fr")["headerFields"] == [{"label": 'Tampons "à" prendre\n', "value": "1 sur 10"}]
    assert shown(made, "pt")["headerFields"] == [{"label": "Stamps", "value": "1 of 10"}]


def test_a_damaged_pass_is_refused(signer: Signer) -> None:
    whole = files_of(a_pass(signer))
    for name in whole:
        damaged = BytesIO()
        with ZipFile(damaged, "w") as written:
            for each, content in whole.items():
                written.writestr(each, b"other" if each == name != "signature" else content)
            if name == "signature":
                written.writestr("beside", b"something")
        with pytest.raises(ApiError):
            files_of(damaged.getvalue())
    with pytest.raises(ApiError):
        files_of(b"nothing of the kind")


async def test_a_pass_that_is_looked_at_is_asked_for_anew(signer: Signer) -> None:
    asked = []

    async def latest(request: web.Request) -> web.Response:
        asked.append((request.headers["Authorization"], request.headers.get("If-Modified-Since")))
        newer = a_pass(signer, f"{len(asked)} of 10", url)
        return web.Response(body=newer, headers={"Last-Modified": f"time {len(asked)}"})

    app = web.Application()
    app.router.add_get("/w/v1/passes/a-type/a-serial", latest)
    async with TestServer(app) as server, Sandbox() as sandbox, aiohttp.ClientSession() as http:
        url = str(server.make_url("/w"))
        file = sandbox.world.files.add_document(a_pass(signer, url=url), "card.pkpass").file
        counts = []
        for _ in range(2):
            async with http.get(f"{sandbox.url}/sandbox/wallet/{file.file_id}") as answer:
                counts.append((await answer.json())["headerFields"][0]["value"])
        assert counts == ["1 of 10", "2 of 10"]
        assert asked == [("ApplePass a-token", None), ("ApplePass a-token", "time 1")]
        await server.close()
        async with (
            asyncio.timeout(PATIENCE_S),
            http.get(f"{sandbox.url}/sandbox/wallet/{file.file_id}") as answer,
        ):
            assert (await answer.json())["headerFields"][0]["value"] == "2 of 10", "as it was"
