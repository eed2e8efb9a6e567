"""Reading strangers' pictures in a process of its own, whose memory and time are bounded.

A picture of 85 kB may unpack to tens of megabytes, and a decoder may fail on bytes made to break it: what goes wrong
there must cost that picture and nothing else. There is one such process, so that many pictures at once take no more
than one; it is started for the first picture and takes some 45 MB while it lives.
"""

import asyncio
import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Callable, Set
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from pathlib import Path
from typing import TypeVar

from bot.kit.cores import ALLOWED, any_core
from bot.pictures.logo import clean_logo
from bot.pictures.photo import clean_photo
from bot.pictures.reader import PictureTooLarge, PictureUnreadable, read_qr

T = TypeVar("T")

MEMORY_MAX_BYTES = 256 * 1024 * 1024
"""Beyond what the process has when it starts; the largest picture that is read takes 80 MB whole."""
PROCESSOR_SECONDS_MAX = 10
"""For one picture; the slowest takes 0.3."""
PICTURES_A_PROCESS = 200
"""The process is replaced after so many pictures, and with it whatever a decoder has leaked."""


class Decoder:
    """``memory_max_bytes`` is lowered by tests, which have no picture large enough to need the usual limit."""

    def __init__(self, memory_max_bytes: int = MEMORY_MAX_BYTES) -> None:
        self._memory_max_bytes = memory_max_bytes
        self._pool: ProcessPoolExecutor | None = None

    async def read_qr(self, photo: bytes) -> tuple[str, ...]:
        """The texts of the codes in a photo. Raises PictureTooLarge, also when it takes more memory or time than a
        picture may, and PictureUnreadable."""
        return await self._read(read_qr, photo)

    async def clean_logo(self, picture: bytes) -> bytes:
        """The picture as a small PNG. Raises what ``read_qr`` raises."""
        return await self._read(clean_logo, picture)

    async def clean_photo(self, picture: bytes) -> bytes:
        """The picture as a small JPEG. Raises what ``read_qr`` raises."""
        return await self._read(clean_photo, picture)

    async def _read(self, read: Callable[[bytes], T], photo: bytes) -> T:
        pool = self._pool = self._pool or self._start()
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, _read_bounded, read, photo)
        except BrokenProcessPool as error:
            if self._pool is pool:
                self._pool = None
            pool.shutdown(wait=False)
            raise PictureTooLarge("its process came to an end") from error

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def _start(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            max_workers=1,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(self._memory_max_bytes, ALLOWED),
            max_tasks_per_child=PICTURES_A_PROCESS,
        )


def _begin(memory_max_bytes: int, cores: Set[int]) -> None:
    """Runs first in the new process: sets its limits, and has it end with the bot, however the bot ends."""
    any_core(cores)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_bot, daemon=True).start()
    data_pages = int(Path("/proc/self/statm").read_text().split()[5])
    limit = data_pages * resource.getpagesize() + memory_max_bytes
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def _end_with_the_bot() -> None:
    bot = multiprocessing.parent_process()
    if bot is not None:
        wait([bot.sentinel])
    os._exit(1)


def _read_bounded(read: Callable[[bytes], T], photo: bytes) -> T:
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + PROCESSOR_SECONDS_MAX
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))
    try:
        return read(photo)
    except PictureUnreadable as damage:
        if isinstance(damage.__cause__, MemoryError):
            raise PictureTooLarge("more memory than a picture may take") from damage
        raise
