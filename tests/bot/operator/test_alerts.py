"""What operators are told without asking: broken invariants, a check that fails, updates that were kept aside."""

import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from bot.jobs.dead_letters import report_dead_letters
from bot.jobs.means import Means
from bot.jobs.verify import verify
from bot.kit.clock import ClockNews
from bot.kit.metrics import Metrics
from bot.operator.alerts import OperatorAlerts
from bot.sandbox import Person
from bot.telegram.chat import Chat
from bot.telegram.client import DirectBot
from bot.telegram.pacing import Pacer
from bot.telegram.photos import Photos
from domain.account import Account
from domain.history import CardHistory
from domain.ids import BotId, CardNumber, UpdateId, UserId
from domain.messages import MessageKind, RewardReady
from domain.plumbing.inbox import UpdateFailure, fail_update, receive_updates
from domain.ports import Database, DatabaseUnavailable
from domain.update import ReceivedUpdate
from domain.usecases.sending import send
from tests.bot.operator.conftest import OLIVIA, OTTO
from tests.support.house import UNHURRIED, House, Shop, number_of


@dataclass
class Broken:
    """A store that cannot be read."""

    store: Database
    error: Exception

    async def damage(self) -> Sequence[str]:
        return await self.store.damage()

    async def histories(self) -> AsyncIterator[CardHistory]:
        async for history in self.store.histories():
            yield history
        raise self.error

    async def read(self, usecase: object, query: object) -> Any:
        raise self.error


class Nothing:
    """No job here asks how updates come."""


def alerts_over(chat: Chat, store: Database, home: House) -> OperatorAlerts:
    return OperatorAlerts(
        chat=chat,
        database=store,
        bot_id=home.settings.bot_id,
        operator_ids=(UserId(OLIVIA), UserId(OTTO)),
        default_locale=home.settings.default_locale,
    )


@pytest.fixture
async def chat(home: House) -> AsyncIterator[Chat]:
    """As the process makes it, beside that of the process."""
    async with DirectBot(home.settings) as bot:
        yield Chat(bot, Pacer(UNHURRIED, lambda: 0.0), Photos())


@pytest.fixture
def means(home: House, chat: Chat) -> Means:
    """What jobs work with, so that a test decides when one runs."""
    nothing: Any = Nothing()
    return Means(
        bot_id=home.settings.bot_id,
        database=home.store,
        metrics=Metrics(),
        dispatchers=(),
        reception=nothing,
        operators=alerts_over(chat, home.store, home),
        clock_news=ClockNews(),
        clock=home.clock,
        chat=chat,
    )


@pytest.fixture
async def operators(home: House, olivia: Person, otto: Person) -> tuple[Person, Person]:
    """Both have written to the bot."""
    for operator in (olivia, otto):
        await operator.sends("/help")
        await operator.sees(lambda message: message.text)
    await home.at_rest()
    return olivia, otto


async def breaks(home: House, shop: Shop, count: int) -> None:
    """So many cards whose rows say something else than their entries, written past every rule."""
    paul = await home.owner(shop)
    for number in range(count):
        anna = await home.customer(shop, f"Anna {number}")
        await paul.sends(f"/stamp {number_of(anna)}")
        await paul.sees("✅", new=True)
    await home.at_rest()

    def usecase(*, tx: Any, command: None) -> None:
        tx.session._cursor.execute("UPDATE cards SET stamp_count = 7")

    await home.store.write(usecase, None)


def alerts(person: Person) -> list[str]:
    return [message.text for message in person.messages if message.text.startswith("🚨")]


async def keeps_aside(home: House, *update_ids: int) -> None:
    for update_id in update_ids:
        ref = {"bot_id": home.settings.bot_id, "update_id": UpdateId(update_id)}
        await home.store.write(receive_updates, [ReceivedUpdate(person_key=7, payload="{}", **ref)])  # type: ignore[arg-type]
        failure = UpdateFailure(error=f"{update_id:08x} KeyError", for_good=True, **ref)  # type: ignore[arg-type]
        await home.store.write(fail_update, failure)


async def test_ledger_in_order_is_nobodys_concern(
    home: House, means: Means, operators: tuple[Person, Person]
) -> None:
    assert await verify(means) == 0
    assert [alerts(operator) for operator in operators] == [[], []]


async def test_violations_are_told_in_one_message_that_names_the_first(
    home: House, shop: Shop, means: Means, operators: tuple[Person, Person]
) -> None:
    await breaks(home, shop, 7)
    assert await verify(means) == 7
    olivia, otto = operators
    [said] = alerts(olivia)
    lines = said.splitlines()
    assert lines[0] == "🚨 The nightly check found 7 violations."
    assert len([line for line in lines if line.startswith("I1: card ")]) == 5
    assert lines[-2:] == ["and 2 more", "All of them: stempel verify"]
    [gesagt] = alerts(otto)
    assert gesagt.startswith("🚨 Die nächtliche Prüfung hat 7 Verstöße gefunden.")


async def test_check_that_fails_is_told_and_counts_as_failed(
    home: House, means: Means, operators: tuple[Person, Person]
) -> None:
    broken: Any = Broken(home.store, OSError("the disk is gone"))
    with pytest.raises(OSError, match="the disk is gone"):
        await verify(replace(means, database=broken))
    assert [len(alerts(operator)) for operator in operators] == [1, 1]
    assert "could not be carried out.\nOSError" in alerts(operators[0])[0]


async def test_check_that_fails_for_want_of_a_database_is_told_all_the_same(
    home: House, means: Means, chat: Chat, operators: tuple[Person, Person]
) -> None:
    broken: Any = Broken(home.store, DatabaseUnavailable("the disk is gone"))
    with pytest.raises(DatabaseUnavailable):
        await verify(replace(means, database=broken, operators=alerts_over(chat, broken, home)))
    assert "DatabaseUnavailable" in alerts(operators[0])[0]


async def test_updates_kept_aside_are_told_together_and_once(
    home: House, means: Means, operators: tuple[Person, Person]
) -> None:
    await keeps_aside(home, *range(1, 8))
    assert await report_dead_letters(means) == 7
    assert await report_dead_letters(means) == 0
    [said] = alerts(operators[0])
    assert "7 messages to the bot could not be handled and were kept aside." in said
    assert "1: 00000001 KeyError" in said
    assert "and 2 more" in said
    await keeps_aside(home, 9)
    assert await report_dead_letters(means) == 1
    assert "1 message to the bot could not be handled and was kept aside." in alerts(operators[0])[1]


async def keeps_unreadable(home: House, shop: Shop, person: Person, count: int) -> None:
    """So many messages that no version of the program has written; the bot has tried to read them."""
    account = Account(bot_id=BotId(home.settings.bot_id), user_id=UserId(person.id))
    facts = RewardReady(merchant_name="", card_number=CardNumber("1"), reward="", rewards_available=1)

    def usecase(*, tx: Any, command: None) -> None:
        for _ in range(count):
            send(tx, shop.merchant_id, account, MessageKind.REWARD_READY, facts)
        tx.session.deferred.flush()
        tx.session._cursor.execute("UPDATE outbox SET facts = '{}'")

    await home.store.write(usecase, None)
    await home.until_rows("SELECT count(*) FROM deliveries WHERE failed_at IS NULL", [(0,)])


async def test_messages_that_cannot_be_read_are_told_together_and_once(
    home: House, shop: Shop, means: Means, operators: tuple[Person, Person]
) -> None:
    await keeps_unreadable(home, shop, operators[0], 7)
    await keeps_aside(home, 1)
    assert await report_dead_letters(means) == 8
    assert await report_dead_letters(means) == 0
    [said] = alerts(operators[0])
    lines = said.splitlines()
    assert lines[0] == "🚨 1 message to the bot could not be handled and was kept aside."
    assert lines[3] == "🚨 7 messages of the bot cannot be read and were kept aside. Nobody will get them."
    assert lines[4].endswith(": ValidationError: Object missing required field `merchant_name`")
    assert lines[-1] == "and 2 more"
    await keeps_unreadable(home, shop, operators[0], 1)
    assert await report_dead_letters(means) == 1
    assert (
        "1 message of the bot cannot be read and was kept aside. Nobody will get it."
        in alerts(operators[0])[1]
    )


async def test_message_that_was_refused_is_nothing_to_tell_the_operators(
    home: House, shop: Shop, means: Means, operators: tuple[Person, Person]
) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    home.sandbox.faults.refuse("chat not found", method="editMessageMedia", chat_id=anna.id)
    await paul.sends(f"/stamp {number_of(anna)}")
    await home.until_rows("SELECT count(*) FROM deliveries WHERE failed_at IS NOT NULL", [(1,)])
    assert await report_dead_letters(means) == 0


async def test_operator_who_cannot_be_reached_keeps_it_from_no_other(
    home: House, means: Means, operators: tuple[Person, Person]
) -> None:
    operators[0].blocks_bot()
    await keeps_aside(home, 1)
    assert await report_dead_letters(means) == 1
    assert len(alerts(operators[1])) == 1


async def test_what_reached_no_operator_is_in_the_log_and_told_again(
    home: House, means: Means, operators: tuple[Person, Person], caplog: pytest.LogCaptureFixture
) -> None:
    for operator in operators:
        operator.blocks_bot()
    await keeps_aside(home, 1)
    assert await report_dead_letters(means) == 0
    [error] = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert "no operator could be told" in error
    assert "00000001 KeyError" in error
    operators[0].unblocks_bot()
    assert await report_dead_letters(means) == 1
    assert len(alerts(operators[0])) == 1
