"""The views of closures.py."""

from collections.abc import Mapping
from datetime import date, timedelta

from bot.views import closures
from domain.ids import ClosureId, StoreId
from domain.merchant import Closure
from domain.report import DateRange
from domain.usecases.keep_closures import CardsMoved, Closures
from tests.bot.views.scenes import Names, Scene, uuid
from tests.bot.views.settings_scenes import NONCE, STORE, shop

CHRISTMAS = DateRange(date(2026, 12, 24), date(2027, 1, 2))


def closure(number: int, store_id: StoreId | None, dates: DateRange = CHRISTMAS) -> Closure:
    return Closure(
        closure_id=ClosureId(uuid(70 + number)), store_id=store_id, first=dates.first, last=dates.last
    )


def found(n: Names, *every: Closure) -> Closures:
    return Closures(shop=shop(n), closures=every, today=CHRISTMAS.first + timedelta(days=1))


BOTH = closure(0, None), closure(1, STORE, DateRange(date(2027, 8, 1), date(2027, 8, 15)))
LATER = DateRange(date(2027, 1, 1), date(2027, 1, 1))

CLOSURE_SCENES: Mapping[str, Scene] = {
    "holidays": lambda t, n: closures.holidays(t, found(n, *BOTH), None),
    "holidays: of a store": lambda t, n: closures.holidays(t, found(n, *BOTH), STORE),
    "holidays: none": lambda t, n: closures.holidays(t, found(n), None),
    "holidays: entered": lambda t, n: closures.holidays(
        t, found(n, *BOTH), None, closures.entered(t, BOTH[0])
    ),
    "holidays: removed": lambda t, n: closures.holidays(t, found(n), STORE, closures.withdrawn(t, BOTH[1])),
    "holiday": lambda t, n: closures.holiday(t, found(n, *BOTH), BOTH[0]),
    "holiday: of a store": lambda t, n: closures.holiday(t, found(n, *BOTH), BOTH[1]),
    "ask_holidays": lambda t, n: closures.ask_holidays(t, found(n), None, None),
    "ask_holidays: others": lambda t, n: closures.ask_holidays(t, found(n, *BOTH), STORE, BOTH[1]),
    "holidays_meant": lambda t, n: closures.holidays_meant(
        t, found(n), None, CHRISTMAS, None, CardsMoved(cards=14, days=10), NONCE
    ),
    "holidays_meant: nothing moves": lambda t, n: closures.holidays_meant(
        t, found(n), STORE, LATER, None, CardsMoved(cards=0, days=0), NONCE
    ),
    "holidays_meant: others": lambda t, n: closures.holidays_meant(
        t, found(n, *BOTH), None, LATER, BOTH[0], CardsMoved(cards=1, days=1), NONCE
    ),
    "withdrawal_meant": lambda t, n: closures.withdrawal_meant(t, found(n, *BOTH), BOTH[0]),
}
