"""What merchants say in their own words."""

import click

from bot.cli.asking import read, write
from bot.cli.options import Option, merchant_option
from bot.cli.printing import json_option, show, show_line
from bot.texts import plain, texts
from bot.views.wording_preview import preview
from domain.account import Locale
from domain.ids import MerchantId, StoreId
from domain.messages import MessageKind
from domain.quick import dataclass
from domain.rules.wordings import placeholders_of
from domain.usecases.wordings import (
    ListWordings,
    ResetWording,
    WordingLine,
    WordingSheet,
    WordingSource,
    list_wordings,
    reset_wording,
    set_wording,
)
from domain.wording import Wording

KINDS = click.Choice([kind.value for kind in MessageKind])
LOCALES = click.Choice([locale.value for locale in Locale])

store_option: Option = click.option("--store", default=None, help="Only for this store, by its id.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownWording:
    """``preview`` is Telegram HTML, filled with examples; ``text`` None where nothing was set."""

    kind: MessageKind
    locale: Locale
    source: WordingSource
    text: str | None
    required: tuple[str, ...]
    optional: tuple[str, ...]
    preview: str


@click.command()
@merchant_option
@store_option
@click.option("--kind", type=KINDS, required=True)
@click.option("--locale", type=LOCALES, required=True)
@click.option("--text", required=True, help="Telegram HTML with {placeholders}.")
@json_option
def set_command(
    merchant: str, store: str | None, kind: str, locale: str, text: str, *, as_json: bool
) -> None:
    """Say a message in other words; print it filled with examples."""
    command = Wording(
        merchant_id=MerchantId(merchant),
        store_id=_store_id(store),
        kind=MessageKind(kind),
        locale=Locale(locale),
        text=text,
    )
    saved = write(set_wording, command)
    [line] = _lines(saved.merchant_id, saved.store_id, saved.kind, saved.locale)
    _print(line, as_json=as_json)


@click.command()
@merchant_option
@store_option
@click.option("--kind", type=KINDS, default=None)
@click.option("--locale", type=LOCALES, default=None)
@json_option
def show_command(
    merchant: str, store: str | None, kind: str | None, locale: str | None, *, as_json: bool
) -> None:
    """Print what is in force, filled with examples."""
    if kind is not None:
        placeholders_of(MessageKind(kind))
    for line in _lines(MerchantId(merchant), _store_id(store), kind, locale):
        _print(line, as_json=as_json)


@click.command()
@merchant_option
@store_option
@click.option("--kind", type=KINDS, required=True)
@click.option("--locale", type=LOCALES, default=None, help="Every language unless given.")
@json_option
def reset_command(merchant: str, store: str | None, kind: str, locale: str | None, *, as_json: bool) -> None:
    """Go back to the usual words: a store to its merchant's, a merchant to the built-in ones."""
    command = ResetWording(
        merchant_id=MerchantId(merchant),
        store_id=_store_id(store),
        kind=MessageKind(kind),
        locale=None if locale is None else Locale(locale),
    )
    show({"texts_reset": write(reset_wording, command)}, as_json=as_json)


def _store_id(store: str | None) -> StoreId | None:
    return None if store is None else StoreId(store)


def _lines(
    merchant_id: MerchantId, store_id: StoreId | None, kind: str | None, locale: str | None
) -> list[ShownWording]:
    """The wordings of one kind, one language, or all; only the languages that are printed are loaded."""
    sheet = read(list_wordings, ListWordings(merchant_id=merchant_id, store_id=store_id))
    asked = [line for line in sheet.lines if kind in (None, line.kind) and locale in (None, line.locale)]
    return [_line(sheet, line) for line in asked]


def _line(sheet: WordingSheet, line: WordingLine) -> ShownWording:
    placeholders = placeholders_of(line.kind)
    return ShownWording(
        kind=line.kind,
        locale=line.locale,
        source=line.source,
        text=line.text,
        required=placeholders.required,
        optional=placeholders.optional,
        preview=preview(texts(line.locale), sheet, line.kind, line.text).text,
    )


def _print(line: ShownWording, *, as_json: bool) -> None:
    """For people: a head line, what may be written, and the message as it would be read."""
    if as_json:
        show_line(line, as_json=True)
        return
    click.echo(f"{line.kind}  {line.locale}  {line.source}")
    needed = " ".join(f"{{{name}}}" for name in line.required)
    possible = " ".join(f"{{{name}}}" for name in line.optional)
    click.echo(f"  needs {needed}, may have {possible}")
    for said in plain(line.preview).splitlines():
        click.echo(f"  {said}")
