"""The database's files are the operator's alone: mode 600 in a folder of mode 700.

SQLite gives its outriders (-wal, -shm) the mode of the database (https://www.sqlite.org/fileformat.html#the_write_ahead_log),
so it is enough that the file has it before anything is written.
"""

import os
from contextlib import suppress
from pathlib import Path

FILE_MODE, FOLDER_MODE = 0o600, 0o700
_OUTRIDERS = ("-journal", "-wal", "-shm")
_BESIDE = (*_OUTRIDERS, ".lock", ".*.bak")


def parts_of(database: Path) -> tuple[Path, ...]:
    """The file, and the paths of its outriders, which are there while somebody has it open, and after a crash. They
    go where it goes: SQLite takes what it finds by these names for what belongs to the file."""
    return database, *(database.with_name(f"{database.name}{ending}") for ending in _OUTRIDERS)


def remove(database: Path) -> None:
    for part in parts_of(database):
        part.unlink(missing_ok=True)


def move(database: Path, place: Path) -> None:
    """Moves what is there of a database."""
    for part, there in zip(parts_of(database), parts_of(place), strict=True):
        if part.exists():
            part.replace(there)


def make_private(path: Path) -> None:
    """Makes private the file, which is created if absent, and the files beside it that belong to it; the folder only
    if it is created here."""
    path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE))
    for file in (path, *(found for ending in _BESIDE for found in path.parent.glob(f"{path.name}{ending}"))):
        with suppress(FileNotFoundError):  # the outriders go when somebody closes the database
            if file.stat().st_uid == os.geteuid():
                file.chmod(FILE_MODE)
