"""Where somebody works: one store, several, or several merchants."""

import pytest

from domain.ids import StoreId
from domain.staff import Role
from tests.support.house import House, Shop, number_of, shown_now


@pytest.fixture
async def gare(home: House, shop: Shop) -> StoreId:
    store_id, _ = await home.adds_store(shop, "Gare")
    return store_id


async def stores_in_ledger(home: House, shop: Shop) -> list[StoreId | None]:
    return [entry.store_id for entry in await home.ledger(shop)]


async def test_who_works_at_one_store_is_never_asked(home: House, shop: Shop, gare: StoreId) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam", store_id=gare)
    await sam.sends(f"/stamp {number_of(anna)}")
    await sam.sees("✅ 1 of 10", new=True)
    assert await stores_in_ledger(home, shop) == [gare]


async def test_who_works_where_nothing_is_open_is_told_so(home: House, shop: Shop, gare: StoreId) -> None:
    """A question without an answer would be a dead end."""
    paul, sam = await home.owner(shop), await home.member(shop, "Sam", store_id=gare)
    await paul.sends("/stores")
    for label in ("Gare", "Close the store …", "Close it"):
        await paul.taps(label)
        await paul.answered()
    await home.at_rest()
    await sam.sends("/store")
    await sam.sees("No store at which you work is open. Ask the owner.", new=True)


async def test_act_before_a_store_is_chosen_is_done_once_after_it(
    home: House, shop: Shop, gare: StoreId
) -> None:
    anna, mia = await home.customer(shop, "Anna"), await home.member(shop, "Mia", Role.MANAGER)
    await mia.sends(f"/stamp {number_of(anna)}")
    question = await mia.sees("Where are you working?", new=True)
    assert question.button_texts == ("Café Knätsch", "Gare")
    for _ in range(2):
        await mia.presses_raw(str(question.inline_buttons[1].callback_data), question)
        await mia.sees("✅ 1 of 10", new=True)
    assert shown_now(mia, question) == ("✅ You are working at Gare.", ())
    assert await stores_in_ledger(home, shop) == [gare]


async def test_what_only_needs_to_know_where_somebody_works_asks_it(
    home: House, shop: Shop, gare: StoreId
) -> None:
    mia = await home.member(shop, "Mia", Role.MANAGER)
    await mia.sends("/today")
    await mia.sees("Where are you working?", new=True)
    await mia.taps("Gare")
    await mia.sees("✅ You are working at Gare.", new=True)
    await mia.sends("/today")
    await mia.sees("Today at Gare", new=True)


async def test_scan_before_a_store_is_chosen_goes_on_after_it(home: House, shop: Shop, gare: StoreId) -> None:
    anna, mia = await home.customer(shop, "Anna"), await home.member(shop, "Mia", Role.MANAGER)
    await mia.scans(anna)
    await mia.sees("Where are you working?", new=True)
    await mia.taps("Gare")
    await mia.sees("You are working at Gare", new=True)
    panel = await mia.sees("Anna · ", new=True)
    await mia.taps("+1", on=panel)
    await mia.sees("✅ 1 of 10", new=True)
    assert await stores_in_ledger(home, shop) == [gare]


async def test_store_can_be_changed_at_any_time(home: House, shop: Shop, gare: StoreId) -> None:
    anna, mia = await home.customer(shop, "Anna"), await home.member(shop, "Mia", Role.MANAGER)
    for name in ("Gare", "Café Knätsch"):
        await mia.sends("/store")
        await mia.taps(name)
        await mia.sees(f"You are working at {name}", new=True)
        await mia.sends(f"/stamp {number_of(anna)}")
        await mia.sees("✅", new=True)
    assert await stores_in_ledger(home, shop) == [gare, shop.store_id]


async def test_who_works_for_two_merchants_moves_to_the_one_whose_card_is_scanned(
    home: House, shop: Shop
) -> None:
    bakery = await home.opens_shop("Bäckerei Schmit")
    anna, ben = await home.customer(shop, "Anna"), await home.customer(bakery, "Ben")
    sam = await home.member(shop, "Sam")
    _, link = await home.invites(bakery, "Sam")
    await home.claims(sam, link)
    for customer in (anna, ben, anna):
        await sam.scans(customer)
        panel = await sam.sees(f"{customer.name} · ", new=True)
        await sam.taps("+1", on=panel)
        await sam.sees("✅", new=True)
    assert [len(await home.ledger(each)) for each in (shop, bakery)] == [2, 1]
    await sam.sends("/store")
    question = await sam.sees("Where are you working?", new=True)
    assert sorted(question.button_texts) == [
        "Bäckerei Schmit · Bäckerei Schmit",
        "Café Knätsch · Café Knätsch",
    ]


async def test_same_number_at_another_merchant_is_not_found_at_this_desk(home: House, shop: Shop) -> None:
    bakery = await home.opens_shop("Bäckerei Schmit")
    ben, sam = await home.customer(bakery, "Ben"), await home.member(shop, "Sam")
    await sam.sends(f"/stamp {number_of(ben)}")
    await sam.sees("There is no such card here.", new=True)


async def test_posters_of_all_stores_come_to_owner_and_manager(
    home: House, shop: Shop, gare: StoreId
) -> None:
    paul = await home.owner(shop)
    sheets = [message for message in paul.messages if message.document]
    assert [sheet.document.file_name for sheet in sheets if sheet.document] == [
        "café-knätsch-a4.pdf",
        "café-knätsch-gare-a4.pdf",
    ]
    assert shop.join_link in sheets[0].caption
    assert all(sheet.document.data.startswith(b"%PDF-") for sheet in sheets if sheet.document)
    await paul.sends("/poster")
    await paul.sees(lambda message: message.document and "Gare" in message.caption, new=True)


async def test_poster_comes_in_each_size_and_look_at_the_press_of_a_button(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    for button, file, width in (
        ("A5", "café-knätsch-a5.pdf", b"419.53"),
        ("In full colour", "café-knätsch-a5.pdf", b"419.53"),
        ("A6", "café-knätsch-a6.pdf", b"297.64"),
        ("Table tent", "café-knätsch-tent.pdf", b"595.28"),
        ("With little ink", "café-knätsch-tent.pdf", b"595.28"),
    ):
        await paul.taps(button)
        sheet = await paul.sees(lambda message: bool(message.document), new=True)
        assert sheet.document
        assert sheet.document.file_name == file
        assert b"/MediaBox[0 0 %b " % width in sheet.document.data


async def test_another_size_is_of_the_store_whose_poster_it_stands_under(
    home: House, shop: Shop, gare: StoreId
) -> None:
    paul = await home.owner(shop)
    under = await paul.sees(lambda message: message.document and "Gare" in message.caption)
    await paul.taps("A6", on=under)
    sheet = await paul.sees(lambda message: message.document and "a6" in message.document.file_name, new=True)
    assert sheet.document
    assert sheet.document.file_name == "café-knätsch-gare-a6.pdf"


async def test_poster_is_not_for_staff_nor_for_customers(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends("/poster")
    await sam.sees("You may not do this here.", new=True)
    await anna.sends("/poster")
    await anna.sees("This is for staff.", new=True)


async def test_second_opening_of_an_invite_says_where_one_stands(home: House, shop: Shop) -> None:
    _, link = await home.invites(shop, "Sam")
    sam, eve = home.sandbox.person("Sam"), home.sandbox.person("Eve")
    await home.claims(sam, link, pin="2580")
    await sam.opens(link)
    await sam.sees("Welcome to Café Knätsch, Sam.", new=True)
    await eve.opens(link)
    await eve.sees("This link was already used. Ask for a new one.")


async def test_invite_for_somebody_else_is_not_used_up_by_a_member(home: House, shop: Shop) -> None:
    sam = await home.member(shop, "Sam")
    _, link = await home.invites(shop, "Tom")
    await sam.opens(link)
    await sam.sees(
        "You are already on the team at Café Knätsch. The link still works for somebody else.", new=True
    )
    tom = home.sandbox.person("Tom")
    await tom.opens(link)
    await tom.sees("Welcome to Café Knätsch, Tom.")
