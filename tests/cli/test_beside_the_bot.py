"""What the command line changes holds for the bot's very next act."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.acts import Asked, Stamp
from domain.ids import OperationKey
from domain.refusals import ProgramInactive
from domain.staff import Actor
from domain.usecases.stamp_card import stamp_card
from tests.cli.conftest import Stempel
from tests.cli.people import CARD, PAUL, joins, opens
from tests.support.clock import Clock
from tests.support.databases import Running, SyncDatabase, sqlite_at


@pytest.fixture
def bot(shop: dict[str, Any], database: Path) -> Iterator[SyncDatabase]:
    bot = Running(Clock(), sqlite_at(database))
    yield bot
    bot.close()


@pytest.fixture
def owner(bot: SyncDatabase, shop: dict[str, Any]) -> Actor:
    joins(shop, at=bot)
    return opens(shop, shop["owner_link"], PAUL, at=bot)


def stamps(bot: SyncDatabase, owner: Actor, key: str) -> None:
    act = Stamp(card=CARD, count=1, key=OperationKey(key))
    bot.write(stamp_card, Asked(act=act, actor=owner, pin_typed=True))


def test_program_is_paused_and_resumed_while_the_bot_runs(
    stempel: Stempel, bot: SyncDatabase, owner: Actor
) -> None:
    of_shop = ["--merchant", owner.merchant_id]
    stamps(bot, owner, "one")
    stempel("program", "pause", *of_shop)
    with pytest.raises(ProgramInactive):
        stamps(bot, owner, "two")
    stempel("program", "resume", *of_shop)
    stamps(bot, owner, "two")
