"""The command line, run in this process as the installed program runs it."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from bot.kit.settings import Settings

TOKEN = "110201543:SANDBOX-this-token-opens-nothing-else"


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def object(self) -> dict[str, Any]:
        """The one JSON object that was printed."""
        [found] = self.objects
        return found

    @property
    def objects(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


Stempel = Callable[..., Ran]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "data" / "stempel.db"


@pytest.fixture
def stempel(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    database: Path,
) -> Stempel:
    """Runs `stempel WORDS...` with a token, a name and an empty folder of its own."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    monkeypatch.setenv("BOT_USERNAME", "stempel_demo_bot")
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{database}")

    def run(*words: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["stempel", *words])
        capsys.readouterr()
        try:
            main()
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        else:
            status = 0
        written = capsys.readouterr()
        return Ran(status, written.out, written.err)

    return run


@pytest.fixture
def shop(stempel: Stempel) -> dict[str, Any]:
    """What `merchant create --json` printed."""
    return stempel("merchant", "create", "--name", "Café Knätsch", "--json").object
