"""The list of planted bugs cannot rot: each fault still has its place, and says what it is."""

from collections import Counter

import pytest

from tests.planted.fault import ROOT, Fault
from tests.planted.faults import FAULTS


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.says for fault in FAULTS])
def test_every_fault_still_finds_the_place_where_it_would_be_planted(fault: Fault) -> None:
    sound = (ROOT / fault.file).read_text()
    planted = fault.planted_in(sound)
    assert planted != sound
    compile(planted, fault.file, "exec")


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.says for fault in FAULTS])
def test_every_fault_names_tests_that_exist(fault: Fault) -> None:
    assert fault.caught_by
    missing = [
        selection for selection in fault.caught_by if not (ROOT / selection.partition("::")[0]).exists()
    ]
    assert missing == []


def test_no_fault_is_planted_twice() -> None:
    assert [says for says, times in Counter(fault.says for fault in FAULTS).items() if times > 1] == []
    assert [
        place for place, times in Counter((f.file, f.old, f.new) for f in FAULTS).items() if times > 1
    ] == []
