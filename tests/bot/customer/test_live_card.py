"""The card in the chat stays alive: its picture is edited after each act, and is in one place only."""

from pathlib import Path
from typing import Any

import pytest

from bot.app.process import Surroundings
from bot.delivery import dispatcher
from bot.jobs.expiry import expire_balances
from bot.sandbox import Message, Person, Sandbox
from domain.expiry import ExpiryKind
from tests.bot.customer.test_cards import code_on
from tests.support.house import PIN, UNHURRIED, House, Shop, TestClock, has_picture, house, number_of

OWED = "SELECT count(*) FROM deliveries WHERE delivered_at IS NULL AND failed_at IS NULL"
GONE = "SELECT name FROM people WHERE unreachable_since IS NOT NULL"


async def acts(staff: Person, customer: Person, command: str = "stamp", more: str = "") -> None:
    await staff.sends(f"/{command} {number_of(customer)} {more}")
    await staff.sees(" · ", new=True)


async def told(home: House) -> None:
    """Whatever is owed has arrived."""
    await home.until_rows(OWED, [(0,)])


def with_code(customer: Person) -> list[Message]:
    """The messages on the screen with a card that can be scanned."""
    pictures = [message for message in customer.messages if message.photo and message.from_bot]
    return [message for message in pictures if any(button.copy_text for button in message.inline_buttons)]


def calls(home: House, method: str, customer: Person) -> list[dict[str, Any]]:
    found = home.sandbox.calls_of(method)
    return [
        dict(call.parameters) for call in found if str(call.parameters.get("chat_id")) == str(customer.id)
    ]


async def test_stamp_appears_on_the_card_on_the_screen_without_a_new_message(home: House, shop: Shop) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    card, messages = anna.last, len(anna.messages)
    before = card.photo
    await acts(paul, anna)
    shown = await anna.sees("✅ +1 stamp\n1 of 10 · 9 to go\nCafé Knätsch")
    assert (shown.id, len(anna.messages)) == (card.id, messages)
    assert shown.photo != before
    assert code_on(shown).startswith("https://t.me/")
    assert "Not me" in shown.button_texts
    assert number_of(anna) in shown.button_texts


async def test_full_card_and_its_redemption_are_two_messages_and_say_nothing_twice(
    home: House, shop: Shop
) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    before = len(anna.history)
    await acts(paul, anna, more="9")
    await acts(paul, anna)
    await anna.sees("🎉 Your reward is ready: A coffee")
    await acts(paul, anna, "redeem")
    await anna.sees("🎁 Enjoy: A coffee\n0 of 10")
    await told(home)
    assert len(anna.history) - before == 2
    said = [line for message in anna.messages[-3:] for line in message.content.body.text.splitlines()]
    assert len([line for line in said if "reward ready" in line.lower()]) <= 1


@pytest.mark.parametrize(("command", "says"), [("redeem", "Enjoy"), ("void", "12 stamps were taken back")])
async def test_what_must_be_noticed_is_a_new_card_and_the_older_one_loses_its_code(
    command: str, says: str, home: House, shop: Shop
) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    old = anna.last
    await acts(paul, anna, more="12")
    await told(home)
    await acts(paul, anna, command, "12 wrong" if command == "void" else "")
    shown = await anna.sees(says)
    await told(home)
    assert shown.id > old.id
    assert code_on(shown)
    [left] = [message for message in anna.messages if message.id == old.id]
    assert left.caption == "✅ +12 stamps\n1 reward · 2 of 10 on the next card\nCafé Knätsch"
    assert left.button_texts == ("Not me",)
    assert with_code(anna) == [anna.last]


async def test_what_has_expired_is_told_below_a_new_card(home: House, clock: TestClock) -> None:
    shop = await home.opens_shop(expiry_kind=ExpiryKind.INACTIVITY, expiry_months=1)
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    await acts(paul, anna, more="3")
    await told(home)
    old = anna.last
    clock.passes(days=20)
    await expire_balances(home.store)
    await told(home)
    clock.passes(days=15)
    await expire_balances(home.store)
    await told(home)
    shown = await anna.sees("expired")
    assert shown.id > old.id
    assert shown.caption.endswith("Nothing is left, but every visit counts again.")
    assert with_code(anna) == [shown]
    assert "Not me" not in shown.button_texts


async def test_card_asked_for_again_is_the_only_one_with_a_code(home: House, shop: Shop) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    for _ in range(3):
        await anna.sends("/card")
        await anna.sees(has_picture, new=True)
        await home.at_rest()
    assert len(with_code(anna)) == 1
    retired = [message.caption for message in anna.messages if message.photo][:-1]
    assert retired == ["Your card is further down in this chat."] * 3
    newest = with_code(anna)[0].id
    await acts(paul, anna)
    assert (await anna.sees("✅ +1 stamp")).id == newest


async def test_card_asked_for_at_once_leaves_what_was_told_below_the_older_one(
    home: House, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The outbox notes what was told a little later, with whatever else was told then."""
    monkeypatch.setattr(dispatcher, "MARKED_TOGETHER_S", 0.3)
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    await acts(paul, anna)
    told_below = await anna.sees("✅ +1 stamp")
    await anna.sends("/card")
    await anna.sees(lambda message: message.photo and "Reward:" in message.caption, new=True)
    await home.at_rest()
    [left] = [message for message in anna.messages if message.id == told_below.id]
    assert left.caption.startswith("✅ +1 stamp")
    assert left.button_texts == ("Not me",)
    assert with_code(anna) == [anna.last]


async def test_card_asked_for_while_a_stamp_is_told_is_told_of_it_and_the_only_one_with_a_code(
    home: House, shop: Shop
) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    old, held = anna.last, home.sandbox.faults.stall(method="editMessageMedia", chat_id=anna.id, count=1)
    await acts(paul, anna)
    await home.sandbox.until(lambda: held.hits)
    await anna.sends("/card")
    await anna.sees(lambda message: message.id > old.id and message.photo, new=True)
    held.release()
    shown = await anna.sees(lambda message: message.id > old.id and message.caption.startswith("✅ +1 stamp"))
    await told(home)
    assert "Not me" in shown.button_texts
    assert with_code(anna) == [shown]


async def test_older_card_that_is_edited_after_the_newest_was_shown_has_no_code_in_the_end(
    home: House, shop: Shop
) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    old, held = anna.last, home.sandbox.faults.delay(method="editMessageMedia", chat_id=anna.id)
    await acts(paul, anna)
    await home.sandbox.until(lambda: held.hits)
    await anna.sends("/card")
    await anna.sees(lambda message: message.id > old.id and message.photo, new=True)
    await home.sandbox.until(lambda: [each.id for each in with_code(anna)] == [anna.last.id])
    held.release()
    shown = await anna.sees(lambda message: message.id > old.id and message.caption.startswith("✅ +1 stamp"))
    await told(home)
    assert with_code(anna) == [shown]


async def test_card_of_another_shop_in_its_place_is_not_taken_for_it(
    home: House, shop: Shop, clock: TestClock
) -> None:
    bakery = await home.opens_shop("Bäckerei Schmit", reward="A pretzel")
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    number = number_of(anna)
    clock.passes(minutes=1)
    await anna.opens(bakery.join_link)
    await anna.sees("Bäckerei Schmit", new=True)
    await anna.sends("/card")
    shown = await anna.sees(lambda message: "Café Knätsch" in message.button_texts, new=True)
    await anna.taps("Café Knätsch", on=shown)
    await anna.sees(lambda message: message.id == shown.id and "Café" in message.caption, new=True)
    await anna.taps("Bäckerei Schmit", on=next(m for m in anna.messages if m.id == shown.id))
    await anna.sees(lambda message: message.id == shown.id and "Schmit" in message.caption, new=True)
    await home.at_rest()
    await paul.sends(f"/stamp {number}")
    receipt = await anna.sees("✅ +1 stamp")
    assert receipt.id > shown.id
    [left] = [message for message in anna.messages if message.id == shown.id]
    assert "Bäckerei Schmit" in left.caption


async def test_deleted_card_gets_a_successor(home: House, shop: Shop) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    card, number = anna.last, number_of(anna)
    await home.at_rest()
    home.sandbox.world.delete(card)
    await paul.sends(f"/stamp {number} 2")
    shown = await anna.sees("✅ +2 stamps")
    assert shown.id > card.id
    await told(home)
    await acts(paul, anna)
    assert (await anna.sees("✅ +1 stamp")).id == shown.id


async def test_card_is_edited_after_a_restart_too(tmp_path: Path, clock: TestClock) -> None:
    path, around = tmp_path / "a.db", Surroundings(clock=clock, limits=UNHURRIED)
    async with Sandbox() as sandbox:
        async with house(path, around, sandbox) as home:
            shop = await home.opens_shop()
            anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
            await home.at_rest()
        card = anna.last
        async with house(path, around, sandbox):
            await acts(paul, anna)
            assert (await anna.sees("✅ +1 stamp")).id == card.id


async def test_blocked_chat_makes_the_customer_unreachable(home: House, shop: Shop) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    number = number_of(anna)
    await home.at_rest()
    anna.blocks_bot()
    await paul.sends(f"/stamp {number}")
    await home.until_rows(GONE, [("Anna",)])


async def test_burst_ends_with_the_last_state_in_one_place(home: House, shop: Shop) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    card = anna.last
    held = home.sandbox.faults.stall(method="editMessageMedia", chat_id=anna.id)
    for _ in range(6):
        await acts(paul, anna)
    held.release()
    await told(home)
    shown = await anna.sees("✅ +1 stamp\n6 of 10")
    assert (shown.id, anna.last.id) == (card.id, card.id)
    assert len(calls(home, "editMessageMedia", anna)) <= 2


async def test_receipt_that_comes_late_does_not_turn_the_card_back(
    home: House, shop: Shop, clock: TestClock
) -> None:
    anna, ben = await home.customers(shop, "Anna", "Ben")
    paul = await home.owner(shop)
    home.sandbox.faults.server_error(method="editMessageMedia", chat_id=anna.id)
    await acts(paul, anna, more="2")
    await home.until_rows("SELECT attempts FROM deliveries WHERE delivered_at IS NULL", [(1,)])
    await acts(paul, anna, more="3")
    await anna.sees("✅ +3 stamps\n5 of 10")
    clock.passes(seconds=60)
    await acts(paul, ben)
    await told(home)
    await anna.sees("✅ +3 stamps\n5 of 10")
    assert not [message for message in anna.messages if "+2" in message.content.body.text]


async def test_late_redemption_is_told_beside_the_card(home: House, shop: Shop, clock: TestClock) -> None:
    anna, ben = await home.customers(shop, "Anna", "Ben")
    paul = await home.owner(shop)
    await acts(paul, anna, more="10")
    await told(home)
    card = with_code(anna)[0]
    home.sandbox.faults.server_error(method="sendPhoto", chat_id=anna.id)
    await acts(paul, anna, "redeem")
    await home.until_rows("SELECT attempts FROM deliveries WHERE delivered_at IS NULL", [(1,)])
    await acts(paul, anna, more="3")
    await anna.sees("✅ +3 stamps\n3 of 10")
    clock.passes(seconds=60)
    await acts(paul, ben)
    late = await anna.sees("🎁 Enjoy: A coffee")
    assert (late.photo, late.button_texts) == (None, ("Not me",))
    assert [message.id for message in with_code(anna)] == [card.id]


async def test_picture_is_uploaded_once_for_each_state_and_sent_by_its_id_after_that(
    home: House, shop: Shop
) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    for _ in range(2):
        await anna.sends("/card")
        await anna.sees(has_picture, new=True)
        await home.at_rest()
    sent = calls(home, "sendPhoto", anna)
    assert [str(each.get("photo")).startswith("AgAC") for each in sent] == [False, True, True]
    await acts(paul, anna)
    await anna.sees("✅ +1 stamp")
    await anna.sends("/card")
    await anna.sees(lambda message: message.photo and "1 of 10" in message.caption, new=True)
    assert str(calls(home, "sendPhoto", anna)[-1]["photo"]).startswith("AgAC")


async def test_file_id_that_telegram_does_not_know_any_more_is_uploaded_again(
    home: House, shop: Shop
) -> None:
    anna = await home.customer(shop, "Anna")
    fault = home.sandbox.faults.refuse("wrong file identifier/HTTP URL specified", method="sendPhoto")
    for _ in range(2):
        await anna.sends("/card")
        assert code_on(await anna.sees(has_picture, new=True))
        await home.at_rest()
    assert fault.hits == 1
    sent = [str(each.get("photo")).startswith("AgAC") for each in calls(home, "sendPhoto", anna)]
    assert sent == [False, True, False, True]


async def test_not_me_below_the_card_leaves_the_card(home: House, shop: Shop) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    await acts(paul, anna)
    shown = await anna.sees("✅ +1 stamp")
    await anna.taps("Not me", on=shown)
    thanked = await anna.sees("Thank you. Café Knätsch has been told and will look into it.", new=True)
    assert thanked.id == shown.id
    assert "Not me" not in thanked.button_texts
    assert number_of(anna) in thanked.button_texts
    await paul.sees("⚠️ Anna says: this was not me.")


async def test_any_act_of_the_history_can_still_be_disputed(home: House, shop: Shop) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    for more in ("1", "2"):
        await acts(paul, anna, more=more)
    await anna.sees("✅ +2 stamps")
    await anna.taps("History")
    await anna.taps("Something was not me")
    asked = await anna.sees("Which of these was not you?", new=True)
    [first] = [text for text in asked.button_texts if text.endswith("+1 stamp")]
    await anna.taps(first)
    thanked = await anna.sees("Thank you. Café Knätsch has been told and will look into it.", new=True)
    assert ("Which of these" in thanked.caption, thanked.button_texts) == (False, ("‹ History", "‹ Card"))
    told = await paul.sees("⚠️ Anna says: this was not me.")
    assert "+1 stamp, card" in told.text
    await anna.taps("‹ History", on=thanked)
    await anna.sees("Café Knätsch · history", new=True)


async def test_what_was_disputed_is_not_offered_again_where_the_card_was(home: House, shop: Shop) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop, pin=PIN)
    sam = await home.member(shop, "Sam")
    await acts(sam, anna)
    old = await anna.sees("✅ +1 stamp")
    await anna.taps("Not me", on=old)
    thanks = "Thank you. Café Knätsch has been told and will look into it."
    await anna.sees(thanks, new=True)
    await anna.sends("/card")
    await anna.sees(lambda message: message.photo and message.id > old.id)
    await home.at_rest()
    [left] = [message for message in anna.messages if message.id == old.id]
    assert (left.caption, left.button_texts) == (
        f"✅ +1 stamp\n1 of 10 · 9 to go\nCafé Knätsch\n\n{thanks}",
        (),
    )
    await acts(sam, anna, more="2")
    newer = await anna.sees("✅ +2 stamps")
    await anna.taps("Not me", on=newer)
    alarm = await paul.sees("+2 stamps, card")
    await paul.taps("It was right", on=alarm)
    await anna.sees("It was right, the shop says")
    await anna.sends("/card")
    await anna.sees(lambda message: message.photo and message.id > newer.id)
    await home.at_rest()
    [left] = [message for message in anna.messages if message.id == newer.id]
    assert (left.caption, left.button_texts) == ("✅ +2 stamps\n3 of 10 · 7 to go\nCafé Knätsch", ())


async def test_not_me_above_the_card_leaves_what_is_there(home: House, shop: Shop) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    await acts(paul, anna)
    old = await anna.sees("✅ +1 stamp")
    await anna.sends("/card")
    await anna.sees(lambda message: message.photo and message.id > old.id)
    await home.at_rest()
    await anna.taps("Not me", on=old)
    left = await anna.sees("has been told and will look into it", new=True)
    assert (left.id, left.button_texts) == (old.id, ())
