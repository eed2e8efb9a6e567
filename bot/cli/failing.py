"""How a command ends that cannot do what it was asked: one sentence, and a status."""

import os
import pwd
import sys
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from traceback import walk_tb
from typing import NoReturn

import click

from bot.app.outcomes import PROBLEMS
from bot.kit.settings import SettingsProblem
from bot.texts import plain, texts
from bot.views.refusals import sentence
from domain.account import Locale
from domain.refusals import Refusal

BAD_INPUT = 2
FAILURE = 1


def fail(problem: Exception) -> None:
    """Ends the process with a sentence; raises a problem that nobody foresaw."""
    match problem:
        case click.ClickException():
            with suppress(OSError):  # the status tells it too
                problem.show()
            sys.exit(BAD_INPUT)
        case Refusal():
            said = sentence(
                texts(Locale.EN),
                problem,
                "UTC",
                name_of=lambda _t, name: name,
                number_of=lambda _t, number: f"{Decimal(number):f}",
            )
            _end(plain(said), BAD_INPUT)
        case SettingsProblem():
            _end(str(problem), BAD_INPUT)
        case OSError() if _is_of_output(problem):
            _end(f"What the command prints cannot be written: {problem.strerror}.", FAILURE)
        case OSError():
            said = (
                f"{problem.filename} cannot be used: {problem.strerror}."
                if problem.filename
                else str(problem)
            )
            if isinstance(problem, PermissionError) and problem.filename:
                said += _whose(Path(problem.filename))
            _end(said, BAD_INPUT if isinstance(problem, FileNotFoundError) else FAILURE)
        case _ if isinstance(problem, PROBLEMS):
            _end(str(problem), FAILURE)
        case _:
            raise problem


def _is_of_output(problem: OSError) -> bool:
    """Whether what is printed could not be written. It is given up then: Python would try again at its end, and say
    so in words of its own."""
    if not any(frame.f_code is click.echo.__code__ for frame, _ in walk_tb(problem.__traceback__)):
        return False
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return True


def _whose(path: Path) -> str:
    """Says whose the file is that may not be used, or the nearest folder above it that can be looked at; empty where
    it is this user's."""
    for each in (path, *path.absolute().parents):
        with suppress(OSError):
            owner = each.stat().st_uid
            return (
                ""
                if owner == os.geteuid()
                else f" It belongs to {_named(owner)}: give the command as that user, or let it be given to"
                " yours (chown)."
            )
    return ""


def _named(owner: int) -> str:
    try:
        return pwd.getpwuid(owner).pw_name
    except KeyError:
        return f"user {owner}"


def _end(said: str, status: int) -> NoReturn:
    with suppress(OSError):  # the status tells it too
        click.echo(said, err=True)
    sys.exit(status)
