"""What is remembered of a bot, so that Telegram is not asked for or sent the same thing again."""

from domain.ids import BotId
from domain.quick import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BotProfile:
    """``menus`` is a fingerprint of the menus and descriptions last given to Telegram, None when none were."""

    bot_id: BotId
    username: str
    menus: str | None

    @property
    def has_begun(self) -> bool:
        """Whether it was started, so that the name is the one that Telegram told."""
        return self.menus is not None
