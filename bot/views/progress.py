"""How far a card is, in the words every answer starts with."""

from collections.abc import Sequence

from bot.texts import Texts
from domain.expiry import Unit
from domain.ids import CardNumber
from domain.merchant import PointReward
from domain.rules.points import affordable, next_reward
from domain.rules.rewards import rewards_available, stamps_until_reward
from domain.usecases.card_state import CardState


def standing(t: Texts, state: CardState) -> str:
    """A line for the stamps and one for the points, as far as the card has them."""
    lines = []
    if state.has_stamps:
        lines.append(progress(t, state.stamp_count, state.stamps_target))
    if state.has_points:
        lines.append(points_progress(t, state.points_balance, state.point_rewards))
    return "\n".join(lines)


def progress(t: Texts, stamp_count: int, stamps_target: int) -> str:
    """ "7 of 10 · 3 to go"; a full card says so; what is beyond a full card counts towards the next."""
    rewards = rewards_available(stamp_count, stamps_target)
    towards = stamp_count % stamps_target
    if rewards and not towards:
        return t(
            "{count} of {target} · {ready}",
            count=stamps_target,
            target=stamps_target,
            ready=rewards_ready(t, rewards),
        )
    to_go = t(
        "{count} of {target} · {left} to go",
        count=towards,
        target=stamps_target,
        left=stamps_until_reward(stamp_count, stamps_target),
    )
    return f"{to_go} · {rewards_ready(t, rewards)}" if rewards else to_go


def points_progress(t: Texts, balance: int, rewards: Sequence[PointReward]) -> str:
    """ "340 points · enough for: An espresso · 60 to go: A coffee": the dearest that is, the next that is not."""
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


def rewards_ready(t: Texts, rewards: int) -> str:
    return t.n("{count} reward ready", "{count} rewards ready", rewards)


def spaced(number: CardNumber) -> str:
    """The card number in threes, as people read it aloud."""
    return f"{number[:3]} {number[3:6]} {number[6:]}"
