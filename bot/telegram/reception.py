"""How updates come from Telegram: what keeps them from coming, and what operators are to be told of it."""

import logging
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime

from telegram.error import InvalidToken, TelegramError

from bot.telegram.client import DirectBot
from bot.texts import Texts
from bot.views.reception import token_was_refused
from bot.views.view import View

logger = logging.getLogger(__name__)

BELIEVED_AFTER_S = 60.0
"""A token is refused in passing too: Telegram has answered 401 and 404 to tokens that it knew a moment later."""
UNTOLD_MAX = 20
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 10.0
SLOW_WAIT_S = 60.0
TOKEN_REFUSED = "Telegram refuses the token"  # noqa: S105


class Reception:
    """``trouble`` is what keeps updates from coming; ``untold`` is what operators have not been told yet."""

    def __init__(self, bot: DirectBot) -> None:
        self._bot = bot
        self.trouble: str | None = None
        self.untold: deque[Callable[[Texts], View]] = deque(maxlen=UNTOLD_MAX)
        self._refused_since: float | None = None

    async def run(self) -> None:
        raise NotImplementedError

    @property
    def time_there(self) -> datetime | None:
        """What Telegram's clock says, as far as it has answered."""
        return self._bot.time_there

    async def look(self) -> None:
        """What a job does every minute. Raises TelegramError."""

    def ails(self) -> str | None:
        """For the health check."""
        return self.trouble

    def _has(self, trouble: str, view_in: Callable[[Texts], View] | None = None) -> None:
        """Notes the trouble; it is logged once, however long it lasts."""
        if trouble == self.trouble:
            return
        logger.error("no updates come: %s", trouble)
        self.trouble = trouble
        if view_in is not None:
            self.untold.append(view_in)

    def _is_well(self) -> None:
        if self.trouble is not None:
            logger.info("updates come again after: %s", self.trouble)
        if self.trouble == TOKEN_REFUSED and self._refused_since is not None:
            minutes = round((time.monotonic() - self._refused_since) / 60)
            self.untold.append(lambda t: token_was_refused(t, max(1, minutes)))
        self.trouble = self._refused_since = None

    async def _believe(self, refusal: InvalidToken) -> bool:
        """Whether the token is refused for good: for a minute in a row, and by ``getMe`` too."""
        try:
            await self._bot.get_me()
        except InvalidToken:
            now = time.monotonic()
            self._refused_since = self._refused_since or now
            if now - self._refused_since >= BELIEVED_AFTER_S:
                self._has(TOKEN_REFUSED)
                return True
        except TelegramError as error:
            logger.warning("Telegram cannot say whether it knows the token: %s", error.message)
        else:
            if self.trouble != TOKEN_REFUSED:
                self._refused_since = None
        logger.warning("Telegram refused the token, which may pass: %s", refusal.message)
        return False
