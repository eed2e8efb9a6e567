"""Merchants, their stores and the versions of their programs."""

from collections.abc import Sequence

from sqlalchemy import and_, delete, insert, or_, select

from domain.card import Card
from domain.fields import FieldChange
from domain.ids import MerchantId, ProgramId, StoreId
from domain.logo import Logo
from domain.merchant import Merchant, Program, Store
from storage import rows, tables
from storage.clauses import LIMIT, change, find, has, joins
from storage.upsert import upsert
from storage.wallets import WalletMarks

_programs, _versions, _changes = tables.programs, tables.program_versions, tables.changes

is_present = and_(
    joins(_versions, _programs, "program_id"), _versions.c.version == _programs.c.present_version
)
"""The version of a program with the terms that hold now."""

INSERT_MERCHANT = insert(tables.merchants)
SAVE_MERCHANT = upsert(tables.merchants)
INSERT_STORE = insert(tables.stores)
SAVE_STORE = upsert(tables.stores)
SELECT_BEGUN_CARDS = (
    find(rows.CARD, "merchant_id", "program_id")
    .where(
        or_(
            tables.cards.c.stamp_count > 0,
            tables.cards.c.points_balance > 0,
            tables.cards.c.stamps_carried_minor > 0,
        )
    )
    .order_by(tables.cards.c.card_id)
)
INSERT_CHANGE = insert(_changes)
INSERT_VERSION = insert(_versions)
SELECT_MERCHANT = find(rows.MERCHANT, "merchant_id")
SELECT_MERCHANTS = select(*rows.MERCHANT).order_by(tables.merchants.c.merchant_id)
SELECT_STORE = find(rows.STORE, "merchant_id", "store_id")
SELECT_STORES = find(rows.STORE, "merchant_id").order_by(tables.stores.c.store_id)
SELECT_PROGRAMS = (
    select(*rows.PROGRAM)
    .join(_programs, is_present)
    .where(has(_versions, "merchant_id"))
    .order_by(_versions.c.program_id)
)
SELECT_PROGRAM = (
    select(*rows.PROGRAM).join(_programs, is_present).where(has(_versions, "merchant_id", "program_id"))
)
SELECT_PROGRAMS_TO_SPREAD = (
    select(_programs.c.merchant_id, _programs.c.program_id)
    .where(_programs.c.spread_version < _programs.c.present_version)
    .order_by(_programs.c.merchant_id, _programs.c.program_id)
)
SELECT_CHANGES = find(rows.CHANGE, "merchant_id").order_by(_changes.c.change_id.desc()).limit(LIMIT)
SAVE_LOGO = upsert(tables.logos)
DELETE_LOGO = delete(tables.logos).where(has(tables.logos, "merchant_id"))
SELECT_LOGO = find(rows.LOGO, "merchant_id")
SELECT_WHETHER_LOGO = find([tables.logos.c.merchant_id], "merchant_id")
INSERT_PROGRAM = insert(_programs)
UPDATE_PROGRAM = change(_programs, "present_version")
UPDATE_SPREAD = change(_programs, "spread_version")


class TermsRows(WalletMarks):
    def merchant(self, merchant_id: MerchantId) -> Merchant | None:
        return self._one(rows.merchant, SELECT_MERCHANT, merchant_id=merchant_id)

    def add_merchant(self, merchant: Merchant) -> None:
        self.session.run(INSERT_MERCHANT, rows.merchant_row(merchant))

    def merchants(self) -> Sequence[Merchant]:
        return self._readable(rows.merchant, SELECT_MERCHANTS)

    def save_merchant(self, merchant: Merchant) -> None:
        self.session.run(SAVE_MERCHANT, rows.merchant_row(merchant))
        self.terms_changed(merchant.merchant_id)

    def store(self, merchant_id: MerchantId, store_id: StoreId) -> Store | None:
        return self._one(rows.store, SELECT_STORE, merchant_id=merchant_id, store_id=store_id)

    def stores_of(self, merchant_id: MerchantId) -> Sequence[Store]:
        return self._readable(rows.store, SELECT_STORES, merchant_id=merchant_id)

    def add_store(self, store: Store) -> None:
        self.session.run(INSERT_STORE, rows.store_row(store))
        self.terms_changed(store.merchant_id)

    def save_store(self, store: Store) -> None:
        self.session.run(SAVE_STORE, rows.store_row(store))
        self.terms_changed(store.merchant_id)

    def programs_of(self, merchant_id: MerchantId) -> Sequence[Program]:
        return self._all(rows.program, SELECT_PROGRAMS, merchant_id=merchant_id)

    def add_program_version(self, program: Program) -> None:
        key = {"merchant_id": program.merchant_id, "program_id": program.program_id}
        if not self.session.run(UPDATE_PROGRAM, key, present_version=program.version):
            versions = {"present_version": program.version, "spread_version": program.version}
            self.session.run(INSERT_PROGRAM, key, **versions)
        self.session.run(INSERT_VERSION, rows.program_row(program))
        self.terms_changed(program.merchant_id)

    def programs_to_spread(self) -> Sequence[tuple[MerchantId, ProgramId]]:
        return [
            (merchant_id, program_id)
            for merchant_id, program_id in self.session.all(SELECT_PROGRAMS_TO_SPREAD)
        ]

    def program_spread(self, program: Program) -> None:
        self.session.run(
            UPDATE_SPREAD,
            merchant_id=program.merchant_id,
            program_id=program.program_id,
            spread_version=program.version,
        )

    def begun_cards(self, program: Program) -> Sequence[Card]:
        key = {"merchant_id": program.merchant_id, "program_id": program.program_id}
        return self._readable(rows.card, SELECT_BEGUN_CARDS, **key)

    def add_change(self, change: FieldChange) -> None:
        self.session.run(INSERT_CHANGE, rows.change_row(change))

    def changes_of(self, merchant_id: MerchantId, limit: int) -> Sequence[FieldChange]:
        return self._readable(rows.change, SELECT_CHANGES, merchant_id=merchant_id, limit=limit)

    def logo(self, merchant_id: MerchantId) -> Logo | None:
        return self._one(rows.logo, SELECT_LOGO, merchant_id=merchant_id)

    def has_logo(self, merchant_id: MerchantId) -> bool:
        return bool(self.session.all(SELECT_WHETHER_LOGO, merchant_id=merchant_id))

    def save_logo(self, logo: Logo) -> None:
        self.session.run(SAVE_LOGO, rows.logo_row(logo))
        self.terms_changed(logo.merchant_id)

    def forget_logo(self, merchant_id: MerchantId) -> None:
        self.session.run(DELETE_LOGO, merchant_id=merchant_id)
        self.terms_changed(merchant_id)
