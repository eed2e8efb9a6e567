"""How one file takes the place of another: whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def in_place_of(file: Path) -> Iterator[Path]:
    """Yields a file to write, which takes the place of ``file`` once the block has ended well. Until then, and if the
    block fails, what was there stays."""
    there = file.resolve()
    part = there.with_name(f"{there.name}.part")
    try:
        _remove(part)
        yield part
        _remove_beside(there)
        part.replace(there)
    except OSError as error:
        if error.filename in (None, str(part)):  # where there is no room, writing says no name
            error.filename = str(file)
        raise
    finally:
        _remove(part)


def _remove(part: Path) -> None:
    part.unlink(missing_ok=True)
    _remove_beside(part)


def _remove_beside(file: Path) -> None:
    """Removes what a database has beside it while it is written: SQLite would take it for the next one's."""
    for ending in ("-journal", "-wal", "-shm"):
        file.with_name(f"{file.name}{ending}").unlink(missing_ok=True)
