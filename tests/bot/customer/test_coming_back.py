"""A birthday is said in three taps; a friend is invited in two, and comes by what was forwarded."""

from datetime import timedelta
from typing import Any

from bot.jobs.coming_back import bring_back
from bot.sandbox import Person
from domain.account import Account
from domain.card import Customer
from domain.ids import BotId, UserId
from domain.ports import Tx
from domain.usecases.change_fields import change_fields
from domain.usecases.marketing import answer
from tests.support.async_shop import look
from tests.support.commands import changing
from tests.support.house import House, Shop, TestClock, has_picture, number_of
from tests.support.terms import editing


async def gives(home: House, shop: Shop, **terms: Any) -> None:
    [program] = await look(home.store, lambda tx: tx.programs_of(shop.merchant_id))
    await home.store.write(change_fields, editing(program, **terms))
    merchant = await look(home.store, lambda tx: tx.merchant(shop.merchant_id))
    assert merchant is not None
    await home.store.write(change_fields, editing(merchant, marketing_monthly_max=4))


async def wants_offers(home: House, shop: Shop, person: Person) -> None:
    account = Account(bot_id=BotId(home.sandbox.world.bot_id), user_id=UserId(person.id))

    def says_yes(tx: Tx) -> None:
        customer: Customer | None = tx.customer_of(shop.merchant_id, account)
        assert customer is not None
        answer(tx, customer, is_given=True)

    await home.store.write(changing(says_yes), None)


async def test_card_of_a_shop_that_gives_nothing_asks_for_nothing(home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Anna")
    card = await anna.sees(has_picture)
    assert not [text for text in card.button_texts if "birthday" in text or "friend" in text]
    for command in ("/birthday", "/invite"):
        await anna.sends(command)
        await anna.sees("There is nothing for", new=True)


async def test_birthday_is_asked_said_and_comes_with_the_card(
    home: House, shop: Shop, clock: TestClock
) -> None:
    await gives(home, shop, birthday_bonus=2)
    anna = await home.customer(shop, "Anna")
    await wants_offers(home, shop, anna)
    clock.passes(hours=(34 - home.clock().hour) % 24)  # ten o'clock
    assert await bring_back(home.store) == 1
    asked = await anna.sees("When is your birthday?", new=True)
    await anna.taps("🎂 My birthday", on=asked)
    born = home.clock().date() + timedelta(days=30)
    for button in (f"{born:%B}", str(born.day), f"✅ Yes, {born.day} {born:%B}"):
        await anna.taps(button)
    await anna.sees(f"Your birthday at Café Knätsch: {born.day} {born:%B}")
    clock.passes(days=30)
    assert await bring_back(home.store) == 1
    assert await bring_back(home.store) == 0
    gift = await anna.sees("Happy birthday! 2 stamps from Café Knätsch", new=True)
    assert has_picture(gift)
    assert await home.violations() == []


async def test_friend_is_invited_in_two_taps_and_both_are_rewarded(home: House, shop: Shop) -> None:
    await gives(home, shop, referral_bonus=3, referral_welcome=1)
    sam, anna = await home.member(shop, "Sam"), await home.customer(shop, "Anna")
    await anna.sends("💳 My card")
    await anna.taps("👋 Bring a friend")
    above = await anna.sees("Forward this", new=True)
    assert above.inline_buttons[0].url
    picture = next(each for each in reversed(anna.messages) if "A card of Café Knätsch" in each.caption)
    assert not picture.inline_buttons
    link = picture.caption.splitlines()[-1]
    await sam.opens(link)
    await sam.sees("This is an invitation for somebody new, not a card", new=True)
    ben = home.sandbox.person("Ben")
    await ben.opens(link)
    await ben.sees("A friend invited you: 1 stamp more", new=True)
    await ben.sees(has_picture)
    await sam.sends(f"/stamp {number_of(ben)}")
    await anna.sees("Your friend came to Café Knätsch: 3 stamps for you.", new=True)
    await ben.sees("1 stamp more from Café Knätsch", new=True)
    await anna.opens(link)
    await anna.sees("This is your own link.", new=True)
    assert sorted(line.stamp_count for line in await home.cards(shop)) == [2, 3]
    assert await home.violations() == []


async def test_birthday_that_a_shop_keeps_is_said_where_it_says_what_it_keeps(
    home: House, shop: Shop
) -> None:
    await gives(home, shop, birthday_bonus=2)
    anna = await home.customer(shop, "Anna")
    await anna.sends("/privacy")
    told = await anna.sees("Café Knätsch: what is kept about you", new=True)
    assert "birthday" not in told.text
    await anna.sends("/birthday")
    await anna.sees("⚠️ Only if you allow the shop's news and offers.\n", new=True)
    for button in ("November", "30", "✅ Yes, 30 November"):
        await anna.taps(button)
    await anna.sees("Your birthday at Café Knätsch: 30 November")
    assert home.rows("SELECT count(*) FROM consents WHERE is_given") == [(0,)]
    await anna.sees("news and offers: at most 4 messages in 30 days, and you can stop it at any time.")
    await anna.taps("📣 Allow news and offers")
    allowed = await anna.sees("The next time on 30 November 2026.", new=True)
    assert ("news and offers" in allowed.text, allowed.button_texts) == (False, ("Change it", "Delete it"))
    assert home.rows("SELECT count(*) FROM consents WHERE is_given") == [(1,)]
    await anna.sends("/privacy")
    await anna.sees("Your birthday, 30 November: until you delete it with /birthday.", new=True)
    await anna.sends("/birthday")
    await anna.taps("Delete it")
    await anna.sees("does not know your birthday any more")
    await anna.sends("/privacy")
    told = await anna.sees("Café Knätsch: what is kept about you", new=True)
    assert "birthday" not in told.text
