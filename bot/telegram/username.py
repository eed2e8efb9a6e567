"""The bot's username, which links need: set, remembered, or asked from Telegram once. And whether the bot is one of
those that serve the database (docs/decisions/0094)."""

import logging
from collections.abc import Sequence

from bot.kit.loading import loading
from bot.kit.settings import NOT_KNOWN_TO_TELEGRAM, Settings, SettingsProblem
from domain.bot_profile import BotProfile
from domain.plumbing.bot_profiles import LetServe, bot_profiles, let_serve
from domain.ports import Database

logger = logging.getLogger(__name__)

UNKNOWN = (
    "BOT_USERNAME is not known and Telegram could not be asked: give the bot's name as @BotFather shows it."
)


async def find_username(settings: Settings, database: Database) -> str:
    """Raises SettingsProblem when neither settings, database nor Telegram can tell, another name is set than Telegram
    told at a start, or other bots serve the database."""
    own = await _known(settings, database)
    if own is not None and own.has_begun:
        _check_set(settings, own.username)
    if own is None:
        own = await _let_serve(settings, database, settings.bot_username or await _ask(settings))
    return settings.bot_username or own.username


async def remember_username(settings: Settings, database: Database, told: str) -> BotProfile:
    """Remembers the bot by the name that Telegram ``told``, for links made without Telegram. Raises SettingsProblem
    when another name is set, or the database knows other bots and not this one."""
    own = await _known(settings, database)
    _check_set(settings, told, own)
    if own is not None and not _are_one(own.username, told):
        logger.warning(
            "the database knew @%s as @%s: links and posters that were made so far lead to @%s, make them anew",
            told,
            own.username,
            own.username,
        )
    return own if own is not None and own.username == told else await _let_serve(settings, database, told)


async def add_bot(settings: Settings, database: Database) -> BotProfile:
    """Lets this bot serve the database from now on, beside any other. Raises SettingsProblem without its name."""
    return await _let_serve(settings, database, settings.bot_username or await _ask(settings), is_meant=True)


def _check_set(settings: Settings, told: str, own: BotProfile | None = None) -> None:
    """Raises SettingsProblem where another name is set than Telegram has told."""
    name = settings.bot_username
    if name is None or _are_one(name, told):
        return
    said = (
        f"BOT_USERNAME is {name}, and the bot of BOT_TOKEN is @{told}: links and posters would lead to @{name}."
        " Correct the one that is wrong, or leave BOT_USERNAME out."
    )
    if own is not None and _are_one(own.username, name):
        said += " Those that were made with it so far lead there too: make them anew."
    raise SettingsProblem(said)


def _are_one(name: str, other: str) -> bool:
    return name.lower() == other.lower()


async def _known(settings: Settings, database: Database) -> BotProfile | None:
    return _own(settings, await database.read(bot_profiles, None))


async def _let_serve(
    settings: Settings, database: Database, username: str, *, is_meant: bool = False
) -> BotProfile:
    """Whoever writes first settles it: several may begin with an empty database at the same moment."""
    command = LetServe(bot_id=settings.bot_id, username=username, is_meant=is_meant)
    serving = await database.write(let_serve, command)
    own = _own(settings, serving)
    if own is None:
        raise SettingsProblem(_of_another(username, serving))
    return own


def _own(settings: Settings, known: Sequence[BotProfile]) -> BotProfile | None:
    return next((each for each in known if each.bot_id == settings.bot_id), None)


def _of_another(username: str, known: Sequence[BotProfile]) -> str:
    served_by = " and ".join(f"@{each.username}" for each in known)
    return (
        f"BOT_TOKEN is @{username}'s, and the database is served by {served_by}, whose customers and posters"
        f" @{username} does not know: set the token of that bot, or let DATABASE_URL name another database; if"
        f" @{username} is to serve this one too, say so with `stempel add-bot`."
    )


async def _ask(settings: Settings) -> str:
    with loading():
        from telegram.error import InvalidToken, TelegramError  # noqa: PLC0415 - most commands never ask Telegram

        from bot.telegram.client import DirectBot  # noqa: PLC0415
    try:
        async with DirectBot(settings) as bot:
            return bot.username
    except InvalidToken as error:
        raise SettingsProblem(NOT_KNOWN_TO_TELEGRAM) from error
    except TelegramError as error:
        raise SettingsProblem(UNKNOWN) from error
