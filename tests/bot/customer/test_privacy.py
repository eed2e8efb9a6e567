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
    anna = await home.customer(shop, "Annabel <b>Weydert")
    await anna.sends("/privacy")
    await anna.sees("what is kept about you", new=True)
    await anna.taps("📄 Get my data")
    await anna.sees("The same for a computer", new=True)
    files = [message.document for message in anna.messages if message.document]
    page, told = (file.data.decode() for file in files)
    assert "Annabel &lt;b&gt;Weydert" in page
    assert "<li>Language<small>English</small></li>" in page
    assert "<b>Weydert" not in page
    [at_shop] = json.loads(told)["shops"]
    assert at_shop["customers"][0]["name"] == "Annabel <b>Weydert"
