"""Each column of each table, and each field that is kept as JSON, is personal or is not: nothing is in neither."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_type_hints

import pytest

from domain.card import HeldCards, HeldPoints
from domain.flags import Given
from domain.merchant import Closure, OwnText, Span
from domain.messages import Facts
from domain.personal import NEUTRAL, PERSONAL
from domain.summary import DaySummary
from storage import tables
from storage.kept import KEPT, Kept, Scope
from tests.support.each import for_each

KEPT_AS_JSON = (Facts, DaySummary, HeldCards, HeldPoints, OwnText, Closure, Span, Given)
ONLY_FOR_THE_MACHINE = {
    "card_moves.operation_key",
    "cards.token_hash",
    "cards.expiry_look_at",
    "cards.has_pass",
    "customers.folded_name",
    "deliveries.leased_by",
    "deliveries.leased_until",
    "deliveries.is_unreported",
    "deliveries.held_at",
    "wallet_passes.revision",
    "wallet_passes.due_at",
    "wallet_passes.error",
    "wallet_passes.attempts",
    "wallet_passes.failed_at",
}
"""What an erasure takes away and an export need not tell."""


def reachable(kind: Any) -> Iterator[type[Any]]:
    for part in get_args(kind):
        yield from reachable(part)
    if is_dataclass(kind) and isinstance(kind, type):
        yield kind
        for hint in get_type_hints(kind).values():
            yield from reachable(hint)


VALUES = sorted({kind for root in KEPT_AS_JSON for kind in reachable(root)}, key=lambda kind: kind.__name__)


def test_every_table_is_declared_once() -> None:
    assert sorted(kept.table.name for kept in KEPT) == sorted(tables.metadata.tables)


@for_each("kept", KEPT)
def test_every_column_stays_or_is_taken_away(kept: Kept) -> None:
    columns = set(kept.table.columns.keys())
    neutral = kept.neutral.split()
    if kept.is_deleted:
        assert not neutral
        assert not kept.becomes
    else:
        declared = [*neutral, *kept.becomes]
        assert set(declared) == columns, f"a word for each in storage/kept.py: {kept.name}"
        assert len(set(declared)) == len(declared)
    assert set(kept.hidden.split()) <= columns
    if kept.whose is None:
        assert not kept.becomes
        assert not kept.is_deleted


@pytest.mark.parametrize(
    "kept", [kept for kept in KEPT if kept.whose is not None], ids=lambda kept: kept.name
)
def test_what_an_erasure_takes_away_an_export_tells(kept: Kept) -> None:
    taken = kept.table.columns.keys() if kept.is_deleted else kept.becomes
    untold = {f"{kept.table.name}.{name}" for name in taken if name not in kept.exported}
    if kept.is_deleted:
        untold = {name for name in untold if not name.endswith(("_id", "_hash", ".nonce", ".keys"))}
    assert untold <= ONLY_FOR_THE_MACHINE


def test_what_is_found_for_a_person_is_erased_unless_it_is_the_teams_or_all_of_it_neutral() -> None:
    found = [kept for kept in KEPT if kept.whose is not None and kept.scope is not Scope.TEAM]
    stays = [kept.name for kept in found if not kept.is_deleted and not kept.becomes]
    until_told = ["wallet_devices"]
    assert stays == ["referrals", "offers", "expiry_warnings", *until_told]


@for_each("kind", VALUES)
def test_every_field_in_json_is_personal_or_is_not(kind: type[Any]) -> None:
    declared = [*PERSONAL.get(kind, "").split(), *NEUTRAL.get(kind, "").split()]
    assert sorted(declared) == sorted(field.name for field in fields(kind))


def test_nothing_is_declared_that_is_not_kept() -> None:
    assert {*PERSONAL, *NEUTRAL} <= set(VALUES)
