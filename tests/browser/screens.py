"""``python -m tests.browser.screens [WORD …]``: every view in four languages side by side, by day and by night.

Every scene of tests/bot/views goes through the real client to the sandbox, and stands on the sheets as its page shows
it on a phone. With words, only the scenes and topics that have one of them in their names. The sheets go to
build/screens, with an index; labels that Telegram would cut are named.
"""

import asyncio
import shutil
import sys
import time
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Literal

from playwright.async_api import Page, ViewportSize, async_playwright

from bot.pictures import faces
from bot.pictures.card import draw_card
from bot.pictures.day_chart import draw_day
from bot.pictures.qr import draw_qr
from bot.sandbox import Person, Sandbox
from bot.telegram.chat import send
from bot.telegram.client import DirectBot
from bot.telegram.photos import Photos
from bot.texts import Texts, texts
from bot.views.day_face import day_face
from bot.views.faces import card_face, retired_face
from bot.views.reports import report_face
from bot.views.view import View
from domain.account import Locale
from tests.bot.pictures.gallery import BUSY_SUNDAY, COLOUR
from tests.bot.views.day_scenes import told
from tests.bot.views.points_scenes import held as points_held
from tests.bot.views.report_scenes import a_report
from tests.bot.views.scenes import LINK, ORDINARY, ZONE, held
from tests.bot.views.test_views import SCENES, rooms, views_of
from tests.browser.conftest import ARGUMENTS
from tests.browser.screenshots import EMOJI
from tests.support.house import settings_for

FOLDER = Path(__file__).parents[2] / "build" / "screens"
PHONE_PX, SHEET_PX = 390, 1500
"""How wide a phone is, and how high a sheet may become."""
SHADES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
FONTS = Path(faces.__file__).with_name("fonts")
PNG = b"\x89PNG"
PICTURES = {
    "report": ("report",),
    "day": ("summary", "by_", "void_list", "flags"),
    "code": ("move_link",),
    "retired": ("retired",),
}
"""The kinds of pictures, with how the names of their scenes begin; all other scenes show cards."""
IN_PAGE = 'section[aria-label^="{person}, "] article[data-id="{message}"]'
TYPEFACE = "".join(
    f'@font-face {{ font-family: "Inter"; font-weight: {weights}; src: url(data:font/otf;base64,{face}); }}'
    for weights, name in (("100 500", "text-medium.otf"), ("600 900", "text-semibold.otf"))
    for face in [b64encode((FONTS / name).read_bytes()).decode()]
)
"""Letters as narrow as those of phones; this machine's own may be wider."""
LAYOUT = f"""
    body > :not(.sheet) {{ display: none !important; }}
    body {{ height: auto !important; }}
    .sheet {{ display: grid; grid-template-columns: repeat({len(Locale)}, {PHONE_PX}px); width: max-content; }}
    .sheet h2 {{ grid-column: 1 / -1; margin: 0; padding: 3px 12px; font: 600 13px/1.3 monospace; }}
    .sheet .log {{ overflow: visible; min-height: auto; padding: 8px 12px; }}
    .sheet *, .sheet ::before {{ animation: none !important; }}
"""
LAY_OUT = """(scenes) => {
    window.articles ??= {};
    document.querySelector(".sheet")?.remove();
    const sheet = document.createElement("div");
    sheet.className = "sheet";
    for (const { name, cells } of scenes) {
        const title = document.createElement("h2");
        title.textContent = name;
        sheet.append(title);
        for (const { person, message, keys } of cells) {
            const cell = document.createElement("div");
            cell.className = "log";
            cell.append(articles[`${person} ${message}`] ??= document.querySelector(
                `section[aria-label^="${person}, "] article[data-id="${message}"]`));
            for (const row of keys) {
                const line = document.createElement("div");
                line.className = "button-row reply-keyboard";
                line.style.display = "flex";
                for (const label of row) {
                    const key = document.createElement("button");
                    key.className = "key";
                    key.textContent = label;
                    line.append(key);
                }
                cell.append(line);
            }
            sheet.append(cell);
        }
    }
    document.body.append(sheet);
    return [...sheet.querySelectorAll("h2")].map((title) => title.offsetTop).concat(sheet.offsetHeight);
}"""
CUT = """([room, phone]) => {
    const cut = [];
    let name = "";
    for (const node of document.querySelector(".sheet").children) {
        if (node.tagName === "H2") name = node.textContent;
        for (const row of node.querySelectorAll(".button-row")) {
            const gap = 4, padding = 12;
            const width = row.classList.contains("reply-keyboard") ? phone : room;
            const fits = (width - gap * (row.children.length - 1)) / row.children.length - padding;
            for (const key of row.children) {
                key.style.whiteSpace = "nowrap";
                const label = document.createRange();
                label.selectNodeContents(key.querySelector(".label") ?? key);
                if (label.getBoundingClientRect().width > fits) cut.push(`${name}: ${key.textContent}`);
                key.style.whiteSpace = "";
            }
        }
    }
    return cut;
}"""
"""Finds labels that do not fit: Telegram gives all buttons of a row the same width, and a label one line."""
BUBBLE_PX = 322


@dataclass(frozen=True, slots=True)
class Scene:
    topic: str
    name: str
    shown: Mapping[Locale, View]


def scenes(words: Sequence[str]) -> list[Scene]:
    """Sorted by topic: the module that makes the view, or ``messages`` for what the bot says by itself."""
    topics = {name: room.__name__.rpartition(".")[2] for room in rooms() for name in views_of(room)}
    found = []
    for name, scene in SCENES.items():
        topic = topics.get(name.partition(":")[0], "messages")
        if not words or any(word in name or word in topic for word in words):
            shown = {
                locale: with_picture(name, scene(texts(locale), ORDINARY), texts(locale)) for locale in Locale
            }
            found.append(Scene(topic, name, shown))
    return sorted(found, key=lambda each: each.topic)


def with_picture(name: str, view: View, t: Texts) -> View:
    """The view with a real picture of its kind, where the scene has only a stand-in for one."""
    if view.document is not None:
        return replace(view, document=(view.document[0], view.document[1] or b"\n"))
    if view.photo is None or view.photo.startswith(PNG):
        return view
    kind = next((kind for kind, beginnings in PICTURES.items() if name.startswith(beginnings)), "card")
    kind = next((unit for unit in ("points", "hybrid") if kind == "card" and unit in name), kind)
    return replace(view, photo=picture(kind, t.locale))


@cache
def picture(kind: str, locale: Locale) -> bytes:
    t = texts(locale)
    match kind:
        case "report":
            return draw_day(report_face(t, a_report(ORDINARY)))
        case "day":
            return draw_day(day_face(t, told(BUSY_SUNDAY), COLOUR))
        case "code":
            return draw_qr(LINK)
        case "retired":
            return draw_card(retired_face(t, held(ORDINARY)))
        case "points" | "hybrid":
            return draw_card(card_face(t, points_held(ORDINARY, 340, stamps=kind == "hybrid"), LINK))
    return draw_card(card_face(t, held(ORDINARY), LINK))


@dataclass(slots=True)
class Studio:
    """One page with a phone for each language."""

    sandbox: Sandbox
    bot: DirectBot
    page: Page
    people: Mapping[Locale, Person]
    photos: Photos = field(default_factory=Photos)
    cut: list[str] = field(default_factory=list)
    sheets: list[Path] = field(default_factory=list)

    async def shoot(self, topic: str, found: Sequence[Scene]) -> None:
        """Takes the sheets of a topic: each has as many scenes as fit into SHEET_PX, and at least one."""
        placed = [await self.place(scene) for scene in found]
        number = 0
        while placed:
            tops = await self.page.evaluate(LAY_OUT, placed)
            fitting = max(1, sum(below <= SHEET_PX for below in tops[1:]))
            if fitting < len(placed):
                await self.page.evaluate(LAY_OUT, placed[:fitting])
            placed, number = placed[fitting:], number + 1
            self.cut += await self.page.evaluate(CUT, [BUBBLE_PX, PHONE_PX])
            for shade in SHADES:
                await self.page.emulate_media(color_scheme=shade)
                sheet = FOLDER / f"{topic}-{number}-{shade}.jpg"
                await self.page.locator(".sheet").screenshot(path=sheet, type="jpeg", quality=85)
                self.sheets.append(sheet)

    async def place(self, scene: Scene) -> dict[str, object]:
        """Sends the scene to everybody; returns where it is found on the page."""
        cells = []
        for locale, person in self.people.items():
            sent = await send(self.bot, person.id, scene.shown[locale], self.photos)
            keys = scene.shown[locale].keys
            cells.append({"person": person.name, "message": sent.message_id, "keys": keys})
            await self.page.wait_for_selector(IN_PAGE.format(**cells[-1]), state="attached")
        return {"name": scene.name, "cells": cells}


async def main(words: Sequence[str]) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("chromium is needed to take screenshots: install it first")
    started_at = time.monotonic()
    topics = {topic: list(found) for topic, found in groupby(scenes(words), lambda each: each.topic)}
    if not topics:
        sys.exit(f"no scene and no topic has any of these words: {' '.join(words)}")
    count = sum(map(len, topics.values()))
    print(
        f"{count} scenes of {len(topics)} topics, in {len(Locale)} languages, {' and '.join(SHADES)}: {FOLDER}"
    )
    FOLDER.mkdir(parents=True, exist_ok=True)
    async with (
        Sandbox(timezone=ZONE) as sandbox,
        DirectBot(settings_for(sandbox, FOLDER / "unused.db")) as bot,
        async_playwright() as playwright,
    ):
        people = {locale: sandbox.person(locale.value, language=locale.value) for locale in Locale}
        for person in people.values():
            await person.opens(sandbox.link())
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        size: ViewportSize = {"width": PHONE_PX * len(Locale), "height": SHEET_PX}
        page = await browser.new_page(viewport=size, locale="en-GB", bypass_csp=True)
        await page.goto(sandbox.page_url)
        await page.wait_for_selector("body[data-ready]")
        await page.add_style_tag(content=TYPEFACE + EMOJI + LAYOUT)
        await page.wait_for_function(
            "Promise.all(['16px Emoji', '400 16px Inter', '600 16px Inter']"
            ".map((face) => document.fonts.load(face, '💳a'))).then(() => true)"
        )
        studio = Studio(sandbox, bot, page, people)
        for done, (topic, found) in enumerate(topics.items(), start=1):
            await studio.shoot(topic, found)
            print(
                f"{done}/{len(topics)} {topic}: {len(found)} scenes, {time.monotonic() - started_at:.0f} s",
                flush=True,
            )
        await browser.close()
    (FOLDER / "index.html").write_text(index(studio.sheets), encoding="utf-8")
    for cut in sorted(set(studio.cut)):
        print(f"cut: {cut}")
    print(f"{len(studio.sheets)} sheets: {FOLDER / 'index.html'}")


def index(sheets: Sequence[Path]) -> str:
    shown = "".join(f'<h2>{sheet.stem}</h2><img src="{sheet.name}" loading="lazy">' for sheet in sheets)
    return f"<!doctype html><meta charset='utf-8'><title>Screens</title>{shown}\n"


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
