"""Earning rules in the chat: amounts for stamps, what is left over, and the factor of the tap."""

import pytest

from domain.merchant import PointReward, ProgramKind
from domain.multipliers import read_multiplier
from domain.staff import Role
from tests.bot.staff.points import keys_in
from tests.support.house import House, TestClock, number_of, types_pin

HAPPY_HOUR = (read_multiplier("Mon 11-12 2"),)
"""From nine to ten by the clock of the tests, which is Luxembourg's two hours before."""


async def test_stamps_are_given_for_what_was_paid_and_the_rest_is_told(home: House) -> None:
    shop = await home.opens_shop(stamp_per_minor=10_00)
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends(f"/stamp {number_of(anna)}")
    await sam.sees("How much was paid?", new=True)
    await keys_in(sam, "23.50")
    assert sam.last.text.startswith("€23.50 · 2 stamps\n")
    await sam.taps("✓")
    done = await sam.sees("✅ 2 of 10", new=True)
    assert done.text.splitlines()[1:3] == ["+2 stamps · €23.50", "€6.50 to the next stamp"]
    await anna.sees("€6.50 to the next stamp")
    await sam.sends(f"/earn {number_of(anna)} 6.50")
    await sam.sees("✅ 3 of 10", new=True)
    await sam.taps("‹ Card")
    panel = await sam.sees("Today: 3", new=True)
    assert panel.button_texts == ("+ Purchase", "Take back …")


async def test_purchase_that_earns_nothing_yet_is_told_undone_and_in_the_history(home: House) -> None:
    shop = await home.opens_shop(
        kind=ProgramKind.POINTS,
        points_per_unit_milli=20,
        point_rewards=(PointReward(cost=5, name="A tea"),),
    )
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends(f"/earn {number_of(anna)} 30")
    done = await sam.sees("✅ 0 points", new=True)
    assert done.text.splitlines()[1:3] == ["+0 points · €30.00", "€20.00 to the next point"]
    await anna.sees("€20.00 to the next point")
    await anna.sends("/balance")
    await anna.sees("€20.00 to the next point", new=True)
    await sam.taps("Undo")
    undone = await sam.sees("↩️ 0 points", new=True)
    assert undone.text.splitlines()[1] == "A purchase was taken back"
    await anna.sees("A purchase was taken back")
    await anna.sends("/balance")
    assert "to the next point" not in (await anna.sees("0 points", new=True)).text


async def test_shared_phone_asks_who_and_then_for_the_amount(home: House) -> None:
    shop = await home.opens_shop(stamp_per_minor=10_00)
    anna, phone = await home.customer(shop, "Anna"), await home.member(shop, "Counter", Role.TERMINAL)
    await home.member(shop, "Sam", pin="2580")
    await phone.sends(f"/stamp {number_of(anna)}")
    await phone.sees("Who are you?", new=True)
    await phone.taps("Sam")
    await phone.sees("Sam, your PIN", new=True)
    await types_pin(phone)
    await phone.sees("How much was paid?", new=True)
    await keys_in(phone, "10")
    await phone.taps("✓")
    await phone.sees("✅ 1 of 10", new=True)


@pytest.mark.parametrize(
    ("minutes_to_the_tap", "stamps"),
    [pytest.param(59, "+2 stamps (×2)", id="in time"), pytest.param(60, "+1 stamp", id="too late")],
)
async def test_factor_is_that_of_the_tap_whatever_the_panel_said_and_however_long_the_pin_takes(
    home: House, clock: TestClock, minutes_to_the_tap: int, stamps: str
) -> None:
    shop = await home.opens_shop(require_staff_pin=True, pin_window_minutes=5, multipliers=HAPPY_HOUR)
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam", pin="2580")
    clock.passes(minutes=58)
    await sam.scans(anna)
    await sam.sees("⚡ ×2 until 12:00", new=True)
    clock.passes(minutes=minutes_to_the_tap - 58)
    await sam.taps("+1")
    await sam.sees("Sam, your PIN", new=True)
    clock.passes(minutes=5)
    await types_pin(sam)
    done = await sam.sees("✅", new=True)
    assert done.text.splitlines()[1] == stamps
    [entry] = await home.ledger(shop)
    assert entry.factor_tenths == (20 if minutes_to_the_tap < 60 else None)
    assert await home.violations() == []
