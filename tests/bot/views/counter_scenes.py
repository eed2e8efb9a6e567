"""Points at the counter: the panels of points and hybrid cards, the amount keypad, rewards to choose from."""

from collections.abc import Mapping
from dataclasses import replace

from bot.views import counter, purchases, rewards, taking_back
from bot.views.confirmations import confirmation
from domain.entry import Entry
from domain.expiry import Unit
from domain.kinds import EntryKind
from domain.merchant import POINT_REWARDS_MAX
from domain.money import AMOUNT_MAX_MINOR
from domain.rules.earning import Earned
from domain.rules.points import ADJUSTMENT_MAX
from domain.summary import Figures
from domain.usecases.card_state import CardState
from domain.usecases.look_up_card import CardAtCounter, Voidable
from domain.usecases.posting import Posted
from domain.usecases.store_today import Today
from tests.bot.views import points_scenes
from tests.bot.views.points_scenes import A_MILLION
from tests.bot.views.scenes import KEY, NOW, OTHER_NUMBER, ZONE, Names, Scene

THOUSANDS = 999_999


def state(names: Names, points: int = 340, *, stamps: bool = False) -> CardState:
    return points_scenes.held(names, points, stamps=stamps).state


def entry(kind: EntryKind, points: int, names: Names) -> Entry:
    paid = AMOUNT_MAX_MINOR if kind is EntryKind.POINTS_EARNED else None
    return replace(points_scenes.entry(kind, points, names), amount_minor=paid)


def at_counter(names: Names, points: int = 340, *, stamps: bool = False) -> CardAtCounter:
    newest = [entry(EntryKind.POINTS_EARNED, A_MILLION, names)]
    newest += [entry(EntryKind.POINTS_REDEEMED, -A_MILLION, names)] * 4
    return CardAtCounter(
        card=state(names, points, stamps=stamps),
        store_name=names.store,
        voidable=tuple(Voidable(entry=each, needs_reason=False) for each in newest),
        seen_at=NOW,
    )


def earned(names: Names, rewards_earned_now: int = 0, *, stamps: bool = False) -> Posted:
    return Posted(
        entry=entry(EntryKind.POINTS_EARNED, A_MILLION, names),
        rewards_earned_now=rewards_earned_now,
        may_undo=True,
        card=state(names, stamps=stamps),
    )


def redeemed(names: Names) -> Posted:
    redemption = replace(entry(EntryKind.POINTS_REDEEMED, -100, names), reward=names.reward)
    return Posted(entry=redemption, rewards_earned_now=0, may_undo=True, card=state(names))


def adjusted(names: Names, points: int, reason: str) -> Posted:
    adjustment = replace(entry(EntryKind.POINTS_ADJUSTED, points, names), note=reason)
    return Posted(entry=adjustment, rewards_earned_now=0, may_undo=False, card=state(names))


def merge_entry(names: Names) -> Entry:
    return replace(entry(EntryKind.MERGED_IN, 50, names), note=OTHER_NUMBER)


def voided(names: Names, kind: EntryKind, count: int, shortfall: int = 0) -> Posted:
    void = replace(entry(kind, count, names), points_shortfall=shortfall)
    return Posted(entry=void, rewards_earned_now=0, may_undo=False, card=state(names))


def today(names: Names) -> Today:
    figures = Figures(
        points=THOUSANDS, cards=999, redemptions=99, voids=9, points_voided=12, redemptions_voided=1
    )
    return Today(store_name=names.store, has_stamps=False, has_points=True, store=figures, own=figures)


ALL_POINTS = POINT_REWARDS_MAX * 100
COUNTER_SCENES: Mapping[str, Scene] = {
    "panel: points": lambda t, n: counter.panel(t, at_counter(n), ZONE),
    "panel: points, nothing possible": lambda t, n: counter.panel(t, at_counter(n, 40), ZONE),
    "panel: points, one possible": lambda t, n: counter.panel(t, at_counter(n, 100), ZONE),
    "panel: hybrid": lambda t, n: counter.panel(t, at_counter(n, ALL_POINTS, stamps=True), ZONE),
    "ask_amount: empty": lambda t, n: purchases.ask_amount(
        t, state(n), nonce=KEY, shown="", earned=Earned(unit=Unit.POINTS, count=0, carried=0), sign=","
    ),
    "ask_amount: typed": lambda t, n: purchases.ask_amount(
        t,
        state(n),
        nonce=KEY,
        shown=t.typed_money("100000,00", "EUR"),
        earned=Earned(unit=Unit.POINTS, count=A_MILLION, carried=0),
        sign=",",
    ),
    "ask_amount: no decimals": lambda t, n: purchases.ask_amount(
        t,
        replace(state(n), currency="JPY"),
        nonce=KEY,
        shown="",
        earned=Earned(unit=Unit.POINTS, count=0, carried=0),
        sign=".",
    ),
    "doubt_amount": lambda t, n: purchases.doubt_amount(t, state(n), AMOUNT_MAX_MINOR, KEY),
    "amount_taken": lambda t, n: purchases.amount_taken(t, state(n), AMOUNT_MAX_MINOR),
    "earned": lambda t, n: confirmation(t, earned(n)),
    "earned: reward": lambda t, n: confirmation(t, earned(n, 3, stamps=True)),
    "adjusted: more": lambda t, n: confirmation(t, adjusted(n, 1, n.reward)),
    "adjusted: fewer": lambda t, n: confirmation(t, adjusted(n, -ADJUSTMENT_MAX, n.customer)),
    "reward_list: points": lambda t, n: rewards.reward_list(t, state(n)),
    "reward_list: hybrid": lambda t, n: rewards.reward_list(t, state(n, ALL_POINTS, stamps=True)),
    "reward_list: nothing": lambda t, n: rewards.reward_list(t, state(n, 0)),
    "points_redeemed": lambda t, n: confirmation(t, redeemed(n)),
    "merged": lambda t, n: confirmation(t, replace(voided(n, EntryKind.MERGED_IN, 50), entry=merge_entry(n))),
    "voided: points": lambda t, n: confirmation(t, voided(n, EntryKind.POINTS_VOIDED, A_MILLION)),
    "voided: points short": lambda t, n: confirmation(t, voided(n, EntryKind.POINTS_VOIDED, 1, 50)),
    "voided: points back": lambda t, n: confirmation(t, voided(n, EntryKind.REDEMPTION_VOIDED, 50)),
    "voided: points expired": lambda t, n: confirmation(t, voided(n, EntryKind.REDEMPTION_VOIDED, 0, 50)),
    "void_list: points": lambda t, n: taking_back.void_list(t, at_counter(n), ZONE),
    "today: points": lambda t, n: counter.today(t, today(n)),
}
