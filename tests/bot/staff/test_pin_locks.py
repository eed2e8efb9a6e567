"""Guessing a PIN does not pay: five wrong tries lock, twenty until a manager hands out a link."""

import pytest

from bot.kit.buttons import Verb, press, short_id
from bot.sandbox import Person
from domain.staff import Role
from tests.support.house import House, Shop, TestClock, chooses_pin, number_of, types_pin


@pytest.fixture
async def shop(home: House) -> Shop:
    return await home.opens_shop(require_staff_pin=True, pin_window_minutes=0)


async def asks_for_pin(staff: Person, customer: Person) -> None:
    await staff.sends(f"/stamp {number_of(customer)}")
    await staff.sees("your PIN", new=True)


async def guesses(staff: Person, customer: Person, times: int = 5) -> None:
    """So many wrong tries, typed as text; the last brings a lock."""
    await asks_for_pin(staff, customer)
    for _ in range(times):
        await staff.sends("1111")
    await staff.sees(lambda message: "wrong PINs" in message.text or "is locked" in message.text, new=True)


async def test_fifth_wrong_pin_locks_and_managers_hear_of_it(home: House, shop: Shop) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    sam, mia = await home.member(shop, "Sam", pin="2580"), await home.member(shop, "Mia", Role.MANAGER)
    await guesses(sam, anna)
    await sam.sees("Too many wrong PINs. Try again from 11:15, or ask a manager.")
    for each in (paul, mia):
        told = await each.sees("🔒 Five wrong PINs for Sam. Locked until 11:15.")
        assert told.button_texts == ("Let them choose a new PIN",)
    assert not any("Five wrong" in message.text for message in sam.messages)


async def test_alarm_that_one_manager_has_seen_to_is_over_for_the_other(home: House, shop: Shop) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    sam, mia = await home.member(shop, "Sam", pin="2580"), await home.member(shop, "Mia", Role.MANAGER)
    await guesses(sam, anna)
    alarm = await paul.sees("🔒 Five wrong PINs for Sam.")
    await mia.taps("Let them choose a new PIN")
    await mia.sees("Forward this to Sam.", new=True)
    over = await paul.sees("Mia lets them choose a new PIN.")
    assert (over.id, over.button_texts) == (alarm.id, ())
    assert over.html.startswith("<s>🔒 <b>Five wrong PINs for Sam.</b>")
    await mia.sees("Mia lets them choose a new PIN.")


async def test_right_pin_does_not_open_a_lock_before_its_time(
    home: House, shop: Shop, clock: TestClock
) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam", pin="2580")
    await guesses(sam, anna)
    clock.passes(minutes=14, seconds=59)
    await sam.sends(f"/stamp {number_of(anna)}")
    await sam.sees("Too many wrong PINs.", new=True)
    clock.passes(seconds=1)
    await asks_for_pin(sam, anna)
    await types_pin(sam)
    await sam.sees("✅ 1 of 10", new=True)


@pytest.mark.usefixtures("no_gate")
async def test_locks_double_and_the_twentieth_try_blocks_until_a_manager_helps(
    home: House, shop: Shop, clock: TestClock
) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    sam = await home.member(shop, "Sam", pin="2580")
    for minutes in (15, 30, 60):
        await guesses(sam, anna)
        clock.passes(minutes=minutes, seconds=-1)
        await sam.sends(f"/stamp {number_of(anna)}")
        await sam.sees("Too many wrong PINs.", new=True)
        clock.passes(seconds=1)
    await guesses(sam, anna)
    await sam.sees(
        "Your PIN is locked. Ask a manager, or whoever looks after this bot, for a link to choose a new one."
    )
    clock.passes(days=2)
    await sam.sends(f"/stamp {number_of(anna)}")
    await sam.sees("Your PIN is locked.", new=True)

    told = await paul.sees("🔒 Twenty wrong PINs for Sam. Locked until a new PIN is chosen.")
    await paul.taps("Let them choose a new PIN", on=told)
    handed_over = await paul.sees("Forward this to Sam.", new=True)
    link = handed_over.text.splitlines()[-1]
    await sam.opens(link)
    await sam.sees("Sam, you can choose a new PIN now.", new=True)
    await chooses_pin(sam, "8642")
    await sam.sees("Your PIN is set")
    await asks_for_pin(sam, anna)
    await types_pin(sam, "2580")
    await sam.answered("Wrong PIN. 4 tries left.")
    await sam.sees("Sam, your PIN", new=True)
    await types_pin(sam, "8642")
    await sam.sees("✅ 1 of 10", new=True)


async def reset_link(home: House, shop: Shop, manager: Person, name: str) -> str:
    [(staff_id,)] = home.rows("SELECT staff_id FROM staff WHERE name = ?", name)
    data = press(Verb.RESET_PIN, short_id(shop.merchant_id), short_id(staff_id))
    await manager.presses_raw(data, manager.last)
    return (await manager.sees(f"Forward this to {name}.", new=True)).text.splitlines()[-1]


async def test_reset_link_works_only_for_the_member_it_is_for_and_once(home: House, shop: Shop) -> None:
    paul, sam = await home.owner(shop), await home.member(shop, "Sam", pin="2580")
    mia, eve = await home.member(shop, "Mia", pin="1357"), home.sandbox.person("Eve")
    link = await reset_link(home, shop, paul, "Sam")
    for other in (mia, eve, paul):
        await other.opens(link)
        await other.sees("This link does not work, or not any more.", new=True)
    await sam.opens(link)
    await sam.sees("you can choose a new PIN now", new=True)
    await chooses_pin(sam, "8642")
    await mia.opens(link)
    await mia.sees("This link was already used.", new=True)


async def test_used_reset_link_does_not_take_the_new_pin_away(home: House, shop: Shop) -> None:
    paul, sam = await home.owner(shop), await home.member(shop, "Sam", pin="2580")
    anna = await home.customer(shop, "Anna")
    link = await reset_link(home, shop, paul, "Sam")
    await sam.opens(link)
    await sam.sees("you can choose a new PIN now", new=True)
    await chooses_pin(sam, "8642")
    await sam.opens(link)
    await sam.sees("This link was already used. Ask for a new one.", new=True)
    await asks_for_pin(sam, anna)
    await types_pin(sam, "8642")
    await sam.sees("✅ 1 of 10", new=True)


async def test_reset_link_expires_after_a_week(home: House, shop: Shop, clock: TestClock) -> None:
    paul, sam = await home.owner(shop), await home.member(shop, "Sam", pin="2580")
    link = await reset_link(home, shop, paul, "Sam")
    clock.passes(days=7)
    await sam.opens(link)
    await sam.sees("This link has expired. Ask for a new one.", new=True)


async def test_old_pin_works_until_the_reset_link_is_opened(home: House, shop: Shop) -> None:
    paul, sam = await home.owner(shop), await home.member(shop, "Sam", pin="2580")
    anna = await home.customer(shop, "Anna")
    await reset_link(home, shop, paul, "Sam")
    await asks_for_pin(sam, anna)
    await types_pin(sam)
    await sam.sees("✅ 1 of 10", new=True)


async def test_whoever_is_reset_is_told_and_undoes_it_with_a_tap(home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Anna")
    mia, sam = await home.member(shop, "Mia", Role.MANAGER), await home.member(shop, "Sam", pin="2580")
    link = await reset_link(home, shop, mia, "Sam")
    told = await sam.sees("🔑 Mia lets you choose a new PIN at Café Knätsch.")
    await sam.opens(link)
    await sam.sees("you can choose a new PIN now", new=True)
    await chooses_pin(sam, "8642")
    await sam.taps("Undo", on=told)
    undone = await sam.sees("✅ Your old PIN holds.")
    assert (undone.id, undone.button_texts) == (told.id, ())
    await sam.opens(link)
    await sam.sees("This link does not work, or not any more.", new=True)
    await asks_for_pin(sam, anna)
    await types_pin(sam, "2580")
    await sam.sees("✅ 1 of 10", new=True)


async def test_manager_does_not_reset_the_pin_of_the_owner(home: House, shop: Shop) -> None:
    paul, mia = await home.owner(shop, pin="1357"), await home.member(shop, "Mia", Role.MANAGER)
    [(owner,)] = home.rows("SELECT staff_id FROM staff WHERE role = 'owner'")
    await mia.presses_raw(press(Verb.RESET_PIN, short_id(shop.merchant_id), short_id(owner)), mia.last)
    await mia.answered("You may not do this here. Ask the owner, or check where you are working: /store")
    assert home.rows("SELECT count(*) FROM invites WHERE purpose = 'reset_pin'") == [(0,)]
    assert not any("choose a new PIN" in message.text for message in paul.messages)


async def test_manager_is_told_of_the_owners_lock_without_a_way_to_reset_it(home: House, shop: Shop) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop, pin="1357")
    mia = await home.member(shop, "Mia", Role.MANAGER)
    await guesses(paul, anna)
    assert (await mia.sees("🔒 Five wrong PINs for")).button_texts == ()
