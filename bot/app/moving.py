"""Moving a SQLite file into PostgreSQL (docs/decisions/0084)."""

from pathlib import Path

from bot.app.outcomes import DatabaseUnusable
from bot.app.outside import Told
from bot.app.sqlite import examined, usable_file
from bot.kit.clock import system_clock
from bot.kit.key_file import KeyFile
from bot.kit.settings import Settings
from storage.postgres.taking_in import take_in
from storage.sqlite.instance import sole_user
from storage.sqlite.leaving import leaving
from storage.sqlite.migrate import migrate


def take_in_file(settings: Settings, source: Path, told: Told) -> int:
    """Moves all rows of the file; returns how many. Nobody else uses the file, nor, as the caller sees to, the
    database. The file is marked in a transaction that ends just after that of the database: if the process ends
    between the two, both have the rows, and a second try says so. Raises AlreadyRunning, CopyUnusable, DatabaseMoved,
    DatabaseUnusable, SchemaTooNew, and what the driver says."""
    with sole_user(source), usable_file(source):
        examined(settings, source)
        _check_key_stays(settings, source)
        migrate(source, system_clock())
        with leaving(source) as left:
            return take_in(settings.database_url, left.rows, told, left.mark)


def _check_key_stays(settings: Settings, source: Path) -> None:
    """Raises DatabaseUnusable where the key beside the file is not the one that will be read."""
    here, there = KeyFile.beside(settings.database_path).path, KeyFile.beside(source).path
    if settings.secret_key is not None or not there.exists():
        return
    if not here.exists() or here.read_bytes() != there.read_bytes():
        raise DatabaseUnusable(
            f"no card would be good without the key of {source}: copy {there} to {here} first."
        )
