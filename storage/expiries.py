"""Which balances have to be looked at, and what their holders were told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, func, insert, select, tuple_, update

from domain.card import Card
from domain.entry import Entry
from domain.expiry import Due, DueCard
from domain.ids import MerchantId, MessageId
from domain.rules.expiry import Period
from domain.rules.expiry_warnings import Warned
from storage import rows, tables
from storage.clauses import LIMIT, change, has, joins, place
from storage.statements import Row
from storage.wallets import WalletMarks

_cards, _warnings, _deliveries, _outbox = (
    tables.cards,
    tables.expiry_warnings,
    tables.deliveries,
    tables.outbox,
)
_KEY = (_cards.c.expiry_look_at, _cards.c.merchant_id, _cards.c.card_id)

SELECT_WATCHED = (
    select(*_KEY)
    .where(
        _cards.c.expiry_look_at.is_not(None),
        _cards.c.expiry_look_at <= bindparam("now"),
        tuple_(*_KEY) > place(_KEY, "since", "merchant_id", "card_id"),
    )
    .order_by(*_KEY)
    .limit(LIMIT)
)
UPDATE_EXPIRY = change(
    _cards, "stamps_expire_at", "points_expire_at", "expiry_look_at", "has_dated", "reward_ends_at"
)
_is_open = _warnings.c.entry_id.is_(None)
"""A warning after which nothing has expired yet. Other warnings are kept, but say nothing of what is there now."""
_of_period = and_(has(_warnings, "merchant_id", "card_id", "unit", "expires_at"), _is_open)


def _select_warned(*more: ColumnElement[Any]) -> Select[Any]:
    """The columns that ``_warned`` reads, after the columns ``more`` of the warning."""
    return (
        select(
            *more,
            _warnings.c.message_id,
            _warnings.c.count,
            func.min(_outbox.c.created_at),
            func.min(_deliveries.c.delivered_at),
            func.count(_deliveries.c.message_id),
            func.count(_deliveries.c.failed_at),
        )
        .outerjoin(_outbox, joins(_outbox, _warnings, "message_id"))
        .outerjoin(_deliveries, joins(_deliveries, _warnings, "message_id"))
        .group_by(*more, _warnings.c.message_id, _warnings.c.count)
    )


SELECT_WARNED = _select_warned().where(_of_period)
_when = _warnings.c.unit, _warnings.c.expires_at
SELECT_OPEN_WARNINGS = (
    _select_warned(*_when).where(has(_warnings, "merchant_id", "card_id"), _is_open).order_by(*_when)
)
SELECT_EXPIRED_BY = (
    select(_warnings.c.entry_id)
    .where(has(_warnings, "merchant_id", "message_id"), _warnings.c.entry_id.is_not(None))
    .limit(LIMIT)
)
INSERT_WARNING = insert(_warnings)
FORGET_WARNING = delete(_warnings).where(_of_period)
UPDATE_EXPIRED = (
    update(_warnings)
    .where(_of_period)
    .values(entry_id=bindparam("by_entry_id"), was_reachable=bindparam("was_reachable"))
)
BEGINNING = (-(2**63), "", "")


class ExpiryRows(WalletMarks):
    def cards_to_look_at(self, after: DueCard | None, limit: int) -> Sequence[DueCard]:
        since, merchant_id, card_id = after or BEGINNING
        found: Sequence[Any] = self.session.all(
            SELECT_WATCHED,
            now=rows.to_instant(self.now),
            since=since,
            merchant_id=merchant_id,
            card_id=card_id,
            limit=limit,
        )
        return found

    def save_expiry(self, card: Card) -> None:
        self.session.run(UPDATE_EXPIRY, rows.card_row(card))
        self.mark_passes(card)

    def warned(self, card: Card, due: Due, expires_at: datetime) -> Warned | None:
        return self._one(_warned, SELECT_WARNED, **_key_of(card, due, expires_at))

    def open_warnings(self, card: Card) -> Sequence[tuple[Due, datetime, Warned]]:
        key = {"merchant_id": card.merchant_id, "card_id": card.card_id}
        found = self.session.all(SELECT_OPEN_WARNINGS, **key)
        return [
            (Due(due), rows.from_instant(expires_at), _warned(tuple(row))) for due, expires_at, *row in found
        ]

    def save_warning(self, card: Card, period: Period, message_id: MessageId) -> None:
        self._replace(card, period.due, period.expires_at, period.count, message_id)

    def carry_warning(self, card: Card, due: Due, expires_at: datetime, warned: Warned) -> None:
        self._replace(card, due, expires_at, warned.count, warned.message_id)

    def _replace(self, card: Card, due: Due, expires_at: datetime, count: int, message_id: MessageId) -> None:
        key = _key_of(card, due, expires_at)
        self.session.run(FORGET_WARNING, **key)
        self.session.run(
            INSERT_WARNING, **key, count=count, message_id=message_id, entry_id=None, was_reachable=1
        )

    def forget_warning(self, card: Card, due: Due, expires_at: datetime) -> None:
        self.session.run(FORGET_WARNING, **_key_of(card, due, expires_at))

    def has_expired_by(self, merchant_id: MerchantId, message_id: MessageId) -> bool:
        found = self.session.one(SELECT_EXPIRED_BY, merchant_id=merchant_id, message_id=message_id, limit=1)
        return found is not None

    def save_expired(self, card: Card, period: Period, entry: Entry, *, is_reachable: bool) -> None:
        self.session.run(
            UPDATE_EXPIRED,
            **_key_of(card, period.due, period.expires_at),
            by_entry_id=entry.entry_id,
            was_reachable=int(is_reachable),
        )


def _key_of(card: Card, due: Due, expires_at: datetime) -> dict[str, object]:
    return {
        "merchant_id": card.merchant_id,
        "card_id": card.card_id,
        "unit": due.value,
        "expires_at": rows.to_instant(expires_at),
    }


def _warned(row: Row) -> Warned:
    message_id, count, written_at, delivered_at, deliveries, failed = row
    return Warned(
        message_id=message_id,
        count=count,
        written_at=rows.from_instant_or_none(written_at),
        delivered_at=rows.from_instant_or_none(delivered_at),
        given_up=deliveries == failed,
    )
