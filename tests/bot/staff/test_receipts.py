"""What staff did is told to the card's holder, who may say that it was not them."""

from bot.sandbox import Person
from domain.staff import Role
from tests.support.house import House, Shop, number_of


async def disputes(person: Person) -> list[str]:
    return [message.text for message in person.messages if "this was not me" in message.text]


async def test_receipt_names_the_store_where_it_has_a_name_of_its_own(home: House) -> None:
    shop = await home.opens_shop("Café Knätsch", store_name="Gare")
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends(f"/stamp {number_of(anna)} 2")
    receipt = await anna.sees("✅ +2 stamps\n2 of 10 · 8 to go\nCafé Knätsch · Gare")
    assert receipt.button_texts[0] == "Not me"


async def test_not_me_reaches_every_manager_once_and_thanks_the_customer(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    paul, mia = await home.owner(shop), await home.member(shop, "Mia", Role.MANAGER)
    await sam.sends(f"/stamp {number_of(anna)}")
    receipt = await anna.sees("✅ +1 stamp")
    data = receipt.inline_buttons[0].callback_data or ""
    await anna.taps("Not me", on=receipt)
    thanked = await anna.sees("Thank you. Café Knätsch has been told and will look into it.", new=True)
    assert thanked.id == receipt.id
    assert "Not me" not in thanked.button_texts
    assert thanked.html.startswith("✅ <b>+1 stamp</b>\n1 of 10")
    await anna.presses_raw(data, receipt)
    await anna.answered("You have already told us; the shop knows.")
    for each in (paul, mia):
        told = await each.sees("⚠️ Anna says: this was not me.")
        assert f"+1 stamp, card {number_of(anna)}, by Sam at Café Knätsch, 15/06/2026, 11:00." in told.text
    await home.until_rows("SELECT count(*) FROM deliveries WHERE delivered_at IS NULL", [(0,)])
    assert [len(await disputes(each)) for each in (paul, mia, sam)] == [1, 1, 0]


async def test_void_and_redemption_can_be_disputed_too(home: House, shop: Shop) -> None:
    anna, sam, paul = (
        await home.customer(shop, "Anna"),
        await home.member(shop, "Sam"),
        await home.owner(shop),
    )
    number = number_of(anna)
    for command, receipt, told in (
        (f"/stamp {number} 12", None, None),
        (f"/redeem {number}", "Enjoy: A coffee", "Reward redeemed, card"),
        (f"/void {number} 1", "1 stamp was taken back", "1 stamp taken back, card"),
    ):
        await sam.sends(command)
        await sam.sees(" · ", new=True)
        if receipt is not None:
            shown = await anna.sees(receipt)
            await anna.taps("Not me", on=shown)
            await paul.sees(told or "")


async def test_another_customers_receipt_cannot_be_disputed(home: House, shop: Shop) -> None:
    anna, ben, sam = (
        await home.customer(shop, "Anna"),
        await home.customer(shop, "Ben"),
        await home.member(shop, "Sam"),
    )
    await sam.sends(f"/stamp {number_of(anna)}")
    receipt = await anna.sees("✅ +1 stamp")
    await ben.presses_raw(receipt.inline_buttons[0].callback_data or "", ben.last)
    await ben.answered("There is no such card here.")
    assert home.rows("SELECT count(*) FROM disputes") == [(0,)]
