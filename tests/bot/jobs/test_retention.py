"""How long things are kept: as it is said, and as the jobs of the house see to it."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from bot.jobs import wiping
from bot.jobs.housekeeping import (
    COPY_RETENTION,
    MESSAGE_RETENTION,
    QUESTION_RETENTION,
    RETENTION,
    forget_what_is_old,
)
from bot.jobs.means import Means
from bot.jobs.wiping import GRACE, NIGHT_HOUR, wipe
from bot.screens.questions import KINDS
from bot.views.privacy import MESSAGE_MONTHS
from domain.account import Account
from domain.ids import BotId, UserId
from domain.plumbing.people import Meet, meet
from domain.ports import Database
from domain.usecases.privacy import Erase, erase
from storage.sqlite.database import SqliteDatabase
from storage.sqlite.files import kept_beside
from tests.support.clock import Chance, Clock, Ids
from tests.support.databases import lay_empty_database

ACCOUNT = Account(bot_id=BotId(42), user_id=UserId(7))
DOC = Path(__file__).parents[3] / "docs" / "privacy.md"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Database]:
    path = lay_empty_database(tmp_path / "stempel.db")
    store = SqliteDatabase(path, clock=Clock(), new_id=Ids(), chance_below=Chance())
    yield store
    await store.close()


def test_the_page_says_what_the_house_does() -> None:
    rows = re.findall(r"^\| ([^|]+) \| (\d+) days? \|", DOC.read_text(encoding="utf-8"), re.MULTILINE)
    assert {what: timedelta(days=int(days)) for what, days in rows} == RETENTION


def test_the_screen_says_what_the_house_does() -> None:
    assert MESSAGE_MONTHS * 30 <= MESSAGE_RETENTION.days <= MESSAGE_MONTHS * 31


def test_no_question_waits_longer_than_said() -> None:
    assert max(kind.patience for kind in KINDS) == QUESTION_RETENTION


async def test_what_updates_and_restores_left_goes_after_a_month(store: Database, tmp_path: Path) -> None:
    """With what lies beside it; files that the bot did not name stay."""
    clock = Clock()
    database = tmp_path / "stempel.db"
    upgraded, restored = (kept_beside(database, what, clock()) for what in ("0061", "replaced"))
    outrider = Path(f"{restored}-wal")
    clock.passes(seconds=1)
    young = kept_beside(database, "0062", clock())
    others = [tmp_path / name for name in ("stempel.db.mine.bak", upgraded.name.replace("stempel", "other"))]
    for file in (upgraded, restored, outrider, young, *others):
        file.touch()
    clock.passes(seconds=COPY_RETENTION.total_seconds() - 1)
    means = cast(Means, SimpleNamespace(database=store, clock=clock))
    assert await forget_what_is_old(means) == 0
    clock.passes(seconds=1)
    assert await forget_what_is_old(means) == 2
    assert not any(file.exists() for file in (upgraded, restored, outrider))
    assert all(file.exists() for file in (young, *others))


async def test_an_erasure_is_wiped_once_its_update_is_done(store: Database) -> None:
    """By the minute after it; nothing is done where nothing was erased."""
    clock = Clock()
    means = cast(Means, SimpleNamespace(database=store, clock=clock))
    assert await wipe(means) == 0
    await store.write(meet, Meet(account=ACCOUNT, name="Zoé", telegram_locale=None))
    await store.write(erase, Erase(account=ACCOUNT, merchant_id=None, account_hash=lambda *_: ""))
    assert [await wipe(means) for _ in range(2)] == [0, 0]
    clock.passes(seconds=GRACE.total_seconds())
    assert [await wipe(means) for _ in range(2)] == [1, 0]


async def test_what_is_large_waits_for_the_night(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiping, "AT_ONCE_MAX_BYTES", 0)
    clock = Clock()
    await store.write(meet, Meet(account=ACCOUNT, name="Zoé", telegram_locale=None))
    await store.write(erase, Erase(account=ACCOUNT, merchant_id=None, account_hash=lambda *_: ""))
    clock.passes(minutes=1)
    means = cast(Means, SimpleNamespace(database=store, clock=clock))
    assert await wipe(means) == 0
    clock.is_at(clock().replace(hour=NIGHT_HOUR) + timedelta(days=1))
    assert await wipe(means) == 1
