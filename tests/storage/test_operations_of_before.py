"""Keys that an earlier version recorded come again: they are answered, neither refused nor doubled."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from domain.account import Account
from domain.acts import (
    AdjustPoints,
    Asked,
    Change,
    EarnPoints,
    RedeemAny,
    RedeemPoints,
    RedeemReward,
    Stamp,
    TakeBack,
)
from domain.card import CardRef
from domain.ids import BotId, EntryId, MerchantId, OperationKey, StaffId, StoreId, UserId
from domain.merchant import ProgramKind
from domain.refusals import OperationKeyReused
from domain.staff import Actor
from domain.usecases.adjust_points import adjust_points
from domain.usecases.earn_points import earn_points
from domain.usecases.redeem_any import redeem_any
from domain.usecases.redeem_points import redeem_points
from domain.usecases.redeem_reward import redeem_reward
from domain.usecases.stamp_card import stamp_card
from domain.usecases.void import void_act
from storage.migrate import downgrade, upgrade
from tests.support.clock import Clock
from tests.support.databases import Running, changes, rows, sqlite_at
from tests.support.shop import Town

ROWS = Path(__file__).with_name("rows_of_0002.sql")
USECASES: dict[type[Change], Any] = {
    Stamp: stamp_card,
    EarnPoints: earn_points,
    RedeemReward: redeem_reward,
    RedeemPoints: redeem_points,
    RedeemAny: redeem_any,
    AdjustPoints: adjust_points,
    TakeBack: void_act,
}


def uuid(number: int) -> str:
    return f"01900000-0000-7000-8000-{number:012x}"


LEA, LEAS_NUMBER = CardRef("id", uuid(0x08)), CardRef("number", "434640978")
MARC, MARCS_NUMBER = CardRef("id", uuid(0x0B)), CardRef("number", "202466334")
MARCS_CODE = CardRef("token", "hash-5")
ANNA, PAUL = (StaffId(uuid(0x06)), UserId(1002)), (StaffId(uuid(0x04)), UserId(1001))
TODAY = "SELECT operation_key, fingerprint, entry_id FROM entries"
NOTE = "wrong card (CardById(card_id='x')) 12 13"


def button(number: int) -> OperationKey:
    return OperationKey(f"button-{number:04}")


def typed(number: int) -> OperationKey:
    return OperationKey(f"42:1002:{number}")


RECORDED: dict[int, Change] = {
    0x0E: Stamp(card=LEA, count=2, key=button(1)),
    0x0F: Stamp(card=LEAS_NUMBER, count=9, key=typed(2)),
    0x11: Stamp(card=CardRef("token", "hash-4"), count=15, key=typed(3)),
    0x13: EarnPoints(card=LEA, amount_minor=20000, key=button(4)),
    0x15: EarnPoints(card=LEAS_NUMBER, amount_minor=1250, key=typed(5)),
    0x16: RedeemReward(card=LEA, key=button(6)),
    0x17: RedeemPoints(card=LEA, position=1, cost=100, key=button(7)),
    0x18: AdjustPoints(card=LEAS_NUMBER, points=-100, reason=NOTE, key=typed(8)),
    0x19: RedeemAny(card=LEAS_NUMBER, key=typed(9)),
    0x1F: RedeemAny(card=MARCS_CODE, key=typed(13)),
    0x21: TakeBack(card=MARC, entry=EntryId(uuid(0x20)), is_undo=True, key=button(15)),
    0x23: TakeBack(card=MARC, entry=EntryId(uuid(0x22)), key=button(17)),
    0x24: TakeBack(card=MARCS_NUMBER, count=1, key=typed(18)),
    0x25: TakeBack(card=MARCS_CODE, key=typed(19)),
}
"""What was asked then, by the number of the entry that it made."""


def asked(act: Change) -> Asked[Any]:
    staff_id, user_id = PAUL if isinstance(act, AdjustPoints) else ANNA
    actor = Actor(
        merchant_id=MerchantId(uuid(0x01)),
        staff_id=staff_id,
        store_id=StoreId(uuid(0x03)),
        account=Account(bot_id=BotId(42), user_id=user_id),
    )
    return Asked(act=act, actor=actor)


@cache
def _left(revision: str) -> bytes:
    """The database as the earlier version left it, at a revision."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "before.db"
        if revision == "0002":
            changes(path, upgrade, revision)
            with closing(sqlite3.connect(path)) as file, file:
                file.executescript(ROWS.read_text())
        else:
            path.write_bytes(_left("0002"))
            changes(path, upgrade, revision)
        return path.read_bytes()


@pytest.fixture
def before(tmp_path: Path) -> Path:
    path = tmp_path / "before.db"
    path.write_bytes(_left("0002"))
    return path


@pytest.fixture
def upgraded(before: Path, clock: Clock) -> Iterator[Running]:
    before.write_bytes(_left("head"))
    database = Running(clock, sqlite_at(before))
    yield database
    database.close()


@pytest.mark.parametrize("made", RECORDED, ids=lambda made: f"{type(RECORDED[made]).__name__}-{made:02x}")
def test_key_of_before_is_answered_with_the_entry_it_made(upgraded: Running, before: Path, made: int) -> None:
    act = RECORDED[made]
    entries, cards = rows(before, "SELECT * FROM entries"), rows(before, "SELECT * FROM cards")
    done = upgraded.write(USECASES[type(act)], asked(act))
    assert (done.replayed, done.entry.entry_id, done.entry.operation_key) == (True, uuid(made), act.key)
    assert rows(before, "SELECT * FROM entries") == entries
    assert rows(before, "SELECT * FROM cards") == cards


@pytest.mark.parametrize(
    "other",
    [
        Stamp(card=LEA, count=3, key=button(1)),
        Stamp(card=LEAS_NUMBER, count=2, key=button(1)),
        RedeemReward(card=LEA, key=button(1)),
        RedeemPoints(card=LEA, position=0, cost=100, key=button(7)),
        AdjustPoints(card=LEAS_NUMBER, points=-100, reason="another", key=typed(8)),
        TakeBack(card=MARC, entry=EntryId(uuid(0x20)), key=button(15)),
        TakeBack(card=MARCS_CODE, count=1, key=typed(19)),
    ],
    ids=lambda other: f"{type(other).__name__}-{other.key}",
)
def test_key_of_before_with_other_input_is_refused(upgraded: Running, other: Change) -> None:
    with pytest.raises(OperationKeyReused):
        upgraded.write(USECASES[type(other)], asked(other))


def test_outcome_of_before_is_told_with_the_card_as_it_is_now(upgraded: Running, clock: Clock) -> None:
    first = asked(RECORDED[0x0E])
    upgraded.write(stamp_card, replace(first, act=replace(first.act, key=OperationKey("new"))))
    done = upgraded.write(stamp_card, first)
    assert (done.entry.stamps_delta, done.entry.stamps_balance_after) == (2, 2)
    assert (done.card.customer_name, done.card.stamp_count) == ("Léa", 8)


def test_every_entry_of_before_says_what_its_operation_asked_for(before: Path) -> None:
    changes(before, upgrade, "head")
    keys = rows(before, "SELECT operation_key FROM entries ORDER BY 1")
    assert keys == rows(before, "SELECT operation_key FROM entries WHERE fingerprint <> '' ORDER BY 1") != []


def test_earlier_program_meets_no_key_of_today_as_one_it_knows(before: Path) -> None:
    """Down again: it refuses the key as used for something else, where a second effect would be worse."""
    changes(before, upgrade, "head")
    today = rows(before, TODAY)
    changes(before, downgrade, "0002")
    assert {outcome for (outcome,) in rows(before, "SELECT outcome FROM operations")} == {"{}"}
    assert all(
        " card=" in told
        for (told,) in rows(before, "SELECT fingerprint FROM operations WHERE fingerprint LIKE '% %'")
    )
    changes(before, upgrade, "head")
    assert rows(before, TODAY) == today


def test_operation_keeps_names_and_values_no_repr_and_no_card(database: Running, path: Path) -> None:
    shop = Town(database).opens_shop(kind=ProgramKind.HYBRID, welcome_bonus=5)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea, 10)
    shop.redeems(anna, lea)
    shop.earns(anna, lea, 5000)
    shop.redeems_points(anna, lea)
    shop.adjusts(shop.owner, lea, 1)
    kept = [
        value
        for row in rows(path, "SELECT operation_key, fingerprint FROM entries")
        for value in row
        if isinstance(value, str)
    ]
    assert len(kept) == 6 * 2
    assert [value for value in kept if set(value) & set("(){}")] == []


@pytest.mark.parametrize("later", [0, 1])
def test_what_was_told_before_summaries_were_noted_is_told_and_the_rest_is_to_come(
    before: Path, later: int
) -> None:
    entries = rows(before, "SELECT entry_id, local_date, occurred_at FROM entries ORDER BY occurred_at")
    begins_at = entries[0][2] + later
    with closing(sqlite3.connect(before)) as file, file:
        plan = [uuid(0x01), "2026-06-16", begins_at, begins_at + 1]
        file.execute("INSERT INTO summary_plans VALUES (?, ?, ?, ?)", plan)
    changes(before, upgrade, "head")
    noted = dict(rows(before, "SELECT entry_id, summarized_on FROM entries"))
    expected = {entry: day if at < begins_at else None for entry, day, at in entries}
    assert noted == expected
    assert any(noted.values()) is bool(later)
