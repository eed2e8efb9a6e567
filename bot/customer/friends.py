"""A customer invites a friend: a picture and a link to forward."""

from bot.kit.tokens import token_hash
from bot.screens.turn import Turn
from bot.views import coming_back as views
from bot.views.faces import invitation_face
from domain.ids import MerchantId
from domain.refusals import NobodyToInvite
from domain.usecases.bring_friend import GiveInvitation, Invitation, give_invitation, my_invitations
from domain.usecases.my_cards import MyCards


async def invite_command(turn: Turn) -> None:
    """Raises NobodyToInvite."""
    found = await turn.read(my_invitations, MyCards(account=turn.account))
    match found:
        case []:
            raise NobodyToInvite
        case [invitation]:
            await _send(turn, invitation)
        case _:
            await turn.say(views.choose_invitation(turn.t, found))


async def bring_button(turn: Turn) -> None:
    """Raises NobodyToInvite."""
    merchant_id = MerchantId(turn.pressed.id(0))
    found = await turn.read(my_invitations, MyCards(account=turn.account))
    invitation = next((each for each in found if each.merchant.merchant_id == merchant_id), None)
    if invitation is None:
        raise NobodyToInvite
    await _send(turn, invitation)


async def _send(turn: Turn, invitation: Invitation) -> None:
    """Sends the invitation to forward, and below it what to do with it."""
    command = GiveInvitation(
        account=turn.account,
        merchant_id=invitation.merchant.merchant_id,
        customer_id=invitation.customer_id,
        token_hash=token_hash(turn.services.tokens.friend_token(invitation.customer_id)),
    )
    invitation = await turn.write(give_invitation, command)
    link = turn.services.links.friend(invitation.customer_id)
    await turn.answer()
    await turn.services.chat.uploading(turn.user.id)
    face = invitation_face(turn.t, invitation.merchant, invitation.program, link)
    picture = await turn.services.studio.invitation(face)
    await turn.say(views.invitation(turn.t, invitation, link, picture))
    await turn.say(views.invitation_above(turn.t, invitation, link))
