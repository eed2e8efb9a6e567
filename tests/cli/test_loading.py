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

SLOW = (
    "PIL",
    "aiohttp",
    "aiosmtplib",
    "alembic",
    "apscheduler",
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
    "sqlalchemy.orm",
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


@pytest.mark.parametrize("words", [("verify",), ("ledger",), ("cards",), ("report",)])
def test_what_streams_loads_the_streams_besides_and_no_texts(
    laid: Path, merchant: str, words: tuple[str, ...]
) -> None:
    given = () if words == ("verify",) else ("--merchant", merchant)
    assert modules_of(laid.parent, *words, *given) & {*SLOW, "babel"} <= {"sqlalchemy.orm"}


def test_who_exports_csv_does_not_load_what_writes_xlsx(laid: Path, merchant: str) -> None:
    words = ("export", "--merchant", merchant, "--what", "days", "--output", str(laid.parent / "days.csv"))
    assert modules_of(laid.parent, *words) & {*SLOW} <= {"sqlalchemy.orm"}


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
