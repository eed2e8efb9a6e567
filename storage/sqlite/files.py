"""The database's files are the operator's alone: mode 600 in a folder of mode 700.

SQLite gives its outriders (-wal, -shm) the mode of the database (https://www.sqlite.org/fileformat.html#the_write_ahead_log),
so it is enough that the file has it before anything is written.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

FILE_MODE, FOLDER_MODE = 0o600, 0o700
_OUTRIDERS = ("-journal", "-wal", "-shm")
_KEPT = ".*.bak"
_BESIDE = (*_OUTRIDERS, ".lock", _KEPT)
_MOMENT = "%Y%m%dT%H%M%SZ"


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


def kept_beside(database: Path, what: str, now: datetime) -> Path:
    """The name under which a database is kept that an update or a restore changes."""
    return database.with_name(f"{database.name}.{what}.{now:{_MOMENT}}.bak")


def remove_kept(database: Path, before: datetime) -> int:
    """Removes what was ``kept_beside`` it before then, by its name; returns how many."""
    old = [kept for kept, made_at in _kept(database) if made_at < before]
    for kept in old:
        remove(kept)
    return len(old)


def _kept(database: Path) -> Iterator[tuple[Path, datetime]]:
    for kept in database.parent.glob(f"{database.name}{_KEPT}"):
        with suppress(ValueError):  # somebody else's name
            yield kept, datetime.strptime(kept.name.split(".")[-2], _MOMENT).replace(tzinfo=UTC)


def make_private(path: Path) -> None:
    """Makes private the file, which is created if absent, and the files beside it that belong to it; the folder only
    if it is created here."""
    path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE))
    for file in (path, *(found for ending in _BESIDE for found in path.parent.glob(f"{path.name}{ending}"))):
        with suppress(FileNotFoundError):  # the outriders go when somebody closes the database
            if file.stat().st_uid == os.geteuid():
                file.chmod(FILE_MODE)
