"""``report``: what a range of days came to."""

from typing import Any

import pytest

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
