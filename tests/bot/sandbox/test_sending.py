"""What Telegram demands of what is sent, beyond the lists of fields."""

from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from bot.sandbox import Person, Sandbox
from tests.bot.sandbox.api import Api, keyboard, png, qr_png

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("empty text", {"text": ""}, "message text is empty"),
    ("white space only", {"text": " \n "}, "message text is empty"),
    ("nothing but tags", {"text": "<b> </b>", "parse_mode": "HTML"}, "message text is empty"),
    ("4097 characters", {"text": "x" * 4097}, "message is too long"),
    ("4098 UTF-16 units", {"text": "😀" * 2049}, "message is too long"),
    ("other parse mode", {"parse_mode": "MarkdownV2"}, "unsupported parse_mode"),
    ("bad HTML", {"text": "a & b", "parse_mode": "HTML"}, "can't parse entities"),
    (
        "entity outside",
        {"text": "x", "entities": [{"type": "bold", "offset": 0, "length": 2}]},
        "entity of type bold is outside of the text",
    ),
    (
        "two formats",
        {"parse_mode": "HTML", "entities": [{"type": "bold", "offset": 0, "length": 1}]},
        "parse_mode and entities exclude each other",
    ),
    ("empty callback data", {"reply_markup": keyboard(callback_data="")}, "BUTTON_DATA_INVALID"),
    ("65 bytes", {"reply_markup": keyboard(callback_data="x" * 65)}, "BUTTON_DATA_INVALID"),
    ("33 letters of 2 bytes", {"reply_markup": keyboard(callback_data="é" * 33)}, "BUTTON_DATA_INVALID"),
    ("no action", {"reply_markup": keyboard()}, "text buttons are unallowed in the inline keyboard"),
    (
        "two actions",
        {"reply_markup": keyboard(callback_data="a", url="https://a.lu")},
        'inline keyboard button "Tap" must have exactly one action',
    ),
    (
        "no label",
        {"reply_markup": {"inline_keyboard": [[{"text": " ", "callback_data": "a"}]]}},
        "button text must be",
    ),
    (
        "unknown style",
        {"reply_markup": keyboard(callback_data="a", style="red")},
        "button style must be one of",
    ),
    ("empty copy", {"reply_markup": keyboard(copy_text={"text": ""})}, "BUTTON_COPY_TEXT_INVALID"),
    ("257 to copy", {"reply_markup": keyboard(copy_text={"text": "x" * 257})}, "BUTTON_COPY_TEXT_INVALID"),
    (
        "no address",
        {"reply_markup": keyboard(url="not a link")},
        "inline keyboard button URL 'not a link' is invalid",
    ),
    ("no domain", {"reply_markup": keyboard(url="http://localhost/")}, "inline keyboard button URL"),
    (
        "101 buttons",
        {"reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "x"}]] * 101}},
        "reply markup is too long",
    ),
    (
        "empty reply keyboard",
        {"reply_markup": {"keyboard": [[]]}},
        "reply keyboard must have at least one button",
    ),
    ("blank key", {"reply_markup": {"keyboard": [[{"text": ""}]]}}, "button text must be non-empty"),
    (
        "11 people",
        {
            "reply_markup": {
                "keyboard": [[{"text": "x", "request_users": {"request_id": 1, "max_quantity": 11}}]]
            }
        },
        "max_quantity of request_users must be from 1 to 10",
    ),
    (
        "long placeholder",
        {"reply_markup": {"force_reply": True, "input_field_placeholder": "x" * 65}},
        "input_field_placeholder must be 1-64 characters long",
    ),
    ("removing nothing", {"reply_markup": {"remove_keyboard": False}}, "remove_keyboard must be True"),
    ("forcing nothing", {"reply_markup": {"force_reply": False}}, "force_reply must be True"),
    ("effect of letters", {"message_effect_id": "fire"}, "EFFECT_ID_INVALID"),
    ("reply to nothing", {"reply_parameters": {"message_id": 99}}, "message to be replied not found"),
]


@pytest.mark.parametrize(("wrong", "expected"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
async def test_message_that_breaks_a_rule_is_refused(
    wrong: dict[str, Any], expected: str, api: Api, anna: Person
) -> None:
    refusal = await api.refused("sendMessage", **{"chat_id": anna.id, "text": "Hello", **wrong})
    assert refusal.startswith(f"400 Bad Request: {expected}")
    assert [message for message in anna.messages if message.from_bot] == []


ACCEPTED: list[tuple[str, dict[str, Any]]] = [
    ("4096 characters", {"text": "x" * 4096}),
    ("4096 after parsing", {"text": "<b>" + "x" * 4096 + "</b>", "parse_mode": "HTML"}),
    ("64 bytes", {"reply_markup": keyboard(callback_data="é" * 32)}),
    ("256 to copy", {"reply_markup": keyboard(copy_text={"text": "x" * 256})}),
    ("deep link", {"reply_markup": keyboard(url="https://t.me/stempel_demo_bot?start=x")}),
    ("tg link", {"reply_markup": keyboard(url="tg://user?id=5")}),
    (
        "every style",
        {"reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "x", "style": "danger"}]]}},
    ),
    ("an effect", {"message_effect_id": "5046509860389126442"}),
    ("reply to what is gone", {"reply_parameters": {"message_id": 99, "allow_sending_without_reply": True}}),
    ("no keyboard at all", {"reply_markup": {"inline_keyboard": []}}),
]


@pytest.mark.parametrize("right", [row[1] for row in ACCEPTED], ids=[row[0] for row in ACCEPTED])
async def test_message_at_the_edge_of_a_rule_is_sent(right: dict[str, Any], api: Api, anna: Person) -> None:
    await api.ok("sendMessage", **{"chat_id": anna.id, "text": "Hello", **right})
    assert len(anna.messages) == 2


# -- whom the bot may write to -----------------------------------------------------------------------------


async def test_unknown_chat_is_not_found(api: Api) -> None:
    assert await api.refused("sendMessage", chat_id=1, text="x") == "400 Bad Request: chat not found"
    assert await api.refused("sendMessage", chat_id="@anna", text="x") == "400 Bad Request: chat not found"


@pytest.mark.parametrize("method", ["sendMessage", "sendChatAction"])
async def test_bot_cannot_write_first(method: str, api: Api, sandbox: Sandbox) -> None:
    stranger = sandbox.person("Zoé")
    what = {"text": "x"} if method == "sendMessage" else {"action": "typing"}
    refusal = await api.refused(method, chat_id=stranger.id, **what)
    assert refusal == "403 Forbidden: bot can't initiate conversation with a user"


async def test_blocked_bot_cannot_write_until_unblocked(api: Api, anna: Person) -> None:
    anna.blocks_bot()
    refusal = await api.refused("sendMessage", chat_id=anna.id, text="x")
    assert refusal == "403 Forbidden: bot was blocked by the user"
    anna.unblocks_bot()
    await api.ok("sendMessage", chat_id=anna.id, text="x")


# -- text --------------------------------------------------------------------------------------------------


async def test_white_space_around_the_text_is_dropped_and_entities_move(api: Api, anna: Person) -> None:
    sent = await api.ok("sendMessage", chat_id=anna.id, text="\n <b> Hi </b>\n", parse_mode="HTML")
    assert sent["text"] == "Hi"
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 2}]


async def test_commands_links_and_mentions_are_found(api: Api, anna: Person) -> None:
    text = "é😀 /card at https://a.lu/x, t.me/y and @stempel_demo_bot; <code>/not</code> me@a.lu 1/2"
    sent = await api.ok("sendMessage", chat_id=anna.id, text=text, parse_mode="HTML")
    units = sent["text"].encode("utf-16-le")
    found = [
        (e["type"], units[e["offset"] * 2 : (e["offset"] + e["length"]) * 2].decode("utf-16-le"))
        for e in sent["entities"]
    ]
    assert found == [
        ("bot_command", "/card"),
        ("url", "https://a.lu/x"),
        ("url", "t.me/y"),
        ("mention", "@stempel_demo_bot"),
        ("code", "/not"),
    ]


async def test_message_ids_count_up_in_each_chat(api: Api, anna: Person, sandbox: Sandbox) -> None:
    ben = sandbox.person("Ben")
    await ben.sends("Hello")
    ids = [(await api.ok("sendMessage", chat_id=p.id, text="x"))["message_id"] for p in (anna, ben, anna)]
    assert ids == [2, 2, 3]


async def test_message_ids_go_on_after_those_of_a_sandbox_of_before() -> None:
    async with Sandbox(messages_before=100) as later:
        assert (await later.person("Anna").sends("Hello")).id == 101


async def test_reply_names_what_it_replies_to(api: Api, anna: Person) -> None:
    question = await anna.sends("Why?")
    sent = await api.ok(
        "sendMessage", chat_id=anna.id, text="So.", reply_parameters={"message_id": question.id}
    )
    assert sent["reply_to_message"]["text"] == "Why?"


async def test_chat_action_shows_until_the_message_comes(api: Api, anna: Person) -> None:
    await api.ok("sendChatAction", chat_id=anna.id, action="upload_photo")
    shown = [anna.action]
    await api.ok("sendMessage", chat_id=anna.id, text="x")
    assert [*shown, anna.action] == ["upload_photo", None]
    refusal = await api.refused("sendChatAction", chat_id=anna.id, action="dancing")
    assert refusal == "400 Bad Request: wrong parameter action in request"


# -- photos and documents ----------------------------------------------------------------------------------


async def test_photo_arrives_in_sizes_and_still_scans(api: Api, anna: Person) -> None:
    body = await api.upload(
        "sendPhoto", {"photo": ("card.png", qr_png("Guten Tag"))}, chat_id=anna.id, caption="<b>C</b>"
    )
    sizes = body["result"]["photo"]
    assert [size["width"] for size in sizes] == sorted({size["width"] for size in sizes})
    assert anna.last.caption == "<b>C</b>"
    assert anna.last.photo is not None
    with Image.open(BytesIO(anna.last.photo)) as image:
        assert image.format == "JPEG"
        assert image.width == sizes[-1]["width"]
        assert zxingcpp.read_barcodes(image.convert("L"))[0].text == "Guten Tag"


async def test_each_size_of_a_photo_can_be_fetched_and_the_largest_says_how_long_it_is(
    api: Api, anna: Person, sandbox: Sandbox
) -> None:
    body = await api.upload("sendPhoto", {"photo": ("a.png", png(600, 1000))}, chat_id=anna.id)
    sizes = body["result"]["photo"]
    assert [(size["width"], size["height"]) for size in sizes] == [
        (54, 90),
        (192, 320),
        (480, 800),
        (600, 1000),
    ]
    fetched = []
    for size in sizes:
        file = await api.ok("getFile", file_id=size["file_id"])
        async with api.http.get(f"{sandbox.url}/file/bot{sandbox.token}/{file['file_path']}") as answer:
            data = await answer.read()
        assert len(data) == file["file_size"]
        with Image.open(BytesIO(data)) as image:
            assert (image.format, image.size) == ("JPEG", (size["width"], size["height"]))
        fetched.append(data)
    assert [size.get("file_size") for size in sizes] == [None, None, None, len(fetched[-1])]


async def test_file_id_sends_a_photo_again(api: Api, anna: Person) -> None:
    first = await api.upload("sendPhoto", {"photo": ("a.png", png())}, chat_id=anna.id)
    file_id = first["result"]["photo"][0]["file_id"]
    again = await api.ok("sendPhoto", chat_id=anna.id, photo=file_id)
    assert again["photo"] == first["result"]["photo"]


async def test_attached_part_is_a_photo(api: Api, anna: Person) -> None:
    body = await api.upload("sendPhoto", {"pic": ("a.png", png())}, chat_id=anna.id, photo="attach://pic")
    assert body["ok"]


async def test_document_keeps_its_name_and_bytes(api: Api, anna: Person) -> None:
    body = await api.upload(
        "sendDocument", {"document": ("list.csv", b"1;2")}, chat_id=anna.id, caption="Entries"
    )
    document = body["result"]["document"]
    assert (document["file_name"], document["mime_type"], document["file_size"]) == (
        "list.csv",
        "text/csv",
        3,
    )
    assert anna.last.document is not None
    assert anna.last.document.data == b"1;2"
    again = await api.ok("sendDocument", chat_id=anna.id, document=document["file_id"])
    assert again["document"] == document


@pytest.mark.parametrize(
    ("method", "part", "data", "expected"),
    [
        ("sendPhoto", "photo", b"", "file must be non-empty"),
        ("sendPhoto", "photo", b"no picture", "IMAGE_PROCESS_FAILED"),
        ("sendPhoto", "photo", partial(png, 9_000, 1_001), "PHOTO_INVALID_DIMENSIONS"),
        ("sendPhoto", "photo", partial(png, 2_100, 100), "PHOTO_INVALID_DIMENSIONS"),
        ("sendPhoto", "photo", b"x" * (10 * 1024 * 1024 + 1), "file is too big for a photo: at most 10 MB"),
        ("sendDocument", "document", b"", "file must be non-empty"),
    ],
    ids=["empty", "no picture", "too many pixels", "too narrow", "too many bytes", "empty document"],
)
async def test_bad_upload_is_refused(
    method: str, part: str, data: bytes | Callable[[], bytes], expected: str, api: Api, anna: Person
) -> None:
    file = data() if callable(data) else data
    body = await api.upload(method, {part: ("file", file)}, chat_id=anna.id)
    assert body["description"] == f"Bad Request: {expected}"


async def test_caption_may_be_1024_long_and_no_longer(api: Api, anna: Person) -> None:
    photo = {"photo": ("a.png", png())}
    assert (await api.upload("sendPhoto", photo, chat_id=anna.id, caption="x" * 1024))["ok"]
    body = await api.upload("sendPhoto", photo, chat_id=anna.id, caption="x" * 1025)
    assert body["description"] == "Bad Request: message caption is too long"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("AgACnothing", "wrong file identifier/HTTP URL specified"),
        ("https://a.lu/x.png", "wrong HTTP URL specified: the sandbox fetches nothing from other machines"),
        ("attach://nothing", 'wrong file identifier/HTTP URL specified: no file part is named "nothing"'),
    ],
)
async def test_unknown_file_is_refused(source: str, expected: str, api: Api, anna: Person) -> None:
    assert await api.refused("sendPhoto", chat_id=anna.id, photo=source) == f"400 Bad Request: {expected}"


async def test_file_of_one_kind_is_not_another(api: Api, anna: Person) -> None:
    photo = (await api.upload("sendPhoto", {"photo": ("a.png", png())}, chat_id=anna.id))["result"]["photo"]
    refusal = await api.refused("sendDocument", chat_id=anna.id, document=photo[0]["file_id"])
    assert refusal == "400 Bad Request: can't use file of type Photo as Document"


async def test_file_is_downloaded_by_its_path(api: Api, anna: Person, sandbox: Sandbox) -> None:
    body = await api.upload("sendDocument", {"document": ("a.txt", b"Hello")}, chat_id=anna.id)
    file = await api.ok("getFile", file_id=body["result"]["document"]["file_id"])
    async with api.http.get(f"{sandbox.url}/file/bot{sandbox.token}/{file['file_path']}") as answer:
        assert await answer.read() == b"Hello"
    async with api.http.get(f"{sandbox.url}/file/bot1:WRONG/{file['file_path']}") as answer:
        assert answer.status == 401
    async with api.http.get(f"{sandbox.url}/file/bot{sandbox.token}/documents/none.txt") as answer:
        assert answer.status == 404
    refusal = await api.refused("getFile", file_id="nothing")
    assert refusal == "400 Bad Request: wrong file_id or the file is temporarily unavailable"


async def test_get_chat_tells_the_person(api: Api, anna: Person) -> None:
    chat = await api.ok("getChat", chat_id=anna.id)
    assert (chat["id"], chat["type"], chat["first_name"]) == (anna.id, "private", "Anna")
