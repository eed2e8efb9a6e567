"""The operator's command line: ``python -m bot``, also installed as ``stempel``.

With ``--json`` a command prints one JSON object, or one a line; what is wrong goes to standard error, with exit
status 2 for bad input and 1 for a failure.
"""

import logging
import os
import sys

import click

from bot import __version__
from bot.cli.commands import Table
from bot.cli.options import FAILURE, check_words
from bot.kit.loading import leave_all

SAY_IT_TOO = "storage.callers", "storage.postgres.writer", "storage.postgres.together", "psycopg"

cli = Table(help="Stempel: a loyalty stamp card that lives in a Telegram chat.")
click.version_option(__version__, prog_name="stempel")(cli)


def main() -> None:
    """Runs a command and ends the process with its status."""
    leave_all()
    if logging.lastResort is not None:
        logging.lastResort.addFilter(_is_not_said_anyway)
    try:
        _carry_out()
    finally:
        _give_up_unsaid()


def _carry_out() -> None:
    try:
        check_words(sys.argv[1:])
        cli(standalone_mode=False)
        # What is left of the output: at the end of Python nobody says in a sentence that it is lost.
        click.echo(nl=False)
    except click.exceptions.Abort:
        sys.exit(FAILURE)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except Exception as problem:
        from bot.cli.failing import fail  # noqa: PLC0415 - a command that goes well does not need it

        fail(problem)


def _give_up_unsaid() -> None:
    """What standard error has no room for: Python would try again at its end, and end with a status of its own."""
    if (stream := sys.__stderr__) is None:
        return
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _is_not_said_anyway(record: logging.LogRecord) -> bool:
    """Drops the log lines of writers and driver in a command, which ends with the same error itself. A running bot
    has a handler for its log, and keeps them: many callers are behind each. An error that nobody foresaw, with its
    traceback, is kept in both."""
    return record.name not in SAY_IT_TOO or record.exc_info is not None
