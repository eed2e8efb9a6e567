"""A daily summary on its way: drawn off the event loop, sent with its picture, or as a text when there is nothing to
draw."""

import asyncio
import threading

import pytest

from bot import studio
from bot.clock import new_id
from bot.pictures.faces import DayFace
from bot.sandbox import Person
from bot.studio import Studio
from domain.account import Account
from domain.ids import BotId, MessageId, UserId
from domain.message import DailySummary, Message, MessageKind
from domain.ports import Tx
from domain.summary import DaySummary
from tests.bot.pictures.samples import day_face, opened
from tests.bot.views.day_scenes import day, days_before, quiet_day
from tests.support.house import House, Shop


async def told(home: House, shop: Shop, person: Person, day_: DaySummary, *missed: DaySummary) -> None:
    """Puts a summary for this person into the outbox."""
    message = Message(
        merchant_id=shop.merchant_id,
        message_id=MessageId(new_id()),
        kind=MessageKind.DAILY_SUMMARY,
        recipient=Account(bot_id=BotId(home.sandbox.world.bot_id), user_id=UserId(person.id)),
        facts=DailySummary(merchant_name="Café Knätsch", day=day_, missed=missed),
        created_at=home.clock(),
    )

    def enqueue(*, tx: Tx, command: Message) -> None:
        tx.enqueue(command)

    await home.store.write(enqueue, message)


async def test_summary_comes_with_its_picture(home: House, shop: Shop) -> None:
    paul = await home.owner(shop, language="de")
    await told(home, shop, paul, day(), *days_before(1))
    message = await paul.sees(lambda message: "Café Knätsch · Sonntag, 22. November" in message.caption)
    assert message.photo
    assert opened(message.photo).size == (960, 910)
    assert message.button_texts == ("Nach Filiale", "Nach Person")


async def test_quiet_day_comes_as_one_line(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await told(home, shop, paul, quiet_day())
    message = await paul.sees("a quiet day")
    assert message.text == "Café Knätsch · Sunday, 22 November: a quiet day"
    assert message.photo is None
    assert message.button_texts == ()


async def test_picture_is_drawn_in_a_thread_of_its_own_and_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []

    def drawing(_: DayFace) -> bytes:
        threads.append(threading.current_thread())
        return b"png"

    monkeypatch.setattr(studio, "draw_day", drawing)
    at_work = Studio()
    assert [await at_work.day(day_face()) for _ in range(2)] == [b"png", b"png"]
    assert await at_work.day(day_face(colour="#000000")) == b"png"
    at_work.close()
    assert len(threads) == 2
    assert threading.main_thread() not in threads
    assert asyncio.get_running_loop().is_running()
