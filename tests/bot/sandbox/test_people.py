"""The people that tests and demos drive."""

import asyncio
import re

import pytest

from bot.sandbox import CannotDo, LinkError, Person, Sandbox
from tests.bot.sandbox.api import Api, keyboard, qr_png

LINKS = [
    ("https://t.me/stempel_demo_bot?start=abc_-9", "abc_-9"),
    ("http://t.me/stempel_demo_bot?start=x", "x"),
    ("t.me/Stempel_Demo_Bot?start=x", "x"),
    ("https://telegram.me/stempel_demo_bot?start=x", "x"),
    ("tg://resolve?domain=stempel_demo_bot&start=x", "x"),
    ("https://t.me/stempel_demo_bot", ""),
    ("https://t.me/stempel_demo_bot?start=" + "x" * 64, "x" * 64),
]


@pytest.mark.parametrize(("link", "payload"), LINKS)
async def test_deep_link_starts_with_its_payload(link: str, payload: str, sandbox: Sandbox) -> None:
    zoe = sandbox.person("Zoé")
    message = await zoe.opens(link)
    assert message.text == f"/start {payload}".strip()


@pytest.mark.parametrize(
    "link",
    [
        "https://t.me/other_bot?start=x",
        "https://example.com/stempel_demo_bot?start=x",
        "https://t.me/stempel_demo_bot?start=" + "x" * 65,
        "https://t.me/stempel_demo_bot?start=a.b",
        "https://t.me/stempel_demo_bot?begin=x",
        "482 109 375",
    ],
)
async def test_link_that_telegram_would_not_pass_on_is_refused(link: str, sandbox: Sandbox) -> None:
    with pytest.raises(LinkError):
        await sandbox.person("Zoé").opens(link)


async def test_person_sees_what_comes_later(api: Api, anna: Person) -> None:
    waiting = asyncio.create_task(anna.sees(re.compile(r"stamps?: \d+")))
    await api.ok("sendMessage", chat_id=anna.id, text="Your stamps: 4")
    assert (await waiting).text == "Your stamps: 4"
    assert (await anna.sees(lambda message: "4" in message.text)).id == (await waiting).id


async def test_seeing_something_new_ignores_what_was_there(api: Api, anna: Person) -> None:
    await api.ok("sendMessage", chat_id=anna.id, text="Done", reply_markup=keyboard(callback_data="again"))
    first = await anna.sees("Done")
    await anna.taps("again")
    with pytest.raises(
        AssertionError, match=r"Anna does not see 'Done'; the screen shows(.|\n)*'Done' \['Tap'\]"
    ):
        await anna.sees("Done", new=True, timeout=0.01)
    await api.ok("editMessageText", chat_id=anna.id, message_id=first.id, text="Done again")
    assert (await anna.sees("Done", new=True)).id == first.id


async def test_error_in_a_test_of_a_message_reaches_the_one_who_waits(anna: Person, api: Api) -> None:
    waiting = asyncio.create_task(anna.sees(lambda message: 1 / 0))
    await asyncio.sleep(0)
    await api.ok("sendMessage", chat_id=anna.id, text="x")
    with pytest.raises(ZeroDivisionError):
        await waiting


async def test_tap_takes_the_newest_button_and_waits_for_it(api: Api, anna: Person) -> None:
    tap = asyncio.create_task(anna.taps("Tap"))
    await api.ok("sendMessage", chat_id=anna.id, text="old", reply_markup=keyboard(callback_data="old"))
    await tap
    await api.ok("sendMessage", chat_id=anna.id, text="new", reply_markup=keyboard(callback_data="new"))
    await anna.taps("Tap")
    await anna.taps("Tap", on=anna.messages[-2])
    presses = [update["callback_query"]["data"] for update in await api.ok("getUpdates")]
    assert presses == ["old", "new", "old"]


async def test_tap_on_nothing_says_what_there_is(api: Api, anna: Person) -> None:
    await api.ok("sendMessage", chat_id=anna.id, text="x", reply_markup=keyboard(callback_data="a"))
    with pytest.raises(CannotDo, match=r"Anna sees no button '\+1', only \['Tap'\]"):
        await anna.taps("+1", timeout=0.01)


async def test_reply_keyboard_sends_its_label_until_it_is_removed(api: Api, anna: Person) -> None:
    await api.ok("sendMessage", chat_id=anna.id, text="?", reply_markup={"keyboard": [["Yes"]]})
    await anna.taps("Yes")
    assert anna.messages[-1].text == "Yes"
    await api.ok("sendMessage", chat_id=anna.id, text="Thanks", reply_markup={"remove_keyboard": True})
    with pytest.raises(CannotDo):
        await anna.taps("Yes", timeout=0.01)


async def test_one_time_keyboard_is_gone_after_a_tap(api: Api, anna: Person) -> None:
    markup = {"keyboard": [["Yes"]], "one_time_keyboard": True}
    await api.ok("sendMessage", chat_id=anna.id, text="?", reply_markup=markup)
    await anna.taps("Yes")
    with pytest.raises(CannotDo):
        await anna.taps("Yes", timeout=0.01)


async def test_forced_reply_replies(api: Api, anna: Person) -> None:
    await api.ok("sendMessage", chat_id=anna.id, text="Your name?", reply_markup={"force_reply": True})
    await anna.sends("Anna")
    update = (await api.ok("getUpdates"))[0]
    assert update["message"]["reply_to_message"]["text"] == "Your name?"


async def test_copy_button_fills_the_clipboard(api: Api, anna: Person) -> None:
    markup = keyboard(copy_text={"text": "482 109 375"})
    await api.ok("sendMessage", chat_id=anna.id, text="x", reply_markup=markup)
    await anna.taps("Tap")
    assert anna.clipboard == "482 109 375"


async def test_link_button_to_the_bot_starts_it(api: Api, anna: Person, sandbox: Sandbox) -> None:
    await api.ok("sendMessage", chat_id=anna.id, text="x", reply_markup=keyboard(url=sandbox.link("go")))
    await anna.taps("Tap")
    assert anna.messages[-1].text == "/start go"


async def test_staff_scan_the_newest_code_on_a_screen(api: Api, anna: Person, sandbox: Sandbox) -> None:
    staff = sandbox.person("Sam", role_hint="staff")
    with pytest.raises(CannotDo, match="no QR code on the screen of Anna"):
        await staff.scans(anna)
    for token in ("old", "new"):
        await api.upload("sendPhoto", {"photo": ("c.png", qr_png(sandbox.link(token)))}, chat_id=anna.id)
    assert (await staff.scans(anna)).text == "/start new"


async def test_blocked_bot_hears_nothing_but_start(anna: Person, sandbox: Sandbox) -> None:
    anna.blocks_bot()
    with pytest.raises(CannotDo, match="Anna has blocked the bot"):
        await anna.sends("Hello")
    with pytest.raises(CannotDo, match="Anna has blocked the bot"):
        await anna.presses_raw("x", anna.messages[0])
    await anna.opens(sandbox.link())
    await anna.sends("Hello")


async def test_unanswered_tap_is_reported(api: Api, anna: Person) -> None:
    with pytest.raises(CannotDo, match="has not tapped"):
        await anna.answered()
    await api.ok("sendMessage", chat_id=anna.id, text="x", reply_markup=keyboard(callback_data="a"))
    await anna.taps("a")
    with pytest.raises(AssertionError, match="did not answer the tap of Anna"):
        await anna.answered(timeout=0.01)


async def test_two_people_have_ids_of_their_own(sandbox: Sandbox) -> None:
    anna, ben = sandbox.person("Anna"), sandbox.person("Ben")
    assert anna.id != ben.id
    with pytest.raises(ValueError, match="there is a person with the id"):
        sandbox.person("Again", user_id=anna.id)
