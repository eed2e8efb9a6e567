"""A merchant's own words in the chat."""

from bot.sandbox import Fault, FaultKind
from domain.account import Locale
from domain.ids import StoreId
from domain.messages import MessageKind
from domain.usecases.wordings import ResetWording, reset_wording, set_wording
from domain.wording import Wording
from tests.support.house import House, Shop, TestClock, number_of

WAITING = "SELECT kind, attempts, delivered_at FROM outbox JOIN deliveries USING (merchant_id, message_id)"


async def says(
    home: House, shop: Shop, kind: MessageKind, text: str, store_id: StoreId | None = None
) -> None:
    command = Wording(merchant_id=shop.merchant_id, store_id=store_id, kind=kind, locale=Locale.EN, text=text)
    await home.store.write(set_wording, command)


async def test_message_that_was_waiting_is_said_in_the_words_of_now(
    home: House, shop: Shop, clock: TestClock
) -> None:
    anna, ben = await home.customers(shop, "Anna", "Ben")
    paul = await home.owner(shop)
    home.sandbox.faults.add(Fault(kind=FaultKind.SERVER_ERROR, method="editMessageMedia", chat_id=anna.id))
    await paul.sends(f"/stamp {number_of(anna)} 2")
    await home.until_rows(WAITING, [("receipt", 1, None)])
    await says(home, shop, MessageKind.RECEIPT, "<b>Merci!</b> {what}, {progress}")
    clock.passes(minutes=1)
    await paul.sends(f"/stamp {number_of(ben)}")
    receipt = await anna.sees("Merci! ✅ +2 stamps, 2 of 10 · 8 to go")
    assert receipt.html.startswith("<b>Merci!</b> ✅ +2 stamps")
    assert receipt.button_texts[0] == "Not me"
    await ben.sees("Merci! ✅ +1 stamp, 1 of 10 · 9 to go")


async def test_names_that_look_like_markup_stay_text_in_own_words(home: House) -> None:
    shop = await home.opens_shop("Kaffi & <b>Kuch</b>", reward="<b>", stamps_target=1)
    await says(home, shop, MessageKind.REWARD_READY, "<i>{merchant}</i>: {reward} &amp; {rewards}")
    anna, paul = await home.customer(shop, "A & <i>B</i>"), await home.owner(shop)
    await paul.sends(f"/stamp {number_of(anna)}")
    ready = await anna.sees("Kaffi & <b>Kuch</b>: <b> & 1 reward ready")
    assert ready.html == "<i>Kaffi &amp; &lt;b&gt;Kuch&lt;/b&gt;</i>: &lt;b&gt; &amp; 1 reward ready"


async def test_each_store_speaks_for_itself_and_each_reader_in_their_language(home: House) -> None:
    shop = await home.opens_shop("Café Knätsch", store_name="Gare")
    second, _ = await home.adds_store(shop, "Kirchberg")
    anna, lea = await home.customer(shop, "Anna"), await home.customer(shop, "Léa", language="fr")
    sam = await home.member(shop, "Sam")
    mia = await home.member(shop, "Mia", store_id=second)
    await says(home, shop, MessageKind.RECEIPT, "Gare says {what}", shop.store_id)
    await sam.sends(f"/stamp {number_of(anna)}")
    await anna.sees("Gare says ✅ +1 stamp")
    await mia.sends(f"/stamp {number_of(anna)}")
    await anna.sees("✅ +1 stamp\n2 of 10 · 8 to go\nCafé Knätsch · Kirchberg")
    await sam.sends(f"/stamp {number_of(lea)}")
    await lea.sees("✅ +1 tampon")
    command = ResetWording(
        merchant_id=shop.merchant_id, store_id=shop.store_id, kind=MessageKind.RECEIPT, locale=None
    )
    assert await home.store.write(reset_wording, command) == 1
    await sam.sends(f"/stamp {number_of(anna)}")
    await anna.sees("✅ +1 stamp\n3 of 10 · 7 to go\nCafé Knätsch · Gare")


async def test_receipt_too_long_for_a_caption_comes_without_the_card(home: House) -> None:
    shop = await home.opens_shop("Café Knätsch")
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    await says(home, shop, MessageKind.RECEIPT, "{what} " + "Merci! " * 120 + "{merchant} " * 14)
    await paul.sends(f"/stamp {number_of(anna)}")
    receipt = await anna.sees("✅ +1 stamp Merci!")
    assert len(receipt.text) > 1000
    assert not receipt.photo
