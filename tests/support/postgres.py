"""A PostgreSQL server for the tests: on a socket in a folder of its own, ended with the run.

All processes of a run share it; the first that needs it starts it. Each process has databases of its own: copies of
one that was migrated once, or of one whose tables are in parts (``tests.support.parted``). They are emptied for the
next test.
"""

import atexit
import fcntl
import functools
import itertools
import os
import shutil
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import psycopg

from storage.postgres.database import PostgresDatabase
from storage.postgres.instance import BOTS
from storage.postgres.migrate import migrate
from storage.tables import metadata
from tests.support.databases import Opener
from tests.support.patience import PATIENCE_S

REQUIRED = "REQUIRE_POSTGRES"
LEFT_OUT = f"PostgreSQL is not on this machine; the tests over it are left out ({REQUIRED}=1 demands them)"
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "32MB",
    "max_connections": "120",
    "autovacuum": "off",
    "listen_addresses": "",
}
"""Settings for speed: nothing has to survive the run."""
AS_ELSEWHERE = ("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=fr")
"""The locale orders texts otherwise than by their bytes, as on most servers."""
FOLDER = "STEMPEL_TEST_SERVER"
"""The environment variable that tells all processes of a run the folder of its server."""
_EMPTY = "; ".join(
    [
        f"SELECT pg_advisory_xact_lock({BOTS})",
        *(f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables)),
    ]
)
"""Waits first until the server has noticed that the last bot's connection is closed: the next test finds no other."""


@functools.cache
def binaries() -> Path | None:
    """The folder of the server's programs: Debian's, or that on the path; None if there is no server."""
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    found = sorted(debian, key=lambda folder: int(folder.parts[-2]), reverse=True)
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve().parent)
    return next((folder for folder in found if (folder / "postgres").exists()), None)


def is_here() -> bool:
    """Whether PostgreSQL is installed. Raises AssertionError if it is not, but REQUIRED is set."""
    assert binaries() or not os.environ.get(REQUIRED), (
        f"{REQUIRED} is set, and PostgreSQL is not on this machine"
    )
    return binaries() is not None


def announce_server() -> None:
    """Chooses the server's folder. Called by the process that begins a run, before it starts others; the same process
    calls ``end_server``."""
    where_tests_are = os.environ.get("PYTEST_DEBUG_TEMPROOT", tempfile.gettempdir())
    os.environ[FOLDER] = str(Path(where_tests_are) / f"stempel-pg-{os.getpid()}")


def end_server() -> None:
    folder = Path(os.environ.pop(FOLDER))
    if (folder / "data" / "postmaster.pid").exists():
        stop(folder)
    shutil.rmtree(folder, ignore_errors=True)


@functools.cache
def server() -> str:
    """The URL of the server's own database. The first call in a run starts the server."""
    if FOLDER not in os.environ:
        announce_server()
        atexit.register(end_server)
    folder = Path(os.environ[FOLDER])
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        url = f"postgresql+psycopg://postgres@/postgres?host={folder}"
        if not (folder / "started").exists():
            start(folder)
            (folder / "started").touch()
    return url


def template(name: str, fill: Callable[[str], object]) -> str:
    """The name of a database to be copied; the first call in a run creates and fills it."""
    url = server()
    folder = Path(os.environ[FOLDER])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / name).exists():
            fill(create_database(name, "template1", url))
            (folder / name).touch()
    return name


def start(folder: Path, settings: Mapping[str, str] = SETTINGS) -> None:
    """Starts a server whose socket lies in the folder; ``stop`` ends it."""
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    words = ("--auth=trust", "--no-sync", "--username=postgres", *AS_ELSEWHERE)
    _run(folder, "initdb", "-D", folder / "data", *words)
    options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
    _control(folder, "-w", "-l", folder / "log", "-o", f"-k {folder} {options}", "start")


def stop(folder: Path) -> None:
    _control(folder, "-m", "immediate", "stop")


def _control(folder: Path, *words: str | Path) -> None:
    _run(folder, "pg_ctl", "-D", folder / "data", *words)


def _run(folder: Path, program: str, *words: str | Path) -> None:
    """Runs one of the server's programs; for root, as the user of Debian's package, since the server refuses root."""
    programs = binaries()
    assert programs is not None, LEFT_OUT
    as_other = (
        ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] if os.geteuid() == 0 else []
    )
    subprocess.run([*as_other, programs / program, *words], check=True, cwd=folder, stdout=subprocess.DEVNULL)


def create_database(name: str, template: str, url: str) -> str:
    """Creates a database as a copy of ``template``. Returns its URL."""
    with closing(psycopg.connect(url.replace("+psycopg", ""), autocommit=True)) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY".encode())
    return url.replace("/postgres?", f"/{name}?")


def create_empty_database() -> str:
    return create_database(f"empty_{os.getpid()}_{next(_numbers)}", "template1", server())


def create_copy(name: str = "ready", fill: Callable[[str], object] = migrate) -> str:
    """A database at the present schema. ``fill`` makes the first one of this ``name``."""
    return create_database(f"{name}_{os.getpid()}_{next(_numbers)}", template(name, fill), server())


def drop_database(url: str) -> None:
    name = url.partition("?")[0].rpartition("/")[2]
    with closing(psycopg.connect(server().replace("+psycopg", ""), autocommit=True)) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


_numbers = itertools.count()
_free: defaultdict[str, list[str]] = defaultdict(list)
_emptying: dict[str, psycopg.Connection] = {}
"""By URL, the connection that empties it. It is kept, because a new one would first have to learn about all tables,
which is most of the work."""


def lend_database(
    name: str = "ready", fill: Callable[[str], object] = migrate
) -> tuple[str, Callable[[], None]]:
    """The URL of an empty database at the present schema, and a function that gives it back for the next test.
    ``fill`` makes the first database of this ``name``."""
    url = _free[name].pop() if _free[name] else create_copy(name, fill)
    return url, functools.partial(_take_back, name, url)


def _take_back(name: str, url: str) -> None:
    try:
        _connection_to_empty(url).execute(_EMPTY.encode())
    except psycopg.OperationalError:  # a test has ended all connections
        _emptying.pop(url).close()
        _connection_to_empty(url).execute(_EMPTY.encode())
    _free[name].append(url)


def _connection_to_empty(url: str) -> psycopg.Connection:
    if url not in _emptying:
        driver_url = url.replace("+psycopg", "")
        how = f"-c lock_timeout={1_000 * PATIENCE_S:.0f}"
        _emptying[url] = psycopg.connect(driver_url, autocommit=True, options=how)
        atexit.register(_emptying[url].close)
    return _emptying[url]


def edits(url: str, sql: str, *values: object) -> None:
    """Makes a change that no use case makes. ``?`` stands for a value."""
    with closing(psycopg.connect(url.replace("+psycopg", ""))) as connection, connection:
        connection.execute(sql.replace("?", "%s").encode(), values or None)


def postgres_at(url: str) -> Opener:
    """Opens a database that has its schema already, as the bot does."""
    return lambda clock, ids, chance: PostgresDatabase(url, clock=clock, new_id=ids, chance_below=chance)
