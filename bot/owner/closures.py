"""Holidays in ``/settings``: entered, changed and taken back."""

from datetime import date
from typing import ClassVar

from msgspec.structs import replace

from bot.kit.clock import new_id, new_key
from bot.owner.asking import is_prose, merchant_pressed
from bot.screens import questions
from bot.screens.turn import Turn
from bot.views import closures as views
from domain.closures import read_closure
from domain.ids import ClosureId, MerchantId, StoreId
from domain.merchant import Closure
from domain.refusals import DialogueOver, StoreNotFound
from domain.report import DateRange
from domain.usecases.keep_closures import (
    Closures,
    EnterClosure,
    SeeClosures,
    WithdrawClosure,
    enter_closure,
    preview_closure,
    see_closures,
    withdraw_closure,
)


class ClosureAsked(questions.Shown, frozen=True, tag="closure", kw_only=True):
    """When is it closed? ``store_id`` is None for the whole shop. ``replaces`` is the closure whose dates are to
    change; ``first`` and ``last`` are the dates that wait to be confirmed."""

    passed_over: ClassVar[bool] = True
    merchant_id: MerchantId
    store_id: StoreId | None
    closure_id: ClosureId
    replaces: ClosureId | None = None
    first: date | None = None
    last: date | None = None


async def holidays_button(turn: Turn) -> None:
    found = await _seen(turn)
    await turn.show(views.holidays(turn.t, found, _pressed_store(turn, found)))


async def holiday_button(turn: Turn) -> None:
    found = await _seen(turn)
    await turn.show(views.holiday(turn.t, found, _pressed(turn, found)))


async def new_button(turn: Turn) -> None:
    found = await _seen(turn)
    await _ask(turn, found, _pressed_store(turn, found), None)


async def dates_button(turn: Turn) -> None:
    found = await _seen(turn)
    closure = _pressed(turn, found)
    await _ask(turn, found, closure.store_id, closure)


async def dates_typed(turn: Turn, question: ClosureAsked) -> None:
    """Shows what the dates would do, to be confirmed. Dates that are refused may be sent again."""
    found = await turn.read(see_closures, _seeing(turn, question.merchant_id))
    dates = read_closure(turn.words, found.today)
    nonce = new_key()
    proposed = replace(question, first=dates.first, last=dates.last)
    moved = await turn.read(preview_closure, _entering(turn, proposed, dates))
    before = found.find(question.replaces) if question.replaces else None
    view = views.holidays_meant(turn.t, found, question.store_id, dates, before, moved, nonce)
    await questions.show(turn, proposed, nonce, view)


async def meant_button(turn: Turn) -> None:
    question = questions.expected(turn, ClosureAsked, turn.pressed.text(0))
    if question.first is None or question.last is None:
        raise DialogueOver
    entering = _entering(turn, question, DateRange(question.first, question.last))
    closure = await turn.write(enter_closure, entering)
    await questions.forget(turn, turn.nonce)
    await _show(turn, question.merchant_id, closure, views.entered(turn.t, closure))


async def off_button(turn: Turn) -> None:
    found = await _seen(turn)
    await turn.show(views.withdrawal_meant(turn.t, found, _pressed(turn, found)))


async def off_meant_button(turn: Turn) -> None:
    merchant_id, closure_id = merchant_pressed(turn), ClosureId(turn.pressed.id(1))
    command = WithdrawClosure(account=turn.account, merchant_id=merchant_id, closure_id=closure_id)
    closure = await turn.write(withdraw_closure, command)
    await _show(turn, merchant_id, closure, views.withdrawn(turn.t, closure))


async def _show(turn: Turn, merchant_id: MerchantId, closure: Closure, said: str) -> None:
    found = await turn.read(see_closures, _seeing(turn, merchant_id))
    await turn.show(views.holidays(turn.t, found, closure.store_id, said))


async def _ask(turn: Turn, found: Closures, store_id: StoreId | None, before: Closure | None) -> None:
    question = ClosureAsked(
        merchant_id=found.shop.merchant.merchant_id,
        store_id=store_id,
        closure_id=ClosureId(new_id()),
        replaces=before.closure_id if before else None,
    )
    await questions.show(turn, question, new_key(), views.ask_holidays(turn.t, found, store_id, before))


async def _seen(turn: Turn) -> Closures:
    """Raises NotStaff, NotAllowed, MerchantNotFound."""
    return await turn.read(see_closures, _seeing(turn, merchant_pressed(turn)))


def _seeing(turn: Turn, merchant_id: MerchantId) -> SeeClosures:
    return SeeClosures(account=turn.account, merchant_id=merchant_id)


def _entering(turn: Turn, question: ClosureAsked, dates: DateRange) -> EnterClosure:
    return EnterClosure(
        account=turn.account,
        merchant_id=question.merchant_id,
        closure_id=question.closure_id,
        store_id=question.store_id,
        dates=dates,
        replaces=question.replaces,
    )


def _pressed(turn: Turn, found: Closures) -> Closure:
    """Raises ClosureNotFound."""
    return found.find(ClosureId(turn.pressed.id(1)))


def _pressed_store(turn: Turn, found: Closures) -> StoreId | None:
    """The store that the button names; None for the whole shop. Raises StoreNotFound."""
    pressed = turn.pressed.id(1)
    if pressed == found.shop.merchant.merchant_id:
        return None
    for store in found.shop.stores:
        if store.store_id == pressed:
            return store.store_id
    raise StoreNotFound


questions.add(ClosureAsked, dates_typed, lambda turn, _question: is_prose(turn))
