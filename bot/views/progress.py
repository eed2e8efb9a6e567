"""How far a card is: the words with which most answers about a card begin."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from bot.texts import Texts, mark
from domain.card import Progress
from domain.expiry import Unit
from domain.ids import CardNumber
from domain.merchant import PointReward
from domain.money import Money
from domain.multipliers import ONE
from domain.rules.points import affordable, next_reward
from domain.usecases.card_state import CardState


def standing(t: Texts, state: CardState) -> str:
    """A line for the stamps and one for the points, as far as the card has them."""
    lines = []
    if state.has_stamps:
        lines.append(progress(t, state.progress))
    if state.has_points:
        lines.append(points_progress(t, state.points_balance, state.point_rewards))
    return "\n".join(lines)


def progress(t: Texts, pile: Progress) -> str:
    """ "7 of 10 · 3 to go"; a full card has its reward ready; stamps beyond it are told as those of the next card."""
    rewards, on_card, target = pile.rewards_available, pile.on_card, pile.target
    if not rewards:
        return t("{count} of {target} · {left} to go", count=on_card, target=target, left=pile.stamps_to_go)
    if on_card == target:
        ready = rewards_ready(t, rewards)
        return t("{count} of {target} · {ready}", count=on_card, target=target, ready=ready)
    return t.n(
        "{count} reward · {stamps} of {target} on the next card",
        "{count} rewards · {stamps} of {target} on the next card",
        rewards,
        stamps=on_card,
        target=target,
    )


def progress_beside_badge(t: Texts, pile: Progress) -> str:
    """The same for a picture, whose badge already tells the rewards."""
    if not pile.rewards_available:
        return progress(t, pile)
    if pile.on_card == pile.target:
        return t("{count} of {target}", count=pile.on_card, target=pile.target)
    return t("{count} of {target} on the next card", count=pile.on_card, target=pile.target)


def points_progress(t: Texts, balance: int, rewards: Sequence[PointReward]) -> str:
    """ "340 points · enough for: An espresso · 60 to go: A coffee": the dearest reward within reach, and the next."""
    said = [amount(t, Unit.POINTS, balance)]
    within, further = affordable(balance, rewards), next_reward(balance, rewards)
    if within:
        said.append(t("enough for: {reward}", reward=within[-1].name))
    if further:
        left = t.number(further.cost - balance)
        said.append(t("{left} to go: {reward}", left=left, reward=further.name))
    return " · ".join(said)


def amount(t: Texts, unit: Unit, count: int) -> str:
    if unit is Unit.STAMPS:
        return t.n("{count} stamp", "{count} stamps", count)
    return t.n("{count} point", "{count} points", count)


def change(t: Texts, unit: Unit, count: int) -> str:
    """ "+12 points", "−12 points" """
    if unit is Unit.STAMPS:
        return t.n("+{count} stamp", "+{count} stamps", count)
    if count < 0:
        return t.n("−{count} point", "−{count} points", -count)
    return t.n("+{count} point", "+{count} points", count)


def multiplied(t: Texts, said: str, factor_tenths: int | None) -> str:
    """ "+4 stamps (×2)" """
    if factor_tenths in (None, ONE):
        return said
    return f"{said} ({times(t, factor_tenths or ONE)})"


def times(t: Texts, factor_tenths: int) -> str:
    return f"×{t.decimal(Decimal(factor_tenths) / ONE)}"


def to_go(t: Texts, unit: Unit, missing: Money | None) -> list[str]:
    """How much more is to be paid for the next stamp or point; no line where ``missing`` is None."""
    if missing is None:
        return []
    said = mark("{amount} to the next stamp") if unit is Unit.STAMPS else mark("{amount} to the next point")
    return [t(said, amount=t.money(missing))]


def rewards_ready(t: Texts, rewards: int) -> str:
    return t.n("{count} reward ready", "{count} rewards ready", rewards)


def with_use(t: Texts, said: str, *, is_needed: bool) -> str:
    """That the card is to be shown, and what its holder taps then, where a reward needs their yes."""
    if not is_needed:
        return said
    tapped = t("There, tap “Use reward” below it.")
    return f"{said} {tapped}"


def reward_until(t: Texts, rewards: int, last_day: date | None) -> list[str]:
    """Until when the first ready reward is valid; no line where it does not expire (``last_day`` None)."""
    if last_day is None:
        return []
    said = mark("⏳ The first until {date}") if rewards > 1 else mark("⏳ Valid until {date}")
    return [t(said, date=t.local_date(last_day))]


def card_kind(t: Texts, *, has_stamps: bool, has_points: bool) -> str:
    """The name of a card whose program has none."""
    if not has_points:
        return t("Stamp card")
    return t("Loyalty card") if has_stamps else t("Points card")


def spaced(number: CardNumber) -> str:
    """The card number in threes, as people read it aloud."""
    return f"{number[:3]} {number[3:6]} {number[6:]}"
