"""What phones ask of a pass, as Apple Wallet asks it
(https://developer.apple.com/documentation/walletpasses/adding-a-web-service-to-update-passes).

Whoever comes without the token of a pass learns nothing, and costs no look into the database; but the list of the
passes on a device is asked for without one (``changed``).
"""

import hmac
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import TypeVar

import msgspec
from aiohttp import web

from bot.delivery.wallets.apple import AppleWallet
from bot.kit.bounded import remember
from bot.kit.clock import Clock
from bot.kit.links import PASSES_PATH, key_of_serial, serial_of
from bot.kit.pass_file import FILE_TYPE
from bot.kit.tokens import token_hash
from bot.kit.web import for_a_body
from domain.ports import Database, DatabaseUnavailable
from domain.quick import dataclass
from domain.refusals import CardNotFound
from domain.usecases.wallets import (
    PassesOn,
    RegisterDevice,
    UnregisterDevice,
    pass_letter,
    passes_on,
    register_device,
    unregister_device,
)
from domain.wallet import SETTLED_AFTER, PassKey

logger = logging.getLogger(__name__)

BODY_MAX_BYTES = 16_384
LOGGED_MAX = 3
LOGGED_LENGTH_MAX = 200
SCHEME = "ApplePass "
_DEVICE = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_PUSH_TOKEN = re.compile(r"[A-Za-z0-9]{16,200}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,}")
_TAG = re.compile(r"[0-9]{1,16}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_A_SECOND, _A_MICROSECOND = timedelta(seconds=1), timedelta(microseconds=1)

Handler = Callable[[web.Request], Awaitable[web.Response]]
StructT = TypeVar("StructT", bound=msgspec.Struct)


class _Registration(msgspec.Struct):
    push_token: str = msgspec.field(name="pushToken")


class _Log(msgspec.Struct):
    logs: list[str]


@dataclass(slots=True)
class Allowance:
    """So many at once, and so many a second in the long run, for each name."""

    per_second: float
    burst: int
    seconds: Callable[[], float]
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        now = self.seconds()
        left, at = self._left.get(name, (float(self.burst), now))
        left = min(float(self.burst), left + (now - at) * self.per_second)
        remember(self._left, name, (max(left - 1, 0.0) if left >= 1 else left, now))
        return left >= 1


def passkit_routes(
    database: Database, wallet: AppleWallet, clock: Clock, seconds: Callable[[], float]
) -> Sequence[web.AbstractRouteDef]:
    """``seconds`` never goes back."""
    service = _Service(database, wallet, clock, seconds)

    def answering(handler: Handler) -> Handler:
        async def answer(request: web.Request) -> web.Response:
            try:
                return await handler(request)
            except DatabaseUnavailable:
                return web.Response(status=503)

        return answer

    root = f"{PASSES_PATH}/v1"
    registrations = f"{root}/devices/{{device}}/registrations/{{type}}"
    return [
        web.post(f"{registrations}/{{serial}}", answering(service.register)),
        web.delete(f"{registrations}/{{serial}}", answering(service.unregister)),
        web.get(registrations, answering(service.changed)),
        web.get(f"{root}/passes/{{type}}/{{serial}}", answering(service.latest)),
        web.post(f"{root}/log", answering(service.log)),
    ]


class _Service:
    def __init__(
        self, database: Database, wallet: AppleWallet, clock: Clock, seconds: Callable[[], float]
    ) -> None:
        self._database = database
        self._wallet = wallet
        self._clock = clock
        self._anybody = Allowance(50, 200, seconds)
        self._each = Allowance(1, 20, seconds)
        self._complaints = Allowance(0.1, 20, seconds)

    async def register(self, request: web.Request) -> web.Response:
        key, device = self._key(request), _device(request)
        if key is None:
            return web.Response(status=401)
        if not self._each.has(key.pass_id):
            return _too_many()
        body = await _body(request, _Registration)
        if device is None or body is None or not _PUSH_TOKEN.fullmatch(body.push_token):
            return web.Response(status=400)
        command = RegisterDevice(key=key, device_hash=device, push_token=body.push_token)
        try:
            is_new = await self._database.write(register_device, command)
        except CardNotFound:
            return web.Response(status=401)
        return web.Response(status=201 if is_new else 200)

    async def unregister(self, request: web.Request) -> web.Response:
        key, device = self._key(request), _device(request)
        if key is None:
            return web.Response(status=401)
        if not self._each.has(key.pass_id):
            return _too_many()
        if device is not None:
            await self._database.write(unregister_device, UnregisterDevice(key=key, device_hash=device))
        return web.Response(status=200)

    async def changed(self, request: web.Request) -> web.Response:
        """Without a token, as Apple has it: whoever knows a device's name learns that it has passes, not whose."""
        if not self._anybody.has("list"):
            return _too_many()
        device, tag = _device(request), request.query.get("passesUpdatedSince", "0")
        if device is None or not self._is_ours(request) or not _TAG.fullmatch(tag):
            return web.Response(status=204)
        since = _EPOCH + int(tag) * _A_MICROSECOND if tag.strip("0") else None
        found = await self._database.read(passes_on, PassesOn(device_hash=device, since=since))
        if found is None:
            return web.Response(status=204)
        told = {
            "lastUpdated": str((found.until - _EPOCH) // _A_MICROSECOND),
            "serialNumbers": [serial_of(key) for key in found.keys],
        }
        return web.json_response(told)

    async def latest(self, request: web.Request) -> web.Response:
        key = self._key(request)
        if key is None:
            return web.Response(status=401)
        if not self._each.has(key.pass_id):
            return _too_many()
        now = self._clock()
        try:
            letter = await self._database.read(pass_letter, key)
        except CardNotFound:
            return web.Response(status=401)
        changed_at = letter.wallet_pass.changed_at
        known = _since(request)
        if known is not None and changed_at < known:
            return web.Response(status=304)
        headers = {
            "Last-Modified": format_datetime(_modified(changed_at, now), usegmt=True),
            "Cache-Control": "no-store",
        }
        content = await self._wallet.file(letter)
        return web.Response(body=content, content_type=FILE_TYPE, headers=headers)

    async def log(self, request: web.Request) -> web.Response:
        """What phones complain of, without what might be a secret; anybody may write here, so never much."""
        if not self._complaints.has("log"):
            return _too_many()
        body = await _body(request, _Log)
        for line in (body.logs if body else [])[:LOGGED_MAX]:
            said = " ".join(_SECRET.sub("…", line[:LOGGED_LENGTH_MAX]).split())
            logger.info("a phone says: %s", said.encode("ascii", "replace").decode())
        return web.Response(status=200)

    def _is_ours(self, request: web.Request) -> bool:
        return request.match_info["type"] == self._wallet.settings.apple_pass_type_id

    def _key(self, request: web.Request) -> PassKey | None:
        """The pass that is asked for, None without its token."""
        key = key_of_serial(request.match_info["serial"])
        given = request.headers.get("Authorization", "")
        if key is None or not self._is_ours(request) or not given.startswith(SCHEME):
            return None
        right = self._wallet.tokens.pass_token(key.pass_id).encode()
        given_token = given.removeprefix(SCHEME).encode(errors="surrogateescape")
        return key if hmac.compare_digest(given_token, right) else None


def _modified(changed_at: datetime, now: datetime) -> datetime:
    """Dates of HTTP have whole seconds. The one after the change, once no other change can fall into it; until then
    the one before, so that the phone gets the same pass again rather than miss a change."""
    before = changed_at.replace(microsecond=0)
    after = before + _A_SECOND
    return after if now >= after + SETTLED_AFTER else before


def _since(request: web.Request) -> datetime | None:
    """None where there is no date that can be read."""
    try:
        found = parsedate_to_datetime(request.headers.get("If-Modified-Since", ""))
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _device(request: web.Request) -> str | None:
    """The hash of the device's name, None for a name that no device has."""
    name = request.match_info["device"]
    return token_hash(f"device:{name}") if _DEVICE.fullmatch(name) else None


async def _body(request: web.Request, kind: type[StructT]) -> StructT | None:
    """None for a body that is too large, or not of that kind. Raises what ``for_a_body`` raises."""
    content = b""
    async with for_a_body():
        async for chunk in request.content.iter_any():
            content += chunk
            if len(content) > BODY_MAX_BYTES:
                return None
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.MsgspecError:
        return None


def _too_many() -> web.Response:
    return web.Response(status=429, headers={"Retry-After": "30"})
