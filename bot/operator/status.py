"""``/status``: how the bot is doing, for whoever runs it."""

from importlib.metadata import version

from bot import entrance
from bot.menus import show_menu
from bot.turn import Turn
from bot.views.status import Process, status
from domain.usecases.see_status import see_status


async def status_command(turn: Turn) -> None:
    """Anybody else gets the answer to a command that does not exist."""
    if not turn.is_operator:
        await entrance.text_sent(turn)
        return
    found = await turn.read(see_status, turn.account.bot_id)
    process = Process(
        version=version("stempel"),
        started_at=turn.services.started_at,
        database_size_bytes=await turn.services.store.size_bytes(),
    )
    await turn.say(status(turn.t, process, found, turn.services.clock()))
    await show_menu(turn)
