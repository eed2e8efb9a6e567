"""A day's figures in words, the same in the summary's text and on its picture."""

from collections.abc import Iterable
from datetime import date

from bot.texts import Texts
from domain.expiry import Unit
from domain.summary import DaySummary, Figures, Share

FEW = 10
"""Fewer than so many are compared by number: "+3" says more than "+300%"."""


SHARE_MIN, SHARE_MAX = 0.005, 10.0


def figures_line(t: Texts, day: DaySummary, figures: Figures, *, with_cards: bool = False) -> str:
    """ "128 stamps · 14 rewards · 2 taken back"; what the program has is told even when it is none."""
    parts: list[str] = []
    if day.has_stamps or figures.stamps:
        parts.append(t.n("{count} stamp", "{count} stamps", figures.stamps))
    if day.has_points or figures.points:
        parts.append(t.n("{count} point", "{count} points", figures.points))
    parts.append(t.n("{count} reward", "{count} rewards", figures.redemptions))
    if with_cards:
        parts.append(t.n("{count} card", "{count} cards", figures.cards))
    if figures.voids:
        parts.append(t.n("{count} taken back", "{count} taken back", figures.voids))
    return " · ".join(parts)


def change(t: Texts, now: int, before: int) -> str:
    """ "+12%", "−3" or "±0": a share where that says more than the number."""
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
    """Equal ones keep their order."""
    unit = leading_unit(day)
    return sorted(
        shares, key=lambda share: (counted(share.figures, unit), share.figures.redemptions), reverse=True
    )


def total(days: Iterable[DaySummary]) -> Figures:
    """Cards of several days cannot be added up and are left at 0."""
    figures = [day.figures for day in days]
    return Figures(
        stamps=sum(each.stamps for each in figures),
        points=sum(each.points for each in figures),
        redemptions=sum(each.redemptions for each in figures),
        voids=sum(each.voids for each in figures),
    )
