"""One view becomes one message, with less decoration where Telegram will not have it."""

import pytest
from telegram.error import BadRequest

from bot.sandbox import Person, Sandbox
from bot.telegram.chat import Place, edit, send
from bot.telegram.client import DirectBot
from bot.telegram.photos import Photos
from bot.views.view import Button, Effect, Style, View, keyboard, row
from tests.bot.sandbox.api import png


@pytest.mark.parametrize("photo", [None, png()], ids=["text", "photo"])
async def test_effect_that_telegram_refuses_is_left_out(
    photo: bytes | None, bot: DirectBot, anna: Person, sandbox: Sandbox
) -> None:
    fault = sandbox.faults.refuse("EFFECT_ID_INVALID")
    await send(bot, anna.id, View(text="<b>Ready</b>", photo=photo, effect=Effect.CELEBRATION), Photos())
    shown = await anna.sees("Ready")
    assert (shown.content.effect_id, shown.html, fault.hits) == (None, "<b>Ready</b>", 1)


async def test_message_without_an_effect_is_not_tried_twice(
    bot: DirectBot, anna: Person, sandbox: Sandbox
) -> None:
    fault = sandbox.faults.refuse("EFFECT_ID_INVALID", count=None)
    with pytest.raises(BadRequest):
        await send(bot, anna.id, View(text="Ready"), Photos())
    assert fault.hits == 1


async def test_plain_text_shows_what_the_markup_meant(bot: DirectBot, anna: Person, sandbox: Sandbox) -> None:
    sandbox.faults.refuse("can't parse entities: x", count=1)
    await send(bot, anna.id, View(text="<b>Käse &amp; Co</b> &lt;3 of 10"), Photos())
    assert (await anna.sees("Käse")).text == "Käse & Co <3 of 10"


async def test_buttons_carry_style_copy_and_link(bot: DirectBot, anna: Person) -> None:
    buttons = keyboard(
        row(Button(text="+1", data="s", style=Style.PRIMARY), None),
        row(Button(text="482 109 375", copies="482 109 375"), Button(text="Open", url="https://t.me/x")),
        row(),
    )
    await send(bot, anna.id, View(text="Card", buttons=buttons), Photos())
    (plus,), (copy, link) = (await anna.sees("Card")).inline
    assert (plus.callback_data, plus.style) == ("s", "primary")
    assert copy.copy_text is not None
    assert (copy.copy_text.text, link.url) == ("482 109 375", "https://t.me/x")


async def test_picture_replaces_a_picture_in_its_place(bot: DirectBot, anna: Person) -> None:
    first = await send(bot, anna.id, View(text="one", photo=png()), Photos())
    place = Place(anna.id, first.message_id, has_picture=True)
    await edit(bot, place, View(text="two", photo=png(64, 64)), Photos())
    assert (await anna.sees("two")).id == first.message_id


async def test_text_becomes_the_caption_of_a_picture_and_a_long_one_a_new_message(
    bot: DirectBot, anna: Person
) -> None:
    first = await send(bot, anna.id, View(text="one", photo=png()), Photos())
    place = Place(anna.id, first.message_id, has_picture=True)
    await edit(bot, place, View(text="<b>short</b>"), Photos())
    assert (await anna.sees("short")).id == first.message_id
    await edit(bot, place, View(text="long " * 300), Photos())
    assert (await anna.sees("long long")).id > first.message_id


async def test_picture_in_the_place_of_a_text_is_a_new_message(bot: DirectBot, anna: Person) -> None:
    first = await send(bot, anna.id, View(text="one"), Photos())
    await edit(bot, Place(anna.id, first.message_id), View(text="two", photo=png()), Photos())
    assert (await anna.sees("two")).id > first.message_id
