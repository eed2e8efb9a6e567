"""Which module has which command. Only the module of the given command is loaded, and none to list the commands."""

import ast
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click

from bot.kit.loading import loading

GROUPS = {
    "outbox": "Messages that a restore holds back.",
    "merchant": "Merchants.",
    "store": "Stores.",
    "staff": "Teams.",
    "program": "Programs: what a merchant's cards collect, and what for.",
    "wording": "The words of messages to customers.",
    "dispute": "Disputes: acts of which a customer said that it was not them.",
    "approval": "Approvals: what members asked owners and managers to allow.",
    "flag": "What an owner should look at.",
    "closure": "Days on which a shop or a store is closed: nothing expires then.",
    "campaign": "Broadcasts of a shop to the customers who allow them.",
    "takings": "What the stores took in.",
    "card": "Customers' cards.",
    "privacy": "What is kept of customers.",
    "mail": "E-mail by way of the relay of SMTP_URL.",
    "wallet": "Cards in Apple Wallet and Google Wallet.",
}
"""The help of the groups, whose commands have two words."""

COMMANDS = {
    "run": "running:run",
    "demo": "running:demo",
    "migrate": "database:migrate",
    "verify": "database:verify",
    "backup": "database:backup",
    "restore": "database:restore",
    "outbox release": "database:release",
    "outbox drop": "database:drop",
    "rotate-secret": "rotating:rotate_secret_command",
    "add-bot": "bots:add_bot_command",
    "merchant create": "creating:create_merchant_command",
    "merchant invite": "set_up:invite_shop_command",
    "merchant close": "set_up:close_command",
    "store create": "set_up:create_store_command",
    "staff invite": "set_up:invite_staff_command",
    "staff list": "set_up:list_staff_command",
    "staff reset-pin": "set_up:reset_pin_command",
    "staff withdraw": "set_up:withdraw_link_command",
    "staff set": "set_up:set_staff_command",
    "staff remove": "set_up:remove_staff_command",
    "merchant list": "fields:list_merchants_command",
    "store list": "fields:list_stores_command",
    "program list": "fields:list_programs_command",
    "program create": "creating:create_program_command",
    "merchant show": "fields:show_merchant_command",
    "program show": "fields:show_program_command",
    "merchant set": "fields:set_merchant_command",
    "program set": "fields:set_program_command",
    "program pause": "fields:pause_program_command",
    "program resume": "fields:resume_program_command",
    "store set": "fields:set_store_command",
    "store rename": "fields:rename_store_command",
    "store close": "fields:close_store_command",
    "store open": "fields:open_store_command",
    "wording set": "wording:set_command",
    "wording show": "wording:show_command",
    "wording reset": "wording:reset_command",
    "dispute list": "disputes:list_command",
    "dispute settle": "disputes:settle_command",
    "approval list": "approvals:list_command",
    "approval settle": "approvals:settle_command",
    "flag list": "flags:list_command",
    "flag dismiss": "flags:dismiss_command",
    "closure list": "closures:list_command",
    "closure add": "closures:add_command",
    "closure set": "closures:set_command",
    "closure remove": "closures:remove_command",
    "campaign list": "campaigns:list_command",
    "campaign show": "campaigns:show_command",
    "ledger": "ledgers:ledger",
    "cards": "ledgers:cards",
    "report": "reports:report",
    "export": "exports:export",
    "takings set": "takings:set_command",
    "takings list": "takings:list_command",
    "card show": "card_pages:show_command",
    "card block": "card_pages:block_command",
    "card unblock": "card_pages:unblock_command",
    "card move": "card_pages:move_command",
    "card merge": "card_pages:merge_command",
    "privacy export": "privacy:export_command",
    "privacy erase": "privacy:erase_command",
    "mail try": "mails:try_command",
    "mail returned": "mails:returned_command",
    "wallet show": "wallets:show_command",
    "wallet failures": "wallets:failures_command",
    "wallet push": "wallets:push_command",
    "wallet void": "wallets:void_command",
    "store poster": "posters:poster_command",
    "merchant logo": "logos:logo_command",
    "card print": "printed:print_command",
    "card sheets": "sheets:sheets_command",
    "card withdraw": "sheets:withdraw_command",
    "card new": "mailed:new_command",
}
"""The module and function of each command; the function's docstring is the command's help."""


class Table(click.Group):
    """The commands of ``COMMANDS`` that begin with ``word``, or all of them."""

    def __init__(self, word: str = "", *, help: str) -> None:  # noqa: A002 - click's own word
        super().__init__(word or None, help=help, context_settings={"help_option_names": ["-h", "--help"]})
        self._begin = f"{word} " if word else ""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        words = [name.removeprefix(self._begin) for name in COMMANDS if name.startswith(self._begin)]
        return sorted({word.partition(" ")[0] for word in words})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        name = self._begin + cmd_name
        if name in GROUPS:
            return Table(name, help=GROUPS[name])
        return loaded(name) if name in COMMANDS else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        names = self.list_commands(ctx)
        said = [click.Command(name, help=_said_of(self._begin + name)) for name in names]
        click.Group(commands=said).format_commands(ctx, formatter)


def loaded(name: str) -> click.Command:
    module, function = COMMANDS[name].split(":")
    with loading():
        command = getattr(import_module(f"bot.cli.{module}"), function)
    assert isinstance(command, click.Command)
    return command


def _said_of(name: str) -> str:
    if name in GROUPS:
        return GROUPS[name]
    module, function = COMMANDS[name].split(":")
    return _docstrings(module)[function]


@cache
def _docstrings(module: str) -> dict[str, str]:
    """The docstrings of a module's functions, read from its source."""
    spec = find_spec(f"bot.cli.{module}")
    assert spec is not None
    assert spec.origin is not None
    tree = ast.parse(Path(spec.origin).read_bytes())
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return {function.name: ast.get_docstring(function) or "" for function in functions}
