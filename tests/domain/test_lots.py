"""Which awards the rest of a balance stems from, whatever was taken and given back."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from domain.expiry import ExpiryKind, Unit
from domain.kinds import EntryKind
from domain.merchant import PointReward, ProgramKind
from domain.messages import MessageKind, Receipt
from domain.rules.lots import lots_of
from domain.staff import Actor, Role
from tests.support.clock import Clock, local
from tests.support.nights import Nights, assert_hints_are_not_late
from tests.support.shop import Holder, Shop, Town, count_of, shortfall_of

LUXEMBOURG = "Europe/Luxembourg"
JANUARY_ENDS = local(LUXEMBOURG, date(2026, 2, 1), 0)
FEBRUARY_ENDS = local(LUXEMBOURG, date(2026, 3, 1), 0)
REWARDS = tuple(PointReward(cost=cost, name=f"For {cost}") for cost in (10, 15, 25))


def left(shop: Shop, holder: Holder, unit: Unit = Unit.POINTS) -> list[int]:
    """What is left of each award, oldest first."""
    return [lot.left for lot in lots_of(unit, shop.entries(holder)).all]


def opens(town: Town, clock: Clock, kind: ExpiryKind = ExpiryKind.NEVER) -> tuple[Shop, Actor, Actor, Holder]:
    """With Anna behind the counter and Mia, a manager."""
    clock.is_at(local(LUXEMBOURG, date(2026, 1, 10)))
    shop = town.opens_shop(
        kind=ProgramKind.HYBRID,
        expiry_kind=kind,
        expiry_months=1,
        stamps_target=2,
        point_rewards=REWARDS,
    )
    return shop, shop.hires("Anna"), shop.hires("Mia", Role.MANAGER), shop.gives_card()


def no_violations(town: Town) -> bool:
    return town.database.violations() == []


@pytest.mark.parametrize(
    ("reward", "adjustment", "rest"),
    [
        pytest.param(0, 0, [0, 10, 5], id="a redemption takes the oldest"),
        pytest.param(1, 0, [0, 5, 5], id="and goes on with the next"),
        pytest.param(2, 0, [0, 0, 0], id="up to everything"),
        pytest.param(None, -12, [0, 8, 5], id="an adjustment takes the oldest"),
        pytest.param(None, 7, [10, 10, 5, 7], id="an adjustment may be an award"),
        pytest.param(0, -3, [0, 7, 5], id="one after the other"),
    ],
)
def test_what_is_taken_is_taken_from_the_oldest(
    town: Town, clock: Clock, reward: int | None, adjustment: int, rest: list[int]
) -> None:
    shop, anna, mia, lea = opens(town, clock)
    for amount in (1000, 1000, 500):
        shop.earns(anna, lea, amount)
    if reward is not None:
        shop.redeems_points(anna, lea, reward)
    if adjustment:
        shop.adjusts(mia, lea, adjustment)
    assert left(shop, lea) == rest
    assert sum(rest) == shop.card(lea).points_balance


@pytest.mark.parametrize(
    ("voided", "redeemed", "rest", "shortfall"),
    [
        pytest.param(0, None, [0, 10, 5], 0, id="the oldest"),
        pytest.param(1, None, [10, 0, 5], 0, id="one in the middle takes from itself"),
        pytest.param(0, 0, [0, 0, 5], 0, id="what it no longer holds comes from the oldest"),
        pytest.param(2, 0, [0, 10, 0], 0, id="the newest is untouched by a redemption"),
        pytest.param(1, 1, [0, 0, 0], 0, id="partly spent, the rest from the next"),
        pytest.param(0, 2, [0, 0, 0], 10, id="everything is spent"),
    ],
)
def test_void_of_an_award_takes_from_it_first_and_then_from_the_oldest(
    town: Town, clock: Clock, voided: int, redeemed: int | None, rest: list[int], shortfall: int
) -> None:
    shop, anna, _, lea = opens(town, clock)
    awards = [shop.earns(anna, lea, amount).entry.entry_id for amount in (1000, 1000, 500)]
    if redeemed is not None:
        shop.redeems_points(anna, lea, redeemed)
    void = shop.voids(anna, lea, entry=awards[voided])
    assert (left(shop, lea), shortfall_of(void), void.entry.unit) == (rest, shortfall, Unit.POINTS)
    entry = shop.entries(lea)[-1]
    assert (entry.kind, entry.points_shortfall, entry.stamps_shortfall) == (
        EntryKind.POINTS_VOIDED,
        shortfall,
        0,
    )
    alerts = town.messages(MessageKind.STAFF_ALERT)
    assert len(alerts) == (2 if shortfall else 0)
    assert no_violations(town)


def test_void_of_a_number_of_stamps_takes_the_newest(town: Town, clock: Clock) -> None:
    shop, anna, _, lea = opens(town, clock)
    for count in (2, 3, 1):
        shop.stamps(anna, lea, count)
    shop.redeems(anna, lea)
    shop.voids(anna, lea, count=2)
    assert left(shop, lea, Unit.STAMPS) == [0, 2, 0]


@pytest.mark.parametrize("between", [[], [0], [0, 1]], ids=str)
def test_voided_redemption_gives_back_to_where_it_took(town: Town, clock: Clock, between: list[int]) -> None:
    shop, anna, _, lea = opens(town, clock)
    for _ in range(5):
        shop.earns(anna, lea, 1000)
    redeemed = shop.redeems_points(anna, lea, 1)
    for reward in between:
        shop.redeems_points(anna, lea, reward)
    before = left(shop, lea)
    void = shop.voids(anna, lea, entry=redeemed.entry.entry_id)
    assert left(shop, lea) == [10, before[1] + 5, *before[2:]]
    assert (count_of(void), shortfall_of(void)) == (15, 0)


def test_what_was_redeemed_of_points_that_expire_is_not_subtracted_once_more(
    town: Town, clock: Clock
) -> None:
    shop, anna, _, lea = opens(town, clock, ExpiryKind.LOT)
    clock.is_at(JANUARY_ENDS - timedelta(hours=1))
    shop.earns(anna, lea, 2000)
    shop.redeems_points(anna, lea, 1)
    clock.is_at(JANUARY_ENDS + timedelta(hours=1))
    shop.earns(anna, lea, 1200)
    nights = Nights(town)
    nights.runs_until(FEBRUARY_ENDS - timedelta(days=14))
    clock.is_at(FEBRUARY_ENDS)
    nights.looks()
    [told] = nights.expired()
    assert (told.count, told.balance, shop.card(lea).points_balance) == (5, 12, 12)
    assert left(shop, lea) == [0, 12]
    assert no_violations(town)


@pytest.mark.parametrize("lapse", ["by its instant alone", "with an entry"])
def test_void_of_a_redemption_after_some_of_its_lots_expired(town: Town, clock: Clock, lapse: str) -> None:
    shop, anna, mia, lea = opens(town, clock, ExpiryKind.LOT)
    shop.earns(anna, lea, 1000 if lapse == "by its instant alone" else 1300)
    clock.is_at(JANUARY_ENDS + timedelta(days=5))
    shop.earns(anna, lea, 2000)
    if lapse == "with an entry":
        first = shop.redeems_points(anna, lea, 0)
        shop.voids(anna, lea, entry=first.entry.entry_id)
    redeemed = shop.redeems_points(anna, lea, 1)
    balance = shop.card(lea).points_balance
    nights = Nights(town)
    clock.is_at(FEBRUARY_ENDS - timedelta(days=14))
    nights.runs()
    clock.is_at(FEBRUARY_ENDS)
    nights.runs()
    void = shop.voids(mia, lea, entry=redeemed.entry.entry_id, reason="not wanted")
    given_back = 5 if lapse == "by its instant alone" else 2
    assert (count_of(void), shortfall_of(void), void.card.points_balance) == (
        given_back,
        15 - given_back,
        balance + given_back,
    )
    [receipt] = [
        message.facts
        for message in town.messages(MessageKind.RECEIPT)
        if isinstance(message.facts, Receipt)
        and message.facts.entry_kind is EntryKind.REDEMPTION_VOIDED
        and message.facts.shortfall
    ]
    assert receipt.points_delta == given_back
    assert town.messages(MessageKind.STAFF_ALERT) == []
    assert_hints_are_not_late(shop, lea)
    assert no_violations(town)


@pytest.mark.parametrize("kind", [ExpiryKind.LOT, ExpiryKind.INACTIVITY])
def test_what_was_redeemed_when_its_time_came_stays_expired_even_if_older_lots_were_given_back(
    town: Town, clock: Clock, kind: ExpiryKind
) -> None:
    """The second award holds nothing when the first expires: its time has come all the same."""
    shop, anna, mia, lea = opens(town, clock, kind)
    for _ in range(2):
        shop.earns(anna, lea, 1000)
    first, second = (shop.redeems_points(anna, lea, 0).entry.entry_id for _ in range(2))
    shop.voids(anna, lea, entry=first)
    assert left(shop, lea) == [10, 0]
    nights = Nights(town)
    nights.runs_until(FEBRUARY_ENDS + timedelta(days=20))
    assert shop.card(lea).points_balance == 0
    shop.changes_terms(expiry_kind=ExpiryKind.NEVER)
    void = shop.voids(mia, lea, entry=second, reason="not wanted")
    assert (count_of(void), shortfall_of(void)) == (0, 10)
    assert no_violations(town)


def test_what_a_voided_redemption_gives_back_keeps_its_expiry(town: Town, clock: Clock) -> None:
    shop, anna, mia, lea = opens(town, clock, ExpiryKind.LOT)
    shop.earns(anna, lea, 1000)
    redeemed = shop.redeems_points(anna, lea, 0)
    assert shop.card(lea).points_expire_at is None
    clock.is_at(local(LUXEMBOURG, date(2026, 2, 3)))
    shop.voids(mia, lea, entry=redeemed.entry.entry_id, reason="not wanted")
    assert shop.card(lea).points_expire_at == FEBRUARY_ENDS


def test_redemption_that_expired_in_full_is_voided_for_nothing(town: Town, clock: Clock) -> None:
    shop, anna, mia, lea = opens(town, clock, ExpiryKind.LOT)
    shop.stamps(anna, lea, 2)
    redeemed = shop.redeems(anna, lea)
    clock.is_at(FEBRUARY_ENDS)
    void = shop.voids(mia, lea, entry=redeemed.entry.entry_id, reason="not wanted")
    assert (count_of(void), shortfall_of(void), void.entry.unit, void.card.stamp_count) == (
        0,
        2,
        Unit.STAMPS,
        0,
    )
    assert no_violations(town)


def test_redemption_of_stamps_leaves_points_alone(town: Town, clock: Clock) -> None:
    shop, anna, _, lea = opens(town, clock)
    shop.stamps(anna, lea, 3)
    shop.earns(anna, lea, 1000)
    redeemed = shop.redeems(anna, lea)
    assert (left(shop, lea), left(shop, lea, Unit.STAMPS)) == ([10], [1])
    shop.voids(anna, lea, entry=redeemed.entry.entry_id)
    assert (left(shop, lea), left(shop, lea, Unit.STAMPS)) == ([10], [3])


Story = Callable[[Shop, Actor, Actor, Holder], object]
STORIES: dict[str, Story] = {
    "earned": lambda shop, anna, mia, lea: shop.earns(anna, lea, 3000),
    "redeemed": lambda shop, anna, mia, lea: (shop.earns(anna, lea, 3000), shop.redeems_points(anna, lea, 2)),
    "put right": lambda shop, anna, mia, lea: (shop.adjusts(mia, lea, 30), shop.adjusts(mia, lea, -10)),
    "voided": lambda shop, anna, mia, lea: shop.voids(
        anna, lea, entry=shop.earns(anna, lea, 3000).entry.entry_id
    ),
}


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("kind", list(ExpiryKind))
def test_lots_add_up_to_the_balance(town: Town, clock: Clock, story: str, kind: ExpiryKind) -> None:
    shop, anna, mia, lea = opens(town, clock, kind)
    STORIES[story](shop, anna, mia, lea)
    assert sum(left(shop, lea)) == shop.card(lea).points_balance
    Nights(town).runs_until(FEBRUARY_ENDS + timedelta(days=20))
    assert sum(left(shop, lea)) == shop.card(lea).points_balance
    assert no_violations(town)
