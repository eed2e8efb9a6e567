"""What is taken back costs what it changes, not what the card has lived (docs/decisions/0072)."""

import sqlite3
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from domain.expiry import Unit
from domain.ids import EntryId
from domain.merchant import ProgramKind
from domain.printed import SHEET_CARDS
from domain.rules.voids import recount_today
from domain.staff import Actor, Role
from domain.usecases.look_up_card import ENTRIES_READ
from domain.usecases.my_cards import HISTORY_PAGE, MyHistory, my_history
from domain.usecases.print_cards import SeeSheets, Sheets, WithdrawSheet, see_sheets, withdraw_sheet
from storage.sqlite.session import SqliteSession
from tests.support.clock import Clock
from tests.support.long_life import lives_long
from tests.support.one_thread import OneThread
from tests.support.shop import Holder, Shop, Town

SHORT, LONG = 21, 20_019
"""Entries, of which the newest ten awards are there."""
ROWS_MAX = 150
FEW = 10
"""Whose shop it is, what is on the poster, the logo."""


class Counting(SqliteSession):
    """A session that counts the rows it has read."""

    rows = 0

    def all(self, statement: Any, **values: object) -> Any:
        found = super().all(statement, **values)
        self.rows += len(found)
        return found

    def one(self, statement: Any, **values: object) -> Any:
        found = super().one(statement, **values)
        self.rows += found is not None
        return found


class Life:
    """Of a card, by the number of its entries."""

    def __init__(self, unit: Unit, entries: int) -> None:
        kind = ProgramKind.STAMPS if unit is Unit.STAMPS else ProgramKind.POINTS
        self.database = OneThread(Clock())
        self.shop: Shop = Town(self.database).opens_shop(stamps_target=10, kind=kind)
        self.mia: Actor = self.shop.hires("Mia", Role.MANAGER)
        self.lea: Holder = self.shop.gives_card()
        self.unit = unit
        self.awards()
        lives_long(self.database._driver, self.lea.card_id, entries)
        self.as_lived = sqlite3.connect(":memory:")
        self.database._driver.backup(self.as_lived)

    def awards(self) -> EntryId:
        give = self.shop.stamps if self.unit is Unit.STAMPS else self.shop.earns
        return give(self.mia, self.lea).entry.entry_id

    def redeems(self) -> EntryId:
        redeem = self.shop.redeems if self.unit is Unit.STAMPS else self.shop.redeems_points
        return redeem(self.mia, self.lea).entry.entry_id

    def rows_read(self, do: Callable[[], object]) -> int:
        return rows_read(self.database, do)


def rows_read(database: OneThread, do: Callable[[], object]) -> int:
    session = database._tx.session
    counting = database._tx.session = Counting(database._connection.sqlalchemy)
    do()
    database._tx.session = session
    return counting.rows


_lived = cache(Life)


def life_of(unit: Unit, entries: int) -> Life:
    """Lived once; what another test has added to it is gone."""
    life = _lived(unit, entries)
    life.database.goes_back_to(life.as_lived)
    return life


def undo_of_an_award(life: Life) -> Callable[[], object]:
    entry_id = life.awards()
    return lambda: life.shop.undoes(life.mia, life.lea, entry_id)


def undo_of_a_redemption(life: Life) -> Callable[[], object]:
    entry_id = life.redeems()
    return lambda: life.shop.undoes(life.mia, life.lea, entry_id)


def void_of_the_newest(life: Life) -> Callable[[], object]:
    return lambda: life.shop.voids(life.mia, life.lea, reason="a slip")


def void_of_an_entry(life: Life) -> Callable[[], object]:
    entry_id = life.shop.entries(life.lea, newest=5)[0].entry_id
    return lambda: life.shop.voids(life.mia, life.lea, entry=entry_id, reason="a slip")


def void_of_a_number(life: Life) -> Callable[[], object]:
    return lambda: life.shop.voids(life.mia, life.lea, count=3, reason="a slip")


ACTS = [undo_of_an_award, undo_of_a_redemption, void_of_the_newest, void_of_an_entry]
CASES = [
    *((Unit.STAMPS, act) for act in [*ACTS, void_of_a_number]),
    *((Unit.POINTS, act) for act in ACTS),
]


@pytest.mark.parametrize("entries", [SHORT, LONG])
@pytest.mark.parametrize(("unit", "act"), CASES)
def test_what_is_taken_back_reads_no_more_of_a_long_life(
    unit: Unit, act: Callable[[Life], Callable[[], object]], entries: int
) -> None:
    life = life_of(unit, entries)
    assert life.rows_read(act(life)) <= ROWS_MAX
    card, history = life.shop.card(life.lea), life.shop.history(life.lea)
    assert card == recount_today(card, history)
    assert card.balance(unit) == sum(entry.delta(unit) for entry in history)


@pytest.mark.parametrize("entries", [SHORT, LONG])
def test_last_page_of_a_history_reads_a_page(entries: int) -> None:
    life = life_of(Unit.STAMPS, entries)
    query = MyHistory(
        account=life.lea.account, merchant_id=life.shop.merchant_id, card_id=life.lea.card_id, before=11
    )
    pages = []
    rows = life.rows_read(lambda: pages.append(life.database.read(my_history, query)))
    assert [entry.entry_no for entry in pages[0].entries] == [*range(10, 0, -1)]
    assert rows <= HISTORY_PAGE + ENTRIES_READ


@pytest.mark.parametrize("sheets", [1, 40])
def test_a_sheet_of_printed_cards_reads_no_card_of_the_others(sheets: int) -> None:
    """What it is printed anew for, what is left of all, and its withdrawal."""
    database = OneThread(Clock())
    shop = Town(database).opens_shop()
    made = [shop.prints(SHEET_CARDS)[0].sheet_id for _ in range(sheets)]
    whose: dict[str, Any] = {"merchant_id": shop.merchant_id, "account": None}

    def reads(do: Callable[[], object]) -> int:
        return rows_read(database, do)

    assert reads(lambda: shop.prints(sheet_id=made[0])) <= SHEET_CARDS + FEW
    assert reads(lambda: shop.prints(SHEET_CARDS)) <= len(made) + SHEET_CARDS + FEW
    seen: list[Sheets] = []
    assert reads(lambda: seen.append(database.read(see_sheets, SeeSheets(**whose)))) <= len(made) + 1 + FEW
    assert [(each.cards, each.unused) for each in seen[0].sheets] == [(SHEET_CARDS, SHEET_CARDS)] * (
        sheets + 1
    )
    off = WithdrawSheet(**whose, sheet_id=made[0])
    assert reads(lambda: database.write(withdraw_sheet, off)) <= SHEET_CARDS + len(made) + 1 + FEW
