"""Merchants, their stores and the versions of their programs."""

from collections.abc import Sequence

from sqlalchemy import and_, bindparam, insert, select, update

from domain.fields import FieldChange, Target
from domain.ids import MerchantId, StoreId
from domain.merchant import Merchant, Program, Store
from storage import rows, tables
from storage.base import TxBase
from storage.statements import Row
from storage.upsert import upsert

_programs, _versions, _changes = tables.programs, tables.program_versions, tables.changes

INSERT_MERCHANT = insert(tables.merchants)
SAVE_MERCHANT = upsert(tables.merchants)
INSERT_STORE = insert(tables.stores)
SAVE_STORE = upsert(tables.stores)
INSERT_CHANGE = insert(_changes)
INSERT_VERSION = insert(_versions)
SELECT_MERCHANT = select(*rows.MERCHANT).where(tables.merchants.c.merchant_id == bindparam("merchant_id"))
SELECT_MERCHANTS = select(*rows.MERCHANT).order_by(tables.merchants.c.merchant_id)
SELECT_STORE = select(*rows.STORE).where(
    tables.stores.c.merchant_id == bindparam("merchant_id"),
    tables.stores.c.store_id == bindparam("store_id"),
)
SELECT_STORES = (
    select(*rows.STORE)
    .where(tables.stores.c.merchant_id == bindparam("merchant_id"))
    .order_by(tables.stores.c.store_id)
)
SELECT_PROGRAMS = (
    select(*rows.PROGRAM)
    .join(
        _programs,
        and_(
            _programs.c.merchant_id == _versions.c.merchant_id,
            _programs.c.program_id == _versions.c.program_id,
            _programs.c.present_version == _versions.c.version,
        ),
    )
    .where(_versions.c.merchant_id == bindparam("merchant_id"))
    .order_by(_versions.c.program_id)
)
SELECT_PROGRAMS_TO_SPREAD = (
    select(*rows.PROGRAM)
    .join(
        _programs,
        and_(
            _programs.c.merchant_id == _versions.c.merchant_id,
            _programs.c.program_id == _versions.c.program_id,
            _programs.c.present_version == _versions.c.version,
        ),
    )
    .where(_programs.c.spread_version < _programs.c.present_version)
    .order_by(_versions.c.merchant_id, _versions.c.program_id)
)
SELECT_CHANGES = (
    select(*rows.columns(_changes))
    .where(_changes.c.merchant_id == bindparam("merchant_id"))
    .order_by(_changes.c.change_id.desc())
    .limit(bindparam("limit"))
)
INSERT_PROGRAM = insert(_programs)
UPDATE_PROGRAM = (
    update(_programs)
    .where(
        _programs.c.merchant_id == bindparam("of_merchant_id"),
        _programs.c.program_id == bindparam("of_program_id"),
    )
    .values(present_version=bindparam("present_version"))
)
UPDATE_SPREAD = (
    update(_programs)
    .where(
        _programs.c.merchant_id == bindparam("of_merchant_id"),
        _programs.c.program_id == bindparam("of_program_id"),
    )
    .values(spread_version=bindparam("spread_version"))
)


class TermsRows(TxBase):
    def merchant(self, merchant_id: MerchantId) -> Merchant | None:
        row = self.session.one(SELECT_MERCHANT, merchant_id=merchant_id)
        return None if row is None else rows.merchant(row)

    def add_merchant(self, merchant: Merchant) -> None:
        self.session.run(INSERT_MERCHANT, rows.merchant_row(merchant))

    def merchants(self) -> Sequence[Merchant]:
        return [rows.merchant(row) for row in self.session.all(SELECT_MERCHANTS)]

    def save_merchant(self, merchant: Merchant) -> None:
        self.session.run(SAVE_MERCHANT, rows.merchant_row(merchant))

    def store(self, merchant_id: MerchantId, store_id: StoreId) -> Store | None:
        row = self.session.one(SELECT_STORE, merchant_id=merchant_id, store_id=store_id)
        return None if row is None else rows.store(row)

    def stores_of(self, merchant_id: MerchantId) -> Sequence[Store]:
        return [rows.store(row) for row in self.session.all(SELECT_STORES, merchant_id=merchant_id)]

    def add_store(self, store: Store) -> None:
        self.session.run(INSERT_STORE, rows.store_row(store))

    def save_store(self, store: Store) -> None:
        self.session.run(SAVE_STORE, rows.store_row(store))

    def programs_of(self, merchant_id: MerchantId) -> Sequence[Program]:
        return [rows.program(row) for row in self.session.all(SELECT_PROGRAMS, merchant_id=merchant_id)]

    def add_program_version(self, program: Program) -> None:
        changed = self.session.run(
            UPDATE_PROGRAM,
            of_merchant_id=program.merchant_id,
            of_program_id=program.program_id,
            present_version=program.version,
        )
        if not changed:
            self.session.run(
                INSERT_PROGRAM,
                merchant_id=program.merchant_id,
                program_id=program.program_id,
                present_version=program.version,
                spread_version=program.version,
            )
        self.session.run(INSERT_VERSION, rows.program_row(program))

    def programs_to_spread(self) -> Sequence[Program]:
        return [rows.program(row) for row in self.session.all(SELECT_PROGRAMS_TO_SPREAD)]

    def program_spread(self, program: Program) -> None:
        self.session.run(
            UPDATE_SPREAD,
            of_merchant_id=program.merchant_id,
            of_program_id=program.program_id,
            spread_version=program.version,
        )

    def add_change(self, change: FieldChange) -> None:
        row = {column.name: getattr(change, column.name) for column in _changes.columns}
        self.session.run(INSERT_CHANGE, row, changed_at=rows.to_instant(change.changed_at))

    def changes_of(self, merchant_id: MerchantId, limit: int) -> Sequence[FieldChange]:
        found = self.session.all(SELECT_CHANGES, merchant_id=merchant_id, limit=limit)
        return [_change(row) for row in found]


def _change(row: Row) -> FieldChange:
    merchant_id, change_id, target_kind, target_id, field, before, after, staff_id, changed_at = row
    return FieldChange(
        merchant_id=merchant_id,
        change_id=change_id,
        target_kind=Target(target_kind),
        target_id=target_id,
        field=field,
        before=before,
        after=after,
        staff_id=staff_id,
        changed_at=rows.from_instant(changed_at),
    )
