"""What the command line changes holds for the bot's very next act."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.kit.links import parse_payload
from domain.account import Account
from domain.acts import Asked, Stamp
from domain.card import CardRef
from domain.ids import BotId, CardId, InviteId, MerchantId, OperationKey, StoreId, TokenHash, UserId
from domain.refusals import ProgramInactive
from domain.staff import Actor
from domain.usecases.claim_invite import ClaimInvite, claim_invite
from domain.usecases.join_store import JoinStore, join_store
from domain.usecases.links import find_route
from domain.usecases.stamp_card import stamp_card
from tests.cli.conftest import Stempel
from tests.support.clock import Clock
from tests.support.databases import Running, SyncDatabase, sqlite_at

PAUL, LEA = (Account(bot_id=BotId(110201543), user_id=UserId(user)) for user in (1, 2))


@pytest.fixture
def bot(shop: dict[str, Any], database: Path) -> Iterator[SyncDatabase]:
    bot = Running(Clock(), sqlite_at(database))
    yield bot
    bot.close()


@pytest.fixture
def owner(bot: SyncDatabase, shop: dict[str, Any]) -> Actor:
    merchant_id, store_id = MerchantId(shop["merchant_id"]), StoreId(shop["store_id"])
    payload = parse_payload(shop["owner_link"].partition("start=")[2])
    assert payload is not None
    invite_id = InviteId(bot.read(find_route, payload.token_hash).target_id)
    claimed = bot.write(claim_invite, ClaimInvite(account=PAUL, merchant_id=merchant_id, invite_id=invite_id))
    join = JoinStore(
        account=LEA,
        name="Léa",
        merchant_id=merchant_id,
        store_id=store_id,
        card_id=CardId("card"),
        card_token_hash=TokenHash("hash"),
        account_hash="",
    )
    bot.write(join_store, join)
    return Actor(merchant_id=merchant_id, staff_id=claimed.staff_id, store_id=store_id, account=PAUL)


def stamps(bot: SyncDatabase, owner: Actor, key: str) -> None:
    act = Stamp(card=CardRef("id", "card"), count=1, key=OperationKey(key))
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
