"""Questions at the counter, as they are kept between two messages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Literal

import msgspec

from bot.kit.refusals import AmountMalformed, CountMalformed
from bot.screens.turn import Turn
from bot.staff.acts import Act, CardName, Earn
from bot.telegram.chat import Place
from domain.ids import MerchantId, StaffId
from domain.plumbing.people import Ask, EndDialogue, ask, end_dialogue
from domain.refusals import CardNotFound, CardNumberMistyped, Refusal

AskedFor = Literal["stamp", "earn", "redeem", "void"]
PATIENCE = timedelta(minutes=10)


class CardAsked(msgspec.Struct, frozen=True, tag="card"):
    """Which card should ``then`` happen to?"""

    then: AskedFor


class WhoAsked(msgspec.Struct, frozen=True, tag="who"):
    """Who stands at this terminal?"""

    act: Act | None


class StoreAsked(msgspec.Struct, frozen=True, tag="store"):
    """Where are you working? ``payload`` is the link that waits for the answer."""

    payload: str | None


class PinAsked(msgspec.Struct, frozen=True, tag="pin"):
    """A PIN before ``act``. ``message_id`` is the keypad.

    ``judged_update_id`` brought the last wrong PIN and left ``attempts_left``: handled again, because its answer was
    lost, it is answered again and does not count again. ``asked_update_id`` brought the act: handled again, a text
    is no PIN.
    """

    merchant_id: MerchantId
    staff_id: StaffId
    name: str
    act: Act | None
    message_id: int
    has_picture: bool = False
    judged_update_id: int | None = None
    attempts_left: int = 0
    asked_update_id: int | None = None


class NewPinAsked(msgspec.Struct, frozen=True, tag="new_pin"):
    """A first PIN, twice. ``first`` are the positions pressed the first time, ``judged_update_id`` the update that
    was taken in last: handled again it is no second typing."""

    merchant_id: MerchantId
    staff_id: StaffId
    name: str
    act: Act | None
    message_id: int
    has_picture: bool = False
    first: str | None = None
    judged_update_id: int | None = None
    asked_update_id: int | None = None


class AmountAsked(msgspec.Struct, frozen=True, tag="amount"):
    """How much was paid? ``message_id`` is the amount keypad; its nonce is the operation key of what it earns."""

    card: CardName
    message_id: int = 0
    has_picture: bool = False


class AmountGiven(msgspec.Struct, frozen=True, tag="amount_given"):
    """An amount was entered and has earned its points, by the update ``update_id``: entered or handled again it is
    answered again."""

    act: Earn
    update_id: int


Question = CardAsked | WhoAsked | StoreAsked | PinAsked | NewPinAsked | AmountAsked | AmountGiven

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Question).decode


def open_question(turn: Turn) -> Question | None:
    """What this person was last asked and has not answered."""
    dialogue = turn.caller.dialogue
    return None if dialogue is None else _decode(dialogue.state)


def asked_for_card(turn: Turn) -> AskedFor | None:
    """What should happen to the card that comes next, where a command without a card asked for one."""
    question = open_question(turn)
    return question.then if isinstance(question, CardAsked) else None


@asynccontextmanager
async def card_named(turn: Turn) -> AsyncIterator[None]:
    """While this runs, the question which card is being answered: with any outcome but an unknown card it is over,
    so that the next card that is scanned opens its panel and nothing happens to it."""
    try:
        yield
    except (CardNumberMistyped, CardNotFound, CountMalformed, AmountMalformed):
        raise
    except Refusal:
        await _end_question(turn)
        raise
    await _end_question(turn)


async def close_amount_keypad(turn: Turn, act: Act) -> None:
    """Another act at the counter closes an open keypad: an amount typed later is not for the card of before."""
    dialogue = turn.caller.dialogue
    if dialogue is None or not isinstance(open_question(turn), AmountAsked):
        return
    if not (isinstance(act, Earn) and act.key == dialogue.nonce):
        await forget(turn, dialogue.nonce)


async def remember(turn: Turn, question: Question, nonce: str) -> None:
    await turn.write(
        ask,
        Ask(
            account=turn.account,
            nonce=nonce,
            state=_encode(question).decode(),
            expires_at=turn.services.clock() + PATIENCE,
        ),
    )


async def forget(turn: Turn, nonce: str) -> None:
    await turn.write(end_dialogue, EndDialogue(account=turn.account, nonce=nonce))


async def _end_question(turn: Turn) -> None:
    if turn.caller.dialogue is not None and asked_for_card(turn):
        await forget(turn, turn.caller.dialogue.nonce)


def keypad_place(turn: Turn, question: PinAsked | NewPinAsked | AmountAsked) -> Place:
    return Place(turn.user.id, question.message_id, question.has_picture)
