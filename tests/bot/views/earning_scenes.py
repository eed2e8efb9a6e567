"""What earning rules add to the views: what is left over, and what is multiplied."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.texts import Texts
from bot.views import cards, counter, history, messages, purchases
from bot.views.confirmations import confirmation
from bot.views.view import View
from domain.entry import Entry
from domain.expiry import Unit
from domain.kinds import EntryKind
from domain.messages import Message, Receipt
from domain.money import AMOUNT_MAX_MINOR, Money
from domain.rules.earning import Earned
from domain.rules.multipliers import Boost
from domain.usecases.card_state import CardState
from domain.usecases.my_balances import Balance
from domain.usecases.my_cards import HeldCard, HistoryPage
from domain.usecases.posting import Posted
from tests.bot.views import points_scenes, scenes
from tests.bot.views.counter_scenes import entry as points_entry
from tests.bot.views.scenes import KEY, NOW, ZONE, Names, Scene

TO_GO = Money(AMOUNT_MAX_MINOR, "EUR")
NOW_ON = Boost(
    factor_tenths=20,
    starts_at=NOW - timedelta(hours=1),
    ends_at=NOW + timedelta(hours=1),
    day=NOW.date(),
    is_once=False,
    is_all_day=False,
)
ALL_DAY = replace(NOW_ON, factor_tenths=100, is_all_day=True, is_once=True)


def state(found: CardState, boost: Boost = NOW_ON) -> CardState:
    by = Unit.POINTS if found.has_points else Unit.STAMPS
    return replace(found, earns_by=by, to_go=TO_GO, boosts=(boost, ALL_DAY), boost=boost)


def held(n: Names, *, points: bool = False, stamps: bool = True) -> HeldCard:
    found = points_scenes.held(n, 340, stamps=stamps) if points else scenes.held(n)
    return replace(found, state=state(found.state))


def bought(found: Entry, amount_minor: int = 23_50, tenths: int = 20) -> Entry:
    found = replace(found, amount_minor=amount_minor, factor_tenths=tenths)
    if found.unit is Unit.STAMPS:
        return replace(found, stamps_carried_minor=350)
    return replace(found, points_carried_nano=350)


def panel(t: Texts, n: Names, boost: Boost) -> View:
    found = scenes.at_counter(n)
    return counter.panel(t, replace(found, card=state(found.card, boost)), ZONE)


def done(n: Names, kind: EntryKind, count: int) -> Posted:
    if kind in (EntryKind.POINTS_EARNED, EntryKind.POINTS_VOIDED):
        made, card = points_entry(kind, count, n), points_scenes.held(n, 340).state
    else:
        made, card = scenes.entry(kind, count, n), scenes.state(n)
    return Posted(entry=bought(made), rewards_earned_now=0, may_undo=True, card=state(card))


def receipt(n: Names, kind: EntryKind, count: int) -> Message:
    is_of_points = kind in (EntryKind.POINTS_EARNED, EntryKind.POINTS_VOIDED)
    found = points_scenes.receipt(n, kind, count) if is_of_points else scenes.receipt(n, kind, count)
    assert isinstance(found.facts, Receipt)
    return replace(found, facts=replace(found.facts, factor_tenths=15, to_go=TO_GO))


def history_page(n: Names) -> HistoryPage:
    entries = (
        bought(scenes.entry(EntryKind.STAMP_EARNED, 20, n)),
        bought(points_entry(EntryKind.POINTS_EARNED, 0, n), tenths=15),
        points_entry(EntryKind.POINTS_VOIDED, 0, n),
    )
    return HistoryPage(held=held(n, points=True), entries=entries, older=None)


EARNING_SCENES: Mapping[str, Scene] = {
    "panel: stamps for amounts": lambda t, n: panel(t, n, NOW_ON),
    "panel: multiplied all day": lambda t, n: panel(t, n, ALL_DAY),
    "ask_amount: stamps, multiplied": lambda t, n: purchases.ask_amount(
        t,
        state(scenes.state(n)),
        nonce=KEY,
        shown=t.typed_money("23,50", "EUR"),
        earned=Earned(unit=Unit.STAMPS, count=4, carried=350),
        factor_tenths=20,
        sign=",",
    ),
    "stamped: for an amount": lambda t, n: confirmation(t, done(n, EntryKind.STAMP_EARNED, 4)),
    "stamped: nothing yet": lambda t, n: confirmation(t, done(n, EntryKind.STAMP_EARNED, 0)),
    "earned: multiplied": lambda t, n: confirmation(t, done(n, EntryKind.POINTS_EARNED, 1_000_000)),
    "voided: nothing yet": lambda t, n: confirmation(t, done(n, EntryKind.POINTS_VOIDED, 0)),
    "render: receipt multiplied": lambda t, n: messages.render(
        t, receipt(n, EntryKind.STAMP_EARNED, 200), ZONE
    ),
    "render: receipt nothing yet": lambda t, n: messages.render(
        t, receipt(n, EntryKind.POINTS_EARNED, 0), ZONE
    ),
    "render: receipt of nothing taken back": lambda t, n: messages.render(
        t, receipt(n, EntryKind.POINTS_VOIDED, 0), ZONE
    ),
    "card: stamps, multiplied": lambda t, n: cards.card(t, held(n), b"png"),
    "card: points, multiplied": lambda t, n: cards.card(t, held(n, points=True, stamps=False), b"png"),
    "card: hybrid, multiplied": lambda t, n: cards.card(t, held(n, points=True), b"png"),
    "balance: multiplied": lambda t, n: cards.balance(
        t, [Balance(held=held(n, points=True), expiring=(), is_soon=False)] * 2
    ),
    "history: multiplied": lambda t, n: history.history(t, history_page(n)),
}
