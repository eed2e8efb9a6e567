"""One use case, asked by a command."""

import asyncio
from collections.abc import Callable

from bot.app.main import open_database
from bot.app.secret_key import agreed_secret
from bot.kit.links import Links
from bot.kit.settings import Settings, load_settings
from bot.kit.tokens import Tokens
from bot.telegram.username import find_username
from domain.ports import Command, InputT, Query, ResultT


def write(usecase: Command[InputT, ResultT], command: InputT) -> ResultT:
    async def asked() -> ResultT:
        async with open_database(load_settings()) as database:
            return await database.write(usecase, command)

    return asyncio.run(asked())


def read(usecase: Query[InputT, ResultT], query: InputT) -> ResultT:
    async def asked() -> ResultT:
        async with open_database(load_settings()) as database:
            return await database.read(usecase, query)

    return asyncio.run(asked())


async def write_with_links(
    settings: Settings, usecase: Command[InputT, ResultT], command: Callable[[Tokens], InputT]
) -> tuple[Links, ResultT]:
    """The links of this bot, whose name and key must be known before anything is made that they lead to."""
    async with open_database(settings) as database:
        tokens = Tokens(await agreed_secret(settings, database))
        links = Links(await find_username(settings, database), tokens, settings.public_url)
        return links, await database.write(usecase, command(tokens))
