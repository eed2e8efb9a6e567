"""Printed cards in the chats: an owner prints them, staff serve one, and its holder takes it into Telegram."""

from bot.sandbox import Person
from tests.bot.pictures.samples import decoded
from tests.bot.pictures.test_printed import pictures_in
from tests.support.house import House, Shop, has_picture, number_of


async def prints(paul: Person) -> list[str]:
    """The links on the cards."""
    await paul.sends("/poster")
    poster = await paul.sees("Print this page", new=True)
    await paul.taps("🪪 Printed cards")
    assert (await paul.sees("For customers without Telegram", new=True)).document is None
    assert "Print this page" in poster.caption
    await paul.taps("🖨 Print ten cards")
    sent = await paul.sees("10 cards to print", new=True)
    assert sent.document is not None
    return [link for picture in pictures_in(sent.document.data) for link in decoded(picture)]


async def test_a_card_is_printed_stamped_by_a_scan_and_taken_into_telegram(home: House) -> None:
    shop = await home.opens_shop(paper_stamps_max=6)
    paul, sam = await home.owner(shop), await home.member(shop, "Sam")
    link, other, *_ = await prints(paul)
    await sam.opens(link)
    shown = await sam.sees("New card: nobody has it yet.", new=True)
    assert "Without Telegram" in shown.text
    await sam.taps("📄 From a paper card")
    await sam.sees("How many stamps are on the paper card?")
    await sam.taps("6")
    await sam.sees("+6 stamps from a paper card")
    await sam.taps("‹ Card")
    await sam.sees("6 of 10")
    await sam.taps("+1")
    await sam.sees("7 of 10")

    noa = home.sandbox.person("Noa")
    await noa.opens(link)
    asked = await noa.sees("A card from Café Knätsch without Telegram", new=True)
    assert "7" not in asked.text
    await noa.taps("Yes, it is mine")
    await noa.sees("Show your card at the counter")
    await sam.opens(link)
    await sam.sees("Noa asks for it in Telegram", new=True)
    await sam.taps("📲 Give it to Noa")
    await sam.sees("Noa has this card in Telegram now.")
    told = await noa.sees("Your card at Café Knätsch is here now.")
    assert told.button_texts == ("💳 My card", "🎁 My rewards")
    assert "card" in [command.command for command in noa.commands()]
    await noa.taps("💳 My card")
    await noa.sees(has_picture, new=True)
    await sam.opens(link)
    await sam.sees("This code was replaced", new=True)
    await sam.sends(number_of(noa))
    await sam.sees("7 of 10", new=True)

    await sam.opens(other)
    await sam.sees("New card: nobody has it yet.", new=True)
    await sam.taps("+2")
    await sam.sees("2 of 10")
    await noa.opens(other)
    asked = await noa.sees("A card from Café Knätsch without Telegram", new=True)
    assert asked.button_texts == ("Yes, it is mine", "Show my card")
    await noa.taps("Show my card")
    await noa.sees("7 of 10", new=True)
    assert await home.violations() == []


async def test_page_of_cards_is_named_in_its_readers_language(home: House, shop: Shop) -> None:
    paul = await home.owner(shop, language="fr")
    await paul.sends("/poster")
    await paul.sees("Imprimez cette page", new=True)
    await paul.taps("🪪 Cartes imprimées")
    await paul.taps("🖨 Imprimer dix cartes")
    sent = await paul.sees("10 cartes à imprimer", new=True)
    assert sent.document
    assert sent.document.file_name == "café-knätsch-cartes-imprimées.pdf"


async def test_a_lost_page_is_withdrawn(home: House, shop: Shop) -> None:
    paul, sam = await home.owner(shop), await home.member(shop, "Sam")
    link, *_ = await prints(paul)
    await paul.taps("🪪 Printed cards")
    listed = await paul.sees(
        lambda message: any(text.endswith("10 of 10 left") for text in message.button_texts)
    )
    await paul.taps(next(text for text in listed.button_texts if text.endswith("10 of 10 left")))
    await paul.sees("If the page is lost")
    await paul.taps("Withdraw …")
    await paul.sees("Withdraw 10 cards?")
    await paul.taps("Yes, withdraw")
    await paul.sees("✅ 10 cards withdrawn.\n\nPrinted cards")
    await home.until_rows("SELECT count(*) FROM blank_cards WHERE withdrawn_at IS NULL", [(0,)])
    await sam.opens(link)
    await sam.sees(
        "This code was replaced or withdrawn: ask for the new one, or take another card.", new=True
    )


async def test_who_finds_a_card_that_nobody_has_gets_one_of_their_own(home: House, shop: Shop) -> None:
    link, *_ = await prints(await home.owner(shop))
    noa = home.sandbox.person("Noa")
    await noa.opens(link)
    told = await noa.sees("Show its code at the counter, and it is yours.", new=True)
    assert "staff" not in told.text
    await noa.taps("Get my card")
    await noa.sees(has_picture, new=True)
    assert home.rows("SELECT count(*) FROM blank_cards WHERE used_at IS NOT NULL") == [(0,)]
