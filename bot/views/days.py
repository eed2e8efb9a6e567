"""A day's figures in words, the same in the summary's text and on its picture."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from bot.texts import Texts, mark_plural
from domain.expiry import Unit
from domain.kinds import Figure
from domain.report import Report
from domain.rules.figures import added
from domain.summary import DaySummary, Figures, Share
from domain.usecases.store_today import Today

FEW = 10
"""A day before with fewer than this is compared by number: "+3" says more than "+300%"."""


SHARE_MIN, SHARE_MAX = 0.005, 10.0


CALLED: Mapping[Figure, tuple[str, str]] = {
    "stamps": mark_plural("{count} stamp", "{count} stamps"),
    "points": mark_plural("{count} point", "{count} points"),
    "redemptions": mark_plural("{count} reward", "{count} rewards"),
}


def figures_lines(
    t: Texts, day: DaySummary | Today | Report, figures: Figures, *, with_cards: bool = True
) -> list[str]:
    """ "128 stamps · 14 rewards · 97 cards", and below it "taken back: 2 stamps, 1 reward", if anything was taken
    back.

    Stamps are told even when there are none, if a program gives stamps; so are points. Rewards are always told.
    """
    is_given = {"stamps": day.has_stamps, "points": day.has_points}
    given, taken_back = [], []
    for name, words in CALLED.items():
        count, voided = getattr(figures, name), getattr(figures, f"{name}_voided")
        given += [t.n(*words, count)] if count or is_given.get(name, True) else []
        taken_back += [t.n(*words, voided)] if voided else []
    if with_cards:
        given.append(t.n("{count} card", "{count} cards", figures.cards))
    if taken_back:
        return [" · ".join(given), t("taken back: {what}", what=", ".join(taken_back))]
    voids = [t.n("{count} taken back", "{count} taken back", figures.voids)] if figures.voids else []
    return [" · ".join(given), *voids]


def change(t: Texts, now: int, before: int) -> str:
    """ "+12%", "−3" or "±0": the difference in percent where that says more than the number."""
    difference = now - before
    if difference == 0:
        return "±0"
    sign = "+" if difference > 0 else "−"
    share = abs(difference) / before if before >= FEW else 0.0
    is_telling = SHARE_MIN <= share <= SHARE_MAX
    return f"{sign}{t.percent(share) if is_telling else t.number(abs(difference))}"


def compared(t: Texts, local_date: date) -> str:
    return t("compared with the {weekday} before", weekday=t.weekday(local_date))


def leading_unit(day: DaySummary) -> Unit:
    """What stores and people are compared by: stamps where any were given, else points."""
    return Unit.STAMPS if day.figures.stamps or not day.has_points else Unit.POINTS


def counted(figures: Figures, unit: Unit) -> int:
    return figures.stamps if unit is Unit.STAMPS else figures.points


def largest_first(day: DaySummary, shares: Iterable[Share]) -> list[Share]:
    """By the leading unit, then by rewards; equal shares keep their order."""
    unit = leading_unit(day)
    return sorted(
        shares, key=lambda share: (counted(share.figures, unit), share.figures.redemptions), reverse=True
    )


def total(days: Iterable[DaySummary]) -> Figures:
    """The sum of the days. ``cards`` is 0: a card may be in several days, so their counts cannot be added."""
    return replace(added(day.figures for day in days), cards=0)
