"""What the page may ask, and who may ask it."""

import asyncio
import base64
import json
from typing import Any

import pytest

from bot.sandbox import Action, GuideStep, Person, Sandbox
from tests.bot.sandbox.api import Api, keyboard, png, qr_png
from tests.support.patience import PATIENCE_S


async def post(api: Api, path: str, **body: Any) -> dict[str, Any]:
    """Status and body of what the page sends."""
    async with api.http.post(f"{api.sandbox.url}/sandbox/{path}", json=body) as answer:
        return {"status": answer.status, **await answer.json()}


async def get(api: Api, path: str) -> Any:
    async with api.http.get(f"{api.sandbox.url}/sandbox/{path}") as answer:
        assert answer.status == 200
        return await answer.json()


# -- who may ask -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:9999"}, 200),
        ({"Host": "[::1]:9999"}, 200),
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1.evil.example"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "localhost:9999", "Origin": "http://localhost:9999"}, 200),
        ({"Host": "localhost:9999", "Origin": "http://localhost:3000"}, 403),
    ],
)
async def test_only_a_page_of_this_machine_is_answered(
    headers: dict[str, str], status: int, api: Api, sandbox: Sandbox
) -> None:
    for path in ("/", "/sandbox/state", "/page/main.js"):
        async with api.http.get(f"{sandbox.url}{path}", headers=headers) as answer:
            assert answer.status == status


async def test_form_of_another_site_cannot_act(api: Api, anna: Person) -> None:
    body = json.dumps({"person": anna.id, "text": "Hello"})
    headers = {"Content-Type": "text/plain"}
    async with api.http.post(f"{api.sandbox.url}/sandbox/send", data=body, headers=headers) as answer:
        assert answer.status == 400
    assert len(anna.messages) == 1


async def test_page_loads_nothing_from_elsewhere(api: Api, sandbox: Sandbox) -> None:
    async with api.http.get(sandbox.page_url) as answer:
        policy = answer.headers["Content-Security-Policy"]
        text = await answer.text()
    assert policy.startswith("default-src 'self'; img-src 'self' blob: data:;")
    assert "http://" not in text
    assert "https://" not in text


async def test_sandbox_listens_on_loopback_only() -> None:
    with pytest.raises(ValueError, match="loopback only"):
        await Sandbox().start(host="0.0.0.0")


async def test_page_never_learns_the_token(api: Api, anna: Person, sandbox: Sandbox) -> None:
    await api.upload("sendPhoto", {"photo": ("a.png", png())}, chat_id=anna.id)
    assert sandbox.token not in json.dumps(await get(api, "state"))


# -- what a person can do ----------------------------------------------------------------------------------


async def test_text_is_sent(api: Api, anna: Person) -> None:
    assert (await post(api, "send", person=anna.id, text="Hello"))["status"] == 200
    assert anna.messages[-1].text == "Hello"


@pytest.mark.parametrize(
    ("path", "body", "status", "error"),
    [
        ("send", {"person": 5, "text": "x"}, 404, ""),
        ("send", {"text": " "}, 400, "Telegram does not send empty messages"),
        ("send", {"text": "x", "from": 1}, 400, "wrong request: Object contains unknown field `from`"),
        ("send", {"text": 5}, 400, "wrong request: Expected `str`, got `int` - at `$.text`"),
        ("open", {"link": "https://example.com"}, 400, "not a Telegram link: https://example.com"),
        ("press", {"data": "a", "message_id": 99}, 400, "the message is gone"),
        ("press", {"data": "", "message_id": 2}, 400, "no button carries that"),
        ("press", {"data": "é" * 33, "message_id": 2}, 400, "no button carries that"),
        ("tap", {"text": "Yes", "picks": [7_100_000_001]}, 400, "the key is gone"),
        ("scan", {"source": "poster-9"}, 400, "it is no longer in front of the camera"),
        ("photo", {"image": "no base64!"}, 400, ""),
        (
            "photo",
            {"image": base64.b64encode(b"no picture").decode()},
            400,
            "Bad Request: IMAGE_PROCESS_FAILED",
        ),
        ("language", {"language": "xx"}, 400, "the language must be one of en, fr, de, lb"),
    ],
)
async def test_wrong_request_of_the_page_is_refused(
    path: str, body: dict[str, Any], status: int, error: str, api: Api, anna: Person, sandbox: Sandbox
) -> None:
    await api.ok("sendMessage", chat_id=anna.id, text="?", reply_markup=keyboard(callback_data="a"))
    async with api.http.post(f"{sandbox.url}/sandbox/{path}", json={"person": anna.id, **body}) as answer:
        assert answer.status == status
        if error:
            assert (await answer.json())["error"].startswith(error)


async def test_inline_button_carries_what_was_shown(api: Api, anna: Person) -> None:
    """Telegram's own server passes it on, though another is below the message by then."""
    await api.ok("sendMessage", chat_id=anna.id, text="?", reply_markup=keyboard(callback_data="a"))
    [[shown]] = (await get(api, "state"))["people"][0]["messages"][-1]["inline"]
    markup = keyboard(callback_data="b")
    await api.ok("editMessageReplyMarkup", chat_id=anna.id, message_id=2, reply_markup=markup)
    result = await post(api, "press", person=anna.id, message_id=2, data=shown["data"])
    [update] = await api.ok("getUpdates")
    assert (update["callback_query"]["id"], update["callback_query"]["data"]) == (result["id"], "a")


async def test_key_of_the_reply_keyboard_is_tapped_by_what_it_says(
    api: Api, anna: Person, sandbox: Sandbox
) -> None:
    ben = sandbox.person("Ben")
    keys = [["Yes", {"text": "Pick", "request_users": {"request_id": 1}}]]
    await api.ok("sendMessage", chat_id=anna.id, text="?", reply_markup={"keyboard": keys})
    await post(api, "tap", person=anna.id, text="Yes")
    await post(api, "tap", person=anna.id, text="Pick", picks=[ben.id])
    yes, picked = [update["message"] for update in await api.ok("getUpdates")]
    assert yes["text"] == "Yes"
    assert picked["users_shared"]["users"] == [{"user_id": ben.id}]


async def test_camera_sees_posters_and_other_screens_only(api: Api, anna: Person, sandbox: Sandbox) -> None:
    staff = sandbox.person("Sam", role_hint="staff")
    sandbox.add_poster("Poster", sandbox.link("join"))
    sandbox.add_poster("Blank", "", png())
    await api.upload("sendPhoto", {"photo": ("c.png", qr_png(sandbox.link("card")))}, chat_id=anna.id)
    await api.upload("sendPhoto", {"photo": ("c.png", png())}, chat_id=anna.id)
    seen_by_staff = await get(api, f"scannable?person={staff.id}")
    assert [source["label"] for source in seen_by_staff] == ["Poster", "Anna's phone"]
    assert [source["label"] for source in await get(api, f"scannable?person={anna.id}")] == ["Poster"]
    scanned = [
        (await post(api, "scan", person=staff.id, source=each["id"]))["text"] for each in seen_by_staff
    ]
    assert scanned == [sandbox.link("join"), sandbox.link("card")]
    await post(api, "open", person=staff.id, link=scanned[1])
    assert staff.messages[-1].text == "/start card"


async def test_photo_of_another_screen_is_sent(api: Api, anna: Person, sandbox: Sandbox) -> None:
    staff = sandbox.person("Sam", role_hint="staff")
    await api.upload("sendPhoto", {"photo": ("c.png", qr_png("t.me/x"))}, chat_id=anna.id)
    source = (await get(api, f"scannable?person={staff.id}"))[0]["id"]
    await post(api, "photo", person=staff.id, source=source)
    await post(api, "photo", person=staff.id, image=base64.b64encode(png()).decode())
    assert [message.photo is not None for message in staff.messages] == [True, True]


async def test_page_adds_blocks_and_changes_language(api: Api, anna: Person, sandbox: Sandbox) -> None:
    added = await post(api, "people")
    assert [person.id for person in sandbox.people] == [anna.id, added["id"]]
    await post(api, "block", person=anna.id, blocked=True)
    await post(api, "language", person=anna.id, language="fr")
    shown = (await get(api, "state"))["people"][0]
    assert (shown["blocked"], shown["language"]) == (True, "fr")
    await post(api, "block", person=anna.id, blocked=False)
    assert (await get(api, "state"))["people"][0]["blocked"] is False


# -- what the page shows -----------------------------------------------------------------------------------


async def test_state_draws_a_message(api: Api, anna: Person, sandbox: Sandbox) -> None:
    markup = {
        "inline_keyboard": [
            [{"text": "Void", "callback_data": "v", "style": "danger"}],
            [{"text": "Copy", "copy_text": {"text": "482"}}, {"text": "Open", "url": sandbox.link("x")}],
            [
                {"text": "Site", "url": "https://a.lu"},
                {"text": "Find", "switch_inline_query_current_chat": ""},
            ],
        ]
    }
    await api.ok("sendMessage", chat_id=anna.id, text="<b>Hi</b>", parse_mode="HTML", reply_markup=markup)
    drawn = (await get(api, "state"))["people"][0]["messages"][-1]
    assert (drawn["text"], drawn["entities"]) == ("Hi", [{"type": "bold", "offset": 0, "length": 2}])
    assert [[button["kind"] for button in row] for row in drawn["inline"]] == [
        ["callback"],
        ["copy", "chat"],
        ["url", "inline_mode"],
    ]


async def test_pictures_and_files_can_be_fetched(api: Api, anna: Person, sandbox: Sandbox) -> None:
    sandbox.add_poster("Poster", sandbox.link("join"))
    await api.upload("sendPhoto", {"photo": ("a.png", png())}, chat_id=anna.id)
    await api.upload("sendDocument", {"document": ("a.html", b"<script>")}, chat_id=anna.id)
    state = await get(api, "state")
    photo, document = state["people"][0]["messages"][-2:]
    expected = [
        (photo["photo"]["url"], "image/jpeg", None),
        (document["document"]["url"], "application/octet-stream", "attachment"),
        (state["posters"][0]["picture"], "image/jpeg", None),
    ]
    for url, content_type, disposition in expected:
        async with api.http.get(f"{sandbox.url}{url}") as answer:
            assert answer.content_type == content_type
            assert answer.headers.get("Content-Disposition") == disposition
    for missing in ("files/none", "posters/9"):
        async with api.http.get(f"{sandbox.url}/sandbox/{missing}") as answer:
            assert answer.status == 404


async def test_action_of_the_page_is_done_and_one_of_a_kind_goes_away(api: Api, sandbox: Sandbox) -> None:
    async def an_hour() -> None:
        sandbox.passes(3600)

    sandbox.set_actions([Action(label="An hour on", group="Move the clock", run=an_hour, once=True)])
    before = await get(api, "state")
    assert before["actions"] == [{"label": "An hour on", "group": "Move the clock"}]
    assert (await post(api, "actions", label="An hour on"))["status"] == 200
    after = await get(api, "state")
    assert after["actions"] == []
    assert 3600 <= after["now"] - before["now"] < 3600 + PATIENCE_S
    assert (await post(api, "actions", label="An hour on"))["error"] == "the button is gone"


async def test_time_goes_on_for_all_and_never_back(anna: Person, sandbox: Sandbox) -> None:
    first = await anna.sends("Hello")
    sandbox.passes(14 * 86_400)
    assert (await anna.sends("Hello again")).sent_at - first.sent_at >= 14 * 86_400
    with pytest.raises(ValueError, match="not go back"):
        sandbox.passes(-1)


async def test_guide_is_ticked_off_as_things_happen(api: Api, anna: Person, sandbox: Sandbox) -> None:
    said = GuideStep(who="Anna", text="Say something", done=lambda: len(anna.messages) > 1)
    sandbox.set_guide([said, "Look around"])
    assert [step["done"] for step in (await get(api, "state"))["guide"]] == [False, False]
    message = await anna.sends("Hello")
    await api.ok("deleteMessage", chat_id=anna.id, message_id=message.id)
    guide = (await get(api, "state"))["guide"]
    assert guide == [
        {"text": "Say something", "who": "Anna", "done": True, "by_hand": False},
        {"text": "Look around", "who": "", "done": False, "by_hand": True},
    ]


async def test_changes_are_streamed(api: Api, anna: Person, sandbox: Sandbox) -> None:
    async with api.http.get(f"{sandbox.url}/sandbox/events") as stream:
        lines = stream.content
        assert [await lines.readline() for _ in range(2)] == [b"retry: 1000\n", b"event: ready\n"]
        await api.ok("setMyCommands", commands=[{"command": "card", "description": "My card"}])
        await api.ok("sendMessage", chat_id=anna.id, text="Hi", reply_markup=keyboard(callback_data="a"))
        await anna.taps("a")
        query_id = (await api.ok("getUpdates"))[0]["callback_query"]["id"]
        await api.ok("answerCallbackQuery", callback_query_id=query_id, text="Done")
        await api.ok("deleteMessage", chat_id=anna.id, message_id=2)
        await api.ok("sendChatAction", chat_id=anna.id, action="typing")
        events: list[dict[str, Any]] = []
        async with asyncio.timeout(PATIENCE_S):
            while len(events) < 5:
                line = await lines.readline()
                if line.startswith(b"data: {") and len(line) > 10:
                    events.append(json.loads(line[6:]))
    assert [event["kind"] for event in events] == ["people", "message", "answer", "message", "person"]
    assert events[0]["people"][0]["commands"] == [{"command": "card", "description": "My card"}]
    assert (events[2]["query"], events[2]["text"], events[2]["alert"]) == (query_id, "Done", False)
    assert events[3]["message"] is None
    assert events[4]["person"]["action"] == "typing"
