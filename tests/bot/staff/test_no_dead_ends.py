"""What ends in a refusal, a *Cancelled* or a lock leaves the card's panel there, with what is possible now."""

from pathlib import Path

import pytest

from bot.app.process import Surroundings
from bot.sandbox import Message, Person, Sandbox
from domain.rules.card_numbers import card_number
from domain.staff import Role
from tests.support.house import UNHURRIED, House, Shop, TestClock, house, number_of, types_pin

PANEL = ("+1", "+2", "+3")
NOBODYS = card_number(48210937)


@pytest.fixture
async def strict(home: House) -> Shop:
    return await home.opens_shop(require_staff_pin=True, pin_window_minutes=15)


async def stamped(staff: Person, customer: Person, count: int = 1) -> Message:
    await staff.sends(f"/stamp {number_of(customer)} {count}")
    return await staff.sees("✅", new=True)


def possible(panel: Message) -> set[str]:
    """Where the finger was nothing else with an effect comes up: rows move, and what leads nowhere else fills in."""
    return {*panel.button_texts} - {"‹ Card"}


async def until_replaced(home: House, staff: Person, message: Message) -> Message:
    """A minute is over: the job has been round."""
    await home.sandbox.until(
        lambda: any(m.id == message.id and "Undo" not in m.button_texts for m in staff.messages)
    )
    return next(shown for shown in staff.messages if shown.id == message.id)


async def test_refused_button_is_answered_and_the_panel_is_there_again(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    full = await stamped(sam, anna, 10)
    await sam.sends(f"/redeem {number_of(anna)}")
    await sam.sees("Hand out", new=True)
    await sam.taps("🎁 Redeem (1 reward ready)", on=full)
    await sam.answered("Not enough stamps: 0 of 10.")
    panel = await sam.sees("0 of 10 · 10 to go", new=True)
    assert (panel.id, possible(panel)) == (full.id, {*PANEL, "Take back …"})


async def test_refused_command_is_answered_by_one_message_with_the_panel(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends(f"/redeem {number_of(anna)}")
    told = await sam.sees("Not enough stamps: 0 of 10.", new=True)
    assert told.text.endswith(f"0 of 10 · 10 to go\nAnna · {number_of(anna)}\nToday: 0")
    assert told.button_texts == PANEL


async def test_refused_card_of_nobody_has_no_panel(home: House, shop: Shop) -> None:
    sam = await home.member(shop, "Sam")
    await sam.sends(f"/stamp {NOBODYS}")
    told = await sam.sees("There is no such card here.", new=True)
    assert told.button_texts == ()


async def test_cancelled_pin_leaves_the_panel(home: House, strict: Shop, clock: TestClock) -> None:
    anna, sam = await home.customer(strict, "Anna"), await home.member(strict, "Sam", pin="2580")
    clock.passes(minutes=15)
    await sam.sends(f"/stamp {number_of(anna)}")
    await sam.sees("Sam, your PIN", new=True)
    await sam.taps("Cancel")
    panel = await sam.sees("Cancelled.\n\n0 of 10", new=True)
    assert possible(panel) == {*PANEL}


async def test_lock_after_wrong_pins_leaves_the_panel(home: House, strict: Shop, clock: TestClock) -> None:
    anna, sam = await home.customer(strict, "Anna"), await home.member(strict, "Sam", pin="2580")
    clock.passes(minutes=15)
    await sam.sends(f"/stamp {number_of(anna)}")
    await sam.sees("Sam, your PIN", new=True)
    for _ in range(5):
        await sam.sends("1111")
    panel = await sam.sees("Too many wrong PINs. Try again from 11:30, or ask a manager.\n\n0 of 10")
    assert panel.button_texts == PANEL


async def test_what_happened_while_the_pin_was_typed_is_told_over_the_panel(
    home: House, clock: TestClock
) -> None:
    shop = await home.opens_shop(require_staff_pin=True, pin_window_minutes=15, max_daily_stamps=2)
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam", pin="2580")
    clock.passes(minutes=15)
    await sam.sends(f"/stamp {number_of(anna)} 2")
    await sam.sees("Sam, your PIN", new=True)
    mia = await home.member(shop, "Mia", pin="1357")
    await stamped(mia, anna)
    await types_pin(sam)
    panel = await sam.sees("Only 2 stamps a day: more tomorrow.\n\n1 of 10", new=True)
    assert possible(panel) == {"+1", "🔒 Lock"}
    assert len(await home.ledger(shop)) == 1


async def test_cooldown_is_told_before_the_pin_is_asked_for(home: House, clock: TestClock) -> None:
    shop = await home.opens_shop(require_staff_pin=True, pin_window_minutes=0, cooldown_minutes=30)
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam", pin="2580")
    await sam.sends(f"/stamp {number_of(anna)}")
    await sam.sees("Sam, your PIN", new=True)
    await types_pin(sam)
    await sam.sees("✅ 1 of 10", new=True)
    await sam.sends(f"/stamp {number_of(anna)}")
    refused = await sam.sees(
        "This card has been stamped already. The next stamp is possible from 11:30.", new=True
    )
    assert refused.text.count("11:30") == 1


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (f"/stamp {NOBODYS}", "There is no such card here."),
        (NOBODYS, "There is no such card here."),
        ("/stamp {} 3", "Only 2 stamps a day"),
        ("/redeem {}", "Not enough stamps: 0 of 10."),
    ],
)
async def test_shared_phone_asks_nobody_who_they_are_for_what_is_refused_anyway(
    home: House, command: str, said: str
) -> None:
    shop = await home.opens_shop(max_daily_stamps=2)
    anna = await home.customer(shop, "Anna")
    await home.member(shop, "Sam", pin="2580")
    phone = await home.member(shop, "Counter", Role.TERMINAL)
    await phone.sends(command.format(number_of(anna)))
    told = await phone.sees(said, new=True)
    assert told.button_texts == ()
    await phone.sends(f"/stamp {number_of(anna)} 2")
    await phone.sees("Who are you?", new=True)


async def test_lock_under_the_panel_asks_for_the_pin_at_the_next_act(home: House, strict: Shop) -> None:
    anna, sam = await home.customer(strict, "Anna"), await home.member(strict, "Sam", pin="2580")
    await sam.sends(number_of(anna))
    panel = await sam.sees("Anna · ", new=True)
    assert panel.button_texts == (*PANEL, "🔒 Lock")
    await sam.taps("🔒 Lock")
    again = await sam.sees("Locked: the next act asks for the PIN.\n\n0 of 10", new=True)
    assert (again.id, possible(again)) == (panel.id, {*PANEL})
    await sam.taps("+1")
    await sam.sees("Sam, your PIN", new=True)
    await types_pin(sam)
    await sam.sees("✅ 1 of 10", new=True)


async def test_lock_under_today_asks_who_stands_at_the_shared_phone(home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Anna")
    await home.member(shop, "Sam", pin="2580")
    phone = await home.member(shop, "Counter", Role.TERMINAL)
    await phone.sends(f"/stamp {number_of(anna)}")
    await phone.taps("Sam")
    await phone.sees("Sam, your PIN", new=True)
    await types_pin(phone)
    await phone.sees("✅ 1 of 10", new=True)
    await phone.sends("/today")
    await phone.sees("By you", new=True)
    await phone.taps("🔒 Lock")
    await phone.sees("Who are you?", new=True)
    await phone.sends(f"/stamp {number_of(anna)}")
    await phone.sees("Who are you?", new=True)


async def test_today_has_no_lock_where_no_pin_is_asked_for(home: House, shop: Shop) -> None:
    sam = await home.member(shop, "Sam", pin="2580")
    await sam.sends("/today")
    told = await sam.sees("By you", new=True)
    assert told.button_texts == ()


async def test_undo_goes_away_after_its_minute_and_take_back_comes(
    home: House, shop: Shop, clock: TestClock
) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    done = await stamped(sam, anna)
    clock.passes(seconds=60, microseconds=1)
    after = await until_replaced(home, sam, done)
    assert (after.text, after.button_texts) == (done.text, ("‹ Card", "Take back …"))
    await sam.taps("Take back …", on=after)
    await sam.taps("+1 stamp · 15/06/2026, 11:00")
    await sam.sees("1 stamp taken back", new=True)


async def test_what_was_shown_there_since_stays(home: House, shop: Shop, clock: TestClock) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    first, second = await stamped(sam, anna), await stamped(sam, anna)
    await sam.taps("‹ Card", on=first)
    panel = await sam.sees("Today: 2", new=True)
    clock.passes(minutes=2)
    await until_replaced(home, sam, second)
    assert (panel.id, sam.last.id) == (first.id, second.id)
    [shown] = [message for message in sam.messages if message.id == first.id]
    assert shown.button_texts == (*PANEL, "Take back …")


async def test_undo_that_outlived_a_restart_says_so_and_leads_to_take_back(
    tmp_path: Path, clock: TestClock
) -> None:
    around = Surroundings(clock=clock, limits=UNHURRIED)
    async with Sandbox() as sandbox:
        async with house(tmp_path / "a.db", around, sandbox) as before:
            shop = await before.opens_shop()
            anna, sam = await before.customer(shop, "Anna"), await before.member(shop, "Sam")
            done = await stamped(sam, anna)
            await before.at_rest()
        clock.passes(minutes=2)
        async with house(tmp_path / "a.db", around, sandbox):
            await sam.taps("Undo", on=done)
            await sam.answered("Undo works for 60 seconds only.")
            panel = await sam.sees("1 of 10", new=True)
            assert (panel.id, possible(panel)) == (done.id, {*PANEL, "Take back …"})


async def test_manager_types_no_reason(home: House, shop: Shop, clock: TestClock) -> None:
    """Also when the list is older than the quarter of an hour in which none is needed."""
    anna, mia = await home.customer(shop, "Anna"), await home.member(shop, "Mia", Role.MANAGER)
    await stamped(mia, anna, 2)
    await mia.sends(number_of(anna))
    await mia.taps("Take back …")
    await mia.sees("What should be taken back?", new=True)
    clock.passes(minutes=16)
    await mia.taps("+2 stamps · 15/06/2026, 11:00")
    await mia.sees("Why is it being taken back?", new=True)
    await mia.taps("Wrong card")
    await mia.sees("2 stamps taken back", new=True)
