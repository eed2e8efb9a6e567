"""Fingers tap twice, tills are crowded and Telegram repeats itself: one effect each, and everybody is answered."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.app.process import Surroundings
from bot.kit.clock import new_id
from bot.kit.tokens import token_hash
from bot.sandbox import CallbackQuery, Message, Person, Sandbox
from domain.account import Account
from domain.ids import BotId, CardId, UserId
from domain.steps import Step
from domain.usecases.join_store import JoinStore, join_store
from tests.support.house import UNHURRIED, House, Shop, TestClock, house, number_of

STAFF, CARDS_EACH = 10, 20
TELLERS, TILLS_EACH = 20, 10


async def cards(home: House, shop: Shop, count: int) -> list[str]:
    """Card numbers of customers who joined without a phone in the sandbox."""
    bot_id = BotId(home.sandbox.world.bot_id)
    commands = [
        JoinStore(
            account=Account(bot_id=bot_id, user_id=UserId(1_000 + number)),
            name=f"Customer {number}",
            merchant_id=shop.merchant_id,
            store_id=shop.store_id,
            card_id=CardId(new_id()),
            card_token_hash=token_hash(f"token {number}"),
            account_hash="",
        )
        for number in range(count)
    ]
    joined = await asyncio.gather(*(home.store.write(join_store, command) for command in commands))
    return [each.held.state.card_number for each in joined]


async def team(home: House, shop: Shop, count: int) -> list[Person]:
    return list(await asyncio.gather(*(home.member(shop, f"Staff {number}") for number in range(count))))


async def panel(staff: Person, number: str) -> Message:
    """The card's panel; its number stands in it."""
    spaced = f"{number[:3]} {number[3:6]} {number[6:]}"
    await staff.sends(number)
    return await staff.sees(lambda message: spaced in message.text and "+1" in message.button_texts)


def data(message: Message, label: str) -> str:
    for button in message.inline_buttons:
        if button.text.startswith(label):
            return button.callback_data or ""
    raise AssertionError(f"no button {label}")


async def until_answered(home: House, queries: list[CallbackQuery]) -> list[str]:
    asked = home.sandbox.world.queries
    await home.sandbox.until(lambda: all(asked[query.id].answer for query in queries))
    answers = [asked[query.id].answer for query in queries]
    return [answer.text for answer in answers if answer is not None]


async def test_two_hundred_double_taps_are_two_hundred_stamps(home: House, shop: Shop) -> None:
    staff, numbers = await team(home, shop, STAFF), await cards(home, shop, STAFF * CARDS_EACH)

    async def works_through(person: Person, mine: list[str]) -> list[CallbackQuery]:
        panels = [await panel(person, number) for number in mine]
        taps = []
        for each in panels:
            taps += [await person.presses_raw(data(each, "+1"), each) for _ in range(2)]
        return taps

    piles = [numbers[each::STAFF] for each in range(STAFF)]
    taps = await asyncio.gather(*(works_through(*pair) for pair in zip(staff, piles, strict=True)))
    answers = await until_answered(home, [tap for pile in taps for tap in pile])
    assert answers == [""] * 2 * STAFF * CARDS_EACH
    assert [line.stamp_count for line in await home.cards(shop)] == [1] * STAFF * CARDS_EACH
    assert len(await home.ledger(shop)) == STAFF * CARDS_EACH
    for person in staff:
        assert len([message for message in person.messages if "✅ 1 of 10" in message.text]) == CARDS_EACH
    assert await home.violations() == []


async def test_two_hundred_concurrent_redeems_hand_one_reward_out(home: House, shop: Shop) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    await paul.sends(f"/stamp {number_of(anna)} 10")
    await paul.sees("✅", new=True)
    staff = await team(home, shop, TELLERS)

    async def opens_tills(person: Person) -> list[Message]:
        opened = []
        for _ in range(TILLS_EACH):
            await person.sends(number_of(anna))
            opened.append(await person.sees("Anna · ", new=True))
        return opened

    tills = await asyncio.gather(*(opens_tills(person) for person in staff))
    presses = [
        person.presses_raw(data(till, "🎁 Redeem"), till)
        for mine in zip(*tills, strict=True)
        for person, till in zip(staff, mine, strict=True)
    ]
    queries = await asyncio.gather(*presses)
    answers = await until_answered(home, list(queries))
    assert sorted(answers) == ["", *["Not enough stamps: 0 of 10."] * (TELLERS * TILLS_EACH - 1)]
    kinds = [entry.kind.value for entry in await home.ledger(shop)]
    assert kinds == ["stamp_earned", "stamp_redeemed"]
    assert await home.violations() == []


async def test_both_taps_of_a_double_tap_on_redeem_are_answered_and_one_counts(
    home: House, shop: Shop
) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    await paul.sends(f"/stamp {number_of(anna)} 20")
    done = await paul.sees("✅", new=True)
    queries = [await paul.presses_raw(data(done, "🎁 Redeem"), done) for _ in range(2)]
    assert await until_answered(home, queries) == ["", ""]
    assert [line.stamp_count for line in await home.cards(shop)] == [10]


async def test_second_tap_on_the_same_spot_changes_nothing(home: House, shop: Shop) -> None:
    """Where +1 was, the confirmation has a button that changes nothing."""
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.scans(anna)
    before = await sam.sees("Anna · ", new=True)
    await sam.taps("+1", on=before)
    after = await sam.sees("✅", new=True)
    assert before.inline[0][0].text == "+1"
    assert after.inline[0][0].text == "‹ Card"


@pytest.mark.parametrize("command", ["/stamp {} 2", "/redeem {}", "/void {} 3"])
async def test_command_that_telegram_delivers_again_after_a_restart_has_one_effect(
    command: str, tmp_path: Path, clock: TestClock
) -> None:
    around = Surroundings(clock=clock, limits=UNHURRIED)
    async with Sandbox() as sandbox:
        async with house(tmp_path / "a.db", around, sandbox) as before:
            shop = await before.opens_shop()
            anna, sam = await before.customer(shop, "Anna"), await before.member(shop, "Sam")
            await sam.sends(f"/stamp {number_of(anna)} 10")
            await sam.sees("✅ 10 of 10", new=True)
            await before.at_rest()
            sandbox.faults.reset(method="getUpdates", count=None)
            await sam.sends(command.format(number_of(anna)))
            await sam.sees("Anna · ", new=True)
            ledger = await before.ledger(shop)
            assert len(ledger) == 2
        assert sandbox.world.updates.pending, "Telegram does not know that it was handled"
        sandbox.faults.clear()
        async with house(tmp_path / "a.db", around, sandbox) as after:
            await sandbox.until_confirmed()
            await after.at_rest()
            assert await after.ledger(shop) == ledger


class Crash(Exception):
    """Stands for the end of the process at a step."""


@dataclass
class Trap:
    """Once armed, nothing gets past the step between the answer and the note that it was given."""

    armed: bool = False

    def __call__(self, step: Step) -> None:
        if self.armed and step is Step.ANSWER_SENT:
            raise Crash


@pytest.mark.parametrize("command", ["/stamp {} 2", "/redeem {}", "/void {} 3"])
async def test_command_handled_again_after_a_crash_is_answered_again_and_has_one_effect(
    command: str, tmp_path: Path, clock: TestClock
) -> None:
    trap = Trap()
    around = Surroundings(clock=clock, limits=UNHURRIED, trace=trap)
    async with Sandbox() as sandbox:
        async with house(tmp_path / "a.db", around, sandbox) as before:
            shop = await before.opens_shop()
            anna, sam = await before.customer(shop, "Anna"), await before.member(shop, "Sam")
            await sam.sends(f"/stamp {number_of(anna)} 10")
            await sam.sees("✅ 10 of 10", new=True)
            await before.at_rest()
            trap.armed = True
            await sam.sends(command.format(number_of(anna)))
            answer = await sam.sees("Anna · ", new=True)
            ledger = await before.ledger(shop)
            assert len(ledger) == 2
        trap.armed = False
        async with house(tmp_path / "a.db", around, sandbox) as after:
            again = await sam.sees(lambda message: message.id > answer.id)
            await after.at_rest()
            assert again.text == answer.text
            assert await after.ledger(shop) == ledger
