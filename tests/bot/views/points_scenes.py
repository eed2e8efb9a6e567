"""Cards with points, alone or beside stamps: as customers see them, and what they and their shops are told."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from bot.views import cards, history, joining, messages
from domain.entry import Entry
from domain.expiry import ExpiryKind, Unit
from domain.kinds import EntryKind
from domain.merchant import POINT_REWARDS_MAX, PointReward
from domain.messages import (
    AlertReason,
    DisputeOpened,
    Message,
    MessageKind,
    RewardReady,
    StaffAlert,
)
from domain.usecases.my_balances import Balance, Expiring
from domain.usecases.my_cards import HeldCard, HistoryPage
from tests.bot.views import scenes
from tests.bot.views.scenes import NUMBER, ZONE, Names, Scene, message

A_MILLION = 1_000_000


def point_rewards(names: Names, count: int = POINT_REWARDS_MAX) -> tuple[PointReward, ...]:
    """For 100 points, 200 points and so on."""
    return tuple(PointReward(cost=100 * number, name=names.reward) for number in range(1, count + 1))


def held(names: Names, points: int, *, stamps: bool = False, rewards: int = POINT_REWARDS_MAX) -> HeldCard:
    """A card with points; with stamps too, if asked for."""
    found = scenes.held(names, stamps=23 if stamps else 0, ready=2 if stamps else 0)
    state = replace(
        found.state,
        has_stamps=stamps,
        has_points=True,
        points_balance=points,
        point_rewards=point_rewards(names, rewards),
        earns_by=Unit.POINTS,
    )
    return replace(found, state=state)


def expiring(unit: Unit, kind: ExpiryKind, count: int = 12) -> Expiring:
    return Expiring(unit=unit, kind=kind, count=count, last_day=date(2027, 3, 31))


def balance(held_card: HeldCard, *parts: Expiring) -> Balance:
    return Balance(held=held_card, expiring=parts, is_soon=bool(parts))


BY_LOT = tuple(expiring(unit, ExpiryKind.LOT, 999_999_999) for unit in Unit)
BY_INACTIVITY = tuple(expiring(unit, ExpiryKind.INACTIVITY) for unit in Unit)


def entry(kind: EntryKind, points: int, names: Names, shortfall: int = 0) -> Entry:
    return replace(
        scenes.entry(kind, 0, names),
        points_delta=points,
        points_shortfall=shortfall,
        reward=names.reward if kind is EntryKind.POINTS_REDEEMED else None,
    )


def every_entry(names: Names) -> tuple[Entry, ...]:
    return (
        entry(EntryKind.POINTS_EARNED, A_MILLION, names),
        entry(EntryKind.POINTS_REDEEMED, -A_MILLION, names),
        entry(EntryKind.REDEMPTION_VOIDED, 30, names, shortfall=20),
        entry(EntryKind.POINTS_VOIDED, -A_MILLION, names),
        entry(EntryKind.POINTS_ADJUSTED, -A_MILLION, names),
        entry(EntryKind.POINTS_EXPIRED, -A_MILLION, names),
        scenes.entry(EntryKind.STAMPS_EXPIRED, -20, names),
        replace(scenes.entry(EntryKind.REWARD_EXPIRED, -10, names), reward=names.reward),
        entry(EntryKind.WELCOME_BONUS, 20, names),
        entry(EntryKind.REFERRAL_BONUS, 20, names),
        entry(EntryKind.BIRTHDAY_BONUS, 20, names),
        entry(EntryKind.WIN_BACK_BONUS, 20, names),
        entry(EntryKind.REFERRAL_WELCOME, 20, names),
        entry(EntryKind.REFERRAL_VOIDED, -20, names),
        replace(entry(EntryKind.MERGED_IN, 20, names), stamps_delta=7, note=scenes.OTHER_NUMBER),
        replace(entry(EntryKind.MERGED_OUT, -20, names), note=scenes.OTHER_NUMBER),
    )


def receipt(names: Names, kind: EntryKind, points: int, shortfall: int = 0) -> Message:
    of_points = {"unit": Unit.POINTS, "stamp_count": 0, "points_delta": points, "points_balance": A_MILLION}
    return scenes.receipt(names, kind, 0, **of_points, shortfall=shortfall)


def dispute(names: Names, kind: EntryKind, points: int) -> Message:
    facts = DisputeOpened(
        card_number=NUMBER,
        customer_name=names.customer,
        staff_name=names.staff,
        store_name=names.store,
        entry_kind=kind,
        stamps_delta=0,
        points_delta=points,
        occurred_at=scenes.NOW,
    )
    return message(MessageKind.DISPUTE, facts)


def shortfall(names: Names) -> Message:
    facts = StaffAlert(
        reason=AlertReason.VOID_SHORTFALL,
        staff_id=scenes.STAFF_ID,
        staff_name=names.staff,
        card_number=NUMBER,
        unit=Unit.POINTS,
        wanted=A_MILLION,
        taken=1,
    )
    return message(MessageKind.STAFF_ALERT, facts)


def reward_ready(names: Names) -> Message:
    facts = RewardReady(
        merchant_name=names.merchant,
        card_number=NUMBER,
        reward=names.reward,
        rewards_available=2,
        unit=Unit.POINTS,
    )
    return message(MessageKind.REWARD_READY, facts)


POINTS_CARDS: Mapping[str, Scene] = {
    "welcome: points": lambda t, n: joining.welcome(t, held(n, 0), is_new=True),
    "welcome: hybrid": lambda t, n: joining.welcome(t, held(n, 0, stamps=True), is_new=True),
    "card: points": lambda t, n: cards.card(t, held(n, 40), b"png"),
    "card: hybrid": lambda t, n: cards.card(t, held(n, 340, stamps=True), b"png"),
    "balance: points": lambda t, n: cards.balance(t, [balance(held(n, 340))]),
    "balance: by lot": lambda t, n: cards.balance(t, [balance(held(n, 340, stamps=True), *BY_LOT)]),
    "balance: by inactivity": lambda t, n: cards.balance(t, [balance(held(n, 340), *BY_INACTIVITY)]),
    "balance: many hybrid": lambda t, n: cards.balance(
        t, [balance(held(n, A_MILLION, stamps=True), *BY_LOT)] * 12
    ),
    "rewards: points": lambda t, n: cards.rewards(t, [held(n, 340)]),
    "rewards: points, nothing ready": lambda t, n: cards.rewards(t, [held(n, 40)]),
    "rewards: many hybrid": lambda t, n: cards.rewards(t, [held(n, 340, stamps=True)] * 12),
    "history: empty, points": lambda t, n: history.history(
        t, HistoryPage(held=held(n, 0), entries=(), older=None)
    ),
    "history: points": lambda t, n: history.history(
        t, HistoryPage(held=held(n, 0), entries=every_entry(n), older=1)
    ),
    "history: long rewards": lambda t, n: history.history(
        t,
        HistoryPage(held=held(n, 0), entries=[entry(EntryKind.POINTS_REDEEMED, -A_MILLION, n)] * 10, older=1),
    ),
}
RECEIPTS = (
    (EntryKind.POINTS_EARNED, A_MILLION, 0),
    (EntryKind.POINTS_REDEEMED, -A_MILLION, 0),
    (EntryKind.POINTS_VOIDED, -1, 0),
    (EntryKind.POINTS_ADJUSTED, 1, 0),
    (EntryKind.POINTS_ADJUSTED, -A_MILLION, 0),
    (EntryKind.REDEMPTION_VOIDED, 50, 0),
    (EntryKind.REDEMPTION_VOIDED, 0, 50),
)
POINTS_MESSAGES: Mapping[str, Scene] = {
    **{
        f"render: receipt {kind.value} {points} short of {missing}": (
            lambda t, n, k=kind, p=points, m=missing: messages.render(t, receipt(n, k, p, m), ZONE)  # type: ignore[misc]
        )
        for kind, points, missing in RECEIPTS
    },
    **{
        f"render: dispute {kind.value} {points}": (
            lambda t, n, k=kind, p=points: messages.render(t, dispute(n, k, p), ZONE)  # type: ignore[misc]
        )
        for kind, points, _ in RECEIPTS
        if points
    },
    "render: shortfall of points": lambda t, n: messages.render(t, shortfall(n), ZONE),
    "render: reward_ready for points": lambda t, n: messages.render(t, reward_ready(n), ZONE),
}
POINTS_SCENES: Mapping[str, Scene] = {**POINTS_CARDS, **POINTS_MESSAGES}
