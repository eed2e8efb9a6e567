"""The command line, run in this process as the installed program runs it."""

import shutil
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass, fields
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from bot.kit.settings import Settings
from tests.support.databases import lay_empty_database
from tests.support.operator import Ran

TOKEN = "110201543:SANDBOX-this-token-opens-nothing-else"


Stempel = Callable[..., Ran]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "data" / "stempel.db"


@pytest.fixture
def laid(database: Path) -> Path:
    """The database has its schema and no shop, as after `migrate`."""
    database.parent.mkdir(mode=0o700)
    return lay_empty_database(database)


@pytest.fixture
def stempel(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    database: Path,
) -> Stempel:
    """Runs `stempel WORDS...` with a token, a name and an empty folder of its own."""
    settle(monkeypatch, tmp_path, database)

    def run(*words: str) -> Ran:
        capsys.readouterr()
        status = status_of(monkeypatch, *words)
        written = capsys.readouterr()
        return Ran(status, written.out, written.err)

    return run


def settle(patch: pytest.MonkeyPatch, folder: Path, database: Path) -> None:
    patch.chdir(folder)
    for name in [field.name for field in fields(Settings)]:
        patch.delenv(name.upper(), raising=False)
    patch.setenv("BOT_TOKEN", TOKEN)
    patch.setenv("BOT_USERNAME", "stempel_demo_bot")
    patch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{database}")


def status_of(patch: pytest.MonkeyPatch, *words: str) -> int:
    patch.setattr(sys, "argv", ["stempel", *words])
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    return 0


@dataclass(frozen=True, slots=True)
class Opened:
    """What a shop's opening left in the database's folder, and what it printed."""

    folder: Path
    printed: str


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """The first shop of a database, opened once and copied for each test: laying the schema takes long."""
    folder = tmp_path_factory.mktemp("opened")
    data = folder / "data"
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as printed:
        settle(patch, folder, data / "stempel.db")
        assert status_of(patch, "merchant", "create", "--name", "Café Knätsch", "--json") == 0
    return Opened(data, printed.getvalue())


@pytest.fixture
def shop(stempel: Stempel, database: Path, opened: Opened) -> dict[str, Any]:
    """What `merchant create --json` printed; what it left in the database's folder is there too."""
    shutil.copytree(opened.folder, database.parent)
    return Ran(0, opened.printed, "").object
