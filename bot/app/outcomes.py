"""What comes of opening and replacing a database, whichever it is, and what may be wrong with it."""

from collections.abc import Sequence
from pathlib import Path

from bot.kit.clock import ClockImplausible
from bot.kit.key_file import KeyFile, load_secret
from bot.kit.settings import Settings
from domain.invariants import check
from domain.ports import Database, DatabaseUnavailable
from domain.quick import dataclass
from storage.migrate import DatabaseMoved, SchemaTooNew, SchemaTorn
from storage.sqlite.instance import AlreadyRunning
from storage.sqlite.ours import OfAnotherProgram
from storage.sqlite.restore import CopyUnusable, Settled, Standing


class DatabaseUnusable(Exception):
    """Not a database, or it cannot be read or written."""


class CopyOlder(Exception):
    """A copy would take the database back in time."""


PROBLEMS = (
    AlreadyRunning,
    ClockImplausible,
    CopyOlder,
    CopyUnusable,
    DatabaseMoved,
    DatabaseUnavailable,
    DatabaseUnusable,
    OfAnotherProgram,
    SchemaTooNew,
    SchemaTorn,
)
"""What may be wrong with the database, or the clock; each says so in one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated:
    """``copy`` was taken first, None where none was; ``distributed`` are the tables that lay on one machine before;
    ``rows_taken_in`` is None where no file was named to take them from."""

    copy: Path | None
    distributed: Sequence[str]
    rows_taken_in: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """``kept`` is the file that keeps what was replaced, None when there was nothing; ``key_fits`` is None without a
    key. ``erased_again`` is how many customers were erased since the copy was made, and are erased in it now too;
    None where what is replaced could not be asked."""

    holds: Standing
    outbox: Settled
    kept: Path | None
    key_fits: bool | None
    erased_again: int | None


async def looked_through(settings: Settings, database: Database) -> tuple[str | None, bool | None]:
    """What is broken in a copy, None where it is sound; and whether the key is the copy's own, None without a key."""
    broken = [found async for history in database.histories() for found in check(history)]
    if broken:
        return f"breaks invariant {broken[0].invariant} at card {broken[0].card_id}: {broken[0].detail}", None
    from bot.app.secret_key import is_key_of  # noqa: PLC0415 - else whatever opens a database would load it too

    has_key = settings.secret_key is not None or KeyFile.beside(settings.database_path).path.exists()
    return None, await is_key_of(database, load_secret(settings)) if has_key else None
