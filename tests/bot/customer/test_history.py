"""What happened on a card, ten lines a page."""

from bot.sandbox import Person
from tests.support.house import House, Shop, number_of

BELOW = ("Something was not me", "New code")


async def lines_after_tap(person: Person, button: str, message_id: int) -> list[str]:
    await person.taps(button)
    await person.answered()
    shown = await person.sees(lambda message: message.id == message_id, new=True)
    return (shown.text or shown.caption).splitlines()


async def test_history_is_paged_newest_first_to_the_very_first_entry(home: House, shop: Shop) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    for count in range(1, 13):
        await paul.sends(f"/stamp {number_of(anna)} {count}")
        await paul.sees(f"+{count} stamp", new=True)
    await anna.sends("/history")
    first = await anna.sees("history", new=True)
    title, *lines = first.text.splitlines()
    assert title == "Café Knätsch · history"
    assert [line.rpartition(" · ")[2] for line in lines] == [f"+{count} stamps" for count in range(12, 2, -1)]
    assert first.button_texts == ("‹ Card", "Older ›", *BELOW)
    _, *older = await lines_after_tap(anna, "Older ›", first.id)
    assert [line.rpartition(" · ")[2] for line in older] == ["+2 stamps", "+1 stamp"]
    last = await anna.sees(lambda message: message.id == first.id)
    assert last.button_texts == ("‹ Card", *BELOW)


async def test_history_of_the_other_cards_is_one_tap_away(home: House, shop: Shop) -> None:
    elsewhere = await home.opens_shop("Eis & Mehr")
    anna = await home.customer(shop, "Anna")
    await anna.opens(elsewhere.join_link)
    await anna.sees("Eis & Mehr", new=True)
    await anna.sends("/history")
    shown = await anna.sees("history", new=True)
    [other] = {"Café Knätsch", "Eis & Mehr"} - {shown.text.partition(" · ")[0]}
    assert shown.button_texts == ("‹ Card", "New code", other)
    await anna.taps(other)
    assert (await anna.sees(f"{other} · history", new=True)).id == shown.id


async def test_exactly_one_page_offers_no_older_one(home: House, shop: Shop) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    for count in range(1, 11):
        await paul.sends(f"/stamp {number_of(anna)} {count}")
        await paul.sees(f"+{count} stamp", new=True)
    await anna.sends("/history")
    page = await anna.sees("history", new=True)
    assert (len(page.text.splitlines()), page.button_texts) == (11, ("‹ Card", *BELOW))


async def test_history_tells_every_kind_of_act_in_the_merchants_time(home: House, shop: Shop) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    number = number_of(anna)
    for command, said in (
        (f"/stamp {number} 11", "✅"),
        (f"/void {number} 1", "1 stamp taken back"),
        (f"/redeem {number}", "Hand out"),
        (f"/void {number}", "its stamps are back"),
    ):
        await paul.sends(command)
        await paul.sees(said, new=True)
    await anna.sends("/history")
    shown = await anna.sees("history", new=True)
    assert shown.text.splitlines()[1:] == [
        "15/06/2026, 11:00 · +10 stamps back",
        "15/06/2026, 11:00 · reward: A coffee",
        "15/06/2026, 11:00 · 1 stamp taken back",
        "15/06/2026, 11:00 · +11 stamps",
    ]


async def test_history_of_a_new_card_says_that_nothing_happened(home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Anna")
    await anna.taps("History")
    await anna.sees("Nothing yet: the first stamp is waiting for you.", new=True)
