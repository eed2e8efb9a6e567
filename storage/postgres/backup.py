"""Copies of a database that is in use, by PostgreSQL's own tools."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from psycopg.pq import Conninfo

from storage.postgres.engine import arguments

FILE_MODE = 0o600
_OURS_ALONE = "options"
"""How long we wait for what: a copy takes as long as it takes."""


class ToolFailed(Exception):
    """One sentence: which of PostgreSQL's tools is missing, or what it says."""


def copy_database(url: str, target: Path) -> None:
    """A consistent copy, taken while others read and write
    (https://www.postgresql.org/docs/current/app-pgdump.html), in the form that ``pg_restore`` takes. Raises
    ToolFailed."""
    os.close(os.open(target, os.O_RDWR | os.O_CREAT, FILE_MODE))
    target.chmod(FILE_MODE)
    run_tool(url, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")


def run_tool(url: str, name: str, *words: str) -> str:
    """Runs one of PostgreSQL's tools and returns its output. The tool gets the connection by its environment, where
    nobody else sees the password. Raises ToolFailed."""
    tool = shutil.which(name)
    if tool is None:
        raise ToolFailed(f"{name} is missing: install PostgreSQL's client (Debian: postgresql-client).")
    done = subprocess.run(  # noqa: S603 - ours, and of fixed words
        [tool, *words], env={**os.environ, **_environment(url)}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["it says nothing"]
        raise ToolFailed(f"{name} failed: {said[0].removeprefix(f'{name}: ').removeprefix('error: ')}")
    return done.stdout


def _environment(url: str) -> Mapping[str, str]:
    """All that the URL says of the connection, by the names that PostgreSQL has for it
    (https://www.postgresql.org/docs/current/libpq-envars.html)."""
    told = arguments(url)
    names = {each.keyword.decode(): each.envvar.decode() for each in Conninfo.get_defaults() if each.envvar}
    return {names[name]: str(said) for name, said in told.items() if name in names and name != _OURS_ALONE}
