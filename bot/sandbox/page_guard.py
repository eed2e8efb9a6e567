"""Checks every request of the page: loopback only, JSON only; refusals become sentences."""

import ipaddress
from base64 import b64encode
from collections.abc import Awaitable, Callable
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec
from aiohttp import web

from bot.sandbox.deep_links import LinkError
from bot.sandbox.errors import ApiError
from bot.sandbox.people import CannotDo

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' blob: data:;"
        " frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
"""For a mail shown in a frame of the page: any style and pictures of its own, but no scripts, forms or requests."""

T = TypeVar("T")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Lets the Bot API pass; of everything else, only requests of a page on this machine.

    The Host is checked against DNS rebinding, the Origin against other sites' scripts.
    """
    if request.path.startswith(("/bot", "/file/bot")):
        return await handler(request)
    origin = request.headers.get("Origin")
    if not is_loopback(request.host) or (origin is not None and urlsplit(origin).netloc != request.host):
        return json_answer({"error": "the sandbox answers pages of this machine only"}, 403)
    try:
        response = await handler(request)
    except ApiError as error:
        return json_answer({"error": error.description}, 400)
    except (CannotDo, LinkError, ValueError) as error:
        return json_answer({"error": str(error)}, 400)
    if not response.prepared:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
    return response


async def read_body(request: web.Request, kind: type[T]) -> T:
    """The JSON body as a `kind`; only application/json, which no foreign form can send."""
    if request.content_type != "application/json":
        raise CannotDo("the request must be application/json")
    try:
        return msgspec.json.decode(await request.read(), type=kind)
    except msgspec.MsgspecError as error:
        raise CannotDo(f"wrong request: {error}") from None


def data_url(picture: bytes, kind: str = "png") -> str:
    """A picture as a URL that contains it."""
    return f"data:image/{kind};base64,{b64encode(picture).decode()}"


def json_answer(body: object, status: int = 200) -> web.Response:
    return web.Response(
        status=status, body=msgspec.json.encode(body), content_type="application/json", headers=HEADERS
    )


def is_loopback(host: str) -> bool:
    """Whether a Host header (with or without port) names this machine."""
    name = urlsplit(f"//{host}").hostname or ""
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
