"""A message that cannot be read fails alone, and no error of the database ends the dispatcher."""

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from bot.kit.clock import new_id
from bot.sandbox import Person
from domain.account import Account
from domain.ids import BotId, CardNumber, MessageId, UserId
from domain.messages import MessageKind, RewardReady
from domain.plumbing import outbox
from domain.usecases.sending import send
from tests.support.house import House, Shop, number_of


async def owes(home: House, shop: Shop, person: Person, column: str, value: str) -> MessageId:
    """A message of which one column holds what no version of the program has written."""
    message_id = MessageId(new_id())
    account = Account(bot_id=BotId(home.settings.bot_id), user_id=UserId(person.id))
    facts = RewardReady(
        merchant_name="Café", card_number=CardNumber("1"), reward="A coffee", rewards_available=1
    )

    def usecase(*, tx: Any, command: None) -> None:
        send(tx, shop.merchant_id, account, MessageKind.REWARD_READY, facts, message_id)
        tx.session.deferred.flush()
        tx.session._cursor.execute(
            f"UPDATE outbox SET {column} = ? WHERE message_id = ?", (value, message_id)
        )

    await home.store.write(usecase, None)
    return message_id


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("facts", '{"reward": 7}', "ValidationError: "),
        ("facts", "<xml/>", "DecodeError: "),
        ("kind", "carrier_pigeon", "ValueError: "),
    ],
    ids=["facts of another shape", "no JSON", "unknown kind"],
)
async def test_message_that_cannot_be_read_is_kept_with_its_error_and_stops_no_other(
    home: House, shop: Shop, column: str, value: str, says: str
) -> None:
    anna, ben = await home.customers(shop, "Anna", "Ben")
    paul = await home.owner(shop)
    message_id = await owes(home, shop, anna, column, value)
    await paul.sends(f"/stamp {number_of(ben)}")
    await ben.sees("✅ +1 stamp")
    await paul.sends(f"/stamp {number_of(anna)}")
    await anna.sees("✅ +1 stamp")
    await home.until_rows("SELECT count(*) FROM deliveries WHERE delivered_at IS NOT NULL", [(2,)])
    [[attempts, error, failed, reported]] = home.rows(
        "SELECT attempts, error, failed_at IS NOT NULL, is_unreported FROM deliveries WHERE message_id = ?",
        message_id,
    )
    assert (attempts, failed, reported) == (0, 1, 1)
    assert error.startswith(says)


def fails_once(usecase: Callable[..., Any]) -> Callable[..., Any]:
    failures = [sqlite3.OperationalError("disk I/O error")]

    def failing(**given: Any) -> Any:
        if failures:
            raise failures.pop()
        return usecase(**given)

    return failing


@pytest.mark.parametrize("step", ["lease_deliveries", "deliveries_made"])
async def test_error_of_the_database_itself_does_not_end_the_dispatcher(
    home: House, shop: Shop, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    monkeypatch.setattr(outbox, step, fails_once(getattr(outbox, step)))
    await paul.sends(f"/stamp {number_of(anna)}")
    await anna.sees("✅ +1 stamp")
    await home.until_rows("SELECT count(*) FROM deliveries WHERE delivered_at IS NULL", [(0,)])
    assert len([message for message in anna.messages if "+1 stamp" in message.caption]) == 1
