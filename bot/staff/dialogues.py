"""Questions at the counter, as they are kept between two messages."""

from datetime import timedelta
from typing import Literal

import msgspec

from bot.chat import Place
from bot.staff.acts import Act
from bot.turn import Turn
from domain.ids import MerchantId, StaffId
from domain.usecases.people import Ask, EndDialogue, ask, end_dialogue

PATIENCE = timedelta(minutes=10)


class CardAsked(msgspec.Struct, frozen=True, tag="card"):
    """Which card should ``then`` happen to?"""

    then: Literal["stamp", "redeem", "void"]


class WhoAsked(msgspec.Struct, frozen=True, tag="who"):
    """Who stands at this terminal?"""

    act: Act | None


class StoreAsked(msgspec.Struct, frozen=True, tag="store"):
    """Where are you working? ``payload`` is the link that waits for the answer."""

    payload: str | None


class PinAsked(msgspec.Struct, frozen=True, tag="pin"):
    """A PIN before ``act``. ``message_id`` is the keypad."""

    merchant_id: MerchantId
    staff_id: StaffId
    name: str
    act: Act | None
    message_id: int
    has_picture: bool = False


class NewPinAsked(msgspec.Struct, frozen=True, tag="new_pin"):
    """A first PIN, twice. ``first`` are the positions pressed the first time."""

    merchant_id: MerchantId
    staff_id: StaffId
    name: str
    act: Act | None
    message_id: int
    has_picture: bool = False
    first: str | None = None


Question = CardAsked | WhoAsked | StoreAsked | PinAsked | NewPinAsked

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Question).decode


def open_question(turn: Turn) -> Question | None:
    """What this person was last asked and has not answered."""
    dialogue = turn.caller.dialogue
    return None if dialogue is None else _decode(dialogue.state)


def asked_for_card(turn: Turn) -> Literal["stamp", "redeem", "void"] | None:
    """What should happen to the card that comes next, where a command without a card asked for one."""
    question = open_question(turn)
    return question.then if isinstance(question, CardAsked) else None


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


def keypad_place(turn: Turn, question: PinAsked | NewPinAsked) -> Place:
    return Place(turn.user.id, question.message_id, question.has_picture)
