"""Two cards of one person become one in the chats: asked for, shown, confirmed, told, and what each sees after it."""

from pathlib import Path

from bot.app.process import Surroundings
from bot.sandbox import Message, Person, Sandbox
from domain.staff import Role
from tests.support.house import UNHURRIED, House, Shop, TestClock, has_picture, house, number_of


async def test_manager_merges_two_cards_after_seeing_what_comes_of_it(
    home: House, shop: Shop, clock: TestClock
) -> None:
    """Five taps and messages from the card page, and the PIN; one tap for the holder."""
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
    await mia.sees("Anna T is asked first, in the chat.")
    await mia.taps("Ask the holder")
    waiting = await mia.sees("⏳ Asked Anna T: merge the cards")
    assert f"Card {gone} into card {number}." in waiting.text
    asked = await tablet.sees(f"Merge your card {gone} at Café Knätsch into card {number}?")
    assert asked.button_texts == ("No", "Yes, both are mine")
    assert home.rows("SELECT count(*) FROM entries WHERE kind LIKE 'merged%'") == [(0,)]
    await tablet.taps("Yes, both are mine")
    await tablet.sees("The two cards are one now.")
    await mia.sees(f"Anna T agreed: card {gone} was merged into card {number}.", new=True)
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
    home: House, shop: Shop, clock: TestClock
) -> None:
    """The old phone is lost: nobody can show its code, nor answer in its chat."""
    lost, anna = await home.customers(shop, "Anna", "Anna")
    mia = await home.member(shop, "Mia", Role.MANAGER)
    number, gone = number_of(anna), number_of(lost)
    await mia.sends(f"/find {gone}")
    await mia.taps("Merge with another card")
    await mia.sees("Which card is to be merged with this one?")
    await mia.scans(anna)
    asked = await mia.sees("Merge these two cards?", new=True)
    assert f"Will be closed: Anna · {gone}" in asked.text
    assert f"Remains: Anna · {number}" in asked.text
    await mia.taps("Ask the holder")
    await mia.sees("⏳ Asked Anna: merge the cards")
    question = await lost.sees("Merge your card")
    await mia.taps("Vouch for it")
    await mia.answered("has not answered yet. You can vouch from 12:00.")
    clock.passes(hours=1)
    await mia.taps("Vouch for it")
    await mia.sees("How do you know that both cards are theirs?")
    await mia.taps("I know the customer")
    page = await mia.sees("vouched for the merge: I know the customer")
    assert f"Merged into card {number}." in page.text
    await anna.sees("was merged into your card")
    await lost.presses_raw(yes_on(question), await lost.sees("The shop has decided."))
    await lost.sees("The two cards are one now.")
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
    await mia.taps("Ask the holder")
    await ben.sees("Merge your card")
    await ben.taps("Yes, both are mine")
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


def yes_on(question: Message) -> str:
    """What the button says to the bot, for a tap on the way when it goes away."""
    [data] = [
        button.callback_data for button in question.inline_buttons if button.text == "Yes, both are mine"
    ]
    assert data is not None
    return data


async def merging(mia: Person, into: Person, other: Person) -> None:
    """Up to the preview, in which the other's card is the one that goes away."""
    await mia.sends(f"/find {number_of(into)}")
    await mia.taps("Merge with another card")
    await mia.sees("Which card is to be merged with this one?")
    await mia.sends(number_of(other))
    offered = await mia.sees("Merge these two cards?", new=True)
    if f"Will be closed: {other.name}" not in offered.text:
        await mia.taps("Keep the other one")
        await mia.sees(f"Will be closed: {other.name}")


async def test_holder_says_no_and_their_card_stays_theirs(home: House, shop: Shop) -> None:
    anna, bob = await home.customers(shop, "Anna", "Bob")
    mia = await home.member(shop, "Mia", Role.MANAGER)
    await merging(mia, bob, anna)
    await mia.taps("Ask the holder")
    await anna.sees("Merge your card")
    await anna.taps("No")
    await anna.sees("The card stays here")
    await mia.sees(f"Anna does not want card {number_of(anna)} to be merged into", new=True)
    assert home.rows("SELECT count(*) FROM cards WHERE merged_into IS NOT NULL") == [(0,)]


async def test_question_that_was_withdrawn_is_not_answered_any_more(home: House, shop: Shop) -> None:
    anna, bob = await home.customers(shop, "Anna", "Bob")
    mia = await home.member(shop, "Mia", Role.MANAGER)
    await merging(mia, bob, anna)
    await mia.taps("Ask the holder")
    asked = await anna.sees("Merge your card")
    assert "Can be answered until 16/06/2026, 11:00." in asked.text
    await mia.taps("Withdraw the request")
    page = await mia.sees("Mia withdrew the question about the merge")
    assert "Vouch for it" not in page.button_texts
    over = await anna.sees("The shop has withdrawn this question.")
    assert "<s>" in over.html
    assert over.button_texts == ()
    await anna.presses_raw(yes_on(asked), over)
    await anna.answered("No merge of this card is waiting any more. Ask at the counter.")
    assert home.rows("SELECT count(*) FROM cards WHERE merged_into IS NOT NULL") == [(0,)]


async def test_who_has_blocked_the_bot_is_vouched_for(home: House, shop: Shop) -> None:
    anna, bob = await home.customers(shop, "Anna", "Bob")
    mia = await home.member(shop, "Mia", Role.MANAGER)
    anna.blocks_bot()
    await home.at_rest()
    await merging(mia, bob, anna)
    await mia.sees("The bot does not reach Anna: you have to vouch for them.")
    await mia.taps("Vouch for it")
    await mia.sees("How do you know that both cards are theirs?")
    await mia.taps("Showed the old phone")
    await mia.sees("vouched for the merge: Showed the old phone")
    await bob.sees("was merged into your card")


async def test_holder_is_asked_once_and_answers_whatever_ends_in_between(
    tmp_path: Path, clock: TestClock
) -> None:
    """Telegram delivers the tap again after a restart, and the yes is pressed twice."""
    around = Surroundings(clock=clock, limits=UNHURRIED)
    async with Sandbox() as sandbox:
        async with house(tmp_path / "a.db", around, sandbox) as before:
            shop = await before.opens_shop()
            anna, bob = await before.customers(shop, "Anna", "Bob")
            mia = await before.member(shop, "Mia", Role.MANAGER)
            await merging(mia, bob, anna)
            await before.at_rest()
            sandbox.faults.reset(method="getUpdates", count=None)
            await mia.taps("Ask the holder")
            asked = await anna.sees("Merge your card")
        assert sandbox.world.updates.pending, "Telegram does not know that it was handled"
        sandbox.faults.clear()
        async with house(tmp_path / "a.db", around, sandbox) as after:
            await sandbox.until_confirmed()
            await after.at_rest()
            assert after.rows("SELECT count(*) FROM card_moves") == [(1,)]
            for _ in range(2):
                await anna.taps("Yes, both are mine", on=asked)
            await anna.sees("was merged into card")
            await mia.sees("Anna agreed: card", new=True)
            assert after.rows("SELECT count(*) FROM cards WHERE merged_into IS NOT NULL") == [(1,)]
            assert await after.violations() == []
