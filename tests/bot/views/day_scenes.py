"""Days for the daily summary: ordinary ones, quiet ones, and the largest that a merchant can have."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from bot.views import messages, summary
from bot.views.view import View
from domain.kinds import EntryKind
from domain.messages import DailySummary, MessageKind
from domain.summary import DaySummary, Figures, Share, VoidNote
from tests.bot.views.scenes import MERCHANT_ID, NOW, NUMBER, ORDINARY, ZONE, Names, Scene, message

SUNDAY = date(2026, 11, 22)
FIGURES = Figures(stamps=128, redemptions=14, cards=97)
MANY = Figures(stamps=123_456, points=12_345_678, redemptions=12_345, voids=9_999, cards=99_999)


def day(**changes: object) -> DaySummary:
    """A café's Sunday; ``changes`` replace what it is made of."""
    local_date = changes.get("local_date", SUNDAY)
    assert isinstance(local_date, date)
    begins_at = datetime.combine(local_date, time(), UTC)
    values: dict[str, object] = {
        "local_date": local_date,
        "begins_at": begins_at,
        "ends_at": begins_at + timedelta(days=1),
        "has_stamps": True,
        "has_points": False,
        "figures": FIGURES,
        "before": Figures(stamps=100, redemptions=9, cards=80),
        "new_customers": 6,
        "returning_customers": 91,
        "rewards_outstanding": 31,
        "undelivered": 0,
        "stores": (share("Gare", 81), share("Belval", 47)),
        "staff": (share("Léa", 28), share("Sam", 100)),
        "voids": (),
    }
    return DaySummary(**{**values, **changes})  # type: ignore[arg-type]


def share(name: str, stamps: int, **figures: int) -> Share:
    return Share(name=name, figures=Figures(stamps=stamps, **figures))


def quiet_day(**changes: object) -> DaySummary:
    nothing: dict[str, object] = {
        "figures": Figures(),
        "before": None,
        "new_customers": 0,
        "returning_customers": 0,
        "stores": (),
        "staff": (),
    }
    return day(**{**nothing, **changes})


def void(names: Names = ORDINARY, **changes: object) -> VoidNote:
    values: dict[str, object] = {
        "staff_name": names.staff,
        "store_name": names.store,
        "card_number": NUMBER,
        "kind": EntryKind.STAMP_VOIDED,
        "stamps_delta": -2,
        "points_delta": 0,
        "reason": None,
        "occurred_at": NOW,
    }
    return VoidNote(**{**values, **changes})  # type: ignore[arg-type]


def voids(names: Names, *, reason: str | None = None) -> tuple[VoidNote, ...]:
    """One of each kind."""
    return (
        void(names, reason=reason),
        void(names, kind=EntryKind.POINTS_VOIDED, stamps_delta=0, points_delta=-12_345, reason=reason),
        void(names, kind=EntryKind.REDEMPTION_VOIDED, stamps_delta=10, reason=reason),
    )


def largest_day(names: Names) -> DaySummary:
    """A hundred stores and people, everything in it, under these names."""
    return day(
        has_points=True,
        figures=MANY,
        before=replace(MANY, points=10),
        new_customers=10_000,
        returning_customers=89_999,
        rewards_outstanding=123_456,
        undelivered=9_999,
        flags=999,
        disputes=999,
        changes=200,
        stores=tuple(Share(name=names.store, figures=MANY) for _ in range(100)),
        staff=tuple(Share(name=names.staff, figures=MANY) for _ in range(100)),
        voids=voids(names, reason=(names.reward * 3)[:200]) * 30,
    )


def days_before(count: int, **changes: object) -> tuple[DaySummary, ...]:
    """The days before that Sunday, oldest first."""
    return tuple(day(local_date=SUNDAY - timedelta(days=back), **changes) for back in range(count, 0, -1))


def told(
    day_: DaySummary, *missed: DaySummary, names: Names = ORDINARY, asks_takings: bool = False
) -> DailySummary:
    return DailySummary(merchant_name=names.merchant, day=day_, missed=missed, asks_takings=asks_takings)


def under_its_picture(view: View) -> View:
    return replace(view, photo=b"png")


DAY_SCENES: Mapping[str, Scene] = {
    "summary: ordinary": lambda t, n: summary.summary(t, MERCHANT_ID, told(day(), names=n)),
    "summary: closed": lambda t, n: summary.summary(
        t, MERCHANT_ID, told(quiet_day(is_closed=True), *days_before(2, is_closed=True), names=n)
    ),
    "summary: quiet": lambda t, n: summary.summary(t, MERCHANT_ID, told(quiet_day(), names=n)),
    "summary: largest": lambda t, n: under_its_picture(
        summary.summary(
            t, MERCHANT_ID, told(largest_day(n), *days_before(3, figures=MANY), names=n, asks_takings=True)
        )
    ),
    "summary: many missed": lambda t, n: under_its_picture(
        summary.summary(t, MERCHANT_ID, told(largest_day(n), *days_before(30, figures=MANY), names=n))
    ),
    "by_store": lambda t, n: under_its_picture(summary.by_store(t, MERCHANT_ID, largest_day(n))),
    "by_staff": lambda t, n: under_its_picture(summary.by_staff(t, MERCHANT_ID, largest_day(n))),
    "void_list: of a day": lambda t, n: under_its_picture(
        summary.void_list(t, MERCHANT_ID, largest_day(n), ZONE)
    ),
    "render: daily_summary": lambda t, n: messages.render(
        t, message(MessageKind.DAILY_SUMMARY, told(day(), names=n)), ZONE
    ),
}
