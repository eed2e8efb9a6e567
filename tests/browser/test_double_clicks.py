"""Two clicks on one spot in a real browser: the second does nothing that the first was not for."""

import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from bot.app.process import Surroundings
from bot.kit.buttons import Reach, reach_of
from bot.sandbox import Person, Sandbox
from bot.sandbox.api_types import InlineKeyboardButton, InlineKeyboardMarkup
from bot.sandbox.messages import Answer, Content
from bot.sandbox.texts import typed_text
from bot.screens.second_taps import SECOND_TAP_S
from bot.views.view import Button, Keyboard
from domain.merchant import ProgramKind
from tests.bot.staff.points import earn, points_shop
from tests.bot.views.test_places import VIEWS, Pair, pairs
from tests.browser.conftest import PATIENCE_MS
from tests.support.house import UNHURRIED, House, Shop, house, number_of, taps_calmly

pytestmark = pytest.mark.asyncio(loop_scope="module")

ALL = "DOUBLE_CLICKS_FULL"
"""Set in the environment: every kind of pair, and both guards."""
LABEL_LENGTH = 12
"""Telegram cuts labels and keeps every row as high as the others; the sandbox shows all of them."""
PHONE = {"width": 390, "height": 844}
AT_REST = """async (below) => {
    const drawn = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
    const pictures = () => [...document.images]
    const logs = () => [...document.querySelectorAll('[role=log]')]
    const places = () => [...document.querySelectorAll('.button-row button')].map(key => key.getBoundingClientRect())
    for (let calm = 0, before = ''; calm < 2;) {
        await Promise.all(pictures().map(picture => picture.decode().catch(() => {})))
        if (below !== null) for (const log of logs()) log.scrollTop = log.scrollHeight - log.clientHeight - below
        await drawn()
        const now = JSON.stringify(places())
        calm = now === before && pictures().every(picture => picture.complete) ? calm + 1 : 0
        before = now
    }
}"""
"""Until the pictures have their size and nothing moves any more. So many pixels of each chat are hidden below then;
null leaves the chats where they are."""
AT_ITS_END = 0
"""Where a thumb finds a chat."""


@asynccontextmanager
async def page_of(browser: Browser, sandbox: Sandbox) -> AsyncIterator[Page]:
    page = await browser.new_page(viewport=PHONE, reduced_motion="reduce")  # type: ignore[arg-type]
    page.set_default_timeout(PATIENCE_MS)
    await page.goto(sandbox.page_url)
    await page.wait_for_selector("body[data-ready]")
    yield page
    await page.close()


def log_of(page: Page, person: Person) -> Locator:
    return page.get_by_role("region", name=re.compile(f"^{person.name}, ")).get_by_role("log")


async def middle_of(button: Locator) -> tuple[int, int]:
    """In whole pixels, as the mouse goes: between two buttons a part of one decides which of them is there."""
    box = await button.bounding_box()
    assert box is not None
    return int(box["x"] + box["width"] / 2), int(box["y"] + box["height"] / 2)


def wrong_pairs() -> list[Pair]:
    """One of each kind: pressed in the same place, and answered with rows that are alike."""
    found = {}
    for pair in pairs():
        rows = tuple(any(reach_of(each.data) is Reach.EFFECT for each in buttons) for buttons in pair.shown)
        if pair.found_there:
            found[pair.finger.from_top, pair.finger.from_bottom, rows] = pair
    return list(found.values())


def content(name: str, keyboard: Keyboard) -> Content:
    rows = tuple(
        tuple(
            InlineKeyboardButton(text=each.text[:LABEL_LENGTH], callback_data=each.data or "x")
            for each in buttons
        )
        for buttons in keyboard
    )
    return Content(body=typed_text(name), markup=InlineKeyboardMarkup(inline_keyboard=rows))


async def press_arrives(sandbox: Sandbox, spot: tuple[int, int], page: Page) -> str:
    """Clicks, and says what that carries."""
    before = len(sandbox.world.queries)
    await page.mouse.click(*spot)
    await sandbox.until(lambda: len(sandbox.world.queries) > before)
    query = list(sandbox.world.queries.values())[-1]
    sandbox.world.answer(query.id, Answer())
    return query.data


async def test_second_click_finds_no_other_effect_in_any_pair_that_was_wrong(browser: Browser) -> None:
    """The keyboards alone, one in the place of the other, and nobody who says that it was too soon.

    Every eighth kind of pair, or all of them (`make soak`); that the layout is right for each is proved without a
    browser in tests/bot/views/test_places.py.
    """
    async with Sandbox() as sandbox, page_of(browser, sandbox) as page:
        world, sam = sandbox.world, sandbox.person("Sam")
        await sam.sends("Hello")
        for number, pair in enumerate(wrong_pairs()[:: 1 if os.environ.get(ALL) else 8]):
            first = content(f"before {number}.", VIEWS[pair.before].buttons)
            message = world.post(world.chats[sam.id], first, from_bot=True)
            article = log_of(page, sam).get_by_role("article").filter(has_text=f" {number}.")
            await article.get_by_text(f"before {number}.").wait_for()
            await page.evaluate(AT_REST, AT_ITS_END)
            buttons = VIEWS[pair.before].buttons[pair.finger.from_top - 1]
            row = article.last.locator(".button-row").nth(pair.finger.from_top - 1)
            spot = await middle_of(row.get_by_role("button").nth(int(pair.finger.left * len(buttons))))
            assert await press_arrives(sandbox, spot, page) == pair.tapped.data
            message = world.change(message, content(f"after {number}.", pair.shown), edited=True)
            await article.get_by_text(f"after {number}.").wait_for()
            await page.evaluate(AT_REST, AT_ITS_END)
            if await page.evaluate(
                "([x, y]) => !!document.elementFromPoint(x, y)?.closest('button')", [*spot]
            ):
                assert reach_of(await press_arrives(sandbox, spot, page)) is not Reach.EFFECT, str(pair)
            world.delete(message)


@pytest.mark.parametrize("below", [AT_ITS_END, 56, 100])
async def test_message_that_changes_keeps_its_lower_edge_wherever_the_chat_is(
    browser: Browser, below: int
) -> None:
    """It grew downwards where the chat was far from its end, and the chat leapt to its end where it was near."""
    keyboard = tuple((Button(text=f"{row}", data="x"),) for row in range(1, 8))
    async with Sandbox() as sandbox, page_of(browser, sandbox) as page:
        world, sam = sandbox.world, sandbox.person("Sam")
        for number in range(15):
            await sam.sends(f"Hello {number}")
        message = world.post(world.chats[sam.id], content("before", keyboard[:4]), from_bot=True)
        article = log_of(page, sam).get_by_role("article").last
        await article.get_by_text("before").wait_for()
        await page.evaluate(AT_REST, below)
        edge = await article.evaluate("message => message.getBoundingClientRect().bottom")
        for text, rows in (("longer\nby two\nlines", 7), ("shorter", 2)):
            message = world.change(message, content(text, keyboard[:rows]), edited=True)
            await article.get_by_text(text.split("\n", maxsplit=1)[0]).wait_for()
            await page.evaluate(AT_REST, None)
            assert await article.evaluate("message => message.getBoundingClientRect().bottom") == edge


@dataclass(frozen=True, slots=True)
class Case:
    """What real thumbs ran into: what is prepared, what is clicked, and what is in the books afterwards."""

    label: str
    prepares: Callable[[House, Shop, Person, Person], Awaitable[None]]
    acts: tuple[str, ...]
    stamps_target: int = 10
    kind: ProgramKind = ProgramKind.STAMPS
    below: int = AT_ITS_END


async def scans(_home: House, _shop: Shop, sam: Person, anna: Person) -> None:
    await sam.scans(anna)
    await sam.sees("Anna · ", new=True)


async def hands_out(_home: House, _shop: Shop, sam: Person, anna: Person) -> None:
    for words in ("/stamp {} 10", "/redeem {}"):
        await sam.sends(words.format(number_of(anna)))
        await sam.sees("Anna · ", new=True)


async def has_two_rewards(_home: House, _shop: Shop, sam: Person, anna: Person) -> None:
    await earn(sam, anna, "300")


async def has_typed_an_amount(home: House, shop: Shop, sam: Person, anna: Person) -> None:
    await scans(home, shop, sam, anna)
    await sam.taps("+ Purchase")
    await sam.sees("How much was paid?")
    for key in ("5", "0"):
        await taps_calmly(sam, key)


CASES = {
    "+1 fills the card": Case("+1", scans, ("stamp_earned",), 1),
    "+2": Case("+2", scans, ("stamp_earned",)),
    "+1 fills the card, in a chat not quite at its end": Case("+1", scans, ("stamp_earned",), 1, below=56),
    "+3 fills the card": Case("+3", scans, ("stamp_earned",), 2),
    "a redemption undone": Case("Undo", hands_out, ("stamp_earned", "stamp_redeemed", "redemption_voided")),
    "which reward": Case(
        "🎁 Redeem (2 possible)", has_two_rewards, ("points_earned",), kind=ProgramKind.POINTS
    ),
    "an amount entered": Case("✓", has_typed_an_amount, ("points_earned",), kind=ProgramKind.POINTS),
}


GUARDS = {"by place alone": 0.0, "by time too": SECOND_TAP_S}
if not os.environ.get(ALL):
    del GUARDS["by time too"]


async def clicks(page: Page, home: House, spot: tuple[int, int]) -> None:
    """Returns when what the click asked for, if anything, is over: the page answers after it has sent the click."""
    await page.mouse.click(*spot)
    await page.evaluate("() => fetch('/sandbox/state').then((found) => found.text())")
    await home.at_rest()


@pytest.mark.parametrize("second_tap_s", GUARDS.values(), ids=GUARDS)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_two_clicks_on_one_spot_are_one_act(
    case: Case, second_tap_s: float, browser: Browser, tmp_path: Path
) -> None:
    """The second comes when the answer to the first is on the screen. Without the guard in time, which has tests of
    its own; with it too in `make soak`."""
    around = Surroundings(limits=UNHURRIED)
    async with (
        house(tmp_path / "stempel.db", around, second_tap_s=second_tap_s) as home,
        page_of(browser, home.sandbox) as page,
    ):
        shop = await points_shop(home, case.kind, stamps_target=case.stamps_target)
        anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
        await case.prepares(home, shop, sam, anna)
        await home.at_rest()
        await expect(log_of(page, sam).get_by_role("article")).to_have_count(len(sam.messages))
        await page.evaluate(AT_REST, case.below)
        button = log_of(page, sam).get_by_role("button", name=case.label, exact=True).last
        spot = await middle_of(button)
        await clicks(page, home, spot)
        await expect(log_of(page, sam).locator(".button-row button")).to_have_text(
            [button.text for message in sam.messages for button in message.inline_buttons]
        )
        await page.evaluate(AT_REST, None)
        await clicks(page, home, spot)
        assert tuple(entry.kind.value for entry in await home.ledger(shop)) == case.acts
