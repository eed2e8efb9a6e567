"""Every decision is on the list, by its number and title, and leads to what changed it."""

import re
from pathlib import Path

from tests.support.each import for_each

DECISIONS = Path(__file__).parent.parent / "docs" / "decisions"


RECORDS = sorted(DECISIONS.glob("0*.md"))


@for_each("record", RECORDS)
def test_decision_says_what_was_asked_what_was_chosen_and_what_was_not(record: Path) -> None:
    text = record.read_text()
    assert ["Question" in text, "**Choice" in text, "**Not chosen" in text] == [True, True, True]


@for_each("record", RECORDS)
def test_decision_that_changed_leads_to_a_later_one(record: Path) -> None:
    _, _, below = record.read_text().partition("\n\n")
    if below.startswith("*Changed since:*"):
        leads_to = re.findall(r"\[(\d+)\]\((\d{4}-[a-z0-9-]+\.md)\)", below.partition("\n\n")[0])
        assert leads_to
        for number, name in leads_to:
            assert f"{int(number):04d}" == name[:4] > record.name[:4]
            assert (DECISIONS / name).is_file()


@for_each("record", RECORDS)
def test_decision_is_on_the_list(record: Path) -> None:
    title = record.read_text().partition("\n")[0].removeprefix("# ")
    assert title.startswith(f"{int(record.name[:4])}. ")
    assert f"- [{title}]({record.name})\n" in (DECISIONS / "README.md").read_text()
