"""PINs: chosen twice, typed on a shuffled keypad or as text, good for a while."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.app.process import Surroundings
from bot.kit.buttons import parse_press
from bot.sandbox import Message, Person, Sandbox
from bot.staff.dialogues import PinAsked
from bot.staff.keypad import end_overtaken
from domain.account import Account
from domain.ids import BotId, MerchantId, StaffId, UserId
from tests.support.house import (
    UNHURRIED,
    WRONG_PINS,
    House,
    Shop,
    TestClock,
    chooses_pin,
    has_keypad,
    house,
    number_of,
    shown_now,
    types_pin,
)


@pytest.fixture
def cheap_pins() -> None:
    """Not here: the hashes are the real ones."""


@pytest.fixture
async def shop(home: House) -> Shop:
    return await home.opens_shop(require_staff_pin=True, pin_window_minutes=15)


def dots(keypad: Message) -> str:
    return keypad.text.splitlines()[-1]


async def failures(home: House, name: str) -> int:
    [(count,)] = home.rows(WRONG_PINS, name)
    return int(count)


async def test_invite_leads_to_a_keypad_that_wants_the_pin_twice(home: House, shop: Shop) -> None:
    _, link = await home.invites(shop, "Sam")
    sam = home.sandbox.person("Sam")
    await sam.opens(link)
    await sam.sees("Welcome to Café Knätsch, Sam.\nYou are on the team here.")
    why = "It is asked for at the counter, so that nobody else acts in your name."
    keypad = await sam.sees(f"Sam, choose a PIN of 4 to 8 digits\n{why}")
    assert keypad.button_texts == (*"123456789", "⌫", "0", "✓", "Cancel")
    await types_pin(sam)
    again = await sam.sees("Sam, type the PIN once more", new=True)
    assert (again.id, dots(again), why in again.text) == (keypad.id, "○", False)
    await types_pin(sam)
    done = await sam.sees("✅ Your PIN is set. Scan a customer's code to begin.", new=True)
    assert (done.id, done.button_texts) == (keypad.id, ())


async def test_two_different_pins_start_again(home: House, shop: Shop) -> None:
    sam = await home.member(shop, "Sam")
    await types_pin(sam, "2580")
    await sam.sees("once more", new=True)
    await types_pin(sam, "2581")
    await sam.answered("The two PINs are not the same. Choose one again.")
    await sam.sees("choose a PIN", new=True)
    await chooses_pin(sam, "2580")
    await sam.sees("Your PIN is set")


@pytest.mark.parametrize("digits", ["", "123"])
async def test_too_short_a_pin_is_refused_and_the_keypad_stays(digits: str, home: House, shop: Shop) -> None:
    sam = await home.member(shop, "Sam")
    await types_pin(sam, digits)
    await sam.answered("A PIN has 4 to 8 digits. Type it again.")
    assert has_keypad(sam.last)


async def test_keypad_holds_eight_digits_and_backspace_takes_one(home: House, shop: Shop) -> None:
    sam = await home.member(shop, "Sam")
    for digit in "1234567890":
        await sam.taps(digit)
        await sam.answered()
    assert dots(sam.last) == "●" * 8
    await sam.taps("⌫")
    await sam.answered()
    assert dots(sam.last) == "●" * 7


async def test_keys_carry_positions_that_change_with_every_keypad(home: House, shop: Shop) -> None:
    orders = set()
    for name in ("Sam", "Mia", "Tom", "Zoé", "Leo", "Eva"):
        keypad = (await home.member(shop, name)).last
        data = {button.text: button.callback_data or "" for button in keypad.inline_buttons}
        order = "".join(parse_press(data[digit]).text(1) for digit in "0123456789")
        assert sorted(order) == list("0123456789")
        orders.add(order)
    assert len(orders) > 1
    assert "0123456789" not in orders


async def test_stamp_with_an_open_window_asks_for_no_pin(home: House, shop: Shop, clock: TestClock) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam", pin="2580")
    clock.passes(minutes=14, seconds=59)
    await sam.scans(anna)
    await sam.taps("+1")
    await sam.sees("✅ 1 of 10", new=True)


async def test_stamp_after_the_window_asks_for_the_pin_and_goes_on(
    home: House, shop: Shop, clock: TestClock
) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam", pin="2580")
    clock.passes(minutes=15)
    await sam.scans(anna)
    panel = await sam.sees("Anna · ", new=True)
    await sam.taps("+2")
    keypad = await sam.sees("Sam, your PIN", new=True)
    assert keypad.id == panel.id
    await types_pin(sam)
    done = await sam.sees("✅ 2 of 10", new=True)
    assert done.id == panel.id
    await sam.taps("‹ Card", on=done)
    await sam.taps("+1")
    await sam.sees("✅ 3 of 10", new=True)


async def test_window_of_zero_minutes_asks_every_time(home: House) -> None:
    shop = await home.opens_shop(require_staff_pin=True, pin_window_minutes=0)
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam", pin="2580")
    for balance in ("1 of 10", "2 of 10"):
        await sam.sends(f"/stamp {number_of(anna)}")
        await sam.sees("Sam, your PIN", new=True)
        await types_pin(sam)
        await sam.sees(f"✅ {balance}", new=True)


async def test_who_put_choosing_a_pin_off_is_asked_at_the_first_act(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.taps("Cancel")
    await sam.sees("Cancelled.", new=True)
    await sam.sends(f"/stamp {number_of(anna)}")
    await sam.sees("Sam, choose a PIN", new=True)
    await chooses_pin(sam)
    await sam.sees("✅ 1 of 10")


async def test_cancelled_pin_changes_nothing(home: House, shop: Shop, clock: TestClock) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam", pin="2580")
    clock.passes(minutes=15)
    await sam.sends(f"/stamp {number_of(anna)}")
    keypad = await sam.sees("Sam, your PIN", new=True)
    await sam.taps("Cancel")
    await sam.sees("Cancelled.", new=True)
    await sam.presses_raw(keypad.inline_buttons[0].callback_data or "", keypad)
    await sam.answered("This question is over. Start again.")
    assert await home.ledger(shop) == []


async def test_keys_of_a_keypad_of_before_are_dead(home: House, shop: Shop, clock: TestClock) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam", pin="2580")
    clock.passes(minutes=15)
    await sam.sends(f"/stamp {number_of(anna)}")
    before = await sam.sees("Sam, your PIN", new=True)
    data = {button.text: button.callback_data or "" for button in before.inline_buttons}
    await sam.sends(f"/stamp {number_of(anna)}")
    open_one = await sam.sees("Sam, your PIN", new=True)
    for digit in "2580":
        await sam.taps(digit, on=open_one)
        await sam.answered()
    for key in ("1", "⌫", "✓", "Cancel"):
        await sam.presses_raw(data[key], before)
        await sam.answered("This question is over. Start again.")
    assert await failures(home, "Sam") == 0
    await sam.taps("✓", on=open_one)
    await sam.sees("✅ 1 of 10", new=True)


async def test_question_for_a_pin_lapses_after_ten_minutes(home: House, shop: Shop, clock: TestClock) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam", pin="2580")
    clock.passes(minutes=15)
    await sam.sends(f"/stamp {number_of(anna)}")
    await sam.sees("Sam, your PIN", new=True)
    await home.at_rest()
    clock.passes(minutes=10)
    await sam.taps("2")
    await sam.answered("This question is over. Start again.")


async def test_keypad_that_lapsed_long_ago_goes_with_the_next_tap_on_it(
    tmp_path: Path, clock: TestClock
) -> None:
    around = Surroundings(clock=clock, limits=UNHURRIED)
    async with (
        Sandbox(clock=lambda: clock().timestamp()) as sandbox,
        house(tmp_path / "stempel.db", around, sandbox) as home,
    ):
        shop = await home.opens_shop(require_staff_pin=True, pin_window_minutes=15)
        anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam", pin="2580")
        clock.passes(minutes=15)
        await sam.sends(f"/stamp {number_of(anna)}")
        keypad = await sam.sees("Sam, your PIN", new=True)
        await home.at_rest()
        clock.passes(minutes=25)
        await sam.taps("✓")
        await sam.answered("This question is over. Start again.")
        assert has_keypad(keypad), "whoever taps enter twice would lose what the first has brought there"
        await sam.taps("2")
        await sam.answered("This question is over. Start again.")
        await home.at_rest()
        assert shown_now(sam, keypad) == ("Cancelled.", ())


async def test_wrong_pin_is_told_with_the_tries_that_are_left(
    home: House, shop: Shop, clock: TestClock
) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam", pin="2580")
    clock.passes(minutes=15)
    await sam.sends(f"/stamp {number_of(anna)}")
    await sam.sees("Sam, your PIN", new=True)
    for left in ("4 tries", "3 tries", "2 tries", "1 try"):
        await types_pin(sam, "1111")
        answer = await sam.answered(f"Wrong PIN. {left} left.")
        assert answer.alert
        await sam.sees(lambda message: has_keypad(message) and dots(message) == "○", new=True)
    await types_pin(sam)
    await sam.sees("✅ 1 of 10", new=True)
    assert await failures(home, "Sam") == 0


async def until_deleted(home: House, person: Person, message: Message) -> None:
    await home.sandbox.until(lambda: message.id not in [shown.id for shown in person.messages])


async def test_pin_typed_as_text_works_and_is_deleted(home: House, shop: Shop, clock: TestClock) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    for _ in range(2):
        await until_deleted(home, sam, await sam.sends("2580"))
    await sam.sees("Your PIN is set")
    clock.passes(minutes=15)
    await sam.sends(f"/stamp {number_of(anna)}")
    keypad = await sam.sees("Sam, your PIN", new=True)
    await until_deleted(home, sam, await sam.sends("1111"))
    wrong = await sam.sees("Wrong PIN. 4 tries left.\n\nSam, your PIN", new=True)
    assert (wrong.id, sam.last.id, has_keypad(wrong)) == (keypad.id, keypad.id, True)
    await until_deleted(home, sam, await sam.sends("123"))
    await sam.sees("A PIN has 4 to 8 digits.", new=True)
    await until_deleted(home, sam, await sam.sends("2580"))
    await sam.sees("✅ 1 of 10")
    assert len(await home.ledger(shop)) == 1


async def test_card_number_is_no_pin(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    sent = await sam.sends(number_of(anna).replace(" ", ""))
    await sam.sees("Anna · ", new=True)
    assert sent.id in [message.id for message in sam.messages]


async def test_hurried_fingers_lose_no_key(home: House, shop: Shop, clock: TestClock) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam", pin="2580")
    clock.passes(minutes=15)
    await sam.sends(f"/stamp {number_of(anna)}")
    keypad = await sam.sees("Sam, your PIN", new=True)
    data = {button.text: button.callback_data or "" for button in keypad.inline_buttons}
    await asyncio.gather(*(sam.presses_raw(data[key], keypad) for key in "2580✓"))
    await sam.sees("✅ 1 of 10", new=True)


async def test_database_holds_no_pin_that_could_be_read(home: House, shop: Shop) -> None:
    sam = await home.member(shop, "Sam", pin="2580")
    await sam.sends("/help")
    await sam.sees("At the counter", new=True)
    [(pin_hash,)] = home.rows("SELECT pin_hash FROM staff WHERE name = 'Sam'")
    assert pin_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    kept = home.rows("SELECT payload FROM inbox WHERE done_at IS NOT NULL AND payload IS NOT NULL")
    assert kept == []


async def test_keypad_that_another_act_overtakes_says_that_it_was_cancelled(home: House) -> None:
    shop = await home.opens_shop(require_staff_pin=True, pin_window_minutes=0)
    anna, ben = await home.customers(shop, "Anna", "Ben")
    sam = await home.member(shop, "Sam", pin="2580")
    await sam.sends(f"/stamp {number_of(anna)}")
    keypad = await sam.sees(has_keypad, new=True)
    await sam.sends(f"/stamp {number_of(ben)}")
    await sam.sees(lambda message: has_keypad(message) and message.id != keypad.id, new=True)
    await home.at_rest()
    assert shown_now(sam, keypad) == ("Cancelled.", ())
    await types_pin(sam)
    await sam.sees("✅ 1 of 10", new=True)
    assert [card.stamp_count for card in await home.cards(shop)] == [0, 1]


async def test_first_pin_that_was_put_off_is_asked_for_in_one_place(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    keypad = await sam.sees("choose a PIN")
    await sam.sends(f"/stamp {number_of(anna)}")
    await sam.sees(lambda message: has_keypad(message) and message.id != keypad.id, new=True)
    await home.at_rest()
    assert shown_now(sam, keypad) == ("Cancelled.", ())
    await chooses_pin(sam, "2580")
    await sam.sees("✅ 1 of 10")


async def test_pin_typed_after_another_card_was_opened_is_not_for_the_card_of_before(home: House) -> None:
    shop = await home.opens_shop(require_staff_pin=True, pin_window_minutes=0)
    anna, ben = await home.customers(shop, "Anna", "Ben")
    sam = await home.member(shop, "Sam", pin="2580")
    await sam.sends(f"/stamp {number_of(anna)}")
    keypad = await sam.sees(has_keypad, new=True)
    await sam.sends(number_of(ben))
    await sam.sees("Ben", new=True)
    await sam.sends("2580")
    await home.at_rest()
    assert shown_now(sam, keypad) == ("Cancelled.", ())
    assert await home.ledger(shop) == []


async def test_keypad_stays_while_what_was_sent_next_comes_to_nothing(home: House) -> None:
    shop = await home.opens_shop(require_staff_pin=True, pin_window_minutes=0)
    anna = await home.customer(shop, "Anna")
    sam = await home.member(shop, "Sam", pin="2580")
    await sam.sends(f"/stamp {number_of(anna)}")
    await sam.sees(has_keypad, new=True)
    await sam.sends("/stamp 482 109 376")
    await sam.sees("This card number cannot be right", new=True)
    await sam.sends("2580")
    await sam.sees("✅ 1 of 10", new=True)


@pytest.mark.parametrize(("update_id", "ended"), [(6, False), (7, False), (8, True)])
async def test_what_is_handled_again_after_a_crash_ends_no_keypad_that_came_after_it(
    update_id: int, ended: bool
) -> None:
    told: list[object] = []

    async def notes(*what: object) -> None:
        told.append(what)

    asked = PinAsked(
        merchant_id=MerchantId("m"), staff_id=StaffId("s"), name="Sam", act=None, asked_update_id=7
    )
    turn: Any = SimpleNamespace(
        question=asked,
        nonce="nonce",
        account=Account(bot_id=BotId(1), user_id=UserId(2)),
        update=SimpleNamespace(update_id=update_id),
        user=SimpleNamespace(id=2),
        message=None,
        services=SimpleNamespace(chat=SimpleNamespace(retire=notes)),
        write=notes,
        t=str,
    )
    await end_overtaken(turn)
    assert bool(told) is ended
