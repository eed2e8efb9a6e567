"""Who works for a merchant, where, and with which links they come in."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy import and_, bindparam, exists, insert, or_, select, update

from domain.account import Account, Locale
from domain.ids import InviteId, MerchantId, StaffId, StoreId
from domain.merchant import Store
from domain.rights import Right, may
from domain.staff import Desk, Invite, Membership, Pin, Role, Staff, StaffStatus
from storage import rows, tables
from storage.base import TxBase
from storage.statements import Row
from storage.upsert import upsert

_staff, _stores, _assigned = tables.staff, tables.stores, tables.staff_stores
_invites, _sessions = tables.invites, tables.pin_sessions

_of_merchant = _staff.c.merchant_id == bindparam("merchant_id")
_with_id = and_(_of_merchant, _staff.c.staff_id == bindparam("staff_id"))
_is_active = _staff.c.status == StaffStatus.ACTIVE.value
_is_merchant_wide = or_(*(_staff.c.role == role.value for role in Role if role.is_merchant_wide))
_is_told = or_(*(_staff.c.role == role.value for role in Role if may(role, Right.BE_TOLD)))
_works_at_store = or_(
    _is_merchant_wide,
    exists().where(
        _assigned.c.merchant_id == _staff.c.merchant_id,
        _assigned.c.staff_id == _staff.c.staff_id,
        _assigned.c.store_id == _stores.c.store_id,
    ),
)
_active_stores = and_(_stores.c.merchant_id == _staff.c.merchant_id, _stores.c.active == 1)
_WITH_ID = {
    "merchant_id": _staff.c.merchant_id == bindparam("of_merchant_id"),
    "staff_id": _staff.c.staff_id == bindparam("of_staff_id"),
}

INSERT_STAFF = insert(_staff)
INSERT_ASSIGNMENT = insert(_assigned)
INSERT_INVITE = insert(_invites)
UPDATE_STAFF = (
    update(_staff)
    .where(*_WITH_ID.values())
    .values({name: bindparam(name) for name in rows.names(rows.STAFF) if name not in _WITH_ID})
)
UPDATE_PIN = (
    update(_staff)
    .where(*_WITH_ID.values())
    .values(
        {name: bindparam(name) for name in ("pin_hash", "pin_generation", "pin_failures", "pin_locked_until")}
    )
)
SAVE_INVITE = upsert(_invites)
SAVE_DESK = upsert(tables.desks)
SAVE_SESSION = upsert(_sessions)

SELECT_STAFF = select(*rows.STAFF).where(_with_id)
SELECT_STAFF_OF = select(*rows.STAFF).where(_of_merchant).order_by(_staff.c.staff_id)
SELECT_MEMBER = select(*rows.STAFF).where(
    _of_merchant, _staff.c.bot_id == bindparam("bot_id"), _staff.c.user_id == bindparam("user_id")
)
SELECT_MANAGERS = select(_staff.c.bot_id, _staff.c.user_id).where(
    _of_merchant, _is_active, _is_told, _staff.c.user_id.is_not(None)
)
SELECT_STORES_FOR = (
    select(*rows.STORE)
    .join(_staff, _active_stores)
    .where(_with_id, _works_at_store)
    .order_by(_stores.c.name, _stores.c.store_id)
)
SELECT_TEAM_AT = (
    select(*rows.STAFF)
    .join(_stores, _active_stores)
    .where(
        _of_merchant,
        _stores.c.store_id == bindparam("store_id"),
        _is_active,
        _staff.c.role != Role.TERMINAL.value,
        _works_at_store,
    )
    .order_by(_staff.c.name, _staff.c.staff_id)
)
SELECT_MEMBERSHIPS = (
    select(
        *rows.STAFF,
        tables.merchants.c.name,
        tables.merchants.c.timezone,
        tables.merchants.c.currency,
        tables.merchants.c.default_locale,
        _stores.c.store_id,
        _stores.c.name,
    )
    .select_from(tables.acquaintances)
    .join(
        _staff,
        and_(
            _staff.c.merchant_id == tables.acquaintances.c.merchant_id,
            _staff.c.bot_id == tables.acquaintances.c.bot_id,
            _staff.c.user_id == tables.acquaintances.c.user_id,
            _is_active,
        ),
    )
    .join(tables.merchants, tables.merchants.c.merchant_id == _staff.c.merchant_id)
    .outerjoin(_stores, and_(_active_stores, _works_at_store))
    .where(
        tables.acquaintances.c.bot_id == bindparam("bot_id"),
        tables.acquaintances.c.user_id == bindparam("user_id"),
    )
    .order_by(_staff.c.merchant_id, _stores.c.name, _stores.c.store_id)
)
SELECT_INVITE = select(*rows.INVITE).where(
    _invites.c.merchant_id == bindparam("merchant_id"), _invites.c.invite_id == bindparam("invite_id")
)
SELECT_DESK = select(*rows.DESK).where(
    tables.desks.c.bot_id == bindparam("bot_id"), tables.desks.c.user_id == bindparam("user_id")
)


class TeamRows(TxBase):
    def staff(self, merchant_id: MerchantId, staff_id: StaffId) -> Staff | None:
        row = self.session.one(SELECT_STAFF, merchant_id=merchant_id, staff_id=staff_id)
        return None if row is None else rows.staff(row)

    def member(self, merchant_id: MerchantId, account: Account) -> Staff | None:
        row = self.session.one(
            SELECT_MEMBER, merchant_id=merchant_id, bot_id=account.bot_id, user_id=account.user_id
        )
        return None if row is None else rows.staff(row)

    def staff_of(self, merchant_id: MerchantId) -> Sequence[Staff]:
        found = self.session.all(SELECT_STAFF_OF, merchant_id=merchant_id)
        return [rows.staff(row) for row in found]

    def memberships_of(self, account: Account) -> Sequence[Membership]:
        found = self.session.all(SELECT_MEMBERSHIPS, bot_id=account.bot_id, user_id=account.user_id)
        return [_membership(list(group)) for _, group in groupby(found, key=lambda row: row[:2])]

    def team_at(self, merchant_id: MerchantId, store_id: StoreId) -> Sequence[Staff]:
        found = self.session.all(SELECT_TEAM_AT, merchant_id=merchant_id, store_id=store_id)
        return [rows.staff(row) for row in found]

    def stores_for(self, staff: Staff) -> Sequence[Store]:
        found = self.session.all(SELECT_STORES_FOR, merchant_id=staff.merchant_id, staff_id=staff.staff_id)
        return [rows.store(row) for row in found]

    def managers_of(self, merchant_id: MerchantId) -> Sequence[Account]:
        found = self.session.all(SELECT_MANAGERS, merchant_id=merchant_id)
        return [Account(bot_id=bot_id, user_id=user_id) for bot_id, user_id in found]

    def add_staff(self, staff: Staff, store_ids: Iterable[StoreId]) -> None:
        self.session.run(INSERT_STAFF, rows.staff_row(staff))
        for store_id in store_ids:
            self.session.run(
                INSERT_ASSIGNMENT,
                merchant_id=staff.merchant_id,
                staff_id=staff.staff_id,
                store_id=store_id,
            )

    def save_staff(self, staff: Staff) -> None:
        self.session.run(
            UPDATE_STAFF,
            of_merchant_id=staff.merchant_id,
            of_staff_id=staff.staff_id,
            **rows.staff_row(staff),
        )

    def save_pin(self, staff: Staff, pin: Pin) -> None:
        self.session.run(
            UPDATE_PIN, of_merchant_id=staff.merchant_id, of_staff_id=staff.staff_id, **rows.pin_row(pin)
        )

    def add_invite(self, invite: Invite) -> None:
        self.session.run(INSERT_INVITE, rows.invite_row(invite))

    def invite(self, merchant_id: MerchantId, invite_id: InviteId) -> Invite | None:
        row = self.session.one(SELECT_INVITE, merchant_id=merchant_id, invite_id=invite_id)
        return None if row is None else rows.invite(row)

    def save_invite(self, invite: Invite) -> None:
        self.session.run(SAVE_INVITE, rows.invite_row(invite))

    def desk(self, account: Account) -> Desk | None:
        row = self.session.one(SELECT_DESK, bot_id=account.bot_id, user_id=account.user_id)
        return None if row is None else rows.desk(row)

    def save_desk(self, desk: Desk) -> None:
        self.session.run(SAVE_DESK, rows.desk_row(desk))

    def save_pin_session(self, staff: Staff, account: Account, verified_at: datetime) -> None:
        self.session.run(
            SAVE_SESSION, **_session_key(staff, account), verified_at=rows.to_instant(verified_at)
        )


def _session_key(staff: Staff, account: Account) -> dict[str, object]:
    return {
        "merchant_id": staff.merchant_id,
        "staff_id": staff.staff_id,
        "bot_id": account.bot_id,
        "user_id": account.user_id,
    }


def _membership(group: Sequence[Row]) -> Membership:
    width = len(rows.STAFF)
    merchant_name, timezone, currency, locale, *_ = group[0][width:]
    stores = [row[-2:] for row in group]
    return Membership(
        staff=rows.staff(group[0][:width]),
        merchant_name=merchant_name,
        timezone=timezone,
        currency=currency,
        locale=Locale(locale),
        stores=tuple((store_id, name) for store_id, name in stores if store_id is not None),
    )
