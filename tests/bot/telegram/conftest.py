"""What the jobs work with, in the hands of a test."""

from functools import partial

import pytest

from bot.app import bot as one_bot
from bot.jobs import schedule
from bot.jobs.means import Means


@pytest.fixture
def all_means(monkeypatch: pytest.MonkeyPatch) -> list[Means]:
    """Of each bot that starts. None of its jobs runs by itself: a test decides when."""
    found: list[Means] = []
    make = one_bot._means

    def caught(*parts: object) -> Means:
        found.append(make(*parts))  # type: ignore[arg-type]
        return found[-1]

    monkeypatch.setattr(one_bot, "_means", caught)
    monkeypatch.setattr(schedule, "make_scheduler", partial(schedule.make_scheduler, timetable=()))
    return found
