"""Which card is meant: typed, sent, scanned or photographed, with a command or in answer to a question."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Literal

from bot.kit.buttons import ButtonUnknown
from bot.kit.clock import new_key
from bot.kit.refusals import AmountMalformed, CardNotNamed, CardNumberMissing, CountMalformed
from bot.screens import questions
from bot.screens.amounts import malformed_amount, parse_amount
from bot.screens.turn import Turn
from bot.staff import keypad
from bot.staff.amount_keypad import membership_at_desk
from bot.staff.dialogues import AskedFor, CardAsked, WhichAsked
from bot.staff.performing import look_up, perform
from bot.staff.words import count_alone, parse_card_and_rest, parse_words
from bot.views import counter as views
from bot.views.below_chat import tapped
from domain.acts import (
    Act,
    AskAmount,
    EarnPoints,
    LookUp,
    RedeemAny,
    Stamp,
    TakeBack,
)
from domain.card import CardRef
from domain.ids import TokenHash
from domain.refusals import (
    CardNotFound,
    CardNumberMistyped,
    Refusal,
)

AMOUNT_DIGITS_MAX = 7
"""The most digits of an amount typed in place of a card number; more digits are a mistyped card number."""


async def typed(turn: Turn, then: AskedFor) -> None:
    """A command that names a card, or asks for one."""
    turn.check_is_staff()
    if turn.words:
        count = count_alone(turn.words) if then in ("stamp", "void") else None
        if count is not None:
            raise CardNotNamed(count=count)
        await perform(turn, _typed_act(turn, then))
        return
    await questions.remember(turn, CardAsked(then), new_key())
    await turn.say(views.ask_card(turn.t))


async def number_sent(turn: Turn) -> None:
    """A card number without a command: shows the card's panel. A count behind it does nothing: it can be tapped
    there."""
    await perform(turn, _typed_act(turn, "look"))


async def asked_number_sent(turn: Turn, question: CardAsked) -> None:
    """A card number in answer to the question for the card."""
    async with _answering(turn):
        await perform(turn, _typed_act(turn, question.then))


async def show_scanned(turn: Turn, token_hash: str) -> None:
    """A card's code was scanned: does what was asked for before, or shows the card's panel."""
    async with _answering(turn):
        await perform(turn, _act(turn, _asked_for(turn), CardRef("token", token_hash)))


async def ask_which(turn: Turn, scanned: Sequence[TokenHash]) -> None:
    """Several codes were in one picture: asks which card is meant. Nothing happens to any card until that is
    answered. Raises CardNotFound when none is of this merchant."""
    if turn.caller.is_unattended:
        await keypad.ask_who(turn, None)
        return
    cards = []
    for token_hash in scanned:
        with suppress(CardNotFound):
            cards.append((await look_up(turn, CardRef("token", token_hash))).card)
    if not cards:
        raise CardNotFound
    then, nonce = _asked_for(turn), new_key()
    asked = WhichAsked(then=then, cards=tuple(card.card_id for card in cards))
    await questions.remember(turn, asked, nonce)
    await turn.say(views.which_card(turn.t, cards, nonce))


async def which_button(turn: Turn) -> None:
    pressed = turn.pressed
    question = questions.expected(turn, WhichAsked, pressed.text(0))
    position = pressed.number(1)
    if position >= len(question.cards):
        raise ButtonUnknown
    async with _answering(turn):
        await perform(turn, _act(turn, question.then, CardRef("id", question.cards[position])))


def _asked_for(turn: Turn) -> AskedFor | Literal["look"]:
    """What to do with a card that is scanned now: what was asked for before, or only to show it."""
    return turn.question.then if isinstance(turn.question, CardAsked | WhichAsked) else "look"


def _typed_act(turn: Turn, then: AskedFor | Literal["look"]) -> Act:
    """Raises CardNumberMistyped, AmountMalformed, CountMalformed, StoreNotChosen."""
    if then == "earn":
        try:
            number, amount = parse_card_and_rest(turn.words)
        except CardNumberMistyped:
            _check_names_a_card(turn)
            raise
        return _earning(turn, CardRef("number", number), amount)
    typed = parse_words(turn.words)
    if (typed.rest and then != "void") or (typed.count is not None and then == "redeem"):
        raise CountMalformed
    return _act(turn, then, CardRef("number", typed.number), typed.count, typed.rest or None)


def _act(
    turn: Turn,
    then: AskedFor | Literal["look"],
    card: CardRef,
    count: int | None = None,
    reason: str | None = None,
) -> Act:
    key = turn.typed_key
    match then:
        case "stamp":
            return Stamp(card=card, count=1 if count is None else count, key=key)
        case "earn":
            return AskAmount(card=card)
        case "redeem":
            return RedeemAny(card=card, key=key)
        case "void":
            return TakeBack(card=card, count=count, reason=reason, key=key)
        case "look":
            return LookUp(card=card)


def _earning(turn: Turn, card: CardRef, amount: str) -> Act:
    """The purchase of a typed amount; without an amount, the act that asks for it."""
    membership = membership_at_desk(turn)
    if not amount:
        return AskAmount(card=card)
    amount_minor = parse_amount(amount, membership.currency, membership.locale)
    return EarnPoints(card=card, amount_minor=amount_minor, key=turn.typed_key)


def _check_names_a_card(turn: Turn) -> None:
    """Raises CardNumberMissing if the words are an amount alone, of at most AMOUNT_DIGITS_MAX digits."""
    membership, digits = membership_at_desk(turn), [each for each in turn.words if each.isdigit()]
    if len(digits) > AMOUNT_DIGITS_MAX:
        return
    with suppress(AmountMalformed):
        parse_amount(turn.words, membership.currency, membership.locale)
        raise CardNumberMissing(example=malformed_amount(membership.currency).example)


@asynccontextmanager
async def _answering(turn: Turn) -> AsyncIterator[None]:
    """Ends the question which card after the block, so that the next scanned card only opens its panel. The question
    stays open if the answer was mistyped or named no card."""
    try:
        yield
    except (CardNumberMistyped, CardNotFound, CountMalformed, AmountMalformed):
        raise
    except Refusal:
        await _end_question(turn)
        raise
    await _end_question(turn)


async def _end_question(turn: Turn) -> None:
    if isinstance(turn.question, CardAsked | WhichAsked):
        await questions.forget(turn, turn.nonce)


def _may_be_a_number(turn: Turn, _question: CardAsked) -> bool:
    """Whether this is meant for a card number, however mistyped."""
    return turn.caller.is_staff and not turn.is_command and tapped(turn.words) is None


questions.add(WhichAsked)
questions.add(CardAsked, asked_number_sent, _may_be_a_number)
