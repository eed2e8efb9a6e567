"""The views of reports.py and exports.py: an ordinary week, a quiet one, and the largest that there can be."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.texts import Texts
from bot.views import exports, reports
from bot.views.exports import What
from bot.views.reports import PARTS_ON_A_PAGE, ReportPart
from bot.views.view import View
from domain.entry import Entry
from domain.ids import CardId, EntryId, MerchantId, OperationKey
from domain.kinds import EntryKind
from domain.merchant import PROGRAMS_ACTIVE_MAX
from domain.money import Money
from domain.report import DateRange, FigureLine, Part, Report
from domain.summary import Figures
from domain.takings import TAKINGS_MAX_MINOR
from domain.usecases.see_report import LINES_PAGE, Lines, SeeLines
from tests.bot.views.day_scenes import FIGURES, MANY, SUNDAY
from tests.bot.views.scenes import MERCHANT_ID, NOW, NUMBER, ZONE, Names, Scene, uuid

WEEK = DateRange(SUNDAY - timedelta(days=6), SUNDAY)
HOURS = tuple(tuple((weekday + 1) * max(0, 4 - abs(hour - 13)) for hour in range(24)) for weekday in range(7))


def part(key: str, name: str, number: int = 0, figures: Figures = FIGURES) -> Part:
    return Part(key=key, number=number, name=name, visits=figures.cards, figures=figures)


def a_report(n: Names, **changes: object) -> Report:
    days = [WEEK.first + timedelta(days=ahead) for ahead in range(7)]
    values: dict[str, object] = {
        "merchant_id": MERCHANT_ID,
        "merchant_name": n.merchant,
        "colour": "#6f4e37",
        "timezone": ZONE,
        "dates": WEEK,
        "has_stamps": True,
        "has_points": False,
        "figures": FIGURES,
        "added_up": FIGURES,
        "visits": 112,
        "visits_by_hour": HOURS,
        "new_customers": 6,
        "returning_customers": 91,
        "came_back": 40,
        "rewards_promised": 31,
        "liability": None,
        "takings": None,
        "takings_days": 0,
        "days": tuple(part(day.isoformat(), day.isoformat()) for day in days),
        "stores": (part(uuid(3), n.store), part(uuid(4), n.store, 1)),
        "staff": (part(uuid(9), n.staff),),
    }
    return Report(**{**values, **changes})  # type: ignore[arg-type]


def largest(n: Names) -> Report:
    every = tuple(
        replace(part(uuid(number), n.staff, number, MANY), takings_minor=TAKINGS_MAX_MINOR)
        for number in range(PARTS_ON_A_PAGE * 3)
    )
    return a_report(
        n,
        has_points=True,
        figures=replace(MANY, stamps_voided=9_999, points_voided=99_999, redemptions_voided=999),
        added_up=replace(MANY, stamps=999_999),
        visits=999_999,
        new_customers=99_999,
        returning_customers=99_999,
        came_back=99_999,
        rewards_promised=99_999,
        liability=Money(99_999_999, "EUR"),
        takings=Money(TAKINGS_MAX_MINOR, "EUR"),
        takings_days=366,
        stores=every,
        staff=every,
        programs=tuple(part(uuid(number), n.card, number, MANY) for number in range(PROGRAMS_ACTIVE_MAX)),
    )


def quiet(n: Names) -> Report:
    nothing: dict[str, object] = dict.fromkeys(
        ("visits", "new_customers", "returning_customers", "came_back", "rewards_promised"), 0
    )
    empty: dict[str, object] = {"figures": Figures(), "added_up": Figures(), "days": (), "stores": ()}
    hours = ((0,) * 24,) * 7
    day = DateRange(SUNDAY, SUNDAY)
    return a_report(n, **nothing, **empty, staff=(), visits_by_hour=hours, dates=day)


def line(n: Names, kind: EntryKind, stamps: int, count: int) -> FigureLine:
    entry = Entry(
        merchant_id=MerchantId(MERCHANT_ID),
        entry_id=EntryId(uuid(20)),
        card_id=CardId(uuid(21)),
        entry_no=1,
        kind=kind,
        stamps_delta=stamps,
        stamps_balance_after=5,
        points_delta=0,
        points_balance_after=0,
        program_version=1,
        reward=n.reward,
        operation_key=OperationKey("AAAAAAAAAAA"),
        local_date=SUNDAY,
        occurred_at=NOW,
    )
    return FigureLine(entry=entry, count=count, card_number=NUMBER, store_name=n.store, staff_name=n.staff)


def some_lines(n: Names, page: int = 0, **of: int) -> Lines:
    kinds = [
        line(n, EntryKind.STAMP_EARNED, 3, 3),
        line(n, EntryKind.STAMP_EARNED, 3, 1),
        line(n, EntryKind.STAMP_EARNED, 2, 0),
        line(n, EntryKind.STAMP_VOIDED, -2, 2),
        line(n, EntryKind.STAMP_REDEEMED, -10, 0),
    ]
    query = SeeLines(merchant_id=MERCHANT_ID, account=None, dates=WEEK, page=page, **of)
    name = n.store if of else ""
    return Lines(query=query, name=name, timezone=ZONE, lines=(kinds * 2)[:LINES_PAGE], has_more=True)


def shown(t: Texts, made: Report) -> View:
    return reports.report(t, made, b"a picture")


REPORT_SCENES: Mapping[str, Scene] = {
    "report": lambda t, n: shown(t, a_report(n)),
    "report: two programs": lambda t, n: shown(
        t, a_report(n, programs=(part(uuid(5), t("Stamp card")), part(uuid(6), n.card)))
    ),
    "report_part: programs": lambda t, n: reports.report_part(t, largest(n), ReportPart.PROGRAMS, 0),
    "report: quiet day": lambda t, n: shown(t, quiet(n)),
    "report: largest": lambda t, n: shown(t, largest(n)),
    "report_part: days": lambda t, n: reports.report_part(t, a_report(n), ReportPart.DAYS, 0),
    "report_part: stores": lambda t, n: reports.report_part(t, a_report(n), ReportPart.STORES, 0),
    "report_part: many": lambda t, n: reports.report_part(t, largest(n), ReportPart.STAFF, 1),
    "lines": lambda t, n: reports.lines(t, some_lines(n)),
    "lines: of a store": lambda t, n: reports.lines(t, some_lines(n, page=1, store=1)),
    "lines: none": lambda t, n: reports.lines(t, replace(some_lines(n), lines=[], has_more=False)),
    "choose_export": lambda t, _: exports.choose_export(t, MERCHANT_ID),
    "exporting": lambda t, _: exports.exporting(t, What.ENTRIES, 40_000, 200_000),
    "export_done": lambda t, _: exports.export_done(t, MERCHANT_ID, What.DAYS, 1),
    "export_too_large": lambda t, _: exports.export_too_large(t, MERCHANT_ID, 91_000_000, 50_000_000),
    "export_file": lambda t, _: exports.export_file(t, What.CUSTOMERS, ("file.csv", b"")),
    "ask_dates": lambda t, _: reports.ask_dates(t, MERCHANT_ID),
}
