"""The amount of a purchase: entered on the keypad, or typed as text."""

from dataclasses import replace

from bot.kit.buttons import ButtonUnknown
from bot.screens import questions
from bot.screens.amounts import is_keyed_amount, keyed_amount, malformed_amount, parse_amount
from bot.screens.questions import Question
from bot.screens.turn import Turn
from bot.staff.amount_keypad import keypad_view, membership_at_desk
from bot.staff.counter import perform
from bot.staff.dialogues import AmountAsked, AmountDoubted, AmountGiven, Keypad
from bot.staff.keypad import ends_long_after
from bot.staff.words import is_number_and_count
from bot.views import purchases as views
from bot.views.below_chat import tapped
from domain.acts import AskAmount, Asked, EarnPoints, LookUp
from domain.card import CardRef
from domain.ids import OperationKey
from domain.money import AMOUNT_MAX_MINOR
from domain.plumbing.people import BACKSPACE
from domain.usecases.purchase_terms import PurchaseTerms, purchase_terms

KEYS_MAX = 16


async def amount_key_button(turn: Turn) -> None:
    """A key of the amount keypad: a digit, the decimal sign, backspace, enter or back to the card."""
    nonce, key = turn.pressed.text(0), turn.pressed.text(1)
    if key == views.ENTER and _has_earned(turn.question, nonce):
        if isinstance(turn.question, AmountGiven):  # else it waits for a PIN, which is on the screen
            await answer_again(turn, turn.question)
        return
    if turn.nonce != nonce and await ends_long_after(turn, key):
        return
    question = questions.expected(turn, AmountAsked, nonce)
    if key == views.CANCEL:
        await perform(turn, LookUp(card=question.card))
    elif key == views.ENTER:
        currency = membership_at_desk(turn).currency
        amount_minor = keyed_amount(turn.keys, currency)
        if not amount_minor:
            raise malformed_amount(currency)
        act = EarnPoints(card=question.card, amount_minor=amount_minor, key=OperationKey(nonce))
        await _earn(turn, act)
    else:
        await _pressed(turn, question.card, nonce, key)


async def amount_sure_button(turn: Turn) -> None:
    question = questions.expected(turn, AmountDoubted, turn.pressed.text(0))
    await _earn(turn, replace(question.act, is_sure=True))


async def amount_typed(turn: Turn, question: AmountAsked) -> None:
    """The amount as a text message, while the keypad is open."""
    amount_minor = _typed_amount(turn)
    terms = await _terms(turn, question.card)
    act = EarnPoints(card=question.card, amount_minor=amount_minor, key=OperationKey(turn.nonce))
    is_done = await perform(turn, act)
    taken = views.amount_taken(turn.t, terms.card, amount_minor)
    await turn.services.chat.edit(questions.place_of(turn, question), taken)
    if is_done:
        await _remember_done(turn, act)


async def amount_corrected(turn: Turn, question: AmountDoubted) -> None:
    """Takes another amount instead of the doubted one; it may be doubted as well."""
    await _earn(turn, replace(question.act, amount_minor=_typed_amount(turn)))


async def answer_again(turn: Turn, question: AmountGiven) -> None:
    """Shows the confirmation again: the act's key has been used, so nothing is earned twice."""
    await perform(turn, question.act)


async def _earn(turn: Turn, act: EarnPoints) -> None:
    if await perform(turn, act):
        await _remember_done(turn, act)


def _typed_amount(turn: Turn) -> int:
    """Raises AmountMalformed."""
    membership = membership_at_desk(turn)
    return parse_amount(turn.words, membership.currency, membership.locale)


def _is_amount(turn: Turn, _question: Question) -> bool:
    """Whether the text can be an amount: it is neither a card number nor a tap on the menu below the chat."""
    return turn.caller.is_staff and not is_number_and_count(turn.words) and tapped(turn.words) is None


def _is_same_update(turn: Turn, question: AmountGiven) -> bool:
    """Whether this update was taken as the amount already, and its answer was lost."""
    return turn.caller.is_staff and question.update_id == turn.update.update_id


questions.add(AmountDoubted, amount_corrected, _is_amount)
questions.add(AmountAsked, amount_typed, _is_amount)
questions.add(AmountGiven, answer_again, _is_same_update)


async def _remember_done(turn: Turn, act: EarnPoints) -> None:
    await questions.remember(turn, AmountGiven(act=act, update_id=turn.update.update_id), act.key)


def _has_earned(question: Question | None, nonce: str) -> bool:
    """Whether enter was pressed on this keypad before: the act is done, or waits for a PIN."""
    given = question.act if isinstance(question, AmountGiven | Keypad) else None
    return isinstance(given, EarnPoints) and given.key == nonce


async def _pressed(turn: Turn, card: CardRef, nonce: str, key: str) -> None:
    if key not in (*"0123456789", views.DECIMAL, BACKSPACE):
        raise ButtonUnknown
    terms, keys = await _terms(turn, card), turn.keys
    if key == BACKSPACE or _may_follow(keys + key, terms.card.currency):
        keys = await questions.key_pressed(turn, nonce, key, KEYS_MAX)
    await turn.show(keypad_view(turn, terms, nonce, keys))


async def _terms(turn: Turn, card: CardRef) -> PurchaseTerms:
    return await turn.read(purchase_terms, Asked(act=AskAmount(card=card), actor=turn.actor))


def _may_follow(keys: str, currency: str) -> bool:
    return is_keyed_amount(keys, currency) and keyed_amount(keys, currency) <= AMOUNT_MAX_MINOR
