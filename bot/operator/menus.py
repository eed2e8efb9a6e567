"""Sets the operators' command menus when the bot starts; ``bot.screens.menus`` keeps them up to date afterwards."""

from bot.screens.menus import commands
from bot.screens.services import Services
from bot.texts import texts
from domain.account import Account
from domain.usecases.duties import duties_of
from domain.usecases.who_is import who_is


async def show_operator_menus(services: Services) -> None:
    """An operator who has never written to the bot is left out, and gets the menu with their first /status."""
    for operator_id in services.operator_ids:
        account = Account(bot_id=services.bot_id, user_id=operator_id)
        caller = await services.database.read(who_is, account)
        if caller.person is None:
            continue
        locale = caller.person.locale or services.default_locale
        duties = await services.database.read(duties_of, account)
        menu = commands(texts(locale), duties, services.ways_on, is_operator=True)
        await services.chat.set_commands(operator_id, menu)
