"""``/stores``: an owner adds, renames, closes and opens stores in the chat."""

from bot.sandbox import Person
from domain.staff import Role
from tests.support.house import House, Shop, number_of

STORES = "SELECT name, active FROM stores ORDER BY store_id"
CHANGES = "SELECT field, before, after FROM changes ORDER BY change_id"


async def begins_a_store(person: Person) -> None:
    await person.sends("/stores")
    await person.sees("Your stores", new=True)
    await person.taps("Add a store")
    await person.sees("What is the new store called?")


async def opens_page_of(person: Person, name: str) -> None:
    await person.sends("/stores")
    await person.sees("Your stores", new=True)
    await person.taps(name)
    await person.sees("Open.")


async def closes(person: Person, name: str) -> None:
    await opens_page_of(person, name)
    await person.taps("Close the store …")
    await person.sees(f"Close {name}?")
    await person.taps("Close it")


async def test_store_is_added_and_renamed_by_its_typed_name(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await begins_a_store(paul)
    await paul.sends(" Gare ")
    await paul.sees("Gare\nOpen.", new=True)
    await paul.taps("Rename")
    await paul.sees("What is Gare to be called?")
    await paul.sends("Belval")
    page = await paul.sees("Belval\nOpen.", new=True)
    assert page.button_texts == (
        "Rename",
        "Poster",
        "Opening hours: Not said",
        "🏖 Holidays",
        "Close the store …",
        "‹ All stores",
    )
    assert home.rows(STORES) == [("Café Knätsch", 1), ("Belval", 1)]
    assert home.rows(CHANGES) == [("name", "Gare", "Belval")]


async def test_refused_name_may_be_sent_again(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await begins_a_store(paul)
    await paul.sends("x" * 200)
    await paul.sees("Give a name of 1 to", new=True)
    await paul.sends("Gare")
    await paul.sees("Gare\nOpen.", new=True)


async def test_what_is_typed_after_back_and_a_card_number_are_no_names(home: House, shop: Shop) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    await begins_a_store(paul)
    await paul.sends(number_of(anna))
    await paul.sees("Anna · ", new=True)
    await begins_a_store(paul)
    await paul.taps("‹ Back")
    await paul.sees("Your stores")
    await paul.sends("Gare")
    await paul.sees("", new=True)
    assert home.rows(STORES) == [("Café Knätsch", 1)]


async def test_store_is_closed_in_four_messages_and_taps_and_opened_again(home: House, shop: Shop) -> None:
    await home.adds_store(shop, "Gare")
    paul = await home.owner(shop)
    await closes(paul, "Gare")
    page = await paul.sees("Closed: its poster leads nowhere")
    assert set(page.button_texts) == {
        "Rename",
        "Opening hours: Not said",
        "🏖 Holidays",
        "Open the store again",
        "‹ All stores",
    }
    await paul.taps("‹ All stores")
    listed = await paul.sees("Your stores")
    assert listed.button_texts == ("Café Knätsch", "Gare · closed", "Add a store", "‹ Settings")
    await paul.taps("Gare · closed")
    await paul.sees("Closed: its poster leads nowhere")
    await paul.taps("Open the store again")
    await paul.sees("Gare\nOpen.")
    assert home.rows(CHANGES) == [("active", "yes", "no"), ("active", "no", "yes")]


async def test_opening_hours_are_tapped_or_typed_and_seen_on_the_page(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await opens_page_of(paul, "Café Knätsch")
    await paul.taps("Opening hours: Not said")
    await paul.sees("Opening hours: Not said\nSuch as")
    await paul.sends("whenever")
    await paul.sees("Those are no opening hours.", new=True)
    await paul.sends("Mo-Fr 8-18:30, sam 9-13")
    page = await paul.sees("Not said → Mon–Fri 08:00–18:30, Sat 09:00–13:00", new=True)
    assert "Café Knätsch\nOpen." in page.text
    await paul.taps("Opening hours: Mon–Fri 08:00–18:30, Sat 0…")
    await paul.sees("Opening hours: Mon–Fri 08:00–18:30, Sat 09:00–13:00\nSuch as")
    await paul.taps("Mon–Sat 09:00–18:00")
    await paul.sees("→ Mon–Sat 09:00–18:00")
    assert home.rows(CHANGES) == [
        ("opening_hours", "none", "Mon-Fri 08:00-18:30, Sat 09:00-13:00"),
        ("opening_hours", "Mon-Fri 08:00-18:30, Sat 09:00-13:00", "Mon-Sat 09:00-18:00"),
    ]


async def test_what_is_typed_after_back_is_no_hours(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await opens_page_of(paul, "Café Knätsch")
    await paul.taps("Opening hours: Not said")
    await paul.sees("Such as")
    await paul.taps("‹ Back")
    await paul.sees("Open.")
    await paul.sends("Mon-Fri 8-18")
    await paul.sees("", new=True)
    assert home.rows(CHANGES) == []


async def test_last_open_store_is_not_closed(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await closes(paul, "Café Knätsch")
    await home.at_rest()
    assert home.rows(STORES) == [("Café Knätsch", 1)]


async def test_staff_are_told_nothing(home: House, shop: Shop) -> None:
    sam = await home.member(shop, "Sam", Role.STAFF)
    await sam.sends("/stores")
    answer = await sam.sees("You may not do this here.", new=True)
    assert answer.button_texts == ()
