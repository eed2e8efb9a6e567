"""``/status``: how the bot is doing, for operators."""

from bot import __version__
from bot.screens.menus import show_menu
from bot.screens.turn import Turn
from bot.views.status import Process, status
from domain.plumbing.see_status import see_status


async def status_command(turn: Turn) -> None:
    found = await turn.read(see_status, turn.account.bot_id)
    process = Process(
        version=__version__,
        started_at=turn.services.started_at,
        database_size_bytes=await turn.services.database.size_bytes(),
        at_work=[mate.name for mate in turn.services.peers.crew.mates],
    )
    await turn.say(status(turn.t, process, found, turn.services.clock()))
    await show_menu(turn)
