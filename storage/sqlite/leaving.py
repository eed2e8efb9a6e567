"""A file whose rows are moved to another database: nobody writes to it meanwhile, and nobody works with it afterwards
by mistake (docs/decisions/0084)."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Table

from domain.quick import dataclass
from storage.migrate import MOVED
from storage.sqlite.engine import BUSY_TIMEOUT_MS

_MARK = "UPDATE alembic_version SET version_num = ? || version_num"
_COME_BACK = "UPDATE alembic_version SET version_num = replace(version_num, ?, '')"


@dataclass(frozen=True, slots=True)
class Leaving:
    connection: sqlite3.Connection

    def rows(self, table: Table) -> Iterator[Sequence[object]]:
        """All rows of the table, in the order of its key; their values in the order of its columns."""
        columns = ", ".join(column.name for column in table.columns)
        key = ", ".join(column.name for column in table.primary_key.columns)
        return self.connection.execute(f"SELECT {columns} FROM {table.name} ORDER BY {key}")  # noqa: S608

    def mark(self) -> None:
        """Marks the file as moved: from the end of the block on, every program refuses it, older ones too."""
        self.connection.execute(_MARK, [MOVED])


@contextmanager
def leaving(path: Path) -> Iterator[Leaving]:
    """Locks the file against writers until the block ends. A mark holds once the block has ended without an error.
    Raises sqlite3.Error."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000)) as connection:
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield Leaving(connection)
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


def come_back(path: Path) -> None:
    """Takes the mark off a file that is being restored; a file without one stays as it is."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(_COME_BACK, [MOVED])
