"""The options that many commands have."""

import re
from collections.abc import Callable, Sequence
from functools import wraps
from itertools import pairwise
from typing import Any

import click

from domain.ids import MerchantId

Command = Callable[..., Any]
Option = Callable[[Command], Command]
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def merchant_option(command: Command) -> Command:
    @click.option("--merchant", required=True, help="The merchant's id, or its name.")
    @wraps(command)
    def asked(merchant: str, **given: Any) -> Any:
        return command(merchant=_by_name(merchant), **given)

    return asked


def called(name: str) -> list[MerchantId]:
    """The merchants of a name, however it is capitalized."""
    from bot.cli.asking import read  # noqa: PLC0415 - where a name is given
    from domain.usecases.see_shop import list_merchants  # noqa: PLC0415

    return [
        each.merchant_id for each in read(list_merchants, None) if each.name.casefold() == name.casefold()
    ]


def _by_name(value: str) -> str:
    """The id of the only merchant with this name. An id is returned as it is: the command finds out whether there is
    such a merchant. Raises TermMalformed where nobody or several have the name."""
    if _ID.fullmatch(value):
        return value
    found = called(value)
    if len(found) > 1:
        raise TermMalformed(
            f"{len(found)} merchants are called {value}: give the id of one of them, {', '.join(found)}."
        )
    if not found:
        raise TermMalformed(f"No merchant is called {value}: `stempel merchant list` names those there are.")
    return found[0]


staff_option: Option = click.option(
    "--staff", "member", required=True, help="The member's id, as `staff list` prints it."
)


def check_words(words: Sequence[str]) -> None:
    """Raises TermMalformed for an empty word, which comes from a variable of the shell that is not set. Passed on, it
    would count as left out: a closure of one store would be the whole shop's. Also for one that is not UTF-8, which
    no table takes."""
    for before, word in pairwise(("", *words)):
        said = word.encode(errors="surrogateescape").decode(errors="replace")
        if said != word:
            raise TermMalformed(
                f"{said} is not UTF-8: set the terminal, or the script it comes from, to UTF-8."
            )
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
