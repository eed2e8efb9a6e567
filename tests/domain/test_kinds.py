"""What is declared of each kind of entry fits together."""

from dataclasses import fields

import pytest

from domain.expiry import Unit
from domain.kinds import KINDS, EntryKind
from domain.summary import Figures


def test_every_kind_is_declared() -> None:
    assert set(KINDS) == set(EntryKind)


@pytest.mark.parametrize("kind", [kind for kind, what in KINDS.items() if what.voided_by])
def test_act_is_voided_by_a_void_of_what_it_counts_in(kind: EntryKind) -> None:
    voided_by = KINDS[kind].voided_by
    assert voided_by is not None
    void = KINDS[voided_by]
    assert void.is_void
    assert void.figure is KINDS[kind].figure
    assert void.unit in (KINDS[kind].unit, None)


@pytest.mark.parametrize("kind", EntryKind)
def test_kind_is_one_thing_only(kind: EntryKind) -> None:
    what = KINDS[kind]
    is_one = [what.opens_lot, what.is_redemption, what.is_void, what.is_expiry, what.is_merge]
    assert is_one.count(True) == 1


@pytest.mark.parametrize("kind", EntryKind)
def test_what_counts_in_a_day_may_be_taken_back_and_is_a_visit(kind: EntryKind) -> None:
    """Else it could be neither counted net nor served to anybody. A void of a bonus, which nobody at a counter makes,
    counts as little as that, and so does one of what came from paper."""
    what = KINDS[kind]
    voided = [each for each in KINDS.values() if each.voided_by is kind and each.figure]
    assert (what.figure is not None) == (what.is_visit or bool(voided))
    assert what.voided_by is not None or not what.is_visit


def test_visits_are_earning_and_redeeming_and_nothing_else() -> None:
    """A correction, a bonus, a void or an expiry brings nobody to the counter."""
    assert {kind.value for kind, what in KINDS.items() if what.is_visit} == {
        "stamp_earned",
        "points_earned",
        "stamp_redeemed",
        "interim_redeemed",
        "points_redeemed",
    }


@pytest.mark.parametrize("unit", Unit)
def test_each_unit_has_one_expiry(unit: Unit) -> None:
    expiries = [what for what in KINDS.values() if what.is_expiry and not what.ends_reward]
    assert len([what for what in expiries if what.unit is unit]) == 1


def test_each_figure_has_its_sums() -> None:
    names = {field.name for field in fields(Figures)}
    figures = {what.figure for what in KINDS.values() if what.figure}
    assert figures | {f"{figure}_voided" for figure in figures} <= names
