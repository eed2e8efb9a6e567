"""A customer scans the poster, taps Start, and has a card."""

import pytest

from bot.sandbox import Message
from domain.staff import Role
from tests.support.house import House, Shop, TestClock, has_picture, number_of

CONSENT = {
    "en": "Using this card, you agree that Café Knätsch keeps your Telegram name and your stamps.",
    "fr": "En utilisant cette carte, vous autorisez Café Knätsch à conserver votre nom Telegram et vos tampons.",
    "de": "Mit dieser Karte stimmst du zu, dass Café Knätsch deinen Telegram-Namen und deine Stempel speichert.",
    "lb": "Mat dëser Kaart bass du d’accord, datt Café Knätsch däin Telegram-Numm an deng Stempele späichert.",
}


@pytest.mark.parametrize("language", CONSENT)
async def test_who_joins_reads_what_they_agree_to_and_gets_a_card(
    language: str, home: House, shop: Shop
) -> None:
    anna = await home.customer(shop, "Anna", language)
    consent, card = [message for message in anna.messages if message.from_bot]
    assert CONSENT[language] in consent.text
    assert card.photo
    assert card.caption.startswith("Café Knätsch\n0 ")
    [line] = await home.cards(shop)
    assert (line.card_number, line.stamp_count, line.active) == (number_of(anna).replace(" ", ""), 0, True)


async def test_language_that_is_not_ours_falls_back_to_the_default(home: House, shop: Shop) -> None:
    olga = await home.customer(shop, "Olga", "uk")
    await olga.sees("you agree that")


async def test_regional_language_code_is_understood(home: House, shop: Shop) -> None:
    heidi = await home.customer(shop, "Heidi", "de-CH")
    await heidi.sees("Willkommen bei")


async def test_joining_again_shows_the_same_card_without_asking_for_consent_again(
    home: House, shop: Shop
) -> None:
    anna = await home.customer(shop, "Anna")
    await anna.opens(shop.join_link)
    again = await anna.sees("Welcome back to Café Knätsch.", new=True)
    assert "agree" not in again.text
    await anna.sees(has_picture, new=True)
    assert len(await home.cards(shop)) == 1


async def test_poster_of_another_store_leads_to_the_same_card(home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Anna")
    _, other_link = await home.adds_store(shop, "Second counter")
    await anna.opens(other_link)
    await anna.sees("Welcome back", new=True)
    assert len(await home.cards(shop)) == 1


async def test_two_merchants_give_two_cards(home: House, shop: Shop, clock: TestClock) -> None:
    bakery = await home.opens_shop("Bäckerei Schmit")
    anna = await home.customer(shop, "Anna")
    clock.passes(days=1)
    await anna.opens(bakery.join_link)
    await anna.sees("Welcome to Bäckerei Schmit!", new=True)
    await anna.sees(has_picture, new=True)
    assert [len(await home.cards(each)) for each in (shop, bakery)] == [1, 1]
    await anna.sends("/card")
    newest = await anna.sees(has_picture, new=True)
    assert newest.caption.startswith("Bäckerei Schmit")
    await anna.taps("Café Knätsch", on=newest)
    await anna.sees(lambda message: message.id == newest.id and "Café Knätsch" in message.caption, new=True)


@pytest.mark.parametrize("payload", ["jAAAAAAAAAAAAAAAAAAAAAA", "j", "hello", "x" * 64])
async def test_link_that_leads_nowhere_says_so(payload: str, home: House) -> None:
    anna = home.sandbox.person("Anna")
    await anna.opens(home.sandbox.link(payload))
    await anna.sees("This link does not work")


async def test_token_of_a_poster_does_not_open_as_another_kind_of_link(home: House, shop: Shop) -> None:
    anna = home.sandbox.person("Anna")
    token = shop.join_link.partition("start=j")[2]
    for letter in "ci":
        await anna.opens(home.sandbox.link(letter + token))
        await anna.sees("This link does not work", new=True)


async def test_who_opens_the_bot_without_a_link_is_told_what_it_is(home: House) -> None:
    anna = home.sandbox.person("Anna")
    await anna.sends("/start")
    await anna.sees("Stamp cards, without the paper.")
    await anna.sends("/start")
    await anna.sees("You have no card.", new=True)


async def test_start_shows_the_card_to_who_has_one(home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Anna")
    await anna.sends("/start")
    await anna.sees(has_picture, new=True)


async def test_staff_join_as_a_customer_too(home: House, shop: Shop) -> None:
    sam = await home.member(shop, "Sam")
    await sam.opens(shop.join_link)
    await sam.sees(has_picture, new=True)
    assert len(await home.cards(shop)) == 1


BOTH = ("📷 Scan by photo", "📊 Today", "↩️ Last act", "💳 My card", "🎁 My rewards")


async def test_who_works_somewhere_and_has_a_card_keeps_both_keyboards(home: House, shop: Shop) -> None:
    """In whichever order they came to it."""
    elsewhere = await home.opens_shop("Bäckerei Schmit")
    sam = await home.member(shop, "Sam")
    await sam.opens(elsewhere.join_link)
    assert (await sam.sees(shows_menu, new=True)).button_texts == BOTH
    await sam.opens(elsewhere.join_link)
    assert (await sam.sees("Welcome back", new=True)).button_texts == BOTH
    mia = await home.customer(shop, "Mia")
    _, link = await home.invites(elsewhere, "Mia")
    await mia.opens(link)
    assert (await mia.sees(shows_menu, new=True)).button_texts == BOTH
    await mia.taps("💳 My card")
    await mia.sees(has_picture, new=True)


async def test_join_is_shown_as_work_in_progress_while_the_card_is_drawn(home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Anna")
    await anna.sends("/card")
    await anna.sees(has_picture, new=True)
    actions = [call.parameters["action"] for call in home.sandbox.calls_of("sendChatAction")]
    assert actions == ["upload_photo"]


async def test_terminal_is_not_taken_for_a_customer(home: House, shop: Shop) -> None:
    phone = await home.member(shop, "Counter", Role.TERMINAL)
    await phone.sends("/start")
    told = await phone.sees("At the counter", new=True)
    assert "Your card" not in told.text


def shows_menu(message: Message) -> bool:
    return message.reply_keyboard is not None


async def test_menu_below_the_chat_shows_card_and_rewards(home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Anna", "lb")
    menu = await anna.sees(shows_menu)
    assert menu.button_texts == ("💳 Meng Kaart", "🎁 Meng Belounungen")
    await anna.taps("💳 Meng Kaart")
    await anna.sees(has_picture, new=True)
    await anna.taps("🎁 Meng Belounungen")
    await anna.sees("Nach 10 Stempelen", new=True)
