"""An owner finds a customer's card, reads it, writes a note, blocks and unblocks it."""

import pytest

from bot.sandbox import Message
from domain.staff import Role
from tests.support.house import House, Shop, number_of


async def test_card_is_blocked_from_the_panel(home: House, shop: Shop) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop, pin="2580")
    await paul.scans(anna)
    await paul.sees("Anna · ", new=True)
    for tap in ("Card page", "Block card", "Lost or stolen"):
        await paul.taps(tap)
        await paul.sees(
            {"Card page": "Customer since", "Block card": "Why is"}.get(tap, "This card is blocked")
        )
    await anna.sees("Your card at Café Knätsch was blocked.")
    await paul.sends(f"/stamp {number_of(anna)}")
    await paul.sees("blocked", new=True)
    assert [entry.kind for entry in await home.ledger(shop)] == []


async def test_panel_of_a_blocked_card_leads_to_unblocking(home: House, shop: Shop) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop, pin="2580")
    await paul.sends(f"/find {number_of(anna)}")
    page = await paul.sees("Customer since", new=True)
    await paul.taps("Block card")
    await paul.sees("Why is the card")
    await paul.taps("Misuse")
    shown = await paul.sees("blocked by Paul: Misuse")
    assert shown.id == page.id, "in place"
    await paul.scans(anna)
    await paul.sees("Anna · ", new=True)
    await paul.taps("Card page")
    await paul.sees("This card is blocked")
    await paul.taps("Unblock card")
    await paul.sees("unblocked by Paul")
    await anna.sees("works again")
    assert home.rows("SELECT active FROM cards") == [(1,)]


async def test_name_leads_to_the_page_and_its_history(home: House, shop: Shop) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    await home.customer(shop, "Anne")
    await paul.sends("/find")
    await paul.sees("Whose card?", new=True)
    await paul.sends("ANN")
    listed = await paul.sees("Which card?", new=True)
    names = [text.split(" · ")[0] for text in listed.button_texts]
    assert [name.strip("\u2068\u2069") for name in names] == ["Anna", "Anne"]
    await paul.taps_button(listed, listed.inline[0][0])
    await paul.sees(f"Anna · {number_of(anna)}")
    await paul.taps("History")
    await paul.sees("Nothing yet.")
    await paul.taps("‹ Card page")
    await paul.sees("Customer since")


async def test_name_that_one_customer_has_leads_straight_to_the_page(home: House, shop: Shop) -> None:
    """There was a list of one, to be tapped."""
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    await home.customer(shop, "Bea")
    await paul.sends("/find")
    await paul.sees("Whose card?", new=True)
    await paul.sends("ann")
    page = await paul.sees("Customer since", new=True)
    assert number_of(anna) in page.text
    await paul.sends("bea")
    await paul.sees("not understood", new=True)


async def test_long_list_is_paged_in_place(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    for number in range(9):
        await home.customer(shop, f"Anna {number}")
    await paul.sends("/find anna")
    first = await paul.sees("Which card?", new=True)
    assert len(first.button_texts) == 9
    await paul.taps("More ›")
    second = await paul.sees(lambda message: "‹ Before" in message.button_texts)
    assert (second.id, len(second.button_texts)) == (first.id, 2)


async def test_note_is_typed_and_stays(home: House, shop: Shop) -> None:
    anna, mia = await home.customer(shop, "Anna"), await home.member(shop, "Mia", Role.MANAGER)
    await mia.sends(f"/find {number_of(anna)}")
    await mia.sees("Customer since", new=True)
    await mia.taps("Write a note")
    await mia.sees("What should be noted?")
    await mia.sends("Likes <b>oat</b> milk & tea")
    await mia.sees("Mia: Likes <b>oat</b> milk & tea", new=True)


async def test_going_back_ends_the_question_for_a_note(home: House, shop: Shop) -> None:
    anna, mia = await home.customer(shop, "Anna"), await home.member(shop, "Mia", Role.MANAGER)
    await mia.sends(f"/find {number_of(anna)}")
    await mia.sees("Customer since", new=True)
    await mia.taps("Write a note")
    await mia.sees("What should be noted?")
    await mia.taps("‹ Card page")
    await mia.sees("Customer since")
    await mia.sends("hello there")
    await mia.sees("not understood", new=True)
    assert home.rows("SELECT * FROM card_notes") == []


@pytest.mark.parametrize("typed", ["/find", "/find Anna", "/find 482 109 375"])
async def test_staff_and_customers_are_refused(home: House, shop: Shop, typed: str) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    for person in (anna, sam):
        await person.sends(typed)
        said: Message = await person.sees(lambda message: message.text, new=True)
        assert "Which card" not in said.text
        assert "Whose card" not in said.text
        assert "Anna ·" not in said.text
