"""The queue behind getUpdates and webhooks: https://core.telegram.org/bots/api#getting-updates."""

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Any

from bot.sandbox.changes import Change, ChangeKind, Changes
from bot.sandbox.errors import ApiError, bad_request, conflict

UPDATE_KINDS = frozenset(
    {
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "guest_message",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
        "managed_bot",
    }
)
_ON_REQUEST_ONLY = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_LIMIT_MAX = 100
_TIMEOUT_SECONDS_MAX = 50
_TERMINATED = "terminated by other getUpdates request; make sure that only one bot instance is running"


@dataclass(frozen=True, slots=True)
class Update:
    """One update: `kind` names its only field, such as `message`."""

    update_id: int
    kind: str
    payload: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        return {"update_id": self.update_id, self.kind: self.payload}


class UpdateQueue:
    """Updates in order, kept until they are confirmed. `poller` is the long poll that waits for one, if any."""

    def __init__(self, changes: Changes, *, first_id: int = 500_000_001) -> None:
        self._changes = changes
        self._next_id = first_id
        self._pending: deque[Update] = deque()
        self.poller: asyncio.Future[None] | None = None
        self._allowed: frozenset[str] = UPDATE_KINDS - _ON_REQUEST_ONLY
        self._closed = False

    @property
    def pending(self) -> tuple[Update, ...]:
        """What the bot has not confirmed yet, the oldest first."""
        return tuple(self._pending)

    @property
    def first(self) -> Update | None:
        return self._pending[0] if self._pending else None

    @property
    def allowed(self) -> tuple[str, ...]:
        return tuple(sorted(self._allowed))

    def add(self, kind: str, payload: dict[str, Any]) -> Update | None:
        """Queues an update, unless the bot asked not to receive its kind."""
        if kind not in self._allowed:
            return None
        update = Update(self._next_id, kind, payload)
        self._next_id += 1
        self._pending.append(update)
        self._wake()
        self._changes.announce(Change(ChangeKind.UPDATES))
        return update

    def allow(self, kinds: tuple[str, ...] | None) -> None:
        """Remembers which kinds the bot wants; None keeps the setting, an empty list restores the default."""
        if kinds is None:
            return
        if unknown := set(kinds) - UPDATE_KINDS:
            raise bad_request(f"allowed_updates: unknown update type {min(unknown)}")
        self._allowed = frozenset(kinds) or UPDATE_KINDS - _ON_REQUEST_ONLY

    async def poll(self, *, offset: int, limit: int, timeout_seconds: int) -> list[Update]:
        """Long polling: confirms what is below `offset`, then waits for updates as long as there are none.

        The poller that waits already is ended with a 409, as Telegram does. A negative offset forgets all
        but the last `-offset` updates.
        """
        if not 1 <= limit <= _LIMIT_MAX:
            raise bad_request("limit must be from 1 to 100")
        if timeout_seconds < 0:
            raise bad_request("timeout must not be negative")
        self.terminate_poller(conflict(_TERMINATED))
        self._confirm(offset)
        if not self._pending and timeout_seconds and not self._closed:
            await self._wait(min(timeout_seconds, _TIMEOUT_SECONDS_MAX))
        return list(self._pending)[:limit]

    def drop_first(self) -> None:
        """The webhook took the first update."""
        self._pending.popleft()
        self._changes.announce(Change(ChangeKind.UPDATES))

    def drop_all(self) -> None:
        self._pending.clear()
        self._changes.announce(Change(ChangeKind.UPDATES))

    def terminate_poller(self, error: ApiError) -> None:
        if self.poller and not self.poller.done():
            self.poller.set_exception(error)

    def open(self) -> None:
        """Lets polls wait again."""
        self._closed = False

    def close(self) -> None:
        """Ends the waiting poller with an empty answer; none waits from now on."""
        self._closed = True
        self._wake()

    def _confirm(self, offset: int) -> None:
        before = len(self._pending)
        if offset < 0:
            while len(self._pending) > -offset:
                self._pending.popleft()
        while self._pending and self._pending[0].update_id < offset:
            self._pending.popleft()
        if len(self._pending) != before:
            self._changes.announce(Change(ChangeKind.UPDATES))

    async def _wait(self, seconds: int) -> None:
        poller = self.poller = asyncio.get_running_loop().create_future()
        self._changes.announce(Change(ChangeKind.UPDATES))
        try:
            async with asyncio.timeout(seconds):
                await poller
        except TimeoutError:
            pass
        finally:
            if self.poller is poller:
                self.poller = None

    def _wake(self) -> None:
        if self.poller and not self.poller.done():
            self.poller.set_result(None)
