"""The poster of each store, as a page to print."""

from bot.screens.turn import Turn
from bot.views.faces import poster_face
from bot.views.team import posters_follow
from bot.views.view import View
from domain.ids import MerchantId
from domain.usecases.see_posters import SeePosters, see_posters


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
