"""The bot's username, which links need: set, remembered, or asked from Telegram once."""

from bot.kit.loading import loading
from bot.kit.settings import NOT_KNOWN_TO_TELEGRAM, Settings, SettingsProblem
from domain.bot_profile import BotProfile
from domain.plumbing.bot_profiles import bot_profile, save_bot_profile
from domain.ports import Database

UNKNOWN = (
    "BOT_USERNAME is not known and Telegram could not be asked: give the bot's name as @BotFather shows it."
)


async def find_username(settings: Settings, database: Database) -> str:
    """Raises SettingsProblem when neither settings, database nor Telegram can tell."""
    if settings.bot_username is not None:
        return settings.bot_username
    known = await database.read(bot_profile, settings.bot_id)
    if known is not None:
        return known.username
    return (await remember_username(settings, database, await _ask(settings))).username


async def remember_username(settings: Settings, database: Database, told: str) -> BotProfile:
    """What is known of the bot, with the name that was set or else ``told``, for links made without Telegram."""
    username = settings.bot_username or told
    known = await database.read(bot_profile, settings.bot_id)
    if known is not None and known.username == username:
        return known
    profile = BotProfile(bot_id=settings.bot_id, username=username, menus=known.menus if known else None)
    await database.write(save_bot_profile, profile)
    return profile


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
