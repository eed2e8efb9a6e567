"""The options that many commands have."""

from collections.abc import Callable
from typing import Any

import click

Command = Callable[..., Any]
Option = Callable[[Command], Command]


merchant_option: Option = click.option("--merchant", required=True, help="The merchant's id.")
staff_option: Option = click.option(
    "--staff", "member", required=True, help="The member's id, as `staff list` prints it."
)


class TermMalformed(click.ClickException):
    """One sentence about what is wrong with an option."""

    def show(self, file: Any = None) -> None:
        click.echo(self.message, file=file, err=True)
