"""A small wallet on the phones of the page: opens a pass that was sent, checks it, and asks for a newer one each time
it is shown (https://developer.apple.com/documentation/walletpasses).
"""

import hashlib
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

from bot.sandbox.errors import bad_request
from bot.sandbox.page_guard import data_url, is_loopback, json_answer
from bot.sandbox.qr import draw_qr
from bot.sandbox.stage import Stage

ANSWERS_WITHIN_S = 2.0
PICTURES = {"strip": "strip@2x.png", "logo": "logo@2x.png"}
_LINE = re.compile(r'("(?:[^"\\]|\\.)*") = ("(?:[^"\\]|\\.)*");')

Json = dict[str, Any]


@dataclass(slots=True)
class Held:
    """The newest file of a pass, and the Last-Modified with which it came."""

    file: bytes
    modified: str = ""


class Wallet:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._held: dict[str, Held] = {}

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        return [web.get("/sandbox/wallet/{file_id}", self._show)]

    async def _show(self, request: web.Request) -> web.Response:
        file_id, language = request.match_info["file_id"], request.query.get("language", "en")[:2]
        sent = self._stage.world.files.by_id(file_id)
        if sent is None:
            raise web.HTTPNotFound
        held = self._held.setdefault(file_id, Held(sent.data))
        await self._renew(held)
        return json_answer(shown(held.file, language))

    async def _renew(self, held: Held) -> None:
        """Fetches a newer pass from its web service on this machine; without an answer, the pass stays as it is."""
        content = json.loads(files_of(held.file)["pass.json"])
        address = urlsplit(content.get("webServiceURL", ""))
        if not is_loopback(address.netloc):
            return
        url = f"{address.geturl()}/v1/passes/{content['passTypeIdentifier']}/{content['serialNumber']}"
        headers = {"Authorization": f"ApplePass {content['authenticationToken']}"}
        headers |= {"If-Modified-Since": held.modified} if held.modified else {}
        patience = aiohttp.ClientTimeout(total=ANSWERS_WITHIN_S)
        with suppress(aiohttp.ClientError, TimeoutError):
            async with (
                aiohttp.ClientSession(timeout=patience) as session,
                session.get(url, headers=headers) as answer,
            ):
                if answer.status == 200:
                    held.file, held.modified = await answer.read(), answer.headers.get("Last-Modified", "")


def files_of(archive: bytes) -> Mapping[str, bytes]:
    """The files of a pass by name. Raises ApiError for a pass that a phone would not take: no archive, or a file that
    differs from the manifest."""
    try:
        with zipfile.ZipFile(BytesIO(archive)) as opened:
            files = {name: opened.read(name) for name in opened.namelist()}
        manifest = json.loads(files["manifest.json"])
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise bad_request("this is no pass") from error
    signed = {name for name in files if name not in ("manifest.json", "signature")}
    wrong = [name for name in signed if hashlib.sha1(files[name]).hexdigest() != manifest.get(name)]  # noqa: S324
    if wrong or signed != manifest.keys() or not files.get("signature"):
        raise bad_request(f"the pass is damaged: {', '.join(sorted(wrong)) or 'its manifest'}")
    return files


def shown(archive: bytes, language: str) -> Json:
    """What is drawn: the texts in this language, the pictures as data."""
    files = files_of(archive)
    content = json.loads(files["pass.json"])
    said = _strings(files.get(f"{language}.lproj/pass.strings", b"").decode("utf-16"))
    card = {side: [_said(each, said) for each in fields] for side, fields in content["storeCard"].items()}
    codes = content.get("barcodes", [])
    return {
        "name": content["logoText"],
        "colours": [content[name] for name in ("backgroundColor", "foregroundColor", "labelColor")],
        "voided": content.get("voided", False),
        "code": data_url(draw_qr(codes[0]["message"])) if codes else None,
        "number": codes[0]["altText"] if codes else "",
        **{name: data_url(files[file]) if file in files else None for name, file in PICTURES.items()},
        **{side: card.get(side, []) for side in SIDES},
    }


SIDES = ("headerFields", "primaryFields", "secondaryFields", "auxiliaryFields", "backFields")


def _said(field: Json, said: Mapping[str, str]) -> Json:
    return {name: said.get(field[name], field[name]) for name in ("label", "value") if name in field}


def _strings(text: str) -> Mapping[str, str]:
    return {json.loads(base): json.loads(said) for base, said in _LINE.findall(text)}
