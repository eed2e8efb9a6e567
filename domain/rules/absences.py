"""How long a customer has been away (docs/decisions/0060)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from domain.entry import Entry
from domain.kinds import KINDS
from domain.rules.closures import Calendar
from domain.rules.days import local_date
from domain.rules.history import standing_acts

_DAY = timedelta(days=1)


def last_visit(entries: Sequence[Entry]) -> datetime | None:
    """The time of the last act at the counter that was not taken back, None where there is none. ``entries`` are
    those of a card, oldest first."""
    stands = standing_acts(entries)
    visits: Iterable[datetime] = (
        entry.occurred_at for entry in entries if KINDS[entry.kind].is_visit and entry.entry_id in stands
    )
    return max(visits, default=None)


def missed_from(visit: datetime, days: int, calendar: Calendar) -> datetime:
    """The time from which a customer has not come for ``days`` open days since a visit."""
    last = local_date(visit, calendar.timezone) + days * _DAY - _DAY
    return calendar.end_of(visit, last)
