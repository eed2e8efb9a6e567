"""Looking at merchants, stores and programs, and changing their fields."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from typing import Any

import click

from bot.cli.asking import read, write
from bot.cli.options import TermMalformed, merchant_option
from bot.cli.printing import json_option, show, show_line
from bot.kit.loading import loading
from domain.field_kinds import Amount, Rate
from domain.fields import FIELDS, Target
from domain.ids import MerchantId
from domain.merchant import Merchant, Program, Store
from domain.usecases.change_fields import ChangeFields, Edit, change_fields
from domain.usecases.see_shop import Shop, list_merchants, see_shop

program_option = click.option("--program", "program_id", help="The program's id, where there are several.")
store_option = click.option("--store", "store_id", required=True, help="The store's id.")
values_argument = click.argument("values", nargs=-1, required=True, metavar="FIELD=VALUE...")


def of_merchant(command: Callable[..., None]) -> Callable[..., None]:
    """Gives the command the shop of ``--merchant``, and ``--json``."""

    @merchant_option
    @json_option
    @wraps(command)
    def asked(merchant: str, **given: Any) -> None:
        command(read(see_shop, MerchantId(merchant)), **given)

    return asked


@click.command()
@json_option
def list_merchants_command(*, as_json: bool) -> None:
    """Print the merchants, oldest first, one a line, and when those that close will end."""
    for one in read(list_merchants, None):
        facts: dict[str, object] = {"merchant_id": one.merchant_id, "name": one.name}
        if one.closes_at is not None:
            facts["closes_at"] = one.closes_at
        show_line(facts, as_json=as_json)


@click.command()
@of_merchant
def list_stores_command(shop: Shop, *, as_json: bool) -> None:
    """Print the stores, oldest first, one a line."""
    for one in shop.stores:
        facts = {"store_id": one.store_id, "name": one.name, "active": one.active}
        for name, field in FIELDS[Target.STORE].items():
            facts.setdefault(name, field.show(getattr(one, name), shop.merchant.currency))
        show_line(facts, as_json=as_json)


@click.command()
@of_merchant
def list_programs_command(shop: Shop, *, as_json: bool) -> None:
    """Print the programs, oldest first, one a line."""
    for one in shop.programs:
        facts = {"program_id": one.program_id, "name": one.name, "kind": one.kind, "active": one.active}
        show_line(facts, as_json=as_json)


@click.command()
@of_merchant
def show_merchant_command(shop: Shop, *, as_json: bool) -> None:
    """Print a merchant's fields as `set` takes them, and its ids."""
    stores, programs = [one.store_id for one in shop.stores], [one.program_id for one in shop.programs]
    ids = {"merchant_id": shop.merchant.merchant_id, "store_ids": stores, "program_ids": programs}
    _show(shop, Target.MERCHANT, shop.merchant.merchant_id, ids, as_json=as_json)


@click.command()
@of_merchant
@program_option
def show_program_command(shop: Shop, program_id: str | None, *, as_json: bool) -> None:
    """Print a program's fields as `set` takes them, and its id."""
    found = _program_id(shop, program_id)
    _show(shop, Target.PROGRAM, found, {"program_id": found}, as_json=as_json)


@click.command()
@of_merchant
@values_argument
def set_merchant_command(shop: Shop, values: Sequence[str], *, as_json: bool) -> None:
    """Change fields of a merchant, all or none; print what changed."""
    _set(shop, Target.MERCHANT, shop.merchant.merchant_id, values, as_json=as_json)


@click.command()
@of_merchant
@program_option
@click.option("--same-reward", is_flag=True, help="The new reward for stamps is the old one in other words.")
@values_argument
def set_program_command(
    shop: Shop, program_id: str | None, values: Sequence[str], *, same_reward: bool, as_json: bool
) -> None:
    """Change fields of a program, all or none; print what changed. A list is given line by line.

    Cards that are begun keep what they were promised: what is dearer holds for the next one.
    """
    found = _program_id(shop, program_id)
    _set(shop, Target.PROGRAM, found, values, is_renamed=same_reward, as_json=as_json)


@click.command()
@of_merchant
@program_option
def pause_program_command(shop: Shop, program_id: str | None, *, as_json: bool) -> None:
    """Give and redeem nothing of a program until it is resumed; print what changed. Cards keep what they hold."""
    _set(shop, Target.PROGRAM, _program_id(shop, program_id), ["active=no"], as_json=as_json)


@click.command()
@of_merchant
@program_option
def resume_program_command(shop: Shop, program_id: str | None, *, as_json: bool) -> None:
    """Give and redeem again as before the pause; print what changed."""
    _set(shop, Target.PROGRAM, _program_id(shop, program_id), ["active=yes"], as_json=as_json)


@click.command()
@of_merchant
@store_option
@values_argument
def set_store_command(shop: Shop, store_id: str, values: Sequence[str], *, as_json: bool) -> None:
    """Change fields of a store, all or none; print what changed."""
    _set(shop, Target.STORE, store_id, values, as_json=as_json)


@click.command()
@of_merchant
@store_option
@click.option("--name", required=True)
def rename_store_command(shop: Shop, store_id: str, name: str, *, as_json: bool) -> None:
    """Call a store by another name; print what changed."""
    _set(shop, Target.STORE, store_id, [f"name={name}"], as_json=as_json)


@click.command()
@of_merchant
@store_option
def close_store_command(shop: Shop, store_id: str, *, as_json: bool) -> None:
    """Let a store's poster, desks and open invitations lead nowhere; print what changed. Cards and entries stay."""
    _set(shop, Target.STORE, store_id, ["active=no"], as_json=as_json)


@click.command()
@of_merchant
@store_option
def open_store_command(shop: Shop, store_id: str, *, as_json: bool) -> None:
    """Open a closed store again, with the poster that it had; print what changed."""
    _set(shop, Target.STORE, store_id, ["active=yes"], as_json=as_json)


def _program_id(shop: Shop, given: str | None) -> str:
    if given is not None or len(shop.programs) == 1:
        return given or shop.programs[0].program_id
    raise TermMalformed("There are several programs: say which with --program.")


def _show(shop: Shop, kind: Target, target_id: str, ids: Mapping[str, object], *, as_json: bool) -> None:
    """In JSON, too, an amount or a rate is as `set` takes it, though its name ends in the unit that it is kept in."""
    target, currency = shop.find(kind, target_id), shop.merchant.currency
    show({**ids, **field_facts(kind, target, FIELDS[kind], currency, as_json=as_json)}, as_json=as_json)


def field_facts(
    kind: Target, target: Merchant | Store | Program, names: Iterable[str], currency: str, *, as_json: bool
) -> dict[str, object]:
    """The fields of these names, as they are printed."""
    facts: dict[str, object] = {}
    for name in names:
        field, value = FIELDS[kind][name], getattr(target, name)
        text = field.show(value, currency)
        if as_json:
            facts[name] = text if isinstance(field, Amount | Rate) else value
        else:
            facts[name] = text.split("\n")
    return facts


def _set(
    shop: Shop,
    kind: Target,
    target_id: str,
    values: Sequence[str],
    *,
    as_json: bool,
    is_renamed: bool = False,
) -> None:
    with loading():
        from bot.cli.terms import parsed  # noqa: PLC0415 - commands that only print do not need it

    target, currency = shop.find(kind, target_id), shop.merchant.currency
    edits = {
        name: Edit(seen=getattr(target, name), value=parsed(FIELDS[kind][name], text, currency))
        for name, text in _texts(kind, values).items()
    }
    command = ChangeFields(
        merchant_id=shop.merchant.merchant_id,
        target_kind=kind,
        target_id=target_id,
        staff_id=None,
        edits=edits,
        is_renamed=is_renamed,
    )
    for change in write(change_fields, command):
        line = {"field": change.field, "before": change.before, "after": change.after}
        if as_json:
            show_line(line, as_json=True)
        else:
            click.echo("{field}: {before} → {after}".format_map(line).replace("\n", "; "))


def _texts(kind: Target, values: Sequence[str]) -> dict[str, str]:
    """The texts by field; lines that are given one by one are put together. Raises TermMalformed."""
    texts: dict[str, str] = {}
    for value in values:
        name, equals, text = value.partition("=")
        if not equals:
            raise TermMalformed(f"{name} is not FIELD=VALUE, such as {name}=VALUE.")
        if name not in FIELDS[kind]:
            raise TermMalformed(f"There is no field {name}: there are {', '.join(FIELDS[kind])}.")
        texts[name] = f"{texts[name]}\n{text}" if name in texts else text
    return texts
