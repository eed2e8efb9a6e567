"""Nobody else on the machine reads the database, its outriders or its copies."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Stempel


@pytest.fixture(autouse=True)
def open_handed() -> Iterator[None]:
    before = os.umask(0o000)
    yield
    os.umask(before)


@pytest.fixture
def shop(open_handed: None, stempel: Stempel) -> dict[str, Any]:
    """Opened here, where every file that the program makes would lie open: a copy has the modes of its source."""
    return stempel("merchant", "create", "--name", "Café Knätsch", "--json").object


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir() if path.is_file()}


def test_all_that_a_shop_leaves_on_the_disk_is_the_operators_alone(
    stempel: Stempel, shop: dict[str, Any], database: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    assert stempel("backup", str(copy)).status == 0
    assert stempel("restore", str(copy), "--yes").status == 0
    with closing(sqlite3.connect(database)) as reader:
        reader.execute("SELECT count(*) FROM cards").fetchone()
        found = modes(database.parent)
    assert {"stempel.db", "stempel.db-wal", "stempel.db.lock", "secret.key"} <= set(found)
    assert any(name.endswith(".bak") for name in found)
    assert set(found.values()) == {0o600}
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert stat.S_IMODE(database.parent.stat().st_mode) == 0o700


def test_what_lay_open_is_closed_by_the_next_command(
    stempel: Stempel, shop: dict[str, Any], database: Path
) -> None:
    (database.parent / "stempel.db.0001.20261101T000000Z.bak").write_bytes(b"an old copy")
    for path in (database, *database.parent.glob("*.bak")):
        path.chmod(0o644)
    assert stempel("verify").status == 0
    assert set(modes(database.parent).values()) == {0o600}
