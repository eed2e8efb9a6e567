"""Setting up merchants, stores and teams."""

import asyncio
from collections.abc import Sequence
from typing import Any

import click

from bot.app.main import open_database
from bot.cli.printing import json_option, show, show_line
from bot.cli.terms import expiry_terms, points_options, points_terms
from bot.kit.clock import new_id
from bot.kit.links import Links
from bot.kit.settings import Settings, load_secret, load_settings
from bot.kit.tokens import Tokens, invite_token, token_hash
from bot.telegram.username import find_username
from bot.texts import mark, texts
from domain.account import Locale
from domain.ids import MerchantId, ProgramId, StaffId, StoreId
from domain.merchant import ProgramKind
from domain.ports import Database
from domain.staff import Role
from domain.usecases.reset_pin import (
    ResetPinByOperator,
    StaffLine,
    list_staff,
    reset_pin_by_operator,
)
from domain.usecases.set_up import (
    CreateMerchant,
    CreateStore,
    InviteStaff,
    create_merchant,
    create_store,
    invite_staff,
)

COLOUR = "#6f4e37"
TIMEZONE = "Europe/Luxembourg"
CURRENCY = "EUR"
SUMMARY_HOUR = 20
REWARD = mark("One for free")
OWNER = mark("Owner")


@click.group()
def merchant() -> None:
    """Merchants."""


@merchant.command("create")
@click.option("--name", required=True)
@click.option("--timezone", default=TIMEZONE, show_default=True, help="An IANA time zone name.")
@click.option("--locale", type=click.Choice([locale.value for locale in Locale]), default=None)
@click.option("--currency", default=CURRENCY, show_default=True, help="An ISO 4217 code.")
@click.option("--colour", default=COLOUR, show_default=True, help="The card's colour, #rrggbb.")
@click.option(
    "--program", type=click.Choice([kind.value for kind in ProgramKind]), default="stamps", show_default=True
)
@click.option("--stamps-target", type=int, default=10, show_default=True)
@click.option("--reward", default=None, help="What a full card, or --reward-cost points, are good for.")
@click.option("--cooldown-minutes", type=int, default=0, show_default=True)
@click.option("--max-daily-stamps", type=int, default=None, help="Per card and day; no limit unless given.")
@click.option("--require-pin/--no-pin", default=True, show_default=True)
@click.option("--pin-window-minutes", type=int, default=15, show_default=True, help="0: a PIN every time.")
@points_options
@click.option(
    "--summary-hour", type=int, default=SUMMARY_HOUR, show_default=True, help="A local hour, 0 to 23."
)
@json_option
def create_merchant_command(*, as_json: bool, **given: Any) -> None:
    """Create a merchant with its first store; print the links for the owner and the poster."""
    show(asyncio.run(_create_merchant(load_settings(), given)), as_json=as_json)


@click.group()
def store() -> None:
    """Stores."""


@store.command("create")
@click.option("--merchant", required=True, help="The merchant's id.")
@click.option("--name", required=True)
@json_option
def create_store_command(merchant: str, name: str, *, as_json: bool) -> None:
    """Create one more store; print the link for its poster."""
    show(asyncio.run(_create_store(load_settings(), MerchantId(merchant), name)), as_json=as_json)


@click.group()
def staff() -> None:
    """Teams."""


@staff.command("invite")
@click.option("--merchant", required=True, help="The merchant's id.")
@click.option("--store", default=None, help="The store's id; owners and managers work at every store.")
@click.option("--name", required=True)
@click.option("--role", type=click.Choice([role.value for role in Role]), default="staff", show_default=True)
@json_option
def invite_staff_command(merchant: str, store: str | None, name: str, role: str, *, as_json: bool) -> None:
    """Invite a member; print the link to hand over, which works once, for a week."""
    invite = _invite_staff(
        load_settings(), MerchantId(merchant), StoreId(store) if store else None, name, Role(role)
    )
    show(asyncio.run(invite), as_json=as_json)


@staff.command("list")
@click.option("--merchant", required=True, help="The merchant's id.")
@json_option
def list_staff_command(merchant: str, *, as_json: bool) -> None:
    """Print the team, one member a line."""
    for line in asyncio.run(_list_staff(load_settings(), MerchantId(merchant))):
        show_line(line, as_json=as_json)


@staff.command("reset-pin")
@click.option("--merchant", required=True, help="The merchant's id.")
@click.option("--staff", "member", required=True, help="The member's id, as `staff list` prints it.")
@json_option
def reset_pin_command(merchant: str, member: str, *, as_json: bool) -> None:
    """Let a member choose a new PIN; print the link to hand over, which works once."""
    reset = _reset_pin(load_settings(), MerchantId(merchant), StaffId(member))
    show(asyncio.run(reset), as_json=as_json)


async def _create_merchant(settings: Settings, given: dict[str, Any]) -> dict[str, str]:
    tokens, owner_token = Tokens(load_secret(settings)), invite_token()
    store_id, locale = StoreId(new_id()), Locale(given["locale"] or settings.default_locale)
    kind, reward = ProgramKind(given["program"]), given["reward"] or texts(locale)(REWARD)
    command = CreateMerchant(
        merchant_id=MerchantId(new_id()),
        name=given["name"],
        colour=given["colour"],
        timezone=given["timezone"],
        currency=given["currency"],
        default_locale=locale,
        summary_hour=given["summary_hour"],
        allow_void=True,
        program_id=ProgramId(new_id()),
        kind=kind,
        stamps_target=given["stamps_target"],
        reward=reward,
        cooldown_minutes=given["cooldown_minutes"],
        max_daily_stamps=given["max_daily_stamps"],
        require_staff_pin=given["require_pin"],
        pin_window_minutes=given["pin_window_minutes"],
        welcome_bonus=given["welcome_bonus"],
        **points_terms(given, kind, reward),
        **expiry_terms(given),
        store_id=store_id,
        store_name=given["name"],
        store_token_hash=token_hash(tokens.store_token(store_id)),
        owner_name=texts(locale)(OWNER),
        owner_token_hash=token_hash(owner_token),
    )
    async with open_database(settings) as database:
        links = await _links(settings, database, tokens)
        created = await database.write(create_merchant, command)
    return {
        "merchant_id": created.merchant_id,
        "owner_link": links.invite(owner_token),
        "store_id": store_id,
        "store_name": created.name,
        "join_link": links.join(store_id),
    }


async def _create_store(settings: Settings, merchant_id: MerchantId, name: str) -> dict[str, str]:
    tokens, store_id = Tokens(load_secret(settings)), StoreId(new_id())
    command = CreateStore(
        merchant_id=merchant_id,
        store_id=store_id,
        name=name,
        token_hash=token_hash(tokens.store_token(store_id)),
    )
    async with open_database(settings) as database:
        links = await _links(settings, database, tokens)
        await database.write(create_store, command)
    return {"store_id": store_id, "join_link": links.join(store_id)}


async def _invite_staff(
    settings: Settings, merchant_id: MerchantId, store_id: StoreId | None, name: str, role: Role
) -> dict[str, str]:
    token = invite_token()
    command = InviteStaff(
        merchant_id=merchant_id,
        store_id=store_id,
        name=name,
        role=role,
        token_hash=token_hash(token),
    )
    async with open_database(settings) as database:
        links = await _links(settings, database, Tokens(load_secret(settings)))
        await database.write(invite_staff, command)
    return {"invite_link": links.invite(token)}


async def _list_staff(settings: Settings, merchant_id: MerchantId) -> Sequence[StaffLine]:
    async with open_database(settings) as database:
        return await database.read(list_staff, merchant_id)


async def _reset_pin(settings: Settings, merchant_id: MerchantId, staff_id: StaffId) -> dict[str, str]:
    token = invite_token()
    command = ResetPinByOperator(merchant_id=merchant_id, staff_id=staff_id, token_hash=token_hash(token))
    async with open_database(settings) as database:
        links = await _links(settings, database, Tokens(load_secret(settings)))
        await database.write(reset_pin_by_operator, command)
    return {"invite_link": links.invite(token)}


async def _links(settings: Settings, database: Database, tokens: Tokens) -> Links:
    return Links(await find_username(settings, database), tokens)


COMMANDS = (merchant, store, staff)
