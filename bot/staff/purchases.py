"""An amount is given: key by key, with enter, or typed as text."""

from bot.kit.buttons import ButtonUnknown
from bot.screens.turn import Turn
from bot.staff.acts import CardName, Earn, Look
from bot.staff.amount_keypad import keypad_view, membership_at_desk, see_terms
from bot.staff.amounts import is_keyed_amount, keyed_amount, malformed_amount, parse_amount
from bot.staff.counter import perform
from bot.staff.dialogues import (
    AmountAsked,
    AmountGiven,
    NewPinAsked,
    PinAsked,
    keypad_place,
    open_question,
    remember,
)
from bot.views import purchases as views
from domain.ids import UpdateId
from domain.money import AMOUNT_MAX_MINOR
from domain.plumbing.people import BACKSPACE, PressKey, press_key
from domain.refusals import DialogueOver

KEYS_MAX = 16


async def amount_key_button(turn: Turn) -> None:
    """A key of the amount keypad: a digit, the decimal sign, backspace, enter or back to the card."""
    nonce, key = turn.pressed.text(0), turn.pressed.text(1)
    question, dialogue = open_question(turn), turn.caller.dialogue
    if key == views.ENTER and _has_earned(turn, nonce):
        await _answer_again(turn)
        return
    if not isinstance(question, AmountAsked) or dialogue is None or dialogue.nonce != nonce:
        raise DialogueOver
    if key == views.CANCEL:
        await perform(turn, Look(question.card))
    elif key == views.ENTER:
        currency = membership_at_desk(turn).currency
        amount_minor = keyed_amount(dialogue.keys, currency)
        if not amount_minor:
            raise malformed_amount(currency)
        act = Earn(question.card, amount_minor=amount_minor, key=nonce)
        if await perform(turn, act):
            await _remember_done(turn, act)
    else:
        await _pressed(turn, question.card, nonce, key)


async def amount_typed(turn: Turn) -> None:
    """The amount as a text message, while the keypad is open."""
    question, dialogue = open_question(turn), turn.caller.dialogue
    if _is_handled_again(turn):
        await _answer_again(turn)
        return
    if not isinstance(question, AmountAsked) or dialogue is None:
        raise DialogueOver
    membership = membership_at_desk(turn)
    amount_minor = parse_amount(turn.words, membership.currency, membership.locale)
    terms = await see_terms(turn, question.card, turn.actor)
    act = Earn(question.card, amount_minor=amount_minor, key=dialogue.nonce)
    is_done = await perform(turn, act)
    taken = views.amount_taken(turn.t, terms.card, amount_minor)
    await turn.services.chat.edit(keypad_place(turn, question), taken)
    if is_done:
        await _remember_done(turn, act)


def expects_amount(turn: Turn) -> bool:
    """A keypad is open, or this very text was taken as its amount before its answer was lost."""
    return isinstance(open_question(turn), AmountAsked) or _is_handled_again(turn)


def _is_handled_again(turn: Turn) -> bool:
    question = open_question(turn)
    if isinstance(question, PinAsked | NewPinAsked):
        return isinstance(question.act, Earn) and question.asked_update_id == turn.update.update_id
    return isinstance(question, AmountGiven) and question.update_id == turn.update.update_id


async def _remember_done(turn: Turn, act: Earn) -> None:
    await remember(turn, AmountGiven(act, update_id=turn.update.update_id), act.key)


def _has_earned(turn: Turn, nonce: str) -> bool:
    """Enter was pressed before on this keypad."""
    question = open_question(turn)
    given = question.act if isinstance(question, AmountGiven | PinAsked | NewPinAsked) else None
    return isinstance(given, Earn) and given.key == nonce


async def _answer_again(turn: Turn) -> None:
    """The second tap of a double tap, or the first one handled again: the confirmation, or the PIN that it waits
    for, which is on the screen."""
    question = open_question(turn)
    if isinstance(question, AmountGiven):
        await perform(turn, question.act)


async def _pressed(turn: Turn, card: CardName, nonce: str, key: str) -> None:
    dialogue = turn.caller.dialogue
    if key not in (*"0123456789", views.DECIMAL, BACKSPACE):
        raise ButtonUnknown
    terms = await see_terms(turn, card, turn.actor)
    keys = dialogue.keys if dialogue else ""
    if key == BACKSPACE or _is_amount(keys + key, terms.card.currency):
        pressing = PressKey(
            account=turn.account,
            nonce=nonce,
            key=key,
            update_id=UpdateId(turn.update.update_id),
            keys_max=KEYS_MAX,
        )
        keys = (await turn.write(press_key, pressing)).keys
    await turn.show(keypad_view(turn, terms, nonce, keys))


def _is_amount(keys: str, currency: str) -> bool:
    return is_keyed_amount(keys, currency) and keyed_amount(keys, currency) <= AMOUNT_MAX_MINOR
