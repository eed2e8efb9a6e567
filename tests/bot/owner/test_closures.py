"""Holidays in the chat: entered with what they do, changed and taken back."""

from datetime import timedelta

from domain.expiry import ExpiryKind
from domain.staff import Role
from tests.support.house import House, Shop, TestClock, number_of

CHANGES = "SELECT field, before, after FROM changes ORDER BY change_id"


async def test_holidays_are_typed_previewed_changed_and_removed(home: House, clock: TestClock) -> None:
    shop = await home.opens_shop("Café Knätsch", expiry_kind=ExpiryKind.INACTIVITY, expiry_months=1)
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    await paul.sends(f"/stamp {number_of(anna)} 1")
    await anna.sees("+1 stamp", new=True)
    first = clock().date() + timedelta(days=7)
    last = first + timedelta(days=9)
    await paul.sends("/settings")
    await paul.sees("Settings of", new=True)
    await paul.taps("🏪 Shop")
    await paul.sees("Tap what you want to change.")
    await paul.taps("🏖 Holidays")
    await paul.sees("Holidays of Café Knätsch")
    await paul.taps("➕ Add holidays")
    await paul.sees("When is Café Knätsch closed?")
    await paul.sends("when the sun shines")
    await paul.sees("Those are no dates.", new=True)
    await paul.sends(f"{first:%d.%m.}–{last:%d.%m.}")
    meant = await paul.sees("10 days closed.", new=True)
    assert "The expiry of 1 card moves by up to 10 days." in meant.text
    assert home.rows(CHANGES) == []
    await paul.taps("✅ Enter them")
    page = await paul.sees("✅ Holidays entered:")
    await paul.taps(page.button_texts[0])
    await paul.sees("Holidays of Café Knätsch")
    await paul.taps("Change the dates")
    await paul.sees("So far:")
    await paul.sends(f"{first:%d.%m.}")
    await paul.sees("Instead of:", new=True)
    await paul.taps("✅ Enter them")
    page = await paul.sees("✅ Holidays entered:")
    await paul.taps(page.button_texts[0])
    await paul.sees("Holidays of Café Knätsch")
    await paul.taps("Remove …")
    await paul.sees("What customers hold keeps the days it was given")
    await paul.taps("Remove the holidays")
    page = await paul.sees("✅ Holidays removed:")
    assert page.button_texts == ("➕ Add holidays", "‹ Back")
    long, short = f"{first}/{last}", f"{first}/{first}"
    assert home.rows(CHANGES) == [
        ("closures", "", long),
        ("closures", long, short),
        ("closures", short, ""),
    ]
    await paul.taps("‹ Back")
    await paul.sees("Tap what you want to change.")
    await anna.sends("/balance")
    day = clock().date()
    await anna.sees(f"{day.replace(month=day.month + 1) + timedelta(days=10):%-d %B}", new=True)


async def test_store_has_its_own_and_what_is_typed_after_back_is_none(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await home.adds_store(shop, "Gare")
    await paul.sends("/stores")
    await paul.sees("Your stores", new=True)
    await paul.taps("Gare")
    await paul.sees("Open.")
    await paul.taps("🏖 Holidays")
    await paul.sees("cards that were opened here")
    await paul.taps("➕ Add holidays")
    await paul.sees("When is Gare closed?")
    await paul.taps("‹ Back")
    await paul.sees("Holidays of Gare")
    await paul.sends("24.12.")
    await paul.sees("", new=True)
    assert home.rows(CHANGES) == []


async def test_staff_see_no_holidays(home: House, shop: Shop) -> None:
    sam = await home.member(shop, "Sam", Role.STAFF)
    await sam.sends("/settings")
    await sam.sees("", new=True)
    assert "🏖 Holidays" not in sam.last.button_texts
