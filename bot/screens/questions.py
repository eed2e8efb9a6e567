"""Questions to whose answers the bot waits, as they are kept between two messages.

A room adds its own kinds: the shape in which a question is kept, which messages answer it, and who takes the answer.
What is kept outlives the code that wrote it (docs/decisions/0015): fields may be added with a default, tags and names
stay.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import asdict, fields
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, Union

import msgspec
from msgspec.structs import replace

from bot.kit.buttons import Verb
from bot.telegram.chat import Place
from bot.views.view import View
from domain.acts import ACTS, NAMES, Act
from domain.dialogue import Dialogue
from domain.ids import UpdateId
from domain.plumbing.people import Ask, EndDialogue, PressKey, ask, end_dialogue, press_key
from domain.quick import dataclass
from domain.refusals import DialogueOver

if TYPE_CHECKING:
    from bot.screens.turn import Turn

logger = logging.getLogger(__name__)

PATIENCE = timedelta(minutes=10)


class Question(msgspec.Struct, frozen=True):
    """Each kind of question is a subclass with a tag; the answer may take as long as ``patience``.

    A question with ``passed_over`` ends when the person taps another button: what they type after *Back* is no
    answer. One with ``was_answered`` has its answer, and is kept to recognise the same answer when it comes again.
    One with ``has_keys`` has keys of its own below the chat.
    """

    patience: ClassVar[timedelta] = PATIENCE
    passed_over: ClassVar[bool] = False
    was_answered: ClassVar[bool] = False
    has_keys: ClassVar[bool] = False


class Shown(Question, frozen=True, kw_only=True):
    """A question whose message is edited as the answer grows."""

    message_id: int = 0
    has_picture: bool = False


QuestionT = TypeVar("QuestionT", bound=Question)
ShownT = TypeVar("ShownT", bound=Shown)
IsAnswer = Callable[["Turn", QuestionT], bool]
Taker = Callable[["Turn", QuestionT], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Kind:
    is_answer: IsAnswer[Any]
    take: Taker[Any] | None
    of_files: bool
    of_texts: bool


KINDS: dict[type[Question], Kind] = {}


def add(
    shape: type[QuestionT],
    take: Taker[QuestionT] | None = None,
    is_answer: IsAnswer[QuestionT] = lambda _turn, _question: True,
    *,
    of_files: bool = False,
    of_texts: bool | None = None,
) -> None:
    """Adds a kind of question. Without ``take`` only buttons answer it. Photos and files answer it if ``of_files``;
    texts do if not, unless ``of_texts`` says otherwise."""
    KINDS[shape] = Kind(is_answer, take, of_files, not of_files if of_texts is None else of_texts)
    _decoder.cache_clear()


async def answered(turn: "Turn") -> bool:
    """Takes the message as the answer to the open question, if it is one. Returns whether it was."""
    question = turn.question
    kind = KINDS[type(question)] if question else None
    if kind is None or kind.take is None:
        return False
    if not (kind.of_texts if turn.sent_file is None else kind.of_files):
        return False
    if not kind.is_answer(turn, question):
        return False
    await kind.take(turn, question)
    return True


def waits(turn: "Turn") -> bool:
    """Whether an open question waits for a message."""
    question = turn.question
    return question is not None and not question.was_answered and KINDS[type(question)].take is not None


def expected(turn: "Turn", shape: type[QuestionT], nonce: str) -> QuestionT:
    """The question that a button belongs to. Raises DialogueOver unless it is the open one."""
    if not isinstance(turn.question, shape) or turn.nonce != nonce:
        raise DialogueOver
    return turn.question


async def remember(turn: "Turn", question: Question, nonce: str) -> None:
    expires_at = turn.services.clock() + question.patience
    kept = Ask(account=turn.account, nonce=nonce, state=encode(question), expires_at=expires_at)
    await turn.write(ask, kept)


async def show(turn: "Turn", question: ShownT, nonce: str, view: View, place: Place | None = None) -> None:
    """Asks by a message with buttons, in ``place`` or where ``turn.show`` puts it."""
    shown = await turn.show(view, place)
    question = replace(question, message_id=shown.message_id, has_picture=shown.has_picture)
    await remember(turn, question, nonce)


def place_of(turn: "Turn", question: Shown) -> Place:
    return Place(turn.user.id, question.message_id, question.has_picture)


async def key_pressed(turn: "Turn", nonce: str, key: str, keys_max: int) -> str:
    """Adds a key to the answer to the open question. Returns all its keys so far. Raises DialogueOver."""
    update_id = UpdateId(turn.update.update_id)
    press = PressKey(account=turn.account, nonce=nonce, key=key, update_id=update_id, keys_max=keys_max)
    return (await turn.write(press_key, press)).keys


async def pass_over(turn: "Turn", question: Question | None, nonce: str) -> None:
    """Ends a ``passed_over`` question after a tap; the choice of a language ends none. ``question`` and ``nonce`` are
    from before the tap: what the tap itself asked stays open."""
    if question is None or not question.passed_over or turn.query is None:
        return
    if turn.pressed.verb is not Verb.LANGUAGE:
        await forget(turn, nonce)


async def forget(turn: "Turn", nonce: str) -> None:
    await turn.write(end_dialogue, EndDialogue(account=turn.account, nonce=nonce))


def question_of(dialogue: Dialogue | None) -> Question | None:
    """What was asked. A question that cannot be read counts as none."""
    try:
        return decode(dialogue.state) if dialogue else None
    except msgspec.MsgspecError as error:
        logger.error("a question cannot be read and is dropped: %s", error)
        return None


def encode(question: Question) -> str:
    facts = {name: _with_name(value) for name, value in msgspec.structs.asdict(question).items()}
    return msgspec.json.encode({"type": question.__struct_config__.tag, **facts}).decode()


def decode(state: str) -> Question:
    """Raises msgspec.MsgspecError."""
    question: Question = _decoder().decode(state)
    return question


@cache
def _decoder() -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(Union[tuple(KINDS)], dec_hook=_by_name)  # noqa: UP007


def _with_name(value: Any) -> object:
    """An act with its name as ``type``, because msgspec gives dataclasses no tag. A field marked ``is_later`` is left
    out where it is empty."""
    if type(value) not in NAMES:
        return value
    silent = {each.name for each in fields(value) if each.metadata.get("is_later")}
    told = {name: fact for name, fact in asdict(value).items() if fact or name not in silent}
    return {"type": NAMES[type(value)], **told}


def _by_name(kind: type, kept: Any) -> Act:
    if kind is not Act:
        raise NotImplementedError
    facts = dict(kept)
    name = facts.pop("type", None)
    if name not in ACTS:
        raise ValueError(f"no act is called {name!r}")
    return msgspec.convert(facts, ACTS[name])
