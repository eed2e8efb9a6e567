"""Flags, and the acts that they are judged by."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import bindparam, delete, select

from domain.flags import Flag, FlagKind, WatchedAct
from domain.ids import FlagId, MerchantId
from domain.kinds import KINDS
from storage import rows, tables
from storage.base import TxBase
from storage.clauses import change, find, has, is_any_of, joins
from storage.upsert import insert_unless_there

_flags, _entries, _cards = tables.flags, tables.entries, tables.cards

WATCHED, watched_act, _ = rows.mapped(
    WatchedAct,
    [
        _entries.c.entry_id,
        _entries.c.kind,
        _entries.c.card_id,
        _cards.c.created_at.label("card_made_at"),
        _entries.c.staff_id,
        _entries.c.store_id,
        _entries.c.related_entry_id,
        _entries.c.stamps_delta,
        _entries.c.amount_minor,
        _entries.c.local_date,
        _entries.c.occurred_at,
        _entries.c.factor_tenths,
    ],
)
_is_watched = is_any_of(_entries.c.kind, (kind for kind, what in KINDS.items() if what.is_watched))
SELECT_WATCHED = (
    select(*WATCHED)
    .join(_cards, joins(_cards, _entries, "card_id"))
    .where(
        has(_entries, "merchant_id"),
        _entries.c.local_date.between(bindparam("first"), bindparam("last")),
        _is_watched,
        _entries.c.staff_id.is_not(None),
        _entries.c.store_id.is_not(None),
    )
    .order_by(_entries.c.occurred_at, _entries.c.entry_id)
)
INSERT_FLAG = insert_unless_there(_flags)
SELECT_FLAG = find(rows.FLAG, "merchant_id", "flag_id")
SELECT_OPEN_FLAGS = (
    find(rows.FLAG, "merchant_id").where(_flags.c.dismissed_at.is_(None)).order_by(_flags.c.flag_id.desc())
)
FORGET_FLAGS = delete(_flags).where(has(_flags, "merchant_id", "kind", "about", "period"))
UPDATE_FLAG = change(_flags, "dismissed_at", "dismissed_by")


class FlagRows(TxBase):
    def watched_acts(self, merchant_id: MerchantId, first: date, last: date) -> Sequence[WatchedAct]:
        days = {"first": first.isoformat(), "last": last.isoformat()}
        return self._readable(watched_act, SELECT_WATCHED, merchant_id=merchant_id, **days)

    def add_flag(self, flag: Flag) -> bool:
        return self.session.run(INSERT_FLAG, rows.flag_row(flag)) == 1

    def flag(self, merchant_id: MerchantId, flag_id: FlagId) -> Flag | None:
        return self._one(rows.flag, SELECT_FLAG, merchant_id=merchant_id, flag_id=flag_id)

    def open_flags(self, merchant_id: MerchantId) -> Sequence[Flag]:
        return self._readable(rows.flag, SELECT_OPEN_FLAGS, merchant_id=merchant_id)

    def save_flag(self, flag: Flag) -> None:
        self.session.run(UPDATE_FLAG, rows.flag_row(flag))

    def forget_flags(
        self, merchant_id: MerchantId, kinds: Collection[FlagKind], about: str, on: date
    ) -> None:
        for kind in kinds:
            key = {"merchant_id": merchant_id, "kind": kind.value, "about": about}
            self.session.run(FORGET_FLAGS, key, period=on.isoformat())
