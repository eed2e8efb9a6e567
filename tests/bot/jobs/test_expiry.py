"""The job of expiry: one card that cannot be looked at holds up no other."""

import asyncio

import pytest

from bot.jobs.expiry import expire_balances
from bot.jobs.steadily import SomeFailed
from domain.expiry import ExpiryKind
from domain.ids import CardId
from domain.merchant import ProgramKind
from domain.ports import Command, InputT, ResultT
from domain.usecases.expire_balances import LookAtCards
from tests.support.clock import Chance, Clock
from tests.support.databases import InMemory
from tests.support.memory import MemoryStore
from tests.support.nights import Nights
from tests.support.shop import Town

CARDS = 25
"""More than are looked at in one transaction."""


class DamagedStore(MemoryStore):
    """Cannot look at one of its cards."""

    damaged: CardId | None = None

    async def write(self, usecase: Command[InputT, ResultT], command: InputT) -> ResultT:
        if isinstance(command, LookAtCards) and self.damaged in command.card_ids:
            raise KeyError("reward")
        return await super().write(usecase, command)


class Damaged(InMemory):
    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self._store = self.store = DamagedStore(clock=clock, new_id=self.ids, chance_below=Chance())


def test_card_that_cannot_be_looked_at_keeps_no_other_from_being_warned() -> None:
    clock = Clock()
    database = Damaged(clock)
    town, store = Town(database), database.store
    shop = town.opens_shop(kind=ProgramKind.POINTS, expiry_kind=ExpiryKind.INACTIVITY, expiry_months=1)
    anna, holders = shop.hires("Anna"), [shop.gives_card(f"Customer {number}") for number in range(CARDS)]
    for holder in holders:
        shop.earns(anna, holder)
    clock.passes(days=20)
    store.damaged = holders[7].card_id
    with pytest.raises(SomeFailed, match="1 cards, 0 programs"):
        asyncio.run(expire_balances(store))
    assert len(Nights(town).warnings()) == CARDS - 1
