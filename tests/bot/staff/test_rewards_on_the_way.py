"""A cookie at 5 and a coffee at 10: what staff press, and what the holder reads of it."""

from domain.merchant import InterimReward
from tests.support.house import House, number_of

COOKIE = InterimReward(stamps=5, name="A cookie")


async def test_reward_on_the_way_is_handed_out_with_one_tap_and_once(home: House) -> None:
    shop = await home.opens_shop(interim_rewards=(COOKIE,))
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends(f"/stamp {number_of(anna)} 5")
    done = await sam.sees("🎁 Reward ready: A cookie", new=True)
    await anna.sees("🎉 Your reward is ready: A cookie")
    await sam.taps("🎁 Hand out: A cookie", on=done)
    handed_out = await sam.sees("🎁 Hand out: A cookie\n5 of 10", new=True)
    await anna.sees("🎁 Enjoy: A cookie\n5 of 10")
    await sam.taps("Undo", on=handed_out)
    await sam.sees("The reward was not handed out.", new=True)
    await anna.sees("↩️ Your reward was not handed out.")
    await sam.sends(f"/redeem {number_of(anna)}")
    await sam.sees("🎁 Hand out: A cookie\n5 of 10", new=True)
    await sam.sends(f"/redeem {number_of(anna)}")
    await sam.sees("5 of 10", new=True)
    await anna.sends("/rewards")
    told = await anna.sees("A coffee\n5 stamps to go", new=True)
    assert "cookie" not in told.text
    kinds = [entry.kind for entry in await home.ledger(shop)]
    assert kinds == ["stamp_earned", "interim_redeemed", "redemption_voided", "interim_redeemed"]
