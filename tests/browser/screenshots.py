"""``make screenshots``: the pictures in docs/images, taken from the real bot in the sandbox by a real browser."""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, ViewportSize, async_playwright

from bot.app import demo
from bot.sandbox import Person, Sandbox
from domain.ports import Database
from tests.browser.conftest import ARGUMENTS
from tests.browser.messages import tell_everybody

IMAGES = Path(__file__).parents[2] / "docs" / "images"
WIDE: ViewportSize = {"width": 1440, "height": 900}
VERY_WIDE: ViewportSize = {"width": 3000, "height": 1500}


@asynccontextmanager
async def cafe() -> AsyncIterator[tuple[Sandbox, Database, Person, Person, Person]]:
    """The demo's café with Marie, Anna and Paul, until the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        async with Sandbox() as sandbox, demo.at_work(sandbox, Path(folder), asyncio.Event()) as (store, _):
            marie, anna, paul = await demo.seed(sandbox, store)
            yield sandbox, store, marie, anna, paul


async def visit(sandbox: Sandbox, marie: Person, anna: Person, paul: Person) -> None:
    """A visit with three stamps, so that there is something to see."""
    await marie.opens(sandbox.stage.posters[0].link)
    await marie.sees(lambda message: message.photo)
    await anna.scans(marie)
    await anna.taps("+3")
    await anna.sees("3 of 5")
    await marie.sees("+3 stamps")
    await marie.taps("💳 My card")
    await marie.sees(lambda message: message.photo and "3 of 5" in message.caption)
    await paul.sends("/today")
    await paul.sees("Today at")


async def shoot(
    browser: Browser, sandbox: Sandbox, name: str, scheme: str, size: ViewportSize = WIDE
) -> None:
    context = await browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(sandbox.page_url)
    await page.get_by_text("Today at").wait_for()
    await page.wait_for_function("[...document.images].every(image => !image.src || image.complete)")
    await page.screenshot(path=IMAGES / name)
    await context.close()


async def main() -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("chromium is needed to take screenshots: install it first")
    IMAGES.mkdir(parents=True, exist_ok=True)
    async with cafe() as (sandbox, database, marie, anna, paul), async_playwright() as playwright:
        await visit(sandbox, marie, anna, paul)
        card = next(message.photo for message in reversed(marie.messages) if message.photo)
        (IMAGES / "card.jpg").write_bytes(card or b"")
        (IMAGES / "poster.png").write_bytes(sandbox.stage.posters[0].picture)
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        await shoot(browser, sandbox, "demo-light.png", "light")
        await shoot(browser, sandbox, "demo-dark.png", "dark")
        await tell_everybody(sandbox, database, paul)
        await shoot(browser, sandbox, "messages-light.png", "light", VERY_WIDE)
        await shoot(browser, sandbox, "messages-dark.png", "dark", VERY_WIDE)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
