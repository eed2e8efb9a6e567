"""Copies what was committed from the WAL into the file, beside the writer.

SQLite does so in the commit with which the WAL has grown long enough, and that commit waits for it
(https://www.sqlite.org/wal.html#automatic_checkpoint). Here a thread with a connection of its own does it earlier,
and the writer goes on (docs/decisions/0117).
"""

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

from storage.base import said_of
from storage.sqlite.engine import address

logger = logging.getLogger(__name__)

COPIED_PAGES = 4_000
"""So many pages in the WAL are copied together: SQLite's 1,000 would be copied more often than they need be."""
PAGES_A_GROUP, PAGES_A_COMMAND = 15, 3
"""About what a commit leaves in the WAL: 18 pages for a stamp by itself, 3 more for each other in a group."""


class Checkpoints:
    """``aside`` is called first in the thread, which works without the interpreter's lock."""

    def __init__(self, path: Path, aside: Callable[[], object]) -> None:
        self._path = path
        self._aside = aside
        self._pages = 0
        self._asked: SimpleQueue[bool] = SimpleQueue()
        self._thread: Thread | None = None

    def committed(self, commands: int) -> None:
        """To be called by the writer's thread after each commit."""
        self._pages += PAGES_A_GROUP + PAGES_A_COMMAND * commands
        if self._pages < COPIED_PAGES:
            return
        self._pages = 0
        if self._thread is None:
            self._thread = Thread(target=self._work, name="checkpoints", daemon=True)
            self._thread.start()
        self._asked.put(True)

    def close(self) -> None:
        """To be called when the writer has ended."""
        if self._thread is not None:
            self._asked.put(False)
            self._thread.join()

    def _work(self) -> None:
        self._aside()
        while self._asked.get():
            try:
                checkpoint(self._path)
            except sqlite3.Error as error:
                logger.warning("the WAL is not copied now, but by a later commit: %s", said_of(error))


def checkpoint(path: Path) -> None:
    """Copies what is in the WAL, and then what has come meanwhile: it begins anew only where the next commit finds
    that nothing is left. Waits for nobody and lets nobody wait. Raises sqlite3.Error."""
    with closing(sqlite3.connect(address(path), uri=True, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=FULL")
        for _ in range(2):
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
