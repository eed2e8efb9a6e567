"""What e-mail and wallets cost a stamp, measured with few: that it is measured at all."""

import pytest

from tests.benchmarks import everything_on
from tests.benchmarks.everything_on import Pace, measure


async def test_a_few_stamps_are_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        everything_on, "PACES", (Pace(said="at once", blocks=2, in_a_block=2, settles_s=0.0),)
    )
    for name in ("COSTED_STAMPS", "COSTED_TURNS"):
        monkeypatch.setattr(everything_on, name, 1)
    monkeypatch.setattr(everything_on, "TOLD_AFTER_S", 0.0)
    await measure()
    said = capsys.readouterr().out
    assert "at once: " in said
    assert "processor for a stamp" in said
