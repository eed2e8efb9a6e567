"""A shop with points, and what tests of it do again and again."""

from typing import Any

from bot.sandbox import Message, Person
from domain.merchant import PointReward, ProgramKind
from tests.support.house import House, Shop, number_of

COFFEE, CAKE, BRUNCH = (
    PointReward(cost=100, name="A coffee"),
    PointReward(cost=250, name="A cake"),
    PointReward(cost=1000, name="Brunch"),
)


async def points_shop(home: House, kind: ProgramKind = ProgramKind.POINTS, **terms: Any) -> Shop:
    """One point for each euro of a purchase of at least two euros."""
    chosen: dict[str, Any] = {
        "kind": kind,
        "points_per_unit_milli": 1000,
        "minimum_purchase_minor": 200,
        "plausible_purchase_minor": 0,
        "point_rewards": (COFFEE, CAKE, BRUNCH),
        "carry_over": False,
    }
    return await home.opens_shop(**(chosen | terms))


async def earn(staff: Person, customer: Person, amount: str) -> Message:
    await staff.sends(f"/earn {number_of(customer)} {amount}")
    return await staff.sees("✅", new=True)


async def keys_in(staff: Person, keys: str) -> None:
    """Types on the amount keypad that is open."""
    for key in keys:
        await staff.taps(key)
        await staff.answered()


async def acts(home: House, shop: Shop) -> list[tuple[str, int]]:
    return [(entry.kind.value, entry.points_delta) for entry in await home.ledger(shop)]
