"""The newest entries of a card, where they are enough, say what all of them do (docs/decisions/0072)."""

import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from domain.acts import TakeBack
from domain.entry import Entry
from domain.expiry import Unit
from domain.ids import EntryId, OperationKey
from domain.kinds import KINDS, EntryKind
from domain.ports import Posting
from domain.refusals import Refusal
from domain.rules.counter import Admitted
from domain.rules.history import standing_acts
from domain.rules.lots import EARLIER, Lot, lots_of
from domain.rules.voids import Void, decide_void, is_enough, recount_today
from domain.usecases import looking_back, void
from domain.usecases.posting import draft
from tests.support.balance_walk import BalanceWalk, Picks
from tests.support.one_thread import OneThread

STEPS = 200
ENDS_MIN = 50


class Compared:
    """Whatever a void is decided by: all of the card, and each of the ends of it that are enough."""

    def __init__(self) -> None:
        self.ends = 0

    def void_of(
        self, tx: Posting, at: Admitted, act: TakeBack, *, is_approved: bool
    ) -> tuple[Sequence[Entry], Void]:
        whole, own = tx.history_of(at.card), tx.entries_of(at.card)
        merges = [number for number, entry in enumerate(own, start=1) if KINDS[entry.kind].is_merge]
        for first in range(max([1, *merges]), len(own)):
            newest = own[first:]
            if is_enough(act, newest, at.staff, tx.now, is_approved=is_approved):
                self._compare(tx, at, act, whole, newest, is_approved=is_approved)
        return whole, decide_void(act, whole, at.staff, tx.now, is_approved=is_approved)

    def _compare(
        self,
        tx: Posting,
        at: Admitted,
        act: TakeBack,
        whole: Sequence[Entry],
        newest: Sequence[Entry],
        *,
        is_approved: bool,
    ) -> None:
        self.ends += 1
        ids = {entry.entry_id for entry in newest}

        def decided_by(entries: Sequence[Entry]) -> Any:
            return _outcome(lambda: decide_void(act, entries, at.staff, tx.now, is_approved=is_approved))

        decided = [decided_by(each) for each in (whole, newest)]
        assert decided[0] == decided[1]
        assert standing_acts(newest) == {
            key: count for key, count in standing_acts(whole).items() if key in ids
        }
        for unit in Unit:
            lots = [lots_of(unit, each) for each in (whole, newest)]
            assert [_told(lot) for lot in lots[0].all if lot.entry_id in ids] == [
                _told(lot) for lot in lots[1].all if lot.entry_id != EARLIER
            ]
            assert sum(lot.left for lot in lots[0].all) == sum(lot.left for lot in lots[1].all)
            assert lots[0].expired & ids == lots[1].expired & ids
        match decided[0]:
            case Void(kind=EntryKind.REDEMPTION_VOIDED, entry=Entry() as redemption, unit=unit):
                returning = [lots_of(unit, each).returning(redemption.entry_id) for each in (whole, newest)]
                assert returning[0] == returning[1]
            case Void(kind=EntryKind.STAMP_VOIDED, entry=entry, count=count):
                more = {"related_entry_id": entry.entry_id if entry else None, "stamps_shortfall": count}
                taken = draft(tx, at, at.card, EntryKind.STAMP_VOIDED, OperationKey("a try"), **more)
                days = [recount_today(at.card, [*each, taken]) for each in (whole, newest)]
                assert days[0] == days[1]


def test_end_of_a_history_that_is_enough_says_what_all_of_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = Compared()
    monkeypatch.setattr(void, "void_of", compared.void_of)
    for seed in range(8):
        BalanceWalk(OneThread, Picks(random.Random(seed).choice)).steps(STEPS)
    assert compared.ends > ENDS_MIN


@pytest.mark.parametrize("seed", range(4))
def test_rules_are_the_models_however_short_a_look_is(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr(looking_back, "FIRST_LOOK", 1)
    BalanceWalk(OneThread, Picks(random.Random(seed).choice)).steps(STEPS)


def _outcome(decide: Callable[[], Void]) -> Any:
    try:
        return decide()
    except Refusal as refusal:
        return type(refusal), vars(refusal)


def _told(lot: Lot) -> tuple[EntryId, int, int, int, int]:
    return lot.entry_id, lot.left, lot.spent, lot.owed, lot.lapsed
