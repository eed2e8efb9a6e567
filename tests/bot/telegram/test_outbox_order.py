"""A person reads what happened in the order in which it happened, however much has to wait for the limits."""

from pathlib import Path

import pytest

from bot.app.process import Surroundings
from bot.delivery import dispatcher as outbox
from bot.telegram.pacing import SendingLimits
from tests.support.house import house, number_of

TENTH_OF_A_SECOND = SendingLimits(overall_per_second=1000, private_chat_per_second=10)


@pytest.fixture(autouse=True)
def shorter_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "LONG_WAIT_S", 0.2)


async def test_receipts_come_in_the_order_of_the_acts(tmp_path: Path) -> None:
    async with house(tmp_path / "a.db", Surroundings(limits=TENTH_OF_A_SECOND)) as home:
        shop = await home.opens_shop()
        anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
        for balance in range(1, 11):
            await sam.sends(f"/stamp {number_of(anna)}")
            await sam.sees(f"✅ {balance} of 10", new=True)
        await sam.sends(f"/redeem {number_of(anna)}")
        await sam.sees("Hand out", new=True)
        await anna.sees("Enjoy: A coffee")
        told = [message.text.splitlines() for message in anna.messages if message.id > 3]
        assert [lines[1].partition(" ·")[0] for lines in told if lines[0] == "✅ +1 stamp"] == [
            f"{balance} of 10" for balance in range(1, 11)
        ]
        assert [lines[0] for lines in told][-2:] == [
            "🎉 Your reward is ready: A coffee",
            "🎁 Enjoy: A coffee",
        ]


async def test_flood_keeps_the_order_too(tmp_path: Path) -> None:
    async with house(tmp_path / "a.db", Surroundings(limits=TENTH_OF_A_SECOND)) as home:
        shop = await home.opens_shop()
        anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
        fault = home.sandbox.faults.flood(1, method="sendMessage", chat_id=anna.id)
        for count in (1, 2, 3):
            await sam.sends(f"/stamp {number_of(anna)} {count}")
            await sam.sees("✅", new=True)
            await home.sandbox.until(lambda: fault.hits)
        await anna.sees("+3 stamps")
        told = [message.text.splitlines()[0] for message in anna.messages if "stamp" in message.text][1:]
        assert told == ["✅ +1 stamp", "✅ +2 stamps", "✅ +3 stamps"]
