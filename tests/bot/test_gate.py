"""Who sends too fast is turned away with an answer, before anything happens, and may go on a little later."""

import pytest

from bot.telegram import rate_limit as gate
from bot.telegram.rate_limit import CUSTOMER, STAFF, Allowance, RateLimiter
from tests.support.house import House, Shop, number_of

ANNA, BEN = 1, 2
TOO_FAST = "Too many messages at once. This one was not carried out; try again in 100 seconds."


class Seconds:
    """A clock that counts seconds and stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def at_gate(seconds: Seconds) -> RateLimiter:
    return RateLimiter(seconds)


def let_through(at_gate: RateLimiter, person: int, sent: int = 100) -> int:
    """How many of so many messages sent at once go through."""
    return [at_gate.seconds_to_wait(person) for _ in range(sent)].count(0)


def test_customer_may_send_a_burst_and_then_one_a_second(at_gate: RateLimiter, seconds: Seconds) -> None:
    assert let_through(at_gate, ANNA) == CUSTOMER.burst == 20
    assert at_gate.seconds_to_wait(ANNA) == 1
    seconds.now += 1
    assert let_through(at_gate, ANNA) == 1
    seconds.now += 1000
    assert let_through(at_gate, ANNA) == 20


def test_staff_may_send_more_and_faster(at_gate: RateLimiter, seconds: Seconds) -> None:
    at_gate.remember_staff(ANNA, is_staff=True)
    assert let_through(at_gate, ANNA) == STAFF.burst == 60
    seconds.now += 1
    assert let_through(at_gate, ANNA) == 5


def test_who_turns_out_to_be_staff_gets_the_rest_of_their_burst_once(at_gate: RateLimiter) -> None:
    assert let_through(at_gate, ANNA) == 20
    for _ in range(3):
        at_gate.remember_staff(ANNA, is_staff=True)
    assert let_through(at_gate, ANNA) == 40


def test_who_is_staff_no_more_has_the_pace_of_customers(at_gate: RateLimiter, seconds: Seconds) -> None:
    at_gate.remember_staff(ANNA, is_staff=True)
    at_gate.remember_staff(ANNA, is_staff=False)
    assert let_through(at_gate, ANNA) == 20


def test_one_person_takes_nothing_from_another(at_gate: RateLimiter) -> None:
    let_through(at_gate, ANNA)
    assert let_through(at_gate, BEN) == 20


def test_who_is_remembered_is_bounded_and_nobody_gains_by_it(
    at_gate: RateLimiter, seconds: Seconds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "PEOPLE_MAX", 2)
    let_through(at_gate, ANNA)
    let_through(at_gate, BEN)
    seconds.now += 5
    at_gate.seconds_to_wait(3)
    assert let_through(at_gate, ANNA) == 5


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next message of anybody is too fast."""
    for allowance in ("CUSTOMER", "STAFF"):
        monkeypatch.setattr(gate, allowance, Allowance(per_second=0.01, burst=0))


async def test_button_pressed_too_fast_is_answered_and_does_nothing(
    home: House, shop: Shop, request: pytest.FixtureRequest
) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.scans(anna)
    await sam.sees("Anna · ", new=True)
    request.getfixturevalue("closed")
    await sam.taps("+1")
    assert (await sam.answered(TOO_FAST)).alert
    await home.at_rest()
    assert await home.ledger(shop) == []


async def test_command_typed_too_fast_is_answered_and_does_nothing(
    home: House, shop: Shop, request: pytest.FixtureRequest
) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    request.getfixturevalue("closed")
    await sam.sends(f"/stamp {number_of(anna)}")
    await sam.sees(TOO_FAST, new=True)
    await home.at_rest()
    assert await home.ledger(shop) == []


@pytest.mark.usefixtures("closed")
async def test_sentence_is_in_the_persons_own_language(home: House) -> None:
    luc = home.sandbox.person("Luc", language="fr")
    await luc.sends("/help")
    await luc.sees("100 secondes", new=True)
