"""A few seconds of ``make load``: the real bot answers every act, and its ledger is sound."""

from pathlib import Path

from tests.benchmarks.load import Outcome, Record, load
from tests.benchmarks.load_picture import draw_load

SECONDS = 3.0


async def test_shops_at_work(tmp_path: Path) -> None:
    outcome = await load(rate=8, seconds=SECONDS, shops=3, is_flat=False, folder=tmp_path)
    assert outcome.record.wrong == []
    assert outcome.complaints == ""
    assert outcome.verified == "violations: 0"
    assert outcome.is_well
    acts = {answer.act for answer in outcome.record.answers}
    assert {"type a stamp", "show a card", "press +1"} <= acts
    assert outcome.record.stamps > SECONDS
    picture = draw_load([(one.due_s, one.took_s) for one in outcome.record.answers], SECONDS)
    assert picture.startswith("<svg")


def test_a_wrong_answer_is_no_success() -> None:
    def outcome(**changed: object) -> Outcome:
        fine: dict[str, object] = {"record": Record(), "complaints": "", "verified": "", "is_sound": True}
        return Outcome(**fine | changed)  # type: ignore[arg-type]

    assert outcome().is_well
    assert not outcome(record=Record(wrong=["type a stamp: 'no such card'"])).is_well
    assert not outcome(complaints="ERROR\n").is_well
    assert not outcome(is_sound=False).is_well
