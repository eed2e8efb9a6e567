"""The demo in a real browser: whoever does what the page says, tap by tap, gets to the end of it."""

import asyncio
import os
import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from bot.app import demo
from bot.app.demo_shops import PIN
from bot.sandbox import Person, Sandbox
from domain.merchant import ProgramKind
from tests.browser.conftest import PATIENCE_MS
from tests.support.databases import lay_empty_database
from tests.support.house import a_moment, number_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

WALKED = (ProgramKind.HYBRID,)
ALL = "DEMO_FULL"
"""Set in the environment (`make soak`): those of stamps or points alone, too."""


class Phone:
    """What one person does on the page."""

    def __init__(self, page: Page, name: str) -> None:
        self._root = page.get_by_role("region", name=re.compile(f"^{name}, "))

    def newest(self, button: str) -> Locator:
        return self._root.get_by_role("log").get_by_role("button", name=button).last

    async def scans(self, what: str) -> None:
        await self._root.get_by_role("button", name="Scan", exact=True).click()
        await self._root.get_by_role("dialog").get_by_role("button", name=what).click()
        await self._root.get_by_role("button", name="Open in Telegram").click()
        await self._root.get_by_role("button", name="START").click()

    async def taps(self, button: str) -> None:
        """Looks first: what has only just come up is asked for once more."""
        await a_moment()
        await self.newest(button).click()

    async def sends(self, words: str) -> None:
        box = self._root.get_by_role("textbox")
        await box.fill(words)
        await box.press("Enter")

    async def reads(self, text: str) -> None:
        await expect(self._root.get_by_role("log")).to_contain_text(text)

    async def opens_wallet(self) -> None:
        await self.taps("Into the phone's wallet")
        await self._root.get_by_role("button", name="card.pkpass").click()
        shown = self._root.get_by_role("dialog", name="Wallet")
        await expect(shown.get_by_role("article")).to_contain_text("Café Knätsch")
        await shown.get_by_role("button", name="Close").click()
        await self.taps("Add to Google Wallet")
        shown = self._root.get_by_role("dialog", name="Google Wallet")
        await expect(shown.get_by_role("article")).to_contain_text("Café Knätsch")
        await expect(shown.get_by_role("img", name="Code")).to_be_visible()
        await shown.get_by_role("button", name="Close").click()

    async def types_pin(self) -> None:
        for key in f"{PIN}✓":
            await self.taps(key)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With the database that the demo would lay, which takes it most of a second."""
    lay_empty_database(tmp_path / "demo.db")
    return tmp_path


async def opens_demo(browser: Browser, sandbox: Sandbox, width: int = 1400) -> Page:
    page = await browser.new_page(viewport={"width": width, "height": 900})
    page.set_default_timeout(PATIENCE_MS)
    await page.goto(sandbox.page_url)
    await page.wait_for_selector("body[data-ready]")
    return page


async def shows_the_newest(page: Page) -> None:
    """Each phone ends with its newest message, whenever the pictures have come."""
    await page.wait_for_function(
        "[...document.querySelectorAll('[role=log] img')].every(picture => picture.complete) &&"
        "[...document.querySelectorAll('[role=log]')].every("
        "log => Math.round(log.scrollHeight - log.scrollTop - log.clientHeight) === 0)"
    )
    await page.close()


async def moves_clock(page: Page, how: str) -> None:
    """Until all that has fallen due is done."""
    button = page.get_by_role("group", name="Move the clock").get_by_role("button", name=how)
    await button.click()
    await expect(button).to_be_enabled()


async def purchase(anna: Phone) -> None:
    await anna.taps("+ Purchase")
    await anna.reads("How much was paid?")
    await a_moment()
    for key in "12.50":
        await anna.newest(key).click()
    await anna.reads("€12.50 · 12 points")
    await anna.taps("✓")
    await anna.reads("+12 points · €12.50")


async def first_act(anna: Phone, program: ProgramKind) -> None:
    if program.has_stamps:
        await anna.taps("+1")
        await anna.reads("1 of 5")
    else:
        await purchase(anna)


async def enough_for_a_reward(anna: Phone, marie: Person, program: ProgramKind) -> None:
    if program.has_stamps:
        await anna.sends(f"/stamp {number_of(marie)} 5")
        await anna.types_pin()
        await anna.reads("+5 stamps")
    if program.has_points:
        await anna.sends(f"/earn {number_of(marie)} 40")
        if not program.has_stamps:
            await anna.types_pin()
        await anna.reads("+40 points · €40.00")


async def gives_address(page: Page, marie: Phone) -> None:
    """The code is read in the inbox, which comes up beside the phones with the first mail."""
    await marie.sends("/email")
    await marie.reads("Type your address")
    await marie.sends("marie@example.lu")
    inbox = page.get_by_role("complementary", name="Inbox")
    await inbox.get_by_role("button", name="Your code").click()
    letter = inbox.frame_locator("iframe").get_by_role("paragraph").filter(has_text="Your code")
    code = re.search(r"\d{6}", await letter.inner_text())
    assert code is not None
    await marie.sends(code[0])
    await marie.reads("What shops send you comes by")
    await inbox.get_by_role("button", name="Close the inbox").click()
    await expect(inbox).to_be_hidden()


@pytest.mark.parametrize("program", ProgramKind if os.environ.get(ALL) else WALKED, ids=str)
async def test_whoever_does_what_the_page_says_gets_to_its_end(
    program: ProgramKind, browser: Browser, folder: Path
) -> None:
    async with Sandbox() as sandbox, demo.at_work(sandbox, folder, asyncio.Event()) as (database, _):
        visitor, _, _ = await demo.seed(sandbox, database, program)
        page = await opens_demo(browser, sandbox)
        marie, anna, paul = (Phone(page, name) for name in ("Marie", "Anna", "Paul"))
        await marie.scans("The poster on the counter")
        await marie.reads("Welcome to Café Knätsch!")
        await anna.scans("Marie's phone")
        await anna.reads("Marie")
        await first_act(anna, program)
        await marie.reads("Not me")
        await marie.opens_wallet()
        await moves_clock(page, demo.AN_HOUR)
        await enough_for_a_reward(anna, visitor, program)
        await anna.taps("Redeem")
        if program is not ProgramKind.STAMPS:
            await anna.reads("Which reward?")
            await anna.taps("An espresso")
        await marie.reads("Enjoy: ")
        await gives_address(page, marie)
        await paul.sends("/today")
        await paul.reads("1 reward")
        await moves_clock(page, demo.EVENING)
        await paul.reads("Café Knätsch · ")
        for _ in range(2):
            await moves_clock(page, demo.TWO_WEEKS)
        await marie.reads(" soon.")
        await moves_clock(page, demo.TWO_WEEKS)
        await marie.reads(" expired.")
        steps = page.locator("#steps").get_by_role("listitem")
        await expect(steps.and_(page.locator(".done"))).to_have_count(await steps.count())
        await page.close()
        await shows_the_newest(await opens_demo(browser, sandbox))


async def test_page_adds_staff_a_shared_phone_and_a_shop(browser: Browser, folder: Path) -> None:
    async with Sandbox() as sandbox, demo.at_work(sandbox, folder, asyncio.Event()) as (database, _):
        await demo.seed(sandbox, database)
        page = await opens_demo(browser, sandbox)
        add = page.get_by_role("group", name="Add")
        await add.get_by_role("button", name="A member of staff").click()
        await sandbox.until(lambda: len(sandbox.people) == 4)
        added = sandbox.people[-1]
        await Phone(page, added.name).reads("Your PIN is set")
        await add.get_by_role("button", name="A terminal").click()
        await Phone(page, "Counter").reads("This phone now works for Café Knätsch")
        await expect(add.get_by_role("button", name="A terminal")).to_have_count(0)
        await add.get_by_role("button", name="A second shop").click()
        await Phone(page, "Lucie").reads("Your PIN is set")
        marie = Phone(page, "Marie")
        await marie.scans("The poster on the counter")
        await marie.reads("Welcome to Café Knätsch!")
        await marie.scans("The bakery's poster")
        await marie.reads("Welcome to Boulangerie Thill!")
        await page.close()


IS_CUT = """() => [...document.querySelectorAll("h1, h2, p, time, button, select, textarea, .bubble, .guide li span")]
    .filter((node) => node.checkVisibility({ visibilityProperty: true }) && !node.closest(".keys"))
    .filter((node) => { const { left, right } = node.getBoundingClientRect();
                        return left < 0 || right > innerWidth || node.scrollWidth > node.clientWidth + 1; })
    .map((node) => node.outerHTML)"""


@pytest.mark.parametrize("width", [1280, 1440])
async def test_nothing_is_cut(width: int, browser: Browser, folder: Path) -> None:
    async with Sandbox() as sandbox, demo.at_work(sandbox, folder, asyncio.Event()) as (database, _):
        await demo.seed(sandbox, database)
        page = await opens_demo(browser, sandbox, width)
        await expect(page.get_by_role("heading", level=1)).to_have_text("Stempel")
        await expect(page.get_by_text(demo.ABOUT)).to_be_visible()
        assert await page.evaluate(IS_CUT) == []
        assert await page.evaluate("phones.scrollWidth - phones.clientWidth") == 0
        await page.close()
