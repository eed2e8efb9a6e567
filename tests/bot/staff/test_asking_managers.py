"""Staff ask a manager in the chat for what they may not do alone; everybody's message changes by itself."""

from bot.sandbox import Person
from domain.staff import Role
from tests.support.house import PIN, House, Shop, TestClock, has_keypad, number_of, types_pin

OWED = "SELECT count(*) FROM deliveries WHERE delivered_at IS NULL"


async def test_stamps_above_the_limit_are_asked_for_and_given_with_one_tap_and_a_pin(
    home: House, clock: TestClock
) -> None:
    shop = await home.opens_shop(max_daily_stamps=1, require_staff_pin=True)
    paul, sam = await home.owner(shop, pin=PIN), await home.member(shop, "Sam", pin=PIN)
    mia = await home.member(shop, "Mia", Role.MANAGER)
    anna = await home.customer(shop, "Anna")
    await sam.sends(f"/stamp {number_of(anna)}")
    await sam.sees("1 of 10", new=True)
    clock.passes(minutes=10)
    await sam.sends(f"/stamp {number_of(anna)} 5")
    refused = await sam.sees("Only 1 stamp a day: more tomorrow.", new=True)
    assert refused.button_texts[:3] == ("🙋 +1", "🙋 +2", "🙋 +5")
    await sam.taps("🙋 +2", on=refused)
    await sam.taps("Several purchases")
    waiting = await sam.sees("⏳ Asked Mia, Paul: +2 stamps, above the limit of 1 a day")
    assert (waiting.id, {*waiting.button_texts}) == (refused.id, {"Open card", "Withdraw the request"})
    asked, other = [
        await each.sees("🙋 Sam asks: +2 stamps, above the limit of 1 a day") for each in (paul, mia)
    ]
    assert asked.text.splitlines()[1:] == [
        f"Anna · {number_of(anna)} · Café Knätsch",
        "Why: Several purchases",
        "Can be answered until 11:40.",
    ]
    assert asked.button_texts == ("Approve", "Decline", "Open card")
    await home.until_rows(OWED, [(0,)])
    clock.passes(minutes=8)
    await paul.taps("Approve", on=asked)
    await paul.sees(has_keypad, new=True)
    await types_pin(paul)
    await paul.sees("✅ Approved. Sam is told.")
    answer = await sam.sees("✅ Approved by Paul.\nSam: +2 stamps, above the limit of 1 a day\nAnna")
    assert (answer.id, answer.button_texts) == (waiting.id, ("‹ Card",))
    for each, was in ((paul, asked), (mia, other)):
        settled = await each.sees("✅ Approved by Paul.\nSam: +2 stamps")
        assert (settled.id, settled.button_texts) == (was.id, ())
    assert [(line.staff_name, line.approved_by, line.stamps_delta) for line in await home.ledger(shop)] == [
        ("Sam", None, 1),
        ("Sam", "Paul", 2),
    ]
    await mia.presses_raw(other.inline_buttons[0].callback_data or "", other)
    await mia.answered("This request is over: it was answered, withdrawn or too late.")
    assert await home.violations() == []


async def test_manager_reads_the_reason_in_their_own_language(home: House) -> None:
    shop = await home.opens_shop(max_daily_stamps=1)
    sam = await home.member(shop, "Sam", language="de")
    mia = await home.member(shop, "Mia", Role.MANAGER, language="fr")
    anna = await home.customer(shop, "Anna")
    await sam.sends(f"/stamp {number_of(anna)} 2")
    await sam.taps("🙋 +2")
    await sam.taps("Mehrere Einkäufe")
    await sam.sees("Grund: Mehrere Einkäufe")
    await mia.sees("Plusieurs achats")


async def asks_back(home: House, shop: Shop, clock: TestClock) -> tuple[Person, Person, Person]:
    """Sam asks whether what he did too long ago may be taken back."""
    paul, sam = await home.owner(shop), await home.member(shop, "Sam")
    anna = await home.customer(shop, "Anna")
    await sam.sends(f"/stamp {number_of(anna)}")
    await sam.sees("1 of 10", new=True)
    clock.passes(minutes=16)
    await sam.sends(number_of(anna))
    await sam.taps("Take back …", on=await sam.sees("1 of 10", new=True))
    await sam.taps("🙋 +1 stamp · 15/06/2026, 11:00")
    await sam.taps("Wrong card")
    await sam.sees("⏳ Asked Paul: take back: +1 stamp · 15/06/2026, 11:00")
    return paul, sam, anna


async def test_what_is_too_old_for_staff_is_taken_back_when_the_owner_says_yes(
    home: House, shop: Shop, clock: TestClock
) -> None:
    paul, sam, anna = await asks_back(home, shop, clock)
    asked = await paul.sees("🙋 Sam asks: take back: +1 stamp")
    await home.until_rows(OWED, [(0,)])
    await paul.taps("Approve", on=asked)
    await paul.answered("Approved. Sam is told.")
    await sam.sees("✅ Approved by Paul.\nSam: take back: +1 stamp")
    await anna.sees("1 stamp was taken back")
    [_, void] = await home.ledger(shop)
    assert (void.kind, void.staff_name, void.approved_by) == ("stamp_voided", "Sam", "Paul")


async def test_request_is_withdrawn_and_answered_no_and_late(
    home: House, shop: Shop, clock: TestClock
) -> None:
    paul, sam, _ = await asks_back(home, shop, clock)
    asked = await paul.sees("🙋 Sam asks: take back: +1 stamp")
    await home.until_rows(OWED, [(0,)])
    await sam.taps("Withdraw the request")
    await sam.sees("↩️ Withdrawn.")
    assert (await paul.sees("↩️ Withdrawn.\nSam: take back: +1 stamp")).id == asked.id
    await sam.taps("‹ Card")
    await sam.taps("Take back …")
    await sam.taps("🙋 +1 stamp · 15/06/2026, 11:00")
    await sam.taps("Wrong card")
    asked = await paul.sees("🙋 Sam asks: take back: +1 stamp", new=True)
    await home.until_rows(OWED, [(0,)])
    await paul.taps("Decline", on=asked)
    await paul.answered("Declined.")
    await sam.sees("❌ Declined by Paul.")
    assert len(await home.ledger(shop)) == 1
