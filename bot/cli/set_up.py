"""Setting up merchants, stores and teams."""

import asyncio

import click

from bot.app.database import open_database
from bot.cli.asking import read, write
from bot.cli.linking import write_with_links
from bot.cli.options import merchant_option, staff_option
from bot.cli.printing import json_option, show, show_line
from bot.cli.terms import parsed
from bot.kit.clock import new_id
from bot.kit.settings import Settings, load_settings
from bot.kit.tokens import Tokens, invite_token, token_hash
from domain.fields import NAME
from domain.ids import MerchantId, StaffId, StoreId
from domain.staff import Role, Staff
from domain.usecases.close_shop import CloseShop, close_shop, keep_shop, see_closing
from domain.usecases.open_shop import InviteShop, invite_shop
from domain.usecases.remove_staff import RemoveStaff, remove_staff
from domain.usecases.reset_pin import ResetPinByOperator, reset_pin_by_operator
from domain.usecases.see_staff import WithdrawLink, list_staff, withdraw_link
from domain.usecases.set_staff import SetStaff, set_staff
from domain.usecases.set_up import (
    CreateStore,
    InviteStaff,
    create_store,
    invite_staff,
)


@click.command()
@json_option
def invite_shop_command(*, as_json: bool) -> None:
    """Invite somebody to open a shop in the chat; print the link to hand over, which works once, for a week."""
    token = invite_token()
    command = InviteShop(merchant_id=MerchantId(new_id()), token_hash=token_hash(token))
    links, _ = asyncio.run(write_with_links(load_settings(), invite_shop, lambda _: command, open_database))
    show({"owner_link": links.new_shop(token)}, as_json=as_json)


@click.command()
@merchant_option
@click.option("--yes", "is_meant", is_flag=True, help="Do it.")
@click.option("--undo", is_flag=True, help="Keep it after all, until its time has come.")
@json_option
def close_command(merchant: str, *, is_meant: bool, undo: bool, as_json: bool) -> None:
    """Close a shop for good: its customers are told, and 30 days later nothing of it is kept.

    Until then its cards work, nobody joins, and --undo takes it back. Export its books first.
    """
    command = CloseShop(merchant_id=MerchantId(merchant), account=None)
    if undo:
        seen = write(keep_shop, command)
    elif is_meant:
        seen = write(close_shop, command)
    else:
        customers = read(see_closing, command).customers
        raise click.UsageError(
            f"{customers} customers would be told, and lose what they have in 30 days: say --yes."
        )
    show({"closes_at": seen.merchant.closes_at, "customers_told": seen.told}, as_json=as_json)


@click.command()
@merchant_option
@click.option("--name", required=True)
@json_option
def create_store_command(merchant: str, name: str, *, as_json: bool) -> None:
    """Create one more store; print the link for its poster."""
    show(_create_store(load_settings(), MerchantId(merchant), name), as_json=as_json)


@click.command()
@merchant_option
@click.option(
    "--store",
    default=None,
    help="The store's id, where there are several; owners and managers work at every one.",
)
@click.option("--name", required=True)
@click.option("--role", type=click.Choice([role.value for role in Role]), default="staff", show_default=True)
@json_option
def invite_staff_command(merchant: str, store: str | None, name: str, role: str, *, as_json: bool) -> None:
    """Invite a member; print the link to hand over, which works once, for a week."""
    invite = _invite_staff(
        load_settings(), MerchantId(merchant), StoreId(store) if store else None, name, Role(role)
    )
    show(invite, as_json=as_json)


@click.command()
@merchant_option
@json_option
def list_staff_command(merchant: str, *, as_json: bool) -> None:
    """Print the team, one member a line, with the link that they have not opened yet."""
    for line in read(list_staff, MerchantId(merchant)):
        show_line(line, as_json=as_json)


@click.command()
@merchant_option
@staff_option
@json_option
def reset_pin_command(merchant: str, member: str, *, as_json: bool) -> None:
    """Let a member choose a new PIN; print the link to hand over, which works once."""
    reset = _reset_pin(load_settings(), MerchantId(merchant), StaffId(member))
    show(reset, as_json=as_json)


@click.command()
@merchant_option
@staff_option
@json_option
def withdraw_link_command(merchant: str, member: str, *, as_json: bool) -> None:
    """Let a member's link that was not opened yet lead nowhere; who was only invited is off the team."""
    command = WithdrawLink(merchant_id=MerchantId(merchant), staff_id=StaffId(member))
    _show_member(write(withdraw_link, command), as_json=as_json)


@click.command()
@merchant_option
@staff_option
@click.option("--name", default=None)
@click.option("--role", type=click.Choice([role.value for role in Role if role is not Role.TERMINAL]))
@click.option("--store", "stores", multiple=True, help="The store's id; once for each store they work at.")
@json_option
def set_staff_command(
    merchant: str, member: str, name: str | None, role: str | None, stores: tuple[str, ...], *, as_json: bool
) -> None:
    """Change a member's name, role or stores."""
    command = SetStaff(
        merchant_id=MerchantId(merchant),
        staff_id=StaffId(member),
        name=name,
        role=Role(role) if role else None,
        store_ids=frozenset(map(StoreId, stores)) if stores else None,
    )
    changed = write(set_staff, command)
    shown = {"staff_id": changed.staff_id, "name": changed.name, "role": changed.role}
    show(shown, as_json=as_json)


@click.command()
@merchant_option
@staff_option
@json_option
def remove_staff_command(merchant: str, member: str, *, as_json: bool) -> None:
    """Take a member off the team at once; what they did stays in the ledger."""
    command = RemoveStaff(merchant_id=MerchantId(merchant), staff_id=StaffId(member))
    _show_member(write(remove_staff, command), as_json=as_json)


def _show_member(staff: Staff, *, as_json: bool) -> None:
    show({"staff_id": staff.staff_id, "name": staff.name, "status": staff.status}, as_json=as_json)


def _create_store(settings: Settings, merchant_id: MerchantId, name: str) -> dict[str, str]:
    store_id, checked = StoreId(new_id()), parsed(NAME, name, "")

    def command(tokens: Tokens) -> CreateStore:
        hashed = token_hash(tokens.store_token(store_id))
        return CreateStore(merchant_id=merchant_id, store_id=store_id, name=checked, token_hash=hashed)

    links, _ = asyncio.run(write_with_links(settings, create_store, command))
    return {"store_id": store_id, "join_link": links.join(store_id)}


def _invite_staff(
    settings: Settings, merchant_id: MerchantId, store_id: StoreId | None, name: str, role: Role
) -> dict[str, str]:
    token = invite_token()
    command = InviteStaff(
        merchant_id=merchant_id, store_id=store_id, name=name, role=role, token_hash=token_hash(token)
    )
    links, _ = asyncio.run(write_with_links(settings, invite_staff, lambda _: command))
    return {"invite_link": links.invite(token)}


def _reset_pin(settings: Settings, merchant_id: MerchantId, staff_id: StaffId) -> dict[str, str]:
    token = invite_token()
    command = ResetPinByOperator(merchant_id=merchant_id, staff_id=staff_id, token_hash=token_hash(token))
    links, _ = asyncio.run(write_with_links(settings, reset_pin_by_operator, lambda _: command))
    return {"invite_link": links.invite(token)}
