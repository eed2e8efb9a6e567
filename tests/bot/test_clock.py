"""Time while the clock of the machine is set: it does not go back, is doubted aloud, and heals by itself."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app.database import open_database
from bot.app.outcomes import PROBLEMS
from bot.app.process import Surroundings
from bot.kit.clock import ClockImplausible, ClockNews, JumpKind, SteadyClock
from bot.sandbox import Sandbox
from tests.support.clock import MONDAY_MORNING
from tests.support.health import WELL, failing, health_of, until_health
from tests.support.house import UNHURRIED, House, Shop, TestClock, house, number_of, settings_for
from tests.support.operator import Operator
from tests.support.patience import PATIENCE_S
from tests.support.ports import unused_port

OLIVIA = 7_200_000_001
A_YEAR = timedelta(days=365)
IN_1970 = datetime(1970, 1, 1, 0, 5, tzinfo=UTC)


@dataclass
class Machine:
    """Its clock can be set; the seconds it counts cannot."""

    wall: datetime = MONDAY_MORNING
    seconds: float = 100.0
    news: ClockNews = field(default_factory=ClockNews)

    def steady(self, known: datetime | None = None) -> SteadyClock:
        return SteadyClock(lambda: self.wall, lambda: self.seconds, known, self.news)

    def passes(self, **duration: float) -> None:
        self.wall += timedelta(**duration)
        self.seconds += timedelta(**duration).total_seconds()

    def trouble(self) -> str | None:
        return self.news.trouble

    @property
    def told(self) -> list[JumpKind]:
        return [jump.kind for jump in self.news.untold]


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_time_is_that_of_a_clock_that_nobody_sets(machine: Machine) -> None:
    clock = machine.steady(MONDAY_MORNING - timedelta(days=31))
    for _ in range(3):
        assert clock() == machine.wall
        machine.passes(hours=7)
    assert machine.told == []


@pytest.mark.parametrize("back", [timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)], ids=str)
@pytest.mark.parametrize("at_start", [True, False], ids=["at a start", "while it runs"])
def test_time_goes_on_at_half_the_pace_until_a_clock_that_was_set_back_is_there(
    machine: Machine, back: timedelta, at_start: bool
) -> None:
    before = machine.wall
    clock = machine.steady(before if at_start else None)
    if not at_start:
        clock()
    machine.wall -= back
    times = [before, clock()]
    for _ in range(4):
        machine.seconds += (back / 2).total_seconds()
        machine.wall += back / 2
        times.append(clock())
    assert [time - before for time in times] == [
        timedelta(),
        timedelta(),
        back / 4,
        back / 2,
        back * 3 / 4,
        back,
    ]
    machine.passes(hours=1)
    assert clock() == machine.wall
    assert machine.told == ([JumpKind.BACK] if back > timedelta(minutes=1) else [])
    assert machine.trouble() is None


def test_time_follows_a_clock_that_is_set_forward_by_up_to_a_day(machine: Machine) -> None:
    clock = machine.steady()
    clock()
    machine.wall += timedelta(days=1)
    assert clock() == machine.wall
    assert machine.told == [JumpKind.FORWARD]


@pytest.mark.parametrize(
    "off", [timedelta(days=1, seconds=1), A_YEAR, -timedelta(days=1, seconds=1), -A_YEAR]
)
def test_clock_that_is_far_off_is_not_followed_until_telegrams_says_the_same(
    machine: Machine, off: timedelta
) -> None:
    clock = machine.steady()
    before = clock()
    machine.wall += off
    for _ in range(2):
        machine.passes(hours=1)
        machine.news.told = machine.wall - off
        clock()
    assert clock() == before + timedelta(hours=2)
    assert machine.trouble() == f"it says {machine.wall:%Y-%m-%d %H:%M}, expected was 2026-06-15 11:00"
    machine.news.told = machine.wall
    assert clock() == machine.wall
    assert machine.told == [JumpKind.DOUBTED, JumpKind.CONFIRMED]
    assert machine.trouble() is None
    machine.passes(hours=1)
    assert clock() == machine.wall


def test_clock_that_is_put_right_again_is_followed_at_once(machine: Machine) -> None:
    clock = machine.steady()
    clock()
    machine.wall += A_YEAR
    clock()
    machine.passes(hours=1)
    machine.wall -= A_YEAR
    assert clock() == machine.wall == MONDAY_MORNING + timedelta(hours=1)
    assert machine.trouble() is None


def test_clock_that_has_lost_the_time_is_never_followed(machine: Machine) -> None:
    known, machine.wall = MONDAY_MORNING, IN_1970
    clock = machine.steady(known)
    machine.news.told = machine.wall
    machine.passes(minutes=3)
    assert clock() == known + timedelta(minutes=3)
    assert machine.trouble() == "it says 1970-01-01 00:08, expected was 2026-06-15 09:03"
    machine.wall = known + timedelta(hours=8)
    assert clock() == machine.wall


@pytest.mark.parametrize("known", [None, IN_1970])
def test_what_an_earlier_process_saw_in_1970_is_not_held_against_the_clock(
    machine: Machine, known: datetime | None
) -> None:
    assert machine.steady(known)() == machine.wall
    assert machine.trouble() is None


@pytest.mark.parametrize(("days", "is_followed"), [(31, True), (32, False)])
def test_bot_may_have_been_at_rest_for_a_month(machine: Machine, days: int, is_followed: bool) -> None:
    clock = machine.steady(machine.wall - timedelta(days=days))
    assert (clock() == machine.wall) is is_followed
    assert (machine.trouble() is None) is is_followed


@pytest.mark.parametrize("off", [2, 7, 31])
def test_clock_that_was_set_ahead_while_the_bot_was_down_is_doubted_once_telegram_says_otherwise(
    machine: Machine, off: int
) -> None:
    """Before anything is done by it: what is expired then stays so."""
    machine.wall += timedelta(days=off)
    clock = machine.steady(MONDAY_MORNING)
    assert clock() == machine.wall
    machine.passes(minutes=1)
    machine.news.told = MONDAY_MORNING + timedelta(minutes=1)
    assert clock() == MONDAY_MORNING + timedelta(minutes=1)
    assert machine.trouble() == f"it says {machine.wall:%Y-%m-%d %H:%M}, expected was 2026-06-15 09:01"
    machine.passes(hours=1)
    machine.news.told = machine.wall - timedelta(days=off)
    assert clock() == MONDAY_MORNING + timedelta(hours=1, minutes=1)
    machine.wall -= timedelta(days=off)
    assert clock() == machine.wall
    assert (machine.told, machine.trouble()) == ([JumpKind.DOUBTED], None)


def test_clock_that_telegrams_agrees_with_at_the_start_is_followed_though_its_word_grows_old(
    machine: Machine,
) -> None:
    """The line is down for days: the last word is then of before."""
    clock = machine.steady(MONDAY_MORNING - timedelta(days=20))
    machine.news.told = machine.wall
    for _ in range(4):
        assert clock() == machine.wall
        machine.passes(days=1)
    assert (machine.told, machine.trouble()) == ([], None)


async def test_without_any_time_known_nothing_is_begun_in_1970(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        settings = settings_for(sandbox, tmp_path / "stempel.db")
        with pytest.raises(ClockImplausible, match="The clock of this machine says 1970-01-01 00:05: set it"):
            async with open_database(settings, Surroundings(clock=lambda: IN_1970)):
                pass
    assert ClockImplausible in PROBLEMS
    assert not settings.database_path.exists()


@dataclass
class Cafe:
    home: House
    shop: Shop
    wall: TestClock
    news: ClockNews


@pytest.fixture
async def cafe(tmp_path: Path) -> AsyncIterator[Cafe]:
    """On a clock that stands where Telegram's does, until it is set."""
    wall, news = TestClock(datetime.now(UTC)), ClockNews()
    clock = SteadyClock(wall, lambda: 0.0, None, news)
    around = Surroundings(clock=clock, clock_news=news, limits=UNHURRIED)
    listen = f"127.0.0.1:{unused_port()}"
    async with house(tmp_path / "a.db", around, health_listen=listen, operator_ids=(OLIVIA,)) as home:
        yield Cafe(home, await home.opens_shop(), wall, news)


async def test_clock_a_year_ahead_is_told_to_operators_and_the_health_check_and_books_nothing_ahead(
    cafe: Cafe,
) -> None:
    home, right = cafe.home, cafe.wall.now
    olivia = home.sandbox.person("Olivia", user_id=OLIVIA)
    await olivia.sends("/help")
    anna, lea = await home.member(cafe.shop, "Anna"), await home.customer(cafe.shop, "Léa")
    cafe.wall.passes(days=365)
    await olivia.sees("The machine's clock says")
    trouble = f"clock: it says {cafe.wall.now:%Y-%m-%d %H:%M}, expected was {right:%Y-%m-%d %H:%M}"
    assert await health_of(home) == failing(trouble)
    await anna.sends(f"/stamp {number_of(lea)}")
    await anna.sees("1 of 10", new=True)
    [line] = await home.ledger(cafe.shop)
    assert line.occurred_at == right
    assert home.rows("SELECT count(*) FROM summaries") == [(0,)]
    cafe.wall.passes(days=-365)
    await until_health(home, WELL)


async def test_clock_that_was_ahead_and_is_back_is_followed_once_telegram_says_the_same(
    tmp_path: Path,
) -> None:
    right, news = datetime.now(UTC), ClockNews()
    around = Surroundings(
        clock=SteadyClock(TestClock(right), lambda: 0.0, right + A_YEAR, news),
        clock_news=news,
        limits=UNHURRIED,
    )
    async with Sandbox() as sandbox:
        olivia = sandbox.person("Olivia", user_id=OLIVIA)
        async with house(tmp_path / "a.db", around, sandbox, operator_ids=(OLIVIA,)) as home:
            await olivia.sends("/help")
            await olivia.sees("The machine's clock agrees with Telegram's")
            assert home.clock() == right


async def test_telegrams_clock_is_asked_again_while_the_bot_runs(cafe: Cafe) -> None:
    """Nobody knows it at a start without a line to Telegram."""
    cafe.news.told = None
    await cafe.home.sandbox.until(lambda: cafe.news.told is not None)
    assert abs((cafe.news.told or cafe.wall.now) - datetime.now(UTC)) < timedelta(minutes=10)


async def test_bot_that_ran_a_year_ahead_is_well_again_at_its_next_start(tmp_path: Path) -> None:
    """A process of its own, on the machine's clock. What it writes into the file wakes nobody here."""
    async with Sandbox() as sandbox:
        operator = Operator(sandbox, tmp_path)
        async with operator.bot() as running:
            await running.stops()
        with closing(sqlite3.connect(operator.database)) as file:
            file.execute("UPDATE job_runs SET last_finished_at = last_finished_at + 31536000000000")
            file.commit()
            async with operator.bot() as running:
                lea = sandbox.person("Léa")
                await lea.sends("/help")
                await lea.sees("Your card")
                async with asyncio.timeout(PATIENCE_S):
                    while not _is_past(file, "SELECT max(last_finished_at) FROM job_runs"):  # noqa: ASYNC110
                        await asyncio.sleep(0.05)
                await running.stops()
            assert _is_past(file, "SELECT max(last_finished_at) FROM job_runs")
            assert _is_past(file, "SELECT max(received_at) FROM inbox")


def _is_past(file: sqlite3.Connection, query: str) -> bool:
    [(seen,)] = file.execute(query).fetchall()
    return bool(seen <= datetime.now(UTC).timestamp() * 1e6)
