"""``make screenshots``: the pictures in docs/images, taken from the real bot in the sandbox by a real browser.

Their words are kept beside them, so that a test can tell when the bot says something else.
"""

import asyncio
import re
import shutil
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.async_api import Browser, FloatRect, Page, ViewportSize, async_playwright

from bot.app import demo
from bot.app.demo_shops import TIMEZONE
from bot.pictures import faces
from bot.sandbox import Person, Sandbox
from domain.ports import Database
from tests.browser.conftest import ARGUMENTS
from tests.browser.messages import tell_everybody
from tests.support.databases import lay_empty_database

IMAGES = Path(__file__).parents[2] / "docs" / "images"
SHOWN = IMAGES / "shown.txt"
OPENED_AT = datetime(2026, 11, 21, 16, 42, tzinfo=ZoneInfo(TIMEZONE))
DEMO: ViewportSize = {"width": 1280, "height": 860}
MESSAGES: ViewportSize = {"width": 3600, "height": 1500}
SUMMARY: ViewportSize = {"width": 1280, "height": 1060}
SHARPNESS = 1.5
"""How many pixels of the picture one of the page becomes, for screens that show so many."""


EMOJI_FACE = b64encode(Path(faces.__file__).with_name("fonts").joinpath("fallback-emoji.ttf").read_bytes())
EMOJI = f"""
    @font-face {{
        font-family: "Emoji";
        font-weight: 100 900;
        unicode-range: U+23F3, U+231B, U+2600-27BF, U+1F000-1FAFF;
        src: url(data:font/ttf;base64,{EMOJI_FACE.decode()});
    }}
    body, button {{ font-family: "Emoji", Inter, system-ui, sans-serif; }}
"""
"""A style that brings emoji along, for machines without a typeface that has them."""


@asynccontextmanager
async def cafe() -> AsyncIterator[tuple[Sandbox, Database, Person]]:
    """The demo's café after a visit, with its owner; it works until the block ends."""
    started_at = time.monotonic()
    sandbox = Sandbox(clock=lambda: OPENED_AT.timestamp() + time.monotonic() - started_at, timezone=TIMEZONE)
    with tempfile.TemporaryDirectory() as folder:
        lay_empty_database(Path(folder) / "demo.db")
        async with sandbox, demo.at_work(sandbox, Path(folder), asyncio.Event()) as (store, _):
            marie, anna, paul = await demo.seed(sandbox, store)
            await visit(sandbox, marie, anna, paul)
            yield sandbox, store, paul


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


def shown(sandbox: Sandbox) -> str:
    """What the bot says on everybody's phone, with stand-ins for what is random: numbers of cards and tokens."""
    lines = []
    for person in sandbox.people:
        lines.append(f"== {person.name}")
        for message in filter(lambda each: each.from_bot, person.messages):
            rows = [" | ".join(button.text for button in row) for row in message.inline]
            lines += [message.content.body.text, *(f"[{row}]" for row in rows), ""]
    said = re.sub(r"start=[\w-]+", "start=…", "\n".join(lines))
    return re.sub(r"\d{3}([  ]?)\d{3}\1\d{3}", "123 456 789", said)


async def shoot(browser: Browser, sandbox: Sandbox, name: str, size: ViewportSize, *who: str) -> None:
    """Takes the phones of these people side by side; a name that ends in ``-dark`` means dark colours."""
    context = await browser.new_context(
        viewport=size,
        color_scheme="dark" if name.endswith("-dark") else "light",
        device_scale_factor=SHARPNESS,
        locale="en-GB",
        bypass_csp=True,
    )
    page = await context.new_page()
    await page.goto(sandbox.page_url)
    await page.get_by_text("Today at").wait_for()
    await page.add_style_tag(content=EMOJI)
    await page.wait_for_function("document.fonts.load('16px Emoji', '💳').then(() => true)")
    await page.wait_for_function("[...document.images].every(image => !image.src || image.complete)")
    picture = Image.open(BytesIO(await page.screenshot(clip=await around(page, who))))
    picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(IMAGES / f"{name}.png", optimize=True)
    await context.close()


async def around(page: Page, who: Sequence[str]) -> FloatRect:
    """The part of the page that has these people's phones."""
    phones = [page.get_by_role("region", name=re.compile(f"^{name}, ")) for name in who]
    first, last = [await phones[0].bounding_box(), await phones[-1].bounding_box()]
    assert first
    assert last
    margin = 8
    return {
        "x": first["x"] - margin,
        "y": first["y"] - margin,
        "width": last["x"] + last["width"] - first["x"] + 2 * margin,
        "height": first["height"] + 2 * margin,
    }


async def main() -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("chromium is needed to take screenshots: install it first")
    IMAGES.mkdir(parents=True, exist_ok=True)
    async with cafe() as (sandbox, database, paul), async_playwright() as playwright:
        card = next(message.photo for message in reversed(sandbox.people[0].messages) if message.photo)
        (IMAGES / "card.jpg").write_bytes(card or b"")
        (IMAGES / "poster.png").write_bytes(sandbox.stage.posters[0].picture)
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        await shoot(browser, sandbox, "demo-light", DEMO, "Marie", "Anna", "Paul")
        await shoot(browser, sandbox, "demo-dark", DEMO, "Marie", "Anna", "Paul")
        await tell_everybody(sandbox, database, paul)
        await shoot(browser, sandbox, "messages-en-fr", MESSAGES, "Emily", "Élise")
        await shoot(browser, sandbox, "messages-de-lb", MESSAGES, "Jonas", "Léa")
        await shoot(browser, sandbox, "summary", SUMMARY, "Paul")
        SHOWN.write_text(shown(sandbox), encoding="utf-8")
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
