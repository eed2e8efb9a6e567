"""A command loads what it uses: whoever types it waits for nothing else."""

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from bot.cli import cli
from bot.cli.commands import COMMANDS, GROUPS, Table, loaded
from tests.cli.conftest import Stempel

NEVER = ("sqlalchemy.ext.asyncio", "sqlalchemy.orm")
"""Statements are compiled and run on the drivers' own cursors: nobody needs them, the running bot neither."""
SLOW = (
    "PIL",
    "aiohttp",
    "aiosmtplib",
    "alembic",
    "apscheduler",
    "babel.messages",
    "bot.app.bot",
    "bot.app.demo",
    "bot.app.main",
    "bot.sandbox",
    "cryptography",
    "httpx",
    "jinja2",
    "prometheus_client",
    "psycopg",
    "sqlalchemy.dialects.postgresql",
    *NEVER,
    "telegram",
    "uharfbuzz",
    "xlsxwriter",
    "zxingcpp",
)
DATABASE = ("sqlalchemy", "storage")
SEES = """
import json, sys
from bot.cli import main
try:
    main()
finally:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def modules_of(folder: Path, *words: str) -> set[str]:
    """What has been loaded when the command is done."""
    settings = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "BOT_TOKEN": os.environ["BOT_TOKEN"],
        "BOT_USERNAME": os.environ["BOT_USERNAME"],
        "DATABASE_URL": os.environ["DATABASE_URL"],
    }
    program = (sys.executable, "-c", SEES, *words)
    ran = subprocess.run(program, cwd=folder, env=settings, capture_output=True, text=True, check=True)
    return set(json.loads(ran.stderr.splitlines()[-1]))


@pytest.fixture
def merchant(stempel: Stempel, laid: Path) -> str:
    made: str = stempel("merchant", "create", "--name", "Café Knätsch", "--json").object["merchant_id"]
    return made


@pytest.mark.parametrize(
    "words",
    [("merchant", "list"), ("staff", "list"), ("card", "sheets"), ("flag", "list"), ("outbox", "drop")],
)
def test_a_command_loads_what_it_uses(laid: Path, merchant: str, words: tuple[str, ...]) -> None:
    given = () if words in (("merchant", "list"), ("outbox", "drop")) else ("--merchant", merchant)
    assert modules_of(laid.parent, *words, *given) & {*SLOW} == set()


@pytest.mark.parametrize("words", [("verify",), ("ledger",), ("cards",), ("report",), ("wallet", "failures")])
def test_what_reads_alone_loads_no_texts(laid: Path, merchant: str, words: tuple[str, ...]) -> None:
    given = () if words in (("verify",), ("wallet", "failures")) else ("--merchant", merchant)
    assert modules_of(laid.parent, *words, *given) & {*SLOW, "babel"} == set()


@pytest.mark.parametrize(
    "words",
    [
        ("staff", "invite", "--role", "owner", "--name", "Anna"),
        ("takings", "set", "120.50"),
        ("takings", "list", "--from", "2026-06-01", "--to", "2026-06-07"),
        ("wording", "show"),
        ("export", "--what", "days", "--output", "days.csv"),
    ],
    ids=" ".join,
)
def test_a_command_that_speaks_or_changes_loads_what_it_uses(
    laid: Path, merchant: str, words: tuple[str, ...]
) -> None:
    assert modules_of(laid.parent, *words, "--merchant", merchant) & {*SLOW} == set()


@pytest.mark.parametrize(
    "words",
    [
        ("merchant", "set", "summary_hour=20"),
        ("store", "poster", "--out", "poster.pdf"),
        ("card", "print", "--count", "1", "--out", "cards.pdf"),
    ],
    ids=" ".join,
)
def test_a_command_that_draws_or_asks_what_can_be_drawn_loads_what_draws_besides(
    laid: Path, merchant: str, words: tuple[str, ...]
) -> None:
    assert modules_of(laid.parent, *words, "--merchant", merchant) & {*SLOW} <= {"PIL", "uharfbuzz"}


def test_the_running_bot_is_loaded_without_what_nobody_needs(tmp_path: Path) -> None:
    loads = (
        "import json, sys, bot.app.main, bot.app.sqlite, bot.app.postgres; print(json.dumps([*sys.modules]))"
    )
    ran = subprocess.run(
        (sys.executable, "-c", loads),
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert {*json.loads(ran.stdout)} & {*NEVER} == set()


@pytest.mark.usefixtures("stempel")
@pytest.mark.parametrize("words", [("--help",), ("merchant", "--help"), ("card", "-h")])
def test_a_list_of_commands_loads_none_of_them(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert modules_of(tmp_path, *words) & {*SLOW, *DATABASE} == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_of_each_command_what_the_command_says_of_itself(name: str) -> None:
    word, _, last = name.rpartition(" ")
    table = cli.get_command(click.Context(cli), word) if word else cli
    assert isinstance(table, Table)
    command = loaded(name)
    assert table.get_command(click.Context(table), last) is command
    said = table.get_help(click.Context(table, info_name=word, **table.context_settings))
    beginning = command.get_short_help_str(20).removesuffix("...")
    assert beginning
    assert any(line.strip().startswith(last) and beginning in line for line in said.splitlines())


def test_every_word_before_another_is_told_of() -> None:
    assert {name.partition(" ")[0] for name in COMMANDS if " " in name} == set(GROUPS)
