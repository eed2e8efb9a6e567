"""Strangers' pictures are read in a process of its own: what goes wrong there costs that picture only."""

import asyncio
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bot.pictures.card import draw_card
from bot.pictures.decoder import Decoder
from bot.pictures.reader import PictureTooLarge, PictureUnreadable, read_qr
from tests.bot.pictures.samples import CARD_URL, card_face
from tests.support.patience import PATIENCE_S

CARD = draw_card(card_face())
ROOT = Path(__file__).parents[3]


def small_file_of_many_pixels() -> bytes:
    """Twenty megapixels in some 85 kB: as many as are read whole."""
    file = BytesIO()
    Image.new("RGBA", (5_000, 4_000), (200, 30, 40, 90)).save(file, "PNG")
    return file.getvalue()


def readers() -> list[int]:
    """The processes that read pictures now."""
    return [child.pid for child in multiprocessing.active_children() if child.pid is not None]


@pytest.fixture
def decoder() -> Iterator[Decoder]:
    decoder = Decoder()
    yield decoder
    decoder.close()


async def test_a_photo_is_read_outside_this_process(decoder: Decoder) -> None:
    assert await decoder.read_qr(CARD) == read_qr(CARD) == (CARD_URL,)


async def test_the_largest_picture_that_is_read_whole_is_within_the_bounds(decoder: Decoder) -> None:
    assert await decoder.read_qr(small_file_of_many_pixels()) == ()


async def test_a_picture_that_takes_too_much_memory_is_refused_and_the_next_one_is_read() -> None:
    decoder = Decoder(memory_max_bytes=64 * 1024 * 1024)
    try:
        with pytest.raises(PictureTooLarge):
            await decoder.read_qr(small_file_of_many_pixels())
        assert await decoder.read_qr(CARD) == (CARD_URL,)
    finally:
        decoder.close()


async def test_many_pictures_at_once_are_read_one_after_the_other(decoder: Decoder) -> None:
    found = await asyncio.gather(*(decoder.read_qr(CARD) for _ in range(8)))
    assert found == [(CARD_URL,)] * 8
    assert len(readers()) == 1


async def test_a_process_that_dies_takes_one_picture_with_it(decoder: Decoder) -> None:
    await decoder.read_qr(CARD)
    [process_id] = readers()
    os.kill(process_id, signal.SIGKILL)
    with pytest.raises(PictureTooLarge):
        await decoder.read_qr(CARD)
    assert await decoder.read_qr(CARD) == (CARD_URL,)


async def test_what_is_no_picture_is_refused_as_such(decoder: Decoder) -> None:
    with pytest.raises(PictureUnreadable):
        await decoder.read_qr(b"\x89PNG\r\n\x1a\n" + bytes(200))


READS_AND_WAITS = """
import asyncio, multiprocessing, sys
from bot.pictures.decoder import Decoder

async def main():
    await Decoder().read_qr(bytes.fromhex(sys.argv[1]))

if __name__ == "__main__":
    try:
        asyncio.run(main())
    except Exception:
        pass
    print(multiprocessing.active_children()[0].pid, flush=True)
    sys.stdin.read()
"""


async def test_a_bot_that_is_killed_leaves_no_process_behind(tmp_path: Path) -> None:
    script = tmp_path / "bot_that_reads.py"
    script.write_text(READS_AND_WAITS)
    bot = await asyncio.create_subprocess_exec(
        sys.executable,
        str(script),
        b"no picture".hex(),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert bot.stdout is not None
    reader = os.pidfd_open(int(await bot.stdout.readline()))
    bot.kill()
    await bot.wait()
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(reader, ended.set)
    async with asyncio.timeout(PATIENCE_S):
        await ended.wait()
    asyncio.get_running_loop().remove_reader(reader)
    os.close(reader)
