"""Performing an act at the counter: what it lacks is asked for, and what refuses it is shown on the card's panel."""

from datetime import datetime

from bot.screens.turn import Turn
from bot.staff import desk, keypad
from bot.staff.acting import carry_out, panel_again, show_panel
from bot.staff.dialogues import AmountAsked, NewPinAsked
from domain.acts import (
    Act,
    AskAmount,
    Asked,
    AskManager,
    Decide,
    Earning,
    EarnPoints,
    LookUp,
    Stamp,
)
from domain.card import CardRef
from domain.quick import replace
from domain.refusals import (
    CooldownActive,
    DailyLimitReached,
    NotAllowed,
    PinNotSet,
    PinRequired,
    Refusal,
    StampsByAmount,
)
from domain.usecases.check_unattended import check_unattended
from domain.usecases.look_up_card import CardAtCounter, look_up_card
from domain.usecases.who_is import unattended_terminal


async def perform(turn: Turn, act: Act) -> bool:
    """Carries the act out and shows the outcome; asks for member or PIN where only they are missing.

    Returns False if it had to ask for these or for the amount, and if the act was refused and the card's panel is
    shown instead. Raises the refusal where no panel can be shown.
    """
    turn.check_is_staff()
    if isinstance(act, Earning | AskManager) and act.asked_at is None:
        act = replace(act, asked_at=turn.asked_at)
    if turn.caller.desk is None:
        await desk.ask_store_for(turn, act)
        return False
    if turn.caller.is_unattended:
        await _ask_who(turn, act)
        return False
    is_done = await _perform(turn, act)
    if not _is_keyed(turn, act):
        await keypad.end_overtaken(turn)
    return is_done


async def _perform(turn: Turn, act: Act) -> bool:
    try:
        return await carry_out(turn, act, turn.actor)
    except PinRequired:
        await keypad.ask_pin(turn, act)
    except PinNotSet:
        if turn.caller.is_terminal:
            raise
        await keypad.ask_pin(turn, act, NewPinAsked)
    except Refusal as refusal:
        if not await _showed_panel(turn, act, refusal):
            raise
    return False


async def _ask_who(turn: Turn, act: Act) -> None:
    """Asks who stands at the terminal, unless the act would be refused for everybody. Where stamps are given for
    amounts, a stamp becomes the question for the amount."""
    try:
        await turn.read(check_unattended, Asked(act=act, actor=unattended_terminal(turn.caller)))
    except StampsByAmount:
        act = AskAmount(card=act.card)
    await keypad.ask_who(turn, act)


async def _showed_panel(turn: Turn, act: Act, refusal: Refusal) -> bool:
    """Shows the card's panel again after a refusal, with what is possible now. Of the wait between two stamps and the
    daily limit the longer one is said. Returns False where it does not: for the amount of an open keypad, for a
    decision on a request, and for a member who may not act here."""
    if _is_keyed(turn, act) or isinstance(refusal, NotAllowed) or isinstance(act, Decide):
        return False
    is_alert = turn.query is not None and not turn.answered
    found = await panel_again(turn, act.card, turn.actor)
    if found is None:
        return False
    if isinstance(refusal, CooldownActive) and found.card.next_stamp_at is not None:
        refusal = CooldownActive(until=found.card.next_stamp_at)
    if is_alert:
        await turn.refuse(refusal)
    said = "" if is_alert else turn.said(refusal)
    above = act.count if isinstance(act, Stamp) and isinstance(refusal, DailyLimitReached) else None
    until = _next_said(refusal) if said else None
    await show_panel(turn, found, said=said, refused_count=above, said_until=until)
    return True


def _next_said(refusal: Refusal) -> datetime | None:
    """The time of the next stamp, where the refusal names it."""
    match refusal:
        case CooldownActive():
            return refusal.until
        case DailyLimitReached():
            return refusal.resets_at
        case _:
            return None


def _is_keyed(turn: Turn, act: Act) -> bool:
    """Whether the act is the purchase of the open amount keypad."""
    is_open = isinstance(turn.question, AmountAsked)
    return is_open and isinstance(act, EarnPoints) and act.key == turn.nonce


async def look_up(turn: Turn, card: CardRef) -> CardAtCounter:
    return await turn.read(look_up_card, Asked(act=LookUp(card=card), actor=turn.actor))
