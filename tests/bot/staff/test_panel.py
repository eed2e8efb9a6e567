"""From a customer's code or number to a stamp: three taps at most."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bot.app.process import Surroundings
from bot.sandbox import Sandbox
from bot.sandbox.qr import draw_qr
from domain.rules.card_numbers import card_number
from domain.staff import Role
from tests.support.house import UNHURRIED, House, Shop, TestClock, has_picture, house, number_of


async def test_scan_start_tap_is_a_stamp(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.scans(anna)
    panel = await sam.sees("Anna · ", new=True)
    assert panel.text == f"0 of 10 · 10 to go\nAnna · {number_of(anna)}\nToday: 0"
    assert panel.button_texts == ("+1", "+2", "+3")
    await sam.taps("+1")
    done = await sam.sees("✅ 1 of 10 · 9 to go", new=True)
    assert done.id == panel.id, "the confirmation takes the panel's place"
    await anna.sees("✅ +1 stamp\n1 of 10 · 9 to go\nCafé Knätsch")
    [entry] = await home.ledger(shop)
    assert (entry.staff_name, entry.stamps_delta, entry.stamps_balance_after) == ("Sam", 1, 1)


async def test_nothing_that_has_an_effect_stands_where_the_finger_has_just_tapped(
    home: House, shop: Shop
) -> None:
    """The second tap of a double tap may meet the confirmation."""
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends(f"/stamp {number_of(anna)} 9")
    await sam.sees("1 to go", new=True)
    await sam.scans(anna)
    panel = await sam.sees("Today: 9", new=True)
    assert [button.text for button in panel.inline[0]] == ["+1"]
    await sam.taps("+1")
    done = await sam.sees("1 reward ready", new=True)
    rows = [[button.text for button in row] for row in done.inline]
    assert rows == [["‹ Card"], ["🎁 Redeem (1 reward ready)"], ["Undo"]]


async def test_photo_of_the_code_opens_the_panel(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends_photo(anna.last.photo or b"")
    await sam.sees("Anna · ", new=True)


async def test_code_sent_as_a_file_opens_the_panel(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends_document(anna.last.photo or b"", "card.jpg")
    await sam.sees("Anna · ", new=True)


async def test_card_number_opens_the_panel(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    number = number_of(anna)
    for typed in (number, number.replace(" ", ""), number.replace(" ", "-"), number.replace(" ", ".")):
        await sam.sends(typed)
        await sam.sees("Anna · ", new=True)


async def test_card_number_with_a_count_and_no_command_opens_the_panel(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends(f"{number_of(anna)} 2")
    await sam.sees(f"0 of 10 · 10 to go\nAnna · {number_of(anna)}", new=True)
    await sam.sends("001 712 574 12 please")
    await sam.sees("This was not understood", new=True)
    assert await home.ledger(shop) == []


def picture_of(text: str | None) -> bytes:
    if text is not None:
        return draw_qr(text)
    out = BytesIO()
    Image.new("RGB", (200, 200), "beige").save(out, format="PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (None, "No code could be read in this picture."),
        ("https://example.com/menu", "This code is not one of our cards."),
        ("https://t.me/another_bot?start=cAAAAAAAAAAAAAAAAAAAAAA", "This code is not one of our cards."),
        ("https://t.me/stempel_demo_bot?start=cAAAAAAAAAAAAAAAAAAAAAA", "This link does not work"),
    ],
    ids=["no code", "another address", "another bot", "unknown card"],
)
async def test_photo_that_shows_no_card_says_so(
    shown: str | None, said: str, home: House, shop: Shop
) -> None:
    sam = await home.member(shop, "Sam")
    await sam.sends_photo(picture_of(shown))
    await sam.sees(said, new=True)


async def test_file_that_is_no_picture_says_so(home: House, shop: Shop) -> None:
    sam = await home.member(shop, "Sam")
    await sam.sends_document(b"not a picture", "card.png")
    await sam.sees("This picture is too large or damaged.", new=True)


async def test_picture_that_is_too_large_is_refused_before_it_is_fetched(home: House, shop: Shop) -> None:
    sam = await home.member(shop, "Sam")
    await sam.sends_document(b"\x89PNG" + bytes(10 * 1024 * 1024), "card.png")
    await sam.sees("This picture is too large or damaged.", new=True)
    assert home.sandbox.calls_of("getFile") == []


NOBODYS = card_number(48210937)
"""A card number without a slip that no card has."""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("482 109 375", "This card number cannot be right"),
        ("12345", "This card number cannot be right"),
        ("482 109", "This card number cannot be right"),
        ("2", "Which card? Scan it, or put its number first: 482 109 375 2"),
        (NOBODYS, "There is no such card here."),
        (f"{NOBODYS} 0", "Enter a number of stamps from 1 to 20."),
        (f"{NOBODYS} 21", "Enter a number of stamps from 1 to 20."),
        (f"{NOBODYS} two", "After the card number, give the number of stamps"),
    ],
)
async def test_stamp_command_that_is_mistyped_says_what_is_wrong(
    words: str, said: str, home: House, shop: Shop
) -> None:
    sam = await home.member(shop, "Sam")
    await sam.sends(f"/stamp {words}")
    await sam.sees(said, new=True)


async def test_void_of_a_number_of_stamps_asks_of_which_card(home: House, shop: Shop) -> None:
    sam = await home.member(shop, "Sam")
    await sam.sends("/void 1 wrong card")
    await sam.sees("Which card? Scan it, or put its number first: 482 109 375 1", new=True)


async def test_count_after_redeem_is_refused_rather_than_ignored(home: House, shop: Shop) -> None:
    sam = await home.member(shop, "Sam")
    await sam.sends(f"/redeem {NOBODYS} 2")
    await sam.sees("After the card number", new=True)


async def test_commands_on_several_lines_are_read_as_one(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends(f"/stamp\n{number_of(anna)}")
    await sam.sees("✅ 1 of 10", new=True)


@pytest.mark.parametrize("count", [1, 2, 3])
async def test_panel_buttons_stamp_as_they_say(count: int, home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.scans(anna)
    await sam.taps(f"+{count}")
    await sam.sees(f"✅ {count} of 10", new=True)
    assert [entry.stamps_delta for entry in await home.ledger(shop)] == [count]


async def test_full_card_offers_the_reward_and_hands_it_out_once(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends(f"/stamp {number_of(anna)} 12")
    done = await sam.sees("🎁 Reward ready: A coffee", new=True)
    await anna.sees("🎉 Your reward is ready: A coffee")
    await sam.taps("🎁 Redeem (1 reward ready)", on=done)
    handed_out = await sam.sees("🎁 Hand out: A coffee\n2 of 10", new=True)
    assert not any("Redeem" in text for text in handed_out.button_texts)
    await anna.sees("🎁 Enjoy: A coffee")
    await sam.taps("‹ Card")
    panel = await sam.sees("2 of 10 · 8 to go\nAnna", new=True)
    assert panel.button_texts == ("+1", "+2", "+3", "Take back …")


async def test_reward_ready_is_told_when_it_becomes_so_and_not_again(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    for count, balance in (
        (9, "9 of 10"),
        (1, "10 of 10"),
        (1, "1 reward · 1 of 10"),
        (9, "10 of 10"),
        (1, "2 rewards · 1 of 10"),
    ):
        await sam.sends(f"/stamp {number_of(anna)} {count}")
        await sam.sees(f"✅ {balance}", new=True)
    await home.until_rows("SELECT count(*) FROM deliveries WHERE delivered_at IS NULL", [(0,)])
    told = [message.text for message in anna.messages if "Your reward is ready" in message.text]
    assert [line.partition("\n")[2] for line in told] == [
        "Café Knätsch: show your card at the counter.",
        "Café Knätsch · 2 rewards ready: show your card at the counter.",
    ]


async def test_reward_ready_comes_with_an_effect(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends(f"/stamp {number_of(anna)} 10")
    ready = await anna.sees("Your reward is ready")
    assert ready.content.effect_id == "5046509860389126442"
    assert {message.content.effect_id for message in anna.messages if message.id != ready.id} == {None}


async def test_too_few_stamps_are_no_reward(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends(f"/redeem {number_of(anna)}")
    await sam.sees("Not enough stamps: 0 of 10.", new=True)


async def test_limits_are_told_before_and_when_they_bite(home: House, clock: TestClock) -> None:
    shop = await home.opens_shop(cooldown_minutes=30, max_daily_stamps=2)
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.scans(anna)
    panel = await sam.sees("Today: 0, 2 more possible", new=True)
    assert panel.button_texts == ("+1", "+2")
    await sam.sends(f"/stamp {number_of(anna)} 3")
    refused = await sam.sees("Only 2 stamps a day: more tomorrow.", new=True)
    assert refused.button_texts == ("+1", "+2")
    await sam.taps("+1", on=panel)
    await sam.sees("Today: 1, 1 more possible", new=True)
    await sam.taps("‹ Card", on=panel)
    waiting = await sam.sees("Next stamp possible from 11:30.", new=True)
    assert waiting.button_texts == ("Take back …",)
    await sam.taps("+1", on=refused)
    await sam.answered("This card has been stamped already. The next stamp is possible from 11:30.")
    again = await sam.sees("Next stamp possible from 11:30.", new=True)
    assert (again.id, again.button_texts) == (refused.id, ("Take back …",))
    clock.passes(minutes=30)
    await sam.sends(number_of(anna))
    panel = await sam.sees(lambda shown: "1 more possible" in shown.text and shown.id > again.id, new=True)
    assert panel.button_texts == ("+1",)
    await sam.taps("+1", on=panel)
    await sam.sees("✅ 2 of 10", new=True)
    await sam.sends(f"/stamp {number_of(anna)}")
    both = await sam.sees(
        "This card has been stamped already. The next stamp is possible tomorrow.", new=True
    )
    assert "Next stamp possible" not in both.text
    clock.passes(minutes=30)
    await sam.sends(f"/stamp {number_of(anna)}")
    limited = await sam.sees("Only 2 stamps a day: more tomorrow.", new=True)
    assert "Next stamp possible" not in limited.text


async def test_own_card_is_refused_by_scan_and_by_command(home: House, shop: Shop) -> None:
    sam = await home.member(shop, "Sam")
    await sam.opens(shop.join_link)
    await sam.sees(has_picture, new=True)
    await sam.scans(sam)
    await sam.sees(has_picture, new=True)
    for command in ("stamp", "redeem", "void"):
        await sam.sends(f"/{command} {number_of(sam)}")
        await sam.sees("This is your own card. Ask a colleague to do it.", new=True)
    assert await home.ledger(shop) == []


async def test_staff_are_customers_elsewhere(home: House, shop: Shop) -> None:
    bakery = await home.opens_shop("Bäckerei Schmit")
    sam, baker = await home.member(shop, "Sam"), await home.member(bakery, "Bea")
    await sam.opens(bakery.join_link)
    await sam.sees(has_picture, new=True)
    await baker.scans(sam)
    await baker.taps("+1")
    await sam.sees("✅ +1 stamp", new=True)


async def test_command_without_a_card_asks_for_one_and_a_number_answers(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends("/stamp")
    await sam.sees("Which card?", new=True)
    await sam.sends(number_of(anna))
    await sam.sees("✅ 1 of 10", new=True)


async def test_command_without_a_card_is_answered_by_a_photo(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends("/stamp")
    await sam.sees("Which card?", new=True)
    await sam.sends_photo(anna.last.photo or b"")
    await sam.sees("✅ 1 of 10", new=True)


@pytest.mark.parametrize("command", ["stamp", "redeem", "void"])
async def test_answered_question_is_over_and_the_next_card_opens_its_panel(
    command: str, home: House, shop: Shop
) -> None:
    anna, ben = await home.customer(shop, "Anna"), await home.customer(shop, "Ben")
    sam = await home.member(shop, "Sam")
    for each in (anna, ben):
        await sam.sends(f"/stamp {number_of(each)} 10")
        await sam.sees("✅ 10 of 10", new=True)
    await sam.sends(f"/{command}")
    await sam.sees("Which card?", new=True)
    await sam.sends(number_of(anna))
    await sam.sees("Anna · ", new=True)
    before = len(await home.ledger(shop))
    await sam.sends(number_of(ben))
    panel = await sam.sees("Ben · ", new=True)
    assert "+1" in panel.button_texts
    await sam.scans(ben)
    await sam.sees("Ben · ", new=True)
    assert len(await home.ledger(shop)) == before == 3


async def test_mistyped_number_leaves_the_question_open(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends("/stamp")
    await sam.sees("Which card?", new=True)
    await sam.sends("482 109 375")
    await sam.sees("This card number cannot be right", new=True)
    await sam.sends(number_of(anna))
    await sam.sees("✅ 1 of 10", new=True)


async def test_keys_below_the_chat_work_while_a_card_is_asked_for(home: House, shop: Shop) -> None:
    """They were taken for a card number, and refused as one."""
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends("/stamp")
    await sam.sees("Which card?", new=True)
    await sam.taps("📊 Today")
    await sam.sees("Today at Café Knätsch", new=True)
    await sam.taps("↩️ Last act")
    await sam.sees("You have done nothing here today.", new=True)
    await sam.sends("/nonsense")
    await sam.sees("This was not understood.", new=True)
    await sam.sends(number_of(anna))
    await sam.sees("✅ 1 of 10", new=True)


async def test_today_counts_the_store_and_the_member(home: House, shop: Shop) -> None:
    anna, ben = await home.customer(shop, "Anna"), await home.customer(shop, "Ben")
    sam, mia = await home.member(shop, "Sam"), await home.member(shop, "Mia", Role.MANAGER)
    for staff, words in (
        (sam, f"/stamp {number_of(anna)} 10"),
        (mia, f"/stamp {number_of(ben)} 2"),
        (sam, f"/redeem {number_of(anna)}"),
        (mia, f"/void {number_of(ben)} 1"),
    ):
        await staff.sends(words)
        await staff.sees(" · ", new=True)
    await sam.sends("/today")
    told = await sam.sees("Today at Café Knätsch", new=True)
    assert told.text.splitlines()[1:] == [
        "11 stamps · 1 reward · 2 cards",
        "taken back: 1 stamp",
        "",
        "By you",
        "10 stamps · 1 reward · 1 card",
    ]


async def test_today_begins_anew_at_the_merchants_midnight(home: House, shop: Shop, clock: TestClock) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends(f"/stamp {number_of(anna)}")
    await sam.sees("✅", new=True)
    clock.now = clock.now.replace(hour=21, minute=59)
    await sam.sends("/today")
    await sam.sees("1 stamp · 0 rewards · 1 card", new=True)
    clock.passes(minutes=1)
    await sam.sends("/today")
    await sam.sees("0 stamps · 0 rewards · 0 cards", new=True)


@pytest.mark.parametrize("command", ["stamp", "redeem", "void", "today", "store"])
async def test_staff_command_of_a_customer_says_whom_it_is_for(command: str, home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Anna")
    await anna.sends(f"/{command} 482 109 375")
    await anna.sees("This is for staff. Open the invite link you were given to start working.", new=True)


async def test_keyboard_of_the_team_scans_tells_the_day_and_finds_the_last_act(
    home: House, shop: Shop
) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam", language="de")
    await sam.sends("↩️ Letzter Vorgang")
    await sam.sees("Du hast hier heute noch nichts getan.", new=True)
    await sam.sends(f"/stamp {number_of(anna)}")
    await sam.sees("1 von 10", new=True)
    await sam.sends("↩️ Letzter Vorgang")
    panel = await sam.sees(f"Anna · {number_of(anna)}", new=True)
    assert "Zurücknehmen …" in panel.button_texts
    await sam.sends("📊 Heute")
    await sam.sees("Heute bei Café Knätsch", new=True)
    await sam.sends("📷 Per Foto scannen")
    await sam.sees("Welche Karte?", new=True)
    ben = await home.customer(shop, "Ben")
    await ben.sends("📊 Today")
    await ben.sees("This is for staff.", new=True)


async def test_same_card_again_edits_its_panel_while_that_is_the_last_message(
    home: House, shop: Shop, clock: TestClock
) -> None:
    anna, ben, sam = (
        await home.customer(shop, "Anna"),
        await home.customer(shop, "Ben"),
        await home.member(shop, "Sam"),
    )
    await sam.sends(number_of(anna))
    first = await sam.sees("Anna · ", new=True)
    await sam.scans(anna)
    again = await sam.sees("Anna · ", new=True)
    assert again.id == first.id
    clock.passes(minutes=10)
    await sam.sends(number_of(anna))
    late = await sam.sees(lambda message: "Anna · " in message.text and message.id > first.id, new=True)
    assert [message.button_texts for message in sam.messages if message.id == first.id] == [()]
    await sam.sends(number_of(ben))
    other = await sam.sees("Ben · ", new=True)
    assert [message.button_texts for message in sam.messages if message.id == late.id] == [()]
    await sam.taps("+1", on=other)
    done = await sam.sees("✅ 1 of 10", new=True)
    await sam.sends(number_of(anna))
    await sam.sees(lambda message: "Anna · " in message.text and message.id > done.id, new=True)
    assert "Undo" in done.button_texts
    assert [message.button_texts for message in sam.messages if message.id == done.id] == [done.button_texts]


async def test_panel_above_an_alarm_is_not_edited_where_nobody_sees_it(home: House, shop: Shop) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    await paul.sends(f"/stamp {number_of(anna)}")
    await paul.sees("✅ 1 of 10", new=True)
    await paul.sends(number_of(anna))
    panel = await paul.sees(lambda message: "+1" in message.button_texts, new=True)
    await anna.taps("Not me", on=await anna.sees("✅ +1 stamp"))
    alarm = await paul.sees(lambda message: message.id > panel.id)
    await paul.scans(anna)
    again = await paul.sees(lambda message: "+1" in message.button_texts, new=True)
    assert again.id > alarm.id


async def test_button_of_an_old_message_is_answered_further_down(tmp_path: Path) -> None:
    """Telegram for iOS is said to lose the buttons of what is edited late."""
    clock = TestClock()
    around = Surroundings(clock=clock, limits=UNHURRIED)
    async with (
        Sandbox(clock=lambda: clock().timestamp()) as sandbox,
        house(tmp_path / "stempel.db", around, sandbox) as home,
    ):
        shop = await home.opens_shop()
        anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
        await sam.scans(anna)
        panel = await sam.sees("Anna · ", new=True)
        clock.passes(minutes=9)
        await sam.taps("+1")
        assert (await sam.sees("✅ 1 of 10", new=True)).id == panel.id
        clock.passes(minutes=1)
        await sam.taps("‹ Card")
        below = await sam.sees(lambda message: "+1" in message.button_texts, new=True)
        assert below.id > panel.id
        await home.at_rest()
        assert [message.button_texts for message in sam.messages if message.id == panel.id] == [()]
