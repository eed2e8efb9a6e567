"""Several codes in one photo: nothing happens to any card before it is said which."""

import re
from io import BytesIO

import pytest
from PIL import Image

from bot.kit.buttons import Verb, press
from bot.pictures.qr import draw_qr
from bot.sandbox import Message, Person
from domain.staff import Role
from tests.bot.customer.test_cards import code_on
from tests.support.house import PIN, House, Shop, TestClock, number_of, types_pin

QUESTION = {
    "en": "Which card?\nThere is more than one in the picture.",
    "fr": "Quelle carte\u202f?\nIl y en a plusieurs sur l’image.",
    "de": "Welche Karte?\nAuf dem Bild ist mehr als eine.",
    "lb": "Wéi eng Kaart?\nOp dem Bild ass méi wéi eng.",
}


def beside(*pictures: bytes, side_px: int = 1280) -> bytes:
    """One photo of them all, at most as large as this."""
    shown = [Image.open(BytesIO(picture)).convert("RGB") for picture in pictures]
    size = sum(each.width + 40 for each in shown), max(each.height for each in shown)
    photo, left = Image.new("RGB", size, "white"), 0
    for each in shown:
        photo.paste(each, (left, 0))
        left += each.width + 40
    photo.thumbnail((side_px, side_px))
    data = BytesIO()
    photo.save(data, "JPEG", quality=85)
    return data.getvalue()


def link_of(customer: Person) -> str:
    return code_on(next(message for message in reversed(customer.messages) if message.photo))


def card_of(customer: Person) -> bytes:
    """As it is on the customer's screen."""
    return next(message.photo for message in reversed(customer.messages) if message.photo)


async def counts(home: House, shop: Shop) -> dict[str, int]:
    return {line.card_number: line.stamp_count for line in await home.cards(shop)}


def digits_of(customer: Person) -> str:
    return number_of(customer).replace(" ", "")


def button(message: Message, customer: Person) -> str:
    """The one that names the customer's card."""
    number = digits_of(customer)
    [found] = [text for text in message.button_texts if re.sub(r"\D", "", text).endswith(number)]
    return found


@pytest.fixture
async def three(home: House, shop: Shop) -> tuple[Person, Person, Person]:
    anna, ben = await home.customer(shop, "Anna"), await home.customer(shop, "Ben <3")
    return anna, ben, await home.member(shop, "Sam")


Three = tuple[Person, Person, Person]


async def asked(sam: Person, *customers: Person) -> Message:
    await sam.sends_photo(beside(*map(card_of, customers)))
    return await sam.sees(QUESTION["en"], new=True)


async def test_chosen_card_is_stamped_and_the_other_is_not(home: House, shop: Shop, three: Three) -> None:
    anna, ben, sam = three
    await sam.sends("/stamp")
    await sam.sees("Which card?", new=True)
    question = await asked(sam, anna, ben)
    assert set((await counts(home, shop)).values()) == {0}
    assert any("Ben <3" in text for text in question.button_texts)
    await sam.taps(button(question, ben), on=question)
    await sam.sees("✅ 1 of 10")
    assert await counts(home, shop) == {digits_of(anna): 0, digits_of(ben): 1}


async def test_without_a_command_the_chosen_cards_panel_opens(home: House, shop: Shop, three: Three) -> None:
    anna, ben, sam = three
    question = await asked(sam, anna, ben)
    await sam.taps(button(question, anna), on=question)
    panel = await sam.sees("Anna · ")
    assert "+1" in panel.button_texts
    assert set((await counts(home, shop)).values()) == {0}


async def test_pin_is_asked_for_after_the_choice(home: House, clock: TestClock) -> None:
    shop = await home.opens_shop(require_staff_pin=True, pin_window_minutes=0)
    anna, ben = await home.customers(shop, "Anna", "Ben")
    sam = await home.member(shop, "Sam", pin=PIN)
    await sam.sends("/stamp")
    await sam.sees("Which card?", new=True)
    question = await asked(sam, anna, ben)
    await sam.taps(button(question, ben), on=question)
    await sam.sees("Sam, your PIN")
    await types_pin(sam)
    await sam.sees("✅ 1 of 10")
    assert await counts(home, shop) == {digits_of(anna): 0, digits_of(ben): 1}


async def test_question_is_answered_once(home: House, shop: Shop, three: Three) -> None:
    anna, ben, sam = three
    await sam.sends("/stamp")
    await sam.sees("Which card?", new=True)
    question = await asked(sam, anna, ben)
    data = [each.callback_data or "" for each in question.inline_buttons]
    await sam.presses_raw(data[0], question)
    await sam.sees("✅ 1 of 10")
    for again in data:
        await sam.presses_raw(again, question)
        await sam.answered("This question is over.")
    assert sorted((await counts(home, shop)).values()) == [0, 1]


async def test_forged_and_old_presses_stamp_nothing(home: House, shop: Shop, three: Three) -> None:
    anna, ben, sam = three
    tim = await home.member(shop, "Tim")
    await sam.sends("/stamp")
    await sam.sees("Which card?", new=True)
    old = await asked(sam, anna, ben)
    question = await asked(sam, anna, ben)
    data = question.inline_buttons[0].callback_data or ""
    nonce = data.split(":")[1]
    for person, pressed, said in [
        (sam, old.inline_buttons[0].callback_data or "", "This question is over."),
        (sam, press(Verb.WHICH, "AAAAAAAAAAA", 0), "This question is over."),
        (sam, press(Verb.WHICH, nonce, 2), "This button no longer works."),
        (sam, press(Verb.WHICH, nonce, "x"), "This button no longer works."),
        (sam, press(Verb.WHICH, nonce), "This button no longer works."),
        (tim, data, "This question is over."),
        (anna, data, "This question is over."),
    ]:
        await person.presses_raw(pressed, person.last)
        await person.answered(said)
    assert set((await counts(home, shop)).values()) == {0}
    await sam.taps(button(question, anna), on=question)
    await sam.sees("✅ 1 of 10")


async def test_card_of_another_shop_and_one_with_an_old_code_are_not_offered(
    home: House, three: Three
) -> None:
    anna, ben, sam = three
    elsewhere = await home.opens_shop("Elsewhere")
    noa = await home.customer(elsewhere, "Noa")
    old = card_of(ben)
    await ben.taps("History")
    await ben.taps("New code")
    await ben.taps("Yes, a new code")
    await ben.answered("Your card has a new code.")
    await sam.sends_photo(beside(card_of(anna), old, card_of(noa)))
    question = await sam.sees(QUESTION["en"], new=True)
    assert question.button_texts == (button(question, anna),)
    await sam.sends_photo(beside(old, card_of(noa)))
    await sam.sees("There is no such card here.", new=True)


async def test_card_in_front_of_a_poster_is_the_card(home: House, shop: Shop, three: Three) -> None:
    anna, _, sam = three
    await sam.sends_photo(beside(draw_qr(shop.join_link), card_of(anna)))
    await sam.sees("Anna · ", new=True)


async def test_small_card_beside_a_large_one_is_seen(home: House, three: Three) -> None:
    """In a large file a code may show only when more of its pixels are looked at."""
    anna, ben, sam = three
    near, far = (draw_qr(link, module_px=px) for link, px in ((link_of(anna), 70), (link_of(ben), 3)))
    await sam.sends_photo(beside(near, far, side_px=5000))
    await sam.sees(QUESTION["en"], new=True)


async def test_who_works_nowhere_is_asked_for_one_code_at_a_time(
    home: House, shop: Shop, three: Three
) -> None:
    anna, ben, sam = three
    both = beside(card_of(anna), card_of(ben))
    await anna.sends_photo(both)
    await anna.sees("There is more than one code in this picture.", new=True)
    await sam.sends_photo(beside(draw_qr(shop.join_link), draw_qr(shop.owner_link)))
    await sam.sees("There is more than one code in this picture.", new=True)


async def test_shared_phone_says_who_before_it_is_told_whose_cards_they_are(
    home: House, shop: Shop, three: Three
) -> None:
    anna, ben, _ = three
    await home.member(shop, "Lou", pin=PIN)
    phone = await home.member(shop, "Counter", Role.TERMINAL)
    await phone.sends_photo(beside(card_of(anna), card_of(ben)))
    await phone.sees("Who are you?", new=True)
    assert "Anna" not in phone.last.text + "".join(phone.last.button_texts)


async def test_it_is_asked_in_each_language(home: House, shop: Shop, three: Three) -> None:
    anna, ben, _ = three
    both = beside(card_of(anna), card_of(ben))
    for language, asks in QUESTION.items():
        member = await home.member(shop, "Léa", language=language)
        await member.sends_photo(both)
        question = await member.sees("?", new=True)
        assert question.text.startswith(asks), language
        assert len(question.button_texts) == 2, language
