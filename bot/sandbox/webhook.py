"""Delivers updates to the bot's webhook: https://core.telegram.org/bots/api#setwebhook."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp

from bot.sandbox.changes import Change, ChangeKind, Changes
from bot.sandbox.errors import bad_request
from bot.sandbox.updates import UpdateQueue

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  the name of a header
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings:
    url: str
    secret_token: str | None = None
    max_connections: int = 40


@dataclass(frozen=True, slots=True)
class DeliveryError:
    message: str
    at: int


class Webhook:
    """Posts the updates in order, each until the bot answers 2xx."""

    def __init__(
        self,
        updates: UpdateQueue,
        changes: Changes,
        clock: Callable[[], float],
        *,
        retry_after_seconds: float,
        answer_within_seconds: float = 60.0,
    ) -> None:
        self._updates = updates
        self._changes = changes
        self._clock = clock
        self._retry_after_seconds = retry_after_seconds
        self._answer_within = aiohttp.ClientTimeout(total=answer_within_seconds)
        self._task: asyncio.Task[None] | None = None
        self.settings: WebhookSettings | None = None
        self.last_error: DeliveryError | None = None

    async def use(self, settings: WebhookSettings | None) -> None:
        """Delivers to this address from now on, or to none."""
        await self.stop()
        self.settings = settings
        self.last_error = None
        if settings:
            self._task = asyncio.create_task(self._deliver(settings))

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _deliver(self, settings: WebhookSettings) -> None:
        headers = {SECRET_HEADER: settings.secret_token} if settings.secret_token else {}
        async with aiohttp.ClientSession(headers=headers, timeout=self._answer_within) as session:
            while True:
                update = await self._changes.until(lambda: self._updates.first, timeout_seconds=None)
                if await self._post(session, settings.url, update.as_json()):
                    if self._updates.first is update:
                        self._updates.drop_first()
                else:
                    await asyncio.sleep(self._retry_after_seconds)

    async def _post(self, session: aiohttp.ClientSession, url: str, body: object) -> bool:
        try:
            async with session.post(url, json=body) as answer:
                if 200 <= answer.status < 300:
                    return True
                reason = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except (aiohttp.ClientError, TimeoutError) as error:
            reason = str(error) or "Connection timed out"
        self.last_error = DeliveryError(reason, int(self._clock()))
        self._changes.announce(Change(ChangeKind.UPDATES))
        return False


def checked_settings(url: str, secret_token: str | None, max_connections: int | None) -> WebhookSettings:
    """Refuses what Telegram refuses, and addresses on other machines; http is fine on loopback."""
    address = urlsplit(url)
    if address.scheme not in ("http", "https") or address.hostname not in _LOOPBACK:
        raise bad_request("bad webhook: the sandbox delivers to http(s) addresses on loopback only")
    if secret_token is not None and not _SECRET.fullmatch(secret_token):
        raise bad_request("secret token must be 1-256 of the characters A-Z a-z 0-9 _ -")
    if max_connections is not None and not 1 <= max_connections <= 100:
        raise bad_request("max_connections must be from 1 to 100")
    return WebhookSettings(url=url, secret_token=secret_token, max_connections=max_connections or 40)
