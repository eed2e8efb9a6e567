"""``/poster``: the pages for the counter."""

from bot.owner.asking import merchant_asked, merchant_pressed
from bot.pictures.faces import PosterSize
from bot.screens.posters import send_poster, send_posters
from bot.screens.turn import Turn
from domain.ids import ProgramId, StoreId
from domain.refusals import NotAllowed


async def poster_command(turn: Turn) -> None:
    await send_posters(turn, merchant_asked(turn))


async def poster_button(turn: Turn) -> None:
    """The same poster in another size, or in full colour."""
    merchant_id, pressed = merchant_pressed(turn), turn.pressed
    size, store_id = pressed.one_of(PosterSize, 2), StoreId(pressed.id(1))
    await send_poster(turn, merchant_id, store_id, size, is_coloured=pressed.number(3) == 1)


async def program_posters_button(turn: Turn) -> None:
    await send_posters(turn, merchant_pressed(turn), ProgramId(turn.pressed.id(1)))


async def program_poster_button(turn: Turn) -> None:
    """The same poster in another size, or in full colour. Raises NotAllowed for a store at which they do not work."""
    turn.check_is_staff()
    pressed = turn.pressed
    store_id, program_id = StoreId(pressed.id(0)), ProgramId(pressed.id(1))
    size, is_coloured = pressed.one_of(PosterSize, 2), pressed.number(3) == 1
    for each in turn.caller.memberships:
        if store_id in {found for found, _ in each.stores}:
            await send_poster(
                turn, each.staff.merchant_id, store_id, size, program_id, is_coloured=is_coloured
            )
            return
    raise NotAllowed
