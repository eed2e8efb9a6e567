"""What an entry did to a card, in a few words for its holder."""

from bot.texts import Texts, mark
from bot.views.progress import amount, change
from domain.entry import Entry, EntryKind
from domain.expiry import Unit

AWARDED = {
    EntryKind.STAMP_EARNED: "{change}",
    EntryKind.POINTS_EARNED: "{change}",
    EntryKind.POINTS_ADJUSTED: mark("{change}, corrected by the shop"),
    EntryKind.WELCOME_BONUS: mark("{change} to start with"),
    EntryKind.REFERRAL_BONUS: mark("{change} for bringing somebody along"),
    EntryKind.BIRTHDAY_BONUS: mark("{change} for your birthday"),
}
"""What for, where that has to be said."""


def entry_line(t: Texts, entry: Entry, timezone: str) -> str:
    return f"{t.moment(entry.occurred_at, timezone)} · {_act(t, entry)}"


def given_back(t: Texts, unit: Unit, count: int, shortfall: int) -> str:
    """Of a redemption that was taken back; ``shortfall`` is what had expired and cannot be given back."""
    if not shortfall:
        return _back(t, unit, count)
    expired = t.n("{count} had expired meanwhile", "{count} had expired meanwhile", shortfall)
    return f"{_back(t, unit, count)}, {expired}"


def taken_back(t: Texts, unit: Unit, count: int) -> str:
    if unit is Unit.STAMPS:
        return t.n("{count} stamp taken back", "{count} stamps taken back", count)
    return t.n("{count} point taken back", "{count} points taken back", count)


def corrected(t: Texts, points: int) -> str:
    return t(AWARDED[EntryKind.POINTS_ADJUSTED], change=change(t, Unit.POINTS, points))


def _act(t: Texts, entry: Entry) -> str:
    unit = entry.unit
    count = entry.delta(unit)
    if entry.kind in AWARDED:
        return t(AWARDED[entry.kind], change=change(t, unit, count))
    match entry.kind:
        case EntryKind.REDEMPTION_VOIDED:
            return given_back(t, unit, count, entry.shortfall(unit))
        case EntryKind.STAMP_VOIDED | EntryKind.POINTS_VOIDED:
            return taken_back(t, unit, -count)
        case EntryKind.STAMPS_EXPIRED | EntryKind.POINTS_EXPIRED:
            return _expired(t, unit, -count)
        case _:
            return _redeemed(t, entry)


def _redeemed(t: Texts, entry: Entry) -> str:
    reward = entry.reward or ""
    if entry.unit is Unit.STAMPS:
        return t("reward: {reward}", reward=reward)
    return t("reward: {reward}, {cost}", reward=reward, cost=amount(t, Unit.POINTS, -entry.points_delta))


def _expired(t: Texts, unit: Unit, count: int) -> str:
    if unit is Unit.STAMPS:
        return t.n("{count} stamp expired", "{count} stamps expired", count)
    return t.n("{count} point expired", "{count} points expired", count)


def _back(t: Texts, unit: Unit, count: int) -> str:
    if unit is Unit.STAMPS:
        return t.n("+{count} stamp back", "+{count} stamps back", count)
    return t.n("+{count} point back", "+{count} points back", count)
