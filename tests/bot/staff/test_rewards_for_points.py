"""Handing out rewards for points, where there is one and where there is a choice; putting points right."""

from pathlib import Path

import pytest

from bot.app.process import Surroundings
from bot.sandbox import Sandbox
from bot.telegram import chat
from domain.merchant import ProgramKind
from domain.staff import Role
from tests.bot.staff.points import acts, earn, points_shop
from tests.support.house import UNHURRIED, House, Shop, TestClock, house, number_of, types_pin


@pytest.fixture
async def shop(home: House) -> Shop:
    return await points_shop(home)


async def test_only_reward_is_redeemed_by_its_button(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await earn(sam, anna, "120")
    await sam.taps("🎁 Redeem (1 reward ready)")
    done = await sam.sees("🎁 Hand out: A coffee\n20 points · 80 to go: A coffee", new=True)
    assert done.button_texts == ("‹ Card", "Take back …", "Undo"), (
        "where Redeem was, nothing is redone or undone"
    )
    await anna.sees("🎁 Enjoy: A coffee")
    assert await acts(home, shop) == [("points_earned", 120), ("points_redeemed", -100)]


async def test_choice_shows_what_is_possible_and_redeems_what_is_chosen(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await earn(sam, anna, "300")
    await sam.taps("🎁 Redeem (2 possible)")
    listed = await sam.sees("Which reward?", new=True)
    assert listed.button_texts == ("A coffee · 100 points", "‹ Card", "A cake · 250 points")
    await sam.taps("A cake · 250 points")
    await sam.sees("🎁 Hand out: A cake\n50 points", new=True)
    assert await acts(home, shop) == [("points_earned", 300), ("points_redeemed", -250)]


async def test_redeem_command_redeems_the_only_reward(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await earn(sam, anna, "120")
    await sam.sends(f"/redeem {number_of(anna)}")
    await sam.sees("🎁 Hand out: A coffee", new=True)


async def test_redeem_command_asks_which_where_there_are_several(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await earn(sam, anna, "300")
    await sam.sends("/redeem")
    await sam.sees("Which card?", new=True)
    await sam.scans(anna)
    await sam.sees("Which reward?", new=True)
    await sam.taps("A coffee · 100 points")
    await sam.sees("🎁 Hand out: A coffee", new=True)


async def test_too_few_points_are_no_reward(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await earn(sam, anna, "99")
    await sam.sends(f"/redeem {number_of(anna)}")
    await sam.sees("Not enough points: 99 of 100.", new=True)


@pytest.mark.usefixtures("tried_at_once")
async def test_redeem_command_handled_again_hands_out_once(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await earn(sam, anna, "300")
    await sam.sends(f"/adjust {number_of(anna)} -60 wrong amount")
    await sam.sees("You may not do this here.", new=True)
    mia = await home.member(shop, "Mia", Role.MANAGER)
    await mia.sends(f"/adjust {number_of(anna)} -60 wrong amount")
    await mia.sees("✅ 240 points", new=True)
    await home.until_rows("SELECT count(*) FROM deliveries WHERE delivered_at IS NULL", [(0,)])
    fault = home.sandbox.faults.server_error(method="sendMessage", count=2 * chat.QUICK_TRIES)
    await sam.sends(f"/redeem {number_of(anna)}")
    await sam.sees("🎁 Hand out: A coffee\n140 points", new=True)
    assert fault.hits == 2 * chat.QUICK_TRIES
    assert [points for kind, points in await acts(home, shop) if kind == "points_redeemed"] == [-100]


async def test_double_tap_on_a_reward_hands_it_out_once(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await earn(sam, anna, "300")
    await sam.taps("🎁 Redeem (2 possible)")
    listed = await sam.sees("Which reward?", new=True)
    data = listed.inline_buttons[0].callback_data or ""
    for _ in range(2):
        await sam.presses_raw(data, listed)
    await home.at_rest()
    assert [points for _, points in await acts(home, shop)] == [300, -100]


async def test_hybrid_card_chooses_between_stamps_and_points(home: House) -> None:
    shop = await points_shop(home, ProgramKind.HYBRID, reward="A croissant")
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends(f"/stamp {number_of(anna)} 10")
    await sam.sees("🎁 Reward ready: A croissant", new=True)
    await sam.taps("‹ Card")
    panel = await sam.sees("10 of 10", new=True)
    assert "🎁 Redeem (1 reward ready)" in panel.button_texts
    await earn(sam, anna, "100")
    await sam.taps("🎁 Redeem (2 possible)")
    await sam.sees("Which reward?", new=True)
    await sam.taps("A croissant · 10 stamps")
    await sam.sees("🎁 Hand out: A croissant", new=True)
    await sam.sends(f"/redeem {number_of(anna)}")
    await sam.sees("🎁 Hand out: A coffee", new=True)
    [line] = await home.cards(shop)
    assert (line.stamp_count, line.points_balance) == (0, 0)


async def test_choice_comes_before_the_pin_and_the_pin_before_the_reward(
    tmp_path: Path, clock: TestClock
) -> None:
    around = Surroundings(clock=clock, limits=UNHURRIED)
    async with Sandbox() as sandbox:
        async with house(tmp_path / "a.db", around, sandbox) as before:
            shop = await points_shop(before, require_staff_pin=True, pin_window_minutes=5)
            anna, sam = await before.customer(shop, "Anna"), await before.member(shop, "Sam", pin="2580")
            await earn(sam, anna, "300")
            clock.passes(minutes=6)
            await sam.sends(f"/redeem {number_of(anna)}")
            await sam.sees("Which reward?", new=True)
            await sam.taps("A cake · 250 points")
            await sam.sees("Sam, your PIN", new=True)
            await before.at_rest()
        async with house(tmp_path / "a.db", around, sandbox) as after:
            await types_pin(sam)
            await sam.sees("🎁 Hand out: A cake", new=True)
            assert [points for _, points in await acts(after, shop)] == [300, -250]


async def test_undo_of_a_purchase_and_of_a_reward(home: House, shop: Shop, clock: TestClock) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    first = await earn(sam, anna, "120")
    await sam.taps("🎁 Redeem (1 reward ready)")
    await sam.sees("Hand out", new=True)
    await sam.taps("Undo")
    await sam.sees("↩️ 120 points", new=True)
    await sam.sees("The reward was not handed out: its points are back.", new=True)
    second = await earn(sam, anna, "5")
    await sam.taps("Undo", on=second)
    await sam.sees("↩️ 120 points · enough for: A coffee", new=True)
    await sam.sees("5 points taken back", new=True)
    assert first.id != second.id
    third = await earn(sam, anna, "5")
    clock.passes(seconds=60.001)
    await sam.taps("Undo", on=third)
    await sam.answered("Undo works for 60 seconds only.")


async def test_void_takes_the_newest_purchase_back_and_lists_the_others(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await earn(sam, anna, "12,50")
    await earn(sam, anna, "30")
    await sam.sends(f"/void {number_of(anna)}")
    await sam.sees("30 points taken back", new=True)
    await sam.taps("‹ Card")
    await sam.sees("12 points", new=True)
    await sam.taps("Take back …")
    listed = await sam.sees("What should be taken back?", new=True)
    assert listed.button_texts == ("+12 points · €12.50 · 15/06/2026, 11:00", "‹ Card")
    await sam.taps(listed.button_texts[0])
    await sam.sees("12 points taken back", new=True)
    assert [points for _, points in await acts(home, shop)] == [12, 30, -30, -12]


async def test_void_of_points_already_spent_tells_the_managers_so(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    mia = await home.member(shop, "Mia", Role.MANAGER)
    earned = await earn(sam, anna, "120")
    await sam.sends(f"/redeem {number_of(anna)}")
    await sam.sees("Hand out", new=True)
    await sam.taps("Undo", on=earned)
    await sam.sees("100 points had already been spent; the manager is told.", new=True)
    await mia.sees("Sam took 120 points back from card")


async def test_adjusting_is_for_managers_and_needs_a_reason(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    mia = await home.member(shop, "Mia", Role.MANAGER)
    number = number_of(anna)
    for staff, words, said in (
        (
            mia,
            f"{number} +50 forgotten   purchase",
            "✅ 50 points · 50 to go: A coffee\n+50 points · forgotten purchase",
        ),
        (mia, f"{number} −20 wrong amount", "✅ 30 points · 70 to go: A coffee\n−20 points · wrong amount"),
        (mia, f"{number} -31 wrong amount", "Not enough points: 30 of 31."),
        (mia, f"{number} +50", "Say why, after the points"),
        (mia, f"{number} 0 nothing", "Enter a number of points from 1 to"),
        (mia, f"{number} +1,000,001 typo", "Enter a number of points from 1 to"),
        (mia, f"{number} -1,000 wrong amount", "Not enough points: 30 of 1,000."),
        (mia, f"{number} +1.000 wrong sign", "After the card number, give the points and why"),
        (mia, "+1,000 gift", "After the card number, give the points and why"),
        (mia, f"{number} some points", "After the card number, give the points and why"),
        (mia, f"{number}", "After the card number, give the points and why"),
        (mia, "", "After the card number, give the points and why"),
        (mia, "+50", "After the card number, give the points and why: /adjust 482 109 375 +50"),
        (mia, "50 gift", "After the card number, give the points and why: /adjust 482 109 375 +50"),
        (mia, "12345 +50 gift", "This card number cannot be right"),
        (sam, f"{number} +50 gift", "You may not do this here."),
    ):
        await staff.sends(f"/adjust {words}")
        await staff.sees(said, new=True)
    assert await acts(home, shop) == [("points_adjusted", 50), ("points_adjusted", -20)]
    await anna.sees("+50 points, corrected by the shop")
    assert home.rows("SELECT note FROM entries ORDER BY entry_no") == [
        ("forgotten purchase",),
        ("wrong amount",),
    ]


async def test_adjustment_waits_for_the_pin_with_its_reason(home: House, clock: TestClock) -> None:
    shop = await points_shop(home, require_staff_pin=True, pin_window_minutes=0)
    anna = await home.customer(shop, "Anna")
    mia = await home.member(shop, "Mia", Role.MANAGER, pin="2580")
    await mia.sends(f"/adjust {number_of(anna)} +50 gift")
    await mia.sees("Mia, your PIN", new=True)
    await types_pin(mia)
    await mia.sees("+50 points · gift", new=True)
