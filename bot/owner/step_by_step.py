"""Questions that are asked one after the other in one message, with a way back; the last asks whether all is right.
After a typed answer, the next question is a new message at the bottom, since nobody sees an edit far above.

The questions stay open for a day. Each answer is stored at once, so that a restart loses none.
"""

from datetime import timedelta
from typing import Any, ClassVar

import msgspec
from msgspec.structs import replace

from bot.kit.buttons import ButtonUnknown
from bot.kit.refusals import TownUnknown
from bot.owner.asking import is_prose
from bot.pictures.lettering import legible
from bot.screens import questions
from bot.screens.amounts import plain_number
from bot.screens.turn import Turn
from bot.telegram.updates import WITHHELD
from bot.texts.towns import find_zone
from bot.views import set_up as views
from bot.views.set_up import Flow, Step
from bot.views.view import View
from domain.field_kinds import POINT_REWARD_COST, REWARD
from domain.fields import FIELDS, Target
from domain.ids import FieldName, MerchantId
from domain.merchant import PointReward
from domain.refusals import ChoiceUnknown

FIELD_NAMES = {Step.LANGUAGE: FieldName("default_locale"), Step.KIND: FieldName("kind")}


class Stepwise(questions.Shown, frozen=True, kw_only=True):
    """``update_id`` is the update with the last answer: handled again, it does not answer the next question."""

    patience: ClassVar[timedelta] = timedelta(days=1)
    flow: ClassVar[Flow]

    merchant_id: MerchantId
    at: Step
    answers: dict[str, str] = msgspec.field(default_factory=dict)
    update_id: int | None = None

    async def sure(self, turn: Turn, nonce: str) -> View:
        """The view with all answers, which asks whether they are right."""
        raise NotImplementedError

    async def stopped(self, turn: Turn) -> View:
        raise NotImplementedError

    async def check(self, turn: Turn, value: str) -> None:
        """Raises a refusal if the answer could not be used in the end."""


async def ask(turn: Turn, question: Stepwise, nonce: str) -> None:
    if question.at is Step.SURE:
        view = await question.sure(turn, nonce)
    else:
        view = views.ask_set_up(turn.t, question.at, question.answers, nonce, question.flow)
    await questions.show(turn, question, nonce, view)


async def answer_pressed(turn: Turn, shape: type[Stepwise]) -> None:
    """Takes an answer that was offered, or goes back, or stops. A button of an earlier question only shows the
    present one again."""
    nonce, step, said = turn.pressed.text(0), turn.pressed.one_of(Step, 1), turn.pressed.text(2)
    question = questions.expected(turn, shape, nonce)
    steps = question.flow.steps
    if step is not question.at:
        await ask(turn, question, nonce)
    elif said == views.BACK and question.at is not steps[0]:
        await ask(turn, replace(question, at=steps[steps.index(step) - 1]), nonce)
    elif said == views.STOP:
        await questions.forget(turn, nonce)
        await turn.show(await question.stopped(turn))
    else:
        offered, number = views.offers(turn.t, step, question.answers, question.flow), turn.pressed.number(2)
        if number >= len(offered):
            raise ButtonUnknown
        await _answered(turn, question, offered[number][1])


async def answer_typed(turn: Turn, question: Stepwise) -> None:
    """Takes a typed answer. Raises what the answer's field raises; the question stays open then."""
    if question.update_id == turn.update.update_id:
        return
    if turn.words == WITHHELD:
        await ask(turn, question, turn.nonce)
        return
    await _answered(turn, question, _parsed(turn, question))
    await turn.services.chat.delete(turn.user.id, question.message_id)


def is_answer(turn: Turn, question: Stepwise) -> bool:
    return is_prose(turn) and (question.at is not Step.SURE or question.update_id == turn.update.update_id)


def program_of(answers: dict[str, str]) -> dict[str, Any]:
    """The field values of the program that the answers describe."""
    kind = views.kind_in(answers)
    program: dict[str, Any] = {"kind": kind, "reward": answers[Step.REWARD]}
    if kind.has_stamps:
        program["stamps_target"] = int(answers[Step.COUNT])
    if kind.has_points:
        program["point_rewards"] = (PointReward(cost=views.points_in(answers), name=answers[Step.REWARD]),)
    return program


async def _answered(turn: Turn, question: Stepwise, value: str) -> None:
    await question.check(turn, value)
    answers, steps = {**question.answers, question.at: value}, question.flow.steps
    if question.at is Step.KIND and value != question.answers.get(Step.KIND):
        answers.pop(Step.COUNT, None)
    following = steps[steps.index(question.at) + 1]
    question = replace(question, at=following, answers=answers, update_id=turn.update.update_id)
    await ask(turn, question, turn.nonce)


def _parsed(turn: Turn, question: Stepwise) -> str:
    """A typed answer as it is kept. Raises what its field's ``parse`` raises, CharacterNotDrawn, TownUnknown,
    ChoiceUnknown."""
    step, answers, said = question.at, question.answers, turn.words
    offered = views.offers(turn.t, step, answers, question.flow)
    for label, value in offered:
        if said.casefold() in (label.casefold(), value.casefold()):
            return value
    match step:
        case Step.NAME | Step.REWARD:
            return legible(str((question.flow.name if step is Step.NAME else REWARD).parse(said, "")))
        case Step.COUNT:
            has_stamps = views.kind_in(answers).has_stamps
            field = FIELDS[Target.PROGRAM]["stamps_target"] if has_stamps else POINT_REWARD_COST
            return field.show(field.parse(plain_number(said, turn.t.locale), ""), "")
        case Step.COUNTRY:
            zone = find_zone(said)
            if zone is None:
                raise TownUnknown
            return zone
        case _:
            raise ChoiceUnknown(field=FIELD_NAMES[step], choices=", ".join(label for label, _ in offered))
