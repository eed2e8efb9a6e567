"""Whatever the sandbox answers is what the Bot API says it answers, field by field."""

from bot.sandbox import Person, Sandbox
from bot.sandbox.methods import METHODS
from tests.bot.sandbox.api import Api, png
from tests.support.bot_api.checks import METHODS as IN_THE_LISTS
from tests.support.bot_api.checks import deviations


async def live_through_everything(api: Api, anna: Person, sandbox: Sandbox) -> None:
    """Calls every method at least once and causes every kind of update."""
    chat = {"chat_id": anna.id}
    markup = {"inline_keyboard": [[{"text": "Void", "callback_data": "v", "style": "danger"}]]}
    html = '<b>b</b> <a href="https://a.lu">a</a> <pre><code class="language-x">c</code></pre> /card'
    text = {"text": html, "parse_mode": "HTML", "reply_markup": markup}
    question = await anna.sends("/start again")
    more = {"reply_parameters": {"message_id": question.id}, "message_effect_id": "5046509860389126442"}
    sent = await api.ok("sendMessage", **chat, **text, **more, protect_content=True)
    place = {**chat, "message_id": sent["message_id"]}
    await anna.taps("Void")
    query_id = (await api.ok("getUpdates", offset=-1))[0]["callback_query"]["id"]
    await api.ok("answerCallbackQuery", callback_query_id=query_id)
    await api.ok("editMessageText", **place, text="x")
    await api.ok("editMessageReplyMarkup", **place, reply_markup=markup)
    await anna.presses_raw("late", anna.last)
    picture = (
        await api.upload("sendPhoto", {"photo": ("a.png", png())}, **chat, caption=html, has_spoiler=True)
    )["result"]
    await api.ok("editMessageCaption", chat_id=anna.id, message_id=picture["message_id"], caption="/x")
    media = {"type": "document", "media": "attach://new"}
    await api.upload(
        "editMessageMedia", {"new": ("b.txt", b"b")}, **chat, message_id=picture["message_id"], media=media
    )
    document = (await api.upload("sendDocument", {"document": ("a.csv", b"1")}, **chat))["result"]["document"]
    await api.ok("getFile", file_id=document["file_id"])
    await api.ok("sendChatAction", **chat, action="typing")
    await api.ok("deleteMessage", **place)
    await anna.presses_raw("gone", anna.history[sent["message_id"] - 1])
    request = {"request_id": 1, "request_name": True, "request_username": True}
    keys = {"keyboard": [[{"text": "Pick", "request_users": request}]]}
    await api.ok("sendMessage", **chat, text="?", reply_markup=keys)
    await anna.taps("Pick", picks=[sandbox.person("Ben", username="ben_k")])
    await anna.sends_photo(png(), caption="Look")
    await anna.sends_document(b"x", "x.txt")
    anna.blocks_bot()
    anna.unblocks_bot()
    await anna.sends("bye")


async def settle_everything(api: Api, anna: Person) -> None:
    await api.ok("getMe")
    await api.ok("getChat", chat_id=anna.id)
    await api.ok("setMyCommands", commands=[{"command": "card", "description": "My card"}])
    await api.ok("getMyCommands")
    await api.ok("deleteMyCommands")
    for what, field in (
        ("Name", "name"),
        ("Description", "description"),
        ("ShortDescription", "short_description"),
    ):
        await api.ok(f"setMy{what}", **{field: "x"})
        await api.ok(f"getMy{what}")
    await api.ok("setChatMenuButton", menu_button={"type": "commands"})
    await api.ok("getChatMenuButton")
    await api.ok("setWebhook", url="http://127.0.0.1:9/")
    await api.sandbox.until(lambda: api.sandbox.world.webhook.last_error)
    await api.ok("getWebhookInfo")
    await api.ok("deleteWebhook")


async def test_answers_and_updates_are_those_of_the_bot_api(api: Api, anna: Person, sandbox: Sandbox) -> None:
    await live_through_everything(api, anna, sandbox)
    await settle_everything(api, anna)
    updates = await api.ok("getUpdates")
    calls = [call for call in sandbox.calls if call.ok]
    assert {call.method for call in calls} == set(METHODS)
    found = [
        complaint
        for call in calls
        for complaint in deviations(call.result, IN_THE_LISTS[call.method].returns, call.method)
    ]
    assert found == []
    assert {kind for update in updates for kind in update} == {
        "update_id",
        "message",
        "callback_query",
        "my_chat_member",
    }


def test_a_deviation_would_be_found() -> None:
    wrong = {"message_id": "5", "date": 1, "chat": {"id": 1, "type": "private", "colour": "red"}}
    assert sorted(deviations(wrong, ("Message",), "m")) == [
        "m.chat has no colour",
        "m.message_id is no Integer",
    ]
