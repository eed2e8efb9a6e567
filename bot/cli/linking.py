"""One use case, asked by a command that prints links."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from bot.app.database import existing_database
from bot.app.secret_key import agreed_secret
from bot.kit.links import Links
from bot.kit.settings import Settings
from bot.kit.tokens import Tokens
from bot.telegram.username import find_username
from domain.ports import Command, Database, InputT, ResultT

Opened = Callable[[Settings], AbstractAsyncContextManager[Database]]


async def write_with_links(
    settings: Settings,
    usecase: Command[InputT, ResultT],
    command: Callable[[Tokens], InputT],
    opened: Opened = existing_database,
) -> tuple[Links, ResultT]:
    """Runs the use case; returns the bot's links and the result. The bot's name and the key must be known before
    anything is made that a link leads to."""
    async with opened(settings) as database:
        tokens = Tokens(await agreed_secret(settings, database))
        links = Links(await find_username(settings, database), tokens, settings.public_url)
        return links, await database.write(usecase, command(tokens))
