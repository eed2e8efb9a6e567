"""A shared phone on the counter: who stands here, their PIN, and the act is theirs."""

import pytest

from bot.sandbox import Person
from domain.staff import Role
from tests.support.house import (
    WRONG_PINS,
    House,
    Shop,
    TestClock,
    chooses_pin,
    has_keypad,
    number_of,
    shown_now,
    types_pin,
)


@pytest.fixture
async def phone(home: House, shop: Shop) -> Person:
    return await home.member(shop, "Counter", Role.TERMINAL)


async def picks(phone: Person, name: str, pin: str) -> None:
    await phone.sees("Who are you?", new=True)
    await phone.taps(name)
    await phone.sees(f"{name}, your PIN", new=True)
    await types_pin(phone, pin)


async def test_first_message_tells_how_the_shared_phone_works(home: House, phone: Person) -> None:
    assert phone.last.text.startswith("This phone now works for Café Knätsch.\nScan a customer's code")


async def test_act_at_a_terminal_asks_who_and_pin_and_is_recorded_under_the_member(
    home: House, shop: Shop, phone: Person
) -> None:
    anna = await home.customer(shop, "Anna")
    await home.member(shop, "Sam", pin="2580")
    await home.member(shop, "Mia", pin="1357")
    await phone.sends(f"/stamp {number_of(anna)} 2")
    who = await phone.sees("Who are you?", new=True)
    assert who.button_texts == ("Mia", "Sam")
    await picks(phone, "Mia", "1357")
    done = await phone.sees("✅ 2 of 10", new=True)
    assert done.id == who.id
    [entry] = await home.ledger(shop)
    assert entry.staff_name == "Mia"


async def test_name_picked_in_an_earlier_list_ends_the_keypad_below(
    home: House, shop: Shop, phone: Person
) -> None:
    anna = await home.customer(shop, "Anna")
    await home.member(shop, "Sam", pin="2580")
    await phone.sends(f"/stamp {number_of(anna)}")
    before = await phone.sees("Who are you?", new=True)
    await phone.sends(f"/stamp {number_of(anna)}")
    await phone.sees(lambda message: "Who are you?" in message.text and message.id != before.id, new=True)
    await phone.taps("Sam")
    keypad = await phone.sees(has_keypad, new=True)
    await phone.taps("Sam", on=before)
    await phone.sees(lambda message: has_keypad(message) and message.id == before.id, new=True)
    await home.at_rest()
    assert shown_now(phone, keypad) == ("Cancelled.", ())


async def test_only_who_has_a_pin_can_be_picked(home: House, shop: Shop, phone: Person) -> None:
    anna = await home.customer(shop, "Anna")
    await phone.sends(number_of(anna))
    await phone.sees("Nobody has a PIN yet. Open your invite link and choose one", new=True)
    await home.member(shop, "Sam", pin="2580")
    await home.member(shop, "Mia")
    await phone.sends(number_of(anna))
    assert (await phone.sees("Who are you?", new=True)).button_texts == ("Sam",)


async def test_pin_of_another_member_does_not_pass(home: House, shop: Shop, phone: Person) -> None:
    anna = await home.customer(shop, "Anna")
    await home.member(shop, "Sam", pin="2580")
    await home.member(shop, "Mia", pin="1357")
    await phone.sends(f"/stamp {number_of(anna)}")
    await picks(phone, "Sam", "1357")
    await phone.answered("Wrong PIN. 4 tries left.")
    counted = (
        "SELECT name, failures FROM pin_sessions JOIN staff USING (merchant_id, staff_id) WHERE failures > 0"
    )
    assert home.rows(counted) == [("Sam", 1)]
    assert home.rows(WRONG_PINS, "Sam") == [(0,)]


async def test_who_was_picked_by_mistake_hands_over_and_the_act_goes_on(
    home: House, shop: Shop, phone: Person
) -> None:
    anna = await home.customer(shop, "Anna")
    await home.member(shop, "Sam", pin="2580")
    await home.member(shop, "Mia", pin="1357")
    await phone.sends(f"/stamp {number_of(anna)}")
    await phone.sees("Who are you?", new=True)
    await phone.taps("Sam")
    await phone.sees("Sam, your PIN", new=True)
    await phone.taps("Someone else")
    await picks(phone, "Mia", "1357")
    await phone.sees("✅ 1 of 10", new=True)
    assert [entry.staff_name for entry in await home.ledger(shop)] == ["Mia"]


async def test_keypad_left_at_the_terminal_is_cancelled_by_whoever_scans_next(
    home: House, shop: Shop, phone: Person
) -> None:
    anna, ben = await home.customers(shop, "Anna", "Ben")
    await home.member(shop, "Sam", pin="2580")
    await home.member(shop, "Mia", pin="1357")
    await phone.sends(f"/stamp {number_of(anna)}")
    await phone.sees("Who are you?", new=True)
    await phone.taps("Sam")
    keypad = await phone.sees("Sam, your PIN", new=True)
    await phone.sends(f"/stamp {number_of(ben)}")
    await picks(phone, "Mia", "1357")
    await phone.sees("✅ 1 of 10", new=True)
    assert shown_now(phone, keypad) == ("Cancelled.", ())
    assert [entry.staff_name for entry in await home.ledger(shop)] == ["Mia"]


async def test_member_stays_at_the_terminal_for_the_window_and_no_longer(
    home: House, shop: Shop, phone: Person, clock: TestClock
) -> None:
    anna = await home.customer(shop, "Anna")
    await home.member(shop, "Sam", pin="2580")
    await home.member(shop, "Mia", pin="1357")
    await phone.sends(f"/stamp {number_of(anna)}")
    await picks(phone, "Sam", "2580")
    await phone.sees("✅ 1 of 10", new=True)
    clock.passes(minutes=14)
    await phone.sends(f"/stamp {number_of(anna)}")
    await phone.sees("✅ 2 of 10", new=True)
    clock.passes(minutes=15)
    await phone.sends(f"/stamp {number_of(anna)}")
    await phone.sees("Sam, your PIN", new=True)
    await phone.taps("Someone else")
    await picks(phone, "Mia", "1357")
    await phone.sees("✅ 3 of 10", new=True)
    assert [entry.staff_name for entry in await home.ledger(shop)] == ["Sam", "Sam", "Mia"]


async def test_who_takes_the_shared_phone_next_sees_in_whose_name_they_act(
    home: House, shop: Shop, phone: Person
) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam", pin="2580")
    await phone.sends(f"/stamp {number_of(anna)}")
    await picks(phone, "Sam", "2580")
    await phone.sees("✅ 1 of 10", new=True)
    await phone.sends(number_of(anna))
    panel = await phone.sees("1 of 10 · 9 to go", new=True)
    assert panel.text.endswith("\n👤 Sam")
    await phone.taps("+1")
    assert (await phone.sees("✅ 2 of 10", new=True)).text.endswith("\n👤 Sam")
    await sam.sends(number_of(anna))
    assert "👤" not in (await sam.sees("2 of 10", new=True)).text


async def test_store_command_signs_the_member_out(home: House, shop: Shop, phone: Person) -> None:
    anna = await home.customer(shop, "Anna")
    await home.member(shop, "Sam", pin="2580")
    await phone.sends(f"/stamp {number_of(anna)}")
    await picks(phone, "Sam", "2580")
    await phone.sees("✅ 1 of 10", new=True)
    await phone.sends("/store")
    await phone.taps("Café Knätsch")
    await phone.sees("You are working at Café Knätsch", new=True)
    await phone.sends(f"/stamp {number_of(anna)}")
    await phone.sees("Who are you?", new=True)


async def test_today_at_a_terminal_is_that_of_who_stands_there(
    home: House, shop: Shop, phone: Person
) -> None:
    await home.member(shop, "Sam", pin="2580")
    await phone.sends("/today")
    await picks(phone, "Sam", "2580")
    await phone.sees("✅ Sam is working at this phone now.", new=True)
    await phone.sends("/today")
    await phone.sees("By you", new=True)


async def test_link_opened_at_the_terminal_is_a_code_for_the_members_own_phone(
    home: House, shop: Shop, phone: Person
) -> None:
    """A scan and a tap more than choosing the PIN at the terminal."""
    anna, tom = await home.customer(shop, "Anna"), home.sandbox.person("Tom", role_hint="staff")
    _, link = await home.invites(shop, "Tom")
    await phone.opens(link)
    shown = await phone.sees("This link is for your own phone: scan this code", new=True)
    assert shown.photo is not None
    await tom.scans(phone)
    await tom.sees(has_keypad, new=True)
    await chooses_pin(tom, "9753")
    await tom.sees("Your PIN is set")
    await phone.sends(f"/stamp {number_of(anna)}")
    await picks(phone, "Tom", "9753")
    await phone.sees("✅ 1 of 10", new=True)
    assert [entry.staff_name for entry in await home.ledger(shop)] == ["Tom"]
    assert home.rows("SELECT user_id FROM staff WHERE name = 'Tom'") == [(tom.id,)]


async def test_own_card_of_the_member_is_refused_at_the_terminal_too(
    home: House, shop: Shop, phone: Person
) -> None:
    sam = await home.member(shop, "Sam", pin="2580")
    await sam.opens(shop.join_link)
    await sam.sees("Welcome to Café Knätsch!", new=True)
    await sam.sees(lambda message: message.photo, new=True)
    await phone.sends(f"/stamp {number_of(sam)}")
    await picks(phone, "Sam", "2580")
    await phone.sees("This is your own card. Ask a colleague to do it.", new=True)
    assert await home.ledger(shop) == []


async def test_terminal_of_one_store_does_not_know_the_team_of_another(home: House, shop: Shop) -> None:
    gare, _ = await home.adds_store(shop, "Gare")
    await home.member(shop, "Sam", pin="2580")
    await home.member(shop, "Mia", pin="1357", store_id=gare)
    await home.member(shop, "Lou", Role.MANAGER, pin="8642")
    phone = await home.member(shop, "Counter", Role.TERMINAL, store_id=gare)
    await phone.sends("/today")
    assert (await phone.sees("Who are you?", new=True)).button_texts == ("Lou", "Mia")


async def test_wrong_pins_at_the_terminal_lock_the_member_there_and_not_on_their_own_phone(
    home: House, shop: Shop, phone: Person
) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    sam = await home.member(shop, "Sam", pin="2580")
    await phone.sends(f"/stamp {number_of(anna)}")
    await phone.sees("Who are you?", new=True)
    await phone.taps("Sam")
    await phone.sees("Sam, your PIN", new=True)
    for _ in range(5):
        await phone.sends("1111")
    await phone.sees("Too many wrong PINs.")
    await paul.sees("🔒 Five wrong PINs for Sam on Counter. Locked there until 11:15.")
    await sam.sends(f"/stamp {number_of(anna)}")
    await sam.sees("✅ 1 of 10", new=True)
