"""After a restore nobody is told again what they were told since the copy was made: what the log of the replaced
database knows is marked, and the rest waits for the operator's yes."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from copy import copy as copy_of
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from domain.campaign import CampaignState
from domain.delivery import Delivered, Refused
from domain.expiry import ExpiryKind
from domain.merchant import ProgramKind
from domain.messages import MessageKind
from domain.plumbing.outbox import (
    Failed,
    Made,
    count_held,
    deliveries_made,
    delivery_failed,
    drop_held,
    release_held,
)
from domain.plumbing.see_status import see_status
from domain.usecases.campaigns import resume_campaign
from storage.sqlite.backup import copy_database
from storage.sqlite.restore import Settled, settle_outbox
from tests.domain.test_campaigns import Crier
from tests.support.clock import Clock, local
from tests.support.databases import Running, sqlite_at
from tests.support.nights import Nights
from tests.support.shop import BOT, Holder, Shop, Town, delivery_of

EARNED = local("Europe/Luxembourg", date(2026, 1, 10))
EXPIRES = local("Europe/Luxembourg", date(2026, 2, 11), 0)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "copy.db"


@pytest.fixture
def restored(copy: Path, path: Path, clock: Clock, town: Town) -> Iterator[Town]:
    """The town as it is when the copy, which the test has made, is restored."""
    copy_database(path, copy)
    database = Running(clock, sqlite_at(copy))
    database.ids = town.database.ids
    yield Town(database, people=town.people)
    database.close()


def reopened(restored: Town) -> Town:
    restored.database.reopen()
    return restored


@pytest.fixture
def three_owed(town: Town, clock: Clock) -> Shop:
    """Receipts for a stamp each."""
    shop = town.opens_shop()
    anna = shop.hires("Anna")
    for _ in range(3):
        shop.stamps(anna, shop.gives_card())
        clock.passes(seconds=1)
    return shop


def receipts(town: Town) -> int:
    return len(town.messages(MessageKind.RECEIPT))


@pytest.mark.usefixtures("three_owed")
def test_what_the_log_knows_is_marked_and_the_rest_is_held(
    town: Town, restored: Town, copy: Path, path: Path, clock: Clock
) -> None:
    sent, refused, owed = town.messages()
    town.database.write(deliveries_made, [Made(delivery=delivery_of(sent), outcome=Delivered("77"))])
    town.database.write(delivery_failed, Failed(delivery=delivery_of(refused), outcome=Refused("oh")))
    assert settle_outbox(copy, path, clock.now) == Settled(sent_since=2, held=1)
    with closing(sqlite3.connect(copy)) as file:
        found = file.execute(
            "SELECT message_id, reference, delivered_at IS NOT NULL, failed_at IS NOT NULL, error,"
            " held_at IS NOT NULL FROM deliveries ORDER BY message_id"
        ).fetchall()
    assert found == [
        (sent.message_id, "77", 1, 0, None, 0),
        (refused.message_id, None, 0, 1, "oh", 0),
        (owed.message_id, None, 0, 0, None, 1),
    ]
    assert reopened(restored).messages() == []


@pytest.mark.usefixtures("three_owed")
def test_what_a_copy_held_back_already_is_settled_too(
    town: Town, restored: Town, copy: Path, path: Path, tmp_path: Path, clock: Clock
) -> None:
    settle_outbox(copy, tmp_path / "none.db", clock.now)
    Nights(town).delivers()
    assert settle_outbox(copy, path, clock.now) == Settled(sent_since=3, held=0)
    assert reopened(restored).database.read(count_held, None) == 0


@pytest.mark.usefixtures("three_owed")
@pytest.mark.parametrize("replaced", [None, b"", b"meow" * 5000, "of another program"])
def test_all_is_held_where_the_log_cannot_be_read(
    restored: Town, copy: Path, tmp_path: Path, clock: Clock, replaced: bytes | str | None
) -> None:
    before = tmp_path / "before.db"
    if isinstance(replaced, bytes):
        before.write_bytes(replaced)
    elif replaced is not None:
        with closing(sqlite3.connect(before)) as file, file:
            file.execute("CREATE TABLE songs (title TEXT)")
    assert settle_outbox(copy, before, clock.now) == Settled(sent_since=0, held=3)
    assert reopened(restored).messages() == []


@pytest.mark.usefixtures("three_owed")
def test_operator_releases_what_is_held_or_drops_it(
    restored: Town, copy: Path, tmp_path: Path, clock: Clock
) -> None:
    settle_outbox(copy, tmp_path / "none.db", clock.now)
    database = reopened(restored).database
    status = database.read(see_status, BOT)
    assert (status.messages_owed, status.messages_held, status.messages_failed) == (0, 3, 0)
    assert database.write(release_held, None) == 3
    assert receipts(restored) == 3
    assert database.write(drop_held, None) == 0
    assert receipts(restored) == 3
    settle_outbox(copy, tmp_path / "none.db", clock.now)
    assert reopened(restored).database.write(drop_held, None) == 3
    status = restored.database.read(see_status, BOT)
    assert (status.messages_owed, status.messages_held, status.messages_failed) == (0, 0, 3)
    assert restored.database.write(release_held, None) == 0


@pytest.fixture
def points_of_lea(town: Town, clock: Clock) -> tuple[Shop, Holder]:
    """Ten points that expire at EXPIRES; her receipt has arrived."""
    clock.is_at(EARNED)
    shop = town.opens_shop(kind=ProgramKind.POINTS, expiry_kind=ExpiryKind.INACTIVITY, expiry_months=1)
    lea = shop.gives_card()
    shop.earns(shop.hires("Anna"), lea)
    Nights(town).delivers()
    return shop, lea


def test_warning_that_was_sent_since_the_copy_is_not_sent_again(
    points_of_lea: tuple[Shop, Holder], town: Town, restored: Town, copy: Path, path: Path, clock: Clock
) -> None:
    shop, lea = points_of_lea
    clock.is_at(EXPIRES - timedelta(days=14))
    Nights(town).runs()
    assert settle_outbox(copy, path, clock.now) == Settled(sent_since=1, held=0)
    nights, after = Nights(reopened(restored)), replace(shop, town=restored)
    assert nights.looks().warned == nights.looks_at(after, lea).warned == 0
    clock.is_at(EXPIRES)
    assert nights.looks().expired == 1
    assert after.card(lea).points_balance == 0
    assert restored.database.violations() == []


def test_warning_that_was_not_sent_is_sent_again(
    points_of_lea: tuple[Shop, Holder], town: Town, restored: Town, copy: Path, path: Path, clock: Clock
) -> None:
    clock.is_at(EXPIRES - timedelta(days=14))
    Nights(town).looks()
    assert settle_outbox(copy, path, clock.now) == Settled(sent_since=0, held=0)
    assert Nights(reopened(restored)).looks().warned == 1


def test_a_campaign_goes_on_where_it_was_and_a_no_stays_a_no(
    town: Town, copy: Path, path: Path, clock: Clock, request: pytest.FixtureRequest
) -> None:
    crier = Crier(town.opens_shop())
    guests = [crier.guest() for _ in range(2)]
    campaign = crier.drafts()
    crier.starts(campaign)
    restored: Town = request.getfixturevalue("restored")
    crier.runs(campaign)
    clock.passes(minutes=1)
    crier.hears(guests[1], is_given=False)
    settle_outbox(copy, path, clock.now)
    after = replace_database(crier, reopened(restored))
    assert after.state(campaign).state is CampaignState.PAUSED
    after.database.write(resume_campaign, after.of(campaign))
    after.runs(campaign)
    assert after.reached() == []
    assert after.counts(campaign).not_allowed == 1


def replace_database(crier: Crier, town: Town) -> Crier:
    """The same shop in the other town."""
    shop = Shop(
        town=town,
        merchant_id=crier.shop.merchant_id,
        program_id=crier.shop.program_id,
        store_id=crier.shop.store_id,
    )
    shop.owner = crier.shop.owner
    other = copy_of(crier)
    other.shop, other.database = shop, town.database
    return other


def test_wallets_are_told_anew_what_is_on_the_cards(
    restored: Town, copy: Path, tmp_path: Path, clock: Clock
) -> None:
    with closing(sqlite3.connect(copy)) as file, file:
        file.execute("PRAGMA foreign_keys = OFF")
        file.execute(
            "INSERT INTO wallet_passes (merchant_id, pass_id, card_id, wallet, bot_id, revision, changed_at,"
            " created_at, attempts, is_of_many) VALUES ('m', 'p', 'c', 'apple', 42, 3, 1, 1, 0, 0)"
        )
    settle_outbox(copy, tmp_path / "none.db", clock.now)
    with closing(sqlite3.connect(copy)) as file:
        [told] = file.execute(
            "SELECT revision, changed_at = due_at, due_at > 1 FROM wallet_passes"
        ).fetchall()
    assert told == (4, 1, 1)
