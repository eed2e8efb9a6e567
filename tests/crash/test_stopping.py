"""SIGTERM in the middle of a rush: what was begun is answered, the rest is left, and the process ends in time."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sandbox import Message, Person
from bot.sandbox.qr import draw_qr
from bot.telegram.handling import IN_FLIGHT_MAX
from tests.crash.conftest import Cafe, Opening
from tests.support.databases import rows
from tests.support.patience import PATIENCE_S

LONG_S = 60 * 60
"""Whoever waited for it would not end while anybody has patience."""
CROWD = 300
"""More than are served at once; they are served one message of each at a time."""
TWICE = 20
"""So many of them ask a second time at once."""


def answers(person: Person) -> list[Message]:
    return [message for message in person.history if message.from_bot]


@pytest.fixture
async def cafe(opening: Opening) -> AsyncIterator[Cafe]:
    async with opening({}) as found:
        await found.life.is_at_work()
        yield found


def undone(cafe: Cafe) -> list[tuple[Any, ...]]:
    return rows(cafe.settings.database_path, "SELECT update_id FROM inbox WHERE done_at IS NULL")


async def test_in_a_rush_what_was_begun_is_answered_and_the_rest_is_left_and_nobody_is_answered_twice(
    cafe: Cafe,
) -> None:
    crowd = [cafe.person(f"Guest {number}") for number in range(CROWD)]
    slow = cafe.sandbox.faults.stall(method="sendMessage", count=None)
    asked = dict.fromkeys(crowd, 1) | dict.fromkeys(crowd[:TWICE], 2)
    for guest, times in asked.items():
        for _ in range(times):
            await guest.sends("/help")
    await cafe.sandbox.until(lambda: slow.hits >= IN_FLIGHT_MAX, timeout=PATIENCE_S)
    await cafe.life.closes()
    slow.release()
    await cafe.life.ends()
    begun = slow.hits
    assert sum(len(answers(guest)) for guest in crowd) == begun
    kept = rows(cafe.settings.database_path, "SELECT count(*) FROM inbox WHERE done_at IS NOT NULL")
    assert kept == [(begun,)]
    assert begun == IN_FLIGHT_MAX
    cafe.sandbox.faults.clear()
    cafe.life = cafe.nursery.begin()
    await cafe.is_at_rest()
    assert {guest: len(answers(guest)) for guest in crowd} == asked


async def test_process_ends_while_telegram_does_not_answer(cafe: Cafe) -> None:
    anna = cafe.person("Anna")
    silent = cafe.sandbox.faults.stall(method="sendMessage", count=None)
    await anna.sends("/help")
    await cafe.sandbox.until(lambda: silent.hits, timeout=PATIENCE_S)
    await cafe.life.stops()
    assert len(undone(cafe)) == 1
    cafe.sandbox.faults.clear()
    cafe.life = cafe.nursery.begin()
    await cafe.is_at_rest()
    assert answers(anna)


async def test_process_ends_in_a_429(cafe: Cafe) -> None:
    anna = cafe.person("Anna")
    flood = cafe.sandbox.faults.flood(LONG_S, method="sendMessage", count=None)
    await anna.sends("/help")
    await cafe.sandbox.until(lambda: flood.hits, timeout=PATIENCE_S)
    await cafe.life.stops()
    cafe.sandbox.faults.clear()
    cafe.life = cafe.nursery.begin()
    await cafe.is_at_rest()
    assert len(answers(anna)) == 1


async def test_start_that_telegram_does_not_answer_ends(cafe: Cafe) -> None:
    await cafe.is_at_rest()
    await cafe.life.stops()
    silent = cafe.sandbox.faults.stall(method="getMe", count=None)
    cafe.life = cafe.nursery.begin()
    await cafe.sandbox.until(lambda: silent.hits, timeout=PATIENCE_S)
    await cafe.life.stops()
    cafe.sandbox.faults.clear()
    cafe.life = cafe.nursery.begin()


async def test_picture_that_was_looked_at_when_the_process_was_told_to_end_is_no_suspect(
    cafe: Cafe,
) -> None:
    emma = cafe.person("Emma")
    slow = cafe.sandbox.faults.stall(method="getFile", count=None)
    await emma.sends_photo(draw_qr(cafe.shop.join_link))
    await cafe.sandbox.until(lambda: slow.hits, timeout=PATIENCE_S)
    await cafe.life.stops()
    attempts = "SELECT attempts FROM inbox WHERE done_at IS NULL"
    assert rows(cafe.settings.database_path, attempts) == [(0,)]
    cafe.sandbox.faults.clear()
    cafe.life = cafe.nursery.begin()
    await cafe.is_at_rest()
