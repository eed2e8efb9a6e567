"""What Telegram shows of the bot before a person has written to it: menu and descriptions, in four languages.

The bot's name is the operator's own choice with @BotFather and is left alone (docs/decisions/0006).
"""

import hashlib
import logging
from collections.abc import Collection, Sequence
from dataclasses import replace

import msgspec
from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats
from telegram.error import TelegramError

from bot.screens.menus import Way, commands
from bot.texts import Texts, texts
from domain.account import Locale
from domain.bot_profile import BotProfile
from domain.plumbing.bot_profiles import save_bot_profile
from domain.ports import Database
from domain.usecases.duties import Duties

logger = logging.getLogger(__name__)


async def show_profile(bot: Bot, database: Database, known: BotProfile, ways_on: Collection[Way]) -> None:
    """Sets menu and descriptions, unless Telegram has the same already. Best effort: a failure is tried again at the
    next start."""
    menus = {locale: commands(texts(locale), Duties(), ways_on) for locale in Locale}
    fingerprint = _fingerprint(menus)
    if known.menus == fingerprint:
        return
    try:
        for locale in Locale:
            await _tell(bot, texts(locale), menus[locale], None if locale is Locale.EN else locale.value)
    except TelegramError as error:
        logger.warning("menus and descriptions could not be set: %s", error.message)
        return
    await database.write(save_bot_profile, replace(known, menus=fingerprint))


async def _tell(bot: Bot, t: Texts, menu: Sequence[BotCommand], language_code: str | None) -> None:
    await bot.set_my_commands(menu, scope=BotCommandScopeAllPrivateChats(), language_code=language_code)
    await bot.set_my_description(_description(t), language_code=language_code)
    await bot.set_my_short_description(_short_description(t), language_code=language_code)


def _description(t: Texts) -> str:
    return t(
        "Your stamp cards, in Telegram.\n\nScan the poster at the counter, tap Start, and show your card each"
        " time you come: every stamp counts towards a reward."
    )


def _short_description(t: Texts) -> str:
    return t("Stamp cards of the shops you like: no paper, no app.")


def _fingerprint(menus: dict[Locale, list[BotCommand]]) -> str:
    told = [
        (locale.value, [command.to_dict() for command in menu], _description(texts(locale)))
        for locale, menu in menus.items()
    ]
    return hashlib.sha256(msgspec.json.encode(told)).hexdigest()
