"""Looking through the live database for what is broken."""

from collections.abc import AsyncIterator, Callable

from domain.invariants import DATABASE, Violation, check
from domain.ports import Database

TOLD_EVERY = 100_000


async def violations(
    database: Database, told: Callable[[int, int], None] | None = None
) -> AsyncIterator[Violation]:
    """What the database's own check finds, then every broken invariant. After each TOLD_EVERY entries or more,
    ``told`` hears how many cards and entries were looked at."""
    for detail in await database.damage():
        yield Violation(invariant=DATABASE, detail=detail)
    cards = entries = told_at = 0
    async for history in database.histories():
        for violation in check(history):
            yield violation
        cards, entries = cards + 1, entries + len(history.entries)
        if told is not None and entries - told_at >= TOLD_EVERY:
            told(cards, entries)
            told_at = entries
