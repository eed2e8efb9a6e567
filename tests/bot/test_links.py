"""Which links are this bot's own, and what a copy of the database is worth to who would like to make some."""

import sqlite3
from contextlib import closing

import pytest

from bot.kit.links import Links, parse_payload
from bot.kit.tokens import Tokens, token_hash
from domain.ids import StoreId
from domain.link import LinkKind
from tests.bot.customer.test_cards import code_on
from tests.support.house import House, Shop

TOKEN = "AAAAAAAAAAAAAAAAAAAAAA"


@pytest.fixture
def links() -> Links:
    return Links("Stempel_bot", Tokens(b"the secret key of one installation"))


@pytest.mark.parametrize(
    "text",
    [
        f"https://t.me/Stempel_bot?start=c{TOKEN}",
        f" http://telegram.me/stempel_BOT?start=c{TOKEN}\n",
        f"t.me/Stempel_bot?start=c{TOKEN}",
    ],
)
def test_link_to_this_bot_is_read_however_it_is_written(links: Links, text: str) -> None:
    payload = links.payload_in(text)
    assert payload is not None
    assert (payload.kind, payload.token_hash) == (LinkKind.CARD, token_hash(TOKEN))


@pytest.mark.parametrize(
    "text",
    [
        f"https://t.me/another_bot?start=c{TOKEN}",
        f"https://example.com/Stempel_bot?start=c{TOKEN}",
        f"https://t.me/Stempel_bot?start=x{TOKEN}",
        f"https://t.me/Stempel_bot?start=c{TOKEN}A",
        f"see https://t.me/Stempel_bot?start=c{TOKEN}",
        f"c{TOKEN}",
        "",
    ],
)
def test_anything_else_is_not(links: Links, text: str) -> None:
    assert links.payload_in(text) is None


def test_link_of_a_store_is_read_back(links: Links) -> None:
    payload = links.payload_in(links.join(StoreId("gare")))
    assert payload is not None
    assert payload.kind is LinkKind.JOIN


def test_payload_that_an_earlier_version_kept_as_it_was_sent_is_read() -> None:
    assert parse_payload(f"c{TOKEN}") == parse_payload(f"c{token_hash(TOKEN)}")
    assert parse_payload(f"c{TOKEN}") is not None
    assert parse_payload(f"x{TOKEN}") is None


async def test_copy_of_the_database_holds_no_token_of_any_link(home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Anna")
    await home.owner(shop)
    _, invite = await home.invites(shop, "Sam")
    await home.at_rest()
    with closing(sqlite3.connect(home.settings.database_path)) as database:
        everything = "\n".join(database.iterdump())
    secret = [
        link.rpartition("=")[2][1:] for link in (code_on(anna.last), shop.join_link, shop.owner_link, invite)
    ]
    assert [len(token) for token in secret] == [22] * 4
    assert [token for token in secret if token in everything] == []
    assert shop.merchant_id in everything
