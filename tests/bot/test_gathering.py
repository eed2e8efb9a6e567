"""What is asked for within a round of the event loop is asked for once, and fails for whom it concerns."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.kit.gathering import Gathering
from domain.ports import DatabaseUnavailable

AT_ONCE_MAX = 10


class Book:
    """Doubles numbers; notes what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.is_away = False

    async def find(self, numbers: Sequence[int]) -> Sequence[int]:
        self.asked.append([*numbers])
        await asyncio.sleep(0)
        if self.is_away:
            raise DatabaseUnavailable("away")
        if 0 in numbers:
            raise ValueError("nothing is not a number")
        return [2 * number for number in numbers]


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def gathering(book: Book) -> Gathering[int, int]:
    return Gathering(book.find, AT_ONCE_MAX)


async def test_all_of_one_round_share_a_question(gathering: Gathering[int, int], book: Book) -> None:
    assert await asyncio.gather(*map(gathering.one, (3, 1, 3, 2))) == [6, 2, 6, 4]
    assert book.asked == [[3, 1, 3, 2]]


async def test_who_asks_later_has_a_question_of_their_own(gathering: Gathering[int, int], book: Book) -> None:
    assert await gathering.one(1) == 2
    assert await gathering.one(2) == 4
    assert book.asked == [[1], [2]]


async def test_no_question_is_about_more_than_the_event_loop_can_wait_for(
    gathering: Gathering[int, int], book: Book
) -> None:
    many = range(1, 2 * AT_ONCE_MAX + 2)
    assert await asyncio.gather(*map(gathering.one, many)) == [2 * each for each in many]
    assert [len(asked) for asked in book.asked] == [AT_ONCE_MAX, AT_ONCE_MAX, 1]


async def test_what_fails_fails_alone(gathering: Gathering[int, int], book: Book) -> None:
    one, none, two = await asyncio.gather(*map(gathering.one, (1, 0, 2)), return_exceptions=True)
    assert (one, two) == (2, 4)
    assert isinstance(none, ValueError)
    assert book.asked == [[1, 0, 2], [1], [0], [2]]


async def test_who_gets_no_answer_is_not_left_waiting() -> None:
    async def forgets_the_last(numbers: Sequence[int]) -> Sequence[int]:
        return numbers[:-1]

    gathering = Gathering(forgets_the_last, AT_ONCE_MAX)
    found = await asyncio.gather(*map(gathering.one, (1, 2)), return_exceptions=True)
    assert [type(each) for each in found] == [ValueError] * 2


async def test_database_that_is_away_is_asked_once(gathering: Gathering[int, int], book: Book) -> None:
    book.is_away = True
    found = await asyncio.gather(*map(gathering.one, (1, 2)), return_exceptions=True)
    assert [type(each) for each in found] == [DatabaseUnavailable] * 2
    assert book.asked == [[1, 2]]
    book.is_away = False
    assert await gathering.one(1) == 2


@pytest.mark.parametrize("number", [1, 0], ids=["found", "failed"])
async def test_who_no_longer_waits_holds_up_nobody(gathering: Gathering[int, int], number: int) -> None:
    gone, there = asyncio.create_task(gathering.one(number)), asyncio.create_task(gathering.one(2))
    await asyncio.sleep(0)
    gone.cancel()
    assert await there == 4
    assert (await asyncio.gather(gone, return_exceptions=True))[0].__class__ is asyncio.CancelledError
