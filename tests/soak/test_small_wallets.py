"""Cards in wallets under changes, failures and deaths, small enough for every run of the tests."""

import asyncio
import gc
import warnings
from pathlib import Path

import aiohttp

from bot.kit.links import PASSES_PATH
from tests.soak.wallets import Change, Life, Phones, Place, Scale, in_haste, run, sets_up, sweeps
from tests.support.authority import lay
from tests.support.google import google, lay_key_file
from tests.support.patience import PATIENCE_S
from tests.support.ports import unused_port

FEW = Scale(cards=6, changes=40, kills=2)


async def test_each_phone_shows_its_card_as_it_is_in_the_end(tmp_path: Path) -> None:
    found = await run(tmp_path, FEW, 7, Life)
    assert found.wrong == []
    assert found.failed > 0
    assert found.pushes < FEW.changes + found.failed


async def test_who_dies_while_it_connects_leaves_no_socket_for_others_to_find(tmp_path: Path) -> None:
    is_asked = asyncio.Event()

    async def says_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        is_asked.set()
        await reader.read()
        writer.close()

    lay(tmp_path)
    server = await asyncio.start_server(says_nothing, "127.0.0.1", 0)
    push_url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, google() as cloud, aiohttp.ClientSession() as http:
        place = Place(tmp_path, unused_port(), push_url, cloud.port)
        lay_key_file(tmp_path, cloud.token_url)
        shop, serials, _ = await sets_up(place, 1)
        phones = Phones(f"http://127.0.0.1:{place.port}{PASSES_PATH}", http, serials)
        with in_haste():
            life = Life(place, shop)
            await life.begins()
            await phones.register()
            await life.does(Change(key="stamp", kind="stamp", card=0, codes=0))
            async with asyncio.timeout(PATIENCE_S):
                await is_asked.wait()
            sweeps()
            await life.dies()
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            gc.collect()
        assert [str(each.message) for each in told] == []
