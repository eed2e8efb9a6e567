"""The views of takings.py."""

from collections.abc import Mapping
from dataclasses import replace

from bot.texts import Texts
from bot.views import takings
from bot.views.view import View
from domain.flags import FlagKind
from domain.ids import StoreId
from domain.merchant import Store
from domain.money import Money
from domain.takings import TAKINGS_MAX_MINOR
from domain.usecases.enter_takings import DayTakings, StoreTakings, Typed
from tests.bot.views.day_scenes import SUNDAY
from tests.bot.views.flag_scenes import flag
from tests.bot.views.scenes import MERCHANT_ID, NOW, ZONE, Names, Scene, uuid
from tests.support.terms import a_merchant

NONCE = "AAAAAAAAAAA"


def of_store(n: Names, number: int, revisions: int, amount_minor: int = 81_250) -> StoreTakings:
    store = Store(
        merchant_id=MERCHANT_ID, store_id=StoreId(uuid(number)), name=n.store, active=True, opening_hours=None
    )
    typed = Typed(
        local_date=SUNDAY,
        store_id=store.store_id,
        store_name=store.name,
        amount_minor=amount_minor,
        currency="EUR",
        staff_name=n.staff,
        typed_at=NOW,
    )
    return StoreTakings(store=store, typed=(typed,) * revisions)


def removed(n: Names) -> StoreTakings:
    of = of_store(n, 1, 3)
    return replace(of, typed=(replace(of.typed[0], amount_minor=0, is_removed=True), *of.typed[1:]))


def day(n: Names, *stores: StoreTakings) -> DayTakings:
    merchant = a_merchant(
        merchant_id=MERCHANT_ID, name=n.merchant, timezone=ZONE, default_locale="en", created_at=NOW
    )
    return DayTakings(merchant=merchant, local_date=SUNDAY, today=SUNDAY, stores=stores)


def largest(t: Texts, n: Names) -> View:
    stores = (of_store(n, number, 3, TAKINGS_MAX_MINOR) for number in range(8))
    return takings.takings_day(t, day(n, *stores), [flag(n, FlagKind.TAKINGS)], is_done=True)


def doubted(t: Texts, n: Names) -> View:
    amounts = Money(8_125, "EUR"), Money(81_250, "EUR")
    return takings.takings_doubted(t, day(n), of_store(n, 1, 0).store, amounts, NONCE)


TAKINGS_SCENES: Mapping[str, Scene] = {
    "takings_day": lambda t, n: takings.takings_day(t, day(n, of_store(n, 1, 0))),
    "takings_day: corrected": lambda t, n: takings.takings_day(t, day(n, of_store(n, 1, 3))),
    "takings_day: typed": lambda t, n: takings.takings_day(t, day(n, of_store(n, 1, 1)), is_done=True),
    "takings_day: odd": lambda t, n: takings.takings_day(
        t, day(n, of_store(n, 1, 1)), [flag(n, FlagKind.PURCHASES)], is_done=True
    ),
    "takings_day: of stores": lambda t, n: takings.takings_day(
        t, day(n, of_store(n, 1, 1), of_store(n, 2, 0))
    ),
    "takings_day: largest": largest,
    "takings_day: removed": lambda t, n: takings.takings_day(t, day(n, removed(n))),
    "ask_takings": lambda t, n: takings.ask_takings(t, day(n), of_store(n, 1, 2)),
    "ask_takings_where": lambda t, n: takings.ask_takings_where(
        t, day(n, of_store(n, 1, 0), of_store(n, 2, 1)), 81_250, NONCE
    ),
    "takings_doubted": doubted,
}
