"""Closing a shop for good, and keeping it open after all."""

from bot.owner.asking import merchant_pressed
from bot.screens.turn import Turn
from bot.views import closing as views
from domain.usecases.close_shop import CloseShop, close_shop, keep_shop, see_closing


async def close_button(turn: Turn) -> None:
    await turn.show(views.closing(turn.t, await turn.read(see_closing, _asked(turn))))


async def close_meant_button(turn: Turn) -> None:
    await turn.show(views.closing(turn.t, await turn.write(close_shop, _asked(turn))))


async def keep_button(turn: Turn) -> None:
    await turn.show(views.kept(turn.t, await turn.write(keep_shop, _asked(turn))))


def _asked(turn: Turn) -> CloseShop:
    return CloseShop(merchant_id=merchant_pressed(turn), account=turn.account)
