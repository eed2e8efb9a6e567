"""A hash of a PIN is good for nothing without the secret key it was made with."""

from collections.abc import AsyncIterator

import pytest

from bot.kit.pins import Pins
from bot.kit.tokens import Tokens

PIN = "2580"


@pytest.fixture
async def pins() -> AsyncIterator[Pins]:
    found = Pins(Tokens(b"the secret key of one installation").pin_pepper())
    yield found
    found.close()


async def test_right_pin_is_told_from_a_wrong_one(pins: Pins) -> None:
    pin_hash = await pins.hash(PIN)
    assert await pins.verify(pin_hash, PIN)
    assert not await pins.verify(pin_hash, "2581")


async def test_same_pin_has_another_hash_every_time(pins: Pins) -> None:
    assert await pins.hash(PIN) != await pins.hash(PIN)


async def test_hash_proves_nothing_to_who_has_another_key(pins: Pins) -> None:
    thief = Pins(Tokens(b"the secret key of somebody else").pin_pepper())
    try:
        assert not await thief.verify(await pins.hash(PIN), PIN)
    finally:
        thief.close()
