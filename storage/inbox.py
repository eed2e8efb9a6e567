"""Updates that Telegram may forget because they are kept here."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Integer, Text, and_, bindparam, delete, func, literal_column, select, update

from domain.ids import BotId, UpdateId
from domain.update import Kept, ReceivedUpdate
from storage import rows, tables
from storage.base import TxBase
from storage.clauses import LIMIT, change, has
from storage.columns import LONG
from storage.instances import CALL, is_at_work
from storage.upsert import insert_unless_there

_inbox = tables.inbox
_of_bot = has(_inbox, "bot_id")
_is_unfinished = and_(_of_bot, _inbox.c.done_at.is_(None), _inbox.c.failed_at.is_(None))
_is_dead = and_(_of_bot, _inbox.c.failed_at.is_not(None))

_is_mine = func.coalesce(_inbox.c.owner, literal_column("''", Text)) == bindparam("me", type_=Text())
_is_nobodys = ~is_at_work(_inbox.c.owner)

INSERT_UPDATE = insert_unless_there(_inbox)
LOCK_PERSON = select(func.pg_advisory_xact_lock(bindparam("person_lock", type_=LONG)))
"""Where two processes receive updates of one person, the second waits until it can see what the first has kept."""
SELECT_OWNER = (
    select(_inbox.c.owner, _inbox.c.update_id)
    .where(_is_unfinished, has(_inbox, "person_key"), _inbox.c.owner.is_not(None))
    .order_by(_inbox.c.update_id.desc())
    .limit(LIMIT)
)
_in_order = select(*rows.UPDATE).order_by(_inbox.c.update_id)
SELECT_UNFINISHED = _in_order.where(_is_unfinished, _is_mine)
SELECT_MY_IDS = select(_inbox.c.update_id).where(_is_unfinished, _is_mine).order_by(_inbox.c.update_id)
SELECT_UPDATE = select(*rows.UPDATE).where(has(_inbox, "bot_id", "update_id"))
SELECT_NOBODYS = _in_order.where(_is_unfinished, _is_nobodys)
HAS_NOBODYS = select(literal_column("1", Integer)).where(_is_unfinished, _is_nobodys).limit(LIMIT)
TAKE_NOBODYS = update(_inbox).where(_is_unfinished, _is_nobodys).values(owner=bindparam("me"))
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
    def receive(self, received: ReceivedUpdate) -> Kept:
        owner, after = self._owner_of(received) if self.crew.me else (None, None)
        inserted = self.session.run(
            INSERT_UPDATE,
            rows.update_row(received),
            owner=owner,
            attempts=0,
            received_at=rows.to_instant(self.now),
            done_at=None,
            failed_at=None,
            error=None,
            reported_at=None,
        )
        is_mine = owner == (self.crew.me or None)
        if inserted and not is_mine:
            self.session.one(CALL, whom=owner)
        return Kept(is_mine=inserted == 1 and is_mine, after=after)

    def _owner_of(self, received: ReceivedUpdate) -> tuple[str, UpdateId | None]:
        """The process that has an update of this person under way, dead or alive, with the newest such update; if
        there is none, the process that the chat belongs to, and None."""
        whom = {"bot_id": received.bot_id, "person_key": received.person_key}
        self.session.one(LOCK_PERSON, person_lock=_lock_of(received))
        busy = self.session.one(SELECT_OWNER, **whom, limit=1)
        if busy is not None:
            owner, update_id = busy
            return owner, update_id
        return self.crew.owner_of(str(received.person_key)), None

    def update_done(self, bot_id: BotId, update_id: UpdateId) -> None:
        self.session.run(UPDATE_DONE, bot_id=bot_id, update_id=update_id, done_at=rows.to_instant(self.now))

    def update_failed(self, bot_id: BotId, update_id: UpdateId, error: str, *, for_good: bool) -> None:
        failed_at = rows.to_instant(self.now) if for_good else None
        self.session.run(UPDATE_FAILED, bot_id=bot_id, update_id=update_id, failed_at=failed_at, error=error)

    def update_put_back(self, bot_id: BotId, update_id: UpdateId) -> None:
        self.session.run(UPDATE_PUT_BACK, bot_id=bot_id, update_id=update_id)

    def unfinished_updates(self, bot_id: BotId) -> Sequence[ReceivedUpdate]:
        return self._readable(rows.update, SELECT_UNFINISHED, bot_id=bot_id, me=self.crew.me)

    def updates_called_for(
        self, bot_id: BotId, known: Collection[UpdateId], limit: int
    ) -> Sequence[ReceivedUpdate]:
        mine = self.session.all(SELECT_MY_IDS, bot_id=bot_id, me=self.crew.me)
        new = [update_id for (update_id,) in mine if update_id not in known][:limit]
        found = [
            self._readable(rows.update, SELECT_UPDATE, bot_id=bot_id, update_id=update_id)
            for update_id in new
        ]
        return [each for some in found for each in some]

    def has_nobodys_updates(self, bot_id: BotId) -> bool:
        return self.session.one(HAS_NOBODYS, bot_id=bot_id, limit=1) is not None

    def take_nobodys_updates(self, bot_id: BotId) -> Sequence[ReceivedUpdate]:
        found = self._readable(rows.update, SELECT_NOBODYS, bot_id=bot_id)
        if found and self.crew.me:
            self.session.run(TAKE_NOBODYS, bot_id=bot_id, me=self.crew.me)
        return found

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


def _lock_of(received: ReceivedUpdate) -> int:
    """The number of a person's lock, in 63 bits. Two people may share one: then they wait for each other a moment."""
    return (received.bot_id * 1_000_003 ^ received.person_key) & 0x7FFF_FFFF_FFFF_FFFF
