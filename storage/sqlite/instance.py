"""One bot to a SQLite file: a second one is refused. The lock ends with the process, however the process ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from storage.sqlite.files import FILE_MODE, FOLDER_MODE

_OURS: set[Path] = set()
"""The databases whose sole user this process is."""


class AlreadyRunning(Exception):
    """Another process holds the database."""


@contextmanager
def sole_user(database: Path) -> Iterator[None]:
    """Holds the database's lock until the block ends. Raises AlreadyRunning."""
    database.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    path = database.with_name(f"{database.name}.lock")
    with open(os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE), "w") as file:  # noqa: PTH123 - with a mode
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(f"{database} is in use by another bot: end that one first.") from error
        _OURS.add(database)
        try:
            yield
        finally:
            _OURS.remove(database)


def with_nobody_else(database: Path) -> AbstractContextManager[None]:
    """``sole_user``, unless this process holds the lock already. Raises AlreadyRunning."""
    return nullcontext() if database in _OURS else sole_user(database)
