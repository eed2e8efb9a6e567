"""``/newshop``: somebody opens a shop of their own, by the link the operator gave them or because anybody may."""

from datetime import timedelta
from hmac import compare_digest
from typing import Any, ClassVar

import msgspec
from msgspec.structs import replace

from bot.kit.buttons import ButtonUnknown
from bot.kit.clock import new_id, new_key
from bot.kit.refusals import SignUpClosed, SignUpCodeWrong, TownUnknown
from bot.kit.settings import SIGN_UP_OFF, SIGN_UP_ON
from bot.kit.tokens import token_hash
from bot.owner.asking import is_prose
from bot.pictures.lettering import legible
from bot.screens import questions
from bot.screens.menus import show_menu
from bot.screens.posters import send_posters
from bot.screens.turn import Turn
from bot.telegram.chat import Place
from bot.telegram.updates import WITHHELD
from bot.texts import mark, texts
from bot.texts.towns import currency_in, find_zone
from bot.views import set_up as views
from bot.views.set_up import STEPS, Step
from bot.views.team import claimed
from domain.account import Locale
from domain.fields import FIELDS, NAME, POINT_REWARD_COST, REWARD, Target
from domain.ids import CardId, FieldName, MerchantId, ProgramId, StoreId
from domain.link import Route
from domain.merchant import PointReward
from domain.refusals import ChoiceUnknown, NotAllowed
from domain.rules.names import clean_name
from domain.staff import Role
from domain.usecases.open_shop import Opened, OpenShop, open_shop, shop_to_be
from domain.usecases.set_up import CreateMerchant

MEMBER = mark("Team member")
FIELD_NAMES = {Step.LANGUAGE: FieldName("default_locale"), Step.KIND: FieldName("kind")}


class SetUpAsked(questions.Shown, frozen=True, tag="set_up", kw_only=True):
    """What is the shop to be? ``update_id`` brought the last answer: handled again, it is none to the next
    question."""

    patience: ClassVar[timedelta] = timedelta(days=1)

    merchant_id: MerchantId
    at: Step = Step.NAME
    answers: dict[str, str] = msgspec.field(default_factory=dict)
    update_id: int | None = None


async def newshop_command(turn: Turn) -> None:
    """Begins, or goes on where it was left. Raises SignUpClosed, SignUpCodeWrong, NotAllowed at a shared phone."""
    if isinstance(turn.question, SetUpAsked):
        await _go_on(turn, turn.question)
        return
    opened_to = turn.services.open_signup
    if opened_to == SIGN_UP_OFF:
        raise SignUpClosed
    if opened_to != SIGN_UP_ON and not compare_digest(turn.words, token_hash(opened_to)):
        raise SignUpCodeWrong
    await _begin(turn, MerchantId(new_id()))


async def open_link(turn: Turn, route: Route) -> None:
    """What the operator's link leads to. Raises LinkUnknown, InviteUsed, InviteExpired, NotAllowed."""
    merchant_id = await turn.read(shop_to_be, route)
    if isinstance(turn.question, SetUpAsked) and turn.question.merchant_id == merchant_id:
        await _go_on(turn, turn.question)
    else:
        await _begin(turn, merchant_id)


async def answer_button(turn: Turn) -> None:
    """An answer that was offered, or the way back; to a question that is not asked any more, it is none."""
    nonce, step, said = turn.pressed.text(0), turn.pressed.one_of(Step, 1), turn.pressed.text(2)
    question = questions.expected(turn, SetUpAsked, nonce)
    if step is not question.at:
        await _ask(turn, question, nonce)
    elif said == views.BACK and question.at is not Step.NAME:
        await _ask(turn, replace(question, at=STEPS[STEPS.index(step) - 1]), nonce)
    elif said == views.STOP:
        await questions.forget(turn, nonce)
        await turn.show(views.set_up_stopped(turn.t))
    else:
        offered, number = views.offers(turn.t, step, question.answers), turn.pressed.number(2)
        if number >= len(offered):
            raise ButtonUnknown
        await _answered(turn, question, offered[number][1])


async def answer_typed(turn: Turn, question: SetUpAsked) -> None:
    """Raises what the answer's field raises; the question stays open then."""
    if question.update_id == turn.update.update_id:
        return
    if turn.words == WITHHELD:
        await _ask(turn, question, turn.nonce)
        return
    await _answered(turn, question, _parsed(turn, question), questions.place_of(turn, question))


async def open_button(turn: Turn) -> Opened | None:
    """The shop is opened, once; what its owner needs follows. None while there are questions left."""
    question = questions.expected(turn, SetUpAsked, turn.pressed.text(0))
    if question.at is not Step.SURE:
        await _ask(turn, question, turn.nonce)
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
    await _ask(turn, question, new_key())


async def _go_on(turn: Turn, question: SetUpAsked) -> None:
    if question.update_id != turn.update.update_id:
        await _ask(turn, question, turn.nonce)


async def _answered(turn: Turn, question: SetUpAsked, value: str, place: Place | None = None) -> None:
    answers = {**question.answers, question.at: value}
    if question.at is Step.KIND and value != question.answers.get(Step.KIND):
        answers.pop(Step.COUNT, None)
    following = STEPS[STEPS.index(question.at) + 1]
    question = replace(question, at=following, answers=answers, update_id=turn.update.update_id)
    await _ask(turn, question, turn.nonce, place)


async def _ask(turn: Turn, question: SetUpAsked, nonce: str, place: Place | None = None) -> None:
    if question.at is Step.SURE:
        view = views.set_up_sure(turn.t, question.answers, _currency(turn, question), nonce)
    else:
        view = views.ask_set_up(turn.t, question.at, question.answers, nonce)
    await questions.show(turn, question, nonce, view, place)


def _parsed(turn: Turn, question: SetUpAsked) -> str:
    """A typed answer as it is kept. Raises what its field's ``parse`` raises, CharacterNotDrawn, TownUnknown,
    ChoiceUnknown."""
    step, answers, said = question.at, question.answers, turn.words
    offered = views.offers(turn.t, step, answers)
    for label, value in offered:
        if said.casefold() in (label.casefold(), value.casefold()):
            return value
    match step:
        case Step.NAME | Step.REWARD:
            return legible(str((NAME if step is Step.NAME else REWARD).parse(said, "")))
        case Step.COUNT:
            has_stamps = views.kind_in(answers).has_stamps
            field = FIELDS[Target.PROGRAM]["stamps_target"] if has_stamps else POINT_REWARD_COST
            return field.show(field.parse(said, ""), "")
        case Step.TOWN:
            zone = find_zone(said)
            if zone is None:
                raise TownUnknown
            return zone
        case _:
            raise ChoiceUnknown(field=FIELD_NAMES[step], choices=", ".join(label for label, _ in offered))


def _currency(turn: Turn, question: SetUpAsked) -> str:
    return currency_in(question.answers[Step.TOWN], turn.services.clock().date())


def _shop(turn: Turn, question: SetUpAsked) -> OpenShop:
    answers, merchant_id, tokens = question.answers, question.merchant_id, turn.services.tokens
    kind, locale = views.kind_in(answers), Locale(answers[Step.LANGUAGE])
    store_id, card_id = StoreId(new_id()), CardId(new_id())
    program: dict[str, Any] = {"kind": kind, "reward": answers[Step.REWARD]}
    if kind.has_stamps:
        program["stamps_target"] = int(answers[Step.COUNT])
    if kind.has_points:
        program["point_rewards"] = (PointReward(cost=views.points_in(answers), name=answers[Step.REWARD]),)
    return OpenShop(
        account=turn.account,
        shop=CreateMerchant(
            merchant_id=merchant_id,
            merchant={
                "name": answers[Step.NAME],
                "timezone": answers[Step.TOWN],
                "currency": _currency(turn, question),
                "default_locale": locale,
            },
            program_id=ProgramId(new_id()),
            program=program,
            store_id=store_id,
            store_name=answers[Step.NAME],
            store_token_hash=token_hash(tokens.store_token(store_id)),
            owner_name=clean_name(turn.user.full_name),
            owner_token_hash=token_hash(tokens.first_link(merchant_id, Role.OWNER)),
        ),
        member_name=texts(locale)(MEMBER),
        member_token_hash=token_hash(tokens.first_link(merchant_id, Role.STAFF)),
        card_id=card_id,
        card_token_hash=token_hash(tokens.card_token(card_id, 0)),
    )


def _is_answer(turn: Turn, question: SetUpAsked) -> bool:
    return is_prose(turn) and (question.at is not Step.SURE or question.update_id == turn.update.update_id)


questions.add(SetUpAsked, answer_typed, _is_answer)
