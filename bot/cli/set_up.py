"""Setting up merchants, stores and teams."""

import asyncio
from typing import Any

import click

from bot.cli.asking import read, write, write_with_links
from bot.cli.options import field_options, merchant_option, parsed, program_values, staff_option, values
from bot.cli.printing import json_option, show, show_line
from bot.kit.clock import new_id
from bot.kit.settings import Settings, load_settings
from bot.kit.tokens import Tokens, invite_token, token_hash
from bot.texts import mark, texts
from domain.fields import NAME, Target, with_defaults
from domain.ids import MerchantId, ProgramId, StaffId, StoreId
from domain.staff import Role, Staff
from domain.usecases.close_shop import CloseShop, close_shop, keep_shop, see_closing
from domain.usecases.open_shop import InviteShop, invite_shop
from domain.usecases.remove_staff import RemoveStaff, remove_staff
from domain.usecases.reset_pin import ResetPinByOperator, reset_pin_by_operator
from domain.usecases.see_staff import WithdrawLink, list_staff, withdraw_link
from domain.usecases.set_staff import SetStaff, set_staff
from domain.usecases.set_up import (
    CreateMerchant,
    CreateStore,
    InviteStaff,
    create_merchant,
    create_store,
    invite_staff,
)

REWARD = mark("One for free")
OWNER = mark("Owner")


@click.group()
def merchant() -> None:
    """Merchants."""


@merchant.command("create")
@field_options
@json_option
def create_merchant_command(*, as_json: bool, **given: Any) -> None:
    """Create a merchant with its first store; print the links for the owner and the poster."""
    show(_create_merchant(load_settings(), given), as_json=as_json)


@merchant.command("invite")
@json_option
def invite_shop_command(*, as_json: bool) -> None:
    """Invite somebody to open a shop in the chat; print the link to hand over, which works once, for a week."""
    token = invite_token()
    command = InviteShop(merchant_id=MerchantId(new_id()), token_hash=token_hash(token))
    links, _ = asyncio.run(write_with_links(load_settings(), invite_shop, lambda _: command))
    show({"owner_link": links.new_shop(token)}, as_json=as_json)


@merchant.command("close")
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
    show({"closes_at": seen.merchant.closes_at, "customers_told": seen.customers}, as_json=as_json)


@click.group()
def store() -> None:
    """Stores."""


@store.command("create")
@merchant_option
@click.option("--name", required=True)
@json_option
def create_store_command(merchant: str, name: str, *, as_json: bool) -> None:
    """Create one more store; print the link for its poster."""
    show(_create_store(load_settings(), MerchantId(merchant), name), as_json=as_json)


@click.group()
def staff() -> None:
    """Teams."""


@staff.command("invite")
@merchant_option
@click.option("--store", default=None, help="The store's id; owners and managers work at every store.")
@click.option("--name", required=True)
@click.option("--role", type=click.Choice([role.value for role in Role]), default="staff", show_default=True)
@json_option
def invite_staff_command(merchant: str, store: str | None, name: str, role: str, *, as_json: bool) -> None:
    """Invite a member; print the link to hand over, which works once, for a week."""
    invite = _invite_staff(
        load_settings(), MerchantId(merchant), StoreId(store) if store else None, name, Role(role)
    )
    show(invite, as_json=as_json)


@staff.command("list")
@merchant_option
@json_option
def list_staff_command(merchant: str, *, as_json: bool) -> None:
    """Print the team, one member a line, with the link that they have not opened yet."""
    for line in read(list_staff, MerchantId(merchant)):
        show_line(line, as_json=as_json)


@staff.command("reset-pin")
@merchant_option
@staff_option
@json_option
def reset_pin_command(merchant: str, member: str, *, as_json: bool) -> None:
    """Let a member choose a new PIN; print the link to hand over, which works once."""
    reset = _reset_pin(load_settings(), MerchantId(merchant), StaffId(member))
    show(reset, as_json=as_json)


@staff.command("withdraw")
@merchant_option
@staff_option
@json_option
def withdraw_link_command(merchant: str, member: str, *, as_json: bool) -> None:
    """Let a member's link that was not opened yet lead nowhere; who was only invited is off the team."""
    command = WithdrawLink(merchant_id=MerchantId(merchant), staff_id=StaffId(member))
    _show_member(write(withdraw_link, command), as_json=as_json)


@staff.command("set")
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


@staff.command("remove")
@merchant_option
@staff_option
@json_option
def remove_staff_command(merchant: str, member: str, *, as_json: bool) -> None:
    """Take a member off the team at once; what they did stays in the ledger."""
    command = RemoveStaff(merchant_id=MerchantId(merchant), staff_id=StaffId(member))
    _show_member(write(remove_staff, command), as_json=as_json)


def _show_member(staff: Staff, *, as_json: bool) -> None:
    show({"staff_id": staff.staff_id, "name": staff.name, "status": staff.status}, as_json=as_json)


def _create_merchant(settings: Settings, given: dict[str, Any]) -> dict[str, str]:
    owner_token = invite_token()
    merchant = {"default_locale": settings.default_locale, **values(Target.MERCHANT, given, "")}
    store_id, t = StoreId(new_id()), texts(merchant["default_locale"])
    currency = with_defaults(Target.MERCHANT, merchant)["currency"]
    program = program_values({**given, "name": None}, currency, t(REWARD))

    def command(tokens: Tokens) -> CreateMerchant:
        return CreateMerchant(
            merchant_id=MerchantId(new_id()),
            merchant=merchant,
            program_id=ProgramId(new_id()),
            program=program,
            store_id=store_id,
            store_name=merchant["name"],
            store_token_hash=token_hash(tokens.store_token(store_id)),
            owner_name=t(OWNER),
            owner_token_hash=token_hash(owner_token),
        )

    links, created = asyncio.run(write_with_links(settings, create_merchant, command))
    return {
        "merchant_id": created.merchant_id,
        "owner_link": links.invite(owner_token),
        "store_id": store_id,
        "store_name": created.name,
        "join_link": links.join(store_id),
    }


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


COMMANDS = (merchant, store, staff)
