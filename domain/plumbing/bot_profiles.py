"""What is remembered of a bot."""

from collections.abc import Sequence

from domain.bot_profile import BotProfile
from domain.ids import BotId
from domain.ports import Directory


def bot_profile(*, tx: Directory, query: BotId) -> BotProfile | None:
    return tx.bot_profile(query)


def bot_profiles(*, tx: Directory, query: None) -> Sequence[BotProfile]:  # noqa: ARG001
    return tx.bot_profiles()


def save_bot_profile(*, tx: Directory, command: BotProfile) -> None:
    tx.save_bot_profile(command)
