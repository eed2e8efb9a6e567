"""``/report``: the figures of a date range, and the entries behind them."""

from typing import ClassVar

from bot.kit.clock import new_key
from bot.owner.asking import check_may, is_prose, merchant_asked, merchant_pressed
from bot.owner.reckoning import report_of
from bot.screens import questions
from bot.screens.turn import Turn
from bot.views import reports as views
from bot.views.reports import ReportPart
from domain.ids import MerchantId
from domain.refusals import NotAllowed
from domain.report import DateRange, Report
from domain.rights import Right
from domain.rules.date_ranges import NamedRange, recent_dates
from domain.rules.days import local_date
from domain.usecases.see_report import SeeLines, SeeReport, see_lines


class DatesAsked(questions.Question, frozen=True, tag="dates"):
    """Of which days?"""

    passed_over: ClassVar[bool] = True
    merchant_id: MerchantId


async def report_command(turn: Turn) -> None:
    """``/report``, or with dates, or with the name of a span."""
    merchant_id = merchant_asked(turn)
    await _show(turn, merchant_id, _typed(turn, merchant_id) if turn.words else NamedRange.THIS_WEEK)


async def report_button(turn: Turn) -> None:
    pressed, merchant_id = turn.pressed, merchant_pressed(turn)
    asked, part = views.asked_of(pressed.text(1)), pressed.one_of(ReportPart, 2)
    if part is ReportPart.ALL:
        await _show(turn, merchant_id, asked)
        return
    made = await _report(turn, merchant_id, asked)
    await turn.show(views.report_part(turn.t, made, part, pressed.number(3)))


async def dates_button(turn: Turn) -> None:
    merchant_id = merchant_pressed(turn)
    check_may(turn, merchant_id, Right.SEE_SUMMARY)
    await questions.remember(turn, DatesAsked(merchant_id), new_key())
    await turn.show(views.ask_dates(turn.t, merchant_id))


async def lines_button(turn: Turn) -> None:
    """Shows the entries behind figures. Raises ButtonUnknown for a span such as ``this_week``: it needs dates."""
    pressed, merchant_id = turn.pressed, merchant_pressed(turn)
    query = SeeLines(
        merchant_id=merchant_id,
        account=turn.account,
        dates=views.dates_of_button(pressed.text(1)),
        page=pressed.number(3),
        **views.choice_of(pressed.text(2)),
    )
    await turn.show(views.lines(turn.t, await turn.read(see_lines, query)))


async def _dates_sent(turn: Turn, question: DatesAsked) -> None:
    """Shows the report of the dates. Dates that are refused may be sent again."""
    dates = _typed(turn, question.merchant_id)
    await questions.forget(turn, turn.nonce)
    await _show(turn, question.merchant_id, dates)


def _typed(turn: Turn, merchant_id: MerchantId) -> NamedRange | DateRange:
    """Raises NotAllowed, DatesMalformed, TooManyDays."""
    named = views.span_named(turn.words)
    membership = turn.caller.membership_at(merchant_id)
    if membership is None:
        raise NotAllowed
    return named or recent_dates(turn.words, local_date(turn.said_at, membership.timezone))


async def _show(turn: Turn, merchant_id: MerchantId, asked: NamedRange | DateRange) -> None:
    await turn.services.chat.uploading(turn.user.id)
    made = await _report(turn, merchant_id, asked)
    picture = await turn.services.studio.day(views.report_face(turn.t, made))
    await turn.show(views.report(turn.t, made, picture))


async def _report(turn: Turn, merchant_id: MerchantId, asked: NamedRange | DateRange) -> Report:
    query = SeeReport(merchant_id=merchant_id, account=turn.account, asked=asked)
    return await report_of(turn.services.database, query)


questions.add(DatesAsked, _dates_sent, lambda turn, _question: is_prose(turn))
