"""What opens something is in no file: links are hashed before they are written, PINs typed as text never written.

Looked for in the bytes of the database, of its log and of a backup, while an update waits and after it is done.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.kit.links import hashed
from bot.kit.tokens import token_hash
from bot.sandbox import Person
from bot.sandbox.qr import draw_qr
from bot.telegram.updates import WITHHELD, numbered_update, received_update, without_pins
from domain.ids import BotId
from domain.update import ReceivedUpdate
from storage.sqlite.backup import copy_database
from tests.bot.customer.test_cards import code_on
from tests.bot.telegram.updates import callback, in_update, message
from tests.support.house import House, Shop, number_of

PIN = "83140759"
TOKEN = "AbCdEfGhIjKlMnOpQrStUg"
WAITING = "SELECT payload FROM inbox WHERE done_at IS NULL AND failed_at IS NULL"
ASIDE = "SELECT payload FROM inbox WHERE failed_at IS NOT NULL"


def token_of(link: str) -> str:
    return link.rpartition("=")[2][1:]


def everything(home: House, folder: Path) -> bytes:
    """The database, its log, and a backup of now."""
    path, backup = Path(home.settings.database_path), folder / "backup.db"
    copy_database(path, backup)
    return b"".join(file.read_bytes() for file in (path, path.with_name(f"{path.name}-wal"), backup))


@asynccontextmanager
async def nobody_is_answered(home: House) -> AsyncIterator[None]:
    """Whatever is sent meanwhile waits in the inbox, and nothing else does."""
    await home.at_rest()
    slow = [
        home.sandbox.faults.stall(method=method, count=None)
        for method in ("sendMessage", "deleteMessage", "editMessageText")
    ]
    yield
    home.sandbox.faults.clear()
    for each in slow:
        each.release()


async def waits(home: House) -> None:
    await home.sandbox.until(
        lambda: not home.sandbox.world.updates.pending and home.rows(WAITING) not in ([], [(None,)])
    )


async def test_secret_of_an_invitation_is_in_no_file_and_while_it_waits_only_hashed(
    home: House, shop: Shop, tmp_path: Path
) -> None:
    _, invite = await home.invites(shop, "Sam")
    sam = home.sandbox.person("Sam")
    async with nobody_is_answered(home):
        await sam.opens(invite)
        await waits(home)
        [(payload,)] = home.rows(WAITING)
        assert token_hash(token_of(invite)) in payload
        assert token_of(invite).encode() not in everything(home, tmp_path)
    await sam.sees("choose a PIN", new=True)
    await home.at_rest()
    assert token_of(invite).encode() not in everything(home, tmp_path)


async def test_code_of_a_card_is_in_no_file_and_while_it_waits_only_hashed(
    home: House, shop: Shop, tmp_path: Path
) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    code = code_on(anna.last)
    async with nobody_is_answered(home):
        await sam.opens(code)
        await waits(home)
        [(payload,)] = home.rows(WAITING)
        assert token_hash(token_of(code)) in payload
        assert token_of(code).encode() not in everything(home, tmp_path)
    await sam.sees("Anna · ", new=True)
    await sam.sends(code)
    await sam.sees("not understood", new=True)
    await home.at_rest()
    assert token_of(code).encode() not in everything(home, tmp_path)


async def test_code_that_waits_for_a_store_is_kept_hashed(home: House, shop: Shop, tmp_path: Path) -> None:
    await home.adds_store(shop, "Gare")
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    code = code_on(anna.last)
    await paul.opens(code)
    await paul.sees("Where", new=True)
    await home.at_rest()
    assert token_of(code).encode() not in everything(home, tmp_path)
    await paul.taps("Gare")
    await paul.sees("Anna · ", new=True)


async def asks_for_pin(home: House) -> tuple[Person, Person]:
    shop = await home.opens_shop(require_staff_pin=True, pin_window_minutes=0)
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam", pin=PIN)
    await sam.sends(f"/stamp {number_of(anna)}")
    await sam.sees("Sam, your PIN", new=True)
    return anna, sam


async def test_typed_pin_is_in_no_file_while_it_waits_and_after(home: House, tmp_path: Path) -> None:
    _, sam = await asks_for_pin(home)
    async with nobody_is_answered(home):
        await sam.sends(PIN)
        await waits(home)
        assert PIN.encode() not in everything(home, tmp_path)
    await sam.sees("✅ 1 of 10", new=True)
    await sam.sends(f"my PIN is {PIN}")
    await sam.sees("not understood", new=True)
    await home.at_rest()
    assert PIN.encode() not in everything(home, tmp_path)
    assert home.rows("SELECT DISTINCT payload FROM inbox WHERE done_at IS NOT NULL") == [(None,)]


async def test_update_set_aside_holds_no_typed_pin_and_no_link(home: House, tmp_path: Path) -> None:
    anna, sam = await asks_for_pin(home)
    code = code_on(anna.last)
    home.sandbox.faults.refuse("nobody has thought of this", method="editMessageText", chat_id=sam.id)
    await sam.sends(PIN)
    await home.until_rows("SELECT count(*) FROM inbox WHERE failed_at IS NOT NULL", [(1,)])
    home.sandbox.faults.refuse("nobody has thought of this", method="sendMessage", chat_id=sam.id)
    await sam.opens(code)
    await home.until_rows("SELECT count(*) FROM inbox WHERE failed_at IS NOT NULL", [(2,)])
    first, second = (json.loads(payload)["message"]["text"] for (payload,) in home.rows(ASIDE))
    assert (first, second) == (WITHHELD, f"/start c{token_hash(token_of(code))}")
    found = everything(home, tmp_path)
    assert PIN.encode() not in found
    assert token_of(code).encode() not in found


async def test_hash_out_of_a_copy_of_the_database_opens_nothing(home: House, shop: Shop) -> None:
    anna, ben = await home.customer(shop, "Anna"), home.sandbox.person("Ben")
    _, invite = await home.invites(shop, "Sam")
    for link in (invite, code_on(anna.last)):
        kept = hashed(link.rpartition("=")[2])
        assert home.rows("SELECT count(*) FROM directory WHERE token_hash = ?", kept[1:]) == [(1,)]
        await ben.sends(f"/start {kept}")
        await ben.sees("This link does not work", new=True)
        await ben.sends_photo(draw_qr(f"{link.rpartition('=')[0]}={kept}"))
        await ben.sees("This code is not one of our cards", new=True)


def kept(text: str) -> str:
    """What is written down of a message that says so."""
    received = received_update(BotId(1), in_update({"message": message(text=text)}))
    words: str = json.loads(without_pins(received).payload)["message"]["text"]
    return words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"/start i{TOKEN}", f"/start i{token_hash(TOKEN)}"),
        (f"/START@Stempel_bot \n c{TOKEN}", f"/START@Stempel_bot \n c{token_hash(TOKEN)}"),
        (f"/start i{TOKEN} and more", "/start ?"),
        (f"/start i{token_hash(TOKEN)}", "/start ?"),
        (f"see https://t.me/Stempel_bot?start=i{TOKEN}!", "see https://t.me/Stempel_bot?start=?!"),
        ("/start", "/start"),
        ("2580", WITHHELD),
        ("PIN: 25 80.", WITHHELD),
        ("٢٥٨٠", WITHHELD),
        ("482 109 375", "482 109 375"),
        ("482109375", "482109375"),
        ("/stamp 482109375 2", "/stamp 482109375 2"),
        ("12.50", "12.50"),
        ("Moien 👋", "Moien 👋"),
    ],
)
def test_of_words_everything_is_kept_but_what_opens_something(text: str, expected: str) -> None:
    assert kept(text) == expected


def written(update: ReceivedUpdate | None) -> str:
    assert update is not None
    return without_pins(update).payload


@pytest.mark.parametrize(
    "content",
    [
        {"message": message(text="why?", reply_to_message=message(text=f"/start i{TOKEN}"))},
        {"message": message(text="why?", reply_to_message=message(text=PIN))},
        {"message": message(photo=[], caption=PIN)},
        {"callback_query": callback("r") | {"message": message(text=f"https://t.me/b?start=i{TOKEN}")}},
        {
            "message": message(
                text="x", link=f"https://t.me/share/url?url=https%3A%2F%2Ft.me%2Fb%3Fstart%3Di{TOKEN}"
            )
        },
        {"poll": {"question": {"text": f"/start i{TOKEN}"}}},
    ],
)
def test_wherever_it_stands_in_an_update(content: dict[str, Any]) -> None:
    text = in_update(content)
    assert TOKEN in text or PIN in text
    for payload in (written(received_update(BotId(1), text)), written(numbered_update(BotId(1), text))):
        assert TOKEN not in payload
        assert PIN not in payload


@pytest.mark.parametrize("secret", [f"/start i{TOKEN}", PIN])
def test_of_what_cannot_be_decoded_too(secret: str) -> None:
    deep = '{"update_id": 7, "message": {"text": "' + secret + '", "a": ' + "[" * 9_000 + "]" * 9_000 + "}}"
    payload = written(numbered_update(BotId(1), deep))
    assert TOKEN not in payload
    assert PIN not in payload


def test_what_opens_nothing_is_kept_just_as_it_was_sent() -> None:
    text = '{"update_id":7, "message":{"text":"\\u041f\\/help \\ud83d","date":1.0e2}}'
    assert written(numbered_update(BotId(1), text)) == text
