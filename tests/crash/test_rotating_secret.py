"""``kill -9`` of ``rotate-secret`` at every place where it is about to change something: either key, never none."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.app.database import open_database
from bot.app.rotating import rotate_secret
from bot.app.secret_key import agreed_secret
from bot.kit.pins import Pins
from bot.kit.settings import Settings
from bot.kit.tokens import Tokens, token_hash
from domain.ids import CardId, StoreId
from tests.support.async_shop import violations
from tests.support.databases import rows as rows_in
from tests.support.house import PIN, SECRET, house, number_of

BOT = {"BOT_TOKEN": "110201543:SANDBOX-this-token-opens-nothing-else", "BOT_USERNAME": "stempel_demo_bot"}
PLACES = [
    "open secret.key.next",
    "link secret.key.next",
    "remove secret.key.next",
    "command_run",
    "group_committed",
    "link secret.key",
    "rename secret.key.next",
]


@pytest.fixture
async def start(tmp_path: Path) -> Path:
    """A shop with two customers, a member with a PIN and one without."""
    folder = tmp_path / "start"
    folder.mkdir()
    async with house(folder / "stempel.db") as home:
        shop = await home.opens_shop(require_staff_pin=False)
        anna, _ = await home.customers(shop, "Anna", "Ben")
        await home.member(shop, "Sam", pin=PIN)
        mia = await home.member(shop, "Mia")
        await mia.sends(f"/stamp {number_of(anna)} 3")
        await mia.sees("✅ 3 of 10", new=True)
        await home.at_rest()
    (folder / "secret.key").write_bytes(SECRET)
    async with open_database(settings_in(folder)) as database:
        assert await agreed_secret(settings_in(folder), database) == SECRET
    return folder


def settings_in(folder: Path) -> Settings:
    url = f"sqlite+aiosqlite:///{folder / 'stempel.db'}"
    return Settings(database_url=url, bot_token=BOT["BOT_TOKEN"], bot_username=BOT["BOT_USERNAME"])


async def asks_again(folder: Path) -> str:
    """The one link that is printed."""
    async with rotate_secret(settings_in(folder)) as links:
        [link] = links
        assert link.name == "Sam"
        return link.invite_link


def kills(folder: Path) -> list[str]:
    """Copies of ``start`` in which the command was killed: what each was about to do."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.crash.rotations", str(folder)],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2])} | BOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [_without_chance(place) for place in ran.stdout.splitlines()]


async def is_whole(folder: Path, *, rotations: int) -> None:
    """A start finds the key of every code, and PINs that it can judge."""
    async with open_database(settings_in(folder)) as database:
        tokens = Tokens(await agreed_secret(settings_in(folder), database))
        assert await violations(database) == []
    cards = rows(
        folder, "SELECT card_id, token_rotation, token_hash, stamp_count FROM cards ORDER BY card_id"
    )
    assert [count for *_, count in cards] == [3, 0]
    for card_id, rotation, hashed, _ in cards:
        assert hashed == token_hash(tokens.card_token(CardId(card_id), rotation))
        assert rows(
            folder, "SELECT token_hash FROM directory WHERE target_id = ? AND kind = 'c'", card_id
        ) == [(hashed,)]
    [(store_id,)] = rows(folder, "SELECT store_id FROM stores")
    posters = {hashed for (hashed,) in rows(folder, "SELECT token_hash FROM directory WHERE kind = 'j'")}
    assert {token_hash(each.store_token(StoreId(store_id))) for each in (tokens, Tokens(SECRET))} <= posters
    assert {rotation for _, rotation, *_ in cards} == {rotations}
    told = rows(folder, "SELECT count(*) FROM outbox WHERE kind = 'new_code'")
    assert told == [(len(cards) * rotations,)]
    [(pin_hash,)] = rows(folder, "SELECT pin_hash FROM staff WHERE name = 'Sam'")
    assert rows(folder, "SELECT sum(failures) FROM pin_sessions") in ([(0,)], [(None,)])
    assert (pin_hash is None) == (rotations > 0)
    if pin_hash is not None:
        pins = Pins(tokens.pin_pepper())
        assert await pins.verify(pin_hash, PIN)
        pins.close()


def rows(folder: Path, query: str, *values: object) -> list[tuple[Any, ...]]:
    return rows_in(folder / "stempel.db", query, *values)


async def test_whenever_it_is_killed_the_next_start_has_the_key_and_asking_again_finishes(
    start: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = kills(start.parent)
    assert places == PLACES
    for number, place in enumerate(places, 1):
        killed = start.with_name(str(number))
        started = shutil.copytree(killed, start.with_name(f"{number} started"))
        is_committed = number > PLACES.index("group_committed")
        await is_whole(started, rotations=int(is_committed))
        links = {hashed for (hashed,) in rows(killed, "SELECT token_hash FROM directory WHERE kind = 'i'")}
        assert (token_of(await asks_again(killed)) in links) is is_committed, place
        await is_whole(killed, rotations=1)
        assert not (killed / "secret.key.next").exists()
        kept = {path.read_bytes() for path in killed.glob("secret.key.replaced.*.bak")}
        assert kept == {SECRET}
    await is_whole(start.with_name(str(len(places) + 1)), rotations=1)
    with capsys.disabled():
        sys.stdout.write(f"\n{len(places)} kills of rotate-secret, at {', '.join(places)}: 0 keys lost\n")


def token_of(link: str) -> str:
    return token_hash(link.rpartition("start=i")[2])


def _without_chance(place: str) -> str:
    """Without the end of a name that nobody can foresee."""
    what, _, name = place.partition(" ")
    return f"{what} {'.'.join(name.split('.')[:3])}".strip()
