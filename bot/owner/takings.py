"""``/takings``: the takings of a day, entered and corrected, and compared with its stamps at once."""

from collections.abc import Sequence
from datetime import date

from bot.kit.buttons import ButtonUnknown
from bot.kit.clock import new_key
from bot.owner.asking import is_prose, merchant_asked, merchant_pressed
from bot.owner.judging import judge_takings
from bot.screens import questions
from bot.screens.amounts import parse_amount
from bot.screens.turn import Turn
from bot.views import takings as views
from bot.views.reports import span_named
from domain.ids import MerchantId, OperationKey, StoreId
from domain.merchant import Store
from domain.refusals import DialogueOver, StoreNotFound, TakingsDoubted
from domain.rules.date_ranges import NamedRange, day_in
from domain.rules.days import local_date
from domain.usecases.enter_takings import (
    DayTakings,
    EnterTakings,
    SeeTakings,
    StoreTakings,
    enter_takings,
    see_takings,
)
from domain.usecases.flags import (
    SeeFlags,
    see_flags,
)

DASHES = ("-", "–", "—")


class TakingsAsked(questions.Question, frozen=True, tag="takings", kw_only=True):
    """What were the takings of a day? ``amount_minor`` is a typed amount that waits for its store or for a
    confirmation."""

    merchant_id: MerchantId
    local_date: date
    store_id: StoreId | None = None
    amount_minor: int | None = None


async def takings_command(turn: Turn) -> None:
    """``/takings``, ``/takings 812.50``, ``/takings yesterday 812.50``, ``/takings 22.11.2026``."""
    merchant_id = merchant_asked(turn)
    asked, typed = _day_and_amount(turn.words)
    found = await _see(turn, merchant_id, asked)
    if typed:
        await _typed(turn, found, found.stores, typed)
    else:
        await _show(turn, found)


async def day_button(turn: Turn) -> None:
    await _show(turn, await _see(turn, merchant_pressed(turn), _pressed_day(turn.pressed.text(1))))


async def store_button(turn: Turn) -> None:
    found = await _see(turn, merchant_pressed(turn), _pressed_day(f"20{turn.pressed.text(2)}"))
    of = _store_in(found, StoreId(turn.pressed.id(1)))
    await _ask(turn, found, of.store)
    await turn.show(views.ask_takings(turn.t, found, of))


async def meant_button(turn: Turn) -> None:
    """The store of an amount was chosen, or a doubted amount was confirmed."""
    question = questions.expected(turn, TakingsAsked, turn.pressed.text(0))
    if question.amount_minor is None:
        raise DialogueOver
    found = await _see(turn, question.merchant_id, question.local_date)
    of = _store_in(found, StoreId(turn.pressed.id(1)))
    await _take(turn, found, [of], question.amount_minor, is_sure=turn.pressed.number(2) == 1)


async def amount_typed(turn: Turn, question: TakingsAsked) -> None:
    """Takes a typed amount. What is no amount may be sent again."""
    found = await _see(turn, question.merchant_id, question.local_date)
    stores = found.stores if question.store_id is None else [_store_in(found, question.store_id)]
    await _typed(turn, found, stores, turn.words)


async def _typed(turn: Turn, found: DayTakings, stores: Sequence[StoreTakings], words: str) -> None:
    """An amount, 0 for a day without takings, or a dash, which removes what was typed for a wrong day. Raises
    AmountMalformed."""
    if words.strip() not in DASHES:
        merchant = found.merchant
        amount = parse_amount(words, merchant.currency, merchant.default_locale, least_minor=0)
        await _take(turn, found, stores, amount)
    elif len(stores) == 1:
        await _enter(turn, found, stores[0].store, None)
        await _show(turn, await _see(turn, found.merchant.merchant_id, found.local_date))
    else:
        await _show(turn, found)


async def _take(
    turn: Turn, found: DayTakings, stores: Sequence[StoreTakings], amount_minor: int, *, is_sure: bool = False
) -> None:
    """Enters the amount. Asks for its store where there are several, and for a confirmation if it is far from the
    usual."""
    merchant_id, nonce = found.merchant.merchant_id, new_key()
    if len(stores) != 1:
        await _remember(turn, found, nonce, None, amount_minor)
        await turn.show(views.ask_takings_where(turn.t, found, amount_minor, nonce))
        return
    store = stores[0].store
    try:
        await _enter(turn, found, store, amount_minor, is_sure=is_sure)
    except TakingsDoubted as doubt:
        await _remember(turn, found, nonce, store, amount_minor)
        await turn.show(views.takings_doubted(turn.t, found, store, (doubt.amount, doubt.usual), nonce))
        return
    await judge_takings(turn.services.database, merchant_id, found.local_date)
    await _forget(turn)
    await _done(turn, found, store)


async def _enter(
    turn: Turn, found: DayTakings, store: Store, amount_minor: int | None, *, is_sure: bool = False
) -> None:
    """Raises what ``enter_takings`` raises."""
    command = EnterTakings(
        account=turn.account,
        merchant_id=found.merchant.merchant_id,
        store_id=store.store_id,
        local_date=found.local_date,
        amount_minor=amount_minor,
        key=turn.typed_key if turn.query is None else OperationKey(turn.pressed.text(0)),
        is_sure=is_sure,
    )
    await turn.write(enter_takings, command)


async def _done(turn: Turn, before: DayTakings, store: Store) -> None:
    merchant_id, day = before.merchant.merchant_id, before.local_date
    seen = await turn.read(see_flags, SeeFlags(account=turn.account, merchant_id=merchant_id))
    flags = [
        flag
        for flag in seen.flags
        if flag.takings is not None
        and flag.store_name == store.name
        and local_date(flag.first_at, seen.timezone) == day
    ]
    found = await _see(turn, merchant_id, day)
    await turn.show(views.takings_day(turn.t, found, flags, is_done=True))


async def _show(turn: Turn, found: DayTakings) -> None:
    """Shows the takings of a day. Those of a shop's only store are asked for at once."""
    if len(found.stores) == 1:
        await _ask(turn, found, found.stores[0].store)
    else:
        await _forget(turn)
    await turn.show(views.takings_day(turn.t, found))


async def _ask(turn: Turn, found: DayTakings, store: Store) -> None:
    await _remember(turn, found, new_key(), store, None)


async def _remember(
    turn: Turn, found: DayTakings, nonce: str, store: Store | None, amount_minor: int | None
) -> None:
    question = TakingsAsked(
        merchant_id=found.merchant.merchant_id,
        local_date=found.local_date,
        store_id=store.store_id if store else None,
        amount_minor=amount_minor,
    )
    await questions.remember(turn, question, nonce)


async def _forget(turn: Turn) -> None:
    if isinstance(turn.question, TakingsAsked):
        await questions.forget(turn, turn.nonce)


async def _see(turn: Turn, merchant_id: MerchantId, asked: date | NamedRange) -> DayTakings:
    return await turn.read(
        see_takings, SeeTakings(account=turn.account, merchant_id=merchant_id, asked=asked)
    )


def _day_and_amount(words: str) -> tuple[date | NamedRange, str]:
    """Raises DatesMalformed."""
    first, _, rest = words.strip().partition(" ")
    named = span_named(first)
    asked = named if named in (NamedRange.TODAY, NamedRange.YESTERDAY) else day_in(first)
    return (asked, rest.strip()) if asked else (NamedRange.TODAY, words.strip())


def _pressed_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ButtonUnknown from error


def _store_in(found: DayTakings, store_id: StoreId) -> StoreTakings:
    """Raises StoreNotFound."""
    for each in found.stores:
        if each.store.store_id == store_id:
            return each
    raise StoreNotFound


questions.add(TakingsAsked, amount_typed, lambda turn, _question: is_prose(turn))
