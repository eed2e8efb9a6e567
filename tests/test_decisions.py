"""Every decision is on the list, by its number and title."""

from pathlib import Path

from tests.support.each import for_each

DECISIONS = Path(__file__).parent.parent / "docs" / "decisions"


@for_each("record", sorted(DECISIONS.glob("0*.md")))
def test_decision_is_on_the_list(record: Path) -> None:
    title = record.read_text().partition("\n")[0].removeprefix("# ")
    assert title.startswith(f"{int(record.name[:4])}. ")
    assert f"- [{title}]({record.name})\n" in (DECISIONS / "README.md").read_text()
