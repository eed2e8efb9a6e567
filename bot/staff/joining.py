"""An invite link is opened: who it is for starts working."""

from bot.screens.menus import show_menu
from bot.screens.posters import send_posters
from bot.screens.turn import Turn
from bot.staff.dialogues import NewPinAsked
from bot.staff.keypad import ask_pin_of
from bot.views import team as views
from domain.ids import InviteId
from domain.link import Route
from domain.refusals import InviteUsed
from domain.rights import Right, may
from domain.staff import InvitePurpose
from domain.usecases.claim_invite import ClaimInvite, PinTask, claim_invite


async def open_invite(turn: Turn, route: Route) -> None:
    claimed = await turn.write(
        claim_invite,
        ClaimInvite(account=turn.account, merchant_id=route.merchant_id, invite_id=InviteId(route.target_id)),
    )
    if claimed.purpose is InvitePurpose.RESET_PIN and claimed.pin_task is PinTask.NONE:
        raise InviteUsed
    await turn.look_again()
    await turn.say(views.claimed(turn.t, claimed))
    await show_menu(turn)
    if claimed.purpose is InvitePurpose.JOIN_TEAM and may(claimed.role, Right.PRINT_POSTER):
        await send_posters(turn, claimed.merchant_id)
    if claimed.pin_task is not PinTask.NONE:
        await ask_pin_of(turn, NewPinAsked, claimed.merchant_id, claimed.staff_id, claimed.staff_name)
