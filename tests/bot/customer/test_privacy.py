"""``/privacy``: three taps from being known to being nobody, and all of it in two files."""

import json

from tests.support.house import House, Shop, number_of


async def test_erasing_takes_three_taps_and_leaves_nothing_in_the_chat(home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Annabel Weydert")
    staff = await home.member(shop, "Sam")
    await staff.sends(f"/stamp {number_of(anna)} 3")
    await anna.sees("3 of 10", new=True)
    card, number = anna.last, number_of(anna)
    await anna.sends("/privacy")
    await anna.sees("Café Knätsch: what is kept about you", new=True)
    await anna.taps("🗑 Erase everything")
    await anna.sees("3 stamps")
    await anna.taps("🗑 Yes, erase")
    told = await anna.sees("Erased.", new=True)
    assert home.sandbox.world.chats[anna.id].keyboard_message_id is None
    await home.at_rest()
    assert [message.id for message in anna.messages if message.photo] == []
    assert told.id != card.id
    assert home.rows("SELECT count(*) FROM people WHERE user_id = ?", anna.id) == [(0,)]
    assert home.rows("SELECT name, folded_name FROM customers") == [("—", None)]
    assert await home.violations() == []
    await staff.sends(f"/stamp {number}")
    await staff.sees("There is no such card here", new=True)


async def test_all_that_is_kept_comes_in_two_files(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Annabel <b>Weydert"), await home.member(shop, "Sam")
    await sam.sends(f"/stamp {number_of(anna)} 3")
    await sam.sees("3 of 10", new=True)
    await anna.sends("/privacy")
    await anna.sees("what is kept about you", new=True)
    await anna.taps("📄 Get my data")
    await anna.sees("The same for a computer", new=True)
    files = [message.document for message in anna.messages if message.document]
    page, told = (file.data.decode() for file in files)
    assert "Annabel &lt;b&gt;Weydert" in page
    assert "<li><small>Language</small>English</li>" in page
    assert "<p>3 stamps</p>" in page, "and no points, which the card does not collect"
    assert "<b>Weydert" not in page
    [at_shop] = json.loads(told)["shops"]
    assert at_shop["customers"][0]["name"] == "Annabel <b>Weydert"


async def test_who_works_somewhere_reads_as_what_in_words(home: House, shop: Shop) -> None:
    sam = await home.member(shop, "Sam", language="de")
    await sam.sends("/privacy")
    await sam.sees("Was von dir gespeichert ist", new=True)
    await sam.taps("📄 Meine Daten holen")
    await sam.sees("Dasselbe für einen Computer", new=True)
    page, _ = (message.document.data.decode() for message in sam.messages if message.document)
    assert "<li>Sam<small>Team</small></li>" in page
