"""Sentences that say when more is earned than usual: now, and later today."""

from collections.abc import Sequence

from bot.texts import Texts
from bot.views.progress import times
from domain.rules.multipliers import Boost
from domain.usecases.card_state import CardState

BOOSTS_SHOWN = 2


def boost_now(t: Texts, boost: Boost | None, timezone: str) -> list[str]:
    """To the team; empty while no boost holds."""
    if boost is None:
        return []
    factor = times(t, boost.factor_tenths)
    if boost.is_all_day:
        return [t("⚡ {factor} today", factor=factor)]
    return [t("⚡ {factor} until {time}", factor=factor, time=t.time(boost.ends_at, timezone))]


def boosts_today(t: Texts, state: CardState, timezone: str) -> Sequence[str]:
    """To the card's holder. Names the weekday or the date, because the card stays in the chat after today."""
    return [_boost(t, state, boost, timezone) for boost in state.boosts[:BOOSTS_SHOWN]]


def _boost(t: Texts, state: CardState, boost: Boost, timezone: str) -> str:
    day = t.dates(boost.day, boost.day) if boost.is_once else t.weekday(boost.day)
    hours = f"{t.time(boost.starts_at, timezone)}–{t.time(boost.ends_at, timezone)}"
    when = f"{day[:1].upper()}{day[1:]}{'' if boost.is_all_day else f' {hours}'}"
    factor = times(t, boost.factor_tenths)
    if not state.has_points:
        return t("⚡ {when}: stamps {factor}", when=when, factor=factor)
    if not state.has_stamps:
        return t("⚡ {when}: points {factor}", when=when, factor=factor)
    return t("⚡ {when}: stamps and points {factor}", when=when, factor=factor)
