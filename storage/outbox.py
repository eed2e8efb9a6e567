"""Messages the bot owes, each leased to one dispatcher at a time."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, func, insert, or_, select, update

from domain.account import Account
from domain.ids import BotId
from domain.messages import FACTS_OF, LeasedMessage, Message, MessageKind
from storage import codec, rows, tables
from storage.base import TxBase
from storage.clauses import LIMIT
from storage.statements import Row

_outbox = tables.outbox
_is_owed = and_(_outbox.c.sent_at.is_(None), _outbox.c.failed_at.is_(None))
_of_message = and_(
    _outbox.c.merchant_id == bindparam("of_merchant_id"),
    _outbox.c.message_id == bindparam("of_message_id"),
)

INSERT_MESSAGE = insert(_outbox)
SELECT_DUE = (
    select(
        _outbox.c.merchant_id,
        _outbox.c.message_id,
        _outbox.c.bot_id,
        _outbox.c.user_id,
        _outbox.c.kind,
        _outbox.c.facts,
        _outbox.c.created_at,
        _outbox.c.attempts,
    )
    .where(
        _is_owed,
        _outbox.c.bot_id == bindparam("bot_id"),
        _outbox.c.is_marketing == bindparam("is_marketing"),
        _outbox.c.due_at <= bindparam("now"),
        or_(_outbox.c.leased_until.is_(None), _outbox.c.leased_until <= bindparam("now")),
    )
    .order_by(_outbox.c.due_at, _outbox.c.message_id)
    .limit(LIMIT)
)
SELECT_NEXT_DUE = select(func.min(_outbox.c.due_at)).where(
    _is_owed, _outbox.c.bot_id == bindparam("bot_id"), _outbox.c.leased_until.is_(None)
)
UPDATE_LEASE = (
    update(_outbox)
    .where(_of_message)
    .values(leased_by=bindparam("leased_by"), leased_until=bindparam("leased_until"))
)
RELEASE_LEASES = (
    update(_outbox)
    .where(_is_owed, _outbox.c.bot_id == bindparam("of_bot_id"), _outbox.c.leased_by.is_not(None))
    .values(leased_by=None, leased_until=None)
)
END_LAPSED_LEASES = (
    update(_outbox)
    .where(_is_owed, _outbox.c.bot_id == bindparam("of_bot_id"), _outbox.c.leased_until <= bindparam("now"))
    .values(leased_by=None, leased_until=None)
)
COUNT_OWED = (
    select(func.count()).select_from(_outbox).where(_is_owed, _outbox.c.bot_id == bindparam("bot_id"))
)
COUNT_FAILED = (
    select(func.count())
    .select_from(_outbox)
    .where(_outbox.c.failed_at.is_not(None), _outbox.c.bot_id == bindparam("bot_id"))
)
UPDATE_SENT = (
    update(_outbox)
    .where(_of_message)
    .values(
        sent_at=bindparam("sent_at"),
        telegram_message_id=bindparam("telegram_message_id"),
        leased_by=None,
        leased_until=None,
        error=None,
    )
)
UPDATE_POSTPONED = (
    update(_outbox)
    .where(_of_message)
    .values(
        due_at=bindparam("due_at"),
        attempts=bindparam("attempts"),
        error=bindparam("error"),
        leased_by=None,
        leased_until=None,
    )
)
UPDATE_FAILED = (
    update(_outbox)
    .where(_of_message)
    .values(failed_at=bindparam("failed_at"), error=bindparam("error"), leased_by=None, leased_until=None)
)


class OutboxRows(TxBase):
    enqueued: int
    """How many messages this transaction put into the outbox."""

    def enqueue(self, message: Message) -> None:
        created_at = rows.to_instant(message.created_at)
        self.session.run(
            INSERT_MESSAGE,
            merchant_id=message.merchant_id,
            message_id=message.message_id,
            bot_id=message.recipient.bot_id,
            user_id=message.recipient.user_id,
            kind=message.kind.value,
            is_marketing=int(message.kind.is_marketing),
            facts=codec.encode(message.facts),
            created_at=created_at,
            due_at=created_at,
            attempts=0,
            leased_by=None,
            leased_until=None,
            sent_at=None,
            telegram_message_id=None,
            failed_at=None,
            error=None,
        )
        self.enqueued += 1

    def lease_due(self, bot_id: BotId, holder: str, until: datetime, limit: int) -> Sequence[LeasedMessage]:
        found: list[Row] = []
        for is_marketing in (0, 1):
            found += self.session.all(
                SELECT_DUE,
                bot_id=bot_id,
                is_marketing=is_marketing,
                now=rows.to_instant(self.now),
                limit=limit - len(found),
            )
        for merchant_id, message_id, *_ in found:
            self.session.run(
                UPDATE_LEASE,
                of_merchant_id=merchant_id,
                of_message_id=message_id,
                leased_by=holder,
                leased_until=rows.to_instant(until),
            )
        return [_leased(row) for row in found]

    def release_leases(self, bot_id: BotId) -> int:
        return self.session.run(RELEASE_LEASES, of_bot_id=bot_id)

    def message_sent(self, message: Message, telegram_message_id: int) -> None:
        self._update(message, sent_at=rows.to_instant(self.now), telegram_message_id=telegram_message_id)

    def message_postponed(self, message: Message, due_at: datetime, *, attempts: int, error: str) -> None:
        self.session.run(
            UPDATE_POSTPONED,
            of_merchant_id=message.merchant_id,
            of_message_id=message.message_id,
            due_at=rows.to_instant(due_at),
            attempts=attempts,
            error=error,
        )

    def message_failed(self, message: Message, error: str) -> None:
        self.session.run(
            UPDATE_FAILED,
            of_merchant_id=message.merchant_id,
            of_message_id=message.message_id,
            failed_at=rows.to_instant(self.now),
            error=error,
        )

    def next_due_at(self, bot_id: BotId) -> datetime | None:
        row = self.session.one(SELECT_NEXT_DUE, bot_id=bot_id)
        return None if row is None else rows.from_instant_or_none(row[0])

    def end_lapsed_leases(self, bot_id: BotId) -> int:
        return self.session.run(END_LAPSED_LEASES, of_bot_id=bot_id, now=rows.to_instant(self.now))

    def count_messages(self, bot_id: BotId) -> tuple[int, int]:
        [[owed]] = self.session.all(COUNT_OWED, bot_id=bot_id)
        [[failed]] = self.session.all(COUNT_FAILED, bot_id=bot_id)
        return owed, failed

    def _update(self, message: Message, **values: object) -> None:
        self.session.run(
            UPDATE_SENT,
            of_merchant_id=message.merchant_id,
            of_message_id=message.message_id,
            **values,
        )


def _leased(row: Row) -> LeasedMessage:
    (merchant_id, message_id, bot_id, user_id, kind, facts, created_at, attempts) = row
    return LeasedMessage(
        message=Message(
            merchant_id=merchant_id,
            message_id=message_id,
            kind=MessageKind(kind),
            recipient=Account(bot_id=bot_id, user_id=user_id),
            facts=codec.decode(facts, FACTS_OF[MessageKind(kind)]),
            created_at=rows.from_instant(created_at),
        ),
        attempts=attempts,
    )
