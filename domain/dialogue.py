"""A question the bot has asked a person, kept in the database so that a restart continues it."""

from datetime import datetime

from domain.account import Account
from domain.ids import UpdateId
from domain.quick import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """One per account. ``state`` is JSON that only the chat understands. ``keys`` are the positions pressed on a
    keypad, never digits. ``last_update_id`` is the newest press that counted, so that no press counts twice."""

    account: Account
    nonce: str
    state: str
    keys: str
    last_update_id: UpdateId | None
    expires_at: datetime
