"""The counter's commands and buttons: each names an act, and ``perform`` brings it to its end."""

from typing import Literal

from bot.kit.buttons import ButtonUnknown
from bot.kit.clock import new_key
from bot.kit.refusals import CountMalformed, NotStaff, PointsMalformed
from bot.screens.turn import Turn
from bot.staff import keypad
from bot.staff.acting import carry_out
from bot.staff.acts import (
    Act,
    Adjust,
    AskAmount,
    CardName,
    Earn,
    Look,
    Redeem,
    RedeemAny,
    RedeemPoints,
    Stamp,
    TakeBack,
    checked_key,
)
from bot.staff.amount_keypad import membership_at_desk, open_keypad
from bot.staff.amounts import parse_amount
from bot.staff.dialogues import (
    AskedFor,
    CardAsked,
    asked_for_card,
    card_named,
    close_amount_keypad,
    remember,
)
from bot.staff.words import parse_card_and_rest, parse_change, parse_words
from bot.views import counter as views
from bot.views import rewards
from domain.card import CardById
from domain.ids import CardId, EntryId
from domain.refusals import PinNotSet, PinRequired
from domain.usecases.look_up_card import LookUpCard, look_up_card
from domain.usecases.store_today import SeeToday, store_today


async def stamp_command(turn: Turn) -> None:
    """``/stamp 482 109 375 [COUNT]``, or alone to be asked for the card."""
    await _typed(turn, "stamp")


async def earn_command(turn: Turn) -> None:
    """``/earn 482 109 375 12.50``; without the amount to be asked for it, alone to be asked for the card."""
    await _typed(turn, "earn")


async def redeem_command(turn: Turn) -> None:
    """``/redeem 482 109 375``, or alone."""
    await _typed(turn, "redeem")


async def void_command(turn: Turn) -> None:
    """``/void 482 109 375 [COUNT] [REASON]``: the newest act, or so many stamps; or alone."""
    await _typed(turn, "void")


async def adjust_command(turn: Turn) -> None:
    """``/adjust 482 109 375 +50 REASON``."""
    _check_is_staff(turn)
    if not turn.words:
        raise PointsMalformed
    number, rest = parse_card_and_rest(turn.words)
    change = parse_change(rest)
    card = CardName("number", number)
    await perform(turn, Adjust(card, points=change.points, reason=change.reason, key=turn.typed_key))


async def today_command(turn: Turn) -> None:
    _check_is_staff(turn)
    if turn.caller.is_unattended:
        await keypad.ask_who(turn, None)
        return
    found = await turn.read(store_today, SeeToday(actor=turn.actor))
    await turn.show(views.today(turn.t, found))


async def stamp_button(turn: Turn) -> None:
    pressed = turn.pressed
    await perform(
        turn, Stamp(_card(pressed.id(0)), count=pressed.number(1), key=checked_key(pressed.text(2)))
    )


async def redeem_button(turn: Turn) -> None:
    pressed = turn.pressed
    await perform(turn, Redeem(_card(pressed.id(0)), key=checked_key(pressed.text(1))))


async def redeem_points_button(turn: Turn) -> None:
    pressed = turn.pressed
    await perform(
        turn,
        RedeemPoints(
            _card(pressed.id(0)),
            position=pressed.number(1),
            cost=pressed.number(2),
            key=checked_key(pressed.text(3)),
        ),
    )


async def reward_list_button(turn: Turn) -> None:
    card = CardById(CardId(turn.pressed.id(0)))
    found = await turn.read(look_up_card, LookUpCard(actor=turn.actor, card=card))
    await turn.show(rewards.reward_list(turn.t, found.card))


async def purchase_button(turn: Turn) -> None:
    await perform(turn, AskAmount(_card(turn.pressed.id(0))))


async def undo_button(turn: Turn) -> None:
    pressed = turn.pressed
    await perform(
        turn,
        TakeBack(_card(pressed.id(0)), entry=pressed.id(1), key=checked_key(pressed.text(2)), is_undo=True),
    )


async def void_button(turn: Turn) -> None:
    """An entry of the list, or a reason for one."""
    pressed = turn.pressed
    reason = None
    if len(pressed.arguments) > 3:
        reason = _reason(turn, pressed.number(3))
    await perform(
        turn,
        TakeBack(_card(pressed.id(0)), entry=pressed.id(1), key=checked_key(pressed.text(2)), reason=reason),
    )


async def why_button(turn: Turn) -> None:
    """An entry of the list for which a manager has to give a reason."""
    pressed = turn.pressed
    card_id, entry_id = CardId(pressed.id(0)), EntryId(pressed.id(1))
    await turn.show(views.void_reasons(turn.t, card_id, entry_id, checked_key(pressed.text(2))))


async def panel_button(turn: Turn) -> None:
    await perform(turn, Look(_card(turn.pressed.id(0))))


async def void_list_button(turn: Turn) -> None:
    card = CardById(CardId(turn.pressed.id(0)))
    found = await turn.read(look_up_card, LookUpCard(actor=turn.actor, card=card))
    await turn.show(views.void_list(turn.t, found, turn.timezone))


async def number_sent(turn: Turn) -> None:
    """A bare card number: what was asked for, or the card's panel."""
    async with card_named(turn):
        await _about(turn, asked_for_card(turn) or "look", turn.words)


async def show_scanned(turn: Turn, token_hash: str) -> None:
    """A card's code was scanned: its panel, or what was asked for before."""
    async with card_named(turn):
        await perform(turn, _asked_act(turn, CardName("token", token_hash)))


async def perform(turn: Turn, act: Act) -> bool:
    """Carries the act out and shows its confirmation; asks for who and PIN where they are missing.

    False when something had to be asked first.
    """
    _check_is_staff(turn)
    await close_amount_keypad(turn, act)
    if turn.caller.is_unattended:
        await keypad.ask_who(turn, act)
        return False
    if isinstance(act, AskAmount):
        await open_keypad(turn, act.card, turn.actor)
        return False
    try:
        view = await carry_out(turn, act, turn.actor, pin_typed=False)
    except PinRequired:
        await keypad.ask_pin(turn, act)
    except PinNotSet:
        await keypad.ask_new_pin(turn, act)
    else:
        await turn.show(view)
        return True
    return False


def _asked_act(turn: Turn, card: CardName) -> Act:
    match asked_for_card(turn):
        case "stamp":
            return Stamp(card, count=1, key=turn.typed_key)
        case "earn":
            return AskAmount(card)
        case "redeem":
            return RedeemAny(card, key=turn.typed_key)
        case "void":
            return TakeBack(card, key=turn.typed_key)
        case None:
            return Look(card)


async def _typed(turn: Turn, then: AskedFor) -> None:
    _check_is_staff(turn)
    if turn.words:
        await _about(turn, then, turn.words)
        return
    await remember(turn, CardAsked(then), new_key())
    await turn.say(views.ask_card(turn.t))


async def _about(turn: Turn, then: AskedFor | Literal["look"], words: str) -> None:
    _check_is_staff(turn)
    if then == "earn":
        await perform(turn, _earning(turn, words))
        return
    typed = parse_words(words)
    card, key = CardName("number", typed.number), turn.typed_key
    if then == "void":
        await perform(turn, TakeBack(card, key=key, count=typed.count, reason=typed.rest or None))
        return
    if typed.rest or (typed.count is not None and then != "stamp"):
        raise CountMalformed
    if then == "stamp":
        count = 1 if typed.count is None else typed.count
        await perform(turn, Stamp(card, count=count, key=key))
    elif then == "redeem":
        await perform(turn, RedeemAny(card, key=key))
    else:
        await perform(turn, Look(card))


def _earning(turn: Turn, words: str) -> Act:
    """With an amount its points, without one the question for it."""
    number, amount = parse_card_and_rest(words)
    card, membership = CardName("number", number), membership_at_desk(turn)
    if not amount:
        return AskAmount(card)
    amount_minor = parse_amount(amount, membership.currency, membership.locale)
    return Earn(card, amount_minor=amount_minor, key=turn.typed_key)


def _check_is_staff(turn: Turn) -> None:
    if not turn.caller.is_staff:
        raise NotStaff


def _reason(turn: Turn, position: int) -> str:
    reasons = views.reasons(turn.t)
    if position >= len(reasons):
        raise ButtonUnknown
    return reasons[position]


def _card(card_id: str) -> CardName:
    return CardName("id", card_id)
