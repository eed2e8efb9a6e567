"""``/poster``: the pages for the counter."""

from bot.kit.refusals import NotStaff
from bot.pictures.faces import PosterSize
from bot.screens.posters import send_poster, send_posters
from bot.screens.turn import Turn
from domain.ids import MerchantId, StoreId


async def poster_command(turn: Turn) -> None:
    await send_posters(turn, merchant_asked(turn))


def merchant_asked(turn: Turn) -> MerchantId:
    """The merchant a command is about: that of the desk, or the only one. Raises NotStaff, StoreNotChosen."""
    if not turn.caller.is_staff:
        raise NotStaff
    return turn.caller.merchant_id


async def poster_button(turn: Turn) -> None:
    """The same poster in another size, or in full colour."""
    if not turn.caller.is_staff:
        raise NotStaff
    pressed = turn.pressed
    size = pressed.one_of(PosterSize, 2)
    merchant_id, store_id = MerchantId(pressed.id(0)), StoreId(pressed.id(1))
    await send_poster(turn, merchant_id, store_id, size, is_coloured=pressed.number(3) == 1)
