"""``/export``: the shop's books as files to take away."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile

from bot.owner.asking import check_may, merchant_asked, merchant_pressed
from bot.owner.books import write_export
from bot.owner.sheets import SheetFormat
from bot.screens.turn import Turn
from bot.views import exports as views
from bot.views.exports import What
from bot.views.view import View
from domain.rights import Right
from domain.usecases.export import Export, WholeBooks, open_whole_books

SEND_MAX_BYTES = 50_000_000
"""https://core.telegram.org/bots/api#senddocument"""
ZIP_MIN_BYTES = 20_000_000
"""From this size on, text is packed: a file is in memory as a whole while it is sent, and packed it is a sixth."""
TOLD_EVERY_S = 3.0


async def export_command(turn: Turn) -> None:
    merchant_id = merchant_asked(turn)
    check_may(turn, merchant_id, Right.EXPORT)
    await turn.show(views.choose_export(turn.t, merchant_id))


async def choose_button(turn: Turn) -> None:
    merchant_id = merchant_pressed(turn)
    check_may(turn, merchant_id, Right.EXPORT)
    await turn.show(views.choose_export(turn.t, merchant_id))


async def export_button(turn: Turn) -> None:
    pressed, merchant_id = turn.pressed, merchant_pressed(turn)
    what, form = pressed.one_of(What, 1), pressed.one_of(SheetFormat, 2)
    whole = await turn.read(open_whole_books, Export(merchant_id=merchant_id, account=turn.account))
    with TemporaryDirectory(prefix="stempel-") as folder:
        path = Path(folder) / views.file_name(turn.t, what, whole.books, form)
        rows = await _written(turn, whole, what, form, path)
        path = await asyncio.to_thread(packed, path)
        size_bytes = path.stat().st_size
        if size_bytes > SEND_MAX_BYTES:
            told = views.export_too_large(turn.t, merchant_id, size_bytes, SEND_MAX_BYTES)
        else:
            content = await asyncio.to_thread(path.read_bytes)
            await turn.say(views.export_file(turn.t, what, (path.name, content)))
            told = views.export_done(turn.t, merchant_id, what, rows)
    await turn.show(told)


async def _written(turn: Turn, whole: WholeBooks, what: What, form: SheetFormat, path: Path) -> int:
    """Writes the file, and meanwhile shows the progress. Returns the number of lines."""
    loop = asyncio.get_running_loop()
    place = await turn.show(_progress(turn, whole, what, 0))
    told_at = loop.time()

    async def tell(read: int) -> None:
        nonlocal told_at
        if loop.time() - told_at >= TOLD_EVERY_S:
            told_at = loop.time()
            await turn.show(_progress(turn, whole, what, read), place)

    return await write_export(turn.services.database, whole, what, form, turn.t, path, tell)


def _progress(turn: Turn, whole: WholeBooks, what: What, read: int) -> View:
    return views.exporting(turn.t, what, read, whole.entries)


def packed(path: Path) -> Path:
    """The path of a ZIP with the file, if it is a large CSV; otherwise its own path. A workbook is packed already."""
    if path.suffix != ".csv" or path.stat().st_size < ZIP_MIN_BYTES:
        return path
    archived = path.with_suffix(".zip")
    with ZipFile(archived, "w", ZIP_DEFLATED) as archive:
        archive.write(path, path.name)
    return archived
