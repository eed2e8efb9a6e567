"""Passes, the cards in the wallets of phones, and which of them there is something to tell of."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Update,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from domain.card import Card
from domain.ids import BotId, MerchantId
from domain.ports import RowUnreadable
from domain.wallet import (
    LONGEST,
    QUIET,
    PassKey,
    PassStanding,
    WalletCounts,
    WalletDevice,
    WalletKind,
    WalletPass,
)
from storage import rows, tables
from storage.base import TxBase, read
from storage.clauses import LIMIT, change, find, has, is_one, joins
from storage.columns import LONG
from storage.instances import is_left_by_the_dead
from storage.statements import Row
from storage.upsert import insert_unless_there, upsert

_passes, _devices, _spreads = tables.wallet_passes, tables.wallet_devices, tables.wallet_spreads
_now = bindparam("now", type_=LONG)
_zero: ColumnElement[int] = literal_column("0")
_one: ColumnElement[int] = literal_column("1")
_is_good = _passes.c.voided_at.is_(None)
_is_due = _passes.c.due_at.is_not(None)
_of_wallet = and_(_passes.c.bot_id == bindparam("of_bot_id"), _passes.c.wallet == bindparam("of_wallet"))
_is_free = or_(_passes.c.leased_until.is_(None), _passes.c.leased_until <= _now)
_backs_off = and_(_is_due, _passes.c.attempts > 0)
_longest: ColumnElement[int] = literal_column(str(rows.to_microseconds(LONGEST)))
_latest = _passes.c.owed_since + _longest
_quiet = bindparam("quiet_at", type_=LONG)
_marked = {
    "revision": _passes.c.revision + 1,
    "changed_at": _now,
    "owed_since": func.coalesce(_passes.c.owed_since, _now),
    "failed_at": None,
    "attempts": case((_passes.c.failed_at.is_not(None), _zero), else_=_passes.c.attempts),
}
_voided = _marked | {"voided_at": _now, "due_at": _now, "attempts": _zero, "is_of_many": _zero}
IS_OF_CARD = and_(has(_passes, "merchant_id"), is_one(_passes.c.card_id, bindparam("card_id")))

INSERT_PASS = insert(_passes)
MARK_PASSES = (
    update(_passes)
    .where(IS_OF_CARD, _is_good)
    .values(
        _marked
        | {
            "due_at": case((_backs_off, _passes.c.due_at), (_latest < _quiet, _latest), else_=_quiet),
            "is_of_many": _zero,
        }
    )
)
"""A pass that waits after a failure keeps its time: the wallet is told then what holds then."""
VOID_PASSES = update(_passes).where(IS_OF_CARD, _is_good).values(_voided)
VOID_ALL_PASSES = update(_passes).where(has(_passes, "merchant_id"), _is_good).values(_voided)
SET_HAS_PASS = change(tables.cards, "has_pass")
SELECT_PASS = find(rows.WALLET_PASS, "merchant_id", "pass_id")
_devices_of = select(func.count()).select_from(_devices).where(joins(_devices, _passes, "pass_id"))
_facts = (*rows.WALLET_PASS, _passes.c.due_at, _passes.c.failed_at, _passes.c.error)
_standing = (*_facts, _devices_of.scalar_subquery())
SELECT_STANDING = (
    select(*_facts, _devices_of.where(has(_devices, "merchant_id")).scalar_subquery())
    .where(IS_OF_CARD)
    .order_by(_passes.c.created_at, _passes.c.pass_id)
)
_of_bot = _passes.c.bot_id == bindparam("of_bot_id")
SELECT_PASSES_GIVEN_UP = (
    select(*_standing)
    .where(_of_bot, _passes.c.failed_at.is_not(None))
    .order_by(_passes.c.failed_at.desc(), _passes.c.pass_id)
    .limit(LIMIT)
)
SELECT_PASSES_FAILING = (
    select(*_standing).where(_of_bot, _backs_off).order_by(_passes.c.due_at, _passes.c.pass_id).limit(LIMIT)
)
TELL_AGAIN = (
    update(_passes)
    .where(IS_OF_CARD)
    .values(_marked | {"due_at": _now, "attempts": _zero, "is_of_many": _zero})
)
SELECT_GOOD_PASS = select(*rows.WALLET_PASS).where(IS_OF_CARD, has(_passes, "wallet"), _is_good)
SELECT_WHETHER_PASSES = find([_passes.c.pass_id], "merchant_id").limit(LIMIT)
SAVE_SPREAD = upsert(_spreads)
SELECT_SPREAD = select(*_spreads.c).order_by(_spreads.c.merchant_id).limit(LIMIT)
DELETE_SPREAD = delete(_spreads).where(has(_spreads, "merchant_id"))
_beyond = and_(has(_passes, "merchant_id"), _passes.c.pass_id > bindparam("after"))
SELECT_SOME = select(_passes.c.pass_id).where(_beyond).order_by(_passes.c.pass_id).limit(LIMIT)
MARK_SOME = (
    update(_passes)
    .where(_beyond, _passes.c.pass_id <= bindparam("until"), _is_good)
    .values(
        _marked
        | {
            "due_at": func.coalesce(_passes.c.due_at, _now),
            "is_of_many": case((_is_due, _passes.c.is_of_many), else_=_one),
        }
    )
)
SELECT_NEXT_PASS_DUE = select(func.min(_passes.c.due_at)).where(
    _is_due, _of_wallet, _passes.c.is_of_many == bindparam("is_of_many"), _is_free
)
SELECT_DUE_PASSES = (
    select(*rows.WALLET_PASS)
    .where(
        _is_due,
        _of_wallet,
        _passes.c.is_of_many == bindparam("is_of_many"),
        _passes.c.due_at <= _now,
        _is_free,
    )
    .order_by(_passes.c.due_at, _passes.c.pass_id)
    .limit(LIMIT)
)
LEASE_PASS = change(_passes, "leased_by", "leased_until")
_end_leases = update(_passes).where(_is_due).values(leased_by=None, leased_until=None)
_is_nobodys = is_left_by_the_dead(_passes.c.leased_by)
RELEASE_PASSES = _end_leases.where(_of_wallet, or_(_passes.c.leased_by == bindparam("me"), _is_nobodys))
RELEASE_NOBODYS = _end_leases.where(_of_bot, _is_nobodys)
_as_it_was = and_(has(_passes, "merchant_id", "pass_id"), _passes.c.revision == bindparam("of_revision"))
_ended = {"due_at": None, "owed_since": None, "is_of_many": _zero, "leased_by": None, "leased_until": None}
PASS_TOLD = update(_passes).where(_as_it_was).values(_ended | {"attempts": _zero, "error": None})
PASS_GIVEN_UP = (
    update(_passes)
    .where(_as_it_was)
    .values(_ended | {name: bindparam(name) for name in ("attempts", "failed_at", "error")})
)
PASS_TOLD_OLD = (
    update(_passes)
    .where(has(_passes, "merchant_id", "pass_id"))
    .values(leased_by=None, leased_until=None, attempts=_zero, error=None)
)
PASS_POSTPONED = change(_passes, "due_at", "attempts", "error", "leased_by", "leased_until")
_count = select(func.count()).select_from(_passes).where(_of_bot)
COUNT_PASSES = {
    "passes": _count.where(_is_good),
    "owed": _count.where(_is_due),
    "failing": _count.where(_backs_off),
    "given_up": _count.where(_passes.c.failed_at.is_not(None)),
}
_is_over = and_(_passes.c.voided_at.is_not(None), _passes.c.voided_at < bindparam("before"))
FORGET_DEVICES = delete(_devices).where(exists().where(joins(_passes, _devices, "pass_id"), _is_over))
FORGET_PASSES = delete(_passes).where(_is_over)
SELECT_DEVICES = find(rows.WALLET_DEVICE, "merchant_id", "pass_id").order_by(
    _devices.c.registered_at.desc(), _devices.c.device_hash
)
INSERT_DEVICE = insert_unless_there(_devices)
UPDATE_DEVICE = change(_devices, "push_token")
DELETE_DEVICE = delete(_devices).where(has(_devices, "merchant_id", "pass_id", "device_hash"))
SELECT_PASSES_ON = (
    select(*rows.WALLET_PASS)
    .join(_devices, joins(_devices, _passes, "pass_id"))
    .where(has(_devices, "device_hash"), _passes.c.changed_at > bindparam("since"))
    .order_by(_passes.c.changed_at, _passes.c.pass_id)
)
BEGINNING = -(2**63)


class WalletMarks(TxBase):
    """For the parts of a transaction that change what passes show."""

    def mark_passes(self, card: Card) -> None:
        """Marks the good passes of the card. Does nothing for a card in no wallet."""
        if card.has_pass:
            now = rows.to_instant(self.now)
            quiet_at = rows.to_instant(self.now + QUIET)
            key = {"merchant_id": card.merchant_id, "card_id": card.card_id}
            self.session.run(MARK_PASSES, key, now=now, quiet_at=quiet_at)

    def terms_changed(self, merchant_id: MerchantId) -> None:
        """All passes of the shop show something else now: they are marked later, some at a time."""
        if self.session.all(SELECT_WHETHER_PASSES, merchant_id=merchant_id, limit=1):
            self.session.run(SAVE_SPREAD, merchant_id=merchant_id, marked_up_to="")


class WalletRows(WalletMarks):
    def wallet_pass(self, key: PassKey) -> WalletPass | None:
        return self._one(rows.wallet_pass, SELECT_PASS, merchant_id=key.merchant_id, pass_id=key.pass_id)

    def good_pass(self, card: Card, wallet: WalletKind) -> WalletPass | None:
        key = {"merchant_id": card.merchant_id, "card_id": card.card_id, "wallet": wallet.value}
        return self._one(rows.wallet_pass, SELECT_GOOD_PASS, **key)

    def standing_of(self, card: Card) -> Sequence[PassStanding]:
        key = {"merchant_id": card.merchant_id, "card_id": card.card_id}
        return self._readable(_pass_standing, SELECT_STANDING, **key)

    def failing_passes(self, bot_id: BotId, limit: int) -> Sequence[PassStanding]:
        found: list[PassStanding] = []
        for statement in (SELECT_PASSES_GIVEN_UP, SELECT_PASSES_FAILING):
            left = limit - len(found)
            found += self._readable(_pass_standing, statement, of_bot_id=bot_id, limit=left)
        return found

    def tell_again(self, card: Card) -> None:
        key = {"merchant_id": card.merchant_id, "card_id": card.card_id}
        self.session.run(TELL_AGAIN, key, now=rows.to_instant(self.now))

    def add_pass(self, wallet_pass: WalletPass) -> None:
        row = rows.wallet_pass_row(wallet_pass)
        nothing_yet = dict.fromkeys(
            ("owed_since", "due_at", "error", "leased_by", "leased_until", "failed_at")
        )
        self.session.run(INSERT_PASS, row | nothing_yet, is_of_many=0)
        self.session.run(SET_HAS_PASS, row, has_pass=1)

    def void_passes(self, card: Card) -> None:
        if card.has_pass:
            key = {"merchant_id": card.merchant_id, "card_id": card.card_id}
            self.session.run(VOID_PASSES, key, now=rows.to_instant(self.now))
            self.session.run(SET_HAS_PASS, key, has_pass=None)

    def void_all_passes(self, merchant_id: MerchantId) -> int:
        return self.session.run(VOID_ALL_PASSES, merchant_id=merchant_id, now=rows.to_instant(self.now))

    def has_passes_to_mark(self) -> bool:
        return bool(self.session.all(SELECT_SPREAD, limit=1))

    def mark_some_passes(self, limit: int) -> int:
        found = self.session.one(SELECT_SPREAD, limit=1)
        if found is None:
            return 0
        merchant_id, after = found
        some = self.session.all(SELECT_SOME, merchant_id=merchant_id, after=after, limit=limit)
        if not some:
            self.session.run(DELETE_SPREAD, merchant_id=merchant_id)
            return 0
        [until] = some[-1]
        key = {"merchant_id": merchant_id, "after": after, "until": until}
        marked = self.session.run(MARK_SOME, key, now=rows.to_instant(self.now))
        self.session.run(SAVE_SPREAD, merchant_id=merchant_id, marked_up_to=until)
        return marked

    def next_pass_due_at(self, bot_id: BotId, wallet: WalletKind) -> datetime | None:
        of = {"of_bot_id": bot_id, "of_wallet": wallet.value, "now": rows.to_instant(self.now)}
        found = [self.session.one(SELECT_NEXT_PASS_DUE, **of, is_of_many=each) for each in (0, 1)]
        due = [row[0] for row in found if row is not None and row[0] is not None]
        return rows.from_instant(min(due)) if due else None

    def lease_passes(
        self, bot_id: BotId, wallet: WalletKind, holder: str, until: datetime, limit: int
    ) -> Sequence[WalletPass]:
        found: list[WalletPass] = []
        for is_of_many in (0, 1):
            due = self.session.all(
                SELECT_DUE_PASSES,
                of_bot_id=bot_id,
                of_wallet=wallet.value,
                is_of_many=is_of_many,
                now=rows.to_instant(self.now),
                limit=limit - len(found),
            )
            found += [each for row in due if (each := self._due(row)) is not None]
        for each in found:
            self._change_pass(LEASE_PASS, each, leased_by=holder, leased_until=rows.to_instant(until))
        return found

    def _due(self, row: Row) -> WalletPass | None:
        """None for a pass that cannot be read, which is then no longer due: it would be looked at every second."""
        try:
            return read(rows.wallet_pass, row)
        except RowUnreadable:
            key = {"merchant_id": row[0], "pass_id": row[1]}
            free = {"due_at": None, "leased_by": None, "leased_until": None}
            self.session.run(PASS_POSTPONED, key | free, attempts=0, error="unreadable")
            return None

    def release_passes(self, bot_id: BotId, wallet: WalletKind) -> int:
        return self.session.run(RELEASE_PASSES, of_bot_id=bot_id, of_wallet=wallet.value, me=self.crew.me)

    def release_nobodys_passes(self, bot_id: BotId) -> int:
        return self.session.run(RELEASE_NOBODYS, of_bot_id=bot_id)

    def pass_told(self, wallet_pass: WalletPass) -> bool:
        return self._ends(PASS_TOLD, wallet_pass)

    def pass_given_up(self, wallet_pass: WalletPass, error: str) -> bool:
        now = rows.to_instant(self.now)
        return self._ends(
            PASS_GIVEN_UP, wallet_pass, failed_at=now, attempts=wallet_pass.attempts + 1, error=error
        )

    def pass_postponed(self, wallet_pass: WalletPass, due_at: datetime, *, attempts: int, error: str) -> None:
        when = {"due_at": rows.to_instant(due_at), "leased_by": None, "leased_until": None}
        self._change_pass(PASS_POSTPONED, wallet_pass, **when, attempts=attempts, error=error)

    def count_passes(self, bot_id: BotId) -> WalletCounts:
        counted = {name: self.session.all(count, of_bot_id=bot_id) for name, count in COUNT_PASSES.items()}
        return WalletCounts(**{name: found for name, [[found]] in counted.items()})

    def forget_passes(self, voided_before: datetime) -> int:
        before = rows.to_instant(voided_before)
        self.session.run(FORGET_DEVICES, before=before)
        return self.session.run(FORGET_PASSES, before=before)

    def devices_of(self, key: PassKey) -> Sequence[WalletDevice]:
        named = {"merchant_id": key.merchant_id, "pass_id": key.pass_id}
        return self._readable(rows.wallet_device, SELECT_DEVICES, **named)

    def save_device(self, device: WalletDevice) -> bool:
        row = rows.wallet_device_row(device)
        if self.session.run(INSERT_DEVICE, row):
            return True
        self.session.run(UPDATE_DEVICE, row)
        return False

    def forget_device(self, device: WalletDevice) -> bool:
        return bool(self.session.run(DELETE_DEVICE, rows.wallet_device_row(device)))

    def passes_on(self, device_hash: str, since: datetime | None) -> Sequence[WalletPass]:
        after = rows.to_instant(since) if since else BEGINNING
        return self._readable(rows.wallet_pass, SELECT_PASSES_ON, device_hash=device_hash, since=after)

    def _ends(self, statement: Update, wallet_pass: WalletPass, **values: object) -> bool:
        """Runs the statement if the pass has not changed since it was leased; otherwise ends the lease, and the pass
        stays due. Returns whether the statement was run."""
        key = {"merchant_id": wallet_pass.merchant_id, "pass_id": wallet_pass.pass_id}
        if self.session.run(statement, key, of_revision=wallet_pass.revision, **values):
            return True
        self.session.run(PASS_TOLD_OLD, key)
        return False

    def _change_pass(self, statement: Update, wallet_pass: WalletPass, **values: object) -> None:
        key = {"merchant_id": wallet_pass.merchant_id, "pass_id": wallet_pass.pass_id}
        self.session.run(statement, key, **values)


def _pass_standing(row: Row) -> PassStanding:
    *of_pass, due_at, failed_at, error, device_count = row
    return PassStanding(
        wallet_pass=rows.wallet_pass(tuple(of_pass)),
        due_at=rows.from_instant_or_none(due_at),
        given_up_at=rows.from_instant_or_none(failed_at),
        error=error,
        device_count=device_count,
    )
