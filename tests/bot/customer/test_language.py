"""Four languages, taken from the app or chosen."""

from pathlib import Path

import pytest

from bot.sandbox import Person
from bot.texts import texts
from domain.account import Locale
from tests.support.house import House, Shop, has_picture, house, number_of

CARD = {"en": "0 of 10", "fr": "0 sur 10", "de": "0 von 10", "lb": "0 vun 10"}
MENU = {"en": "Show my card", "fr": "Montrer ma carte", "de": "Meine Karte zeigen", "lb": "Meng Kaart weisen"}


@pytest.mark.parametrize("locale", Locale, ids=str)
async def test_chosen_language_reaches_texts_and_menus(locale: Locale, home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Anna", "de" if locale != "de" else "fr")
    await anna.sends("/language")
    question = await anna.sees(lambda message: "Lëtzebuergesch" in message.button_texts, new=True)
    assert question.button_texts == ("English", "Français", "Deutsch", "Lëtzebuergesch")
    await anna.taps(texts(locale).language)
    await anna.sees("✅", new=True)
    await anna.sees(lambda message: message.reply_keyboard, new=True)
    await home.sandbox.until(lambda: anna.commands()[0].description == MENU[locale])
    await anna.sends("/card")
    card = await anna.sees(has_picture, new=True)
    assert CARD[locale] in card.caption


async def test_messages_of_the_outbox_are_in_the_language_of_the_moment(home: House, shop: Shop) -> None:
    anna, paul = await home.customer(shop, "Anna", "fr"), await home.owner(shop)
    await paul.sends(f"/stamp {number_of(anna)}")
    await anna.sees("+1 tampon")
    await anna.sends("/language")
    await anna.taps("Lëtzebuergesch")
    await anna.sees("Vun elo un op Lëtzebuergesch", new=True)
    await paul.sends(f"/stamp {number_of(anna)}")
    await anna.sees("+1 Stempel", new=True)


async def test_chosen_language_outlives_another_language_of_the_app(home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Anna", "fr")
    await anna.sends("/language")
    await anna.taps("Deutsch")
    await anna.sees("Ab jetzt auf Deutsch", new=True)
    home.sandbox.world.set_language(home.sandbox.world.chats[anna.id], "en")
    await anna.sends("/balance")
    await anna.sees("0 von 10", new=True)


async def test_old_menu_button_still_works_after_the_language_changed(home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Anna", "fr")
    await anna.sends("/language")
    await anna.taps("Deutsch")
    await anna.sees(lambda message: message.reply_keyboard and "Karte" in message.text, new=True)
    await anna.sends("💳 Ma carte")
    await anna.sees(has_picture, new=True)


async def test_staff_keep_their_menu_in_the_new_language(home: House, shop: Shop) -> None:
    sam = await home.member(shop, "Sam")
    await sam.sends("/language")
    await sam.taps("Français")
    await sam.sees("Désormais en français", new=True)
    await home.sandbox.until(lambda: sam.commands()[0].description == "Tamponner une carte")
    await sam.sees("Le clavier ci-dessous est maintenant en français.")
    keyboards = [message.reply_keyboard for message in sam.messages if message.reply_keyboard is not None]
    shown = [[button.text for row in each.keyboard for button in row] for each in keyboards]
    assert shown == [
        ["📷 Scan by photo", "📊 Today", "↩️ Last act"],
        ["📷 Scanner par photo", "📊 Aujourd’hui", "↩️ Dernière opération"],
    ]


async def test_staff_who_hold_a_card_get_their_menu_and_both_keyboards_in_the_new_language(
    home: House, shop: Shop
) -> None:
    sam = await home.member(shop, "Sam", language="de")
    elsewhere = await home.opens_shop(name="Elsewhere")
    await sam.opens(elsewhere.join_link)
    await sam.sees(lambda message: message.reply_keyboard, new=True)
    await sam.sends("/language")
    await sam.taps("Français")
    keyboard = await sam.sees(lambda message: message.reply_keyboard, new=True)
    team = ("📷 Scanner par photo", "📊 Aujourd’hui", "↩️ Dernière opération")
    assert keyboard.button_texts == (*team, "💳 Ma carte", "🎁 Mes récompenses")
    await home.sandbox.until(lambda: sam.commands()[0].description == "Tamponner une carte")


def speaks(home: House, person: Person, language: str) -> None:
    """The person's app has another language from now on."""
    home.sandbox.world.set_language(home.sandbox.world.chats[person.id], language)


def keys_of(home: House, person: Person) -> list[str]:
    """The keyboard below the chat."""
    keyboard = home.sandbox.world.chats[person.id].keyboard
    return [key.text for line in keyboard.keyboard for key in line] if keyboard else []


async def test_menu_and_keyboard_of_the_team_follow_the_language_of_the_app(home: House, shop: Shop) -> None:
    sam = await home.member(shop, "Sam")
    speaks(home, sam, "fr")
    await sam.sends("/stamp 123456789")
    await sam.sees(lambda message: "carte" in message.text, new=True)
    assert keys_of(home, sam) == ["📷 Scanner par photo", "📊 Aujourd’hui", "↩️ Dernière opération"]
    assert sam.commands()[0].description == "Tamponner une carte"
    before = len(sam.messages)
    await sam.sends("/stamp 123456789")
    await sam.sees(lambda message: "carte" in message.text, new=True)
    assert sam.last.reply_keyboard is None
    assert len(sam.messages) == before + 2


async def test_keyboard_for_a_card_follows_with_the_first_answer_that_has_no_buttons(
    home: House, shop: Shop
) -> None:
    """A message has either: buttons, or the keyboard below the chat."""
    anna = await home.customer(shop, "Anna", "fr")
    speaks(home, anna, "de")
    await anna.sends("/balance")
    await anna.sees("0 von 10", new=True)
    assert keys_of(home, anna) == ["💳 Ma carte", "🎁 Mes récompenses"]
    await anna.sends("/stamp")
    await anna.sees("Das ist für das Team.", new=True)
    assert keys_of(home, anna) == ["💳 Meine Karte", "🎁 Meine Prämien"]


async def test_app_in_another_language_changes_nothing_where_one_was_chosen(home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Anna", "fr")
    await anna.sends("/language")
    await anna.taps("Deutsch")
    shown = await anna.sees(lambda message: message.reply_keyboard, new=True)
    speaks(home, anna, "en")
    await anna.sends("/stamp")
    await anna.sees("Das ist für das Team.", new=True)
    assert [m for m in anna.messages if m.reply_keyboard][-1].id == shown.id


async def test_keys_of_an_open_question_stay_when_the_app_has_another_language(
    home: House, shop: Shop
) -> None:
    paul = await home.owner(shop)
    await paul.sends("/team")
    for label in ("Invite", "Staff", "👤 Choose a person"):
        await paul.taps(label)
        await paul.answered()
    await paul.sees("below the chat.", new=True)
    speaks(home, paul, "fr")
    await paul.taps("👤 Choose a person", picks=[paul])
    await paul.sees("Paul", new=True)
    assert keys_of(home, paul) == ["👤 Choose a person", "✖️ Cancel"]
    await paul.taps("✖️ Cancel")
    await paul.sees("Abandonné.", new=True)
    assert keys_of(home, paul) == ["📷 Scanner par photo", "📊 Aujourd’hui", "↩️ Dernière opération"]


async def test_help_of_who_has_no_card_says_how_to_get_one(home: House, shop: Shop) -> None:
    olga, sam = home.sandbox.person("Olga"), await home.member(shop, "Sam")
    for each in (olga, sam):
        await each.sends("/help")
        told = await each.sees("Scan the poster at the counter of a shop to get one here.", new=True)
        assert "/history" not in told.text
    await olga.opens(shop.join_link)
    await olga.sees(has_picture, new=True)
    await olga.sends("/help")
    told = await olga.sees("Show its code at the counter", new=True)
    assert "/history" in told.text
    assert "Scan the poster" not in told.text


async def test_who_has_no_card_is_not_told_of_one(home: House, shop: Shop) -> None:
    olga = home.sandbox.person("Olga", language="de")
    await olga.sends("/language")
    await olga.taps("Français")
    await olga.sees("Désormais en français", new=True)
    await home.sandbox.until(lambda: olga.commands()[0].description == MENU["fr"])
    await home.at_rest()
    assert not any(message.reply_keyboard for message in olga.messages)


async def test_question_still_waits_when_the_language_is_another(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await paul.sends("/stores")
    await paul.taps("Add a store")
    await paul.sees("What is the new store called?", new=True)
    await paul.sends("/language")
    await paul.taps("Deutsch")
    await paul.sees("Ab jetzt auf Deutsch", new=True)
    await home.at_rest()
    await paul.sends("Gare")
    await paul.sees("Gare\nOffen.", new=True)
    assert ("Gare",) in home.rows("SELECT name FROM stores")


async def test_who_has_no_card_hears_how_a_shop_is_opened_where_anybody_may(
    tmp_path: Path, home: House
) -> None:
    async with house(tmp_path / "open.db", open_signup="on") as open_house:
        rosa = open_house.sandbox.person("Rosa")
        for said in ("/start", "/help"):
            await rosa.sends(said)
            await rosa.sees("/newshop opens it in six questions.", new=True)
    olga = home.sandbox.person("Olga")
    for said in ("/start", "/help"):
        await olga.sends(said)
        told = await olga.sees("Scan the poster", new=True)
        assert "/newshop" not in told.text


async def test_help_of_a_customer_says_what_is_kept_and_how_offers_end(home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Anna")
    await anna.sends("/help")
    told = await anna.sees("/privacy says what is kept about you, and erases it.", new=True)
    assert "/newshop" not in told.text
