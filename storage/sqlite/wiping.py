"""Wiping: makes what was deleted disappear from the files too."""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

from storage.sqlite.engine import BUSY_TIMEOUT_MS, address

logger = logging.getLogger(__name__)


def wipe(path: Path, *, thoroughly: bool) -> bool:
    """Empties the WAL into the database and cuts it off (https://www.sqlite.org/pragma.html#pragma_wal_checkpoint).

    What is deleted is overwritten at once (``secure_delete``), but not what a page keeps of rows that were moved to
    another page: of 10,000 names that were replaced, 24 to 32 were still in the file. If ``thoroughly``, VACUUM
    writes the file anew without them. Returns False when others use the file, so that it has to be done later.
    """
    wait = BUSY_TIMEOUT_MS / 1000
    try:
        with closing(
            sqlite3.connect(address(path), uri=True, timeout=wait, isolation_level=None)
        ) as connection:
            connection.execute("PRAGMA secure_delete=ON")
            if thoroughly:
                connection.execute("VACUUM")
            [(is_busy, _, _)] = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError as error:
        logger.info("the files are wiped later: %s", error)
        return False
    return not is_busy
