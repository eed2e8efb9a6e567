"""Mends times that a clock wrote while it was ahead: they would stand in the way for as long as it was ahead."""

from datetime import timedelta

from sqlalchemy import Column, Update, bindparam, update

from domain.delivery import PATIENCE
from storage import rows, tables
from storage.base import TxBase

A_DAY = timedelta(days=1)
A_TRY = 2 * max(each.longest_wait for each in PATIENCE.values())
"""The longest wait until a message is tried again, with that of those before it in its line. Where Telegram asks for
a longer one, the dispatcher keeps that in memory and postpones the message again."""
_deliveries = tables.deliveries
_is_owed = _deliveries.c.delivered_at.is_(None) & _deliveries.c.failed_at.is_(None)

MENDED: tuple[tuple[Column[int], timedelta, timedelta], ...] = (
    (_deliveries.c.due_at, A_TRY, timedelta()),
    (_deliveries.c.leased_until, A_TRY, timedelta(minutes=1)),
    (tables.wallet_passes.c.due_at, A_DAY, timedelta()),
    (tables.wallet_passes.c.leased_until, A_DAY, timedelta(minutes=2)),
    (tables.pin_sessions.c.locked_until, A_DAY, timedelta()),
    (tables.invites.c.expires_at, timedelta(days=8), timedelta(days=7)),
    (tables.dialogues.c.expires_at, A_DAY, timedelta()),
    (tables.approvals.c.lapses_at, A_DAY, timedelta()),
    (tables.card_moves.c.asked_at, A_DAY, timedelta()),
    (tables.card_moves.c.expires_at, A_DAY, A_DAY),
    (tables.inbox.c.done_at, A_DAY, timedelta()),
    (tables.job_runs.c.last_started_at, A_DAY, timedelta()),
    (tables.job_runs.c.last_finished_at, A_DAY, timedelta()),
)
"""A column, how far ahead of now its times can be at most, and how far ahead of now they are put if they are further.
A lease gets the time that its holder may still need; an invitation is good for a week, a move for a day."""


def _mend(column: Column[int]) -> Update:
    found = update(column.table).where(column > bindparam("ahead", type_=column.type))
    if column.table is _deliveries:
        found = found.where(_is_owed)
    return found.values({column.name: bindparam("mended", type_=column.type)})


MEND = {column: _mend(column) for column, _, _ in MENDED}


class AheadRows(TxBase):
    def mend_times(self) -> int:
        return sum(
            self.session.run(
                MEND[column],
                ahead=rows.to_instant(self.now + never),
                mended=rows.to_instant(self.now + put),
            )
            for column, never, put in MENDED
        )
