"""One use case, asked by a command."""

import asyncio

from bot.app.database import existing_database
from bot.kit.settings import load_settings
from domain.ports import Command, InputT, Query, ResultT


def write(usecase: Command[InputT, ResultT], command: InputT) -> ResultT:
    async def asked() -> ResultT:
        async with existing_database(load_settings()) as database:
            return await database.write(usecase, command)

    return asyncio.run(asked())


def read(usecase: Query[InputT, ResultT], query: InputT) -> ResultT:
    async def asked() -> ResultT:
        async with existing_database(load_settings()) as database:
            return await database.read(usecase, query)

    return asyncio.run(asked())
