"""The counter's commands and buttons: most name an act, which ``perform`` (performing.py) carries out."""

from collections.abc import Callable

from bot.kit.buttons import ButtonUnknown, Pressed
from bot.kit.refusals import PointsMalformed
from bot.screens.turn import Handler, Turn
from bot.staff import keypad
from bot.staff.acting import panel_again, show_panel
from bot.staff.naming_cards import typed
from bot.staff.performing import look_up, perform
from bot.staff.words import is_change, parse_card_and_rest, parse_change
from bot.texts import Texts
from bot.views import counter as views
from bot.views import printed, reasons, rewards, taking_back
from bot.views.below_chat import last_act_label, scan_label, today_label
from domain.acts import (
    AdjustPoints,
    Adopt,
    AskAmount,
    LookUp,
    RedeemInterim,
    RedeemPoints,
    RedeemReward,
    Stamp,
    TakeBack,
    TakeOver,
)
from domain.card import CardRef
from domain.ids import AdoptionId, CardId, EntryId
from domain.usecases.prove_pin import lock_pin
from domain.usecases.store_today import SeeToday, last_card, store_today


async def stamp_command(turn: Turn) -> None:
    """``/stamp 482 109 375 [COUNT]``, or alone to be asked for the card."""
    await typed(turn, "stamp")


async def earn_command(turn: Turn) -> None:
    """``/earn 482 109 375 12.50``; without the amount to be asked for it, alone to be asked for the card."""
    await typed(turn, "earn")


async def redeem_command(turn: Turn) -> None:
    """``/redeem 482 109 375``, or alone to be asked for the card."""
    await typed(turn, "redeem")


async def void_command(turn: Turn) -> None:
    """``/void 482 109 375 [COUNT] [REASON]``: the newest act, or COUNT stamps; or alone to be asked for the card."""
    await typed(turn, "void")


async def adjust_command(turn: Turn) -> None:
    """``/adjust 482 109 375 +50 REASON``."""
    turn.check_is_staff()
    if not turn.words or is_change(turn.words):
        raise PointsMalformed
    number, rest = parse_card_and_rest(turn.words)
    change = parse_change(rest, turn.t.locale)
    card = CardRef("number", number)
    await perform(
        turn, AdjustPoints(card=card, points=change.points, reason=change.reason, key=turn.typed_key)
    )


async def today_command(turn: Turn) -> None:
    turn.check_is_staff()
    if turn.caller.is_unattended:
        await keypad.ask_who(turn, None)
        return
    found = await turn.read(store_today, SeeToday(actor=turn.actor))
    await turn.show(views.today(turn.t, found))


async def scan_label_tapped(turn: Turn) -> None:
    await turn.say(views.ask_card(turn.t))


async def last_act_tapped(turn: Turn) -> None:
    """Shows the panel of the card on which this member acted last, from which the act can be taken back."""
    if turn.caller.is_unattended:
        await keypad.ask_who(turn, None)
        return
    card_id = await turn.read(last_card, SeeToday(actor=turn.actor))
    await perform(turn, LookUp(card=CardRef("id", card_id)))


BELOW: dict[Callable[[Texts], str], Handler] = {
    scan_label: scan_label_tapped,
    today_label: today_command,
    last_act_label: last_act_tapped,
}
"""What the keyboard below the team's chat does."""


async def lock_button(turn: Turn) -> None:
    """Ends the PIN session: the next act asks for the PIN. The card's panel, or the day, is shown again; a terminal
    asks who stands there now."""
    turn.check_is_staff()
    card = _card(turn.pressed) if turn.pressed.arguments else None
    if turn.caller.standing is not None:
        if card is not None:
            await look_up(turn, card)
        await turn.write(lock_pin, turn.actor)
        await turn.look_again()
    said = turn.t("Locked: the next act asks for the PIN.")
    found = None
    if card is not None and not turn.caller.is_unattended:
        found = await panel_again(turn, card, turn.actor)
    if found is not None:
        await show_panel(turn, found, said=said)
    elif card is not None:
        await perform(turn, LookUp(card=card))
    else:
        await turn.answer(said)
        await today_command(turn)


async def stamp_button(turn: Turn) -> None:
    pressed = turn.pressed
    await perform(turn, Stamp(card=_card(pressed), count=pressed.number(1), key=pressed.key(2)))


async def redeem_button(turn: Turn) -> None:
    pressed = turn.pressed
    await perform(turn, RedeemReward(card=_card(pressed), key=pressed.key(1)))


async def redeem_interim_button(turn: Turn) -> None:
    pressed = turn.pressed
    position, stamps, key = pressed.number(1), pressed.number(2), pressed.key(3)
    await perform(turn, RedeemInterim(card=_card(pressed), position=position, stamps=stamps, key=key))


async def redeem_points_button(turn: Turn) -> None:
    pressed = turn.pressed
    position, cost, key = pressed.number(1), pressed.number(2), pressed.key(3)
    await perform(turn, RedeemPoints(card=_card(pressed), position=position, cost=cost, key=key))


async def reward_list_button(turn: Turn) -> None:
    found = await look_up(turn, _card(turn.pressed))
    await turn.show(rewards.reward_list(turn.t, found.card))


async def purchase_button(turn: Turn) -> None:
    await perform(turn, AskAmount(card=_card(turn.pressed)))


async def undo_button(turn: Turn) -> None:
    pressed = turn.pressed
    entry, key = EntryId(pressed.id(1)), pressed.key(2)
    await perform(turn, TakeBack(card=_card(pressed), entry=entry, key=key, is_undo=True))


async def void_button(turn: Turn) -> None:
    """Takes back an entry that was chosen in the list, with the reason if one had to be chosen."""
    pressed = turn.pressed
    entry, key = EntryId(pressed.id(1)), pressed.key(2)
    reason = _reason(turn, pressed.number(3)) if len(pressed.arguments) > 3 else None
    await perform(turn, TakeBack(card=_card(pressed), entry=entry, key=key, reason=reason))


async def why_button(turn: Turn) -> None:
    """Asks a manager for the reason to take back an entry."""
    pressed = turn.pressed
    card_id, entry_id = CardId(pressed.id(0)), EntryId(pressed.id(1))
    await turn.show(taking_back.void_reasons(turn.t, card_id, entry_id, pressed.key(2)))


async def panel_button(turn: Turn) -> None:
    await perform(turn, LookUp(card=_card(turn.pressed)))


async def paper_button(turn: Turn) -> None:
    await turn.show(printed.paper_counts(turn.t, await look_up(turn, _card(turn.pressed))))


async def paper_meant_button(turn: Turn) -> None:
    pressed = turn.pressed
    await perform(turn, TakeOver(card=_card(pressed), count=pressed.number(1), key=pressed.key(2)))


async def adopt_meant_button(turn: Turn) -> None:
    pressed = turn.pressed
    await perform(turn, Adopt(card=_card(pressed), adoption=AdoptionId(pressed.id(1))))


async def void_list_button(turn: Turn) -> None:
    await turn.show(taking_back.void_list(turn.t, await look_up(turn, _card(turn.pressed)), turn.timezone))


def _reason(turn: Turn, position: int) -> str:
    choices = reasons.choices(turn.t, reasons.TO_TAKE_BACK)
    if position >= len(choices):
        raise ButtonUnknown
    return choices[position]


def _card(pressed: Pressed) -> CardRef:
    return CardRef("id", pressed.id(0))
