"""``/poster``: the pages for the counter."""

from bot.owner.asking import merchant_asked, merchant_pressed
from bot.pictures.faces import PosterSize
from bot.screens.posters import send_poster, send_posters
from bot.screens.turn import Turn
from domain.ids import StoreId


async def poster_command(turn: Turn) -> None:
    await send_posters(turn, merchant_asked(turn))


async def poster_button(turn: Turn) -> None:
    """The same poster in another size, or in full colour."""
    merchant_id, pressed = merchant_pressed(turn), turn.pressed
    size, store_id = pressed.one_of(PosterSize, 2), StoreId(pressed.id(1))
    await send_poster(turn, merchant_id, store_id, size, is_coloured=pressed.number(3) == 1)
