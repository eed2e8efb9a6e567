"""A person reads what happened in the order in which it happened, however much has to wait for the limits."""

from pathlib import Path

import pytest

from bot.app.process import Surroundings
from bot.delivery import dispatcher as outbox
from bot.sandbox import Person
from bot.sandbox.changes import Change, ChangeKind
from bot.telegram.pacing import SendingLimits
from tests.support.house import House, house, number_of

TENTH_OF_A_SECOND = SendingLimits(overall_per_second=1000, private_chat_per_second=10)


@pytest.fixture(autouse=True)
def shorter_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "LONG_WAIT_S", 0.2)


def told(home: House, customer: Person) -> list[list[str]]:
    """The lines of whatever comes from now on or appears on the card."""
    found: list[list[str]] = []

    def look(change: Change) -> None:
        if change.kind is ChangeKind.MESSAGE and change.chat_id == customer.id:
            message = home.sandbox.world.chats[customer.id].messages[int(change.ref or 0)]
            found.append(message.content.body.text.splitlines())

    home.sandbox.world.changes.watch(look)
    return found


async def test_receipts_come_in_the_order_of_the_acts(tmp_path: Path) -> None:
    """What the card shows follows the acts; whatever was overtaken is left out."""
    async with house(tmp_path / "a.db", Surroundings(limits=TENTH_OF_A_SECOND)) as home:
        shop = await home.opens_shop()
        anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
        seen = told(home, anna)
        for balance in range(1, 11):
            await sam.sends(f"/stamp {number_of(anna)}")
            await sam.sees(f"✅ {balance} of 10", new=True)
        await anna.sees("🎉 Your reward is ready: A coffee")
        await sam.sends(f"/redeem {number_of(anna)}")
        await sam.sees("Hand out", new=True)
        await anna.sees("Enjoy: A coffee")
        balances = [int(lines[1].split()[0]) for lines in seen if lines[0] == "✅ +1 stamp"]
        assert balances == sorted(set(balances))
        assert balances[-1] == 10
        assert [lines[0] for lines in seen if lines[0][0] in "🎉🎁"] == [
            "🎉 Your reward is ready: A coffee",
            "🎁 Enjoy: A coffee",
        ]


async def test_flood_keeps_the_order_too(tmp_path: Path) -> None:
    async with house(tmp_path / "a.db", Surroundings(limits=TENTH_OF_A_SECOND)) as home:
        shop = await home.opens_shop()
        anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
        await paul.sends(f"/stamp {number_of(anna)} 9")
        await anna.sees("✅ +9 stamps")
        fault, seen = home.sandbox.faults.flood(1, method="sendPhoto", chat_id=anna.id), told(home, anna)
        for count in (1, 2, 3):
            await paul.sends(f"/void {number_of(anna)} {count} wrong")
            await paul.sees("taken back", new=True)
            await home.sandbox.until(lambda: fault.hits)
        await anna.sees("3 stamps were taken back")
        assert [lines[0] for lines in seen if lines[0].startswith("↩️")] == [
            "↩️ 1 stamp was taken back",
            "↩️ 2 stamps were taken back",
            "↩️ 3 stamps were taken back",
        ]
