"""The inbox: what Telegram sent is kept until it is done, and what a crash left is taken up again in order."""

from datetime import timedelta

import pytest

from domain.ids import BotId, UpdateId
from domain.plumbing.inbox import (
    UpdateFailure,
    UpdateRef,
    begin_update,
    fail_update,
    finish_updates,
    put_back_update,
    receive_updates,
    unfinished_updates,
)
from domain.plumbing.keep_house import KeepHouse, keep_house
from domain.update import ReceivedUpdate
from tests.support.clock import Clock
from tests.support.shop import BOT, Town


def receives(town: Town, *update_ids: int, bot_id: BotId = BOT) -> list[bool]:
    """For each update whether it is new."""
    updates = [
        ReceivedUpdate(bot_id=bot_id, update_id=UpdateId(number), person_key=5, payload=f"update {number}")
        for number in update_ids
    ]
    return [kept.is_mine for kept in town.database.write(receive_updates, updates)]


def finishes(town: Town, *update_ids: int) -> None:
    done = [UpdateRef(bot_id=BOT, update_id=UpdateId(number)) for number in update_ids]
    town.database.write(finish_updates, done)


def fails(town: Town, update_id: int, *, for_good: bool) -> None:
    failure = UpdateFailure(bot_id=BOT, update_id=UpdateId(update_id), error="oh", for_good=for_good)
    town.database.write(fail_update, failure)


def begins(town: Town, update_id: int) -> None:
    town.database.write(begin_update, UpdateRef(bot_id=BOT, update_id=UpdateId(update_id)))


def puts_back(town: Town, update_id: int) -> None:
    town.database.write(put_back_update, UpdateRef(bot_id=BOT, update_id=UpdateId(update_id)))


def replays(town: Town) -> list[int]:
    return [update.update_id for update in town.database.read(unfinished_updates, BOT)]


def attempts(town: Town) -> dict[int, int]:
    """How often each of those that are not done was noted to be under way."""
    return {update.update_id: update.attempts for update in town.database.read(unfinished_updates, BOT)}


def test_update_that_comes_again_is_known(town: Town) -> None:
    assert receives(town, 1, 2) == [True, True]
    assert receives(town, 2, 3, 1, 3) == [False, True, False, False]


def test_update_that_comes_again_after_it_was_done_is_known(town: Town) -> None:
    receives(town, 1)
    finishes(town, 1)
    assert receives(town, 1) == [False]
    assert replays(town) == []


def test_two_bots_may_receive_the_same_number(town: Town) -> None:
    assert receives(town, 1) == [True]
    assert receives(town, 1, bot_id=BotId(BOT + 1)) == [True]
    assert replays(town) == [1]


def test_what_is_not_done_is_replayed_in_the_order_sent(town: Town) -> None:
    receives(town, 30, 10, 20, 40)
    finishes(town, 20)
    fails(town, 40, for_good=True)
    assert replays(town) == [10, 30]


def test_replayed_update_is_what_was_received(town: Town, clock: Clock) -> None:
    receives(town, 1)
    received_at = clock.now
    clock.passes(hours=1)
    [update] = town.database.read(unfinished_updates, BOT)
    assert update == ReceivedUpdate(
        bot_id=BOT,
        update_id=UpdateId(1),
        person_key=5,
        payload="update 1",
        attempts=0,
        received_at=received_at,
    )


def test_update_that_failed_for_now_is_replayed(town: Town) -> None:
    receives(town, 1)
    fails(town, 1, for_good=False)
    assert replays(town) == [1]


def test_starts_are_not_counted_and_what_was_under_way_is(town: Town) -> None:
    receives(town, 1, 2)
    for crash in range(12):
        assert attempts(town) == {1: crash, 2: 0}
        begins(town, 1)


def test_what_was_put_back_does_not_count(town: Town) -> None:
    receives(town, 1)
    begins(town, 1)
    begins(town, 1)
    puts_back(town, 1)
    assert attempts(town) == {1: 1}


@pytest.mark.parametrize(("hours_later", "forgotten"), [(47, 0), (48, 0), (49, 1)])
def test_done_updates_are_forgotten_when_they_cannot_come_again(
    town: Town, clock: Clock, hours_later: int, forgotten: int
) -> None:
    receives(town, 1, 2, 3)
    finishes(town, 1)
    fails(town, 2, for_good=True)
    clock.passes(hours=hours_later)
    house = KeepHouse(
        bot_id=BOT, update_retention=timedelta(hours=48), dead_letter_retention=timedelta(days=30)
    )
    assert town.database.write(keep_house, house).updates == forgotten
    assert replays(town) == [3]
