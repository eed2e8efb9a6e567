"""The nightly copy of the database, where a folder is set for it."""

from typing import TYPE_CHECKING

from bot.kit.whole_files import in_place_of
from bot.views.status import copy_failed

if TYPE_CHECKING:
    from bot.jobs.means import Means


async def copy_database(means: "Means") -> int:
    """Makes the copy of this day of the week, in the place of last week's, which stays until this one is whole.
    Returns 1. The operators are told when it fails."""
    assert means.copies is not None
    file = means.copies / f"copy-{means.clock().isoweekday()}.db"
    try:
        with in_place_of(file) as part:
            await means.database.backup(part)
    except Exception as error:
        reason = _said(error)
        await means.operators.tell(lambda t: copy_failed(t, reason))
        raise
    return 1


def _said(error: Exception) -> str:
    """In one line, without a full stop: what the system, SQLite or PostgreSQL's own tool says of it."""
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return said.splitlines()[0].removesuffix(".")
