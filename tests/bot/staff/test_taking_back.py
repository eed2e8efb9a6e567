"""Undo, /void and its list, and a manager's reasons."""

import pytest

from bot.sandbox import Message, Person
from domain.kinds import EntryKind
from domain.staff import Role
from tests.support.house import House, Shop, TestClock, number_of


async def stamp(staff: Person, customer: Person, count: int = 1) -> Message:
    await staff.sends(f"/stamp {number_of(customer)} {count}")
    return await staff.sees("✅", new=True)


async def kinds(home: House, shop: Shop) -> list[str]:
    return [entry.kind.value for entry in await home.ledger(shop)]


async def test_undo_takes_exactly_that_act_back(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    first = await stamp(sam, anna, 3)
    await stamp(sam, anna, 2)
    await sam.taps("Undo", on=first)
    undone = await sam.sees("↩️ 2 of 10 · 8 to go\n3 stamps taken back", new=True)
    assert undone.id == first.id
    earned, _, voided = await home.ledger(shop)
    assert (voided.kind, voided.related_entry_id) == (EntryKind.STAMP_VOIDED, earned.entry_id)
    await anna.sees("↩️ 3 stamps were taken back")


def undo_of(done: Message) -> str:
    return next(button.callback_data or "" for button in done.inline_buttons if button.text == "Undo")


@pytest.mark.parametrize(("seconds", "answer"), [(60, ""), (60.001, "Undo works for 60 seconds only.")])
async def test_undo_works_for_sixty_seconds(
    seconds: float, answer: str, home: House, shop: Shop, clock: TestClock
) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    done = await stamp(sam, anna)
    clock.passes(seconds=seconds)
    await sam.presses_raw(undo_of(done), done)
    await sam.answered(answer)
    assert len(await kinds(home, shop)) == (1 if answer else 2)


async def test_undo_asks_for_no_pin(home: House, clock: TestClock) -> None:
    shop = await home.opens_shop(require_staff_pin=True, pin_window_minutes=1)
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam", pin="2580")
    done = await stamp(sam, anna)
    clock.passes(seconds=60)
    await sam.taps("Undo", on=done)
    await sam.sees("1 stamp taken back", new=True)


async def test_undone_redemption_gives_the_stamps_back(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await stamp(sam, anna, 10)
    await sam.sends(f"/redeem {number_of(anna)}")
    done = await sam.sees("Hand out", new=True)
    await sam.taps("Undo", on=done)
    await sam.sees("The reward was not handed out: its stamps are back.", new=True)
    await anna.sees("Your reward was not handed out")
    assert await kinds(home, shop) == ["stamp_earned", "stamp_redeemed", "redemption_voided"]


async def test_undo_twice_says_that_it_is_done(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    done = await stamp(sam, anna)
    data = next(b.callback_data for b in done.inline_buttons if b.text == "Undo") or ""
    await sam.presses_raw(data, done)
    await sam.answered()
    await sam.presses_raw(data, done)
    await sam.answered()
    await sam.presses_raw(data[:-11] + "AAAAAAAAAAA", done)
    await sam.answered("This was already taken back.")
    assert await kinds(home, shop) == ["stamp_earned", "stamp_voided"]


async def test_merchant_may_switch_taking_back_off(home: House) -> None:
    shop = await home.opens_shop(allow_void=False)
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    assert "Undo" not in (await stamp(sam, anna)).button_texts
    await sam.sends(f"/void {number_of(anna)}")
    await sam.sees("Taking back is switched off here. Ask the owner.", new=True)
    await sam.sends(number_of(anna))
    panel = await sam.sees("Anna · ", new=True)
    assert "Take back …" not in panel.button_texts


@pytest.mark.parametrize(
    ("words", "said", "balance"),
    [
        ("", "2 stamps taken back", 3),
        (" 1", "1 stamp taken back", 4),
        (" 4", "4 stamps taken back", 1),
        (" 5 wrong card", "5 stamps taken back", 0),
        (" wrong card", "2 stamps taken back", 3),
        (" 6", "Not enough stamps: 5 of 6.", 5),
        (" 0", "Enter a number of stamps from 1 to 20.", 5),
    ],
)
async def test_forms_of_void(words: str, said: str, balance: int, home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await stamp(sam, anna, 3)
    await stamp(sam, anna, 2)
    await sam.sends(f"/void {number_of(anna)}{words}")
    await sam.sees(said, new=True)
    assert [line.stamp_count for line in await home.cards(shop)] == [balance]
    if words.strip("1234567890 "):
        assert home.rows("SELECT note FROM entries WHERE kind = 'stamp_voided'") == [("wrong card",)]


async def test_void_of_nothing_says_so(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends(f"/void {number_of(anna)}")
    await sam.sees("There is nothing on this card that you could take back.", new=True)


async def test_list_names_what_may_be_taken_back_newest_first(
    home: House, shop: Shop, clock: TestClock
) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await stamp(sam, anna, 10)
    clock.passes(minutes=5)
    await sam.sends(f"/redeem {number_of(anna)}")
    await sam.sees("Hand out", new=True)
    await sam.taps("‹ Card")
    await sam.taps("Take back …")
    shown = await sam.sees("What should be taken back?", new=True)
    assert shown.button_texts == (
        "Reward redeemed · 15/06/2026, 11:05",
        "+10 stamps · 15/06/2026, 11:00",
        "‹ Card",
    )
    await sam.taps("+10 stamps · 15/06/2026, 11:00")
    told = await sam.sees("10 stamps had already been spent on a reward; the manager is told.", new=True)
    assert told.text.startswith("↩️ 0 of 10")


async def test_own_acts_can_be_taken_back_for_fifteen_minutes(
    home: House, shop: Shop, clock: TestClock
) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await stamp(sam, anna)
    clock.passes(minutes=15)
    await sam.sends(number_of(anna))
    await sam.taps("Take back …")
    shown = await sam.sees("What should be taken back?", new=True)
    [entry] = set(shown.button_texts) - {"‹ Card"}
    clock.passes(seconds=1)
    await sam.taps(entry)
    await sam.answered("You can take back what you did yourself for 15 minutes. After that, ask a manager.")
    await sam.sends(number_of(anna))
    panel = await sam.sees(lambda shown: "+1" in shown.button_texts, new=True)
    assert "Take back …" not in panel.button_texts


async def test_colleague_may_not_take_back_what_another_did(home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Anna")
    sam, mia = await home.member(shop, "Sam"), await home.member(shop, "Mia")
    await stamp(sam, anna)
    await mia.sends(f"/void {number_of(anna)} 1")
    await mia.sees("You may not do this here.", new=True)
    assert await kinds(home, shop) == ["stamp_earned"]


async def test_manager_takes_anything_back_with_a_reason_and_is_the_voids_staff(
    home: House, shop: Shop, clock: TestClock
) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    mia = await home.member(shop, "Mia", Role.MANAGER)
    await stamp(sam, anna, 2)
    clock.passes(days=3)
    await mia.sends(f"/void {number_of(anna)} 2")
    await mia.sees("What should be taken back?", new=True)
    await mia.taps("+2 stamps · 15/06/2026, 11:00")
    why = await mia.sees("Why is it being taken back?", new=True)
    said = ("Mistake at the till", "Wrong card", "Customer changed their mind")
    assert tuple(label for label in why.button_texts if label != "‹ Card") == said
    await mia.taps("Wrong card")
    await mia.sees("2 stamps taken back", new=True)
    assert [entry.staff_name for entry in await home.ledger(shop)] == ["Sam", "Mia"]
    assert home.rows("SELECT note FROM entries ORDER BY entry_no") == [(None,), ("Wrong card",)]


async def test_shortfall_of_a_void_is_told_to_every_manager_once(home: House, shop: Shop) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    mia, sam = await home.member(shop, "Mia", Role.MANAGER), await home.member(shop, "Sam")
    done = await stamp(sam, anna, 10)
    await stamp(sam, anna, 2)
    await sam.sends(f"/redeem {number_of(anna)}")
    await sam.sees("Hand out", new=True)
    await sam.taps("Undo", on=done)
    await sam.sees("8 stamps had already been spent", new=True)
    for each in (paul, mia):
        await each.sees(f"Sam took 10 stamps back from card {number_of(anna)}, which held only 2.")
    await home.until_rows("SELECT count(*) FROM deliveries WHERE delivered_at IS NULL", [(0,)])
    alerts = "SELECT count(*) FROM outbox WHERE kind = 'staff_alert'"
    assert home.rows(alerts) == [(2,)]
    assert "back from card" not in " ".join(message.text for message in sam.messages)
