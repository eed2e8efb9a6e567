"""A daily summary: drawn off the event loop, sent with its picture, or as a text when there is nothing to draw; and
what its buttons show in its place."""

import asyncio
import threading

import pytest

from bot.kit.clock import new_id
from bot.pictures import studio
from bot.pictures.faces import DayFace
from bot.pictures.studio import Studio
from bot.sandbox import Person
from domain.account import Account
from domain.delivery import addresses_of
from domain.ids import BotId, MessageId, UserId
from domain.messages import DailySummary, Message, MessageKind
from domain.ports import Tx
from domain.summary import DaySummary
from domain.usecases.summarize import summarize
from tests.bot.pictures.samples import day_face, opened
from tests.bot.views.day_scenes import day, days_before, quiet_day
from tests.support.house import House, Shop, TestClock, number_of


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

    def usecase(*, tx: Tx, command: Message) -> None:
        tx.enqueue(command, addresses_of(command, tx.channels_on))

    await home.store.write(usecase, message)


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


@pytest.fixture
async def evening(home: House, shop: Shop, clock: TestClock) -> Person:
    """Paul has the summary of a day with two stores, two people and a mistake, and that of the day before with it."""
    paul = await home.owner(shop)
    gare, _ = await home.adds_store(shop, "Gare")
    lea = await home.customer(shop, "Léa")
    sam, tom = await home.member(shop, "Sam"), await home.member(shop, "Tom", store_id=gare)
    clock.passes(days=1)
    for member, words in ((sam, "/stamp {} 3"), (tom, "/stamp {} 2"), (tom, "/void {}")):
        await member.sends(words.format(number_of(lea)))
        await member.sees("Léa", new=True)
    clock.passes(hours=10)
    await home.store.write(summarize, shop.merchant_id)
    await paul.sees("Café Knätsch · Tuesday, 16 June")
    return paul


async def test_day_is_shown_by_store_by_staff_and_with_what_was_taken_back(evening: Person) -> None:
    whole = evening.last.caption
    assert "Monday, 15 June: a quiet day" in whole
    of_sam, of_tom = "3 stamps · 0 rewards · 1 card", "0 stamps · 0 rewards · 0 cards · taken back: 2 stamps"
    for button, shown in (
        ("By store", f"by store\nCafé Knätsch: {of_sam}\nGare: {of_tom}"),
        ("By staff", f"by staff\nSam: {of_sam}\nTom: {of_tom}"),
        ("Taken back (1)", "taken back\n11:00 · Tom · Gare\nCard"),
    ):
        await evening.taps(button)
        part = await evening.sees(lambda message: "‹ Back" in message.button_texts)
        assert shown in part.caption
        assert part.photo
        await evening.taps("‹ Back")
        back = await evening.sees(lambda message: "By store" in message.button_texts)
        assert back.caption == whole


async def test_days_folded_into_a_summary_are_still_told_after_going_back(evening: Person) -> None:
    await evening.taps("By staff")
    await evening.sees("by staff")
    await evening.taps("‹ Back")
    back = await evening.sees(lambda message: "By store" in message.button_texts)
    assert back.caption.endswith("Monday, 15 June: a quiet day")
