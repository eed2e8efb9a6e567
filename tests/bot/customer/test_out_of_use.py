"""A card that cannot be used, or not for much longer, says so wherever its holder looks at it."""

from bot.sandbox import Person
from domain.card import CardRef
from domain.ids import CardNumber
from domain.usecases.change_fields import change_fields
from domain.usecases.close_shop import CloseShop, close_shop
from domain.usecases.manage_cards import SetBlocked, set_blocked
from tests.support.async_shop import look
from tests.support.house import House, Shop, has_picture, number_of
from tests.support.terms import editing

BLOCKED = "⛔️ This card is blocked. Please ask at the counter."
SWITCHED_OFF = "⏸ Nothing is given or redeemed on this card at the moment."
CLOSING = "🚪 Café Knätsch closes: use what is on it until 15 July 2026."


async def with_a_reward(home: House, shop: Shop) -> Person:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    await paul.sends(f"/stamp {number_of(anna)} 10")
    await anna.sees("🎉 Your reward is ready", new=True)
    return anna


async def blocks(home: House, shop: Shop, person: Person) -> None:
    number = CardNumber(number_of(person).replace(" ", ""))
    command = SetBlocked(
        merchant_id=shop.merchant_id,
        account=None,
        card=CardRef("number", number),
        is_blocked=True,
        reason="Lost",
    )
    await home.store.write(set_blocked, command)
    await person.sees("was blocked", new=True)


async def switches_off(home: House, shop: Shop) -> None:
    [program] = await look(home.store, lambda tx: tx.programs_of(shop.merchant_id))
    await home.store.write(change_fields, editing(program, active=False))


async def closes(home: House, shop: Shop) -> None:
    await home.store.write(close_shop, CloseShop(merchant_id=shop.merchant_id, account=None))


async def reads_everywhere(person: Person, line: str) -> None:
    await person.sends("/card")
    card = await person.sees(has_picture, new=True)
    assert card.caption.splitlines()[1] == line
    for command in ("/balance", "/rewards"):
        await person.sends(command)
        await person.sees(line, new=True)


async def test_blocked_card_says_so_and_is_not_to_be_shown(home: House, shop: Shop) -> None:
    anna = await with_a_reward(home, shop)
    await blocks(home, shop, anna)
    await reads_everywhere(anna, BLOCKED)
    assert "show your card" not in anna.last.text


async def test_card_of_a_program_that_is_switched_off_says_so(home: House, shop: Shop) -> None:
    anna = await with_a_reward(home, shop)
    await switches_off(home, shop)
    await reads_everywhere(anna, SWITCHED_OFF)
    assert "show your card" not in anna.last.text


async def test_card_of_a_shop_that_closes_says_until_when_it_is_good(home: House, shop: Shop) -> None:
    anna = await with_a_reward(home, shop)
    await closes(home, shop)
    await anna.sees("🚪 Café Knätsch closes.", new=True)
    await reads_everywhere(anna, CLOSING)
    await anna.sees("1 reward ready: show your card at the counter.", new=True)


async def test_shop_that_closes_asks_for_no_friends_and_no_birthdays(home: House) -> None:
    shop = await home.opens_shop(referral_bonus=1, birthday_bonus=1, marketing_monthly_max=4)
    anna = await home.customer(shop, "Anna")
    offered = {"👋 Bring a friend", "🎂 My birthday"}
    assert offered <= {*(await anna.sees(has_picture)).button_texts}
    await closes(home, shop)
    await anna.sees("🚪 Café Knätsch closes.", new=True)
    await anna.sends("/card")
    card = await anna.sees(has_picture, new=True)
    assert not offered & {*card.button_texts}
    await anna.sends("/invite")
    await anna.sees("There is nothing for", new=True)


async def test_old_button_of_a_card_that_was_erased_says_where_to_look(home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Anna")
    await anna.sends("/rewards")
    old = await anna.sees("10 stamps to go", new=True)
    await anna.sends("/privacy")
    await anna.taps("🗑 Erase everything")
    await anna.taps("🗑 Yes, erase")
    await anna.sees("✅ Erased.", new=True)
    await anna.taps("‹ Card", on=old)
    await anna.answered("You do not have this card any more. /card shows those that you have.")


async def test_owner_sees_in_the_settings_that_the_shop_closes_and_the_program_is_off(
    home: House, shop: Shop
) -> None:
    paul = await home.owner(shop)
    await paul.sends("/settings")
    settings = await paul.sees("Settings of Café Knätsch", new=True)
    assert {"🎟 Stamps · A coffee", "🚪 Close the shop"} <= {*settings.button_texts}
    await closes(home, shop)
    await switches_off(home, shop)
    await paul.sends("/settings")
    settings = await paul.sees("Settings of Café Knätsch", new=True)
    assert {"⏸ Stamps · A coffee", "🚪 Keep the shop open"} <= {*settings.button_texts}
    assert "🚪 Closes on 15 Jul 2026." in settings.text
    await paul.taps("🚪 Keep the shop open")
    await paul.taps("Keep it open")
    await paul.sees("stays open", new=True)
