"""Telegram's sending limits, kept with a clock that tests move."""

from dataclasses import dataclass, field

import pytest

from bot.telegram.pacing import (
    FORGET_CHATS_ABOVE,
    PATIENCE_S,
    SAVED_UP_S,
    Budget,
    Budgets,
    Pacer,
    SendingLimits,
)

ANNA, BEN, GROUP = "7", "8", "-100"


@dataclass
class Seconds:
    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Pace:
    """A pacer and the clock it reads."""

    limits: SendingLimits = field(default_factory=SendingLimits)
    clock: Seconds = field(default_factory=Seconds)
    pacer: Pacer = field(init=False)

    def __post_init__(self) -> None:
        self.pacer = Pacer(self.limits, self.clock)

    def sends(self, *chats: str) -> list[float]:
        """When each of these messages goes, seconds from now, if each waits until it may."""
        began = self.clock.now
        return [round(self.sends_one(chat) - began, 6) for chat in chats]

    def sends_one(self, chat: str) -> float:
        self.clock.now += max(self.pacer.wait_overall(), self.pacer.wait_in(chat))
        self.pacer.take(chat)
        return self.clock.now


def test_first_message_goes_at_once() -> None:
    assert Pace().sends(ANNA) == [0]


def test_processes_share_what_goes_to_all_chats_and_each_keeps_the_pace_of_its_own() -> None:
    limits, clock = SendingLimits(overall_per_second=10), Seconds()
    pace = Pace(limits, clock)
    pace.pacer = Pacer(limits, clock, lambda: 4)
    assert pace.sends(*map(str, range(1, 6)))[-1] == pytest.approx(4 * 4 / 10, abs=0.04)
    assert Pace(SendingLimits(overall_per_second=1000)).sends(ANNA, ANNA) == [0, 1]
    budgets = Budgets(limits, clock, lambda: 4)
    alone = Budgets(limits, clock)
    assert [_at_once(budgets.strangers), _at_once(alone.strangers)] == [2, 8]


def _at_once(budget: Budget) -> int:
    """How many are given in a moment to who has no patience."""
    return sum(budget.seconds_to_wait(0.0) == 0 for _ in range(100))


def test_private_chat_gets_one_message_a_second() -> None:
    assert Pace(SendingLimits(overall_per_second=1000)).sends(ANNA, ANNA, ANNA) == [0, 1, 2]


def test_group_gets_twenty_messages_a_minute() -> None:
    assert Pace(SendingLimits(overall_per_second=1000)).sends(*[GROUP] * 21)[-1] == 60


def test_chats_do_not_wait_for_each_other_below_the_overall_limit() -> None:
    assert Pace(SendingLimits(overall_per_second=1000)).sends(ANNA, BEN, GROUP) == [0, 0, 0]


def test_all_chats_together_stay_below_thirty_a_second() -> None:
    waits = Pace().sends(*map(str, range(1, 61)))
    for start in range(31):
        assert waits[start + 29] - waits[start] > 1, "no window of a second holds thirty messages"


def test_time_that_passed_is_not_saved_up() -> None:
    pace = Pace(SendingLimits(overall_per_second=1000))
    pace.sends(ANNA)
    pace.clock.now += 60
    assert pace.sends(ANNA, ANNA) == [0, 1]


def test_direct_answers_are_counted_but_owe_a_second_at_most() -> None:
    pace = Pace(SendingLimits(overall_per_second=1000))
    for _ in range(3):
        pace.pacer.count(ANNA)
    assert pace.pacer.wait_in(ANNA) == pytest.approx(1)
    assert pace.pacer.wait_overall() <= 0.003


def test_direct_answer_does_not_end_a_hold() -> None:
    pace = Pace()
    pace.pacer.hold(ANNA, 30)
    pace.pacer.count(ANNA)
    assert pace.pacer.wait_in(ANNA) >= 30


def test_direct_answers_hold_up_all_chats_together_for_a_second_at_most() -> None:
    pace = Pace(SendingLimits(overall_per_second=10))
    for chat in range(1, 100):
        pace.pacer.count(str(chat))
    assert pace.pacer.wait_overall() == pytest.approx(1)


@pytest.mark.parametrize("answers_per_second", [0, 20, 40, 400])
def test_what_is_owed_gets_its_share_however_many_answers_are_given(answers_per_second: int) -> None:
    pace, sent, answered = Pace(), 0, 0.0
    for millisecond in range(10_000):
        pace.clock.now += 0.001
        answered += answers_per_second / 1000
        while answered >= 1:
            answered -= 1
            pace.pacer.count(f"1{millisecond}")
        if not pace.pacer.wait_for_share():
            pace.pacer.take(f"2{millisecond}")
            sent += 1
    left_over = 28 - answers_per_second
    assert sent / 10 == pytest.approx(max(8, left_over), rel=0.05)


def test_share_is_not_used_up_by_a_rush_before_the_noise() -> None:
    pace = Pace()
    pace.sends(*map(str, range(1, 301)))
    for chat in range(1000, 1060):
        pace.pacer.count(str(chat))
    assert pace.pacer.wait_overall() > 0.9
    assert pace.pacer.wait_for_share() == pytest.approx(1 / 8)


def test_whatever_waits_goes_after_a_hold_of_all() -> None:
    pace = Pace()
    pace.pacer.hold_all(5)
    pace.pacer.hold_all(1)
    assert pace.pacer.wait_for_share() == pytest.approx(5)
    pace.clock.now += 5
    assert pace.pacer.wait_for_share() == 0


def test_budget_gives_what_is_saved_up_then_its_pace_and_turns_away_who_would_wait_too_long() -> None:
    clock = Seconds()
    budget = Budget(4, clock)
    waits = [budget.seconds_to_wait() for _ in range(50)]
    at_once, later = int(4 * SAVED_UP_S) + 1, int(4 * PATIENCE_S)
    assert waits[:at_once] == [0] * at_once
    assert waits[at_once : at_once + later] == pytest.approx([n / 4 for n in range(1, later + 1)])
    assert waits[at_once + later :] == [None] * (50 - at_once - later)
    clock.now += 1
    assert [budget.seconds_to_wait() for _ in range(5)] == pytest.approx([2.25, 2.5, 2.75, 3, None])
    assert budget.seconds_to_wait(0) is None
    clock.now += PATIENCE_S + 0.25
    assert budget.seconds_to_wait(0) == 0


def test_asking_takes_nothing() -> None:
    pace = Pace()
    assert [pace.pacer.wait_in(ANNA) for _ in range(3)] == [0, 0, 0]
    assert [pace.pacer.wait_overall() for _ in range(3)] == [0, 0, 0]


def test_next_message_to_a_chat_is_counted_from_the_arrival_of_the_one_before() -> None:
    pace = Pace()
    pace.sends(ANNA)
    pace.clock.now += 0.4
    pace.pacer.landed(ANNA)
    assert pace.sends(ANNA) == [1]


def test_message_that_goes_late_does_not_hold_up_the_next() -> None:
    """The event loop wakes a little late each time: that must not add up."""
    pace, sent_at = Pace(), []
    for chat in range(1, 101):
        pace.clock.now += pace.pacer.wait_overall() + 0.01
        pace.pacer.take(str(chat))
        sent_at.append(pace.clock.now)
    assert 99 / (sent_at[-1] - sent_at[0]) == pytest.approx(28, rel=0.01)


def test_lateness_is_made_up_for_without_thirty_messages_in_a_second() -> None:
    pace, sent_at = Pace(), []
    for chat in range(1, 101):
        pace.clock.now += pace.pacer.wait_overall() + (0.5 if chat % 30 == 0 else 0)
        pace.pacer.take(str(chat))
        sent_at.append(pace.clock.now)
    assert all(sent_at[n + 29] - sent_at[n] > 1 for n in range(71))


@pytest.mark.parametrize(("passed", "wait"), [(0, 30), (29.5, 0.5), (30, 0), (31, 0)])
def test_chat_that_telegram_holds_waits_and_no_other(passed: float, wait: float) -> None:
    pace = Pace()
    pace.pacer.hold(ANNA, 30)
    pace.clock.now += passed
    assert pace.pacer.wait_in(ANNA) == pytest.approx(wait)
    assert pace.pacer.wait_in(BEN) == 0


def test_hold_is_never_shortened() -> None:
    pace = Pace()
    pace.pacer.hold(ANNA, 30)
    pace.pacer.hold(ANNA, 1)
    assert pace.pacer.wait_in(ANNA) == pytest.approx(30)


def test_what_is_sent_after_a_hold_comes_after_it() -> None:
    pace = Pace(SendingLimits(overall_per_second=1000))
    pace.pacer.hold(ANNA, 10)
    assert pace.sends(ANNA, ANNA) == [10, 11]


def test_chats_that_have_rested_are_forgotten_and_those_on_hold_are_not() -> None:
    pace = Pace(SendingLimits(overall_per_second=1_000_000))
    pace.pacer.hold(ANNA, 1_000_000)
    for chat in range(100, 100 + FORGET_CHATS_ABOVE):
        pace.pacer.count(str(chat))
    pace.clock.now += 10
    pace.pacer.count(BEN)
    assert len(pace.pacer._chats_at) == 2
    assert pace.pacer.wait_in(ANNA) > 0
