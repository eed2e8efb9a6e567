"""The demo, beside what the browser's tests do with it."""

import asyncio
from pathlib import Path

from bot.app import demo
from bot.sandbox import Sandbox


async def test_visitor_may_open_a_shop_of_their_own(tmp_path: Path) -> None:
    async with Sandbox() as sandbox, demo.at_work(sandbox, tmp_path, asyncio.Event()):
        rosa = sandbox.person("Rosa")
        await rosa.sends("/newshop")
        await rosa.sees("Question 1 of 6")
