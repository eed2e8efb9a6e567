"""The sandbox's page in a real browser, with a toy bot behind it."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, Route, expect

from bot.sandbox import Action, CannotDo, GuideStep, Person, Sandbox
from bot.sandbox.api_types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
)
from bot.sandbox.messages import Content
from bot.sandbox.texts import typed_text
from tests.bot.sandbox.api import Api
from tests.browser.conftest import PATIENCE_MS
from tests.browser.toy_bot import toy_bot

pytestmark = pytest.mark.asyncio(loop_scope="module")


NOTES_TOASTS = """
    window.toasts = [];
    new MutationObserver((changes) => {
      for (const { target, addedNodes } of changes)
        if (target.role === "status" && addedNodes.length)
          window.toasts.push(`${target.closest("section")?.ariaLabel}: ${target.textContent}`);
    }).observe(document, { childList: true, subtree: true });
"""
"""A toast is gone after some seconds, whether or not anybody on a busy machine has come to look."""


@dataclass
class Shop:
    """A page with a customer, a member of staff and the owner on it."""

    sandbox: Sandbox
    page: Page
    marie: Person
    jean: Person
    olga: Person
    excused: list[str] = field(default_factory=list)

    def phone(self, name: str) -> Locator:
        return self.page.get_by_role("region", name=re.compile(f"^{name}, "))

    async def toasts(self, name: str, text: str) -> None:
        """Waits until a phone has shown this, or finds that it has."""
        shown = "([name, text]) => toasts.some((said) => said.startsWith(`${name}, `) && said.endsWith(`: ${text}`))"
        await self.page.wait_for_function(shown, arg=[name, text])

    async def scan(self, name: str, what: str) -> None:
        """Points the camera of a phone at something and follows the link."""
        phone = self.phone(name)
        await phone.get_by_role("button", name="Scan", exact=True).click()
        await phone.get_by_role("dialog").get_by_role("button", name=what).click()
        await phone.get_by_role("button", name="Open in Telegram").click()
        await phone.get_by_role("button", name="START").click()


@pytest_asyncio.fixture(loop_scope="module")
async def shop(browser: Browser) -> AsyncIterator[Shop]:
    """Fails when the page asked another machine for anything, or reported an error."""
    strange: list[str] = []
    async with Sandbox(bot_name="Toy") as sandbox, toy_bot(sandbox):
        marie = sandbox.person("Marie", language="fr")
        jean = sandbox.person("Jean", role_hint="staff")
        olga = sandbox.person("Olga", role_hint="owner")
        sandbox.add_poster("Poster at the till", sandbox.link("join"))
        joined = GuideStep(who="Marie", text="Scan the poster.", done=lambda: bool(marie.messages))
        sandbox.set_guide([joined, "Look around."])
        page = await browser.new_page(viewport={"width": 1400, "height": 860})
        page.set_default_timeout(PATIENCE_MS)
        await page.add_init_script(NOTES_TOASTS)
        page.on("pageerror", lambda error: strange.append(str(error)))
        page.on("console", lambda line: strange.append(line.text) if line.type == "error" else None)
        page.on(
            "request", lambda asked: strange.append(asked.url) if not is_own(sandbox, asked.url) else None
        )
        await page.goto(sandbox.page_url)
        await page.wait_for_selector("body[data-ready]")
        shop = Shop(sandbox, page, marie, jean, olga)
        yield shop
        await page.close()
    assert [line for line in strange if not any(excuse in line for excuse in shop.excused)] == []


def is_own(sandbox: Sandbox, url: str) -> bool:
    return url.startswith((sandbox.url, "data:"))


async def test_a_stamp_from_the_poster_to_the_receipt(shop: Shop) -> None:
    marie, jean = shop.phone("Marie"), shop.phone("Jean")
    await expect(marie.get_by_text("What can this bot do?")).to_be_visible()
    await shop.scan("Marie", "Poster at the till")
    await expect(marie.get_by_text("Welcome, Marie!")).to_be_visible()
    await expect(marie.get_by_role("log").get_by_text("/start", exact=True)).to_be_visible()
    await shop.scan("Jean", "Marie's phone")
    await jean.get_by_role("button", name="+1").click()
    await shop.toasts("Jean", "Stamped")
    await expect(jean.get_by_text("Done: 4 of 10 stamps")).to_be_visible()
    await expect(jean.get_by_role("button", name="+1")).to_have_count(0)
    await expect(marie.get_by_text("One stamp more: 4 of 10 stamps")).to_be_visible()
    assert shop.jean.last.edited
    await expect(shop.page.get_by_role("listitem").first).to_have_class("done")


async def test_camera_sees_a_card_that_comes_up_while_it_is_open(shop: Shop) -> None:
    await shop.jean.sends("Hello")
    jean = shop.phone("Jean")
    await jean.get_by_role("button", name="Scan", exact=True).click()
    choices = jean.get_by_role("dialog").locator(".choices")
    await expect(choices.get_by_role("button")).to_have_text(["Poster at the till"])
    await shop.marie.opens(shop.sandbox.link())
    await expect(choices.get_by_role("button")).to_have_text(["Poster at the till", "Marie's phone"])
    await expect(choices.get_by_role("button").first).to_be_focused()
    await choices.get_by_role("button", name="Marie's phone").click()
    await expect(jean.get_by_role("button", name="Open in Telegram")).to_be_focused()


async def test_state_survives_a_reload(shop: Shop) -> None:
    await shop.marie.opens(shop.sandbox.link())
    await shop.marie.sees("3 of 10")
    await shop.page.reload()
    await expect(shop.phone("Marie").get_by_role("article")).to_have_count(3)
    await expect(shop.phone("Marie").get_by_role("button", name="History")).to_be_visible()


async def test_names_and_texts_are_data(shop: Shop) -> None:
    evil = "<img src=x onerror=alert(1)>"
    person = shop.sandbox.person(evil)
    await person.sends(evil)
    await expect(shop.page.get_by_role("region", name=evil)).to_be_visible()
    await expect(shop.phone(re.escape(evil)).get_by_text(f"You said: {evil}")).to_be_visible()
    assert await shop.page.locator("img[src=x]").count() == 0


async def test_commands_can_be_chosen_with_the_keyboard(shop: Shop) -> None:
    await shop.marie.opens(shop.sandbox.link())
    marie = shop.phone("Marie")
    box = marie.get_by_role("textbox", name="Message as Marie")
    await box.press_sequentially("/")
    offered = marie.get_by_role("listbox", name="Commands").get_by_role("option")
    await expect(offered).to_have_text(["Show my card/card", "What happened/history"])
    await box.press("ArrowDown")
    await box.press("Enter")
    await shop.marie.sees("You said: /history")
    await box.fill("Bonjour")
    await box.press("Enter")
    await expect(marie.get_by_text("You said: Bonjour")).to_be_visible()
    await expect(box).to_have_value("")
    await expect(marie.get_by_role("button", name="Enlarge the picture")).to_have_count(1)
    await marie.get_by_role("button", name="Menu").click()
    await offered.filter(has_text="Show my card").click()
    await expect(marie.get_by_role("button", name="Enlarge the picture")).to_have_count(2)


async def test_alert_is_closed_with_escape_and_focus_returns(shop: Shop) -> None:
    await shop.marie.opens(shop.sandbox.link())
    marie = shop.phone("Marie")
    history = marie.get_by_role("button", name="History")
    await history.click()
    await expect(marie.get_by_role("dialog")).to_contain_text("Two stamps in May")
    await shop.page.keyboard.press("Escape")
    await expect(marie.get_by_role("dialog")).to_have_count(0)
    await expect(history).to_be_focused()


def has_button(data: str) -> Content:
    markup = InlineKeyboardMarkup(
        inline_keyboard=((InlineKeyboardButton(text=f"Button {data}", callback_data=data),),)
    )
    return Content(body=typed_text("Which?"), markup=markup)


@pytest.mark.parametrize("becomes", ["another", "gone"])
async def test_button_that_was_shown_is_the_one_that_is_pressed(shop: Shop, becomes: str) -> None:
    """The message changes under the finger: while the press is on its way, as on a slow line."""
    await shop.marie.sends("Hello")
    world = shop.sandbox.world
    message = world.post(world.chats[shop.marie.id], has_button("first"), from_bot=True)

    async def changes_meanwhile(route: Route) -> None:
        if becomes == "gone":
            world.delete(message)
        else:
            world.change(message, has_button("other"), edited=True)
        await route.continue_()

    await shop.page.route(re.compile("/sandbox/(tap|press)$"), changes_meanwhile)
    await shop.phone("Marie").get_by_role("button", name="Button first").click()
    if becomes == "gone":
        shop.excused.append("400 (Bad Request)")
        await shop.toasts("Marie", "the message is gone")
        assert world.queries == {}
    else:
        await shop.sandbox.until(lambda: world.queries)
        assert [query.data for query in world.queries.values()] == ["first"]


async def test_key_that_was_shown_is_the_one_that_is_tapped(shop: Shop) -> None:
    await shop.marie.sends("/keys")
    world = shop.sandbox.world

    async def changes_meanwhile(route: Route) -> None:
        keys = ReplyKeyboardMarkup(keyboard=((KeyboardButton(text="No"), KeyboardButton(text="Perhaps")),))
        asks_again = Content(body=typed_text("Choose again"), markup=keys)
        world.post(world.chats[shop.marie.id], asks_again, from_bot=True)
        await route.continue_()

    await shop.page.route(re.compile("/sandbox/tap$"), changes_meanwhile)
    await shop.phone("Marie").get_by_role("button", name="Yes").click()
    await shop.marie.sees("You said: Yes")


async def test_reply_keyboard_picks_people_and_files_download(shop: Shop) -> None:
    await shop.olga.opens(shop.sandbox.link())
    await shop.olga.sends("/keys")
    olga = shop.phone("Olga")
    await olga.get_by_role("button", name="Yes").click()
    await expect(olga.get_by_text("You said: Yes")).to_be_visible()
    await olga.get_by_role("button", name="Pick a person").click()
    await olga.get_by_role("dialog").get_by_role("button", name="Jean").click()
    await expect(olga.get_by_text("Picked: Jean")).to_be_visible()
    async with shop.page.expect_download() as download:
        await olga.get_by_role("link", name="entries.csv").click()
    assert (await download.value).suggested_filename == "entries.csv"


async def test_photo_of_another_screen_can_be_sent(shop: Shop) -> None:
    await shop.marie.opens(shop.sandbox.link())
    await shop.marie.sees("3 of 10")
    await shop.jean.sends("Hello")
    jean = shop.phone("Jean")
    await jean.get_by_role("button", name="Send a photo").click()
    await jean.get_by_role("dialog").get_by_role("button", name="Marie's phone").click()
    await shop.jean.sees("You sent something")
    await expect(jean.get_by_role("button", name="Enlarge the picture")).to_be_visible()


async def test_number_is_copied(shop: Shop) -> None:
    await shop.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await shop.marie.opens(shop.sandbox.link())
    await shop.phone("Marie").get_by_role("button", name="Copy the number").click()
    await shop.toasts("Marie", "Copied: 482 109 375")
    assert await shop.page.evaluate("navigator.clipboard.readText()") == "482 109 375"


async def test_customers_are_added_blocked_and_restarted(shop: Shop) -> None:
    await shop.page.get_by_role("button", name="Add another customer").click()
    await shop.sandbox.until(lambda: len(shop.sandbox.people) == 4)
    added = shop.sandbox.people[-1]
    phone = shop.phone(added.name)
    await phone.get_by_role("button", name="START").click()
    await added.sees("Welcome")
    await phone.get_by_role("button", name="Block the bot").click()
    await phone.get_by_role("button", name="Restart bot").click()
    await expect(phone.get_by_text(f"Welcome, {added.name}!")).to_have_count(2)
    await phone.get_by_role("combobox").select_option("lb")
    await shop.sandbox.until(lambda: added.language == "lb")


async def test_every_control_has_a_name_and_nothing_overflows(shop: Shop) -> None:
    await shop.marie.opens(shop.sandbox.link())
    await shop.olga.sends("/keys")
    await expect(shop.phone("Olga").get_by_role("button", name="Yes")).to_be_visible()
    await expect(shop.phone("Marie").get_by_role("button", name="History")).to_be_visible()
    nameless = await shop.page.evaluate(
        """() => [...document.querySelectorAll("button, a, input, select, textarea")]
            .filter((node) => !(node.getAttribute("aria-label") || node.textContent.trim() ||
                                node.querySelector("img[alt]:not([alt=''])")))
            .map((node) => node.outerHTML)"""
    )
    assert nameless == []
    for width in (1400, 420):
        await shop.page.set_viewport_size({"width": width, "height": 800})
        assert await shop.page.evaluate("document.documentElement.scrollWidth") <= width


async def test_page_finds_back_after_an_outage(shop: Shop) -> None:
    port = int(shop.sandbox.url.rpartition(":")[2])
    await shop.sandbox.stop()
    await expect(shop.page.get_by_text("The sandbox does not answer.")).to_be_visible()
    await shop.marie.opens(shop.sandbox.link())
    await shop.sandbox.start(port=port)
    await expect(shop.phone("Marie").get_by_text("/start", exact=True)).to_be_visible()
    await expect(shop.page.get_by_text("The sandbox does not answer.")).to_be_hidden()
    shop.excused += ["net::ERR_"]


WHERE = """() => document.activeElement.closest("[role=dialog]")?.ariaLabel
    ?? document.activeElement.closest("section.phone")?.ariaLabel ?? document.activeElement.id"""


async def test_tab_stays_in_one_phone_until_told_to_leave(shop: Shop) -> None:
    await shop.jean.sends("Hello")
    keyboard = shop.page.keyboard
    await shop.phone("Jean").get_by_role("button", name="Scan", exact=True).focus()
    for key in ["Tab"] * 12 + ["Shift+Tab"] * 12:
        await keyboard.press(key)
        assert await shop.page.evaluate(WHERE) == "Jean, Staff"
    await shop.phone("Jean").get_by_role("button", name="Send a photo").press("Enter")
    for key in ["Tab"] * 6 + ["Shift+Tab"] * 6:
        await keyboard.press(key)
        assert await shop.page.evaluate(WHERE) == "Send a photo"
    await keyboard.press("Escape")
    for key, where in (
        ("F6", "Olga, Owner"),
        ("Shift+F6", "Jean, Staff"),
        ("Escape", "tools"),
        ("Tab", "add"),
    ):
        await keyboard.press(key)
        assert await shop.page.evaluate(WHERE) == where


async def test_focus_stays_in_the_phone_when_its_button_goes_away(shop: Shop) -> None:
    await shop.marie.opens(shop.sandbox.link())
    await shop.marie.sees("3 of 10")
    await shop.scan("Jean", "Marie's phone")
    button = shop.phone("Jean").get_by_role("button", name="+1")
    await button.press("Enter")
    await expect(button).to_have_count(0)
    assert await shop.page.evaluate(WHERE) == "Jean, Staff"


BROKEN_WORDS = """() => [...document.querySelectorAll(".key")].flatMap((key) => {
    const walker = document.createTreeWalker(key, NodeFilter.SHOW_TEXT), broken = [];
    while (walker.nextNode())
        for (const { 0: word, index } of walker.currentNode.data.matchAll(/\\S+/g)) {
            const range = document.createRange();
            range.setStart(walker.currentNode, index);
            range.setEnd(walker.currentNode, index + word.length);
            const box = key.getBoundingClientRect(), lines = [...range.getClientRects()];
            if (new Set(lines.map((line) => line.top)).size > 1 || lines.some((line) => line.right > box.right))
                broken.push(word);
        }
    return broken;
})"""


async def test_no_word_is_broken_in_a_button(shop: Shop) -> None:
    words = ("Benachrichtigungen", "Treueprogramm", "Datenschutzerklärung")
    rows = [
        [{"text": word, "callback_data": word} for word in words],
        [{"text": " ".join(words), "callback_data": "x"}],
    ]
    await shop.marie.opens(shop.sandbox.link())
    async with aiohttp.ClientSession() as http:
        markup = {"inline_keyboard": rows}
        await Api(shop.sandbox, http).ok("sendMessage", chat_id=shop.marie.id, text="Hm", reply_markup=markup)
    await expect(shop.phone("Marie").get_by_role("button", name="Treueprogramm")).to_have_count(2)
    for width in (1400, 390):
        await shop.page.set_viewport_size({"width": width, "height": 800})
        assert await shop.page.evaluate(BROKEN_WORDS) == []


async def test_who_types_sees_what_they_type(shop: Shop) -> None:
    """Beside the menu and three signs there was room for two words in a line."""
    await shop.olga.opens(shop.sandbox.link())
    olga = shop.phone("Olga")
    box = olga.get_by_role("textbox")
    await box.fill("A message that is rather long, and goes on")
    typed, phone = await box.bounding_box(), await olga.bounding_box()
    assert typed
    assert phone
    assert typed["width"] > 0.6 * phone["width"]
    await expect(olga.get_by_role("button", name="Menu")).to_be_visible()
    await box.fill("")
    await expect(olga.get_by_role("button", name="Send a photo")).to_be_visible()


async def test_guide_on_a_phone_covers_none_of_its_steps(shop: Shop) -> None:
    """What lies on the counter stood over the steps, and the words about keys behind the phones."""
    shop.sandbox.set_guide([f"Step {number}: look around, and then some more." for number in range(12)])
    await shop.page.set_viewport_size({"width": 390, "height": 844})
    last = shop.page.get_by_text("Step 11: look around")
    await last.scroll_into_view_if_needed()
    await last.click(trial=True)
    first = shop.page.get_by_text("Step 0: look around")
    await first.scroll_into_view_if_needed()
    poster = await shop.page.get_by_role("button", name="Poster at the till").bounding_box()
    step = await last.bounding_box()
    assert poster
    assert step
    assert poster["y"] >= step["y"] + step["height"], "the counter comes after the steps"
    await shop.page.keyboard.press("Tab")
    await shop.phone("Marie").get_by_role("button", name="START").focus()
    await expect(shop.page.locator("#keys")).to_be_hidden()


async def test_actions_are_buttons_and_their_refusals_are_said(shop: Shop) -> None:
    done: list[str] = []

    async def once() -> None:
        done.append("once")

    async def refused() -> None:
        raise CannotDo("the shop is closed")

    shop.sandbox.set_actions(
        [
            Action(label="Once", group="Try", run=once, once=True),
            Action(label="Refused", group="Try", run=refused),
        ]
    )
    tries = shop.page.get_by_role("group", name="Try").get_by_role("button")
    await tries.filter(has_text="Once").click()
    await expect(tries).to_have_text(["Refused"])
    await tries.click()
    await expect(shop.page.get_by_text("the shop is closed")).to_be_visible()
    assert done == ["once"]
    shop.excused += ["status of 400"]
