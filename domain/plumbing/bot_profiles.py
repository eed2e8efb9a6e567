"""What is remembered of a bot, and whether it is one of those that serve the database (docs/decisions/0094)."""

from collections.abc import Sequence

from domain.bot_profile import BotProfile
from domain.ids import BotId
from domain.ports import Directory
from domain.quick import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LetServe:
    """``is_meant``: whoever else serves the database."""

    bot_id: BotId
    username: str
    is_meant: bool = False


def bot_profiles(*, tx: Directory, query: None) -> Sequence[BotProfile]:  # noqa: ARG001
    return tx.bot_profiles()


def let_serve(*, tx: Directory, command: LetServe) -> Sequence[BotProfile]:
    """All who serve the database from now on: without this bot where others do already and it is none of them."""
    known = {each.bot_id: each for each in tx.bot_profiles()}
    own = known.get(command.bot_id)
    if known and own is None and not command.is_meant:
        return [*known.values()]
    profile = BotProfile(bot_id=command.bot_id, username=command.username, menus=own.menus if own else None)
    tx.save_bot_profile(profile)
    return [*(known | {profile.bot_id: profile}).values()]


def save_bot_profile(*, tx: Directory, command: BotProfile) -> None:
    tx.save_bot_profile(command)
