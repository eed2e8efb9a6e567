"""The Bot API over HTTP: https://core.telegram.org/bots/api#making-requests."""

import socket
import struct
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

import msgspec
from aiohttp import web

from bot.sandbox.api_methods import Method, method_name
from bot.sandbox.api_types import InputFile, as_json
from bot.sandbox.changes import Change, ChangeKind
from bot.sandbox.checking import check, fields_of
from bot.sandbox.errors import ApiError, not_found, unauthorized
from bot.sandbox.faults import Fault, FaultKind, Faults, ScheduledFault
from bot.sandbox.incoming import Incoming, read_request
from bot.sandbox.limits import Limiter
from bot.sandbox.methods import BY_LOWER_NAME, HANDLERS
from bot.sandbox.world import World

CALLS_KEPT = 10_000
_PROXY_PAGE = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One Bot API call as it was received and answered; `at` is in Unix seconds, `seconds` the time it took.

    The `parameters` have their types, nested objects are decoded, a file is given by its name; those of a malformed
    request are as they came.
    """

    method: str
    parameters: Mapping[str, Any]
    result: Any
    error: ApiError | None
    fault: Fault | None
    at: float
    seconds: float

    @property
    def ok(self) -> bool:
        return self.error is None


@dataclass(slots=True)
class _Trace:
    """A call on its way: what is known of it so far."""

    method: str
    incoming: Incoming
    started_at: float
    request: Method | None = None
    result: Any = None
    error: ApiError | None = None
    scheduled: ScheduledFault | None = None

    @property
    def fault(self) -> Fault | None:
        return self.scheduled.fault if self.scheduled else None


class BotApiServer:
    """Routes for `/bot<token>/<method>` and `/file/bot<token>/<path>`."""

    def __init__(self, world: World, token: str, faults: Faults, limiter: Limiter | None) -> None:
        self._world = world
        self._token = token
        self._faults = faults
        self._limiter = limiter
        self.calls: deque[Call] = deque(maxlen=CALLS_KEPT)

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        return [
            web.route("*", "/bot{token}/{method}", self._handle_call),
            web.get("/file/bot{token}/{path:.+}", self._handle_download),
        ]

    async def _handle_call(self, http: web.Request) -> web.StreamResponse:
        trace = _Trace(http.match_info["method"], Incoming(), time.monotonic())
        try:
            trace.result = await self._carry_out(http, trace)
        except ApiError as error:
            trace.error = error
        self._record(trace)
        return await self._respond(http, trace)

    async def _carry_out(self, http: web.Request, trace: _Trace) -> object:
        if http.match_info["token"] != self._token:
            raise unauthorized()
        trace.incoming = await read_request(http)
        method = BY_LOWER_NAME.get(trace.method.lower())
        if method is None:
            raise not_found("method not found")
        trace.method = method_name(method)
        chat_id = trace.incoming.chat_id
        trace.scheduled = self._faults.meet(trace.method, chat_id)
        if trace.fault and (refusal := trace.fault.refusal()):
            raise refusal
        trace.request = check(method, trace.incoming.values, trace.incoming.uploads)
        if self._limiter:
            self._limiter.check(trace.method, chat_id)
        if trace.scheduled and trace.scheduled.fault.kind is FaultKind.DELAY:
            await trace.scheduled.stall()
        return await HANDLERS[method](self._world, trace.request)

    def _record(self, trace: _Trace) -> None:
        self.calls.append(
            Call(
                method=trace.method,
                parameters=_decoded(trace.request) if trace.request else trace.incoming.values,
                result=trace.result,
                error=trace.error,
                fault=trace.fault,
                at=self._world.clock(),
                seconds=time.monotonic() - trace.started_at,
            )
        )
        self._world.changes.announce(Change(ChangeKind.CALL))

    async def _respond(self, http: web.Request, trace: _Trace) -> web.StreamResponse:
        match trace.fault:
            case Fault(kind=FaultKind.RESET | FaultKind.CUT):
                return _cut_connection(http)
            case Fault(kind=FaultKind.SERVER_ERROR, html=True, status=status):
                page = _PROXY_PAGE.format(f"{status} {HTTPStatus(status).phrase}")
                return web.Response(status=status, text=page, content_type="text/html")
        if trace.scheduled and trace.scheduled.fault.kind is FaultKind.STALL:
            await trace.scheduled.stall()
        return _refusal(trace.error) if trace.error else _json({"ok": True, "result": trace.result})

    async def _handle_download(self, http: web.Request) -> web.StreamResponse:
        if http.match_info["token"] != self._token:
            return _refusal(unauthorized())
        file = self._world.files.by_path(http.match_info["path"])
        if file is None:
            return _refusal(not_found("no such file"))
        return web.Response(body=file.data, content_type="application/octet-stream")


def _decoded(request: Method) -> dict[str, Any]:
    given = {field.name: getattr(request, field.name) for field in fields_of(cast(Any, type(request)))}
    return {
        name: value.file_name if isinstance(value, InputFile) else as_json(value)
        for name, value in given.items()
        if value is not None
    }


def _json(body: object, status: int = 200) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(body), content_type="application/json")


def _refusal(error: ApiError) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": error.status, "description": error.description}
    if error.retry_after_seconds is not None:
        body["parameters"] = {"retry_after": error.retry_after_seconds}
    return _json(body, error.status)


def _cut_connection(http: web.Request) -> web.Response:
    """Resets the connection (TCP RST), so that the client cannot take it for an empty answer."""
    if http.transport is not None:
        connection = http.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        http.transport.abort()
    return web.Response()
