"""What is remembered of a bot."""

from domain.bot_profile import BotProfile
from domain.ids import BotId
from domain.ports import Directory


def bot_profile(*, tx: Directory, query: BotId) -> BotProfile | None:
    return tx.bot_profile(query)


def save_bot_profile(*, tx: Directory, command: BotProfile) -> None:
    tx.save_bot_profile(command)
