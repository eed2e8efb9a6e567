"""The PIN is asked for when it protects something: after what would be refused anyway, and as long as nobody acts."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from domain.merchant import ProgramKind
from domain.refusals import (
    CooldownActive,
    DailyLimitReached,
    NotEnoughPoints,
    NotEnoughStamps,
    PinRequired,
    Refusal,
    UndoTooLate,
)
from domain.staff import Actor, Role
from domain.usecases.prove_pin import lock_pin
from tests.support.clock import Clock
from tests.support.shop import Holder, Shop, Town


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop(kind=ProgramKind.HYBRID, require_staff_pin=True, pin_window_minutes=15)


@pytest.fixture
def anna(shop: Shop) -> Actor:
    anna = shop.hires("Anna")
    shop.chooses_pin(anna)
    return anna


@pytest.fixture
def lea(shop: Shop) -> Holder:
    return shop.gives_card("Léa")


def test_each_act_moves_the_window(shop: Shop, anna: Actor, lea: Holder, clock: Clock) -> None:
    for _ in range(8):
        clock.passes(minutes=14, seconds=59)
        shop.stamps(anna, lea)
    clock.passes(minutes=15)
    with pytest.raises(PinRequired):
        shop.stamps(anna, lea)


ACTS: dict[str, Callable[[Shop, Actor, Holder], object]] = {
    "stamp": lambda shop, anna, lea: shop.stamps(anna, lea),
    "purchase": lambda shop, anna, lea: shop.earns(anna, lea),
    "redeem": lambda shop, anna, lea: shop.redeems(anna, lea),
    "redeem any": lambda shop, anna, lea: shop.redeems_any(anna, lea),
    "void": lambda shop, anna, lea: shop.voids(anna, lea),
}


@pytest.mark.parametrize("act", ACTS)
def test_every_kind_of_act_moves_it(shop: Shop, anna: Actor, lea: Holder, clock: Clock, act: str) -> None:
    shop.stamps(anna, lea, 10)
    clock.passes(minutes=10)
    ACTS[act](shop, anna, lea)
    clock.passes(minutes=10)
    assert shop.stamps(anna, lea).entry.stamps_delta == 1


def test_what_is_refused_moves_nothing(shop: Shop, anna: Actor, lea: Holder, clock: Clock) -> None:
    clock.passes(minutes=10)
    with pytest.raises(NotEnoughStamps):
        shop.redeems(anna, lea)
    clock.passes(minutes=10)
    with pytest.raises(PinRequired):
        shop.stamps(anna, lea)


def test_undo_opens_no_window_that_is_over(shop: Shop, anna: Actor, lea: Holder, clock: Clock) -> None:
    """It needs no PIN, so it proves none."""
    shop.changes_terms(pin_window_minutes=1)
    done = shop.stamps(anna, lea)
    clock.passes(seconds=60)
    shop.undoes(anna, lea, done.entry.entry_id)
    with pytest.raises(PinRequired):
        shop.stamps(anna, lea)


def test_act_moves_the_window_on_its_own_account_only(
    shop: Shop, anna: Actor, lea: Holder, clock: Clock
) -> None:
    till = shop.hires("Till", Role.TERMINAL)
    at_till = shop.actor(anna.staff_id, till.account)
    shop.types_right_pin(at_till)
    clock.passes(minutes=10)
    shop.stamps(anna, lea)
    clock.passes(minutes=10)
    with pytest.raises(PinRequired):
        shop.stamps(at_till, lea)


def test_act_forgets_no_wrong_try(shop: Shop, anna: Actor, lea: Holder) -> None:
    for _ in range(3):
        shop.types_wrong_pin(anna)
    shop.stamps(anna, lea)
    assert shop.pin_session(anna).failures == 3


def test_window_ends_with_the_shops_day(shop: Shop, lea: Holder, clock: Clock) -> None:
    """In Luxembourg, at ten in the evening UTC in summer."""
    shop.changes_terms(pin_window_minutes=24 * 60)
    clock.is_at(datetime(2026, 6, 15, 21, 50, tzinfo=UTC))
    bob = shop.hires("Bob")
    shop.chooses_pin(bob)
    clock.is_at(datetime(2026, 6, 15, 21, 59, 59, tzinfo=UTC))
    shop.stamps(bob, lea)
    clock.is_at(datetime(2026, 6, 15, 22, 0, tzinfo=UTC))
    with pytest.raises(PinRequired):
        shop.stamps(bob, lea)


def test_lock_ends_the_window_at_once_and_a_pin_opens_it_again(shop: Shop, anna: Actor, lea: Holder) -> None:
    shop.types_wrong_pin(anna)
    shop.database.write(lock_pin, anna)
    with pytest.raises(PinRequired):
        shop.stamps(anna, lea)
    assert shop.pin_session(anna).failures == 1
    shop.types_right_pin(anna)
    assert shop.stamps(anna, lea).card.stamp_count == 1


@pytest.mark.parametrize(
    ("require_staff_pin", "pin_window_minutes", "asked"),
    [(False, 15, [False, False]), (True, 0, [True, True]), (True, 15, [False, False])],
    ids=["never", "every time", "window"],
)
def test_owner_chooses_when_it_is_asked_for(
    town: Town, clock: Clock, require_staff_pin: bool, pin_window_minutes: int, asked: list[bool]
) -> None:
    shop = town.opens_shop(require_staff_pin=require_staff_pin, pin_window_minutes=pin_window_minutes)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.chooses_pin(anna)

    def is_asked() -> bool:
        try:
            shop.stamps(anna, lea)
        except PinRequired:
            shop.types_right_pin(anna)
            shop.stamps(anna, lea, pin_typed=True)
            return True
        return False

    assert [is_asked(), is_asked()] == asked


def _too_soon(shop: Shop, anna: Actor, lea: Holder) -> object:
    shop.changes_terms(cooldown_minutes=60)
    return shop.stamps(anna, lea)


def _too_many(shop: Shop, anna: Actor, lea: Holder) -> object:
    shop.changes_terms(max_daily_stamps=3)
    return shop.stamps(anna, lea, 3)


REFUSED_ANYWAY: dict[str, tuple[type[Refusal], Callable[[Shop, Actor, Holder], object]]] = {
    "cooldown": (CooldownActive, _too_soon),
    "limit": (DailyLimitReached, _too_many),
    "too few stamps": (NotEnoughStamps, lambda shop, anna, lea: shop.redeems(anna, lea)),
    "too few points": (NotEnoughPoints, lambda shop, anna, lea: shop.redeems_points(anna, lea)),
    "no reward at all": (NotEnoughStamps, lambda shop, anna, lea: shop.redeems_any(anna, lea)),
    "undone too late": (
        UndoTooLate,
        lambda shop, anna, lea: shop.undoes(anna, lea, shop.entries(lea)[0].entry_id),
    ),
}


@pytest.mark.parametrize("what", REFUSED_ANYWAY)
def test_what_would_be_refused_anyway_asks_for_no_pin(
    shop: Shop, anna: Actor, lea: Holder, clock: Clock, what: str
) -> None:
    refusal, act = REFUSED_ANYWAY[what]
    shop.stamps(anna, lea)
    clock.passes(minutes=30)
    with pytest.raises(refusal):
        act(shop, anna, lea)
