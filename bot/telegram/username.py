"""The bot's username, which links need: set, remembered, or asked from Telegram once."""

from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.kit.settings import WHERE_TO_GET_IT, Settings, SettingsProblem
from bot.telegram.client import request
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
    profile = BotProfile(bot_id=settings.bot_id, username=await _ask(settings), menus=None)
    await database.write(save_bot_profile, profile)
    return profile.username


async def _ask(settings: Settings) -> str:
    bot = Bot(
        settings.token,
        base_url=f"{settings.bot_api_url}/bot",
        base_file_url=f"{settings.bot_api_url}/file/bot",
        request=request(),
        get_updates_request=request(),
    )
    try:
        async with bot:
            return bot.username
    except InvalidToken as error:
        raise SettingsProblem(WHERE_TO_GET_IT["bot_token"]) from error
    except TelegramError as error:
        raise SettingsProblem(UNKNOWN) from error
