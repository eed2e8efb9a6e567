"""One use case, asked by a command that prints links."""

from collections.abc import Callable

from bot.app.database import open_database
from bot.app.secret_key import agreed_secret
from bot.kit.links import Links
from bot.kit.settings import Settings
from bot.kit.tokens import Tokens
from bot.telegram.username import find_username
from domain.ports import Command, InputT, ResultT


async def write_with_links(
    settings: Settings, usecase: Command[InputT, ResultT], command: Callable[[Tokens], InputT]
) -> tuple[Links, ResultT]:
    """The links of this bot, whose name and key must be known before anything is made that they lead to."""
    async with open_database(settings) as database:
        tokens = Tokens(await agreed_secret(settings, database))
        links = Links(await find_username(settings, database), tokens, settings.public_url)
        return links, await database.write(usecase, command(tokens))
