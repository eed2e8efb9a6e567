"""Sends the posters of stores, as pages to print."""

from bot.pictures.faces import PosterSize
from bot.screens.turn import Turn
from bot.texts import texts
from bot.views.faces import poster_face, poster_file_name, poster_languages
from bot.views.team import poster_follows
from domain.ids import MerchantId, ProgramId, StoreId
from domain.merchant import Store
from domain.refusals import NotAllowed
from domain.usecases.see_posters import Posters, SeePosters, see_posters


async def send_posters(turn: Turn, merchant_id: MerchantId, program_id: ProgramId | None = None) -> None:
    """Sends the poster of every store, on A4 with little ink; buttons lead to the other sizes and looks. The poster
    is for the given program, or for the shop's first.

    Raises what ``see_posters`` raises.
    """
    query = SeePosters(account=turn.account, merchant_id=merchant_id, program_id=program_id)
    found = await turn.read(see_posters, query)
    await turn.answer()
    for store in found.stores:
        await _send(turn, found, store, PosterSize.A4, program_id, is_coloured=False)


async def send_poster(
    turn: Turn,
    merchant_id: MerchantId,
    store_id: StoreId,
    size: PosterSize,
    program_id: ProgramId | None = None,
    *,
    is_coloured: bool,
) -> None:
    """Raises what ``see_posters`` raises."""
    query = SeePosters(account=turn.account, merchant_id=merchant_id, program_id=program_id)
    found = await turn.read(see_posters, query)
    store = next((store for store in found.stores if store.store_id == store_id), None)
    if store is None:
        raise NotAllowed
    await turn.answer()
    await _send(turn, found, store, size, program_id, is_coloured=is_coloured)


async def _send(
    turn: Turn,
    found: Posters,
    store: Store,
    size: PosterSize,
    program_id: ProgramId | None,
    *,
    is_coloured: bool,
) -> None:
    await turn.services.chat.uploading(turn.user.id)
    link = turn.services.links.join(store.store_id, program_id)
    languages = [texts(locale) for locale in poster_languages(found.merchant, size)]
    face = poster_face(
        languages, found.merchant, store, found.program, link, is_coloured=is_coloured, logo=found.logo
    )
    page = await turn.services.studio.poster(face, size)
    file = (poster_file_name(found.merchant, store, size, found.program), page)
    of = found.program if program_id else None
    await turn.say(poster_follows(turn.t, store, of, link, file, size, is_coloured=is_coloured))
