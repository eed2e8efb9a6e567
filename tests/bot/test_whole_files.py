"""A file is written whole or not at all, whoever else writes it, and what is left by who is killed goes."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp

import pytest

from bot.kit import whole_files
from bot.kit.whole_files import in_place_of

KILLED = """
import os, pathlib, signal, sys
from bot.kit.whole_files import in_place_of
with in_place_of(pathlib.Path(sys.argv[1])) as part:
    part.write_text("half")
    part.with_name(f"{part.name}-journal").write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_who_writes_the_same_file_at_the_same_time_writes_another(tmp_path: Path) -> None:
    file = tmp_path / "copy-1.db"
    with in_place_of(file) as by_night:
        by_night.write_text("by night")
        with in_place_of(file) as by_hand:
            by_hand.write_text("by hand")
            assert by_night.read_text() == "by night"
        assert (file.read_text(), by_night.read_text()) == ("by hand", "by night")
    assert file.read_text() == "by night"
    assert list(tmp_path.iterdir()) == [file]


def test_who_fails_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "copy-1.db"
    file.write_text("last week's")
    with pytest.raises(OSError, match="No space left") as refused:
        fill_up(file)
    assert refused.value.filename == str(file)
    assert (file.read_text(), list(tmp_path.iterdir())) == ("last week's", [file])


def fill_up(file: Path) -> None:
    with in_place_of(file) as part:
        part.write_text("half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(part))


def test_what_was_left_by_who_was_killed_goes_with_the_next_in_that_folder(tmp_path: Path) -> None:
    ran = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "copy-1.db")], check=False)
    assert ran.returncode == -signal.SIGKILL
    assert [*tmp_path.rglob("copy-1.db-journal")] != []
    with in_place_of(tmp_path / "copy-2.db") as part:
        part.write_text("whole")
        assert list(tmp_path.iterdir()) == [part.parent]
    assert [each.name for each in tmp_path.iterdir()] == ["copy-2.db"]


def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    """In a folder of everybody's, somebody's link of such a name leads elsewhere."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "notes").write_text("Milk")
    folder = tmp_path / "everybodys"
    folder.mkdir()
    (folder / "stempel-x.part").symlink_to(elsewhere)
    (folder / "stempel-y.part").write_text("a file")
    with in_place_of(folder / "a.pdf") as part:
        part.write_text("whole")
    assert [each.name for each in elsewhere.iterdir()] == ["notes"]
    assert {each.name for each in folder.iterdir()} == {"a.pdf", "stempel-x.part", "stempel-y.part"}


def test_who_is_taken_for_killed_before_having_locked_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def made_and_swept(**named: str) -> str:
        made.append(mkdtemp(dir=named["dir"], prefix=named["prefix"], suffix=named["suffix"]))
        if len(made) == 1:
            whole_files._remove_left(tmp_path)
        return made[-1]

    monkeypatch.setattr(whole_files, "mkdtemp", made_and_swept)
    with in_place_of(tmp_path / "a.pdf") as part:
        part.write_text("whole")
    assert (len(made), [each.name for each in tmp_path.iterdir()]) == (2, ["a.pdf"])


def test_file_behind_a_link_is_written_where_it_lies(tmp_path: Path) -> None:
    disk, link = tmp_path / "disk", tmp_path / "copy.db"
    disk.mkdir()
    link.symlink_to(disk / "copy.db")
    with in_place_of(link) as part:
        part.write_text("whole")
        assert part.parent.parent == disk
    assert ((disk / "copy.db").read_text(), link.is_symlink()) == ("whole", True)
