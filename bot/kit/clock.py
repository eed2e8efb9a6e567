"""The clock, the id maker and chance: made here, handed to whoever needs them."""

import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime

import uuid_utils

Clock = Callable[[], datetime]

KEY_BYTES = 8
KEYS_DRAWN = 256


def system_clock() -> datetime:
    return datetime.now(UTC)


def new_id() -> str:
    """A UUIDv7 (RFC 9562, section 5.7), later than every one this process made before."""
    return str(uuid_utils.uuid7())


def chance_below(bound: int) -> int:
    return secrets.randbelow(bound)


def new_key() -> str:
    """An operation key or nonce: 64 bits of chance in 11 characters.

    Chance is fetched for many keys at once: every call to the system hands the interpreter to another thread.
    """
    if not _chance:
        drawn = secrets.token_bytes(KEY_BYTES * KEYS_DRAWN)
        _chance.extend(drawn[at : at + KEY_BYTES] for at in range(0, len(drawn), KEY_BYTES))
    return urlsafe_b64encode(_chance.pop()).decode().rstrip("=")


_chance: list[bytes] = []
os.register_at_fork(after_in_child=_chance.clear)  # a child would draw its parent's keys again
