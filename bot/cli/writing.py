"""Files that a command writes, and where they may lie."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from bot.cli.options import TermMalformed
from bot.kit.key_file import KeyFile
from bot.kit.settings import DOTENV, Settings, load_settings

_OF_A_DATABASE = ("", "-wal", "-shm", ".lock")
_COPIES_BEGIN_WITH = (b"SQLite format 3\0", b"PGDMP")
_FORCE = "bot.cli.writing.force"


class Written(click.Path):
    """A file to write, which is checked before the command does anything. What is there is replaced only with
    ``force_option`` beside it."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, readable=False, writable=True, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        file = Path(os.fsdecode(super().convert(value, param, ctx)))
        check_written(file)
        self._check_there(file, is_forced=ctx is not None and ctx.meta.get(_FORCE, False))
        return file

    def _check_there(self, file: Path, *, is_forced: bool) -> None:
        """Raises TermMalformed."""
        if not is_forced and file.exists() and file.stat().st_size:
            raise TermMalformed(
                f"{file} is there already, and stays as it is: give another file, or --force too."
            )


class WrittenCopy(Written):
    """A copy of the database, which an earlier copy makes way for."""

    def _check_there(self, file: Path, *, is_forced: bool) -> None:  # noqa: ARG002
        if not file.exists():
            return
        if file.with_name(f"{file.name}.lock").exists():
            raise TermMalformed(f"{file} is the database of a bot: give another file.")
        if file.stat().st_size and not _begins_like_a_copy(file):
            raise TermMalformed(f"{file} is no copy, and stays as it is: give another file.")


def _keep_force(ctx: click.Context, _: click.Parameter, is_forced: bool) -> None:
    ctx.meta[_FORCE] = is_forced


force_option = click.option(
    "--force",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_keep_force,
    help="Replace a file that is there already.",
)


def check_written(file: Path) -> None:
    """Raises TermMalformed for a file that cannot be written, or that the bot cannot do without."""
    if str(file) == "-":
        raise TermMalformed("What is written goes into a file, not to the screen: give its name.")
    folder = file.absolute().parent
    if not folder.is_dir():
        raise TermMalformed(f"{folder} is not a folder: make it first.")
    if not os.access(folder, os.W_OK):
        raise TermMalformed(f"{folder} cannot be written to: give a file in another folder.")
    if os.path.lexists(file) and not file.is_file():
        raise TermMalformed(f"{file} is no file, and stays as it is: give another.")
    if any(_are_one(file, own) for own in _own_files(load_settings())):
        raise TermMalformed(f"{file} is the bot's own: give another file.")


def _own_files(settings: Settings) -> Sequence[Path]:
    database, key = settings.database_path, KeyFile.beside(settings.database_path)
    named = (
        settings.apple_pass_cert,
        settings.apple_pass_key,
        settings.apple_pass_wwdr,
        settings.google_wallet_key_file,
    )
    return [
        DOTENV,
        *(database.with_name(f"{database.name}{ending}") for ending in _OF_A_DATABASE),
        key.path,
        key.coming,
        *(file for file in named if file is not None),
    ]


def _are_one(file: Path, own: Path) -> bool:
    """Whether both are the same file, by whatever name or link."""
    if file.exists() and own.exists():
        return file.samefile(own)
    return file.resolve() == own.resolve()


def _begins_like_a_copy(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(16).startswith(_COPIES_BEGIN_WITH)
