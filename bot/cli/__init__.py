"""The operator's command line: ``python -m bot``, also installed as ``stempel``.

With ``--json`` a command prints one JSON object, or one a line; what is wrong goes to standard error, with exit
status 2 for bad input and 1 for a failure.
"""

import sys

import click

from bot.app.main import PROBLEMS
from bot.cli import (
    approvals,
    campaigns,
    card_pages,
    closures,
    database,
    disputes,
    fields,
    flags,
    logos,
    mails,
    posters,
    printed,
    privacy,
    reports,
    running,
    set_up,
    takings,
    wallets,
    wording,
)
from bot.kit.settings import SettingsProblem
from bot.texts import plain, texts
from bot.views.refusals import sentence
from domain.account import Locale
from domain.ports import DatabaseUnavailable
from domain.refusals import Refusal

BAD_INPUT = 2
FAILURE = 1


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Stempel: a loyalty stamp card that lives in a Telegram chat."""


for command in (
    *running.COMMANDS,
    *database.COMMANDS,
    *set_up.COMMANDS,
    *fields.COMMANDS,
    *wording.COMMANDS,
    *disputes.COMMANDS,
    *approvals.COMMANDS,
    *flags.COMMANDS,
    *closures.COMMANDS,
    *campaigns.COMMANDS,
    *reports.COMMANDS,
    *takings.COMMANDS,
    *card_pages.COMMANDS,
    *privacy.COMMANDS,
    *mails.COMMANDS,
    *wallets.COMMANDS,
):
    cli.add_command(command)


set_up.store.add_command(posters.poster_command)
set_up.merchant.add_command(logos.logo_command)
for each in printed.COMMANDS:
    card_pages.card.add_command(each)


def main() -> None:
    """Runs a command and ends the process with its status."""
    try:
        cli(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(FAILURE)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except click.ClickException as problem:
        problem.show()
        sys.exit(BAD_INPUT)
    except Refusal as refusal:
        said = sentence(texts(Locale.EN), refusal, "UTC", name_of=lambda _t, name: name)
        _fail(plain(said), BAD_INPUT)
    except SettingsProblem as problem:
        _fail(str(problem), BAD_INPUT)
    except OSError as problem:
        said = f"{problem.filename} cannot be used: {problem.strerror}." if problem.filename else str(problem)
        _fail(said, BAD_INPUT if isinstance(problem, FileNotFoundError) else FAILURE)
    except (*PROBLEMS, DatabaseUnavailable) as problem:
        _fail(str(problem), FAILURE)


def _fail(said: str, status: int) -> None:
    click.echo(said, err=True)
    sys.exit(status)
