"""Updates that Telegram may forget because they are kept here."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, select, update

from domain.ids import BotId, UpdateId
from domain.update import ReceivedUpdate
from storage import rows, tables
from storage.base import TxBase
from storage.upsert import insert_unless_there

_inbox = tables.inbox
_of_update = and_(_inbox.c.bot_id == bindparam("of_bot_id"), _inbox.c.update_id == bindparam("of_update_id"))

INSERT_UPDATE = insert_unless_there(_inbox)
SELECT_UNFINISHED = (
    select(
        _inbox.c.bot_id,
        _inbox.c.update_id,
        _inbox.c.person_key,
        _inbox.c.payload,
        _inbox.c.attempts,
        _inbox.c.received_at,
    )
    .where(_inbox.c.bot_id == bindparam("bot_id"), _inbox.c.done_at.is_(None), _inbox.c.failed_at.is_(None))
    .order_by(_inbox.c.update_id)
)
UPDATE_DONE = update(_inbox).where(_of_update).values(done_at=bindparam("done_at"), payload=None)
UPDATE_FAILED = (
    update(_inbox)
    .where(_of_update)
    .values(attempts=_inbox.c.attempts + 1, failed_at=bindparam("failed_at"), error=bindparam("error"))
)
DELETE_DONE = delete(_inbox).where(_inbox.c.done_at < bindparam("done_before"))


class InboxRows(TxBase):
    def receive(self, received: ReceivedUpdate) -> bool:
        inserted = self.session.run(
            INSERT_UPDATE,
            bot_id=received.bot_id,
            update_id=received.update_id,
            person_key=received.person_key,
            payload=received.payload,
            attempts=0,
            received_at=rows.to_instant(self.now),
            done_at=None,
            failed_at=None,
            error=None,
        )
        return inserted == 1

    def update_done(self, bot_id: BotId, update_id: UpdateId) -> None:
        self.session.run(
            UPDATE_DONE, of_bot_id=bot_id, of_update_id=update_id, done_at=rows.to_instant(self.now)
        )

    def update_failed(self, bot_id: BotId, update_id: UpdateId, error: str, *, for_good: bool) -> None:
        self.session.run(
            UPDATE_FAILED,
            of_bot_id=bot_id,
            of_update_id=update_id,
            failed_at=rows.to_instant(self.now) if for_good else None,
            error=error,
        )

    def unfinished_updates(self, bot_id: BotId) -> Sequence[ReceivedUpdate]:
        return [
            ReceivedUpdate(
                bot_id=bot_id,
                update_id=update_id,
                person_key=person_key,
                payload=payload,
                attempts=attempts,
                received_at=rows.from_instant(received_at),
            )
            for bot_id, update_id, person_key, payload, attempts, received_at in self.session.all(
                SELECT_UNFINISHED, bot_id=bot_id
            )
        ]

    def forget_updates(self, done_before: datetime) -> int:
        return self.session.run(DELETE_DONE, done_before=rows.to_instant(done_before))
