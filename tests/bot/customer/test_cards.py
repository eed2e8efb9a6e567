"""Cards, balances and rewards as their holder sees them."""

from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from bot.sandbox import Message, Person
from tests.support.house import House, Shop, has_picture, number_of


def code_on(message: Message) -> str:
    """What a camera reads in the picture as Telegram shows it; "" on a card that is shown further down."""
    with Image.open(BytesIO(message.photo or b"")) as image:
        found = [code.text for code in zxingcpp.read_barcodes(image)]
    assert len(found) <= 1
    return found[0] if found else ""


async def stamps(staff: Person, customer: Person, count: int) -> None:
    """So many stamps in one act."""
    await staff.sends(f"/stamp {number_of(customer)} {count}")
    await staff.sees("✅", new=True)


@pytest.mark.parametrize("count", [0, 3, 10, 13])
async def test_code_on_the_card_is_its_link(count: int, home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Anna")
    if count:
        await stamps(await home.owner(shop), anna, count)
    await anna.sends("/card")
    card = await anna.sees(has_picture, new=True)
    link = code_on(card)
    assert link.startswith(f"https://t.me/{home.sandbox.username}?start=c")
    await anna.opens(link)
    await anna.sees(lambda message: message.photo and code_on(message) == link, new=True)


async def test_card_number_is_copied_with_one_tap(home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Anna")
    await anna.taps(number_of(anna))
    assert anna.clipboard == number_of(anna)
    [line] = await home.cards(shop)
    assert anna.clipboard.replace(" ", "") == line.card_number


async def test_balance_and_rewards_tell_what_is_there_and_what_is_next(home: House, shop: Shop) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    await stamps(paul, anna, 7)
    await anna.sends("/balance")
    assert (await anna.sees("Café Knätsch\n7 of 10 · 3 to go", new=True)).text.count("\n") == 1
    await anna.sends("/rewards")
    await anna.sees("Café Knätsch: A coffee\n3 stamps to go", new=True)
    await stamps(paul, anna, 16)
    await anna.sends("/balance")
    await anna.sees("2 rewards · 3 of 10 on the next card", new=True)
    await anna.sends("/rewards")
    await anna.sees("2 rewards ready: show your card at the counter.", new=True)


async def test_rewards_that_are_ready_come_first(home: House, shop: Shop) -> None:
    bakery = await home.opens_shop("Bäckerei Schmit", reward="A pretzel", stamps_target=2)
    anna = await home.customer(bakery, "Anna")
    baker = await home.owner(bakery)
    await stamps(baker, anna, 2)
    await anna.opens(shop.join_link)
    await anna.sees(has_picture, new=True)
    await anna.sends("/rewards")
    told = await anna.sees("🎁 Bäckerei Schmit: A pretzel", new=True)
    assert told.text.startswith("🎁 Bäckerei Schmit: A pretzel\n1 reward ready")
    assert told.button_texts == ("Bäckerei Schmit", "Café Knätsch")


@pytest.mark.parametrize("button", ["Balance", "Rewards"])
async def test_buttons_below_the_card_answer_in_its_place(button: str, home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Anna")
    card = anna.last
    await anna.taps(button)
    await anna.answered()
    there = await anna.sees(lambda message: message.id == card.id, new=True)
    assert there.button_texts == ("‹ Card",)
    await anna.taps("‹ Card")
    back = await anna.sees(lambda message: message.id == card.id, new=True)
    assert back.caption == card.caption


@pytest.mark.parametrize("command", ["/card", "/balance", "/rewards", "/history"])
async def test_who_has_no_card_is_told_how_to_get_one(command: str, home: House) -> None:
    anna = home.sandbox.person("Anna")
    await anna.sends(command)
    await anna.sees("You have no card. Scan the poster")


async def test_words_nobody_understands_point_to_help(home: House) -> None:
    anna = home.sandbox.person("Anna")
    await anna.sends("a flat white please")
    await anna.sees("This was not understood. /help says what can be done here.")
    await anna.sends("/help")
    await anna.sees("Your card", new=True)


@pytest.mark.parametrize(
    "words",
    [
        "How many stamps do I have?",
        "combien de tampons ai-je ?",
        "Wie viele Stempel habe ich?",
        "Wéivill Punkten hunn ech?",
        "Stand",
        "my own number",
        "/cards",
    ],
)
async def test_who_asks_for_their_balance_in_any_words_gets_it(words: str, home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Anna")
    await anna.sends(number_of(anna) if words == "my own number" else words)
    await anna.sees("Café Knätsch\n0 of 10 · 10 to go", new=True)


@pytest.mark.parametrize("words", ["my card", "Ma carte", "meine  Karte", "Meng Kaart", "💳 My card"])
async def test_key_below_the_chat_may_be_typed(words: str, home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Anna")
    await anna.sends(words)
    card = await anna.sees(has_picture, new=True)
    assert "0 of 10" in card.caption


async def test_key_that_is_typed_as_an_answer_stays_one(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await paul.sends("/stores")
    await paul.taps("Add a store")
    await paul.sees("What is the new store called?", new=True)
    await paul.sends("Today")
    await paul.sees("Today\nOpen.", new=True)
    await home.at_rest()
    await paul.sends("today")
    await paul.sees("Today at Café Knätsch", new=True)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("/privacy", "Café Knätsch: what is kept about you"),
        ("/delete", "Café Knätsch: what is kept about you"),
        ("/stop", "No shop writes you news or offers."),
        ("/settings", "The language can be chosen here."),
    ],
)
async def test_commands_people_expect_are_answered(command: str, said: str, home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Anna")
    await anna.sends(command)
    await anna.sees(said, new=True)


async def test_card_number_of_a_customer_is_nothing_to_a_customer(home: House, shop: Shop) -> None:
    anna, ben = await home.customer(shop, "Anna"), await home.customer(shop, "Ben")
    await ben.sends(number_of(anna))
    await ben.sees("This was not understood.", new=True)
    await ben.sends(f"/stamp {number_of(ben)}")
    await ben.sees("This is for staff.", new=True)
    assert await home.ledger(shop) == []


async def test_card_says_that_its_program_is_paused(home: House, shop: Shop) -> None:
    paul, lea = await home.owner(shop), await home.customer(shop, "Léa")
    await paul.sends("/settings")
    for label in ("🎟 Stamps · A coffee", "Switched on: Yes", "No", "✅ Change it"):
        await paul.taps(label)
        await paul.answered()
    await home.at_rest()
    for command in ("/card", "/rewards", "/balance"):
        await lea.sends(command)
        await lea.sees("⏸ Nothing is given or redeemed on this card at the moment.", new=True)
