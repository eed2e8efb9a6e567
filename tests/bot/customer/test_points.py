"""Cards with points, as their holders live with them."""

from pathlib import Path
from typing import Any

import pytest

from bot.app.process import Surroundings
from bot.sandbox import Person
from domain.account import Account
from domain.acts import AdjustPoints, Asked, Change, EarnPoints, RedeemPoints, TakeBack
from domain.card import CardRef
from domain.entry import Origin
from domain.expiry import ExpiryKind
from domain.ids import CardNumber, OperationKey, StaffId, UserId
from domain.merchant import PointReward, ProgramKind
from domain.ports import Command
from domain.staff import Actor
from domain.usecases.adjust_points import adjust_points
from domain.usecases.earn_points import earn_points
from domain.usecases.posting import Posted
from domain.usecases.redeem_points import redeem_points
from domain.usecases.void import void_act
from tests.support.house import UNHURRIED, House, Shop, TestClock, has_picture, house, number_of

REWARDS = (PointReward(cost=50, name="An espresso"), PointReward(cost=100, name="A cake"))
POINTS: dict[str, Any] = {"kind": ProgramKind.POINTS, "points_per_unit_milli": 1000, "point_rewards": REWARDS}
HYBRID = POINTS | {"kind": ProgramKind.HYBRID}


class Counter:
    """The owner's acts on one customer's card; the customer reads of each before the next."""

    def __init__(self, home: House, shop: Shop, owner: Person, customer: Person) -> None:
        self._home = home
        [(staff_id,)] = home.rows("SELECT staff_id FROM staff WHERE role = 'owner'")
        account = Account(bot_id=home.settings.bot_id, user_id=UserId(owner.id))
        self._actor = Actor(
            merchant_id=shop.merchant_id,
            staff_id=StaffId(staff_id),
            store_id=shop.store_id,
            account=account,
        )
        self._card = CardRef("number", CardNumber(number_of(customer).replace(" ", "")))
        self._acts = 0

    async def earns(self, amount_minor: int) -> None:
        await self._asks(earn_points, EarnPoints, amount_minor=amount_minor)

    async def redeems(self, position: int) -> None:
        cost = REWARDS[position].cost
        await self._asks(redeem_points, RedeemPoints, position=position, cost=cost)

    async def adjusts(self, points: int) -> None:
        await self._asks(adjust_points, AdjustPoints, points=points, reason="mended")

    async def takes_back(self) -> None:
        await self._asks(void_act, TakeBack, reason="mended")

    async def _asks(self, usecase: Command[Any, Posted], act: type[Change], **what: Any) -> None:
        self._acts += 1
        origin = Origin(account=self._actor.account, chat_id=1, message_id=None)
        asked = act(card=self._card, key=OperationKey(f"act {self._acts}"), **what)
        await self._home.store.write(usecase, Asked(act=asked, actor=self._actor, origin=origin))


async def counter(home: House, shop: Shop, customer: Person) -> Counter:
    return Counter(home, shop, await home.owner(shop), customer)


async def test_who_joins_for_points_agrees_to_keep_points(home: House) -> None:
    shop = await home.opens_shop(**POINTS)
    anna = await home.customer(shop, "Anna")
    await anna.sees("Café Knätsch keeps your Telegram name and your points.")
    assert anna.last.caption == "Café Knätsch\n0 points · 50 to go: An espresso"


async def test_receipts_tell_points_and_what_is_left(home: House) -> None:
    shop = await home.opens_shop(**POINTS)
    anna = await home.customer(shop, "Anna")
    at = await counter(home, shop, anna)
    await at.earns(11_250)
    receipt = await anna.sees("✅ +112 points\n112 points\n€0.50 to the next point\nCafé Knätsch", new=True)
    assert receipt.button_texts[0] == "Not me"
    await anna.sees("You have enough points for: A cake\nCafé Knätsch: show your card", new=True)
    await at.redeems(1)
    await anna.sees("Enjoy: A cake\n12 points", new=True)
    await at.takes_back()
    await anna.sees("Your reward was not handed out: its points are back.\n112 points", new=True)
    await at.adjusts(-12)
    await anna.sees("−12 points, corrected by the shop\n100 points", new=True)


async def test_balance_rewards_and_history_of_points(home: House) -> None:
    shop = await home.opens_shop(**POINTS)
    anna = await home.customer(shop, "Anna")
    at = await counter(home, shop, anna)
    await at.earns(6000)
    await at.redeems(0)
    await at.earns(5000)
    await anna.sends("/balance")
    await anna.sees("60 points · enough for: An espresso · 40 to go: A cake", new=True)
    await anna.sends("/rewards")
    told = await anna.sees("Café Knätsch: 60 points", new=True)
    assert told.text.splitlines()[1:] == [
        "🎁 An espresso: 50 points",
        "A cake: 100 points, 40 to go",
        "Show your card at the counter.",
    ]
    await anna.sends("/history")
    history = await anna.sees("history", new=True)
    assert [line.partition(" · ")[2] for line in history.text.splitlines()[1:]] == [
        "+50 points",
        "reward: An espresso, 50 points",
        "+60 points",
    ]


async def test_hybrid_card_tells_stamps_and_points(home: House) -> None:
    shop = await home.opens_shop(**HYBRID)
    anna = await home.customer(shop, "Anna")
    assert anna.last.caption.splitlines() == [
        "Café Knätsch",
        "0 of 10 · 10 to go",
        "0 points · 50 to go: An espresso",
        "Reward: A coffee",
    ]
    await anna.sees("your Telegram name, your stamps and your points.")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (ExpiryKind.LOT, "10 points expire on 30 September 2026."),
        (ExpiryKind.INACTIVITY, "Come by no later than 15 September 2026 and nothing is lost."),
    ],
)
async def test_balance_says_when_points_expire(kind: ExpiryKind, said: str, home: House) -> None:
    shop = await home.opens_shop(**POINTS, expiry_kind=kind, expiry_months=3)
    anna = await home.customer(shop, "Anna")
    await anna.sends("/balance")
    assert "expire" not in (await anna.sees("0 points", new=True)).text
    at = await counter(home, shop, anna)
    await at.earns(1000)
    await anna.taps("Balance", on=await anna.sees(has_picture))
    await anna.sees(f"10 points · 40 to go: An espresso\n{said}", new=True)


async def test_redemption_taken_back_says_what_had_expired_meanwhile(home: House, clock: TestClock) -> None:
    shop = await home.opens_shop(**POINTS, expiry_kind=ExpiryKind.LOT, expiry_months=1)
    anna = await home.customer(shop, "Anna")
    at = await counter(home, shop, anna)
    await at.earns(2000)
    clock.passes(days=30)
    await at.earns(3000)
    await at.redeems(0)
    clock.passes(days=20)
    await at.takes_back()
    back = "+30 points back, 20 had expired meanwhile"
    await anna.sees(f"Your reward was not handed out.\n{back}\n30 points", new=True)
    await anna.sends("/history")
    await anna.sees(back, new=True)


async def test_welcome_bonus_is_on_the_card_at_once_and_told_after_it(tmp_path: Path) -> None:
    async with house(tmp_path / "stempel.db", Surroundings(limits=UNHURRIED)) as home:
        shop = await home.opens_shop(**POINTS, welcome_bonus=60)
        anna = await home.customer(shop, "Anna")
        await anna.sees("You have enough points for: An espresso")
        consent, card, bonus, ready = [message for message in anna.messages if message.from_bot]
        assert "you agree that" in consent.text
        assert card.caption.startswith("Café Knätsch\n60 points · enough for: An espresso")
        assert "Café Knätsch gives you 60 points to start with" in bonus.text
        assert "You have enough points for: An espresso" in ready.text
