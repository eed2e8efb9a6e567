"""``POST /mail/returned``: a report of mail that came back, as it is, from a sender who has BOUNCE_SECRET."""

import hmac
import logging
import time
from collections.abc import Callable, Sequence

from aiohttp import web

from bot.delivery.bounces import SIZE_MAX_BYTES, Bounces
from bot.kit.links import BOUNCE_PATH
from bot.kit.web import for_a_body
from domain.ports import DatabaseUnavailable

logger = logging.getLogger(__name__)

PER_SECOND, BURST = 5.0, 100.0
"""A relay gives up many mails at once when a domain is gone; what is too many it sends again."""


class Bucket:
    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._left, self._filled_at = BURST, seconds()

    def takes(self) -> bool:
        now = self._seconds()
        self._left = min(BURST, self._left + (now - self._filled_at) * PER_SECOND)
        self._filled_at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


def bounce_routes(
    bounces: Bounces, secret: str, seconds: Callable[[], float] = time.monotonic
) -> Sequence[web.AbstractRouteDef]:
    """A sender without the secret learns nothing, and takes no turn from one who has it."""
    right, bucket = f"Bearer {secret}".encode(), Bucket(seconds)

    async def receive(request: web.Request) -> web.Response:
        given = request.headers.get("Authorization", "").encode(errors="surrogateescape")
        if not hmac.compare_digest(given, right):
            raise web.HTTPForbidden
        if not bucket.takes():
            raise web.HTTPTooManyRequests(headers={"Retry-After": "60"})
        try:
            returned = await bounces.take(await _report_in(request))
        except DatabaseUnavailable as error:
            logger.warning("a report of mail could not be kept: %s", error)
            raise web.HTTPServiceUnavailable from error
        return web.json_response({"outcome": returned.value if returned else "no_failure"})

    return [web.post(BOUNCE_PATH, receive)]


async def _report_in(request: web.Request) -> bytes:
    if (request.content_length or 0) > SIZE_MAX_BYTES:
        raise web.HTTPRequestEntityTooLarge(SIZE_MAX_BYTES)
    async with for_a_body():
        return await request.read()
