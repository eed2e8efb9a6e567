"""A member opens their link: to start working, or to choose a new PIN. A member can undo that their PIN is reset."""

from dataclasses import replace

from bot.kit.tokens import invite_token, token_hash
from bot.screens.menus import show_menu
from bot.screens.posters import send_posters
from bot.screens.turn import Turn
from bot.staff.dialogues import NewPinAsked
from bot.staff.keypad import ask_pin_of
from bot.views import team as views
from bot.views.view import View
from domain.ids import InviteId, MerchantId, StaffId
from domain.link import Route
from domain.refusals import InviteUsed, OwnPhoneNeeded
from domain.rights import Right, may
from domain.rules.names import clean_name
from domain.staff import InvitePurpose
from domain.usecases.claim_invite import (
    ClaimInvite,
    PinTask,
    claim_invite,
    decline_invite,
    lead_on,
    own_invite,
)
from domain.usecases.manage_team import OfMember
from domain.usecases.my_cards import has_card
from domain.usecases.reset_pin import UndoReset, undo_reset


async def open_invite(turn: Turn, route: Route) -> None:
    """Opens a member's link. A shared phone shows a code instead, for the member's own phone to scan."""
    try:
        await _claim(turn, route.merchant_id, InviteId(route.target_id))
    except OwnPhoneNeeded as refusal:
        token = invite_token()
        await turn.write(lead_on, replace(route, token_hash=token_hash(token)))
        code = await turn.services.studio.code(turn.services.links.invite(token))
        await turn.say(View(text=turn.said(refusal), photo=code))


async def join_team_button(turn: Turn) -> None:
    """Who was chosen joins: the button below the message that asks them, which it loses then."""
    merchant_id, staff_id = MerchantId(turn.pressed.id(0)), StaffId(turn.pressed.id(1))
    asked, place = OfMember(account=turn.account, merchant_id=merchant_id, staff_id=staff_id), turn.place
    invite_id = await turn.read(own_invite, asked)
    turn.show_below()
    await _claim(turn, merchant_id, invite_id)
    if place is not None:
        await turn.services.chat.take_buttons(place)


async def not_joining_button(turn: Turn) -> None:
    """Who was chosen says no: the other button below the message that asks them."""
    merchant_id, staff_id = MerchantId(turn.pressed.id(0)), StaffId(turn.pressed.id(1))
    asked = OfMember(account=turn.account, merchant_id=merchant_id, staff_id=staff_id)
    await turn.show(views.not_joining(turn.t, await turn.write(decline_invite, asked)))


async def _claim(turn: Turn, merchant_id: MerchantId, invite_id: InviteId) -> None:
    command = ClaimInvite(
        account=turn.account,
        merchant_id=merchant_id,
        invite_id=invite_id,
        name=clean_name(turn.user.full_name),
        stand_ins=views.stand_ins(),
    )
    claimed = await turn.write(claim_invite, command)
    if claimed.purpose is InvitePurpose.RESET_PIN and claimed.pin_task is PinTask.NONE:
        raise InviteUsed
    await turn.look_again()
    holds_card = await turn.read(has_card, turn.account)
    await turn.say(views.claimed(turn.t, claimed, has_card=holds_card))
    await show_menu(turn)
    if claimed.purpose is InvitePurpose.JOIN_TEAM and may(claimed.role, Right.PRINT_POSTER):
        await send_posters(turn, claimed.merchant_id)
    if claimed.pin_task is not PinTask.NONE:
        await ask_pin_of(turn, NewPinAsked, claimed.merchant_id, claimed.staff_id, claimed.staff_name)


async def undo_reset_button(turn: Turn) -> None:
    """The member keeps their PIN: the button below the message that tells of the reset."""
    merchant_id, invite_id = MerchantId(turn.pressed.id(0)), InviteId(turn.pressed.id(1))
    command = UndoReset(account=turn.account, merchant_id=merchant_id, invite_id=invite_id)
    await turn.write(undo_reset, command)
    await turn.show(views.reset_undone(turn.t))
