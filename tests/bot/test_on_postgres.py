"""The whole bot over PostgreSQL, in one visit."""

from pathlib import Path

from bot.app.process import Surroundings
from tests.support import postgres
from tests.support.house import UNHURRIED, TestClock, house, number_of


async def test_customer_joins_is_stamped_and_told_and_all_is_there_after_a_restart(
    tmp_path: Path, clock: TestClock
) -> None:
    url, give_back = postgres.lend_database()
    around = Surroundings(clock=clock, limits=UNHURRIED)
    async with house(tmp_path / "unused.db", around, database_url=url) as home:
        shop = await home.opens_shop()
        lea, anna = await home.customer(shop, "Léa\0"), await home.member(shop, "Anna")
        await anna.sends(number_of(lea))
        await anna.taps("+2")
        await lea.sees(lambda message: "2 stamps" in (message.caption or message.text or ""))
        assert await home.violations() == []
    async with house(tmp_path / "unused.db", around, database_url=url) as again:
        [line] = await again.cards(shop)
        assert line.stamp_count == 2
    give_back()
