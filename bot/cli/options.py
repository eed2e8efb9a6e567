"""The options that many commands have."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import click

Command = Callable[..., Any]
Option = Callable[[Command], Command]


merchant_option: Option = click.option("--merchant", required=True, help="The merchant's id.")
staff_option: Option = click.option(
    "--staff", "member", required=True, help="The member's id, as `staff list` prints it."
)


def check_words(words: Sequence[str]) -> None:
    """What is empty comes from a variable of the shell that is not set. Passed on, it would count as left out: a
    closure of one store would be the whole shop's. Raises TermMalformed."""
    for before, word in pairwise(("", *words)):
        is_empty = not word or (word.startswith("--") and word.endswith("=") and "=" not in word[:-1])
        if is_empty:
            name = (word or before).rstrip("=")
            said = f"The value of {name}" if name.startswith("-") else "An argument"
            raise TermMalformed(
                f"{said} is empty: give one, or leave it out. Is a variable of the shell not set?"
            )


class TermMalformed(click.ClickException):
    """One sentence about what is wrong with an option."""

    def show(self, file: Any = None) -> None:
        click.echo(self.message, file=file, err=True)
