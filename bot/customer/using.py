"""A customer uses a reward: they show a code for it, or say yes to who asks them at the counter."""

from datetime import datetime
from functools import partial

from bot.customer.cards import is_shown
from bot.kit.use_codes import UseCode
from bot.screens.turn import Turn
from bot.views import approvals
from bot.views import using as views
from bot.views.card_parts import Usable, usable
from bot.views.faces import card_face
from domain.ids import ApprovalId, CardId, MerchantId
from domain.refusals import RewardChanged
from domain.rules.confirming import USE_CODE_LIVES
from domain.usecases.answer_redemption import AnswerRedemption, answer_redemption
from domain.usecases.my_cards import HeldCard, MyCard, my_card


async def use_button(turn: Turn) -> None:
    """Shows the code for the only reward that is possible, or asks for which one. Raises RewardChanged where none
    is."""
    held = await _held(turn)
    match usable(held):
        case []:
            raise RewardChanged
        case [only]:
            await _show_code(turn, held, only)
        case several:
            await turn.show(views.which_reward(turn.t, held, several))


async def use_one_button(turn: Turn) -> None:
    """Shows the code for this reward. Raises RewardChanged where it is not possible any more."""
    held = await _held(turn)
    pressed = turn.pressed
    wanted = pressed.number(2), pressed.number(3), pressed.number(4)
    for reward in usable(held):
        if views.which(reward) == wanted:
            await _show_code(turn, held, reward)
            return
    raise RewardChanged


async def answer_button(turn: Turn) -> None:
    """The customer says yes or no to a member who asks at the counter. The outbox replaces the question."""
    pressed = turn.pressed
    command = AnswerRedemption(
        account=turn.account,
        merchant_id=MerchantId(pressed.id(0)),
        approval_id=ApprovalId(pressed.id(1)),
        is_confirmed=bool(pressed.number(2)),
    )
    done = await turn.write(answer_redemption, command)
    await turn.answer(approvals.used_in_words(turn.t, done.asked, done.approval.state))


async def _held(turn: Turn) -> HeldCard:
    mine = MyCard(
        account=turn.account,
        merchant_id=MerchantId(turn.pressed.id(0)),
        card_id=CardId(turn.pressed.id(1)),
    )
    return await turn.read(my_card, mine)


async def _show_code(turn: Turn, held: HeldCard, reward: Usable) -> None:
    """In the place of the card, which comes back with a tap."""
    made_at = _second(turn.services.clock())
    code = UseCode(
        card_id=held.state.card_id,
        made_at=made_at,
        redeems=reward.redeems,
        position=reward.position,
        price=reward.price,
    )
    link = turn.services.links.use(code)
    picture = await turn.services.studio.card(card_face(turn.t, held, link))
    until = made_at + USE_CODE_LIVES
    place = await turn.show(views.use_code(turn.t, held, picture, reward))
    await is_shown(turn, held, place)
    turn.services.chat.replace_after(until, place, partial(views.use_code_over, turn.t, held, picture))


def _second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
