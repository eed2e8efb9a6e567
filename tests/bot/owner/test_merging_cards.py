"""Two cards of one person become one in the chats: asked for, shown, confirmed, told, and what each sees after it."""

from domain.staff import Role
from tests.support.house import House, Shop, TestClock, has_picture, number_of


async def test_manager_merges_two_cards_after_seeing_what_comes_of_it(
    home: House, shop: Shop, clock: TestClock
) -> None:
    """Five taps and messages from the card page, and the PIN."""
    anna, tablet = await home.customer(shop, "Anna"), await home.customer(shop, "Anna T")
    mia = await home.member(shop, "Mia", Role.MANAGER)
    number, gone = number_of(anna), number_of(tablet)
    await mia.sends(f"/stamp {number} 3")
    await mia.sees("+3 stamps", new=True)
    await mia.sends(f"/stamp {gone} 2")
    await mia.sees("+2 stamps", new=True)
    await mia.sends(f"/find {number}")
    await mia.sees("Customer since", new=True)
    await mia.taps("Merge with another card")
    await mia.sees("Which card is to be merged with this one?")
    await mia.sends(number)
    await mia.sees("That is the same card", new=True)
    await mia.sends(gone)
    await mia.sees("Merge these two cards?", new=True)
    await mia.taps("Keep the other one")
    await mia.sees(f"Remains: Anna T · {gone}")
    await mia.taps("Keep the other one")
    await mia.sees(f"Remains: Anna · {number}")
    await mia.taps("Merge for good")
    done = await mia.sees("Merged: card")
    assert gone in done.text
    await anna.sees("was merged into your card")
    await tablet.sees("this account has no card there any more")
    await tablet.taps("Not me")
    told = await mia.sees("says: this was not me")
    assert "A merge cannot be undone." in told.text
    await tablet.sends("/card")
    await tablet.sees("no card", new=True)
    await mia.sends(gone)
    panel = await mia.sees("was merged into this one", new=True)
    assert number in panel.text
    await mia.taps("Card page")
    await mia.sees("merged card")
    await mia.taps("History")
    await mia.sees("from card")
    await mia.taps(f"History of {gone}")
    await mia.sees("merged into card")
    assert home.rows("SELECT kind, stamps_delta FROM entries WHERE kind LIKE 'merged%' ORDER BY kind") == [
        ("merged_in", 2),
        ("merged_out", -2),
    ]


async def test_card_whose_code_is_shown_remains_and_its_holder_finds_it_by_either_code(
    home: House, shop: Shop
) -> None:
    """The old phone is lost: nobody can show its code."""
    lost, anna = await home.customer(shop, "Anna"), await home.customer(shop, "Anna")
    mia = await home.member(shop, "Mia", Role.MANAGER)
    number, gone = number_of(anna), number_of(lost)
    await mia.sends(f"/find {gone}")
    await mia.taps("Merge with another card")
    await mia.sees("Which card is to be merged with this one?")
    await mia.scans(anna)
    asked = await mia.sees("Merge these two cards?", new=True)
    assert f"Will be closed: Anna · {gone}" in asked.text
    assert f"Remains: Anna · {number}" in asked.text
    await mia.taps("Merge for good")
    await mia.sees("Merged: card")
    await anna.sees("was merged into your card")
    scanned = await anna.scans(lost)
    await anna.sees(lambda message: message.id > scanned.id and number in message.button_texts)
    for link in (lost.scans(lost), lost.scans(anna), lost.opens(shop.join_link)):
        await link
        await lost.sees(f"Your card here was merged into card {number}. For one", new=True)


async def test_who_was_merged_away_by_mistake_finds_the_way_to_a_card_of_their_own(
    home: House, shop: Shop
) -> None:
    """The poster said only that the card is closed, and the owner is advised to give what is missing on another."""
    ben, anna = await home.customer(shop, "Ben"), await home.customer(shop, "Anna")
    mia = await home.member(shop, "Mia", Role.MANAGER)
    gone = number_of(ben)
    await mia.sends(f"/find {gone}")
    await mia.taps("Merge with another card")
    await mia.sees("Which card is to be merged with this one?")
    await mia.scans(anna)
    await mia.sees("Merge these two cards?", new=True)
    await mia.taps("Merge for good")
    await ben.sees("was merged into card")
    await ben.opens(shop.join_link)
    await ben.sees("erase with /privacy what is left of it", new=True)
    await ben.sends("/privacy")
    await ben.taps("🗑 Erase everything")
    await ben.taps("🗑 Yes, erase")
    await ben.sees("Erased.", new=True)
    await ben.opens(shop.join_link)
    card = await ben.sees(has_picture, new=True)
    assert gone not in card.button_texts
