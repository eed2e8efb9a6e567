"""Updates that Telegram may forget because they are kept here."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, func, literal_column, select

from domain.ids import BotId, UpdateId
from domain.update import ReceivedUpdate
from storage import rows, tables
from storage.base import TxBase
from storage.clauses import change, has
from storage.upsert import insert_unless_there

_inbox = tables.inbox
_of_bot = has(_inbox, "bot_id")
_is_unfinished = and_(_of_bot, _inbox.c.done_at.is_(None), _inbox.c.failed_at.is_(None))
_is_dead = and_(_of_bot, _inbox.c.failed_at.is_not(None))

INSERT_UPDATE = insert_unless_there(_inbox)
SELECT_UNFINISHED = select(*rows.UPDATE).where(_is_unfinished).order_by(_inbox.c.update_id)
UPDATE_DONE = change(_inbox, "done_at").values(payload=None, person_key=literal_column("0"))
UPDATE_FAILED = change(_inbox, "failed_at", "error").values(attempts=_inbox.c.attempts + 1)
UPDATE_PUT_BACK = change(_inbox).values(attempts=_inbox.c.attempts - 1)
SELECT_UNREPORTED = (
    select(_inbox.c.update_id, _inbox.c.error)
    .where(_is_dead, _inbox.c.reported_at.is_(None))
    .order_by(_inbox.c.update_id)
)
UPDATE_REPORTED = change(_inbox, "reported_at")
COUNT_UNFINISHED = select(func.count()).where(_is_unfinished)
COUNT_DEAD_LETTERS = select(func.count()).where(_is_dead)
DELETE_DEAD_LETTERS = delete(_inbox).where(_of_bot, _inbox.c.failed_at < bindparam("failed_before"))
DELETE_DONE = delete(_inbox).where(_inbox.c.done_at < bindparam("done_before"))


class InboxRows(TxBase):
    def receive(self, received: ReceivedUpdate) -> bool:
        inserted = self.session.run(
            INSERT_UPDATE,
            rows.update_row(received),
            attempts=0,
            received_at=rows.to_instant(self.now),
            done_at=None,
            failed_at=None,
            error=None,
            reported_at=None,
        )
        return inserted == 1

    def update_done(self, bot_id: BotId, update_id: UpdateId) -> None:
        self.session.run(UPDATE_DONE, bot_id=bot_id, update_id=update_id, done_at=rows.to_instant(self.now))

    def update_failed(self, bot_id: BotId, update_id: UpdateId, error: str, *, for_good: bool) -> None:
        failed_at = rows.to_instant(self.now) if for_good else None
        self.session.run(UPDATE_FAILED, bot_id=bot_id, update_id=update_id, failed_at=failed_at, error=error)

    def update_put_back(self, bot_id: BotId, update_id: UpdateId) -> None:
        self.session.run(UPDATE_PUT_BACK, bot_id=bot_id, update_id=update_id)

    def unfinished_updates(self, bot_id: BotId) -> Sequence[ReceivedUpdate]:
        return self._readable(rows.update, SELECT_UNFINISHED, bot_id=bot_id)

    def unreported_updates(self, bot_id: BotId) -> Sequence[tuple[UpdateId, str]]:
        found = self.session.all(SELECT_UNREPORTED, bot_id=bot_id)
        return [(update_id, error or "") for update_id, error in found]

    def update_reported(self, bot_id: BotId, update_id: UpdateId) -> None:
        now = rows.to_instant(self.now)
        self.session.run(UPDATE_REPORTED, bot_id=bot_id, update_id=update_id, reported_at=now)

    def count_updates(self, bot_id: BotId) -> tuple[int, int]:
        [[unfinished]] = self.session.all(COUNT_UNFINISHED, bot_id=bot_id)
        [[kept_aside]] = self.session.all(COUNT_DEAD_LETTERS, bot_id=bot_id)
        return unfinished, kept_aside

    def forget_dead_letters(self, bot_id: BotId, failed_before: datetime) -> int:
        before = rows.to_instant(failed_before)
        return self.session.run(DELETE_DEAD_LETTERS, bot_id=bot_id, failed_before=before)

    def forget_updates(self, done_before: datetime) -> int:
        return self.session.run(DELETE_DONE, done_before=rows.to_instant(done_before))
