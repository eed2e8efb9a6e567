"""A manager lets a locked-out member choose a new PIN."""

from bot.kit.tokens import invite_token, token_hash
from bot.screens.turn import Turn
from bot.views import team as views
from domain.ids import MerchantId, StaffId
from domain.usecases.reset_pin import ResetPin, reset_pin


async def reset_pin_button(turn: Turn) -> None:
    pressed = turn.pressed
    token = invite_token()
    staff = await turn.write(
        reset_pin,
        ResetPin(
            account=turn.account,
            merchant_id=MerchantId(pressed.id(0)),
            staff_id=StaffId(pressed.id(1)),
            token_hash=token_hash(token),
        ),
    )
    await turn.answer()
    link = turn.services.links.invite(token)
    await turn.say(views.pin_reset_link(turn.t, staff.name, link))
