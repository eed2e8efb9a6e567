"""The shop's logo in the chat: sent, on the poster, refused and removed."""

from PIL import Image

from domain.staff import Role
from tests.bot.pictures.test_reader import saved
from tests.bot.staff.test_pins import until_deleted
from tests.support.house import House, Shop, has_picture

LOGO = saved(Image.new("RGBA", (300, 120), (200, 30, 40, 128)), "PNG")
KEPT = "SELECT merchant_id FROM logos"
CHANGES = "SELECT field, before, after FROM changes ORDER BY change_id"


async def test_a_logo_is_sent_printed_replaced_and_removed(home: House, shop: Shop) -> None:
    paul = await home.member(shop, "Mia", Role.MANAGER)
    other = await home.owner(await home.opens_shop("Bäckerei Schmit"))
    await paul.sends("/settings")
    await paul.sees("Settings of", new=True)
    await paul.taps("🏪 Shop")
    await paul.sees("Tap what you want to change.")
    await paul.taps("Logo: No")
    await paul.sees("Logo of Café Knätsch")
    await paul.taps("Send a picture")
    await paul.sees("Send the logo of Café Knätsch")
    await paul.sends_document(b"%PDF-1.7", "logo.pdf")
    await paul.sees("This cannot be used as a logo.", new=True)
    await paul.sends_document(b"\x89PNG\r\n\x1a\n", "logo.png")
    await paul.sees("This cannot be used as a logo.", new=True)
    assert home.rows(KEPT) == home.rows(CHANGES) == []
    await paul.sends_document(LOGO, "logo.png")
    page = await paul.sees(
        lambda message: has_picture(message) and "have this logo" in message.html, new=True
    )
    assert home.rows(KEPT) == [(shop.merchant_id,)]
    for person, count in ((paul, 1), (other, 0)):
        await person.sends("/poster")
        poster = await person.sees(lambda message: message.document is not None, new=True)
        assert poster.document is not None
        assert poster.document.data.count(b"/Inset Do") == count
    await paul.taps("Send another picture", on=page)
    await paul.sees("Send the logo of")
    await paul.sends_photo(LOGO)
    page = await paul.sees("have this logo", new=True)
    await paul.taps("‹ Back", on=page)
    listed = await paul.sees("Tap what you want to change.", new=True)
    assert not has_picture(listed)
    await until_deleted(home, paul, page)
    await paul.taps("Logo: Yes")
    await paul.sees(has_picture, new=True)
    await paul.taps("Remove the logo")
    gone = await paul.sees("Logo removed.", new=True)
    assert gone.button_texts == ("Send a picture", "‹ Back")
    assert home.rows(KEPT) == []
    assert [(field, after == "none") for field, _, after in home.rows(CHANGES)] == [
        ("logo", False),
        ("logo", False),
        ("logo", True),
    ]
    await paul.taps("‹ Back")
    await paul.taps("‹ Settings")
    await paul.taps("🕘 What was changed")
    log = await paul.sees("Logo: PNG")
    assert not [text for text in log.button_texts if "back" in text]


async def test_without_the_question_a_photo_is_a_code(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await paul.sends_photo(LOGO)
    await paul.sees("No code could be read", new=True)
    assert home.rows(KEPT) == []
