"""Every decision is on the list, by its number and title."""

from pathlib import Path

import pytest

DECISIONS = Path(__file__).parent.parent / "docs" / "decisions"


@pytest.mark.parametrize("record", sorted(DECISIONS.glob("0*.md")), ids=lambda record: record.stem)
def test_decision_is_on_the_list(record: Path) -> None:
    title = record.read_text().partition("\n")[0].removeprefix("# ")
    assert title.startswith(f"{int(record.name[:4])}. ")
    assert f"- [{title}]({record.name})\n" in (DECISIONS / "README.md").read_text()
