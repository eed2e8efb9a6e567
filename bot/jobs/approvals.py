"""Ends the requests of members that no manager has answered in time."""

from bot.jobs.steadily import SomeFailed, steadily
from domain.ports import Database
from domain.usecases.end_approval import lapse_approval, lapsed_approvals

AT_ONCE = 100


async def lapse_approvals(database: Database) -> int:
    """Returns how many were ended. Raises SomeFailed when some could not be."""
    lapsed = 0
    while due := await database.read(lapsed_approvals, AT_ONCE):
        done, failed = await steadily(due, lambda each: database.write(lapse_approval, each))
        lapsed += sum(done)
        if failed:
            raise SomeFailed(f"{len(failed)} requests")
        if not sum(done):
            break
    return lapsed
