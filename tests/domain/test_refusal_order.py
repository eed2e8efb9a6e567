"""The order of refusals: when several things are wrong at once, the earliest in the rule book is what is told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from enum import Enum
from itertools import combinations

import pytest

from domain.merchant import ProgramKind
from domain.refusals import (
    CardInactive,
    CardNotFound,
    CooldownActive,
    DailyLimitReached,
    EntryAlreadyVoided,
    NotAllowed,
    NotEnoughStamps,
    OperationKeyReused,
    OwnCardRefused,
    PinBlocked,
    PinLocked,
    PinNotSet,
    PinRequired,
    ProgramInactive,
    Refusal,
    StampCountOutOfRange,
    StampsNotEnabled,
    VoidingSwitchedOff,
    VoidTooLate,
)
from domain.staff import Actor, Pin, PinSession, StaffStatus
from tests.support.clock import Clock
from tests.support.databases import do
from tests.support.shop import Holder, Shop, Town


class Flaw(Enum):
    COUNT = StampCountOutOfRange
    KEY = OperationKeyReused
    NOT_ON_TEAM = NotAllowed
    OTHERS_CARD = CardNotFound
    CARD_OFF = CardInactive
    PROGRAM_OFF = ProgramInactive
    ONLY_POINTS = StampsNotEnabled
    OWN_CARD = OwnCardRefused
    NO_PIN = PinNotSet
    PIN_BLOCKED = PinBlocked
    PIN_LOCKED = PinLocked
    PIN_NOT_TYPED = PinRequired
    COOLDOWN = CooldownActive
    DAILY_LIMIT = DailyLimitReached
    TOO_FEW_STAMPS = NotEnoughStamps
    NO_VOIDS = VoidingSwitchedOff
    VOIDED_BEFORE = EntryAlreadyVoided
    TOO_OLD = VoidTooLate

    @property
    def refusal(self) -> type[Refusal]:
        found: type[Refusal] = self.value
        return found


AT_THE_COUNTER = (
    Flaw.NOT_ON_TEAM,
    Flaw.OTHERS_CARD,
    Flaw.CARD_OFF,
    Flaw.PROGRAM_OFF,
    Flaw.ONLY_POINTS,
    Flaw.OWN_CARD,
)
THE_PIN = (Flaw.NO_PIN, Flaw.PIN_BLOCKED, Flaw.PIN_LOCKED, Flaw.PIN_NOT_TYPED)
EITHER_UNIT = tuple(flaw for flaw in AT_THE_COUNTER if flaw is not Flaw.ONLY_POINTS)
ORDER = {
    "stamp": (Flaw.COUNT, Flaw.KEY, *AT_THE_COUNTER, Flaw.COOLDOWN, Flaw.DAILY_LIMIT, *THE_PIN),
    "redeem": (Flaw.KEY, *AT_THE_COUNTER, Flaw.TOO_FEW_STAMPS, *THE_PIN),
    "void": (Flaw.KEY, *EITHER_UNIT, Flaw.NO_VOIDS, Flaw.VOIDED_BEFORE, Flaw.TOO_OLD, *THE_PIN),
    "void of stamps": (Flaw.KEY, *AT_THE_COUNTER, Flaw.NO_VOIDS, Flaw.COUNT, Flaw.TOO_OLD, *THE_PIN),
}
NEVER_TOGETHER = {
    frozenset({Flaw.NO_VOIDS, Flaw.VOIDED_BEFORE}),
}
PAIRS = [
    pytest.param(act, earlier, later, id=f"{act}-{earlier.name}-before-{later.name}".lower())
    for act, order in ORDER.items()
    for earlier, later in combinations(order, 2)
    if frozenset({earlier, later}) not in NEVER_TOGETHER
]
SINGLE = [
    pytest.param(act, flaw, id=f"{act}-{flaw.name}".lower()) for act, order in ORDER.items() for flaw in order
]


@pytest.mark.parametrize(("act", "flaw"), SINGLE)
def test_each_flaw_alone_is_refused_as_what_it_is(town: Town, clock: Clock, act: str, flaw: Flaw) -> None:
    ask = scene(town, clock, {flaw})[act]
    with pytest.raises(flaw.refusal) as refused:
        ask()
    assert type(refused.value) is flaw.refusal


@pytest.mark.parametrize(("act", "earlier", "later"), PAIRS)
def test_of_two_flaws_the_earlier_is_told(
    town: Town, clock: Clock, act: str, earlier: Flaw, later: Flaw
) -> None:
    ask = scene(town, clock, {earlier, later})[act]
    with pytest.raises(Refusal) as refused:
        ask()
    assert type(refused.value) is earlier.refusal


@pytest.mark.parametrize("act", ORDER)
def test_without_a_flaw_the_act_is_carried_out(town: Town, clock: Clock, act: str) -> None:
    scene(town, clock, set())[act]()


def scene(town: Town, clock: Clock, flaws: set[Flaw]) -> dict[str, Callable[[], object]]:
    """Anna at the counter with Léa's card, on which she has put four stamps, and nothing wrong but ``flaws``."""
    shop = town.opens_shop(
        kind=ProgramKind.HYBRID,
        stamps_target=5 if Flaw.TOO_FEW_STAMPS in flaws else 4,
        cooldown_minutes=60 if Flaw.COOLDOWN in flaws else 0,
        max_daily_stamps=4 if Flaw.DAILY_LIMIT in flaws else 5,
        require_staff_pin=True,
        pin_window_minutes=10,
        allow_void=Flaw.NO_VOIDS not in flaws,
    )
    lea, anna = shop.gives_card("Léa"), shop.hires("Anna")
    shop.chooses_pin(anna)
    entry_id = shop.stamps(anna, lea, 4).entry.entry_id
    if Flaw.VOIDED_BEFORE in flaws:
        shop.voids(anna, lea, entry=entry_id)
    clock.passes(minutes=16 if Flaw.TOO_OLD in flaws else 14)
    key = town.new_key()
    if Flaw.KEY in flaws:
        shop.stamps(anna, shop.gives_card("Marc"), key=key, pin_typed=True)
    if Flaw.OWN_CARD in flaws:
        anna = replace(anna, account=lea.account)
        shop.changes_staff(anna, account=lea.account)
    prepare_pin(shop, anna, clock, flaws)
    switch_off(shop, anna, lea, flaws)
    card = town.opens_shop().gives_card().card if Flaw.OTHERS_CARD in flaws else lea.card
    count = 0 if Flaw.COUNT in flaws else 1
    return {
        "stamp": lambda: shop.stamps(anna, card, count, key=key),
        "redeem": lambda: shop.redeems(anna, card, key=key),
        "void": lambda: shop.voids(anna, card, entry=entry_id, key=key),
        "void of stamps": lambda: shop.voids(anna, card, count=count, key=key),
    }


def prepare_pin(shop: Shop, anna: Actor, clock: Clock, flaws: set[Flaw]) -> None:
    if not flaws & {Flaw.NO_PIN, Flaw.PIN_BLOCKED, Flaw.PIN_LOCKED, Flaw.PIN_NOT_TYPED}:
        shop.types_right_pin(anna)
        return
    shop.changes_staff(anna, pin=Pin(hash=None if Flaw.NO_PIN in flaws else "hash", generation=1))
    session = PinSession(
        failures=20 if Flaw.PIN_BLOCKED in flaws else 0,
        locked_until=clock.now + timedelta(minutes=1) if Flaw.PIN_LOCKED in flaws else None,
    )
    member = shop.staff(anna)
    do(shop.database, lambda tx: tx.save_pin_session(member, anna.account, session))


def switch_off(shop: Shop, anna: Actor, lea: Holder, flaws: set[Flaw]) -> None:
    if Flaw.NOT_ON_TEAM in flaws:
        shop.changes_staff(anna, status=StaffStatus.REMOVED)
    if Flaw.CARD_OFF in flaws:
        shop.database.switch_off_card(lea.card_id)
    if Flaw.PROGRAM_OFF in flaws:
        shop.changes_terms(active=False)
    if Flaw.ONLY_POINTS in flaws:
        points = replace(shop.program(), kind=ProgramKind.POINTS, version=shop.program().version + 1)
        do(shop.database, lambda tx: tx.add_program_version(points))
