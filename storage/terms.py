"""Merchants, their stores and the versions of their programs."""

from collections.abc import Sequence

from sqlalchemy import and_, bindparam, insert, select, update

from domain.ids import MerchantId, ProgramId, StoreId
from domain.merchant import Merchant, Program, Store
from storage import rows, tables
from storage.base import TxBase

_programs, _versions = tables.programs, tables.program_versions

INSERT_MERCHANT = insert(tables.merchants)
INSERT_STORE = insert(tables.stores)
INSERT_VERSION = insert(_versions)
SELECT_MERCHANT = select(*rows.MERCHANT).where(tables.merchants.c.merchant_id == bindparam("merchant_id"))
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
    select(_programs.c.merchant_id, _programs.c.program_id)
    .where(_programs.c.spread_version < _programs.c.present_version)
    .order_by(_programs.c.merchant_id, _programs.c.program_id)
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

    def store(self, merchant_id: MerchantId, store_id: StoreId) -> Store | None:
        row = self.session.one(SELECT_STORE, merchant_id=merchant_id, store_id=store_id)
        return None if row is None else rows.store(row)

    def stores_of(self, merchant_id: MerchantId) -> Sequence[Store]:
        return [rows.store(row) for row in self.session.all(SELECT_STORES, merchant_id=merchant_id)]

    def add_store(self, store: Store) -> None:
        self.session.run(INSERT_STORE, rows.store_row(store))

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

    def programs_to_spread(self) -> Sequence[tuple[MerchantId, ProgramId]]:
        return [
            (merchant_id, program_id)
            for merchant_id, program_id in self.session.all(SELECT_PROGRAMS_TO_SPREAD)
        ]

    def program_spread(self, program: Program) -> None:
        self.session.run(
            UPDATE_SPREAD,
            of_merchant_id=program.merchant_id,
            of_program_id=program.program_id,
            spread_version=program.version,
        )
