"""Adding a program to a shop, by a few questions."""

from typing import ClassVar

from bot.kit.clock import new_id, new_key
from bot.owner.asking import merchant_pressed, role_at, shop_of
from bot.owner.step_by_step import Stepwise, answer_pressed, answer_typed, ask, is_answer, program_of
from bot.screens import questions
from bot.screens.menus import show_menu
from bot.screens.turn import Turn
from bot.texts import texts
from bot.views import field_screens, settings
from bot.views import set_up as views
from bot.views.progress import card_kind
from bot.views.set_up import Flow, Step
from bot.views.view import View
from domain.ids import ProgramId
from domain.usecases.add_program import AddProgram, Plan, PlanProgram, add_program, plan_program


class ProgramAsked(Stepwise, frozen=True, tag="program", kw_only=True):
    """What is the new program to be? ``present_name`` is the name that a shop's only program will get."""

    flow: ClassVar[Flow] = views.NEW_PROGRAM

    program_id: ProgramId
    present_name: str
    at: Step = Step.KIND

    async def sure(self, turn: Turn, nonce: str) -> View:
        plan = await _plan(turn, self, self.answers[Step.NAME])
        return views.program_sure(turn.t, self.answers, nonce, self.present_name if plan.renames else None)

    async def stopped(self, turn: Turn) -> View:
        return settings.home(turn.t, await shop_of(turn, self.merchant_id), role_at(turn, self.merchant_id))

    async def check(self, turn: Turn, value: str) -> None:
        if self.at is Step.NAME:
            await _plan(turn, self, value)


async def new_button(turn: Turn) -> None:
    """Begins the questions. Raises what ``plan_program`` raises, before anything is asked."""
    shop = await shop_of(turn, merchant_pressed(turn))
    merchant, first = shop.merchant, shop.programs[0]
    question = ProgramAsked(
        merchant_id=merchant.merchant_id,
        program_id=ProgramId(new_id()),
        present_name=card_kind(
            texts(merchant.default_locale), has_stamps=first.has_stamps, has_points=first.has_points
        ),
        answers={Step.LANGUAGE: merchant.default_locale},
    )
    await _plan(turn, question)
    await ask(turn, question, new_key())


async def answer_button(turn: Turn) -> None:
    await answer_pressed(turn, ProgramAsked)


async def add_button(turn: Turn) -> None:
    """The program is added, once, and its fields are shown."""
    question = questions.expected(turn, ProgramAsked, turn.pressed.text(0))
    if question.at is not Step.SURE:
        await ask(turn, question, turn.nonce)
        return
    command = AddProgram(
        merchant_id=question.merchant_id,
        account=turn.account,
        program_id=question.program_id,
        program={**program_of(question.answers), "name": question.answers[Step.NAME]},
        present_name=question.present_name,
    )
    added = await turn.write(add_program, command)
    await questions.forget(turn, turn.nonce)
    shop = await shop_of(turn, question.merchant_id)
    await turn.show(field_screens.program_added(turn.t, shop, added.program_id))
    await show_menu(turn)


async def _plan(turn: Turn, question: ProgramAsked, name: str | None = None) -> Plan:
    query = PlanProgram(
        merchant_id=question.merchant_id,
        account=turn.account,
        present_name=question.present_name,
        name=name,
    )
    return await turn.read(plan_program, query)


questions.add(ProgramAsked, answer_typed, is_answer)
