"""Rewards that are ready and do not wait for ever: at the counter, and as customers are told."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from bot.views import cards, counter, messages
from domain.kinds import EntryKind
from domain.messages import Message, MessageKind, RewardExpired, RewardExpiring, RewardReady
from domain.usecases.card_state import CardState
from domain.usecases.my_balances import Balance
from domain.usecases.my_cards import HeldCard
from tests.bot.views import scenes
from tests.bot.views.scenes import HOLIDAYS, NUMBER, ZONE, Names, Scene, message

UNTIL = date(2027, 3, 3)


def state(names: Names, *, stamps: int = 10, full: int = 1) -> CardState:
    return replace(scenes.state(names, stamps=stamps, ready=full), reward_until=UNTIL)


def held(names: Names, full: int = 1) -> HeldCard:
    return replace(scenes.held(names), state=state(names, stamps=10 * full, full=full))


def ready(names: Names, count: int) -> Message:
    facts = RewardReady(
        merchant_name=names.merchant,
        card_number=NUMBER,
        reward=names.reward,
        rewards_available=count,
        reward_until=UNTIL,
    )
    return message(MessageKind.REWARD_READY, facts)


def receipt(names: Names) -> Message:
    return scenes.receipt(names, EntryKind.STAMP_EARNED, 1, stamp_count=10, reward_until=UNTIL)


def expiring(names: Names, *, over_holidays: bool = False) -> Message:
    facts = RewardExpiring(
        merchant_name=names.merchant,
        card_number=NUMBER,
        reward=names.reward,
        count=10,
        last_day=UNTIL,
        closed=HOLIDAYS if over_holidays else (),
    )
    return message(MessageKind.REWARD_EXPIRING, facts)


def expired(names: Names, count: int, balance: int) -> Message:
    facts = RewardExpired(
        merchant_name=names.merchant, card_number=NUMBER, reward=names.reward, count=count, balance=balance
    )
    return message(MessageKind.REWARD_EXPIRED, facts)


WAITING_SCENES: Mapping[str, Scene] = {
    "panel: a reward waits": lambda t, n: counter.panel(
        t, replace(scenes.at_counter(n), card=state(n)), ZONE
    ),
    "card: a reward waits": lambda t, n: cards.card(t, held(n), b"png"),
    "card: two rewards wait": lambda t, n: cards.card(t, held(n, 2), b"png"),
    "rewards: one waits": lambda t, n: cards.rewards(t, [held(n)]),
    "balance: a reward waits": lambda t, n: cards.balance(
        t, [Balance(held=held(n), expiring=(), is_soon=False)]
    ),
    "receipt: a reward waits": lambda t, n: messages.render(t, receipt(n), ZONE),
    "reward ready: it waits": lambda t, n: messages.render(t, ready(n, 1), ZONE),
    "reward ready: two wait": lambda t, n: messages.render(t, ready(n, 2), ZONE),
    "reward_expiring: alone": lambda t, n: messages.render(t, expiring(n), ZONE),
    "reward_expiring: over holidays": lambda t, n: messages.render(t, expiring(n, over_holidays=True), ZONE),
    "reward_expired: some left": lambda t, n: messages.render(t, expired(n, 10, 3), ZONE),
    "reward_expired: nothing left": lambda t, n: messages.render(t, expired(n, 1, 0), ZONE),
}
