"""The secret key exchanged, by somebody who has the database to themselves."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from bot.app.database import open_database, sole_user
from bot.app.outside import Outside
from bot.app.secret_key import PinLink, rotated
from bot.kit.settings import Settings


@asynccontextmanager
async def rotate_secret(
    settings: Settings,
    around: Outside = Outside(),  # noqa: B008
) -> AsyncIterator[Sequence[PinLink]]:
    """``rotated``, while nobody else works on the database. Raises SettingsProblem and PROBLEMS."""
    with sole_user(settings):
        async with open_database(settings, around) as database, rotated(settings, database) as links:
            yield links
