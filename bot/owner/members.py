"""``/team``: who works here, and who does not any more."""

from bot.owner.asking import merchant_asked, merchant_pressed
from bot.screens.menus import show_menu_of
from bot.screens.turn import Turn
from bot.views import members as views
from domain.ids import MerchantId, StaffId
from domain.usecases.manage_team import OfMember, SeeTeam, remove_member, see_member, see_team


async def team_command(turn: Turn) -> None:
    await _show_team(turn, merchant_asked(turn), 0)


async def team_button(turn: Turn) -> None:
    await _show_team(turn, merchant_pressed(turn), turn.pressed.number(1))


async def member_button(turn: Turn) -> None:
    await turn.show(views.member(turn.t, await turn.read(see_member, _asked(turn))))


async def remove_button(turn: Turn) -> None:
    await turn.show(views.confirm_removal(turn.t, await turn.read(see_member, _asked(turn))))


async def remove_meant_button(turn: Turn) -> None:
    removed = await turn.write(remove_member, _asked(turn))
    if removed.account is not None:
        await show_menu_of(turn, removed.account)
    if removed.account == turn.account:
        await turn.show(views.left(turn.t))
    else:
        await _show_team(turn, removed.merchant_id, 0, removed.name)


def _asked(turn: Turn) -> OfMember:
    merchant_id, staff_id = merchant_pressed(turn), StaffId(turn.pressed.id(1))
    return OfMember(account=turn.account, merchant_id=merchant_id, staff_id=staff_id)


async def _show_team(turn: Turn, merchant_id: MerchantId, page: int, removed: str | None = None) -> None:
    found = await turn.read(see_team, SeeTeam(account=turn.account, merchant_id=merchant_id))
    await turn.show(views.team(turn.t, merchant_id, found, page, removed))
