"""Telling a phone that there is something new, by way of Apple's push service: HTTP/2, with the certificate of the
passes (https://developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns)."""

import logging
import ssl
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

import httpx
import msgspec

logger = logging.getLogger(__name__)

ANSWERS_WITHIN_S = 15.0
DOWN_S = 60.0
"""How long the service is left alone when it cannot be reached."""
REFUSED_S = 600.0
"""And when it does not take our certificate."""
TOKENS_OVER = frozenset({"BadDeviceToken", "DeviceTokenNotForTopic", "Unregistered", "ExpiredToken"})
OK, FORBIDDEN, GONE, TOO_MANY = 200, 403, 410, 429


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
    """``topic`` is the type of the passes. ``authorities`` are other ones than the system's, for tests."""

    def __init__(
        self, url: str, topic: str, files: tuple[Path, Path], authorities: Path | None = None
    ) -> None:
        context = ssl.create_default_context(cafile=authorities)
        context.load_cert_chain(*files)
        self._topic = topic
        self._client = httpx.AsyncClient(
            base_url=url, http2=True, verify=context, timeout=ANSWERS_WITHIN_S, trust_env=False
        )

    async def push(self, token: str) -> Pushed:
        """Raises NotPushed."""
        try:
            answer = await self._client.post(
                f"/3/device/{token}", headers={"apns-topic": self._topic}, content=b"{}"
            )
        except httpx.TransportError as error:
            raise NotPushed(type(error).__name__, DOWN_S) from error
        if answer.status_code == OK:
            return Pushed.TOLD
        reason = _reason(answer.content)
        if answer.status_code == GONE or reason in TOKENS_OVER:
            return Pushed.GONE
        said = f"apns {answer.status_code} {reason}".strip()
        seconds = {FORBIDDEN: REFUSED_S, TOO_MANY: DOWN_S}.get(answer.status_code)
        raise NotPushed(said, seconds)

    async def close(self) -> None:
        await self._client.aclose()


class _Answer(msgspec.Struct):
    reason: str = ""


def _reason(content: bytes) -> str:
    """A word, whoever answers."""
    try:
        reason = msgspec.json.decode(content, type=_Answer).reason
    except msgspec.MsgspecError:
        return ""
    return reason if reason.isalnum() else ""
