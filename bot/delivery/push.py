"""Telling a phone that there is something new, by way of Apple's push service: HTTP/2, with the certificate of the
passes (https://developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns)."""

import ssl
from enum import Enum, auto

import httpx
import msgspec

from domain.quick import dataclass

ANSWERS_WITHIN_S = 15.0
DOWN_S = 60.0
"""How long the service is left alone when it cannot be reached."""
REFUSED_S = 600.0
"""The same when it does not take our certificate."""
TOKENS_OVER = frozenset({"BadDeviceToken", "DeviceTokenNotForTopic", "Unregistered", "ExpiredToken"})
OK, FORBIDDEN, GONE = 200, 403, 410


class Pushed(Enum):
    TOLD = auto()
    GONE = auto()
    """Nobody has this token any more."""


@dataclass(eq=False)
class NotPushed(Exception):
    """``seconds`` where the service as a whole wants to be left alone for so long."""

    reason: str
    seconds: float | None = None


class Pusher:
    """``topic`` is the type of the passes, for which the ``context`` has the certificate."""

    def __init__(self, url: str, topic: str, context: ssl.SSLContext) -> None:
        self._topic = topic
        self._client = httpx.AsyncClient(
            base_url=url, http2=True, verify=context, timeout=ANSWERS_WITHIN_S, trust_env=False
        )

    async def push(self, token: str) -> Pushed:
        """Raises NotPushed."""
        answer = await self._asked(token)
        if answer.status_code == OK:
            return Pushed.TOLD
        reason = _reason(answer.content)
        if answer.status_code == GONE or reason in TOKENS_OVER:
            return Pushed.GONE
        said = f"apns {answer.status_code} {reason}".strip()
        raise NotPushed(said, REFUSED_S if answer.status_code == FORBIDDEN else None)

    async def _asked(self, token: str) -> httpx.Response:
        """Asks, and once more on another connection where the first was lost: it may have been closed meanwhile."""
        head = {"apns-topic": self._topic}
        try:
            return await self._client.post(f"/3/device/{token}", headers=head, content=b"{}")
        except (httpx.NetworkError, httpx.ProtocolError):
            pass
        except httpx.TransportError as error:
            raise NotPushed(type(error).__name__, DOWN_S) from error
        try:
            return await self._client.post(f"/3/device/{token}", headers=head, content=b"{}")
        except httpx.TransportError as error:
            raise NotPushed(type(error).__name__, DOWN_S) from error

    async def close(self) -> None:
        await self._client.aclose()


class _Answer(msgspec.Struct):
    reason: str = ""


def _reason(content: bytes) -> str:
    """At most one word, whoever answers."""
    try:
        reason = msgspec.json.decode(content, type=_Answer).reason
    except msgspec.MsgspecError:
        return ""
    return reason if reason.isalnum() else ""
