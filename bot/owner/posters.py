"""The poster of each store, as a page to print."""

from bot.refusals import NotStaff
from bot.turn import Turn
from bot.views.faces import poster_face
from bot.views.team import posters_follow
from bot.views.view import View
from domain.ids import MerchantId
from domain.refusals import NotAllowed
from domain.usecases.see_posters import SeePosters, see_posters


async def poster_command(turn: Turn) -> None:
    if not turn.caller.is_staff:
        raise NotStaff
    if turn.caller.desk is None and len(turn.caller.memberships) != 1:
        raise NotAllowed
    desk = turn.caller.desk
    merchant_id = desk.merchant_id if desk else turn.caller.memberships[0].staff.merchant_id
    await send_posters(turn, merchant_id)


async def send_posters(turn: Turn, merchant_id: MerchantId) -> None:
    found = await turn.read(see_posters, SeePosters(account=turn.account, merchant_id=merchant_id))
    await turn.services.chat.uploading(turn.user.id)
    for store in found.stores:
        link = turn.services.links.join(store.store_id)
        face = poster_face(turn.t, found.merchant, store, found.program, link)
        page = await turn.services.studio.poster(face)
        await turn.say(
            View(text=posters_follow(turn.t, store.name, link), document=(f"{store.name}.pdf", page))
        )
