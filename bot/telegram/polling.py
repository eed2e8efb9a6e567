"""Asking Telegram for updates: each question confirms the updates before, so these are committed first
(https://core.telegram.org/bots/api#getupdates).

When two processes ask with one token, Telegram ends the older question with a 409. The process that was there first
asks again at once; the second then gets a 409, and stops asking for a while. A process takes no updates before it
knows that no other takes them (docs/decisions/0020).
"""

import asyncio
import logging
import time

from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError, TimedOut

from bot.telegram.chat import seconds_of
from bot.telegram.client import DirectBot
from bot.telegram.inbox import Inbox
from bot.telegram.reception import FIRST_WAIT_S, LONGEST_WAIT_S, SLOW_WAIT_S, TOKEN_REFUSED, Reception
from bot.telegram.updates import UpdateUnreadable, numbered_update
from bot.views.reception import another_copy
from domain.crew import Peers
from domain.ids import BotId, UpdateId
from domain.ports import DatabaseUnavailable
from domain.update import ReceivedUpdate

logger = logging.getLogger(__name__)

POLL_SECONDS = 25
SILENCE_MAX_S = 120.0
"""A poll answers within POLL_SECONDS; after this long without an answer the bot is not well."""
INSISTS_MAX = 3
ALONE_AFTER_S = 1.0
"""Another process that is at work takes an update within this time."""
STANDS_BY_S = 0.5
Found = list[ReceivedUpdate | None]
RETURNS_S = 75.0
"""Another copy looks once a minute whether its webhook is there."""
ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member")
ANOTHER_COPY = (
    "another process receives the updates of this token, so this one takes none:"
    " stop one of them, or give it a token of its own"
)


class Poller(Reception):
    def __init__(
        self, bot: DirectBot, bot_id: BotId, inbox: Inbox, alone_after_s: float, peers: Peers
    ) -> None:
        super().__init__(bot)
        self._peers = peers
        self._bot_id = bot_id
        self._inbox = inbox
        self._alone_after_s = alone_after_s
        self._has_webhook = True
        self._undisturbed_since: float | None = None
        self._is_alone = False
        self._conflicts = 0
        self._offset: int | None = None
        self._stands_by = False
        self._failing_since: float | None = None

    async def run(self) -> None:
        """Polls for ever."""
        wait_s = 0.0
        while True:
            try:
                await self._my_turn()
                await self._poll()
            except TelegramError as error:
                wait_s = await self._wait_after(error, wait_s)
            except DatabaseUnavailable as error:
                self._fails("updates cannot be kept", error)
                wait_s = FIRST_WAIT_S
            except UpdateUnreadable:
                self._has("an update comes again and again whose number nobody can confirm")
                wait_s = FIRST_WAIT_S
            else:
                self._is_well()
                self._works()
                wait_s = 0.0
            await asyncio.sleep(wait_s)

    def ails(self) -> str | None:
        is_silent = not self._stands_by and self._bot.silent_s > SILENCE_MAX_S
        return self.trouble or ("Telegram does not answer" if is_silent else None)

    async def _my_turn(self) -> None:
        """Of several processes on one database the eldest asks; the others stand by. The process that asked before
        may still have a question open."""
        while not self._peers.leads(self._bot_id):
            if self._peers.is_sure():
                self._stands_by, self._is_alone, self._undisturbed_since = True, False, None
            await asyncio.sleep(STANDS_BY_S)
        if self._stands_by:
            logger.info("it is this process that asks for updates from now on")
            self._stands_by, self._has_webhook, self._offset = False, True, None

    async def _poll(self) -> None:
        if self._has_webhook:
            await self._drop_webhook()
        await self._inbox.has_room.wait()
        self._undisturbed_since = self._undisturbed_since or time.monotonic()
        found = await self._ask(0 if self.trouble == TOKEN_REFUSED else POLL_SECONDS)
        is_alone = self._is_alone or time.monotonic() - self._undisturbed_since >= self._alone_after_s
        if found and not is_alone:
            found = await self._untouched(found)
        self._is_alone, self._conflicts = is_alone or bool(found), 0
        await self._keep(found)

    async def _drop_webhook(self) -> None:
        """Deletes the webhook, which may be our own from before; another copy of the bot would set its own again."""
        if (await self._bot.get_webhook_info()).url:
            logger.warning(
                "a webhook is deleted: updates are taken in %.0f s unless it comes back", RETURNS_S
            )
            self._alone_after_s = RETURNS_S
        await self._bot.delete_webhook(drop_pending_updates=False)
        self._has_webhook = False

    async def _ask(self, wait_s: int) -> Found:
        texts = await self._bot.updates(self._offset, wait_s, ALLOWED_UPDATES)
        return [numbered_update(self._bot_id, text) for text in texts]

    async def _untouched(self, found: Found) -> Found:
        """Asks again, for the same updates and those that came since. Raises Conflict when another process has taken
        them meanwhile."""
        await asyncio.sleep(self._alone_after_s)
        again = await self._ask(0)
        if _first_in(again) != _first_in(found):
            raise Conflict("what was to be taken was taken by another process")
        return again

    async def _keep(self, found: Found) -> None:
        """Raises UpdateUnreadable when there was something among them that cannot be confirmed."""
        received = [update for update in found if update is not None]
        if received:
            await self._inbox.keep(*received)
            self._offset = received[-1].update_id + 1
        if len(received) < len(found):
            raise UpdateUnreadable

    async def _wait_after(self, error: TelegramError, before_s: float) -> float:
        """The seconds to wait: longer each time, as long as somebody at a till can wait when Telegram is back."""
        longer_s = min(LONGEST_WAIT_S, 1.5 * before_s) if before_s else FIRST_WAIT_S
        match error:
            case RetryAfter():
                return seconds_of(error) + 0.5
            case TimedOut():
                return 0.0
            case InvalidToken():
                return SLOW_WAIT_S if await self._believe(error) else longer_s
            case Conflict():
                return self._yield_to_another(error)
        self._fails("polling failed", error.message)
        return longer_s

    def _fails(self, what: str, why: object) -> None:
        logger.warning("%s, trying again: %s", what, why)
        self._failing_since = self._failing_since or time.monotonic()

    def _works(self) -> None:
        """Logs that a failure is over."""
        if self._failing_since is not None:
            logger.info("polling works again, after %.0f s", time.monotonic() - self._failing_since)
            self._failing_since = None

    def _yield_to_another(self, error: Conflict) -> float:
        """Returns the seconds to wait."""
        self._conflicts += 1
        self._undisturbed_since = None
        if self._is_alone and self._conflicts <= INSISTS_MAX:
            logger.warning("another process asked for the updates of this token: %s", error.message)
            return 0.0
        self._is_alone = False
        self._has(ANOTHER_COPY, another_copy)
        return SLOW_WAIT_S


def _first_in(found: Found) -> UpdateId | None:
    return next((update.update_id for update in found if update is not None), None)
