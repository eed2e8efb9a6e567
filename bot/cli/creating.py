"""Creating merchants and programs, with an option for each of their fields."""

import asyncio
from typing import Any

import click

from bot.app.database import open_database
from bot.cli.fields import field_facts, of_merchant
from bot.cli.linking import write_with_links
from bot.cli.options import called
from bot.cli.printing import json_option, show
from bot.cli.terms import REWARD, field_options, program_options, program_values, values
from bot.kit.clock import new_id
from bot.kit.settings import Settings, load_settings
from bot.kit.tokens import Tokens, invite_token, token_hash
from bot.texts import texts
from bot.views.progress import card_kind
from bot.views.team import OWNER
from domain.fields import Target, with_defaults
from domain.ids import MerchantId, ProgramId, StoreId
from domain.rules.guards import GUARDS
from domain.usecases.add_program import AddProgram, add_program
from domain.usecases.see_shop import Shop
from domain.usecases.set_up import CreateMerchant, create_merchant


@click.command()
@field_options
@json_option
def create_merchant_command(*, as_json: bool, **given: Any) -> None:
    """Create a merchant with its first store; print the links for the owner and the poster."""
    made = _create_merchant(load_settings(), given)
    show(made, as_json=as_json)
    found = called(made["store_name"])
    if len(found) > 1:
        click.echo(
            f"There are {len(found)} merchants called {made['store_name']} now: commands have to be given the id of"
            f" one of them, {', '.join(found)}.",
            err=True,
        )


@click.command()
@of_merchant
@program_options
def create_program_command(shop: Shop, *, as_json: bool, **given: Any) -> None:
    """Add a program beside those there are; print its id, what guards it, and the links of its posters, one for each
    store.

    The first program of a shop gets a name by it, if it has none: change it with `program set`. PIN, wait and daily
    limit are as strict as those of the programs there are, unless they are given.
    """
    t, first = texts(shop.merchant.default_locale), shop.programs[0]
    command = AddProgram(
        merchant_id=shop.merchant.merchant_id,
        account=None,
        program_id=ProgramId(new_id()),
        program=program_values(given, shop.merchant.currency, t(REWARD)),
        present_name=card_kind(t, has_stamps=first.has_stamps, has_points=first.has_points),
    )
    links, added = asyncio.run(write_with_links(load_settings(), add_program, lambda _: command))
    stores = [store.store_id for store in shop.stores if store.active]
    facts = {
        "program_id": added.program_id,
        "name": added.name,
        **field_facts(Target.PROGRAM, added, GUARDS, shop.merchant.currency, as_json=as_json),
        "join_links": [links.join(store_id, added.program_id) for store_id in stores],
    }
    show(facts, as_json=as_json)


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

    links, created = asyncio.run(write_with_links(settings, create_merchant, command, open_database))
    return {
        "merchant_id": created.merchant_id,
        "owner_link": links.invite(owner_token),
        "store_id": store_id,
        "store_name": created.name,
        "join_link": links.join(store_id),
    }
