"""``/newshop``: a person opens a shop of their own, by the operator's link or code, or because anybody may."""

from hmac import compare_digest
from typing import ClassVar

from bot.kit.clock import new_id, new_key
from bot.kit.refusals import SignUpClosed, SignUpCodeWrong
from bot.kit.setting_checks import SIGN_UP_OFF
from bot.kit.tokens import token_hash
from bot.owner.step_by_step import Stepwise, answer_pressed, answer_typed, ask, is_answer, program_of
from bot.screens import questions
from bot.screens.menus import show_menu
from bot.screens.posters import send_posters
from bot.screens.turn import Turn
from bot.texts import texts
from bot.texts.towns import currency_in
from bot.views import set_up as views
from bot.views.set_up import Flow, Step
from bot.views.team import STAND_IN, claimed
from bot.views.view import View
from domain.account import Locale
from domain.ids import CardId, MerchantId, ProgramId, StoreId
from domain.link import Route
from domain.refusals import NotAllowed
from domain.rules.names import clean_name
from domain.staff import Role
from domain.usecases.open_shop import Opened, OpenShop, open_shop, shop_to_be
from domain.usecases.set_up import CreateMerchant


class SetUpAsked(Stepwise, frozen=True, tag="set_up", kw_only=True):
    """What is the shop to be?"""

    flow: ClassVar[Flow] = views.NEW_SHOP

    at: Step = Step.NAME

    async def sure(self, turn: Turn, nonce: str) -> View:
        return views.set_up_sure(turn.t, self.answers, _currency(turn, self), nonce)

    async def stopped(self, turn: Turn) -> View:
        return views.set_up_stopped(turn.t)


async def newshop_command(turn: Turn) -> None:
    """Begins the questions, or goes on where they were left. Raises SignUpClosed, SignUpCodeWrong, NotAllowed at a
    shared phone."""
    if isinstance(turn.question, SetUpAsked):
        await _go_on(turn, turn.question)
        return
    opened_to = turn.services.open_signup
    if opened_to == SIGN_UP_OFF:
        raise SignUpClosed
    if not turn.services.is_signup_open and not compare_digest(turn.words, token_hash(opened_to)):
        raise SignUpCodeWrong
    await _begin(turn, MerchantId(new_id()))


async def open_link(turn: Turn, route: Route) -> None:
    """The operator's link: begins the questions, or goes on. Raises LinkUnknown, InviteUsed, InviteExpired,
    NotAllowed."""
    merchant_id = await turn.read(shop_to_be, route)
    if isinstance(turn.question, SetUpAsked) and turn.question.merchant_id == merchant_id:
        await _go_on(turn, turn.question)
    else:
        await _begin(turn, merchant_id)


async def answer_button(turn: Turn) -> None:
    await answer_pressed(turn, SetUpAsked)


async def open_button(turn: Turn) -> Opened | None:
    """Opens the shop, once, and sends what its owner needs. None while there are questions left."""
    question = questions.expected(turn, SetUpAsked, turn.pressed.text(0))
    if question.at is not Step.SURE:
        await ask(turn, question, turn.nonce)
        return None
    opened = await turn.write(open_shop, _shop(turn, question))
    await turn.look_again()
    await turn.show(views.shop_opened(turn.t, opened.owner.merchant_name))
    turn.show_below()
    await turn.say(claimed(turn.t, opened.owner))
    await show_menu(turn)
    await send_posters(turn, question.merchant_id)
    token = turn.services.tokens.first_link(question.merchant_id, Role.STAFF)
    await turn.say(views.for_the_team(turn.t, turn.services.links.invite(token)))
    await turn.say(views.own_card(turn.t))
    return opened


async def _begin(turn: Turn, merchant_id: MerchantId) -> None:
    if any(each.staff.role is Role.TERMINAL for each in turn.caller.memberships):
        raise NotAllowed
    question = SetUpAsked(merchant_id=merchant_id, update_id=turn.update.update_id)
    await ask(turn, question, new_key())


async def _go_on(turn: Turn, question: SetUpAsked) -> None:
    if question.update_id != turn.update.update_id:
        await ask(turn, question, turn.nonce)


def _currency(turn: Turn, question: SetUpAsked) -> str:
    return currency_in(question.answers[Step.COUNTRY], turn.services.clock().date())


def _shop(turn: Turn, question: SetUpAsked) -> OpenShop:
    answers, merchant_id, tokens = question.answers, question.merchant_id, turn.services.tokens
    locale = Locale(answers[Step.LANGUAGE])
    store_id, card_id = StoreId(new_id()), CardId(new_id())
    return OpenShop(
        account=turn.account,
        shop=CreateMerchant(
            merchant_id=merchant_id,
            merchant={
                "name": answers[Step.NAME],
                "timezone": answers[Step.COUNTRY],
                "currency": _currency(turn, question),
                "default_locale": locale,
            },
            program_id=ProgramId(new_id()),
            program=program_of(answers),
            store_id=store_id,
            store_name=answers[Step.NAME],
            store_token_hash=token_hash(tokens.store_token(store_id)),
            owner_name=clean_name(turn.user.full_name),
            owner_token_hash=token_hash(tokens.first_link(merchant_id, Role.OWNER)),
        ),
        member_name=texts(locale)(STAND_IN),
        member_token_hash=token_hash(tokens.first_link(merchant_id, Role.STAFF)),
        card_id=card_id,
        card_token_hash=token_hash(tokens.card_token(card_id, 0)),
    )


questions.add(SetUpAsked, answer_typed, is_answer)
