"""A reward needs its customer: they show a code for it, or say yes to who asks."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.app.database import open_database
from bot.app.outside import Outside
from bot.app.process import Surroundings
from bot.pictures.qr import draw_qr
from bot.sandbox import Message, Person, Sandbox
from domain.ids import UpdateId
from domain.merchant import InterimReward, PointReward, ProgramKind, RedeemConfirmation
from domain.plumbing.inbox import receive_updates
from domain.staff import Role
from domain.update import ReceivedUpdate
from tests.bot.customer.test_cards import code_on
from tests.bot.staff.test_several_codes import beside
from tests.support.house import (
    PIN,
    UNHURRIED,
    House,
    Shop,
    TestClock,
    has_keypad,
    has_picture,
    house,
    number_of,
    settings_for,
    types_pin,
)

OWED = "SELECT count(*) FROM deliveries WHERE delivered_at IS NULL"
NEEDED = {"redeem_confirmation": RedeemConfirmation.CUSTOMER}


@pytest.fixture
async def shop(home: House) -> Shop:
    return await home.opens_shop(stamps_target=2, reward="Coffee", **NEEDED)


async def fills(home: House, sam: Person, anna: Person, stamps: int = 2) -> None:
    """The card is full, and everybody has been told."""
    await sam.sends(f"/stamp {number_of(anna)} {stamps}")
    await sam.sees("✅", new=True)
    await anna.sees("There, tap “Use reward” below it.")
    await home.until_rows(OWED, [(0,)])


async def with_full_card(home: House, shop: Shop, stamps: int = 2) -> tuple[Person, Person]:
    """Anna, whose card is full, and Sam, who stamped it."""
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await fills(home, sam, anna, stamps)
    return anna, sam


async def asks_for_a_code(anna: Person) -> Message:
    """Below her newest card, which shows it then."""
    card = next(message for message in reversed(anna.messages) if message.photo)
    await anna.taps("🎁 Use reward", on=card)
    shown = await anna.sees("Show this code at the counter. It is good for one minute, and once.")
    assert shown.id == card.id
    return shown


async def test_customer_shows_a_code_and_gets_the_reward(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    assert "🎁 Use reward" not in anna.last.button_texts
    await fills(home, sam, anna)
    own_code = code_on(next(message for message in reversed(anna.messages) if message.photo))
    shown = await asks_for_a_code(anna)
    assert shown.button_texts == ("‹ Card",)
    assert shown.caption.splitlines()[0] == "🎁 Coffee"
    assert code_on(shown) != own_code
    await sam.opens(code_on(shown))
    await sam.sees("🎁 Hand out: Coffee", new=True)
    [*_, redeemed] = await home.ledger(shop)
    assert (redeemed.kind, redeemed.staff_name) == ("stamp_redeemed", "Sam")
    receipt = await anna.sees("🎁 Enjoy: Coffee")
    assert code_on(receipt) == own_code
    assert await home.violations() == []


async def test_list_of_rewards_says_what_to_tap(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await fills(home, sam, anna)
    await anna.sends("/rewards")
    await anna.sees(
        "1 reward ready: show your card at the counter. There, tap “Use reward” below it.", new=True
    )
    points = await home.opens_shop(
        "Bakery",
        kind=ProgramKind.POINTS,
        welcome_bonus=10,
        point_rewards=(PointReward(cost=10, name="Tea"),),
        **NEEDED,
    )
    await anna.opens(points.join_link)
    await anna.sees("Bakery", new=True)
    await anna.sends("/rewards")
    await anna.sees(
        "Tea: 10 points\nShow your card at the counter. There, tap “Use reward” below it.", new=True
    )


async def test_code_scanned_twice_hands_one_reward_out(home: House, shop: Shop, clock: TestClock) -> None:
    anna, sam = await with_full_card(home, shop, stamps=4)
    mia = await home.member(shop, "Mia", Role.MANAGER)
    code = code_on(await asks_for_a_code(anna))
    await sam.opens(code)
    await sam.sees("🎁 Hand out: Coffee", new=True)
    await sam.opens(code)
    await sam.sees("This code is over. The customer taps “Use reward” below their card again.", new=True)
    await mia.opens(code)
    await mia.sees("This code is over.", new=True)
    assert [line.kind for line in await home.ledger(shop)] == ["stamp_earned", "stamp_redeemed"]
    clock.passes(minutes=2)
    await mia.opens(code)
    await mia.sees("This code is over. The customer taps “Use reward” below their card again.", new=True)


async def test_code_that_nobody_scanned_says_that_it_is_over(
    home: House, shop: Shop, clock: TestClock
) -> None:
    anna, sam = await with_full_card(home, shop)
    code = code_on(await asks_for_a_code(anna))
    clock.passes(seconds=62)
    over = await anna.sees("⌛ This code is over.")
    assert over.button_texts == ("🎁 Use reward", "‹ Card")
    await sam.opens(code)
    await sam.sees("This code is over.", new=True)
    await anna.taps("🎁 Use reward")
    await sam.opens(code_on(await anna.sees("Show this code at the counter.")))
    await sam.sees("🎁 Hand out: Coffee", new=True)


async def test_used_code_stays_gone_once_its_minute_is_over(
    home: House, shop: Shop, clock: TestClock
) -> None:
    anna, sam = await with_full_card(home, shop)
    await sam.opens(code_on(await asks_for_a_code(anna)))
    handed = await sam.sees("🎁 Hand out: Coffee", new=True)
    left = await anna.sees("Your card is further down in this chat.")
    clock.passes(seconds=62)
    await sam.sees(lambda message: message.id == handed.id and "Undo" not in message.button_texts)
    [same] = [message for message in anna.messages if message.id == left.id]
    assert (same.caption, same.button_texts) == (left.caption, ())


async def test_stamp_given_while_a_code_shows_is_still_told_after_its_minute(
    home: House, shop: Shop, clock: TestClock
) -> None:
    anna, sam = await with_full_card(home, shop)
    number = number_of(anna)
    shown = await asks_for_a_code(anna)
    await sam.sends(f"/stamp {number}")
    given = await sam.sees("✅", new=True)
    told = await anna.sees("✅ +1 stamp")
    assert told.id == shown.id
    clock.passes(seconds=62)
    await sam.sees(lambda message: message.id == given.id and "Undo" not in message.button_texts)
    [same] = [message for message in anna.messages if message.id == told.id]
    assert (same.caption, same.button_texts) == (told.caption, told.button_texts)


async def test_code_in_front_of_a_poster_is_the_code(home: House, shop: Shop) -> None:
    anna, sam = await with_full_card(home, shop)
    shown = await asks_for_a_code(anna)
    await sam.sends_photo(beside(draw_qr(shop.join_link), shown.photo or b""))
    await sam.sees("🎁 Hand out: Coffee", new=True)


async def test_code_is_for_the_team_of_that_shop_alone(home: House, shop: Shop) -> None:
    bakery = await home.opens_shop("Bäckerei Schmit")
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    ben, jil = await home.customer(shop, "Ben"), await home.member(bakery, "Jil")
    await fills(home, sam, anna)
    code = code_on(await asks_for_a_code(anna))
    await ben.opens(code)
    await ben.sees("This is for staff.", new=True)
    await jil.opens(code)
    await jil.sees("There is no such card here.", new=True)
    assert len(await home.ledger(shop)) == 1


async def test_customer_is_asked_and_says_yes(home: House, shop: Shop) -> None:
    anna, sam = await with_full_card(home, shop)
    await sam.sends(f"/redeem {number_of(anna)}")
    waiting = await sam.sees("⏳ Asked Anna: reward: Coffee", new=True)
    assert waiting.button_texts == ("Open card", "Withdraw the request")
    asked = await anna.sees("🎁 Use your reward at Café Knätsch now?\nCoffee\nSam asks, at the counter.")
    assert asked.button_texts == ("Yes, use it", "No")
    await home.until_rows(OWED, [(0,)])
    await anna.taps("Yes, use it", on=asked)
    await anna.answered("✅ Used: Coffee")
    settled = await anna.sees("✅ Used: Coffee\nCafé Knätsch")
    assert (settled.id, settled.button_texts) == (asked.id, ())
    handed = await sam.sees("🎁 Hand out: Coffee\n✅ Anna said yes.")
    assert (handed.id, handed.button_texts) == (waiting.id, ("‹ Card",))
    assert [line.kind for line in await home.ledger(shop)] == ["stamp_earned", "stamp_redeemed"]
    assert await home.violations() == []


async def test_customer_says_no_and_is_not_asked_after_a_while(
    home: House, shop: Shop, clock: TestClock
) -> None:
    anna, sam = await with_full_card(home, shop)
    await sam.sends(f"/redeem {number_of(anna)}")
    await sam.sees("⏳ Asked Anna: reward: Coffee", new=True)
    asked = await anna.sees("🎁 Use your reward at Café Knätsch now?")
    await home.until_rows(OWED, [(0,)])
    await anna.taps("No", on=asked)
    await anna.sees("❌ Not used: Coffee")
    await sam.sees("❌ Anna said no.")
    await sam.sends(f"/redeem {number_of(anna)}")
    await sam.sees("⏳ Asked Anna: reward: Coffee", new=True)
    asked = await anna.sees("🎁 Use your reward at Café Knätsch now?", new=True)
    clock.passes(minutes=6)
    await anna.taps("Yes, use it", on=asked)
    await anna.answered("This request is over: it was answered, withdrawn or too late.")
    assert len(await home.ledger(shop)) == 1


async def test_yes_hands_out_nothing_more_where_a_code_was_used_meanwhile(home: House, shop: Shop) -> None:
    """Another coffee waits on the card."""
    anna, sam = await with_full_card(home, shop, stamps=4)
    await sam.sends(f"/redeem {number_of(anna)}")
    waiting = await sam.sees("⏳ Asked Anna: reward: Coffee", new=True)
    asked = await anna.sees("🎁 Use your reward at Café Knätsch now?", new=True)
    await sam.opens(code_on(await asks_for_a_code(anna)))
    await sam.sees("🎁 Hand out: Coffee", new=True)
    await anna.taps("Yes, use it", on=asked)
    await anna.answered("↩️ The question was withdrawn: Coffee")
    settled = await anna.sees("↩️ The question was withdrawn: Coffee\nCafé Knätsch")
    assert (settled.id, settled.button_texts) == (asked.id, ())
    assert (await sam.sees("↩️ Withdrawn.")).id == waiting.id
    assert [line.kind for line in await home.ledger(shop)] == ["stamp_earned", "stamp_redeemed"]


async def test_member_is_told_when_who_was_asked_has_erased_themselves(home: House, shop: Shop) -> None:
    anna, sam = await with_full_card(home, shop)
    await sam.sends(f"/redeem {number_of(anna)}")
    waiting = await sam.sees("⏳ Asked Anna: reward: Coffee", new=True)
    asked = await anna.sees("🎁 Use your reward at Café Knätsch now?")
    await home.until_rows(OWED, [(0,)])
    await anna.sends("/privacy")
    await anna.taps("🗑 Erase everything", on=await anna.sees("what is kept about you", new=True))
    await anna.taps("🗑 Yes, erase")
    await anna.sees("Erased.", new=True)
    over = await sam.sees("↩️ Withdrawn.")
    assert (over.id, "Anna" in over.text) == (waiting.id, False)
    await anna.taps("Yes, use it", on=asked)
    await anna.answered("There is no such request any more.")


async def test_pin_is_typed_before_the_customer_is_asked(home: House) -> None:
    shop = await home.opens_shop(
        stamps_target=1, reward="Coffee", require_staff_pin=True, pin_window_minutes=0, **NEEDED
    )
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam", pin=PIN)
    await sam.sends(f"/stamp {number_of(anna)}")
    await sam.sees(has_keypad, new=True)
    await types_pin(sam)
    await anna.sees("🎉 Your reward is ready: Coffee")
    await sam.sends(f"/redeem {number_of(anna)}")
    await sam.sees(has_keypad, new=True)
    await types_pin(sam)
    await sam.sees("⏳ Asked Anna: reward: Coffee")
    await anna.taps("Yes, use it", on=await anna.sees("🎁 Use your reward at Café Knätsch now?"))
    await sam.sees("🎁 Hand out: Coffee")


async def test_code_still_holds_once_the_pin_is_typed(home: House, clock: TestClock) -> None:
    shop = await home.opens_shop(
        stamps_target=1, reward="Coffee", require_staff_pin=True, pin_window_minutes=0, **NEEDED
    )
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam", pin=PIN)
    await sam.sends(f"/stamp {number_of(anna)}")
    await sam.sees(has_keypad, new=True)
    await types_pin(sam)
    await anna.sees("🎉 Your reward is ready: Coffee")
    await home.until_rows(OWED, [(0,)])
    shown = await asks_for_a_code(anna)
    await sam.sends_photo(shown.photo or b"")
    await sam.sees(has_keypad, new=True)
    clock.passes(minutes=2)
    await types_pin(sam)
    await sam.sees("🎁 Hand out: Coffee")
    assert [line.kind for line in await home.ledger(shop)] == ["stamp_earned", "stamp_redeemed"]


async def test_customer_chooses_which_reward(home: House) -> None:
    shop = await home.opens_shop(
        kind=ProgramKind.HYBRID,
        stamps_target=4,
        interim_rewards=(InterimReward(stamps=1, name="Cookie"),),
        point_rewards=(PointReward(cost=5, name="Tea"),),
        **NEEDED,
    )
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends(f"/stamp {number_of(anna)}")
    await sam.sees("✅", new=True)
    await sam.sends(f"/earn {number_of(anna)} 8")
    await sam.sees("✅", new=True)
    await home.until_rows(OWED, [(0,)])
    card = next(message for message in reversed(anna.messages) if message.photo)
    await anna.taps("🎁 Use reward", on=card)
    choice = await anna.sees("Which reward?")
    assert choice.button_texts == ("‹ Card", "Cookie", "Tea · 5 points")
    await anna.taps("Tea · 5 points", on=choice)
    shown = await anna.sees("🎁 Tea\nShow this code at the counter.")
    await sam.opens(code_on(shown))
    await sam.sees("🎁 Hand out: Tea", new=True)
    await home.until_rows(OWED, [(0,)])
    await anna.sends("/card")
    await anna.taps("🎁 Use reward", on=await anna.sees(has_picture, new=True))
    await sam.opens(code_on(await anna.sees("🎁 Cookie\nShow this code at the counter.")))
    await sam.sees("🎁 Hand out: Cookie", new=True)


@dataclass
class Crashing:
    """A bot that can crash before it has noted that it has done what a command says."""

    sandbox: Sandbox
    path: Path
    clock: TestClock

    @asynccontextmanager
    async def runs(self) -> AsyncIterator[House]:
        around = Surroundings(clock=self.clock, limits=UNHURRIED)
        async with house(self.path, around, self.sandbox) as home:
            yield home
            await home.at_rest()

    async def leaves_undone(self, person: Person) -> None:
        """The newest command of the person, which was carried out, waits in the inbox."""
        settings = settings_for(self.sandbox, self.path)
        [*_, sent] = [message for message in person.messages if message.text.startswith("/")]
        sender = {"id": person.id, "first_name": person.name}
        message = {
            "message_id": sent.id,
            "date": int(self.clock().timestamp()),
            "chat": sender | {"type": "private"},
            "from": sender | {"is_bot": False},
            "text": sent.text,
            "entities": [{"type": "bot_command", "offset": 0, "length": len(sent.text.split()[0])}],
        }
        update = ReceivedUpdate(
            bot_id=settings.bot_id,
            update_id=UpdateId(600_000_000),
            person_key=person.id,
            payload=json.dumps({"update_id": 600_000_000, "message": message}),
        )
        async with open_database(settings, Outside(clock=self.clock)) as database:
            await database.write(receive_updates, [update])


@pytest.fixture
async def crashing(tmp_path: Path, clock: TestClock) -> AsyncIterator[Crashing]:
    async with Sandbox() as sandbox:
        yield Crashing(sandbox, tmp_path / "a.db", clock)


async def test_scan_that_is_handled_again_after_a_crash_is_confirmed(crashing: Crashing) -> None:
    async with crashing.runs() as home:
        shop = await home.opens_shop(stamps_target=2, reward="Coffee", **NEEDED)
        anna, sam = await with_full_card(home, shop)
        await sam.opens(code_on(await asks_for_a_code(anna)))
        await sam.sees("🎁 Hand out: Coffee", new=True)
    await crashing.leaves_undone(sam)
    count = len(sam.messages)
    async with crashing.runs() as home:
        await sam.sees(lambda seen: seen.text.startswith("🎁 Hand out: Coffee"), new=True)
        assert len(await home.ledger(shop)) == 2
    assert len(sam.messages) == count + 1


async def test_command_that_is_handled_again_after_the_yes_says_what_to_hand_out(crashing: Crashing) -> None:
    async with crashing.runs() as home:
        shop = await home.opens_shop(stamps_target=2, reward="Coffee", **NEEDED)
        anna, sam = await with_full_card(home, shop)
        await sam.sends(f"/redeem {number_of(anna)}")
        await sam.sees("⏳ Asked Anna: reward: Coffee", new=True)
        await home.until_rows(OWED, [(0,)])
        await anna.taps("Yes, use it", on=await anna.sees("🎁 Use your reward at Café Knätsch now?"))
        await sam.sees("🎁 Hand out: Coffee")
    await crashing.leaves_undone(sam)
    count = len(sam.messages)
    async with crashing.runs() as home:
        await sam.sees(lambda seen: seen.text.startswith("🎁 Hand out: Coffee\n✅ Anna said yes."), new=True)
        assert len(await home.ledger(shop)) == 2
    assert len(sam.messages) == count + 1


async def test_holder_reads_what_they_were_asked_among_their_data(home: House, shop: Shop) -> None:
    anna, sam = await with_full_card(home, shop)
    await sam.sends(f"/redeem {number_of(anna)}")
    await anna.sees("🎁 Use your reward at Café Knätsch now?")
    await home.until_rows(OWED, [(0,)])
    await anna.taps("Yes, use it")
    await anna.answered("✅ Used: Coffee")
    await anna.sends("/privacy")
    await anna.sees("what is kept about you", new=True)
    await anna.taps("📄 Get my data")
    await anna.sees("The same for a computer", new=True)
    page, _ = (message.document.data.decode() for message in anna.messages if message.document)
    _, _, told = page.partition("<h3>What happened</h3>")
    happened, _, after = told.partition("<h3>Requests about your card</h3>")
    assert "<li>Stamps given · +2 stamps<small>" in happened
    assert "<li>Reward for stamps · −2 stamps · Coffee<small>" in happened
    assert after.strip().startswith("<ul><li>Reward for stamps<small>")
