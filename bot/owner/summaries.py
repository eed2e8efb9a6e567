"""The buttons under a daily summary: the day by store, by staff, and what was taken back."""

from datetime import date

from bot.kit.buttons import ButtonUnknown
from bot.screens.turn import Turn
from bot.views import summary as views
from bot.views.summary import DayPart
from bot.views.view import View
from domain.ids import MerchantId
from domain.usecases.see_day import SeeDay, SeenDay, see_day


async def day_button(turn: Turn) -> None:
    pressed = turn.pressed
    merchant_id = MerchantId(pressed.id(0))
    try:
        day, part = date.fromisoformat(pressed.text(1)), DayPart(pressed.text(2))
    except ValueError as error:
        raise ButtonUnknown from error
    query = SeeDay(account=turn.account, merchant_id=merchant_id, local_date=day)
    await turn.show(_part(turn, merchant_id, await turn.read(see_day, query), part))


def _part(turn: Turn, merchant_id: MerchantId, seen: SeenDay, part: DayPart) -> View:
    day = seen.summary.day
    match part:
        case DayPart.ALL:
            return views.summary(turn.t, merchant_id, seen.summary)
        case DayPart.STORES:
            return views.by_store(turn.t, merchant_id, day)
        case DayPart.STAFF:
            return views.by_staff(turn.t, merchant_id, day)
        case DayPart.VOIDS:
            return views.void_list(turn.t, merchant_id, day, seen.timezone)
