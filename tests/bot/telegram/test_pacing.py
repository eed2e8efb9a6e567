"""Telegram's sending limits, kept with a clock that tests move."""

from dataclasses import dataclass, field

import pytest

from bot.pacing import FORGET_CHATS_ABOVE, Limits, Pacer

ANNA, BEN, GROUP = 7, 8, -100


@dataclass
class Seconds:
    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Pace:
    """A pacer and the clock it reads."""

    limits: Limits = field(default_factory=Limits)
    clock: Seconds = field(default_factory=Seconds)
    pacer: Pacer = field(init=False)

    def __post_init__(self) -> None:
        self.pacer = Pacer(self.limits, self.clock)

    def sends(self, *chats: int) -> list[float]:
        """When each of these messages, reserved one after the other now, may go."""
        return [round(self.pacer.reserve(chat), 6) for chat in chats]


def test_first_message_goes_at_once() -> None:
    assert Pace().sends(ANNA) == [0]


def test_private_chat_gets_one_message_a_second() -> None:
    assert Pace(Limits(overall_per_second=1000)).sends(ANNA, ANNA, ANNA) == [0, 1, 2]


def test_group_gets_twenty_messages_a_minute() -> None:
    assert Pace(Limits(overall_per_second=1000)).sends(*[GROUP] * 21)[-1] == 60


def test_chats_do_not_wait_for_each_other_below_the_overall_limit() -> None:
    assert Pace(Limits(overall_per_second=1000)).sends(ANNA, BEN) == [0, 0.001]


def test_all_chats_together_stay_below_thirty_a_second() -> None:
    waits = Pace().sends(*range(1, 61))
    assert waits[29] > 1
    for start in range(31):
        assert waits[start + 29] - waits[start] > 1, "no window of a second holds thirty messages"


def test_time_that_passed_is_not_saved_up() -> None:
    pace = Pace(Limits(overall_per_second=1000))
    pace.sends(ANNA)
    pace.clock.now += 60
    assert pace.sends(ANNA, ANNA) == [0, 1]


def test_direct_answers_are_counted_but_owe_a_second_at_most() -> None:
    pace = Pace(Limits(overall_per_second=1000))
    for _ in range(3):
        pace.pacer.count(ANNA)
    assert pace.pacer.wait_for(ANNA) == pytest.approx(1)
    assert pace.pacer.wait_for(BEN) == pytest.approx(0.003)


def test_direct_answer_does_not_end_a_hold() -> None:
    pace = Pace()
    pace.pacer.hold(ANNA, 30)
    pace.pacer.count(ANNA)
    assert pace.pacer.wait_in(ANNA) >= 30


def test_direct_answer_does_not_let_reserved_messages_overtake_each_other() -> None:
    pace = Pace(Limits(overall_per_second=1000))
    assert pace.sends(ANNA, ANNA, ANNA) == [0, 1, 2]
    pace.pacer.count(ANNA)
    assert pace.sends(ANNA)[0] >= 3


def test_asking_reserves_nothing() -> None:
    pace = Pace()
    assert [pace.pacer.wait_for(ANNA) for _ in range(3)] == [0, 0, 0]


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


def test_what_is_reserved_after_a_hold_comes_after_it() -> None:
    pace = Pace(Limits(overall_per_second=1000))
    pace.pacer.hold(ANNA, 10)
    assert pace.sends(ANNA, ANNA) == [10, 11]


def test_chats_that_have_rested_are_forgotten_and_those_on_hold_are_not() -> None:
    pace = Pace(Limits(overall_per_second=1_000_000))
    pace.pacer.hold(ANNA, 1_000_000)
    for chat in range(100, 100 + FORGET_CHATS_ABOVE):
        pace.pacer.count(chat)
    pace.clock.now += 10
    pace.pacer.count(BEN)
    assert len(pace.pacer._chats_at) == 2
    assert pace.pacer.wait_in(ANNA) > 0
