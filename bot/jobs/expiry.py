"""Balances that expire: warned of in time, taken when they may be. What is due is a row: a card to look at."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence

from bot.jobs.steadily import SomeFailed, steadily
from domain.ids import CardId, MerchantId
from domain.merchant import Program
from domain.ports import Store
from domain.usecases.expire_balances import (
    CardsToLookAt,
    LookAtCards,
    LookedAt,
    SpreadTerms,
    cards_to_look_at,
    look_at_cards,
    programs_to_spread,
    spread_terms,
)

Cards = Sequence[tuple[MerchantId, CardId]]

PAGE = 2_000
"""Some 0.7 MB. Each page is a hop to a reader's thread: with 500 they took as long as the reading."""
CARDS_AT_ONCE = 20
"""In one transaction: some milliseconds, so that no stamp waits for the job."""


async def expire_balances(store: Store) -> int:
    """Looks at every card whose time has come; returns how many periods were warned of or expired.

    Raises SomeFailed when some cards could not be looked at.
    """
    _, failed = await steadily(await store.read(programs_to_spread, None), lambda each: _spread(store, each))
    total = LookedAt()
    async for page in pages(store):
        done, failed_here = await steadily(_by_merchant(page), lambda each: store.write(look_at_cards, each))
        total, failed = sum(done, total), failed + failed_here
    if failed:
        raise SomeFailed(f"{failed} groups of cards")
    return total.warned + total.expired


async def pages(store: Store) -> AsyncIterator[Cards]:
    """The cards whose time has come, page by page, each card once whatever happens to it meanwhile."""
    page = await store.read(cards_to_look_at, CardsToLookAt(after=None, limit=PAGE))
    while page.last is not None:
        yield page.cards
        page = await store.read(cards_to_look_at, CardsToLookAt(after=page.last, limit=PAGE))


async def _spread(store: Store, program: Program) -> None:
    """Reckons all cards of a program by its new terms."""
    after: CardId | None = None
    while True:
        step = SpreadTerms(program=program, after=after, limit=CARDS_AT_ONCE)
        after = await store.write(spread_terms, step)
        if after is None:
            return


def _by_merchant(page: Cards) -> Iterator[LookAtCards]:
    of: dict[MerchantId, list[CardId]] = defaultdict(list)
    for merchant_id, card_id in page:
        of[merchant_id].append(card_id)
    for merchant_id, card_ids in of.items():
        for start in range(0, len(card_ids), CARDS_AT_ONCE):
            yield LookAtCards(merchant_id=merchant_id, card_ids=card_ids[start : start + CARDS_AT_ONCE])
