"""How one file takes the place of another: whole or not at all."""

import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import IO

_BEGINS, _ENDS, _LOCK = "stempel-", ".part", "lock"


@contextmanager
def in_place_of(file: Path) -> Iterator[Path]:
    """Yields a file to write, which takes the place of ``file`` once the block has ended well. Until then, and if the
    block fails, what was there stays. Whoever writes it meanwhile writes another; that of the last to end stands."""
    there = file.resolve()
    try:
        with _room_in(there.parent) as room:
            part = room / there.name
            yield part
            _remove_beside(there)
            part.replace(there)
    except OSError as error:
        if error.filename is None or _is_in_a_room(str(error.filename), there.parent):
            error.filename = str(file)  # where there is no room, writing says no name
        raise


@contextmanager
def _room_in(folder: Path) -> Iterator[Path]:
    """A folder of one's own on the same disk, which is removed with all that is in it. It holds a lock, which ends
    with the process however that ends, and so tells what is written now from what somebody left who was killed."""
    _remove_left(folder)
    while (lock := _locked(room := Path(mkdtemp(dir=folder, prefix=_BEGINS, suffix=_ENDS)))) is None:
        pass  # it was taken for left before it was locked
    with lock:
        try:
            yield room
        finally:
            shutil.rmtree(room, ignore_errors=True)  # what stays, the next one removes


def _remove_left(folder: Path) -> None:
    for room in folder.glob(f"{_BEGINS}*{_ENDS}"):
        with suppress(OSError):  # another is removing it
            if _is_ours(room) and (lock := _locked(room)):
                with lock:
                    shutil.rmtree(room, ignore_errors=True)


def _is_ours(room: Path) -> bool:
    found = room.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()


def _locked(room: Path) -> IO[str] | None:
    """None where another has the lock, or has removed the room."""
    try:
        lock = (room / _LOCK).open("w")
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    if not os.fstat(lock.fileno()).st_nlink:
        lock.close()
        return None
    return lock


def _is_in_a_room(path: str, folder: Path) -> bool:
    return path.startswith(str(folder / _BEGINS))


def _remove_beside(file: Path) -> None:
    """Removes what a database has beside it while it is written: SQLite would take it for the next one's."""
    for ending in ("-journal", "-wal", "-shm"):
        file.with_name(f"{file.name}{ending}").unlink(missing_ok=True)
