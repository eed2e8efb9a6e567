"""The bot's username, which links need: set, remembered, or asked from Telegram once. And whether the bot is one of
those that serve the database (docs/decisions/0094)."""

from bot.kit.loading import loading
from bot.kit.settings import NOT_KNOWN_TO_TELEGRAM, Settings, SettingsProblem
from domain.bot_profile import BotProfile
from domain.plumbing.bot_profiles import bot_profile, bot_profiles, save_bot_profile
from domain.ports import Database

UNKNOWN = (
    "BOT_USERNAME is not known and Telegram could not be asked: give the bot's name as @BotFather shows it."
)


async def find_username(settings: Settings, database: Database) -> str:
    """Raises SettingsProblem when neither settings, database nor Telegram can tell, or other bots serve the
    database."""
    known = await database.read(bot_profile, settings.bot_id)
    if known is not None:
        return settings.bot_username or known.username
    if settings.bot_username is not None:
        await _check_not_of_others(settings, database, settings.bot_username)
        return settings.bot_username
    return (await remember_username(settings, database, await _ask(settings))).username


async def remember_username(settings: Settings, database: Database, told: str) -> BotProfile:
    """Remembers the bot, with the name that was set or else ``told``, for links made without Telegram. Raises
    SettingsProblem when the database knows other bots and not this one."""
    username = settings.bot_username or told
    await _check_not_of_others(settings, database, username)
    return await _remembered(settings, database, username)


async def add_bot(settings: Settings, database: Database) -> BotProfile:
    """Lets this bot serve the database from now on, beside any other. Raises SettingsProblem without its name."""
    return await _remembered(settings, database, settings.bot_username or await _ask(settings))


async def _check_not_of_others(settings: Settings, database: Database, username: str) -> None:
    known = await database.read(bot_profiles, None)
    if known and all(each.bot_id != settings.bot_id for each in known):
        raise SettingsProblem(_of_another(username, [each.username for each in known]))


async def _remembered(settings: Settings, database: Database, username: str) -> BotProfile:
    known = await database.read(bot_profile, settings.bot_id)
    if known is not None and known.username == username:
        return known
    profile = BotProfile(bot_id=settings.bot_id, username=username, menus=known.menus if known else None)
    await database.write(save_bot_profile, profile)
    return profile


def _of_another(username: str, known: list[str]) -> str:
    served_by = " and ".join(f"@{each}" for each in known)
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
