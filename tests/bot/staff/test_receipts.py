"""What staff did is told to the card's holder, who may say that it was not them."""

import pytest

from bot.sandbox import Message, Person
from domain.account import Locale
from domain.messages import MessageKind
from domain.staff import Role
from domain.usecases.wordings import set_wording
from domain.wording import Wording
from tests.support.house import PIN, House, Shop, TestClock, has_keypad, number_of, types_pin

OWED = "SELECT count(*) FROM deliveries WHERE delivered_at IS NULL"


async def disputes(person: Person) -> list[str]:
    return [message.text for message in person.messages if "this was not me" in message.text]


async def test_receipt_names_the_store_where_it_has_a_name_of_its_own(home: House) -> None:
    shop = await home.opens_shop("Café Knätsch", store_name="Gare")
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends(f"/stamp {number_of(anna)} 2")
    receipt = await anna.sees("✅ +2 stamps\n2 of 10 · 8 to go\nCafé Knätsch · Gare")
    assert receipt.button_texts[0] == "Not me"


async def test_not_me_reaches_every_manager_once_and_thanks_the_customer(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    paul, mia = await home.owner(shop), await home.member(shop, "Mia", Role.MANAGER)
    await sam.sends(f"/stamp {number_of(anna)}")
    receipt = await anna.sees("✅ +1 stamp")
    data = receipt.inline_buttons[0].callback_data or ""
    await anna.taps("Not me", on=receipt)
    thanked = await anna.sees("Thank you. Café Knätsch has been told and will look into it.", new=True)
    assert thanked.id == receipt.id
    assert "Not me" not in thanked.button_texts
    assert thanked.html.startswith("✅ <b>+1 stamp</b>\n1 of 10")
    await anna.presses_raw(data, receipt)
    await anna.answered("You have already told us; the shop knows.")
    for each in (paul, mia):
        told = await each.sees("⚠️ Anna says: this was not me.")
        assert f"+1 stamp, card {number_of(anna)}, by Sam at Café Knätsch, 15/06/2026, 11:00." in told.text
    await home.until_rows("SELECT count(*) FROM deliveries WHERE delivered_at IS NULL", [(0,)])
    assert [len(await disputes(each)) for each in (paul, mia, sam)] == [1, 1, 0]


async def test_void_and_redemption_can_be_disputed_too(home: House, shop: Shop) -> None:
    anna, sam, paul = (
        await home.customer(shop, "Anna"),
        await home.member(shop, "Sam"),
        await home.owner(shop),
    )
    number = number_of(anna)
    for command, receipt, told in (
        (f"/stamp {number} 12", None, None),
        (f"/redeem {number}", "Enjoy: A coffee", "Reward redeemed, card"),
        (f"/void {number}", "Your reward was not handed out", "Reward taken back: +10 stamps back, card"),
        (f"/void {number} 1", "1 stamp was taken back", "1 stamp taken back, card"),
    ):
        await sam.sends(command)
        await sam.sees(" · ", new=True)
        if receipt is not None:
            shown = await anna.sees(receipt)
            await anna.taps("Not me", on=shown)
            await paul.sees(told or "")
            await home.until_rows(OWED, [(0,)])


async def test_announced_reward_says_that_it_was_redeemed(home: House, shop: Shop) -> None:
    own = Wording(
        merchant_id=shop.merchant_id,
        store_id=None,
        kind=MessageKind.REWARD_READY,
        locale=Locale.DE,
        text="Komm vorbei: <b>{reward}</b>!",
    )
    await home.store.write(set_wording, own)
    anna, sam = await home.customer(shop, "Anna", language="de"), await home.member(shop, "Sam")
    await sam.sends(f"/stamp {number_of(anna)} 10")
    ready = await anna.sees("Komm vorbei: A coffee!")
    await sam.sends(f"/redeem {number_of(anna)}")
    struck = await anna.sees("Eingelöst.")
    assert (struck.id, struck.html) == (ready.id, "<s>Komm vorbei: <b>A coffee</b>!</s>\nEingelöst.")
    await home.until_rows(OWED, [(0,)])
    assert sum("Komm vorbei" in message.text for message in anna.messages) == 1


async def test_who_has_left_the_chat_has_not_missed_that_an_announcement_is_over(
    home: House, shop: Shop
) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends(f"/stamp {number_of(anna)} 10")
    await anna.sees("Your reward is ready")
    await home.until_rows(OWED, [(0,)])
    anna.blocks_bot()
    await sam.sends(f"/redeem {number_of(anna)}")
    await sam.sees("Hand out", new=True)
    failed = (
        "SELECT kind FROM outbox JOIN deliveries USING (merchant_id, message_id) WHERE failed_at IS NOT NULL"
    )
    await home.until_rows(failed, [("receipt",)])
    await home.until_rows(f"{OWED} AND failed_at IS NULL", [(0,)])
    assert home.rows(failed) == [("receipt",)]


async def test_another_customers_receipt_cannot_be_disputed(home: House, shop: Shop) -> None:
    anna, ben = await home.customers(shop, "Anna", "Ben")
    sam = await home.member(shop, "Sam")
    await sam.sends(f"/stamp {number_of(anna)}")
    receipt = await anna.sees("✅ +1 stamp")
    await ben.presses_raw(receipt.inline_buttons[0].callback_data or "", ben.last)
    await ben.answered("You do not have this card")
    assert home.rows("SELECT count(*) FROM disputes") == [(0,)]


async def disputed(home: House, shop: Shop, *managers: Person) -> tuple[Person, list[Message]]:
    """Anna disputes a stamp by Sam; with the alarm of each manager."""
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends(f"/stamp {number_of(anna)}")
    await anna.taps("Not me", on=await anna.sees("✅ +1 stamp"))
    alarms = [await each.sees("⚠️ Anna says: this was not me.") for each in managers]
    await home.until_rows(OWED, [(0,)])
    return anna, alarms


async def test_owner_takes_a_disputed_act_back_by_one_tap_and_everybody_is_told(
    home: House, shop: Shop
) -> None:
    paul, mia = await home.owner(shop), await home.member(shop, "Mia", Role.MANAGER)
    anna, [alarm, other] = await disputed(home, shop, paul, mia)
    assert alarm.button_texts == ("Open card", "Take back this act", "It was right")
    await paul.taps("Take back this act", on=alarm)
    await paul.sees("1 stamp taken back", new=True)
    told = "Café Knätsch has looked into it.\n+1 stamp, 15/06/2026, 11:00\nYou were right, and it was taken back."
    await anna.sees(told)
    for each, was in ((paul, alarm), (mia, other)):
        settled = await each.sees("✅ Settled by Paul: it was taken back.\n⚠️ Anna says: this was not me.")
        assert (settled.id, settled.button_texts) == (was.id, ())
    entries = await home.ledger(shop)
    assert [line.kind for line in entries] == ["stamp_earned", "stamp_voided"]
    assert home.rows("SELECT note FROM entries WHERE kind = 'stamp_voided'") == [
        ("The customer says it was not them",)
    ]
    data = other.inline_buttons[1].callback_data or ""
    await mia.presses_raw(data, other)
    await mia.answered("This is settled already.")
    assert home.rows("SELECT outcome, count(*) FROM disputes") == [("taken_back", 1)]


async def test_it_was_right_takes_a_pin_where_one_is_needed_and_changes_no_card(
    home: House, clock: TestClock
) -> None:
    shop = await home.opens_shop(require_staff_pin=True)
    paul = await home.owner(shop, pin=PIN)
    sam = await home.member(shop, "Sam", pin=PIN)
    anna = await home.customer(shop, "Anna")
    await sam.sends(f"/stamp {number_of(anna)}")
    await anna.taps("Not me", on=await anna.sees("✅ +1 stamp"))
    alarm = await paul.sees("⚠️ Anna says: this was not me.")
    await home.until_rows(OWED, [(0,)])
    clock.passes(minutes=16)
    await paul.taps("It was right", on=alarm)
    await paul.sees(has_keypad, new=True)
    await types_pin(paul)
    await paul.sees("✅ Settled: it was right.\nThe customer is told.")
    await anna.sees("It was right, the shop says. If you think otherwise, ask at the counter.")
    settled = await paul.sees("✅ Settled by Paul: it was right.")
    assert (settled.id, settled.button_texts) == (alarm.id, ())
    assert [line.kind for line in await home.ledger(shop)] == ["stamp_earned"]


async def test_open_card_shows_the_card_below_the_alarm(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    anna, [alarm] = await disputed(home, shop, paul)
    await paul.taps("Open card", on=alarm)
    panel = await paul.sees(f"1 of 10 · 9 to go\nAnna · {number_of(anna)}", new=True)
    assert panel.id > alarm.id


@pytest.mark.usefixtures("no_gate")
async def test_owner_of_two_shops_settles_where_it_happened(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    elsewhere = await home.opens_shop("Bakery")
    await home.claims(paul, elsewhere.owner_link)
    _, [alarm] = await disputed(home, shop, paul)
    await paul.taps("Take back this act", on=alarm)
    await paul.sees("1 stamp taken back", new=True)
