"""Copies of a database that is in use."""

import sqlite3
from pathlib import Path


def copy_database(source: Path, target: Path) -> None:
    """A consistent copy, taken while others read and write (https://www.sqlite.org/backup.html)."""
    origin, copy = sqlite3.connect(source), sqlite3.connect(target)
    try:
        origin.backup(copy)
    finally:
        copy.close()
        origin.close()
