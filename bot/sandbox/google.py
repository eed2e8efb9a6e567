"""The part of Google's Wallet service that a card needs: makes a service account, takes classes and objects from a
program that has signed in with it, and shows the card that a phone would have after following the link
(https://developers.google.com/wallet/reference/rest).
"""

import base64
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.page_guard import data_url, is_loopback, json_answer
from bot.sandbox.qr import draw_qr

API, TOKEN = "/google/walletobjects/v1", "/google/token"
SAVE_URL = "https://pay.google.com/gp/v/save/"
EMAIL, KEY_ID = "cards@sandbox.example", "sandbox"
KEY_BITS = 2048
TOKEN_FOR_S = 3600
ANSWERS_WITHIN_S = 2.0
LOGO_BYTES_MAX = 1024 * 1024
_KINDS = ("loyaltyClass", "loyaltyObject")
_BALANCES = ("loyaltyPoints", "secondaryLoyaltyPoints")

Json = dict[str, Any]


class Google:
    def __init__(self) -> None:
        self._key: rsa.RSAPrivateKey | None = None
        self._tokens: set[str] = set()
        self._kept: dict[str, dict[str, Json]] = {kind: {} for kind in _KINDS}
        self._logos: dict[str, str] = {}

    @property
    def is_open(self) -> bool:
        """Whether an account was made. Without one, links lead to the real Google."""
        return self._key is not None

    def account(self, url: str) -> Json:
        """The key file of the account that may issue cards; ``url`` is the address of the sandbox."""
        self._key = self._key or rsa.generate_private_key(65537, KEY_BITS)
        pem = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return {
            "type": "service_account",
            "client_email": EMAIL,
            "private_key_id": KEY_ID,
            "private_key": pem.decode(),
            "token_uri": f"{url}{TOKEN}",
        }

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        return [
            web.post(TOKEN, self._sign_in),
            *(web.post(f"{API}/{kind}", self._taking(kind)) for kind in _KINDS),
            *(web.patch(f"{API}/{kind}/{{id}}", self._taking(kind)) for kind in _KINDS),
            *(web.put(f"{API}/{kind}/{{id}}", self._taking(kind)) for kind in _KINDS),
            web.get("/sandbox/google", self._show),
        ]

    async def _sign_in(self, request: web.Request) -> web.Response:
        form = await request.post()
        try:
            self._claims(str(form.get("assertion", "")), str(request.url))
        except ApiError:
            return json_answer({"error": "invalid_grant"}, 400)
        token = token_urlsafe(24)
        self._tokens.add(token)
        return json_answer({"access_token": token, "expires_in": TOKEN_FOR_S, "token_type": "Bearer"})

    def _taking(self, kind: str) -> Callable[[web.Request], Awaitable[web.Response]]:
        return partial(self._take, kind)

    async def _take(self, kind: str, request: web.Request) -> web.Response:
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self._tokens:
            return _says(401, "UNAUTHENTICATED")
        given: Json = await request.json()
        name, kept = str(request.match_info.get("id", given.get("id"))), self._kept[kind]
        before = kept.get(name)
        if request.method == "POST" and before is not None:
            return _says(409, "alreadyExists")
        if request.method != "POST" and before is None:
            return _says(404, "resourceNotFound")
        if kind == "loyaltyObject" and given.get("classId") not in self._kept["loyaltyClass"]:
            return _says(400, "invalid")
        whole = {**(before or {}), **given} if request.method == "PATCH" else given
        kept[name] = {field: value for field, value in whole.items() if value is not None}
        return json_answer(kept[name])

    async def _show(self, request: web.Request) -> web.Response:
        """The card of a link, as it is now."""
        claims = self._claims(request.query.get("token", ""), "google")
        [named] = claims["payload"]["loyaltyObjects"]
        card = self._kept["loyaltyObject"].get(named["id"])
        if card is None:
            raise web.HTTPNotFound
        program = self._kept["loyaltyClass"][card["classId"]]
        logo = await self._logo(program["programLogo"]["sourceUri"]["uri"])
        return json_answer(shown(card, program, logo, request.query.get("language", "en")[:2]))

    async def _logo(self, url: str) -> str | None:
        """The logo as a data URL, None if it could not be fetched: once, as Google does, and only from this
        machine."""
        if url in self._logos or not is_loopback(urlsplit(url).netloc):
            return self._logos.get(url)
        patience = aiohttp.ClientTimeout(total=ANSWERS_WITHIN_S)
        with suppress(aiohttp.ClientError, TimeoutError):
            async with aiohttp.ClientSession(timeout=patience) as session, session.get(url) as answer:
                if answer.status == 200 and answer.content_type == "image/png":
                    self._logos[url] = data_url(await answer.content.read(LOGO_BYTES_MAX))
        return self._logos.get(url)

    def _claims(self, token: str, audience: str) -> Json:
        """The claims of a token that the account signed for this audience (RFC 7515). Raises ApiError."""
        try:
            head, body, signature = token.split(".")
            if self._key is None or json.loads(_bytes(head)) != {"alg": "RS256", "typ": "JWT", "kid": KEY_ID}:
                raise ValueError
            said = f"{head}.{body}".encode()
            self._key.public_key().verify(_bytes(signature), said, padding.PKCS1v15(), hashes.SHA256())
            claims: Json = json.loads(_bytes(body))
        except (ValueError, InvalidSignature) as error:
            raise bad_request("Google did not sign this link for anybody") from error
        if claims.get("aud") != audience or claims.get("iss") != EMAIL:
            raise bad_request("Google knows this link from nobody")
        return claims


def shown(card: Mapping[str, Any], program: Mapping[str, Any], logo: str | None, language: str) -> Json:
    """What is drawn: the texts in this language, the code as a picture."""
    code = card.get("barcode")
    return {
        "issuer": program["issuerName"],
        "name": _said(program, "programName", language),
        "colour": program["hexBackgroundColor"],
        "logo": logo,
        "state": card["state"],
        "balances": [_balance(card[name], language) for name in _BALANCES if name in card],
        "account": {"label": _said(program, "accountIdLabel", language), "value": card["accountId"]}
        if "accountId" in card
        else None,
        "code": data_url(draw_qr(code["value"])) if code else None,
        "number": code["alternateText"] if code else "",
        "front": _modules(card, language),
        "back": [*_modules(program, language), *_links(program, language), *_links(card, language)],
    }


def _modules(of: Mapping[str, Any], language: str) -> list[Json]:
    return [
        {"label": _in(each["localizedHeader"], language), "value": _in(each["localizedBody"], language)}
        for each in of.get("textModulesData", [])
    ]


def _links(of: Mapping[str, Any], language: str) -> list[Json]:
    return [
        {"label": _in(each["localizedDescription"], language), "value": each["uri"]}
        for each in of.get("linksModuleData", {}).get("uris", [])
    ]


def _balance(balance: Mapping[str, Any], language: str) -> Json:
    [value] = balance["balance"].values()
    return {"label": _in(balance["localizedLabel"], language), "value": str(value)}


def _said(of: Mapping[str, Any], name: str, language: str) -> str:
    return _in(of[f"localized{name[0].upper()}{name[1:]}"], language)


def _in(said: Mapping[str, Any], language: str) -> str:
    """The value in the language of the phone, or else the default."""
    every = [*said["translatedValues"], said["defaultValue"]]
    return str(next((each for each in every if each["language"] == language), said["defaultValue"])["value"])


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(f"{text}{'=' * (-len(text) % 4)}")


def _says(status: int, reason: str) -> web.Response:
    return json_answer({"error": {"code": status, "errors": [{"reason": reason}]}}, status)
