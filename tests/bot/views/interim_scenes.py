"""Cards with rewards on the way to a full one: at the counter, and as customers see them."""

from collections.abc import Mapping
from dataclasses import replace

from bot.views import cards, counter, messages, rewards
from bot.views.confirmations import confirmation
from domain.kinds import EntryKind
from domain.merchant import INTERIM_REWARDS_MAX, InterimReward
from domain.messages import Message, MessageKind, RewardReady
from domain.usecases.card_state import CardState
from domain.usecases.my_balances import Balance
from domain.usecases.my_cards import HeldCard
from domain.usecases.posting import Posted
from tests.bot.views import scenes
from tests.bot.views.scenes import NUMBER, ZONE, Names, Scene, message


def state(names: Names, *, stamps: int = 7, ready: int = 1, full: int = 0) -> CardState:
    every = tuple(InterimReward(stamps=each, name=names.reward) for each in range(5, 5 + INTERIM_REWARDS_MAX))
    found = scenes.state(names, stamps=stamps, ready=full)
    return replace(found, interim=every, interim_ready=every[:ready])


def held(names: Names, ready: int) -> HeldCard:
    return replace(scenes.held(names), state=state(names, stamps=4 + ready, ready=ready))


def done(names: Names, kind: EntryKind) -> Posted:
    gained = int(kind is EntryKind.STAMP_EARNED)
    entry = scenes.entry(kind, 1 if gained else 0, names)
    return Posted(
        entry=replace(entry, reward=names.reward if kind is EntryKind.INTERIM_REDEEMED else None),
        card=state(names, ready=gained),
        rewards_earned_now=gained,
        may_undo=True,
        ready_now=names.reward,
    )


def receipt(names: Names, kind: EntryKind) -> Message:
    return scenes.receipt(names, kind, 0, stamp_count=5)


def ready(names: Names) -> Message:
    facts = RewardReady(
        merchant_name=names.merchant, card_number=NUMBER, reward=names.reward, rewards_available=1
    )
    return message(MessageKind.REWARD_READY, facts)


INTERIM_SCENES: Mapping[str, Scene] = {
    "panel: on the way": lambda t, n: counter.panel(t, replace(scenes.at_counter(n), card=state(n)), ZONE),
    "reward_list: on the way": lambda t, n: rewards.reward_list(
        t, state(n, stamps=20, ready=INTERIM_REWARDS_MAX, full=2)
    ),
    "stamped: on the way": lambda t, n: confirmation(t, done(n, EntryKind.STAMP_EARNED)),
    "redeemed: on the way": lambda t, n: confirmation(t, done(n, EntryKind.INTERIM_REDEEMED)),
    "voided: on the way": lambda t, n: confirmation(t, done(n, EntryKind.REDEMPTION_VOIDED)),
    "rewards: on the way": lambda t, n: cards.rewards(t, [held(n, 1)]),
    "balance: on the way": lambda t, n: cards.balance(
        t, [Balance(held=held(n, 0), expiring=(), is_soon=False)]
    ),
    "card: on the way": lambda t, n: cards.card(t, held(n, 1), b"png"),
    "receipt: on the way": lambda t, n: messages.render(t, receipt(n, EntryKind.INTERIM_REDEEMED), ZONE),
    "receipt: on the way, taken back": lambda t, n: messages.render(
        t, receipt(n, EntryKind.REDEMPTION_VOIDED), ZONE
    ),
    "reward ready: on the way": lambda t, n: messages.render(t, ready(n), ZONE),
}
