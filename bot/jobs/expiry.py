"""Balances that expire: warned of in time, taken when they may be. What is due is a row: a card to look at."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from functools import partial

from bot.jobs.steadily import SomeFailed, steadily, together_or_alone
from domain.expiry import DueCard
from domain.ids import CardId, MerchantId, ProgramId
from domain.ports import Database
from domain.usecases.expire_balances import (
    CardsToLookAt,
    LookAtCards,
    LookedAt,
    SpreadTerms,
    cards_to_look_at,
    look_at_cards,
    program_to_spread,
    programs_to_spread,
    spread_terms,
)

PAGE = 2_000
"""Cards, some 0.8 MB. Each page is a hop to a reader's thread: with pages of 500 the hops took as long as the
reading."""
CARDS_AT_ONCE = 20
"""In one transaction: some milliseconds, so that no stamp waits for the job."""


async def expire_balances(database: Database) -> int:
    """Looks at every card whose time has come; returns how many periods were warned of or expired.

    Raises SomeFailed when some cards could not be looked at.
    """
    programs = await database.read(programs_to_spread, None)
    _, unspread = await steadily(programs, lambda each: _spread(database, each))
    total, failed = LookedAt(), 0
    look = partial(database.write, look_at_cards)
    async for page in pages(database):
        done, cards = await together_or_alone(_by_merchant(page), _one_by_one, look)
        total, failed = sum(done, total), failed + len(cards)
    if failed or unspread:
        raise SomeFailed(f"{failed} cards, {len(unspread)} programs")
    return total.warned + total.expired


async def pages(database: Database) -> AsyncIterator[Sequence[DueCard]]:
    """The cards whose time has come, page by page, each card once whatever happens to it meanwhile."""
    page = await database.read(cards_to_look_at, CardsToLookAt(after=None, limit=PAGE))
    while page:
        yield page
        page = await database.read(cards_to_look_at, CardsToLookAt(after=page[-1], limit=PAGE))


async def _spread(database: Database, which: tuple[MerchantId, ProgramId]) -> None:
    """Reckons all cards of a program by its new terms."""
    program = await database.read(program_to_spread, which)
    after: CardId | None = None
    while True:
        step = SpreadTerms(program=program, after=after, limit=CARDS_AT_ONCE)
        after = await database.write(spread_terms, step)
        if after is None:
            return


def _one_by_one(group: LookAtCards) -> Iterator[LookAtCards]:
    for card_id in group.card_ids:
        yield LookAtCards(merchant_id=group.merchant_id, card_ids=[card_id])


def _by_merchant(page: Sequence[DueCard]) -> Iterator[LookAtCards]:
    of: dict[MerchantId, list[CardId]] = defaultdict(list)
    for _, merchant_id, card_id in page:
        of[merchant_id].append(card_id)
    for merchant_id, card_ids in of.items():
        for start in range(0, len(card_ids), CARDS_AT_ONCE):
            yield LookAtCards(merchant_id=merchant_id, card_ids=card_ids[start : start + CARDS_AT_ONCE])
