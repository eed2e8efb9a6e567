"""``report``: what a range of days came to."""

import errno
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.cli import ledgers
from domain.history import LedgerLine
from domain.ids import CardNumber, EntryId
from domain.kinds import EntryKind
from tests.cli.conftest import Stempel


def test_report_of_a_quiet_shop_has_every_figure(stempel: Stempel, shop: dict[str, Any]) -> None:
    made = stempel(
        "report", "--merchant", shop["merchant_id"], "--from", "2026-11-01", "--to", "2026-11-15", "--json"
    )
    assert made.status == 0
    assert made.object["dates"] == {"first": "2026-11-01", "last": "2026-11-15"}
    assert made.object["figures"]["stamps"] == made.object["visits"] == 0
    assert len(made.object["visits_by_hour"]) == 7
    said = stempel("report", "--merchant", shop["merchant_id"], "--range", "last_week")
    assert "rewards_promised: 0" in said.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--range", "today", "--from", "2026-11-01"), "--range, or --from"),
        (("--to", "2026-11-01"), "--from"),
        (("--from", "31.02.2026"), "Give a day"),
        (("--from", "2026-11-02", "--to", "2026-11-01"), "Give a day"),
        (("--from", "2025-01-01", "--to", "2026-11-01"), "at most 366 days"),
    ],
)
def test_range_that_is_none_is_refused_in_a_sentence(
    stempel: Stempel, shop: dict[str, Any], words: tuple[str, ...], said: str
) -> None:
    ran = stempel("report", "--merchant", shop["merchant_id"], *words)
    assert (ran.status, said in ran.err) == (2, True), ran.err


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("what", ["entries", "customers", "days"])
def test_export_of_a_new_shop_has_a_header_alone(
    stempel: Stempel, shop: dict[str, Any], tmp_path: Path, what: str, form: str
) -> None:
    output = tmp_path / f"file.{form}"
    words = ("--merchant", shop["merchant_id"], "--what", what, "--format", form, "--output", str(output))
    made = stempel("export", *words, "--locale", "fr", "--json")
    assert made.object == {"lines": 0, "output": str(output)}
    assert output.stat().st_size > 0


def test_export_that_cannot_be_written_is_refused_in_a_sentence(
    stempel: Stempel, shop: dict[str, Any], tmp_path: Path
) -> None:
    for merchant, output in (
        (shop["merchant_id"], tmp_path / "no" / "x.csv"),
        (shop["merchant_id"], tmp_path / "no" / "x.xlsx"),
        ("nobody", tmp_path / "x.csv"),
    ):
        words = ("--what", "days", "--format", output.suffix[1:], "--output", str(output))
        ran = stempel("export", "--merchant", merchant, *words)
        assert ran.status == 2
        assert len(ran.err.splitlines()) == 1


def test_export_is_for_the_operators_eyes_and_takes_the_place_of_the_last_when_it_is_whole(
    stempel: Stempel, shop: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names the customers; and who exports every week onto one file has that of last week until then."""
    output = tmp_path / "entries.csv"
    words = (
        "export",
        "--merchant",
        shop["merchant_id"],
        "--what",
        "entries",
        "--output",
        str(output),
        "--force",
    )
    assert stempel(*words).status == 0
    assert output.stat().st_mode & 0o777 == 0o600
    before = output.read_bytes()

    async def fills_the_disk(*given: Any) -> int:
        given[5].write_bytes(b"half a li")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("bot.cli.exports.write_export", fills_the_disk)
    assert stempel(*words).status == 1
    assert output.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", output.name]


def test_export_says_how_far_it_is(
    stempel: Stempel, shop: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def reads_pages(*given: Any) -> int:
        for read in (60_000, 120_000, 150_000, 230_000):
            await given[-1](read)
        return 0

    monkeypatch.setattr("bot.cli.exports.write_export", reads_pages)
    output = ("--what", "days", "--output", str(tmp_path / "x.csv"))
    ran = stempel("export", "--merchant", shop["merchant_id"], *output)
    assert ran.err.splitlines() == ["120,000 entries read", "230,000 entries read"]


def test_line_of_the_ledger_has_more_keys_only_where_there_is_more_to_say() -> None:
    line = LedgerLine(
        entry_id=EntryId("e"),
        kind=EntryKind.STAMP_EARNED,
        card_number=CardNumber("482109375"),
        store_id=None,
        staff_name=None,
        stamps_delta=2,
        stamps_balance_after=2,
        points_delta=0,
        points_balance_after=0,
        related_entry_id=None,
        occurred_at=datetime(2026, 6, 15, 9, tzinfo=UTC),
    )
    usual = ledgers.told(line)
    assert " ".join(usual) == (
        "entry_id kind card_number store_id staff_name stamps_delta stamps_balance_after points_delta"
        " points_balance_after related_entry_id occurred_at"
    )
    assert ledgers.told(replace(line, factor_tenths=20, stamps_carried_minor=350)) == usual | {
        "factor_tenths": 20,
        "stamps_carried_minor": 350,
    }
