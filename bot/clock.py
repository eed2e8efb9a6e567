"""The clock, the id maker and chance: made here, handed to whoever needs them."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

import uuid_utils

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    return datetime.now(UTC)


def new_id() -> str:
    """A UUIDv7 (RFC 9562, section 5.7), later than every one this process made before."""
    return str(uuid_utils.uuid7())


def chance_below(bound: int) -> int:
    return secrets.randbelow(bound)


def new_key() -> str:
    """An operation key or nonce: 64 bits of chance in 11 characters."""
    return secrets.token_urlsafe(8)
