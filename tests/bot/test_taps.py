"""What the daily acts cost. ``pytest -s`` prints the table, as ``python -m tests.taps`` does."""

import sys
from pathlib import Path

from tests.support.house import TestClock
from tests.taps import counted, dearer, printed


async def test_daily_acts_cost_no_more_taps_and_messages_than_they_may(
    tmp_path: Path, clock: TestClock
) -> None:
    found = await counted(tmp_path / "stempel.db", clock)
    sys.stdout.write(f"\n{printed(found)}")
    assert dearer(found) == []
