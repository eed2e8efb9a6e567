"""That more is earned than usual: now, and later today."""

from collections.abc import Sequence

from bot.texts import Texts
from bot.views.progress import times
from domain.rules.multipliers import Boost
from domain.usecases.card_state import CardState

BOOSTS_SHOWN = 2


def boost_now(t: Texts, boost: Boost | None, timezone: str) -> list[str]:
    """To the team."""
    if boost is None:
        return []
    factor = times(t, boost.factor_tenths)
    if boost.is_all_day:
        return [t("⚡ {factor} today", factor=factor)]
    return [t("⚡ {factor} until {time}", factor=factor, time=t.time(boost.ends_at, timezone))]


def boosts_today(t: Texts, state: CardState, timezone: str) -> Sequence[str]:
    """To the card's holder."""
    return [_boost(t, state, boost, timezone) for boost in state.boosts[:BOOSTS_SHOWN]]


def _boost(t: Texts, state: CardState, boost: Boost, timezone: str) -> str:
    factor = times(t, boost.factor_tenths)
    hours = f"{t.time(boost.starts_at, timezone)}–{t.time(boost.ends_at, timezone)}"
    if boost.is_all_day:
        if not state.has_points:
            return t("⚡ Today: stamps {factor}", factor=factor)
        if not state.has_stamps:
            return t("⚡ Today: points {factor}", factor=factor)
        return t("⚡ Today: stamps and points {factor}", factor=factor)
    if not state.has_points:
        return t("⚡ Today {hours}: stamps {factor}", hours=hours, factor=factor)
    if not state.has_stamps:
        return t("⚡ Today {hours}: points {factor}", hours=hours, factor=factor)
    return t("⚡ Today {hours}: stamps and points {factor}", hours=hours, factor=factor)
