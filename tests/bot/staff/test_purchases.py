"""Points for purchases: by command, by keypad, by text; and never twice."""

from pathlib import Path

import pytest

from bot.app.process import Surroundings
from bot.sandbox import Sandbox
from bot.telegram import chat
from domain.account import Locale
from domain.merchant import ProgramKind
from domain.staff import Role
from tests.bot.staff.points import acts, earn, keys_in, points_shop
from tests.support.house import (
    PIN,
    UNHURRIED,
    WRONG_PINS,
    House,
    Shop,
    TestClock,
    has_keypad,
    house,
    number_of,
    shown_now,
    types_pin,
)


@pytest.fixture
async def shop(home: House) -> Shop:
    return await points_shop(home)


async def test_earn_with_card_and_amount_gives_the_points(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    done = await earn(sam, anna, "12,50 €")
    assert done.text == (f"✅ 12 points · 88 to go: A coffee\n+12 points · €12.50\nAnna · {number_of(anna)}")
    assert done.button_texts == ("‹ Card", "Undo")
    await anna.sees("+12 points")
    assert await acts(home, shop) == [("points_earned", 12)]


async def test_enough_for_a_reward_is_said_at_once(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    done = await earn(sam, anna, "260")
    assert "🎁 Reward ready: A cake" in done.text
    assert "🎁 Redeem (2 possible)" in done.button_texts


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("1,99", "Too small: €2.00 is the smallest purchase."),
        ("100000,01", "Enter an amount up to €100,000.00."),
        ("-5", "This is not an amount. Type it like this: €12.50."),
        ("0", "This is not an amount."),
        ("a lot", "This is not an amount."),
        ("12.505", "This is not an amount."),
    ],
)
async def test_amount_that_earns_nothing_says_why(amount: str, said: str, home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends(f"/earn {number_of(anna)} {amount}")
    await sam.sees(said, new=True)
    assert await home.ledger(shop) == []


@pytest.mark.parametrize("amount", ["12,50", "€12.50", "12", "1234,50 €"])
async def test_amount_without_a_card_asks_whose_it_is(amount: str, home: House, shop: Shop) -> None:
    """Also where the card alone was asked for, which stays asked."""
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    said = (
        "Whose purchase? Scan the card first, or put its number before the amount: /earn 482 109 375 €12.50"
    )
    await sam.sends(f"/earn {amount}")
    await sam.sees(said, new=True)
    await sam.sends("/earn")
    await sam.sees("Which card?", new=True)
    await sam.sends(amount)
    await sam.sees(said, new=True)
    await sam.sends(f"{number_of(anna)} {amount}")
    await sam.sees("✅", new=True)


@pytest.mark.parametrize("number", ["48210937", "48210937 12,50", "4821093751", "482 109 374 12,50"])
async def test_number_with_a_slip_is_still_called_so(number: str, home: House, shop: Shop) -> None:
    sam = await home.member(shop, "Sam")
    await sam.sends(f"/earn {number}")
    await sam.sees("This card number cannot be right.", new=True)


async def test_amount_is_read_as_the_merchant_writes_it(home: House) -> None:
    shop = await points_shop(home, default_locale=Locale.DE)
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await earn(sam, anna, "1.234")
    assert await acts(home, shop) == [("points_earned", 1234)]


async def test_card_that_collects_stamps_earns_no_points(home: House) -> None:
    shop = await home.opens_shop()
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    for words in (f"/earn {number_of(anna)} 5", f"/earn {number_of(anna)}"):
        await sam.sends(words)
        await sam.sees("This card collects stamps, not points.", new=True)
    assert not any("✓" in message.button_texts for message in sam.messages if "points" in message.text)


async def test_scan_purchase_and_keys_are_points(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.scans(anna)
    panel = await sam.sees("Anna · ", new=True)
    assert panel.button_texts == ("+ Purchase",)
    await sam.taps("+ Purchase")
    keypad = await sam.sees("How much was paid?", new=True)
    await keys_in(sam, "12.5")
    await sam.sees("€12.5 · 12 points", new=True)
    await sam.taps("✓")
    done = await sam.sees("✅ 12 points", new=True)
    assert panel.id == keypad.id == done.id, "all in one message"
    assert await acts(home, shop) == [("points_earned", 12)]


async def test_photo_then_keypad_is_points(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends("/earn")
    await sam.sees("Which card?", new=True)
    await sam.sends_photo(anna.last.photo or b"")
    await sam.sees("How much was paid?", new=True)
    await keys_in(sam, "7")
    await sam.taps("✓")
    await sam.sees("✅ 7 points", new=True)


async def test_earn_alone_asks_for_the_card_and_takes_the_amount_with_it(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends("/earn")
    await sam.sees("Which card?", new=True)
    await sam.sends(f"{number_of(anna)} 12.5x")
    await sam.sees("This is not an amount.", new=True)
    await sam.sends(f"{number_of(anna)} 12.50")
    await sam.sees("✅ 12 points", new=True)


async def test_keypad_takes_only_what_makes_an_amount(home: House) -> None:
    shop = await points_shop(home, default_locale=Locale.FR)
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends(f"/earn {number_of(anna)}")
    await sam.sees("How much was paid?", new=True)
    await keys_in(sam, ",03,4,567")
    await sam.sees("0,45\u00a0€ · 0 points")
    await keys_in(sam, "⌫⌫⌫⌫")
    await sam.sees("How much was paid?", new=True)
    await sam.taps("✓")
    await sam.answered("This is not an amount.")
    await keys_in(sam, "100000")
    await sam.sees("100000\u00a0€ · 100,000 points", new=True)
    await keys_in(sam, "09")
    await home.at_rest()
    assert sam.last.text.startswith("100000\u00a0€ · 100,000 points")


async def test_small_amount_shows_that_it_earns_nothing_and_can_be_mended(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends(f"/earn {number_of(anna)}")
    await sam.sees("How much was paid?", new=True)
    await keys_in(sam, "1")
    await sam.sees("€1 · 0 points", new=True)
    await sam.taps("✓")
    await sam.answered("Too small: ")
    await keys_in(sam, "0")
    await sam.taps("✓")
    await sam.sees("✅ 10 points", new=True)


async def test_amount_typed_while_the_keypad_is_open_counts(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends(f"/earn {number_of(anna)}")
    keypad = await sam.sees("How much was paid?", new=True)
    await sam.sends("twelve")
    await sam.sees("This is not an amount.", new=True)
    await sam.sends("12,50")
    await sam.sees("✅ 12 points", new=True)
    closed = await sam.sees("Paid: €12.50")
    assert (closed.id, closed.button_texts) == (keypad.id, ())
    await sam.sends("12,50")
    await sam.sees("This was not understood.", new=True)
    assert await acts(home, shop) == [("points_earned", 12)]


async def test_amount_typed_after_another_card_is_not_for_the_card_of_before(home: House, shop: Shop) -> None:
    anna, ben = await home.customers(shop, "Anna", "Ben")
    sam = await home.member(shop, "Sam")
    await sam.sends(f"/earn {number_of(anna)}")
    keypad = await sam.sees("How much was paid?", new=True)
    await sam.scans(ben)
    await sam.sees("Ben · ", new=True)
    await sam.sends("12,50")
    await sam.sees("This was not understood.", new=True)
    assert shown_now(sam, keypad) == ("Cancelled.", ())
    await sam.presses_raw(keypad.inline_buttons[0].callback_data or "", keypad)
    await sam.answered("This question is over.")
    assert await home.ledger(shop) == []


async def test_back_from_the_keypad_is_the_card_and_no_question_is_open(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends(f"/earn {number_of(anna)}")
    await sam.sees("How much was paid?", new=True)
    await keys_in(sam, "5")
    await sam.taps("‹ Card")
    await sam.sees("0 points · 100 to go", new=True)
    await home.at_rest()
    assert home.rows("SELECT count(*) FROM dialogues") == [(0,)]


async def test_second_tap_on_enter_earns_nothing_more_and_shows_the_same(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends(f"/earn {number_of(anna)}")
    keypad = await sam.sees("How much was paid?", new=True)
    enter = next(b.callback_data for b in keypad.inline_buttons if b.text == "✓") or ""
    await keys_in(sam, "12")
    for _ in range(3):
        await sam.presses_raw(enter, keypad)
    await home.at_rest()
    assert (await sam.answered()).alert is False
    assert sam.last.text.startswith("✅ 12 points")
    assert await acts(home, shop) == [("points_earned", 12)]


async def test_two_keypads_for_one_card_are_two_purchases(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    for balance in (12, 24):
        await sam.sends(f"/earn {number_of(anna)}")
        await sam.sees("How much was paid?", new=True)
        await keys_in(sam, "12")
        await sam.taps("✓")
        await sam.sees(f"✅ {balance} points", new=True)


async def test_pin_between_amount_and_points(home: House, clock: TestClock) -> None:
    shop = await points_shop(home, require_staff_pin=True, pin_window_minutes=0)
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam", pin="2580")
    await sam.sends(f"/earn {number_of(anna)}")
    keypad = await sam.sees("How much was paid?", new=True)
    enter = next(b.callback_data for b in keypad.inline_buttons if b.text == "✓") or ""
    await keys_in(sam, "12")
    await sam.presses_raw(enter, keypad)
    await sam.sees("Sam, your PIN", new=True)
    await sam.presses_raw(enter, keypad)
    await home.at_rest()
    assert "Sam, your PIN" in sam.last.text, "a second tap on enter leaves the question alone"
    await types_pin(sam)
    await sam.sees("✅ 12 points", new=True)
    assert await acts(home, shop) == [("points_earned", 12)]


async def test_amount_typed_as_text_is_followed_by_the_pin(home: House, clock: TestClock) -> None:
    shop = await points_shop(home, require_staff_pin=True, pin_window_minutes=0)
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam", pin="2580")
    await sam.sends(f"/earn {number_of(anna)}")
    await sam.sees("How much was paid?", new=True)
    await sam.sends("12")
    await sam.sees("Sam, your PIN", new=True)
    await sam.sends("2580")
    await sam.sees("✅ 12 points", new=True)
    assert await acts(home, shop) == [("points_earned", 12)]


async def test_shared_phone_asks_who_then_for_the_amount(home: House, shop: Shop) -> None:
    anna, _ = await home.customer(shop, "Anna"), await home.member(shop, "Sam", pin="2580")
    phone = await home.member(shop, "Counter", Role.TERMINAL)
    await phone.sends(f"/earn {number_of(anna)}")
    await phone.taps("Sam")
    await phone.sees("Sam, your PIN", new=True)
    await types_pin(phone)
    await phone.sees("How much was paid?", new=True)
    await keys_in(phone, "12")
    await phone.taps("✓")
    await phone.sees("✅ 12 points", new=True)
    assert [entry.staff_name for entry in await home.ledger(shop)] == ["Sam"]


async def test_restart_in_the_middle_of_an_amount_goes_on_with_the_next_key(
    tmp_path: Path, clock: TestClock
) -> None:
    around = Surroundings(clock=clock, limits=UNHURRIED)
    async with Sandbox() as sandbox:
        async with house(tmp_path / "a.db", around, sandbox) as before:
            shop = await points_shop(before)
            anna, sam = await before.customer(shop, "Anna"), await before.member(shop, "Sam")
            await sam.sends(f"/earn {number_of(anna)}")
            await sam.sees("How much was paid?", new=True)
            await keys_in(sam, "12")
            await before.at_rest()
        async with house(tmp_path / "a.db", around, sandbox) as after:
            await keys_in(sam, "0")
            await sam.taps("✓")
            await sam.sees("✅ 120 points", new=True)
            assert await acts(after, shop) == [("points_earned", 120)]


@pytest.mark.usefixtures("tried_at_once")
async def test_command_handled_again_after_a_lost_answer_earns_once(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await home.at_rest()
    fault = home.sandbox.faults.server_error(method="sendMessage", count=2 * chat.QUICK_TRIES)
    await sam.sends(f"/earn {number_of(anna)} 12")
    await sam.sees("✅ 12 points", new=True)
    assert fault.hits == 2 * chat.QUICK_TRIES
    assert await acts(home, shop) == [("points_earned", 12)]


@pytest.mark.usefixtures("tried_at_once")
async def test_enter_and_typed_amount_earn_once_however_often_their_answer_has_to_be_sent(
    home: House, shop: Shop
) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends(f"/earn {number_of(anna)}")
    await sam.sees("How much was paid?", new=True)
    await keys_in(sam, "12")
    home.sandbox.faults.server_error(method="editMessageText", count=2 * chat.QUICK_TRIES)
    await sam.taps("✓")
    await sam.sees("✅ 12 points", new=True)
    await sam.sends(f"/earn {number_of(anna)}")
    await sam.sees("How much was paid?", new=True)
    home.sandbox.faults.server_error(method="editMessageText", count=2 * chat.QUICK_TRIES)
    await sam.sends("5")
    await sam.sees("Paid: €5.00")
    await home.at_rest()
    assert await acts(home, shop) == [("points_earned", 12), ("points_earned", 5)]
    assert not any("not understood" in message.text for message in sam.messages)


@pytest.mark.usefixtures("tried_at_once")
async def test_amount_that_waits_for_a_pin_is_never_taken_for_one(home: House, clock: TestClock) -> None:
    shop = await points_shop(home, require_staff_pin=True, pin_window_minutes=0)
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam", pin="2580")
    await sam.sends(f"/earn {number_of(anna)}")
    await sam.sees("How much was paid?", new=True)
    fault = home.sandbox.faults.server_error(method="editMessageText", count=chat.QUICK_TRIES)
    await sam.sends("1250")
    await home.sandbox.until(lambda: fault.hits == chat.QUICK_TRIES)
    await home.at_rest()
    assert home.rows(WRONG_PINS, "Sam") == [(0,)]
    await sam.sends("2580")
    await sam.sees("✅ 1,250 points", new=True)


async def test_hybrid_card_gets_stamps_and_points(home: House) -> None:
    shop = await points_shop(home, ProgramKind.HYBRID)
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.scans(anna)
    panel = await sam.sees("Anna · ", new=True)
    assert panel.text.splitlines()[:2] == ["0 of 10 · 10 to go", "0 points · 100 to go: A coffee"]
    assert panel.button_texts == ("+1", "+2", "+3", "+ Purchase")
    await sam.taps("+2")
    await sam.sees("✅ 2 of 10", new=True)
    await earn(sam, anna, "12")
    [line] = await home.cards(shop)
    assert (line.stamp_count, line.points_balance) == (2, 12)
    await sam.sends("/today")
    await sam.sees("2 stamps · 12 points · 0 rewards · 1 card", new=True)


async def test_staff_command_of_a_customer_says_whom_it_is_for(home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Anna")
    for words in ("/earn", "/earn 482 109 375 12", "/adjust", "/adjust 482 109 375 +50 gift"):
        await anna.sends(words)
        await anna.sees("This is for staff.", new=True)


async def test_own_card_earns_nothing(home: House, shop: Shop) -> None:
    sam = await home.member(shop, "Sam")
    await sam.opens(shop.join_link)
    await sam.sees(lambda message: message.photo is not None, new=True)
    for words in (f"/earn {number_of(sam)} 12", f"/earn {number_of(sam)}"):
        await sam.sends(words)
        await sam.sees("This is your own card.", new=True)
    assert await home.ledger(shop) == []


async def test_unusual_amount_is_asked_for_once_more_and_earned_once(home: House) -> None:
    shop = await points_shop(
        home, plausible_purchase_minor=200_00, require_staff_pin=True, default_locale=Locale.DE
    )
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam", pin=PIN)
    home_clock = home.clock
    assert isinstance(home_clock, TestClock)
    home_clock.passes(minutes=16)
    await sam.sends(f"/earn {number_of(anna)} 1250")
    asked = await sam.sees(f"Is 1.250,00\u00a0€ right?\nAnna · {number_of(anna)}", new=True)
    assert asked.button_texts == ("‹ Card", "Yes, 1.250,00\u00a0€")
    assert await home.ledger(shop) == []
    data = asked.inline_buttons[1].callback_data or ""
    await sam.taps("Yes, 1.250,00\u00a0€", on=asked)
    await sam.sees(has_keypad, new=True)
    await types_pin(sam)
    done = await sam.sees("+1,250 points · 1.250,00\u00a0€", new=True)
    assert "Undo" in done.button_texts
    await sam.presses_raw(data, done)
    await sam.answered()
    assert await acts(home, shop) == [("points_earned", 1250)]


async def test_right_amount_is_typed_where_another_was_doubted(home: House) -> None:
    shop = await points_shop(home, plausible_purchase_minor=200_00, default_locale=Locale.DE)
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends(f"/earn {number_of(anna)} 1250")
    asked = await sam.sees("Is 1.250,00\u00a0€ right?", new=True)
    await sam.sends("a dozen")
    await sam.sees("This is not an amount.", new=True)
    await sam.sends("1.300,50")
    await sam.sees("Is 1.300,50\u00a0€ right?", new=True)
    await sam.sends("12,50")
    await sam.sees("+12 points · 12,50\u00a0€", new=True)
    await sam.taps("Yes, 1.250,00\u00a0€", on=asked)
    await sam.answered("This question is over.")
    assert await acts(home, shop) == [("points_earned", 12)]


async def test_what_is_typed_after_going_back_to_the_card_is_no_amount(home: House) -> None:
    shop = await points_shop(home, plausible_purchase_minor=200_00)
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends(f"/earn {number_of(anna)} 1250")
    await sam.taps("‹ Card", on=await sam.sees("Is €1,250.00 right?", new=True))
    await sam.sees("0 points", new=True)
    await home.at_rest()
    await sam.sends("12")
    await sam.sees("This was not understood.", new=True)
    assert await acts(home, shop) == []


async def test_usual_amount_is_not_doubted_nor_any_where_the_shop_says_so(home: House) -> None:
    shop = await points_shop(home, plausible_purchase_minor=200_00)
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await earn(sam, anna, "200")
    await sam.sends(f"/earn {number_of(anna)}")
    await sam.sees("How much was paid?", new=True)
    await keys_in(sam, "20001")
    await sam.taps("✓")
    asked = await sam.sees("Is €20,001.00 right?", new=True)
    await sam.taps("Yes, €20,001.00", on=asked)
    await sam.sees("+20,001 points", new=True)
    assert await acts(home, shop) == [("points_earned", 200), ("points_earned", 20001)]
