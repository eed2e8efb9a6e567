"""``/poster``: the pages for the counter."""

from bot.kit.refusals import NotStaff
from bot.screens.posters import send_posters
from bot.screens.turn import Turn
from domain.refusals import NotAllowed


async def poster_command(turn: Turn) -> None:
    if not turn.caller.is_staff:
        raise NotStaff
    if turn.caller.desk is None and len(turn.caller.memberships) != 1:
        raise NotAllowed
    desk = turn.caller.desk
    merchant_id = desk.merchant_id if desk else turn.caller.memberships[0].staff.merchant_id
    await send_posters(turn, merchant_id)
