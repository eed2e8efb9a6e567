"""A restart, a lost answer or a repeated update in the middle of something: it goes on, and nothing counts twice."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app.process import Surroundings
from bot.sandbox import Message, Person, Sandbox
from bot.telegram import chat
from domain.staff import Role
from tests.support.house import (
    UNHURRIED,
    WRONG_PINS,
    House,
    Shop,
    TestClock,
    has_keypad,
    has_picture,
    house,
    number_of,
    types_pin,
)

pytestmark = pytest.mark.usefixtures("tried_at_once")


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as running:
        yield running


def around(clock: TestClock) -> Surroundings:
    return Surroundings(clock=clock, limits=UNHURRIED)


def dots(keypad: Message) -> str:
    return keypad.text.splitlines()[1]


async def strict_shop(home: House) -> Shop:
    return await home.opens_shop(require_staff_pin=True, pin_window_minutes=0)


async def test_restart_in_the_middle_of_a_pin_goes_on_with_the_next_key(
    tmp_path: Path, sandbox: Sandbox, clock: TestClock
) -> None:
    async with house(tmp_path / "a.db", around(clock), sandbox) as before:
        shop = await strict_shop(before)
        anna, sam = await before.customer(shop, "Anna"), await before.member(shop, "Sam", pin="2580")
        await sam.sends(f"/stamp {number_of(anna)} 2")
        await sam.sees("Sam, your PIN", new=True)
        for digit in "25":
            await sam.taps(digit)
            await sam.answered()
    async with house(tmp_path / "a.db", around(clock), sandbox) as after:
        assert dots(sam.last) == "●●"
        for digit in "80":
            await sam.taps(digit)
            await sam.answered()
        await sam.taps("✓")
        await sam.sees("✅ 2 of 10", new=True)
        assert [entry.staff_name for entry in await after.ledger(shop)] == ["Sam"]


async def test_keys_pressed_while_the_bot_was_down_count_when_it_is_back(
    tmp_path: Path, sandbox: Sandbox, clock: TestClock
) -> None:
    async with house(tmp_path / "a.db", around(clock), sandbox) as before:
        shop = await strict_shop(before)
        anna, sam = await before.customer(shop, "Anna"), await before.member(shop, "Sam", pin="2580")
        await sam.sends(f"/stamp {number_of(anna)}")
        keypad = await sam.sees("Sam, your PIN", new=True)
        await before.at_rest()
    data = {button.text: button.callback_data or "" for button in keypad.inline_buttons}
    for key in "2580✓":
        await sam.presses_raw(data[key], keypad)
    async with house(tmp_path / "a.db", around(clock), sandbox) as after:
        await sam.sees("✅ 1 of 10", new=True)
        assert len(await after.ledger(shop)) == 1


async def test_restart_between_the_two_typings_of_a_new_pin_goes_on(
    tmp_path: Path, sandbox: Sandbox, clock: TestClock
) -> None:
    async with house(tmp_path / "a.db", around(clock), sandbox) as before:
        sam = await before.member(await strict_shop(before), "Sam")
        await types_pin(sam)
        await sam.sees("once more", new=True)
        await before.at_rest()
    async with house(tmp_path / "a.db", around(clock), sandbox):
        await types_pin(sam)
        await sam.sees("Your PIN is set", new=True)


async def test_restart_in_the_middle_of_a_join_finishes_it(
    tmp_path: Path, sandbox: Sandbox, clock: TestClock
) -> None:
    sandbox.faults.reset(method="sendPhoto", count=None)
    anna = sandbox.person("Anna")
    async with house(tmp_path / "a.db", around(clock), sandbox) as before:
        shop = await before.opens_shop()
        await anna.opens(shop.join_link)
        await anna.sees("Welcome to Café Knätsch!")
        await sandbox.until(lambda: sandbox.calls_of("sendPhoto"))
    sandbox.faults.clear()
    assert not any(message.photo for message in anna.messages)
    async with house(tmp_path / "a.db", around(clock), sandbox) as after:
        await anna.sees(has_picture)
        assert len(await after.cards(shop)) == 1


async def test_who_joins_reads_the_consent_even_if_the_first_answer_was_lost(home: House, shop: Shop) -> None:
    fault = home.sandbox.faults.reset(method="sendMessage", count=chat.QUICK_TRIES + 1)
    anna = await home.customer(shop, "Anna")
    assert fault.hits == chat.QUICK_TRIES + 1
    await anna.sees("Using this card, you agree that Café Knätsch keeps your Telegram name")
    assert len(await home.cards(shop)) == 1


async def asks_for_pin(home: House) -> tuple[Shop, Person]:
    shop = await strict_shop(home)
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam", pin="2580")
    await sam.sends(f"/stamp {number_of(anna)}")
    await sam.sees("Sam, your PIN", new=True)
    return shop, sam


async def test_wrong_pin_counts_once_however_often_its_answer_has_to_be_sent(
    home: House, clock: TestClock
) -> None:
    _, sam = await asks_for_pin(home)
    for digit in "1111":
        await sam.taps(digit)
        await sam.answered()
    fault = home.sandbox.faults.server_error(method="answerCallbackQuery", count=3 * chat.QUICK_TRIES)
    await sam.taps("✓")
    await sam.answered("Wrong PIN. 4 tries left.")
    assert fault.hits == 3 * chat.QUICK_TRIES
    await sam.sees(lambda message: has_keypad(message) and dots(message) == "○", new=True)
    assert home.rows(WRONG_PINS, "Sam") == [(1,)]
    await types_pin(sam)
    await sam.sees("✅ 1 of 10", new=True)


async def test_wrong_pin_typed_as_text_counts_once_however_often_its_answer_has_to_be_sent(
    home: House, clock: TestClock
) -> None:
    _, sam = await asks_for_pin(home)
    fault = home.sandbox.faults.server_error(method="editMessageText", count=3 * chat.QUICK_TRIES)
    await sam.sends("1111")
    await home.sandbox.until(lambda: fault.hits == 3 * chat.QUICK_TRIES)
    await home.at_rest()
    await sam.sees("Wrong PIN. 4 tries left.")
    assert home.rows(WRONG_PINS, "Sam") == [(1,)]


async def test_new_pin_typed_once_is_not_taken_for_typed_twice(home: House) -> None:
    shop = await strict_shop(home)
    sam = await home.member(shop, "Sam")
    fault = home.sandbox.faults.server_error(method="editMessageText", count=2 * chat.QUICK_TRIES)
    await sam.sends("2580")
    await sam.sees("type the PIN once more", new=True)
    assert fault.hits == 2 * chat.QUICK_TRIES
    assert home.rows("SELECT pin_hash FROM staff WHERE name = 'Sam'") == [(None,)]
    await sam.sends("2580")
    await sam.sees("Your PIN is set", new=True)


async def test_new_pin_entered_on_the_keypad_goes_on_after_a_lost_answer(home: House) -> None:
    shop = await strict_shop(home)
    sam = await home.member(shop, "Sam")
    for digit in "2580":
        await sam.taps(digit)
        await sam.answered()
    home.sandbox.faults.server_error(method="editMessageText", count=2 * chat.QUICK_TRIES)
    await sam.taps("✓")
    await sam.sees("type the PIN once more", new=True)
    await types_pin(sam)
    await sam.sees("Your PIN is set", new=True)


async def test_new_pin_that_was_set_before_its_answer_was_lost_is_set(home: House, clock: TestClock) -> None:
    shop = await strict_shop(home)
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.taps("Cancel")
    await sam.sends(f"/stamp {number_of(anna)}")
    await sam.sees("choose a PIN", new=True)
    await types_pin(sam)
    await sam.sees("once more", new=True)
    for digit in "2580":
        await sam.taps(digit)
        await sam.answered()
    home.sandbox.faults.server_error(method="editMessageText", count=2 * chat.QUICK_TRIES)
    await sam.taps("✓")
    await sam.sees("✅ 1 of 10", new=True)
    assert len(await home.ledger(shop)) == 1


async def test_right_pin_has_one_effect_however_often_its_answer_has_to_be_sent(
    home: House, clock: TestClock
) -> None:
    shop, sam = await asks_for_pin(home)
    for digit in "2580":
        await sam.taps(digit)
        await sam.answered()
    home.sandbox.faults.server_error(method="editMessageText", count=3 * chat.QUICK_TRIES)
    await sam.taps("✓")
    await sam.sees("✅ 1 of 10", new=True)
    assert len(await home.ledger(shop)) == 1
    assert home.rows(WRONG_PINS, "Sam") == [(0,)]


async def test_terminal_goes_on_after_a_restart(tmp_path: Path, sandbox: Sandbox, clock: TestClock) -> None:
    async with house(tmp_path / "a.db", around(clock), sandbox) as before:
        shop = await before.opens_shop()
        anna = await before.customer(shop, "Anna")
        await before.member(shop, "Sam", pin="2580")
        phone = await before.member(shop, "Counter", Role.TERMINAL)
        await phone.sends(f"/stamp {number_of(anna)}")
        await phone.sees("Who are you?", new=True)
        await before.at_rest()
    async with house(tmp_path / "a.db", around(clock), sandbox) as after:
        await phone.taps("Sam")
        await phone.sees("Sam, your PIN", new=True)
        await types_pin(phone)
        await phone.sees("✅ 1 of 10", new=True)
        assert [entry.staff_name for entry in await after.ledger(shop)] == ["Sam"]
