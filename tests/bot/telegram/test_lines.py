"""Who is next: a line for each chat, the most urgent message first, and nobody waits for anybody else's chat."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.delivery.order import LINE_PATIENCE, GoneBack, Lines
from bot.telegram.pacing import Pacer, SendingLimits
from domain.delivery import ChannelKind, Delivery
from domain.ids import BotId, MerchantId, MessageId
from tests.bot.telegram.test_pacing import ANNA, BEN, Seconds

NOW = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def leased(chat: str, number: int, *, is_marketing: bool = False) -> Delivery:
    return Delivery(
        merchant_id=MerchantId("m"),
        message_id=MessageId(f"{number:04d}"),
        bot_id=BotId(1),
        channel=ChannelKind.TELEGRAM,
        address=chat,
        is_marketing=is_marketing,
    )


class Till:
    """Lines, their pacer, and a clock that tests move."""

    def __init__(self) -> None:
        self.clock = Seconds()
        self.pacer = Pacer(SendingLimits(), self.clock)
        self.lines = Lines(self.pacer)

    def adds(self, *waiting: Delivery) -> None:
        for each in waiting:
            self.lines.add(each)

    def sends_next(self) -> str | None:
        """Takes the next and brings it to its end at once."""
        taken = self.lines.take_next()
        if taken is None:
            return None
        self.pacer.take(taken.address)
        self.lines.landed(taken.address)
        return taken.message_id


@pytest.fixture
def till() -> Till:
    return Till()


def test_chat_that_must_wait_holds_up_no_other(till: Till) -> None:
    till.adds(*(leased(ANNA, number) for number in range(5)), leased(BEN, 9))
    assert [till.sends_next() for _ in range(3)] == ["0000", "0009", None]
    assert till.lines.seconds_until_next() == pytest.approx(1)
    till.clock.now += 1
    assert till.sends_next() == "0001"


def test_oldest_message_goes_first_whenever_it_came(till: Till) -> None:
    till.adds(leased(ANNA, 2), leased(BEN, 1))
    assert [till.sends_next(), till.sends_next()] == ["0001", "0002"]


def test_marketing_waits_for_everything_else(till: Till) -> None:
    till.adds(leased(ANNA, 1, is_marketing=True), leased(BEN, 2), leased(ANNA, 3))
    assert till.sends_next() == "0002"
    assert till.sends_next() == "0003"
    till.clock.now += 1
    assert till.sends_next() == "0001"


def test_chat_gets_nothing_more_until_the_message_before_has_landed(till: Till) -> None:
    till.adds(leased(ANNA, 1), leased(ANNA, 2))
    assert till.lines.take_next() is not None
    assert till.lines.take_next() is None
    assert till.lines.seconds_until_next() is None
    till.lines.landed(ANNA)
    assert till.lines.take_next() is not None


def test_what_is_held_is_known_until_it_is_taken(till: Till) -> None:
    till.adds(leased(ANNA, 1), leased(ANNA, 2), leased(BEN, 3))
    assert len(till.lines) == 3
    assert till.lines.holds(leased(ANNA, 2))
    till.sends_next()
    assert not till.lines.holds(leased(ANNA, 1))
    assert [each.message_id for each in till.lines.take_all(ANNA)] == ["0002"]
    assert len(till.lines) == 1
    assert till.lines.take_all(ANNA) == []


def test_wait_of_one_more_message_counts_those_before_it(till: Till) -> None:
    assert till.lines.seconds_for_another(ANNA) == 0
    till.adds(leased(ANNA, 1), leased(ANNA, 2))
    assert till.lines.seconds_for_another(ANNA) == pytest.approx(2)
    assert till.lines.seconds_for_another(BEN) == 0


def test_newer_message_stays_behind_the_older_that_went_back() -> None:
    gone = GoneBack()
    first = gone.add(leased(ANNA, 1), NOW + 5 * SECOND, NOW, SECOND)
    second = gone.add(leased(ANNA, 2), NOW, NOW, SECOND)
    assert (first, second) == (NOW + 5 * SECOND, NOW + 6 * SECOND)
    assert gone.holds_up(leased(ANNA, 3), NOW)
    assert not gone.holds_up(leased(ANNA, 1), NOW)
    assert not gone.holds_up(leased(BEN, 3), NOW)


def test_message_that_came_back_holds_up_nobody_any_more() -> None:
    gone = GoneBack()
    gone.add(leased(ANNA, 1), NOW, NOW, SECOND)
    gone.came(leased(ANNA, 1))
    assert not gone.holds_up(leased(ANNA, 2), NOW)


def test_message_that_never_came_back_is_not_waited_for_for_ever() -> None:
    gone = GoneBack()
    gone.add(leased(ANNA, 1), NOW, NOW, SECOND)
    assert gone.holds_up(leased(ANNA, 2), NOW + LINE_PATIENCE - SECOND)
    assert not gone.holds_up(leased(ANNA, 2), NOW + LINE_PATIENCE)


def test_message_that_went_back_by_a_clock_that_was_ahead_holds_up_nobody_once_it_is_right() -> None:
    """It was an hour ahead, or a year (docs/decisions/0026)."""
    gone = GoneBack()
    for ahead in (timedelta(hours=1), timedelta(days=365)):
        gone.add(leased(ANNA, 1), NOW + ahead, NOW + ahead, SECOND)
        assert gone.holds_up(leased(ANNA, 2), NOW + ahead)
        assert not gone.holds_up(leased(ANNA, 2), NOW)
        gone.add(leased(ANNA, 1), NOW + ahead, NOW + ahead, SECOND)
        assert gone.add(leased(ANNA, 2), NOW, NOW, SECOND) == NOW


def test_newer_message_stays_behind_while_the_clock_goes_on() -> None:
    gone = GoneBack()
    gone.add(leased(ANNA, 1), NOW + 5 * SECOND, NOW, SECOND)
    assert gone.holds_up(leased(ANNA, 3), NOW + SECOND)
    gone.came(leased(ANNA, 3))
    assert gone.holds_up(leased(ANNA, 3), NOW + 2 * SECOND)
