"""Rewards have a name in each language that the shop gave them one in."""

from domain.account import Locale
from domain.merchant import OwnText, PointReward, ProgramKind
from domain.usecases.change_fields import change_fields
from tests.support.async_shop import look
from tests.support.house import House, has_picture, number_of
from tests.support.terms import editing

FRENCH = OwnText(locale=Locale.FR, text="A coffee", said="Un café")
TEA = OwnText(locale=Locale.FR, text="A tea", said="Un thé")


async def test_customers_read_the_reward_in_their_language_and_staff_in_the_shops(home: House) -> None:
    shop = await home.opens_shop(
        kind=ProgramKind.HYBRID,
        stamps_target=2,
        reward="A coffee",
        point_rewards=(PointReward(cost=50, name="A tea"),),
    )
    [merchant] = await look(home.store, lambda tx: tx.merchants())
    await home.store.write(change_fields, editing(merchant, own_texts=(FRENCH, TEA)))
    lea, ben = (
        await home.customer(shop, "Léa", language="fr"),
        await home.customer(shop, "Ben", language="de"),
    )
    sam = await home.member(shop, "Sam")
    assert "Un café" in (await lea.sees(has_picture)).caption
    assert "A coffee" in (await ben.sees(has_picture)).caption
    await lea.sends("/rewards")
    assert "Un thé" in (await lea.sees("Un café", new=True)).text
    await sam.sends(f"/stamp {number_of(lea)} 2")
    confirmed = await sam.sees("✅ 2", new=True)
    assert "A coffee" in confirmed.text
    assert "Un café" in (await lea.sees("🎉", new=True)).text
    await sam.sends(f"/redeem {number_of(lea)}")
    await sam.sees("Hand out: A coffee", new=True)
    await lea.sees("Un café", new=True)
    await home.at_rest()
    await lea.sends("/history")
    await lea.sees("Un café", new=True)
