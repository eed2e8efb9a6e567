"""How far a card is, in the words every answer starts with."""

from bot.texts import Texts
from domain.ids import CardNumber
from domain.rules.rewards import rewards_available, stamps_until_reward


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


def rewards_ready(t: Texts, rewards: int) -> str:
    return t.n("{count} reward ready", "{count} rewards ready", rewards)


def spaced(number: CardNumber) -> str:
    """The card number in threes, as people read it aloud."""
    return f"{number[:3]} {number[3:6]} {number[6:]}"
