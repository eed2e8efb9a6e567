"""``/takings``: typed, put right, doubted, and held against what the ledger knows, in the chat."""

from bot.kit.buttons import Verb, press, short_id
from domain.flags import FlagKind
from domain.staff import Role
from tests.bot.staff.points import earn, points_shop
from tests.support.house import House, Shop, TestClock

TYPED = "SELECT local_date, amount_minor FROM takings ORDER BY local_date, revision"


TODAY, YESTERDAY = "2026-06-15", "2026-06-14"


async def test_amount_is_typed_with_the_command_and_put_right_with_a_tap(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await paul.sends("/takings 81,25")
    shown = await paul.sees("Takings · Monday, 15 June", new=True)
    assert "€81.25 (Paul" in shown.text
    await paul.taps("Change the amount")
    asked = await paul.sees("Send another amount")
    assert asked.id == shown.id
    await paul.sends("812.50")
    corrected = await paul.sees("€812.50 (Paul", new=True)
    assert "before: €81.25" in corrected.text
    assert home.rows(TYPED) == [(TODAY, 8_125), (TODAY, 81_250)]


async def test_amount_typed_for_a_wrong_day_is_removed(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await paul.sends("/takings yesterday 81.25")
    await paul.sees("€81.25 (Paul", new=True)
    await paul.taps("Change the amount")
    await paul.sees("Send another amount, such as €812.50, or – to remove this one.", new=True)
    await paul.sends("-")
    gone = await paul.sees("Removed (Paul", new=True)
    assert "before: €81.25 (Paul" in gone.text
    assert gone.text.endswith("Send the amount, such as €812.50.")
    await paul.sends("812.50")
    typed = await paul.sees("€812.50 (Paul", new=True)
    assert "Takings · Sunday, 14 June" in typed.text
    await paul.sends("/takings yesterday –")
    await paul.sees("Removed (Paul", new=True)
    assert home.rows("SELECT amount_minor, is_removed FROM takings ORDER BY revision") == [
        (8_125, 0),
        (0, 1),
        (81_250, 0),
        (0, 1),
    ]


async def test_amount_of_one_of_several_stores_is_removed_on_its_page(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await home.adds_store(shop, "Belval")
    await paul.sends("/takings 812.50")
    for label in ("Belval", "Belval"):
        await paul.taps(label)
        await paul.answered()
    await paul.sees("or – to remove this one.", new=True)
    await paul.sends("-")
    await paul.sees("Belval: not typed yet", new=True)
    await paul.sends("/takings -")
    await paul.sees("Belval: not typed yet", new=True)


async def test_day_before_is_named_in_any_language_or_reached_by_a_button(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    for words in ("yesterday 500", "gestern 510", "hier 520", "14.6.2026 530"):
        await paul.sends(f"/takings {words}")
        await paul.sees("Takings · Sunday, 14 June", new=True)
    await paul.sends("/takings")
    await paul.sees("Takings · Monday, 15 June", new=True)
    await paul.taps("‹ Sunday")
    await paul.sees("Takings · Sunday, 14 June")
    await paul.sends("nothing")
    await paul.sees("This is not an amount", new=True)
    await paul.sends("0")
    await paul.sees("€0.00 (Paul", new=True)
    assert home.rows(TYPED) == [(YESTERDAY, each) for each in (50_000, 51_000, 52_000, 53_000, 0)]


async def test_where_there_are_several_stores_one_is_chosen_and_a_second_tap_does_nothing(
    home: House, shop: Shop
) -> None:
    paul = await home.owner(shop)
    await home.adds_store(shop, "Belval")
    await paul.sends("/takings 812.50")
    asked = await paul.sees("at which store?", new=True)
    await paul.taps("Belval")
    await paul.sees("Belval: €812.50")
    [data] = [each.callback_data for each in asked.inline_buttons if each.text == "Belval"]
    await paul.presses_raw(data or "", paul.last)
    await paul.answered()
    assert home.rows(TYPED) == [(TODAY, 81_250)]


async def test_amount_far_from_the_usual_is_asked_for_once_more(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    for day in range(9, 14):
        await paul.sends(f"/takings {day}.6.2026 800")
        await paul.sees("€800.00 (Paul", new=True)
    await paul.sends("/takings 80")
    await paul.sees("€80.00? Usually", new=True)
    assert len(home.rows(TYPED)) == 5
    await paul.taps("€80.00 is right")
    await paul.sees("€80.00 (Paul")
    assert home.rows(TYPED)[-1] == (TODAY, 8_000)


async def test_purchases_above_the_takings_are_told_in_the_answer(home: House, clock: TestClock) -> None:
    shop = await points_shop(home)
    paul, tom = await home.owner(shop), await home.member(shop, "Tom")
    await earn(tom, await home.customer(shop, "Léa"), "90")
    clock.passes(minutes=5)
    await paul.sends("/takings 81.25")
    shown = await paul.sees("but its takings were €81.25", new=True)
    assert "Tom: €90.00" in shown.text
    assert home.rows("SELECT kind FROM flags") == [(FlagKind.PURCHASES.value,)]
    await paul.sends("/takings 90")
    shown = await paul.sees("€90.00 (Paul", new=True)
    assert "👀" not in shown.text
    assert home.rows("SELECT kind FROM flags") == []


async def test_managers_and_staff_neither_type_nor_see_them(home: House, shop: Shop) -> None:
    await home.owner(shop)
    data = press(Verb.TAKINGS, short_id(shop.merchant_id), TODAY)
    for name, role in (("Mia", Role.MANAGER), ("Tom", Role.STAFF)):
        member = await home.member(shop, name, role)
        await member.sends("/takings 1000")
        await member.sees("You may not do this here.", new=True)
        await member.presses_raw(data, member.last)
        await member.answered("You may not do this here.")
    assert home.rows(TYPED) == []
