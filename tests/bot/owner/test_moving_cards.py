"""A card moves to another account in the chats: link, answer, vouching, and what each account sees."""

import pytest

from bot.sandbox import Message, Person
from domain.staff import Role
from tests.support.house import House, Shop, TestClock, has_picture, number_of


async def begins(paul: Person, anna: Person) -> str:
    """The link that the new phone scans."""
    await paul.sends(f"/find {number_of(anna)}")
    await paul.sees("Customer since", new=True)
    await paul.taps("Move to another account")
    await paul.sees("Move the card to another account?")
    await paul.taps("Make the link")
    shown = await paul.sees("For the phone that the card is to go to", new=True)
    return next(line for line in shown.html.splitlines() if "start=m" in line)


async def test_holder_agrees_and_the_card_is_on_the_new_account(home: House, shop: Shop) -> None:
    anna, paul, new = (
        await home.customer(shop, "Anna"),
        await home.owner(shop),
        home.sandbox.person("Anna Neuf"),
    )
    number, link = number_of(anna), await begins(paul, anna)
    await new.opens(link)
    await new.sees("The card cannot come here yet", new=True)
    await anna.sees("Do you want your card at Café Knätsch to move")
    await anna.taps("Yes, that is me")
    await anna.sees("Open the link on the other account")
    await paul.sees("agreed: card")
    await new.opens(link)
    await new.sees("is on this account now", new=True)
    await new.sees(has_picture)
    assert number_of(new) == number
    await anna.sees("has moved to another account")
    assert home.sandbox.world.chats[anna.id].keyboard is None
    assert home.sandbox.world.chats[new.id].keyboard is not None
    await anna.sends("/card")
    await anna.sees("no card", new=True)
    assert home.rows("SELECT count(*) FROM cards") == [(1,)]


async def test_holder_refuses_and_the_link_is_dead(home: House, shop: Shop) -> None:
    anna, paul, new = await home.customer(shop, "Anna"), await home.owner(shop), home.sandbox.person("Thief")
    link = await begins(paul, anna)
    await anna.sees("Do you want your card")
    await anna.taps("No")
    await anna.sees("The card stays here")
    await paul.sees("does not want card")
    await new.opens(link)
    await new.sees("already used", new=True)


async def test_manager_vouches_when_nobody_answered(home: House, shop: Shop, clock: TestClock) -> None:
    anna, mia = await home.customer(shop, "Anna"), await home.member(shop, "Mia", Role.MANAGER)
    new, link = home.sandbox.person("Anna Neuf"), await begins(mia, anna)
    await mia.taps("Vouch for it")
    await mia.answered("has not answered yet. You can vouch from 12:00.")
    clock.passes(hours=1)
    await mia.taps("Vouch for it")
    await mia.sees("How do you know")
    await mia.taps("I know the customer")
    await mia.sees("vouched for the move: I know the customer")
    await new.opens(link)
    await new.sees("is on this account now", new=True)
    await anna.taps("Yes, that is me")
    await anna.answered("You do not have this card any more.")


async def test_holder_is_left_in_peace_after_the_third_question_and_an_owner_may_still_ask(
    home: House, shop: Shop
) -> None:
    anna, mia = await home.customer(shop, "Anna"), await home.member(shop, "Mia", Role.MANAGER)
    for _ in range(3):
        await begins(mia, anna)
    await mia.sends(f"/find {number_of(anna)}")
    await mia.sees("Customer since", new=True)
    await mia.taps("Move to another account")
    await mia.sees("Move the card to another account?")
    await mia.taps("Make the link")
    await mia.answered(
        "asked often enough for now. You can ask again from 22/06/2026, 11:00; an owner can ask"
    )
    paul = await home.owner(shop)
    assert "start=m" in await begins(paul, anna)
    await home.until_rows("SELECT count(*) FROM deliveries WHERE delivered_at IS NULL", [(0,)])
    assert [each.text.endswith("There is a newer question.") for each in asked(anna)] == [True] * 3 + [False]
    assert [each.button_texts for each in asked(anna)] == [()] * 3 + [("No", "Yes, that is me")]
    assert home.rows("SELECT count(*) FROM outbox WHERE kind = 'move_asked'") == [(4,)]


def asked(anna: Person) -> list[Message]:
    return [each for each in anna.messages if "Do you want your card" in each.text]


async def test_who_has_joined_anew_is_told_to_have_the_cards_merged(home: House, shop: Shop) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    new, link = await home.customer(shop, "Anna Neuf"), await begins(paul, anna)
    await new.opens(link)
    await new.sees("You have a card of this shop already: ask there to have the two merged.", new=True)


@pytest.mark.parametrize("who", ["Sam", "Anna"])
async def test_move_is_not_offered_to_staff_or_customers(home: House, shop: Shop, who: str) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    person = {"Sam": sam, "Anna": anna}[who]
    await person.sends(f"/find {number_of(anna)}")
    said: Message = await person.sees(lambda message: message.text, new=True)
    assert "Move to another account" not in said.button_texts
