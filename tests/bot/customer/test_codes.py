"""A card's code: renewed by its holder, worthless to strangers."""

import pytest

from bot.kit.buttons import Verb
from bot.sandbox import Message, Person
from tests.bot.customer.test_cards import code_on
from tests.support.house import House, Shop, has_picture, number_of


async def asks_for_a_new_code(customer: Person) -> Message:
    """Away from the daily buttons, and answered by what it would do."""
    card = customer.last
    await customer.taps("History")
    await customer.taps("New code")
    return await customer.sees(
        lambda message: message.id == card.id and "Yes, a new code" in message.button_texts
    )


async def test_new_code_replaces_the_old_one(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    old = code_on(anna.last)
    assert "New code" not in anna.last.button_texts
    asked = await asks_for_a_new_code(anna)
    assert "the code it has now is refused from then on" in asked.caption
    assert home.rows("SELECT token_rotation FROM cards") == [(0,)]
    assert asked.button_texts == ("Yes, a new code", "‹ Card"), "not where New code was"
    await anna.taps("Yes, a new code")
    answer = await anna.answered("Your card has a new code. The old one no longer works.")
    assert answer.alert
    shown = await anna.sees(lambda message: message.photo and code_on(message) != old, new=True)
    await sam.opens(old)
    await sam.sees("This code was replaced or withdrawn: ask for the new one", new=True)
    await sam.opens(code_on(shown))
    await sam.sees("Anna · ", new=True)


async def test_replaced_code_offers_nobody_a_card(home: House, shop: Shop) -> None:
    anna, ben = await home.customer(shop, "Anna"), home.sandbox.person("Ben")
    old = code_on(anna.last)
    await asks_for_a_new_code(anna)
    await anna.taps("Yes, a new code")
    await anna.answered("Your card has a new code.")
    await ben.opens(old)
    told = await ben.sees("This code was replaced or withdrawn: ask for the new one")
    assert told.button_texts == ()


async def test_who_works_elsewhere_is_told_whose_card_it_is_and_offered_none(home: House, shop: Shop) -> None:
    bakery = await home.opens_shop("Bäckerei Schmit")
    anna, sam = await home.customer(shop, "Anna"), await home.member(bakery, "Sam")
    await sam.scans(anna)
    told = await sam.sees("This is a card of Café Knätsch, not of your shop.", new=True)
    assert told.button_texts == ()
    await sam.opens(shop.join_link)
    await sam.sees(has_picture, new=True)
    await sam.scans(sam)
    assert (await sam.sees(has_picture, new=True)).caption.startswith("Café Knätsch")


async def test_new_code_pressed_twice_on_one_question_changes_once(home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Anna")
    asked = await asks_for_a_new_code(anna)
    data = next(button.callback_data for button in asked.inline_buttons if button.text == "Yes, a new code")
    queries = [await anna.presses_raw(data or "", asked) for _ in range(2)]
    await home.sandbox.until(lambda: all(home.sandbox.world.queries[q.id].answer for q in queries))
    assert home.rows("SELECT token_rotation FROM cards") == [(1,)]


async def test_stranger_who_scans_a_card_learns_nothing_and_may_have_one(home: House, shop: Shop) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    await paul.sends(f"/stamp {number_of(anna)} 3")
    await paul.sees("✅", new=True)
    ben = home.sandbox.person("Ben")
    await ben.scans(anna)
    offer = await ben.sees("This code is for the staff of Café Knätsch. Would you like a card of your own?")
    everything = " ".join(message.html for message in ben.messages if message.from_bot)
    assert not any(told in everything for told in ("Anna", number_of(anna), "3 of 10"))
    await ben.taps("Get my card", on=offer)
    await ben.sees(has_picture, new=True)
    assert number_of(ben) != number_of(anna)
    assert sorted(line.stamp_count for line in await home.cards(shop)) == [0, 3]


async def test_own_code_shows_the_card(home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Anna")
    await anna.scans(anna)
    shown = await anna.sees(has_picture, new=True)
    assert shown.caption.startswith("Café Knätsch")


async def old_press(person: Person, verb: Verb) -> str:
    """The data of the newest button with this verb on the screen."""
    for message in reversed(person.messages):
        for button in message.inline_buttons:
            if (button.callback_data or "").partition(":")[0] == verb.value:
                return button.callback_data or ""
    raise AssertionError(f"{person.name} has no such button")


async def test_who_has_a_card_and_opens_anothers_is_led_to_their_own(home: House, shop: Shop) -> None:
    anna, ben = await home.customers(shop, "Anna", "Ben")
    await ben.scans(anna)
    told = await ben.sees(
        "This is somebody else's card: its code is for the staff of Café Knätsch.", new=True
    )
    assert told.button_texts == ("‹ Card",)
    await ben.taps("‹ Card", on=told)
    shown = await ben.sees(has_picture, new=True)
    assert number_of(ben) in shown.button_texts


@pytest.mark.parametrize("verb", [Verb.NEW_CODE, Verb.NEW_CODE_MEANT])
async def test_another_persons_new_code_button_changes_nothing(verb: Verb, home: House, shop: Shop) -> None:
    anna, ben = await home.customers(shop, "Anna", "Ben")
    await asks_for_a_new_code(anna)
    data = (await old_press(anna, Verb.NEW_CODE_MEANT)).replace(Verb.NEW_CODE_MEANT, verb)
    await ben.presses_raw(data, ben.last)
    await ben.answered("You do not have this card")
    assert home.rows("SELECT token_rotation FROM cards") == [(0,), (0,)]
