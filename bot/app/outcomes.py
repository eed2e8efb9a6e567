"""What comes of opening and replacing a database, whichever it is."""

from dataclasses import dataclass
from pathlib import Path

from storage.sqlite.restore import Settled, Standing


class DatabaseUnusable(Exception):
    """Not a database, or it cannot be read or written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """``kept`` is where what was replaced is, None when there was nothing; ``key_fits`` is None without a key.
    ``erased_again`` is how many customers were erased since the copy was made, and are in it now too; None where what
    is replaced could not be asked."""

    holds: Standing
    outbox: Settled
    kept: Path | None
    key_fits: bool | None
    erased_again: int | None
