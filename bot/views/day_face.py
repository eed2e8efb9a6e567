"""The texts on a day's picture, in the reader's language."""

from bot.pictures.faces import Count, DayBar, DayFace, Headline
from bot.texts import Texts, plain
from bot.views.days import change, compared, counted, largest_first, leading_unit
from domain.expiry import Unit
from domain.messages import DailySummary
from domain.summary import DaySummary, Share

BARS_MAX = 12


def has_picture(day: DaySummary) -> bool:
    """Whether anything was given out on the day."""
    return bool(day.figures.stamps or day.figures.points or day.figures.redemptions)


def day_face(t: Texts, facts: DailySummary, colour: str) -> DayFace:
    day = facts.day
    shown, left_out = _bars_of(day)
    unit = leading_unit(day)
    values = [counted(share.figures, unit) for share in shown]
    return DayFace(
        merchant_name=facts.merchant_name,
        colour=colour,
        date=_capitalized(t.day_of_week(day.local_date)),
        headlines=_headlines(t, day),
        counts=_counts(t, day),
        compared=plain(compared(t, day.local_date)) if day.before else "",
        bars_title=_bars_title(t, day, unit) if shown else "",
        bars=tuple(
            DayBar(name=share.name, value=t.number(value), share=value / max(values))
            for share, value in zip(shown, values, strict=True)
        ),
        rest=_rest(t, left_out, unit) if left_out else None,
    )


def _headlines(t: Texts, day: DaySummary) -> tuple[Headline, ...]:
    units = [*([Unit.STAMPS] if day.has_stamps else []), *([Unit.POINTS] if day.has_points else [])]
    return tuple(_headline(t, day, unit) for unit in units)


def _headline(t: Texts, day: DaySummary, unit: Unit) -> Headline:
    count = counted(day.figures, unit)
    return Headline(
        value=t.number(count),
        label=t.n("stamp", "stamps", count) if unit is Unit.STAMPS else t.n("point", "points", count),
        change=change(t, count, counted(day.before, unit)) if day.before else "",
    )


def _counts(t: Texts, day: DaySummary) -> tuple[Count, ...]:
    rewards, voids = day.figures.redemptions, day.figures.voids
    told = (Count(value=t.number(rewards), label=t.n("reward", "rewards", rewards)),)
    if not voids:
        return told
    return (*told, Count(value=t.number(voids), label=t.n("taken back", "taken back", voids)))


def _bars_of(day: DaySummary) -> tuple[list[Share], list[Share]]:
    """The shares to show as bars, and those left out: of stores where there are several, else of members of the team.

    Both are empty where there is nothing to compare.
    """
    shares = largest_first(day, day.stores if len(day.stores) > 1 else day.staff)
    if len(shares) < 2 or not counted(shares[0].figures, leading_unit(day)):
        return [], []
    return shares[:BARS_MAX], shares[BARS_MAX:]


def _bars_title(t: Texts, day: DaySummary, unit: Unit) -> str:
    if len(day.stores) > 1:
        return t("Stamps by store") if unit is Unit.STAMPS else t("Points by store")
    return t("Stamps by staff") if unit is Unit.STAMPS else t("Points by staff")


def _rest(t: Texts, left_out: list[Share], unit: Unit) -> Count:
    return Count(
        value=t.number(sum(counted(share.figures, unit) for share in left_out)),
        label=t.n("and {count} more", "and {count} more", len(left_out)),
    )


def _capitalized(text: str) -> str:
    """With a capital at the start: French writes weekdays small, but not at the head of a page."""
    return text[:1].upper() + text[1:]
