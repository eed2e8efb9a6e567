"""A stand-in for Google's service for passes and its token endpoint, over real HTTP on loopback.

It is strict: it refuses fields that the documentation does not know, and requests without those that it requires.
Tokens are verified by PyJWT, not by the code that makes them. A test can make it answer with faults.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bot.kit.clock import system_clock
from tests.support.patience import PATIENCE_S

ISSUER = "3388000000022222222"
EMAIL = "stempel@example-project.iam.gserviceaccount.com"
KEY_FILE = "google.json"
KEY_ID = "0a1b2c3d4e5f"
SAVE = "https://pay.google.com/gp/v/save/"
LINK_LENGTH_MAX = 1800
SCOPE = "https://www.googleapis.com/auth/wallet_object.issuer"
_ID = re.compile(rf"{ISSUER}\.[\w.-]{{1,100}}")


class Fault(StrEnum):
    BUSY = "429"
    AWAY = "503"
    BROKEN = "500"
    REVOKED = "401"
    CUT_BEFORE = "cut before it was taken"
    CUT_AFTER = "cut after it was taken"


class Wrong(Exception):
    """A request that Google would refuse; the text says why."""


@cache
def account_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def lay_key_file(folder: Path, token_url: str, **changes: Any) -> Path:
    pem = account_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    content = {
        "type": "service_account",
        "project_id": "example-project",
        "private_key_id": KEY_ID,
        "private_key": pem,
        "client_email": EMAIL,
        "client_id": "123",
        "token_uri": token_url,
    }
    path = folder / KEY_FILE
    path.write_text(json.dumps(content | changes))
    return path


@dataclass
class Google:
    """``faults`` is asked at each request for a fault, None for none. ``requests`` counts by method and kind, which
    is "token" for the token endpoint. ``refusals`` are the reasons of what was refused."""

    clock: Callable[[], datetime] = system_clock
    faults: Callable[[], Fault | None] = lambda: None
    retry_after: str | None = None
    tokens_for_s: int = 3600
    token_answer: int = 200
    classes: dict[str, dict[str, Any]] = field(default_factory=dict)
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: Counter[tuple[str, str]] = field(default_factory=Counter)
    refusals: list[str] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0
    slow_s: float = 0.0
    _good: set[str] = field(default_factory=set)
    _issued: list[str] = field(default_factory=list)
    _runner: web.AppRunner | None = None

    @property
    def token_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/token"

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/walletobjects/v1"

    @property
    def tokens(self) -> list[str]:
        """All tokens that were ever given."""
        return self._issued

    def revokes(self) -> None:
        self._good.clear()

    def settings(self, folder: Path) -> dict[str, Any]:
        return self.settings_with(lay_key_file(folder, self.token_url))

    def settings_with(self, key_file: Path) -> dict[str, Any]:
        return {
            "google_wallet_issuer_id": ISSUER,
            "google_wallet_key_file": key_file,
            "google_wallet_logo_url": "https://example.com/logo.png",
            "google_wallet_api_url": self.api_url,
        }

    def saved(self, link: str) -> dict[str, Any]:
        """The object that a person has in their wallet after following the link. Checks the link."""
        assert link.startswith(SAVE)
        assert len(link) - len(SAVE) < LINK_LENGTH_MAX
        token = link.removeprefix(SAVE)
        claims = self._decoded(token, audience="google")
        assert set(claims) == {"iss", "aud", "typ", "iat", "origins", "payload"}
        assert (claims["iss"], claims["typ"]) == (EMAIL, "savetowallet")
        assert abs(claims["iat"] - self.clock().timestamp()) < 60
        [named] = claims["payload"]["loyaltyObjects"]
        found = self.objects[named["id"]]
        assert named == {"id": found["id"], "classId": found["classId"]}
        assert found["classId"] in self.classes
        return found

    async def opens(self) -> None:
        app = web.Application()
        app.router.add_post("/token", self._give_token)
        for kind, kept in (("loyaltyClass", self.classes), ("loyaltyObject", self.objects)):
            taking = self._taking(kind, kept)
            app.router.add_post(f"/walletobjects/v1/{kind}", taking)
            app.router.add_route("PATCH", f"/walletobjects/v1/{kind}/{{id}}", taking)
            app.router.add_put(f"/walletobjects/v1/{kind}/{{id}}", taking)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        [address] = self._runner.addresses
        self.port = address[1]

    async def closes(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def until(self, is_there: Callable[[], bool]) -> None:
        """Waits until ``is_there()`` is true; looks each time something was taken."""
        async with asyncio.timeout(PATIENCE_S):
            while not is_there():
                self.arrived.clear()
                await self.arrived.wait()

    async def _give_token(self, request: web.Request) -> web.Response:
        self.requests["POST", "token"] += 1
        await asyncio.sleep(self.slow_s)
        if self.token_answer != 200:
            return web.json_response({"error": "invalid_grant"}, status=self.token_answer)
        form = await request.post()
        try:
            self._check_grant(str(form["grant_type"]), str(form["assertion"]))
        except (AssertionError, jwt.PyJWTError) as error:
            self.refusals.append(f"no token: {type(error).__name__} {error}")
            return web.json_response({"error": "invalid_grant"}, status=400)
        token = f"ya29.{token_urlsafe(24)}"
        self._good.add(token)
        self._issued.append(token)
        return web.json_response(
            {"access_token": token, "expires_in": self.tokens_for_s, "token_type": "Bearer"}
        )

    def _check_grant(self, grant: str, assertion: str) -> None:
        assert grant == "urn:ietf:params:oauth:grant-type:jwt-bearer"
        claims = self._decoded(assertion, audience=self.token_url)
        assert set(claims) == {"iss", "scope", "aud", "iat", "exp"}
        assert (claims["iss"], claims["scope"]) == (EMAIL, SCOPE)
        now = self.clock().timestamp()
        assert claims["iat"] <= now + 5 < claims["exp"] <= claims["iat"] + 3600

    def _decoded(self, token: str, audience: str) -> dict[str, Any]:
        assert jwt.get_unverified_header(token) == {"alg": "RS256", "typ": "JWT", "kid": KEY_ID}
        options: Any = {"verify_exp": False, "verify_iat": False}
        return jwt.decode(
            token, account_key().public_key(), algorithms=["RS256"], audience=audience, options=options
        )

    def _taking(self, kind: str, kept: dict[str, dict[str, Any]]) -> Callable[[web.Request], Any]:
        async def take(request: web.Request) -> web.Response:
            self.requests[request.method, kind] += 1
            await asyncio.sleep(self.slow_s)
            fault = self.faults()
            if fault is Fault.REVOKED:
                self.revokes()
            if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self._good:
                return self._says(401, "UNAUTHENTICATED")
            if fault in (Fault.BUSY, Fault.AWAY, Fault.BROKEN):
                return self._says(int(fault), "rateLimitExceeded" if fault is Fault.BUSY else "backendError")
            if fault is Fault.CUT_BEFORE:
                return self._cut(request)
            try:
                answer = self._keep(request, kept, kind, await request.json())
            except Wrong as error:
                self.refusals.append(str(error))
                answer = self._says(400, "invalid")
            return self._cut(request) if fault is Fault.CUT_AFTER else answer

        return take

    def _keep(
        self, request: web.Request, kept: dict[str, dict[str, Any]], kind: str, given: dict[str, Any]
    ) -> web.Response:
        named = request.match_info.get("id", given.get("id"))
        if given.get("id", named) != named:
            raise Wrong("id of another")
        before = kept.get(str(named))
        if request.method == "POST" and before is not None:
            return self._says(409, "alreadyExists")
        if request.method != "POST" and before is None:
            return self._says(404, "resourceNotFound")
        merged = {**(before or {}), **given} if request.method == "PATCH" else given
        whole = {name: value for name, value in merged.items() if value is not None}
        if kind == "loyaltyClass":
            check_class(whole)
        else:
            check_object(whole)
            if whole["classId"] not in self.classes:
                raise Wrong("no such class")
        kept[str(named)] = whole
        self.arrived.set()
        return web.json_response(whole)

    def _says(self, status: int, reason: str) -> web.Response:
        error = {
            "code": status,
            "message": f"{reason}: {EMAIL}",
            "errors": [{"message": EMAIL, "domain": "walletobjects", "reason": reason}],
        }
        headers = {"Retry-After": self.retry_after} if self.retry_after and status in (429, 503) else {}
        return web.json_response({"error": error}, status=status, headers=headers)

    @staticmethod
    def _cut(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()


def check_class(given: Mapping[str, Any]) -> None:
    """Raises Wrong."""
    _fields(
        given,
        needs={
            "id": _is_id,
            "issuerName": _is_text,
            "programName": _is_text,
            "programLogo": _is_image,
            "reviewStatus": lambda value: value in ("UNDER_REVIEW", "DRAFT"),
        },
        may={
            "localizedProgramName": _is_localized,
            "hexBackgroundColor": lambda value: bool(re.fullmatch(r"#[0-9a-fA-F]{6}", value)),
            "accountIdLabel": _is_text,
            "localizedAccountIdLabel": _is_localized,
            "textModulesData": _are_modules,
            "linksModuleData": _are_links,
            "homepageUri": _is_link,
            "merchantLocations": _are_places,
            "multipleDevicesAndHoldersAllowedStatus": lambda value: value == "ONE_USER_ALL_DEVICES",
        },
    )


def check_object(given: Mapping[str, Any]) -> None:
    """Raises Wrong."""
    _fields(
        given,
        needs={
            "id": _is_id,
            "classId": _is_id,
            "state": lambda value: value in ("ACTIVE", "COMPLETED", "EXPIRED", "INACTIVE"),
        },
        may={
            "accountId": _is_text,
            "barcode": _is_barcode,
            "loyaltyPoints": _is_balance,
            "secondaryLoyaltyPoints": _is_balance,
            "textModulesData": _are_modules,
            "linksModuleData": _are_links,
            "validTimeInterval": _is_interval,
        },
    )


Rule = Callable[[Any], bool]


def _fields(given: Any, needs: Mapping[str, Rule], may: Mapping[str, Rule] = {}) -> None:
    if not isinstance(given, dict):
        raise Wrong(f"not an object: {given!r}")
    for name in needs:
        if name not in given:
            raise Wrong(f"{name} is missing")
    for name, value in given.items():
        rule = needs.get(name) or may.get(name)
        if rule is None or not rule(value):
            raise Wrong(f"{name} cannot be {value!r}")


def _has(given: Any, needs: Mapping[str, Rule], may: Mapping[str, Rule] = {}) -> bool:
    _fields(given, needs, may)
    return True


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and "<b>" not in value and "&amp;" not in value


def _is_url(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"https?://\S+", value) is not None


def _is_localized(value: Any) -> bool:
    def is_translated(each: Any) -> bool:
        return _has(each, {"language": lambda said: said in ("en", "fr", "de", "lb"), "value": _is_text})

    def are_others(each: Any) -> bool:
        return len(each) == 3 and all(is_translated(one) for one in each)

    return _has(value, {"defaultValue": is_translated, "translatedValues": are_others})


def _is_image(value: Any) -> bool:
    return _has(value, {"sourceUri": lambda uri: _has(uri, {"uri": _is_url})})


def _are_modules(value: Any) -> bool:
    def is_module(each: Any) -> bool:
        return _has(each, {"id": _is_text, "localizedHeader": _is_localized, "localizedBody": _is_localized})

    names = [each.get("id") for each in value]
    return len(value) <= 10 and len(set(names)) == len(names) and all(is_module(each) for each in value)


def _is_link(value: Any) -> bool:
    return _has(
        value,
        {"uri": _is_url, "description": _is_text, "localizedDescription": _is_localized, "id": _is_text},
    )


def _are_links(value: Any) -> bool:
    return _has(value, {"uris": lambda uris: bool(uris) and all(_is_link(each) for each in uris)})


def _is_barcode(value: Any) -> bool:
    return _has(value, {"type": lambda kind: kind == "QR_CODE", "value": _is_url, "alternateText": _is_text})


def _is_balance(value: Any) -> bool:
    def is_amount(each: Any) -> bool:
        [(name, amount)] = each.items()
        return {"string": str, "int": int}.get(name) is type(amount)

    return _has(value, {"label": _is_text, "localizedLabel": _is_localized, "balance": is_amount})


def _are_places(value: Any) -> bool:
    """At most ten (https://developers.google.com/wallet/reference/rest/v1/loyaltyclass)."""
    degrees = {"latitude": lambda said: -90 <= said <= 90, "longitude": lambda said: -180 <= said <= 180}
    return isinstance(value, list) and len(value) <= 10 and all(_has(each, degrees) for each in value)


def _is_interval(value: Any) -> bool:
    def is_moment(each: Any) -> bool:
        return _has(each, {"date": lambda said: datetime.fromisoformat(said).tzinfo is not None})

    return _has(value, {"end": is_moment})


@asynccontextmanager
async def google(**how: Any) -> AsyncIterator[Google]:
    stand_in = Google(**how)
    await stand_in.opens()
    try:
        yield stand_in
    finally:
        await stand_in.closes()
