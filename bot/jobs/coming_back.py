"""Birthdays, and customers who stay away: what is due is a row, and nobody is written to at night."""

from collections.abc import AsyncIterator, Iterator, Sequence
from functools import partial

from bot.jobs.steadily import SomeFailed, steadily, together_or_alone
from domain.ids import CustomerId, MerchantId
from domain.ports import Command, Database, Query
from domain.usecases.birthdays import ask_birthdays, birthdays_due, look_at_birthdays, to_ask
from domain.usecases.bring_back import DueCustomers, SomeCustomers, merchants_by_day
from domain.usecases.win_back import look_at_absences, perhaps_absent

Due = Query[DueCustomers, Sequence[CustomerId]]
Look = Command[SomeCustomers, int]

WORK: Sequence[tuple[Due, Look]] = (
    (birthdays_due, look_at_birthdays),
    (to_ask, ask_birthdays),
    (perhaps_absent, look_at_absences),
)
"""Which customers are due, and what is done for them. Birthdays come first: another offer would use up the month's
limit."""
PAGE = 2_000
CUSTOMERS_AT_ONCE = 20
"""In one transaction: some milliseconds, so that no stamp waits for the job."""


async def bring_back(database: Database) -> int:
    """Looks at the customers who are due; returns to how many something was written. Raises SomeFailed when some
    could not be looked at."""
    merchants = await database.read(merchants_by_day, None)
    pieces = ((merchant_id, *work) for merchant_id in merchants for work in WORK)
    done, failed = await steadily(pieces, lambda piece: _look(database, *piece))
    count, left = sum(each for each, _ in done), sum(each for _, each in done)
    if failed or left:
        raise SomeFailed(f"{len(failed)} merchants, {left} customers")
    return count


async def _look(database: Database, merchant_id: MerchantId, due: Due, look: Look) -> tuple[int, int]:
    """Returns to how many customers something was written, and how many could not be looked at."""
    total, failed = 0, 0
    write = partial(database.write, look)
    async for page in _pages(database, merchant_id, due):
        done, left = await together_or_alone(_groups(merchant_id, page), _one_by_one, write)
        total, failed = total + sum(done), failed + len(left)
    return total, failed


async def _pages(
    database: Database, merchant_id: MerchantId, due: Due
) -> AsyncIterator[Sequence[CustomerId]]:
    after = CustomerId("")
    while page := await database.read(due, DueCustomers(merchant_id=merchant_id, after=after, limit=PAGE)):
        yield page
        after = page[-1]


def _groups(merchant_id: MerchantId, page: Sequence[CustomerId]) -> Iterator[SomeCustomers]:
    for start in range(0, len(page), CUSTOMERS_AT_ONCE):
        yield SomeCustomers(merchant_id=merchant_id, customer_ids=page[start : start + CUSTOMERS_AT_ONCE])


def _one_by_one(group: SomeCustomers) -> Iterator[SomeCustomers]:
    for customer_id in group.customer_ids:
        yield SomeCustomers(merchant_id=group.merchant_id, customer_ids=[customer_id])
