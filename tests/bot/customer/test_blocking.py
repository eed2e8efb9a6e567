"""Who blocks the bot is not written to, until they come back."""

from tests.support.house import House, Shop, has_picture, number_of

UNREACHABLE = "SELECT count(*) FROM people WHERE unreachable_since IS NOT NULL"


async def test_blocking_and_unblocking_is_remembered(home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Anna")
    anna.blocks_bot()
    await home.until_rows(UNREACHABLE, [(1,)])
    anna.unblocks_bot()
    await home.until_rows(UNREACHABLE, [(0,)])


async def test_receipt_for_who_blocked_the_bot_fails_for_good_and_the_stamp_stays(
    home: House, shop: Shop
) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    number = number_of(anna)
    anna.blocks_bot()
    await paul.sends(f"/stamp {number}")
    await paul.sees("✅", new=True)
    failed = "SELECT error, attempts, delivered_at FROM deliveries WHERE failed_at IS NOT NULL"
    await home.until_rows(failed, [("unreachable", 0, None)])
    assert [line.stamp_count for line in await home.cards(shop)] == [1]


async def test_who_comes_back_is_served_again(home: House, shop: Shop) -> None:
    anna = await home.customer(shop, "Anna")
    anna.blocks_bot()
    await home.until_rows(UNREACHABLE, [(1,)])
    await anna.opens(shop.join_link)
    await anna.sees("Welcome back", new=True)
    await anna.sees(has_picture, new=True)
    assert home.rows(UNREACHABLE) == [(0,)]
