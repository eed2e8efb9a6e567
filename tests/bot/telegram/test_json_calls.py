"""Calls as JSON meet the errors that python-telegram-bot's own calls meet."""

from collections.abc import Callable

import pytest
from telegram.error import TelegramError

from bot.sandbox import Fault, FaultKind, Person, Sandbox
from bot.telegram.client import DirectBot

METHOD = "sendMessage"
FAULTS: dict[str, Callable[[Sandbox], Fault | object]] = {
    "bad request": lambda sandbox: sandbox.faults.refuse("chat not found", count=2),
    "flood": lambda sandbox: sandbox.faults.flood(7, method=METHOD, count=2),
    "token refused": lambda sandbox: sandbox.faults.server_error(401, method=METHOD, count=2),
    "no such token": lambda sandbox: sandbox.faults.server_error(404, method=METHOD, count=2),
    "another asks": lambda sandbox: sandbox.faults.server_error(409, method=METHOD, count=2),
    "down": lambda sandbox: sandbox.faults.server_error(502, method=METHOD, count=2),
    "a proxy's page": lambda sandbox: sandbox.faults.server_error(503, html=True, method=METHOD, count=2),
    "hung up": lambda sandbox: sandbox.faults.add(Fault(kind=FaultKind.RESET, method=METHOD, count=2)),
    "cut off": lambda sandbox: sandbox.faults.add(Fault(kind=FaultKind.CUT, method=METHOD, count=2)),
}


async def errors_of(bot: DirectBot, chat_id: int) -> list[TelegramError]:
    """Of one call each way."""
    with pytest.raises(TelegramError) as usual:
        await bot.send_message(chat_id, "x")
    with pytest.raises(TelegramError) as ours:
        await bot.sent(METHOD, chat_id, text="x")
    return [usual.value, ours.value]


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_error_is_the_same_either_way(
    fault: Callable[[Sandbox], object], sandbox: Sandbox, bot: DirectBot, anna: Person
) -> None:
    fault(sandbox)
    usual, ours = await errors_of(bot, anna.id)
    assert type(ours) is type(usual)
    assert (str(ours), getattr(ours, "retry_after", None)) == (
        str(usual),
        getattr(usual, "retry_after", None),
    )


async def test_who_has_blocked_the_bot_is_told_apart_either_way(bot: DirectBot, anna: Person) -> None:
    anna.blocks_bot()
    usual, ours = await errors_of(bot, anna.id)
    assert (type(ours), str(ours)) == (type(usual), str(usual))


async def test_what_is_sent_arrives_and_bears_its_id(bot: DirectBot, anna: Person) -> None:
    sent = await bot.sent(METHOD, anna.id, text="Käse 🧀", parse_mode=None)
    assert (await anna.sees("Käse 🧀")).id == sent
