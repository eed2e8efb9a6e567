"""``/flags``: what an owner should look at: disputes to settle, and flags; a tap dismisses what was right."""

from bot.owner.asking import merchant_asked, merchant_pressed, role_at
from bot.screens.turn import Turn
from bot.views import flags as views
from bot.views.disputes import waiting
from domain.ids import EntryId, FlagId, MerchantId
from domain.usecases.flags import DismissFlag, SeeFlags, dismiss_flag, see_flags


async def flags_command(turn: Turn) -> None:
    await _show(turn, merchant_asked(turn), 0)


async def flags_button(turn: Turn) -> None:
    await _show(turn, merchant_pressed(turn), turn.pressed.number(1))


async def right_button(turn: Turn) -> None:
    """Dismisses a flag. Pressed in the list, it shows the same page again; otherwise it replaces the message."""
    merchant_id, flag_id = merchant_pressed(turn), FlagId(turn.pressed.id(1))
    command = DismissFlag(account=turn.account, merchant_id=merchant_id, flag_id=flag_id)
    done = await turn.write(dismiss_flag, command)
    if len(turn.pressed.arguments) > 2:
        await _show(turn, merchant_id, turn.pressed.number(2))
    else:
        await turn.show(views.dismissed(turn.t, merchant_id, done))


async def dispute_button(turn: Turn) -> None:
    """Shows one dispute out of the list, with the buttons that settle it."""
    merchant_id = merchant_pressed(turn)
    found = await turn.read(see_flags, SeeFlags(account=turn.account, merchant_id=merchant_id))
    dispute = found.dispute(EntryId(turn.pressed.id(1)))
    await turn.show(waiting(turn.t, merchant_id, dispute, found.timezone))


async def _show(turn: Turn, merchant_id: MerchantId, page: int) -> None:
    found = await turn.read(see_flags, SeeFlags(account=turn.account, merchant_id=merchant_id))
    last_page = max(0, len(found.flags) + len(found.disputes) - 1) // views.PAGE_LENGTH
    role = role_at(turn, merchant_id)
    await turn.show(views.flags(turn.t, merchant_id, found, min(page, last_page), role))
