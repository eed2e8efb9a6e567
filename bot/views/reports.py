"""Reports of a date range: one message with a picture, and what its buttons show in its place."""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from functools import cache

from bot.kit.buttons import ButtonUnknown, Verb, press, short_id
from bot.pictures.faces import Count, DayFace, Headline, HourGrid
from bot.texts import Texts, isolated, mark, texts
from bot.views.days import figures_lines
from bot.views.entries import SAID, change_of
from bot.views.listing import listed
from bot.views.progress import amount as counted
from bot.views.progress import spaced
from bot.views.view import Button, View, grid, keyboard, row
from domain.account import Locale
from domain.expiry import Unit
from domain.ids import MerchantId
from domain.kinds import KINDS
from domain.money import Money
from domain.report import DateRange, FigureLine, Part, Report
from domain.rules.date_ranges import NamedRange
from domain.usecases.see_report import Lines, SeeLines

ALL = "all"
PARTS_ON_A_PAGE = 6
HOURS_SHOWN = range(8, 20)
"""The hours that the picture shows at least; more where somebody came earlier or later."""
SPANS = {
    NamedRange.TODAY: mark("Today"),
    NamedRange.YESTERDAY: mark("Yesterday"),
    NamedRange.THIS_WEEK: mark("This week"),
    NamedRange.LAST_WEEK: mark("Last week"),
    NamedRange.THIS_MONTH: mark("This month"),
    NamedRange.LAST_MONTH: mark("Last month"),
}


def span_named(words: str) -> NamedRange | None:
    """The span that a button calls so, in any language."""
    return _spans().get(" ".join(words.lower().split()))


@cache
def _spans() -> Mapping[str, NamedRange]:
    return {texts(locale)(said).lower(): span for locale in Locale for span, said in SPANS.items()}


class ReportPart(StrEnum):
    """Which part of a report a button shows: the third argument of ``Verb.REPORT``."""

    ALL = "all"
    DAYS = "day"
    STORES = "store"
    STAFF = "staff"
    PROGRAMS = "program"


def report(t: Texts, made: Report, picture: bytes) -> View:
    title = t("<b>{merchant} · {dates}</b>", merchant=made.merchant_name, dates=dates_said(t, made.dates))
    spans = [_button(t(said), made.merchant_id, span) for span, said in SPANS.items()]
    other = Button(text=t("Other dates …"), data=press(Verb.REPORT_DATES, short_id(made.merchant_id)))
    parts = {
        ReportPart.DAYS: (t("By day"), len(made.days) > 1),
        ReportPart.STORES: (t("By store"), len(made.stores) > 1),
        ReportPart.STAFF: (t("By staff"), bool(made.staff)),
        ReportPart.PROGRAMS: (t("By program"), len(made.programs) > 1),
    }
    entries = _to_lines(t("The entries"), made.merchant_id, made.dates)
    return View(
        text="\n".join([title, *_told(t, made)]),
        photo=picture,
        buttons=keyboard(
            *grid(spans, 2),
            row(other),
            *(
                row(
                    *(
                        _button(said, made.merchant_id, made.dates, part) if is_there else None
                        for part, (said, is_there) in list(parts.items())[first : first + 3]
                    )
                )
                for first in (0, 3)
            ),
            row(entries if made.days else None),
        ),
    )


def report_part(t: Texts, made: Report, part: ReportPart, page: int) -> View:
    """A report by day, store or member of the team, with a button to the entries of each; or by program, without."""
    of_part = {
        ReportPart.DAYS: made.days,
        ReportPart.STORES: made.stores,
        ReportPart.STAFF: made.staff,
        ReportPart.PROGRAMS: made.programs,
    }
    titles = {
        ReportPart.DAYS: t("<b>{day} · by day</b>", day=dates_said(t, made.dates)),
        ReportPart.STORES: t("<b>{day} · by store</b>", day=dates_said(t, made.dates)),
        ReportPart.STAFF: t("<b>{day} · by staff</b>", day=dates_said(t, made.dates)),
        ReportPart.PROGRAMS: t("<b>{day} · by program</b>", day=dates_said(t, made.dates)),
    }
    if part not in of_part:
        raise ButtonUnknown
    shown = of_part[part][page * PARTS_ON_A_PAGE :]
    earlier = _button(t("‹ Earlier"), made.merchant_id, made.dates, part, page - 1) if page else None
    has_more = len(shown) > PARTS_ON_A_PAGE
    later = _button(t("Later ›"), made.merchant_id, made.dates, part, page + 1) if has_more else None
    shown = shown[:PARTS_ON_A_PAGE]
    names = [_name(t, part, each) for each in shown]
    return View(
        text=listed(t, titles[part], [_share(t, made, *named) for named in zip(names, shown, strict=True)]),
        buttons=keyboard(
            *(
                row(_to_lines(isolated(name), made.merchant_id, *_behind(made, part, each)))
                for name, each in zip(names, shown, strict=True)
                if part is not ReportPart.PROGRAMS
            ),
            row(earlier, later),
            row(_button(t("‹ Back"), made.merchant_id, made.dates)),
        ),
    )


def lines(t: Texts, found: Lines) -> View:
    """The entries behind figures, each with what it adds to them."""
    query = found.query
    name = f" · {isolated(found.name)}" if found.name else ""
    title = t("<b>{dates}{name}</b>", dates=dates_said(t, query.dates), name=name)
    told = [_line(t, line, found.timezone) for line in found.lines] or [t("Nothing yet.")]
    of = _of(query.store, query.staff)
    which = query.merchant_id, query.dates, of
    earlier = _to_lines(t("‹ Earlier"), *which, query.page - 1) if query.page else None
    later = _to_lines(t("Later ›"), *which, query.page + 1) if found.has_more else None
    back = _button(t("‹ Back"), query.merchant_id, query.dates, _part_of(query))
    return View(
        text="\n".join([title, *told]),
        buttons=keyboard(row(earlier, later), row(back)),
    )


def ask_dates(t: Texts, merchant_id: MerchantId) -> View:
    return View(
        text=t("<b>Which days?</b>\nSend one, or the first and the last: 1.11.2026 – 15.11.2026."),
        buttons=keyboard(row(_button(t("‹ Back"), merchant_id, NamedRange.THIS_WEEK))),
    )


def report_face(t: Texts, made: Report) -> DayFace:
    figures = made.figures
    return DayFace(
        merchant_name=made.merchant_name,
        colour=made.colour,
        date=dates_said(t, made.dates),
        headlines=(
            Headline(value=t.number(made.visits), label=t.n("visit", "visits", made.visits)),
            Headline(value=t.number(figures.cards), label=t.n("customer", "customers", figures.cards)),
        ),
        counts=(
            Count(value=t.number(figures.redemptions), label=t.n("reward", "rewards", figures.redemptions)),
            Count(value=t.number(made.rewards_promised), label=t("promised")),
        ),
        grid=_grid(t, made),
    )


def dates_said(t: Texts, dates: DateRange) -> str:
    if dates.is_one_day:
        return t.day_of_week(dates.first)
    return t.dates(dates.first, dates.last)


def asked_of(text: str) -> NamedRange | DateRange:
    """The dates that a button carries. Raises ButtonUnknown."""
    return NamedRange(text) if text in set(NamedRange) else dates_of_button(text)


def dates_of_button(text: str) -> DateRange:
    """Raises ButtonUnknown."""
    try:
        first, last = text.split("-")
        return DateRange(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError as error:
        raise ButtonUnknown from error


def choice_of(text: str) -> dict[str, int]:
    """The number of the store or member of the team that a button carries; empty for all. Raises ButtonUnknown."""
    names = {"s": "store", "m": "staff"}
    if text == ALL:
        return {}
    if text[:1] not in names or not text[1:].isdecimal():
        raise ButtonUnknown
    return {names[text[0]]: int(text[1:])}


def _told(t: Texts, made: Report) -> Iterator[str]:
    yield " · ".join(
        [
            t.n("{count} visit", "{count} visits", made.visits),
            t.n("{count} customer", "{count} customers", made.figures.cards),
        ]
    )
    yield from figures_lines(t, made, made.figures, with_cards=False)
    customers = [
        t.n("{count} new customer", "{count} new customers", made.new_customers),
        t.n("{count} returning customer", "{count} returning customers", made.returning_customers),
    ]
    yield " · ".join(customers)
    yield t.n("{count} came back within 30 days", "{count} came back within 30 days", made.came_back)
    if made.paper_cards:
        stamps = counted(t, Unit.STAMPS, made.paper_stamps)
        yield t.n(
            "{stamps} from {count} paper card",
            "{stamps} from {count} paper cards",
            made.paper_cards,
            stamps=stamps,
        )
    promised = t.n(
        "{count} reward is promised now", "{count} rewards are promised now", made.rewards_promised
    )
    if made.liability is not None:
        amount = t.money(made.liability)
        yield t("{promised}: they would cost {amount}", promised=promised, amount=amount)
    else:
        yield promised
    if made.takings is not None:
        yield t.n(
            "Takings of {count} day: {amount}",
            "Takings of {count} days: {amount}",
            made.takings_days,
            amount=t.money(made.takings),
        )
    if _standing(made.added_up) != _standing(made.figures):
        alone = figures_lines(t, made, made.added_up, with_cards=False)[0]
        yield t("Each day by itself: {figures}. What was taken back later still counts there.", figures=alone)


def _standing(figures: object) -> list[int]:
    return [getattr(figures, name) for name in ("stamps", "points", "redemptions")]


def _grid(t: Texts, made: Report) -> HourGrid:
    """The weekdays of the range, by the hours of HOURS_SHOWN and those in which somebody came."""
    days = (made.dates.last - made.dates.first).days + 1
    begin = made.dates.first.weekday() if days < len(made.visits_by_hour) else 0
    weekdays = [(begin + ahead) % 7 for ahead in range(min(days, 7))]
    rows = [(weekday, made.visits_by_hour[weekday]) for weekday in weekdays]
    busy = [hour for _, hours in rows for hour, visits in enumerate(hours) if visits]
    hours = range(min([HOURS_SHOWN.start, *busy]), max([HOURS_SHOWN.stop, *(hour + 1 for hour in busy)]))
    most = max([1, *(visits for _, visits_of in rows for visits in visits_of)])
    names = t.weekday_names()
    return HourGrid(
        title=t("Visits by weekday and hour"),
        hours=tuple(map(str, hours)),
        rows=tuple(
            (names[weekday], tuple(visits[hour] / most for hour in hours)) for weekday, visits in rows
        ),
    )


def _share(t: Texts, made: Report, name: str, part: Part) -> str:
    visits = t.n("{count} visit", "{count} visits", part.visits)
    figures = figures_lines(t, made, part.figures, with_cards=False)
    told = [visits, *figures]
    if part.takings_minor is not None and made.takings is not None:
        amount = t.money(Money(part.takings_minor, made.takings.currency))
        told.append(t("takings {amount}", amount=amount))
    return t("<b>{name}</b>: {figures}", name=name, figures=" · ".join(told))


def _name(t: Texts, part: ReportPart, each: Part) -> str:
    return t.day_of_week(date.fromisoformat(each.key)) if part is ReportPart.DAYS else each.name


def _behind(made: Report, part: ReportPart, each: Part) -> tuple[DateRange, str]:
    if part is ReportPart.DAYS:
        day = date.fromisoformat(each.key)
        return DateRange(day, day), ALL
    is_store = part is ReportPart.STORES
    return made.dates, _of(each.number if is_store else None, None if is_store else each.number)


def _part_of(query: SeeLines) -> ReportPart:
    """The part of the report from which these entries were opened."""
    if query.store is not None:
        return ReportPart.STORES
    return ReportPart.ALL if query.staff is None else ReportPart.STAFF


def _of(store: int | None, staff: int | None) -> str:
    return next((f"{letter}{n}" for letter, n in (("s", store), ("m", staff)) if n is not None), ALL)


def _to_lines(label: str, merchant_id: MerchantId, dates: DateRange, of: str = ALL, page: int = 0) -> Button:
    return Button(text=label, data=press(Verb.LINES, short_id(merchant_id), _written(dates), of, page))


def _button(
    label: str,
    merchant_id: MerchantId,
    asked: NamedRange | DateRange,
    part: ReportPart = ReportPart.ALL,
    page: int = 0,
) -> Button:
    text = asked.value if isinstance(asked, NamedRange) else _written(asked)
    return Button(text=label, data=press(Verb.REPORT, short_id(merchant_id), text, part.value, page))


def _written(dates: DateRange) -> str:
    return f"{dates.first:%Y%m%d}-{dates.last:%Y%m%d}"


def _line(t: Texts, line: FigureLine, timezone: str) -> str:
    entry, kind = line.entry, KINDS[line.entry.kind]
    change = change_of(entry.kind, entry.stamps_delta, entry.points_delta)
    what = (SAID[entry.kind].taken_back if kind.is_void else SAID[entry.kind].shop)(t, change)
    if not kind.is_void and not line.count:
        what = t("{what} (taken back)", what=what)
    elif not kind.is_void and line.count < abs(change.count) and not kind.is_redemption:
        what = t("{what} (still standing: {count})", what=what, count=t.number(line.count))
    told = {
        "time": t.moment(entry.occurred_at, timezone),
        "number": spaced(line.card_number),
        "what": what,
        "staff": line.staff_name,
        "store": line.store_name,
    }
    if line.approved_by:
        return t(
            "<b>{time}</b> · {number}: {what} · {staff}, approved by {approver} · {store}",
            approver=line.approved_by,
            **told,
        )
    return t("<b>{time}</b> · {number}: {what} · {staff} · {store}", **told)
