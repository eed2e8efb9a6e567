"""A second count of a report's figures, from the JSON lines that ``ledger --json`` prints.

It does not use the product's fold: it only knows the names of the kinds, and which entry names which.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Line = dict[str, Any]
FIGURE = {"stamp": "stamps", "points": "points"}


class Recount:
    """``first`` and ``last`` are local dates. A void that names no entry takes the newest stamps that still stand."""

    def __init__(self, lines: Iterable[Line], timezone: str, first: date, last: date) -> None:
        self.first, self.last = first, last
        self.lines = []
        for line in lines:
            at = datetime.fromisoformat(line["occurred_at"]).astimezone(ZoneInfo(timezone))
            if at.date() <= last:
                self.lines.append({**line, "day": at.date(), "hour": at.hour})
        self.given = {line["entry_id"]: line for line in self.lines}
        self.left: dict[str, int] = {}
        self.taken: dict[str, int] = {}
        stacks: dict[str, list[str]] = {}
        for line in self.lines:
            self._replay(line, stacks.setdefault(line["card_number"], []))

    def _replay(self, line: Line, stack: list[str]) -> None:
        me, what, named = line["entry_id"], line["kind"], line["related_entry_id"]
        if what in ("stamp_earned", "points_earned"):
            self.left[me] = line["stamps_delta"] + line["points_delta"]
            stack += [me] * line["stamps_delta"]
        elif what.endswith("redeemed"):
            self.left[me] = 1
        elif what.endswith("voided") and named:
            self.taken[me] = 1 if what == "redemption_voided" else self.left[named]
            self.left[named] = 0
            stack[:] = [each for each in stack if each != named]
        elif what.endswith("voided"):
            self.taken[me] = -line["stamps_delta"]
            for _ in range(self.taken[me]):
                self.left[stack.pop()] -= 1

    def within(self) -> list[Line]:
        return [line for line in self.lines if line["day"] >= self.first]

    def figures(self, lines: Sequence[Line] | None = None) -> dict[str, int]:
        """The figures of these lines, by default of all in the range."""
        found: Counter[str] = Counter()
        here = self.within() if lines is None else lines
        for line in here:
            me, unit = line["entry_id"], line["kind"].partition("_")[0]
            if line["kind"].endswith("earned"):
                found[FIGURE[unit]] += self.left[me]
            elif line["kind"].endswith("redeemed"):
                found["redemptions"] += self.left[me]
            elif line["kind"].endswith("voided"):
                found["voids"] += 1
                found[FIGURE.get(unit, "redemptions") + "_voided"] += self.taken[me]
        names = ("stamps", "points", "redemptions", "voids", "stamps_voided", "points_voided")
        cards = len({line["card_number"] for line in here if self.left.get(line["entry_id"])})
        return {name: found[name] for name in (*names, "redemptions_voided")} | {"cards": cards}

    def visits(self, lines: Sequence[Line] | None = None) -> dict[tuple[str, date], int]:
        """The hour of the first visit by card and day, among these lines; by default among all, also before the
        range."""
        found: dict[tuple[str, date], int] = {}
        for line in self.lines if lines is None else lines:
            if self.left.get(line["entry_id"]):
                found.setdefault((line["card_number"], line["day"]), line["hour"])
        return found

    def came_back(self) -> int:
        seen = self.visits()
        return len(
            {
                card
                for card, day in seen
                if day >= self.first
                and any((card, day - timedelta(days=ago)) in seen for ago in range(1, 31))
            }
        )

    def by_hour(self) -> list[list[int]]:
        found = Counter(
            (day.weekday(), hour) for (_, day), hour in self.visits().items() if day >= self.first
        )
        return [[found[weekday, hour] for hour in range(24)] for weekday in range(7)]

    def parts(self, key: str) -> dict[str, tuple[int, Mapping[str, int]]]:
        """Visits and figures by what the lines have under ``key``."""
        theirs: dict[str, list[Line]] = {}
        for line in self.within():
            if line[key] is not None:
                theirs.setdefault(str(line[key]), []).append(line)
        found = {each: (len(self.visits(lines)), self.figures(lines)) for each, lines in theirs.items()}
        return {each: told for each, told in found.items() if any(told[1].values())}


def assert_equal_to_the_ledger(exported: Iterable[Line], lines: Iterable[Line]) -> None:
    """Compares the entries' CSV in English with the lines of `ledger --json`, one by one."""
    told = [
        (
            *(each["Entry"], each["Card"].replace("-", ""), each["Staff"], each["Takes back"]),
            *(int(each[name]) for name in ("Stamps", "Stamps after it", "Points", "Points after it")),
        )
        for each in exported
    ]
    names = ("stamps_delta", "stamps_balance_after", "points_delta", "points_balance_after")
    assert told == [
        (
            *(
                each["entry_id"],
                each["card_number"],
                each["staff_name"] or "",
                each["related_entry_id"] or "",
            ),
            *(each[name] for name in names),
        )
        for each in lines
    ]


def assert_equal_to_the_days(
    exported: Iterable[Line], counted: Recount, takings: Mapping[date, int] | None = None
) -> None:
    """Compares the days' CSV with the recount; ``takings`` are in cents."""
    exported = list(exported)
    assert {each["Date"]: each["Takings"] for each in exported if each["Takings"]} == {
        day.isoformat(): f"{minor / 100:.2f}" for day, minor in (takings or {}).items()
    }
    told = {each["Date"]: tuple(int(count) for count in list(each.values())[1:-1]) for each in exported}
    names = ("stamps", "points", "redemptions", "stamps_voided", "points_voided", "redemptions_voided")
    days = counted.parts("day").items()
    assert told == {day: (visits, *(figures[name] for name in names)) for day, (visits, figures) in days}


def assert_equal_to_the_cards(exported: Iterable[Line], counted: Recount) -> None:
    """Compares the customers' CSV with the recount."""
    cards = counted.parts("card_number")
    last: dict[str, date] = {}
    for card, day in counted.visits():
        last[card] = max(day, last.get(card, day))
    for each in exported:
        number = each["Card"].replace("-", "")
        visits, figures = cards.get(number, (0, Counter[str]()))
        told = [int(each[name]) for name in ("Visits", "Stamps given", "Points given", "Rewards")]
        assert told == [visits, figures["stamps"], figures["points"], figures["redemptions"]], number
        assert each["Last visit"] == (last[number].isoformat() if number in last else "")
