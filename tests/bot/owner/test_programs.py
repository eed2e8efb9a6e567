"""A second program: made in the chat, one tap away for who has a card, and one for who stamps."""

from collections.abc import Sequence

import pytest

from bot.kit.buttons import Verb
from bot.sandbox import Message, Person
from bot.texts import texts
from bot.views.exports import ENTRIES, EntryRow
from domain.account import Locale
from domain.usecases.export import Export, open_whole_books
from tests.bot.owner.test_set_up import answers
from tests.bot.pictures.samples import decoded
from tests.bot.pictures.test_poster import picture_in
from tests.support.house import House, has_picture, number_of

EN = texts(Locale.EN)
pytestmark = pytest.mark.usefixtures("no_gate")

QUESTIONS: Sequence[tuple[str, str, str]] = (
    ("Question 1 of 4\nWhat do the new cards collect?", "taps", "Stamps"),
    ("Question 2 of 4\nHow many stamps", "taps", "5"),
    ("Question 3 of 4\nWhat is the reward?", "types", "A lunch"),
    ("Question 4 of 4\nWhat are the new cards called?", "taps", "Lunch card"),
    ("Add Lunch card?\n5 stamps: A lunch", "taps", "✅ Add it"),
)


async def adds_program(owner: Person) -> int:
    """How many taps and messages it took."""
    await owner.sends("/settings")
    await owner.taps("➕ New program", on=await owner.sees("Settings of", new=True))
    return 2 + await answers(owner, QUESTIONS)


async def test_seven_taps_to_a_second_program_one_to_its_card_and_one_at_the_counter(home: House) -> None:
    cafe = await home.opens_shop("Café Knätsch")
    owner, sam = await home.owner(cafe), await home.member(cafe, "Sam", pin="2580")
    lea = await home.customer(cafe, "Léa")
    coffee = number_of(lea)
    assert await adds_program(owner) <= 8
    page = await owner.sees("Lunch card is there.")
    assert "🎟 Stamp card · A coffee" in (await _home(owner)).button_texts

    await owner.taps("🖨 Its poster", on=page)
    poster = await owner.sees(lambda message: message.document, new=True)
    emma, [link] = home.sandbox.person("Emma"), decoded(picture_in(the_file(poster)))
    await emma.opens(link)
    assert "Reward: A lunch" in (await emma.sees(has_picture)).caption

    await lea.sends("/card")
    card = await lea.sees(has_picture, new=True)
    offer = next(each for each in card.inline_buttons if each.text == "➕ Also here: Lunch card")
    await lea.taps(offer.text, on=card)
    lunch = await lea.sees("Café Knätsch · Lunch card")
    assert {"🎟 Stamp card"} == {text for text in lunch.button_texts if "🎟" in text or "➕" in text}
    await lea.presses_raw(str(offer.callback_data), lunch)
    await home.at_rest()
    of_lea = "SELECT count(*) FROM cards JOIN customers USING (merchant_id, customer_id) WHERE name = 'Léa'"
    assert home.rows(of_lea) == [(2,)]

    await sam.sends(coffee)
    panel = await sam.sees("Stamp card · Léa", new=True)
    await sam.taps("🎟 Lunch card", on=panel)
    panel = await sam.sees("Lunch card · Léa")
    await sam.taps("+1", on=panel)
    await sam.sees("✅ 1 of 5")
    await lea.sees("Café Knätsch (Lunch card)")
    stamped = "SELECT name, stamp_count FROM cards JOIN program_versions USING (merchant_id, program_id)"
    assert home.rows(f"{stamped} WHERE name IS NOT NULL AND stamp_count ORDER BY 1") == [("Lunch card", 1)]
    whole = await home.store.read(open_whole_books, Export(merchant_id=cafe.merchant_id, account=None))
    entries = [line async for line in home.store.entries_in_order(cafe.merchant_id)]
    columns, [(entry, number)] = ENTRIES.of(whole.books), entries[0]
    written = dict(
        zip(columns.header(EN), columns.row(EN, EntryRow(whole.books, entry, number)), strict=True)
    )
    assert (written["Program"], written["Stamps"]) == ("Lunch card", 1)


async def test_added_program_says_what_guards_it_and_each_guard_is_one_tap_away(home: House) -> None:
    cafe = await home.opens_shop(
        "Café Knätsch", require_staff_pin=True, cooldown_minutes=30, max_daily_stamps=2
    )
    owner = await home.owner(cafe)
    await adds_program(owner)
    page = await owner.sees("Lunch card is there.")
    guards = ["PIN: After 15 minutes idle", "Minutes between two stamps: 30", "Stamps a day: 2"]
    assert [each.replace("\u2068", "").replace("\u2069", "") for each in page.text.splitlines()[1:5]] == [
        "It starts as strict as your other cards:",
        *guards,
    ]
    assert set(guards) <= set(page.button_texts)


async def test_what_was_answered_is_pressed_again_and_adds_nothing(home: House) -> None:
    cafe = await home.opens_shop("Café Knätsch")
    owner = await home.owner(cafe)
    await owner.sends("/settings")
    await owner.taps("➕ New program", on=await owner.sees("Settings of", new=True))
    await answers(owner, QUESTIONS[:-1])
    question = await owner.sees("Add Lunch card?")
    meant = next(each for each in question.inline_buttons if Verb.PROGRAM_MEANT in (each.callback_data or ""))
    for _ in range(3):
        await owner.presses_raw(str(meant.callback_data), question)
    await home.at_rest()
    assert home.rows("SELECT count(*) FROM programs") == [(2,)]


def the_file(message: Message) -> bytes:
    assert message.document is not None
    return message.document.data


async def _home(owner: Person) -> Message:
    await owner.sends("/settings")
    return await owner.sees("Settings of", new=True)
