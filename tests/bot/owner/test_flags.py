"""``/flags``: what an owner should look at, told in the chat, dismissed with one tap."""

from bot.jobs.flags import look_for_flags
from bot.kit.buttons import Verb, press, short_id
from domain.flags import FlagKind, Suspicion
from domain.ids import FlagId, StaffId
from domain.staff import Role
from domain.usecases.watch import RaiseFlags, raise_flags
from tests.support.house import House, Shop, number_of, shown_now

STAFF_ID = "SELECT staff_id FROM staff WHERE name = ?"
DISMISSED = "SELECT count(*) FROM flags WHERE dismissed_at IS NOT NULL"


async def raises(home: House, shop: Shop, kind: FlagKind, name: str = "Tom") -> FlagId:
    """As the job does that found it."""
    [(staff_id,)] = home.rows(STAFF_ID, name)
    now = home.clock()
    suspicion = Suspicion(
        kind=kind, staff_id=StaffId(staff_id), period=now.date(), count=20, first_at=now, last_at=now
    )
    command = RaiseFlags(merchant_id=shop.merchant_id, suspicions=[suspicion])
    assert await home.store.write(raise_flags, command) == 1
    [(flag_id,)] = home.rows("SELECT flag_id FROM flags WHERE kind = ?", kind.value)
    return FlagId(flag_id)


async def test_serious_one_is_dismissed_where_it_is_told(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await home.member(shop, "Tom")
    await raises(home, shop, FlagKind.BURST)
    told = await paul.sees("please look at this", new=True)
    assert "Tom served 20 times within ten minutes" in told.text
    await paul.taps("Nothing wrong")
    shown = await paul.sees("✅ Nothing wrong.")
    assert shown.id == told.id
    assert "Nothing wrong" not in shown.button_texts
    assert home.rows(DISMISSED) == [(1,)]


async def test_list_is_one_command_and_each_is_dismissed_in_place_with_one_tap(
    home: House, shop: Shop
) -> None:
    paul = await home.owner(shop)
    await home.member(shop, "Tom")
    for kind in (FlagKind.UNSEEN_CARDS, FlagKind.PIN_LOCKED, FlagKind.SHORTFALL, FlagKind.PAIR):
        await raises(home, shop, kind)
    await paul.sends("/flags")
    listed = await paul.sees("Things to look at", new=True)
    assert listed.text.count("Tom") == 3
    await paul.taps("2: nothing wrong")
    shown = await paul.sees(lambda message: "new cards" in message.text)
    assert shown.id == listed.id
    assert home.rows(DISMISSED) == [(1,)]
    for _ in range(3):
        await paul.taps("1: nothing wrong")
        await paul.answered()
    await paul.sees("There is nothing to look at.")


async def test_second_tap_and_a_redelivered_one_change_nothing(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await home.member(shop, "Tom")
    flag_id = await raises(home, shop, FlagKind.BURST)
    await paul.sees("please look at this", new=True)
    await paul.taps("Nothing wrong")
    await paul.sees("✅ Nothing wrong.")
    before = home.rows("SELECT dismissed_at FROM flags")
    await paul.presses_raw(press(Verb.FLAG_RIGHT, short_id(shop.merchant_id), short_id(flag_id)), paul.last)
    await paul.answered()
    assert home.rows("SELECT dismissed_at FROM flags") == before


async def test_who_becomes_an_owner_finds_what_customers_dispute_and_settles_it(
    home: House, shop: Shop
) -> None:
    paul, lea = await home.owner(shop), await home.customer(shop, "Léa")
    tom = await home.member(shop, "Tom")
    await tom.sends(f"/stamp {number_of(lea)}")
    await lea.taps("Not me", on=await lea.sees("✅ +1 stamp"))
    await paul.sees("Léa says: this was not me.")
    ida = await home.member(shop, "Ida", Role.OWNER)
    await raises(home, shop, FlagKind.PAIR)
    await ida.sends("/flags")
    listed = await ida.sees("1. ⚠️ Léa says: this was not me.\n+1 stamp, card", new=True)
    assert listed.text.index("2. Tom served") > 0
    assert listed.button_texts[:3] == ("1: settle …", "2: nothing wrong", "⚙️ When you are told")
    await ida.taps("1: settle …")
    shown = await ida.sees("Léa says: this was not me.", new=True)
    assert shown.button_texts == ("Open card", "Take back this act", "It was right", "‹ Back")
    to_it = next(each for each in listed.inline_buttons if each.text == "1: settle …")
    await ida.taps("It was right")
    settled = await ida.sees("✅ Settled: it was right.", new=True)
    assert (settled.id, settled.button_texts) == (shown.id, ("‹ Card",))
    await paul.sees("✅ Settled by Ida: it was right.")
    await ida.presses_raw(str(to_it.callback_data), listed)
    await ida.answered("This is settled already.")
    await ida.sends("/flags")
    assert "Léa" not in (await ida.sees("Things to look at", new=True)).text


async def test_dispute_that_another_settled_meanwhile_loses_its_buttons_in_the_list(
    home: House, shop: Shop
) -> None:
    paul, lea = await home.owner(shop), await home.customer(shop, "Léa")
    tom = await home.member(shop, "Tom")
    await tom.sends(f"/stamp {number_of(lea)}")
    await lea.taps("Not me", on=await lea.sees("✅ +1 stamp"))
    alarm = await paul.sees("Léa says: this was not me.")
    ida = await home.member(shop, "Ida", Role.OWNER)
    await ida.sends("/flags")
    await ida.taps("1: settle …")
    shown = await ida.sees(lambda message: "It was right" in message.button_texts, new=True)
    await paul.taps("It was right", on=alarm)
    await paul.sees("✅ Settled by Paul: it was right.")
    await ida.taps("Take back this act", on=shown)
    await ida.sees("This is settled already.", new=True)
    assert shown_now(ida, shown) == ("This is settled already.", ())


async def test_settings_lead_to_them_and_staff_see_none(home: House, shop: Shop) -> None:
    paul, tom = await home.owner(shop), await home.member(shop, "Tom")
    await paul.sends("/settings")
    await paul.sees("Settings of", new=True)
    await paul.taps("👀 Things to look at")
    await paul.sees("There is nothing to look at.")
    await tom.sends("/flags")
    await tom.sees("You may not do this here.", new=True)


async def test_manager_cannot_dismiss_what_is_about_them(home: House, shop: Shop) -> None:
    await home.owner(shop)
    mia = await home.member(shop, "Mia", Role.MANAGER)
    await raises(home, shop, FlagKind.BURST, "Mia")
    await mia.sees("please look at this", new=True)
    await mia.taps("Nothing wrong")
    await mia.answered("You may not do this here.")
    assert home.rows(DISMISSED) == [(0,)]


async def test_job_finds_nothing_where_nothing_happened(home: House, shop: Shop) -> None:
    await home.owner(shop)
    assert await look_for_flags(home.store) == 0
