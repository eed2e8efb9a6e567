"""What a command says that may not use a file: whose it is, and as whom to ask."""

import errno
import os
import pwd
from pathlib import Path

import pytest

from bot.cli.failing import fail

DENIED = os.strerror(errno.EACCES)


def said_of(problem: Exception, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as end:
        fail(problem)
    assert end.value.code == 1
    return capsys.readouterr().err


@pytest.mark.parametrize("name", ["stempel.db", "nowhere/stempel.db"])
def test_file_of_somebody_else_is_said_to_be_theirs(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of one that cannot be looked at the folder is asked."""
    owner, path = pwd.getpwuid(os.geteuid()).pw_name, tmp_path / name
    problem = PermissionError(errno.EACCES, DENIED, str(path))
    monkeypatch.setattr("os.geteuid", lambda: 4242)
    assert said_of(problem, capsys) == (
        f"{path} cannot be used: {DENIED}. It belongs to {owner}: give the command as that user, or let it be"
        " given to yours (chown).\n"
    )


def test_file_of_ones_own_is_said_to_be_closed_and_no_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "stempel.db"
    path.touch()
    problem = PermissionError(errno.EACCES, DENIED, str(path))
    assert said_of(problem, capsys) == f"{path} cannot be used: {DENIED}.\n"
