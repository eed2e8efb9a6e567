"""Looking every minute whether the database can still be written, for when nobody asks the health check."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.jobs.means import Means


async def prove_writable(means: "Means") -> int:
    await means.database.prove_writable()
    return 0
