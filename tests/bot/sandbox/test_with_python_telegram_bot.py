"""The real client library, over real HTTP, through the transport that the bot uses."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from httpx_aiohttp import AiohttpTransport
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    KeyboardButton,
    KeyboardButtonRequestUsers,
    MenuButtonCommands,
    Message,
    ReplyKeyboardMarkup,
    ReplyParameters,
    Update,
)
from telegram.constants import MessageEntityType
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut
from telegram.ext import Application, ApplicationBuilder, CallbackQueryHandler, CommandHandler, ContextTypes
from telegram.request import HTTPXRequest

from bot.sandbox import Person, Sandbox
from tests.bot.sandbox.api import png
from tests.support.patience import PATIENCE_S

BUTTONS = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("+1", callback_data="add", api_kwargs={"style": "success"})],
        [InlineKeyboardButton("Copy", copy_text=CopyTextButton("482 109 375"))],
    ]
)


def request() -> HTTPXRequest:
    return HTTPXRequest(httpx_kwargs={"transport": AiohttpTransport()}, read_timeout=PATIENCE_S)


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    bot = Bot(
        sandbox.token,
        base_url=f"{sandbox.url}/bot",
        base_file_url=f"{sandbox.url}/file/bot",
        request=request(),
        get_updates_request=request(),
    )
    async with bot:
        yield bot


async def test_message_round_trip(bot: Bot, anna: Person, sandbox: Sandbox) -> None:
    sent = await bot.send_message(
        anna.id,
        "<b>4</b> of 10 & more".replace("&", "&amp;"),
        parse_mode="HTML",
        reply_markup=BUTTONS,
        disable_notification=True,
        reply_parameters=ReplyParameters(1),
        message_effect_id="5046509860389126442",
    )
    assert sent.text == "4 of 10 & more"
    assert sent.parse_entities() == {sent.entities[0]: "4"}
    assert sent.reply_to_message is not None
    assert abs(sent.date - datetime.now(UTC)) < timedelta(seconds=5)
    assert sandbox.calls[-1].parameters["reply_markup"]["inline_keyboard"][0][0]["style"] == "success"
    edited = await bot.edit_message_text("Bye", anna.id, sent.message_id)
    assert isinstance(edited, Message)
    assert anna.last.text == "Bye"


async def test_updates_parse(bot: Bot, anna: Person, sandbox: Sandbox) -> None:
    await bot.send_message(anna.id, "?", reply_markup=BUTTONS)
    pick = KeyboardButton("Pick", request_users=KeyboardButtonRequestUsers(1, request_name=True))
    await bot.send_message(anna.id, "Who?", reply_markup=ReplyKeyboardMarkup([[pick]]))
    await anna.sends("/earn 482 12.50")
    await anna.taps("+1")
    await anna.taps("Pick", picks=[sandbox.person("Ben")])
    await anna.sends_photo(png(400, 300), caption="Look")
    anna.blocks_bot()
    command, press, shared, photo, blocked = await bot.get_updates(timeout=1)
    assert command.message is not None
    assert command.message.entities[0].type == MessageEntityType.BOT_COMMAND
    assert command.effective_user is not None
    assert command.effective_user.language_code == "de"
    assert press.callback_query is not None
    assert press.callback_query.data == "add"
    assert isinstance(press.callback_query.message, Message)
    assert shared.message is not None
    assert shared.message.users_shared is not None
    assert shared.message.users_shared.users[0].first_name == "Ben"
    assert photo.message is not None
    assert photo.message.photo[-1].width == 400
    assert blocked.my_chat_member is not None
    assert blocked.my_chat_member.new_chat_member.status == "kicked"


async def test_files_go_up_and_down(bot: Bot, anna: Person) -> None:
    sent = await bot.send_photo(anna.id, png(), caption="Card", filename="card.png")
    again = await bot.send_photo(anna.id, sent.photo[-1].file_id)
    assert again.photo == sent.photo
    other = png(90, 90)
    await bot.edit_message_media(InputMediaPhoto(other, caption="New"), anna.id, sent.message_id)
    assert anna.messages[1].caption == "New"
    report = await bot.send_document(anna.id, b"a;b", filename="entries é.csv")
    assert report.document is not None
    assert report.document.file_name == "entries é.csv"
    file = await bot.get_file(report.document.file_id)
    assert await file.download_as_bytearray() == b"a;b"


async def test_settings_round_trip(bot: Bot, anna: Person, sandbox: Sandbox) -> None:
    me = await bot.get_me()
    assert me.username == sandbox.username
    await bot.set_my_commands([BotCommand("card", "Meine Karte")], BotCommandScopeChat(anna.id), "de")
    assert anna.commands()[0].description == "Meine Karte"
    assert await bot.get_my_commands(BotCommandScopeChat(anna.id), "de") == (
        BotCommand("card", "Meine Karte"),
    )
    await bot.set_my_name("Stempel")
    await bot.set_my_description("A card", language_code="en")
    await bot.set_my_short_description("A card")
    assert (await bot.get_my_description("en")).description == "A card"
    await bot.set_chat_menu_button(anna.id, MenuButtonCommands())
    assert isinstance(await bot.get_chat_menu_button(anna.id), MenuButtonCommands)
    chat = await bot.get_chat(anna.id)
    assert chat.first_name == "Anna"
    await bot.send_chat_action(anna.id, "typing")
    await bot.set_webhook("http://127.0.0.1:9/", secret_token="secret")
    assert (await bot.get_webhook_info()).url == "http://127.0.0.1:9/"
    await bot.delete_webhook()


async def test_refusals_become_the_errors_of_the_library(
    bot: Bot, anna: Person, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(1, "x")
    anna.blocks_bot()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(anna.id, "x")
    sandbox.faults.flood(7)
    with pytest.raises(RetryAfter) as flood:
        await bot.get_me()
    assert flood.value.retry_after == timedelta(seconds=7)
    sandbox.faults.server_error(502, html=True)
    with pytest.raises(NetworkError, match="Bad Gateway"):
        await bot.get_me()
    for fault in (sandbox.faults.reset, sandbox.faults.cut):
        fault()
        with pytest.raises(NetworkError):
            await bot.get_me()
    stalled = sandbox.faults.stall()
    with pytest.raises(TimedOut):
        await bot.get_me(read_timeout=0.05)
    stalled.release()
    await bot.set_webhook("http://127.0.0.1:9/")
    with pytest.raises(Conflict):
        await bot.get_updates()


async def test_wrong_token_is_told(sandbox: Sandbox) -> None:
    ordinary, polling = request(), request()
    bot = Bot("1:WRONG", base_url=f"{sandbox.url}/bot", request=ordinary, get_updates_request=polling)
    with pytest.raises(InvalidToken):
        await bot.initialize()
    await ordinary.shutdown()
    await polling.shutdown()


async def start(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    await update.message.reply_html(f"Welcome, payload {context.args}", reply_markup=BUTTONS)


async def tapped(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.callback_query is not None
    await update.callback_query.answer("Stamped")
    await update.callback_query.edit_message_text("1 of 10", reply_markup=BUTTONS)


async def test_polling_application_serves_people(bot: Bot, sandbox: Sandbox) -> None:
    application: Application = ApplicationBuilder().bot(bot).build()  # type: ignore[type-arg]
    application.add_handler(CommandHandler("start", start))
    application.add_handler(CallbackQueryHandler(tapped))
    assert application.updater is not None
    async with application:
        await application.start()
        await application.updater.start_polling()
        anna = sandbox.person("Anna")
        await anna.opens(sandbox.link("join_1"))
        await anna.sees("payload ['join_1']")
        await anna.taps("+1")
        await anna.answered("Stamped")
        await anna.sees("1 of 10", new=True)
        await sandbox.until_confirmed()
        await application.updater.stop()
        await application.stop()
