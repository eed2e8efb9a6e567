"""A broadcast in the chat: who is asked, who gets it, and how everybody stops it."""

from PIL import Image

from bot.sandbox import Message, Person
from domain.staff import Role
from tests.bot.pictures.test_reader import saved
from tests.support.house import House, Shop, TestClock, has_picture, number_of, taps_calmly

PHOTO = saved(Image.new("RGB", (400, 300), (200, 30, 40)), "JPEG")
OF_SHOP = "SELECT state, written_count, not_allowed_count FROM campaigns"


async def stamps(staff: Person, *guests: Person) -> None:
    for guest in guests:
        await staff.sends(f"/stamp {number_of(guest)}")
        await staff.sees("✅", new=True)


def shown(person: Person, message: Message) -> str:
    """What this message says now."""
    return next(each.text for each in person.messages if each.id == message.id)


async def test_what_nobody_fills_in_is_refused_before_anybody_reads_it(home: House, shop: Shop) -> None:
    mia = await home.member(shop, "Mia", Role.MANAGER)
    await mia.sends("/broadcast")
    await mia.taps("Switch them on")
    await mia.sees("0 of 0 customers allow them.")
    await mia.sends("Dear {name}, there is cake")
    await mia.sees("Customers would read {name} just like that", new=True)
    await mia.sends("There is cake")
    await mia.sees("Café Knätsch\nThere is cake", new=True)


async def test_a_shop_asks_once_writes_to_who_said_yes_and_is_stopped_with_one_tap(
    home: House, shop: Shop, clock: TestClock
) -> None:
    mia = await home.member(shop, "Mia", Role.MANAGER)
    anna, ben = await home.customers(shop, "Anna", "Ben")
    await stamps(mia, anna)
    await mia.sends("/broadcast")
    await mia.sees("They are off.", new=True)
    await mia.taps("Switch them on")
    await mia.sees("0 of 2 customers allow them.")
    clock.passes(days=1)
    await stamps(mia, anna, ben)
    asked = await anna.sees("May Café Knätsch write to you", new=True)
    await ben.sees("May Café Knätsch write to you", new=True)
    await anna.taps("Yes please")
    await anna.sees("Café Knätsch may write to you.")
    assert asked.id == anna.last.id
    await ben.taps("No thanks")
    await ben.sees("Café Knätsch will not write to you.")

    await mia.sends("/broadcast")
    await mia.sees("1 of 2 customers allows them.", new=True)
    await mia.sends_photo(PHOTO, caption="Cake & <b>coffee</b>")
    preview = await mia.sees(has_picture, new=True)
    assert preview.caption == "Café Knätsch\nCake & coffee"
    assert "👥 Everybody · 1" in preview.button_texts
    await mia.taps("📲 Test to me")
    tried = await mia.sees(lambda message: message.id > preview.id and has_picture(message), new=True)
    assert (tried.caption, tried.button_texts) == (preview.caption, ("🔕 No more of these",))
    await mia.taps("📣 Send now …", on=preview)
    await mia.sees("Send it to 1 person now?")
    await mia.taps("📣 Send to 1")
    await mia.sees("On its way")
    got = await anna.sees("Cake & coffee", new=True)
    assert (got.caption, got.button_texts) == (preview.caption, ("🔕 No more of these",))
    await mia.sees("Reached: 1")
    await home.until_rows(OF_SHOP, [("done", 1, 1)])

    await anna.taps("🔕 No more of these")
    told = await anna.sees("Café Knätsch writes you no more of these.\nChanged your mind? /privacy")
    assert (told.id, told.button_texts) == (got.id, ())
    assert told.caption.startswith(got.caption)
    await anna.sends("/privacy")
    await anna.sees("News and offers\nOnly", new=True)
    await anna.taps("🔕 News and offers: off")
    await anna.sees(lambda message: "📣 News and offers: on" in message.button_texts)
    await anna.sends("/stop")
    await anna.sees("No more news and offers: Café Knätsch", new=True)
    await anna.taps("Undo")
    await anna.sees("News and offers come again")
    await anna.sends("/privacy")
    await anna.sees("News and offers\nOnly", new=True)
    await anna.taps("📣 News and offers: on")
    await anna.sees(lambda message: "🔕 News and offers: off" in message.button_texts)
    assert not any("no more of these" in message.text for message in ben.messages)
    await stamps(mia, ben)
    await home.at_rest()
    assert (
        sum("May Café Knätsch" in message.text or "not write" in message.text for message in ben.messages)
        == 1
    )


async def test_who_sends_at_night_is_told_that_phones_ring(home: House, shop: Shop, clock: TestClock) -> None:
    """The hours for later are those of the day; at once went out at eleven at night without a word."""
    mia, anna = await home.member(shop, "Mia", Role.MANAGER), await home.customer(shop, "Anna")
    await mia.sends("/broadcast")
    await mia.taps("Switch them on")
    clock.passes(days=1)
    await stamps(mia, anna)
    await anna.taps("Yes please")
    await anna.sees("Café Knätsch may write to you.")
    await mia.sends("Cake")
    await mia.sees("Cake", new=True)
    await mia.taps("📣 Send now …")
    assert "ring" not in (await mia.sees("Send it to 1 person now?")).text
    await mia.taps("‹ Back")
    clock.passes(hours=12)
    await mia.taps("📣 Send now …")
    await mia.sees("🌙 It is 23:00: their phones ring now. “Later …” offers hours of the day.")


async def test_a_plan_is_called_off_and_a_draft_discarded(home: House, shop: Shop, clock: TestClock) -> None:
    paul = await home.owner(shop)
    anna = await home.customer(shop, "Anna")
    await paul.sends("/broadcast")
    await paul.sees("They are off.", new=True)
    await paul.taps("Switch them on")
    await paul.sees("Broadcasts are on.")
    mia = await home.member(shop, "Mia")
    await stamps(mia, anna)
    await anna.sees("May Café Knätsch", new=True)
    await anna.taps("Yes please")
    await paul.sends("A text")
    await paul.sees("A text", new=True)
    await paul.taps("✏️ Change")
    await paul.sees("What shall it say?")
    await paul.sends("Other & words")
    await paul.sees("Other & words", new=True)
    await paul.taps("👥 Everybody · 1")
    await paul.sees("To whom?")
    await paul.taps("Here within 60 days · 1")
    await paul.sees("Other & words")
    await paul.taps("🕐 Later …")
    await paul.sees("Send it when?")
    await paul.taps("12:00")
    await paul.sees("To 1 person, as things are now.")
    await paul.taps("🕐 Plan it")
    await paul.sees("Planned for Monday, 15 June at 12:00")
    await paul.taps("Call it off")
    await paul.answered("✅ Called off. It is still here, and goes to nobody.")
    await paul.sees(lambda message: "Discard" in message.button_texts)
    await paul.taps("‹ Broadcasts")
    await paul.sees("1 of 1 customers allows them.")
    await paul.taps("✏️ Other & words")
    await paul.sees(lambda message: "Discard" in message.button_texts)
    await paul.taps("Discard")
    await paul.sees("Discarded.")
    await home.until_rows(OF_SHOP, [])
    assert not any("Other" in message.text for message in anna.messages)


async def test_an_older_preview_shows_what_would_be_sent_before_anything_is_done(
    home: House, shop: Shop
) -> None:
    """Its text stood there with *Send now*, and the newer one went out, or was discarded."""
    paul, anna, mia = (
        await home.owner(shop),
        await home.customer(shop, "Anna"),
        await home.member(shop, "Mia"),
    )
    await paul.sends("/broadcast")
    await paul.taps("Switch them on")
    await paul.sees("Broadcasts are on.")
    await stamps(mia, anna)
    await anna.sees("May Café Knätsch", new=True)
    await anna.taps("Yes please")
    await anna.sees("Café Knätsch may write to you.")
    await paul.sends("Cake at noon")
    old = await paul.sees("Cake at noon", new=True)
    for button in ("📣 Send now …", "🕐 Later …", "Discard"):
        await paul.sends("/broadcast")
        await paul.sees("Broadcasts of Café Knätsch", new=True)
        await taps_calmly(paul, next(text for text in paul.last.button_texts if text.startswith("✏️")))
        await paul.sees(lambda message: "✏️ Change" in message.button_texts, new=True)
        await taps_calmly(paul, "✏️ Change")
        await paul.sees("What shall it say?", new=True)
        await paul.sends(f"Cake before {button}")
        newer = await paul.sees(f"Cake before {button}", new=True)
        assert newer.id > old.id
        await paul.taps(button, on=old)
        await paul.answered("It was changed meanwhile")
        await home.sandbox.until(lambda: f"Cake before {button}" in shown(paul, old))  # noqa: B023
    await home.until_rows("SELECT state FROM campaigns", [("draft",)])
    await taps_calmly(paul, "📣 Send now …")
    await paul.sees("Send it to 1 person now?", new=True)


async def test_whoever_removes_a_member_is_told_what_they_have_planned(home: House, shop: Shop) -> None:
    paul, mia = await home.owner(shop), await home.member(shop, "Mia", Role.MANAGER)
    anna = await home.customer(shop, "Anna")
    await paul.sends("/broadcast")
    await paul.taps("Switch them on")
    await paul.sees("Broadcasts are on.")
    await stamps(mia, anna)
    await anna.taps("Yes please")
    await anna.sees("Café Knätsch may write to you.")
    await mia.sends("/broadcast")
    await mia.sees("1 of 1 customer", new=True)
    await mia.sends("You will hear from me")
    for label in ("🕐 Later …", "12:00", "🕐 Plan it"):
        await mia.taps(label)
    await mia.sees("Planned for")
    await paul.sends("/team")
    for label in ("Mia", "Remove from the team"):
        await paul.taps(label)
    await paul.sees("Their broadcast of 15/06/2026, 12:00 goes out all the same")
