"""The daily summary: one message for the owner, and what its buttons show in its place."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from bot.kit.buttons import Verb, press, short_id
from bot.texts import Texts, mark
from bot.views.days import change, compared, figures_lines, largest_first, total
from bot.views.entries import SAID, change_of
from bot.views.listing import listed
from bot.views.progress import spaced
from bot.views.reasons import told
from bot.views.settings import to_changes, to_flags
from bot.views.takings import to_day
from bot.views.view import Button, View, keyboard, row
from domain.ids import MerchantId
from domain.messages import DailySummary
from domain.summary import DaySummary, Share, VoidNote

MISSED_TOLD_EACH_MAX = 3


class DayPart(StrEnum):
    """Which part of a day a button shows: the third argument of ``Verb.DAY``, after the merchant and the date."""

    ALL = "all"
    STORES = "store"
    STAFF = "staff"
    VOIDS = "voids"


def summary(t: Texts, merchant_id: MerchantId, facts: DailySummary) -> View:
    """The message of the evening; one line without buttons for a quiet day with nothing else to tell."""
    day = facts.day
    told = [*_events(t, day), *_troubles(t, facts), *_to_look_at(t, day), *_missed(t, facts.missed)]
    look = to_flags(t, merchant_id) if day.flags or day.disputes else None
    changes = to_changes(t, merchant_id) if day.changes else None
    if day.figures.is_quiet:
        said = (
            mark("<b>{merchant} · {day}</b>: closed")
            if day.is_closed
            else mark("<b>{merchant} · {day}</b>: a quiet day")
        )
        quiet = t(said, merchant=facts.merchant_name, day=_date(t, day))
        return View(text="\n".join([quiet, *told]), buttons=keyboard(row(look), row(changes)))
    title = t("<b>{merchant} · {day}</b>", merchant=facts.merchant_name, day=_date(t, day))
    return View(
        text="\n".join([title, *_figures(t, day), *told]),
        buttons=keyboard(
            row(
                _button(t("By store"), merchant_id, day, DayPart.STORES) if len(day.stores) > 1 else None,
                _button(t("By staff"), merchant_id, day, DayPart.STAFF) if day.staff else None,
            ),
            row(_voids_button(t, merchant_id, day)),
            row(to_day(t("Takings of the day"), merchant_id, day.local_date) if facts.asks_takings else None),
            row(look),
            row(changes),
        ),
    )


def by_store(t: Texts, merchant_id: MerchantId, day: DaySummary) -> View:
    title = t("<b>{day} · by store</b>", day=_date(t, day))
    return _part(t, merchant_id, day, title, _shares(t, day, day.stores))


def by_staff(t: Texts, merchant_id: MerchantId, day: DaySummary) -> View:
    title = t("<b>{day} · by staff</b>", day=_date(t, day))
    return _part(t, merchant_id, day, title, _shares(t, day, day.staff))


def void_list(t: Texts, merchant_id: MerchantId, day: DaySummary, timezone: str) -> View:
    title = t("<b>{day} · taken back</b>", day=_date(t, day))
    return _part(t, merchant_id, day, title, [_void(t, note, timezone) for note in day.voids])


def _figures(t: Texts, day: DaySummary) -> list[str]:
    given, *taken_back = figures_lines(t, day, day.figures)
    if day.before is None:
        return [given, *taken_back]
    stamps = change(t, day.figures.stamps, day.before.stamps)
    points = change(t, day.figures.points, day.before.points)
    if day.has_stamps and day.has_points:
        changes = t("Stamps {stamps}, points {points}", stamps=stamps, points=points)
    else:
        changes = points if day.has_points else stamps
    return [given, f"{changes} {compared(t, day.local_date)}", *taken_back]


def _events(t: Texts, day: DaySummary) -> list[str]:
    """New and returning customers, and waiting rewards; a quiet day leaves out the rewards, which are no news
    then."""
    customers = []
    if day.new_customers:
        customers.append(t.n("{count} new customer", "{count} new customers", day.new_customers))
    if day.returning_customers:
        customers.append(
            t.n("{count} returning customer", "{count} returning customers", day.returning_customers)
        )
    lines = [" · ".join(customers)] if customers else []
    if day.rewards_outstanding and not day.figures.is_quiet:
        lines.append(
            t.n(
                "{count} reward is waiting for its customer",
                "{count} rewards are waiting for their customers",
                day.rewards_outstanding,
            )
        )
    return lines


def _troubles(t: Texts, facts: DailySummary) -> list[str]:
    undelivered = sum(day.undelivered for day in (*facts.missed, facts.day))
    if not undelivered:
        return []
    return [
        t.n(
            "⚠️ {count} message could not be delivered",
            "⚠️ {count} messages could not be delivered",
            undelivered,
        )
    ]


def _to_look_at(t: Texts, day: DaySummary) -> list[str]:
    lines = []
    if day.disputes:
        lines.append(t("⚠️ {count} “Not me” without an answer", count=t.number(day.disputes)))
    if day.flags:
        lines.append(t.n("👀 {count} thing to look at", "👀 {count} things to look at", day.flags))
    if day.changes:
        lines.append(
            t.n(
                "🕘 {count} change, not by an owner",
                "🕘 {count} changes, not by an owner",
                day.changes,
            )
        )
    return lines


def _missed(t: Texts, missed: Sequence[DaySummary]) -> list[str]:
    """The days whose summary could not be sent in time: a line each, or one line for all if there are many."""
    if not missed:
        return []
    if len(missed) <= MISSED_TOLD_EACH_MAX:
        return ["", *(_missed_day(t, day) for day in missed)]
    newest = missed[-1]
    return [
        "",
        t(
            "{first} to {last}: {figures}",
            first=_date(t, missed[0]),
            last=_date(t, newest),
            figures=" · ".join(figures_lines(t, newest, total(missed), with_cards=False)),
        ),
    ]


def _missed_day(t: Texts, day: DaySummary) -> str:
    if day.figures.is_quiet:
        said = mark("{day}: closed") if day.is_closed else mark("{day}: a quiet day")
        return t(said, day=_date(t, day))
    return t("{day}: {figures}", day=_date(t, day), figures=" · ".join(figures_lines(t, day, day.figures)))


def _part(t: Texts, merchant_id: MerchantId, day: DaySummary, title: str, lines: Sequence[str]) -> View:
    back = _button(t("‹ Back"), merchant_id, day, DayPart.ALL)
    return View(text=listed(t, title, lines), buttons=keyboard(row(back)))


def _shares(t: Texts, day: DaySummary, shares: Iterable[Share]) -> list[str]:
    return [
        t(
            "<b>{name}</b>: {figures}",
            name=share.name,
            figures=" · ".join(figures_lines(t, day, share.figures)),
        )
        for share in largest_first(day, shares)
    ]


def _void(t: Texts, note: VoidNote, timezone: str) -> str:
    facts = {
        "time": t.time(note.occurred_at, timezone),
        "staff": note.staff_name,
        "store": note.store_name,
        "number": spaced(note.card_number),
        "what": SAID[note.kind].taken_back(t, change_of(note.kind, note.stamps_delta, note.points_delta)),
    }
    if note.reason is None:
        return t("<b>{time}</b> · {staff} · {store}\nCard {number}: {what}", **facts)
    return t(
        "<b>{time}</b> · {staff} · {store}\nCard {number}: {what}, “{reason}”",
        reason=told(t, note.reason),
        **facts,
    )


def _voids_button(t: Texts, merchant_id: MerchantId, day: DaySummary) -> Button | None:
    if not day.voids:
        return None
    return _button(t("Taken back ({count})", count=len(day.voids)), merchant_id, day, DayPart.VOIDS)


def _button(text: str, merchant_id: MerchantId, day: DaySummary, part: DayPart) -> Button:
    return Button(
        text=text, data=press(Verb.DAY, short_id(merchant_id), day.local_date.isoformat(), part.value)
    )


def _date(t: Texts, day: DaySummary) -> str:
    return t.day_of_week(day.local_date)
