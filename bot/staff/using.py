"""A member scans the code that a customer shows for a reward."""

from bot.kit.links import Payload
from bot.screens.turn import Turn
from bot.staff import desk
from bot.staff.performing import perform
from domain.refusals import CardNotFound, UseCodeOver
from domain.rules.confirming import is_use_code_over
from domain.usecases.where_card import FindCard, where_card


async def open_use_code(turn: Turn, payload: Payload) -> None:
    """Hands the reward out, at the member's store of that shop. The code's age is told by our own clock, by which it
    was made: Telegram's may say another time. Raises UseCodeOver, CardNotFound, NotStaff."""
    turn.check_is_staff()
    found = turn.services.links.used(payload)
    if found is None:
        raise UseCodeOver
    code, key = found
    if is_use_code_over(code.made_at, turn.came_at):
        raise UseCodeOver
    merchant_id = await turn.read(where_card, FindCard(account=turn.account, card_id=code.card_id))
    membership, at = turn.caller.membership_at(merchant_id), turn.caller.desk
    if membership is None:
        raise CardNotFound
    if (at is not None and at.merchant_id == merchant_id) or await desk.move_to(turn, membership):
        await perform(turn, code.act(key))
    else:
        await desk.ask_store(turn, payload.text, merchant_id)
