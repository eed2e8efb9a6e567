"""An update from Telegram on its way through the inbox."""

from datetime import datetime

from domain.ids import BotId, UpdateId
from domain.quick import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedUpdate:
    """``person_key`` orders updates: those of one person are handled one after the other. ``payload`` is the update
    as JSON, without secrets, kept only until the update is done."""

    bot_id: BotId
    update_id: UpdateId
    person_key: int
    payload: str
    attempts: int = 0
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of an update that came in. ``is_mine`` is False where it was there already, or another process
    handles it. ``after`` is the person's newest other update that is not done yet, set only where there may be
    several processes."""

    is_mine: bool
    after: UpdateId | None = None
