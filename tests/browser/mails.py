"""``python -m tests.browser.mails``: the mails as mailboxes show them, at 320 and 600 px, by day and by night, with
pictures and without, in four languages; kept in build/mails, with an index.

What is wider than its mailbox is named.
"""

import asyncio
import shutil
import sys
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, async_playwright

from bot.pictures.card import draw_card
from bot.texts import texts
from bot.views.faces import card_face
from bot.views.mails import (
    PICTURE_ID,
    Frame,
    Mail,
    card_mail,
    code_mail,
    mail,
    not_mine_page,
    stop_page,
)
from bot.views.messages import render
from domain.account import Locale
from domain.expiry import ExpiryKind, Unit
from domain.kinds import EntryKind
from domain.messages import Message, MessageKind, WinBack
from tests.bot.views import scenes
from tests.bot.views.scenes import LINK, NUMBER, ORDINARY, ZONE, Names
from tests.browser.conftest import ARGUMENTS
from tests.browser.screenshots import EMOJI

FOLDER = Path(__file__).parents[2] / "build" / "mails"
WIDTHS_PX = (320, 600)
SHADES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
CHAT, STOP = "https://t.me/knaetsch_bot", "https://cards.example.lu/mail/stop/m/c/t"
WITH_EMOJI = "body { font-family: Emoji, system-ui, sans-serif !important; }"
IS_WIDER = "document.documentElement.scrollWidth > innerWidth"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    locale: Locale
    width_px: int
    shade: Literal["light", "dark"]
    has_pictures: bool

    def named(self, mail_name: str) -> str:
        shown = "pictures" if self.has_pictures else "without"
        return f"{mail_name}-{self.locale.value}-{self.width_px}-{self.shade}-{shown}"


SHOTS = [
    Shot(locale=locale, width_px=width_px, shade=shade, has_pictures=has_pictures)
    for locale, width_px, shade, has_pictures in product(Locale, WIDTHS_PX, SHADES, (True, False))
]


def mails_in(locale: Locale, names: Names = ORDINARY) -> Mapping[str, Mail]:
    """By name: what customers are told by mail (of these, the offer can be stopped by a click), the code, a guest's
    card and receipt, and the pages behind *stop* and *not mine*."""
    t = texts(locale)
    away = WinBack(merchant_name=names.merchant, card_number=NUMBER, unit=Unit.STAMPS, count=0, last_day=None)
    told: Mapping[str, Message] = {
        "receipt": scenes.receipt(names, EntryKind.STAMP_EARNED, 1),
        "welcome": scenes.welcome_bonus(names, Unit.STAMPS, 2),
        "expiring": scenes.expiring(names, Unit.POINTS, ExpiryKind.LOT, 120, 300),
        "expired": scenes.expired(names, Unit.POINTS, 120, 180),
        "ready": scenes.reward_ready(names),
        "offer": scenes.message(MessageKind.WIN_BACK, away),
    }
    card = draw_card(card_face(t, scenes.held(names), LINK))

    def written(name: str, message: Message) -> Mail:
        stop_url = STOP if name == "offer" else None
        frame = Frame(shop=names.merchant, chat_url=CHAT, colour="#6b4a35", stop_url=stop_url)
        picture = card if name in ("receipt", "welcome", "expired") else None
        return mail(t, render(t, message, ZONE), frame, card_number=NUMBER, picture=picture)

    mails = {name: written(name, message) for name, message in told.items()}
    code = code_mail(t, "077440", Frame(shop="", chat_url=CHAT), "knaetsch_bot")
    guest = Frame(shop=names.merchant, chat_url=CHAT, colour="#6b4a35", stop_url=STOP, is_guest=True)
    return {
        **mails,
        "code": code,
        "stop": _page(stop_page(t, names.merchant, is_done=False)),
        "card": card_mail(t, names.merchant, guest, NUMBER, card),
        "guest": mail(t, render(t, told["receipt"], ZONE), guest, card_number=NUMBER, picture=card),
        "not_mine": _page(not_mine_page(t, names.merchant, is_done=False)),
    }


def _page(html: str) -> Mail:
    return Mail(subject="", text="", html=html)


def as_shown(written: Mail, *, has_pictures: bool) -> str:
    """The HTML as a mailbox shows it; where it shows no pictures, their address leads nowhere."""
    shown = f"data:image/png;base64,{b64encode(written.picture or b'').decode()}" if has_pictures else "x:"
    return written.html.replace(f"cid:{PICTURE_ID}", shown).replace(
        "</head>", f"<style>{EMOJI}{WITH_EMOJI}</style></head>"
    )


async def shoot(browser: Browser, shot: Shot, mails: Mapping[str, Mail], folder: Path) -> list[str]:
    """Takes a picture of each mail; returns the names of those that are wider than their mailbox."""
    page = await browser.new_page(viewport={"width": shot.width_px, "height": 480}, color_scheme=shot.shade)
    wide = []
    for name, written in mails.items():
        await page.set_content(as_shown(written, has_pictures=shot.has_pictures))
        await page.screenshot(path=folder / f"{shot.named(name)}.png", full_page=True)
        if await page.evaluate(IS_WIDER):
            wide.append(shot.named(name))
    await page.close()
    return wide


def index() -> Iterator[str]:
    yield "<!doctype html><meta charset='utf-8'><title>Mails</title>"
    for name in mails_in(Locale.EN):
        yield f"<h2>{name}</h2>"
        yield from (f'<img src="{shot.named(name)}.png" title="{shot.named(name)}">' for shot in SHOTS)


async def main() -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("there is no chromium on the PATH")
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    mails = {locale: mails_in(locale) for locale in Locale}
    print(f"{len(mails[Locale.EN])} mails, {len(SHOTS)} ways each: {FOLDER}")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        for shot in SHOTS:
            for wide in await shoot(browser, shot, mails[shot.locale], FOLDER):
                print(f"wider than its mailbox: {wide}")
        await browser.close()
    (FOLDER / "index.html").write_text("\n".join(index()), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
