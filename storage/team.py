"""Who works for a merchant, where, and with which links they come in."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import and_, bindparam, delete, exists, func, insert, null, or_, select, update

from domain.account import Account, Locale
from domain.approval import Approver
from domain.ids import InviteId, MerchantId, StaffId, StoreId
from domain.merchant import Store
from domain.quick import replace
from domain.rights import Right, may
from domain.staff import Desk, Invite, Membership, Pin, PinSession, Role, Staff, StaffStatus
from storage import rows, tables
from storage.base import TxBase
from storage.clauses import change, find, has, is_any_of, joins
from storage.people import DELETE_DIALOGUE, gone_among
from storage.statements import Row
from storage.upsert import upsert

_staff, _stores, _assigned = tables.staff, tables.stores, tables.staff_stores
_merchants, _entries, _known = tables.merchants, tables.entries, tables.acquaintances

_is_active = _staff.c.status == StaffStatus.ACTIVE.value
_is_merchant_wide = is_any_of(_staff.c.role, (role for role in Role if role.is_merchant_wide))
_is_told = is_any_of(_staff.c.role, (role for role in Role if may(role, Right.BE_TOLD)))
_may_approve = is_any_of(_staff.c.role, (role for role in Role if may(role, Right.APPROVE)))
_is_assigned = and_(joins(_assigned, _staff, "staff_id"), _assigned.c.store_id == _stores.c.store_id)
_works_at_store = or_(_is_merchant_wide, exists().where(has(_assigned, "merchant_id"), _is_assigned))
_active_stores = and_(joins(_stores, _staff), _stores.c.active == 1)

INSERT_STAFF = insert(_staff)
INSERT_ASSIGNMENT = insert(_assigned)
UNASSIGN = delete(_assigned).where(has(_assigned, "merchant_id", "staff_id"))
INSERT_INVITE = insert(tables.invites)
UPDATE_STAFF = change(_staff, *(column.name for column in _staff.c if not column.primary_key))
UPDATE_PIN = change(_staff, "pin_hash", "pin_generation")
SAVE_INVITE = upsert(tables.invites)
SAVE_DESK = upsert(tables.desks)
SAVE_SESSION = upsert(tables.pin_sessions)
SAVE_WINDOW = change(tables.pin_sessions, "verified_at")
END_SESSIONS = delete(tables.pin_sessions).where(has(tables.pin_sessions, "merchant_id", "staff_id"))
END_DESK = delete(tables.desks).where(has(tables.desks, "merchant_id", "bot_id", "user_id"))
END_DESKS_AT = delete(tables.desks).where(has(tables.desks, "merchant_id", "store_id"))
LEAVE_DESKS = update(tables.desks).where(has(tables.desks, "merchant_id", "staff_id")).values(staff_id=null())

SELECT_STAFF = find(rows.STAFF, "merchant_id", "staff_id")
SELECT_STAFF_OF = find(rows.STAFF, "merchant_id").order_by(_staff.c.staff_id)
SELECT_MEMBER = find(rows.STAFF, "merchant_id", "bot_id", "user_id")
SELECT_MANAGERS = find([_staff.c.bot_id, _staff.c.user_id], "merchant_id").where(
    _is_active, _is_told, _staff.c.user_id.is_not(None)
)
SELECT_APPROVERS = (
    find(rows.STAFF, "merchant_id")
    .where(_is_active, _may_approve, _staff.c.user_id.is_not(None))
    .order_by(_staff.c.name, _staff.c.staff_id)
)
SELECT_STORES_FOR = (
    select(*rows.STORE)
    .join(_staff, _active_stores)
    .where(has(_staff, "merchant_id", "staff_id"), _works_at_store)
    .order_by(_stores.c.name, _stores.c.store_id)
)
SELECT_ASSIGNED = find([_assigned.c.store_id], "merchant_id", "staff_id")
SELECT_TEAM_AT = (
    select(*rows.STAFF)
    .join(_stores, _active_stores)
    .where(
        has(_staff, "merchant_id"),
        has(_stores, "store_id"),
        _is_active,
        _staff.c.role != Role.TERMINAL.value,
        _works_at_store,
    )
    .order_by(_staff.c.name, _staff.c.staff_id)
)
_workplaces = (
    select(
        *rows.STAFF,
        _merchants.c.name,
        _merchants.c.timezone,
        _merchants.c.currency,
        _merchants.c.default_locale,
        _stores.c.store_id,
        _stores.c.name,
    )
    .where(_is_active)
    .order_by(_stores.c.name, _stores.c.store_id)
)
_at_merchant = _staff.join(_merchants, joins(_merchants, _staff))
SELECT_WORKPLACES = _workplaces.select_from(
    _known.join(_at_merchant, joins(_staff, _known, "bot_id", "user_id")).outerjoin(
        _stores, and_(_active_stores, or_(_is_merchant_wide, exists().where(_is_assigned)))
    )
).where(has(_known, "bot_id", "user_id"))
"""The workplaces of an account at all merchants that it knows."""
SELECT_WORKPLACES_AT = _workplaces.select_from(
    _at_merchant.outerjoin(_stores, and_(_active_stores, _works_at_store))
).where(has(_staff, "merchant_id", "bot_id", "user_id"))
"""The workplaces at one merchant, where people do not lie on the machines of merchants (``storage.postgres.tx``)."""
SELECT_LAST_ACTS = (
    select(_entries.c.staff_id, func.max(_entries.c.local_date))
    .where(has(_entries, "merchant_id"), _entries.c.local_date >= bindparam("since"))
    .group_by(_entries.c.staff_id)
)
SELECT_SESSION = find(rows.PIN_SESSION, "merchant_id", "staff_id", "bot_id", "user_id")
SELECT_INVITE = find(rows.INVITE, "merchant_id", "invite_id")
SELECT_INVITES = find(rows.INVITE, "merchant_id").order_by(tables.invites.c.invite_id)
SELECT_DESK = find(rows.DESK, "bot_id", "user_id")


class TeamRows(TxBase):
    def staff(self, merchant_id: MerchantId, staff_id: StaffId) -> Staff | None:
        return self._one(rows.staff, SELECT_STAFF, merchant_id=merchant_id, staff_id=staff_id)

    def member(self, merchant_id: MerchantId, account: Account) -> Staff | None:
        key = {"merchant_id": merchant_id, "bot_id": account.bot_id, "user_id": account.user_id}
        return self._one(rows.staff, SELECT_MEMBER, **key)

    def staff_of(self, merchant_id: MerchantId) -> Sequence[Staff]:
        return self._readable(rows.staff, SELECT_STAFF_OF, merchant_id=merchant_id)

    def last_acts_since(self, merchant_id: MerchantId, since: date) -> Mapping[StaffId, date]:
        found = self.session.all(SELECT_LAST_ACTS, merchant_id=merchant_id, since=since.isoformat())
        return {staff_id: date.fromisoformat(day) for staff_id, day in found if staff_id is not None}

    def memberships_of(self, account: Account) -> Sequence[Membership]:
        key = {"bot_id": account.bot_id, "user_id": account.user_id}
        return together(self._readable(workplace, SELECT_WORKPLACES, **key))

    def team_at(self, merchant_id: MerchantId, store_id: StoreId) -> Sequence[Staff]:
        return self._readable(rows.staff, SELECT_TEAM_AT, merchant_id=merchant_id, store_id=store_id)

    def stores_for(self, staff: Staff) -> Sequence[Store]:
        key = {"merchant_id": staff.merchant_id, "staff_id": staff.staff_id}
        return self._readable(rows.store, SELECT_STORES_FOR, **key)

    def assigned_to(self, staff: Staff) -> frozenset[StoreId]:
        key = {"merchant_id": staff.merchant_id, "staff_id": staff.staff_id}
        return frozenset(StoreId(store_id) for (store_id,) in self.session.all(SELECT_ASSIGNED, **key))

    def managers_of(self, merchant_id: MerchantId) -> Sequence[Account]:
        found = self.session.all(SELECT_MANAGERS, merchant_id=merchant_id)
        return [Account(bot_id=bot_id, user_id=user_id) for bot_id, user_id in found]

    def approvers_of(self, merchant_id: MerchantId) -> Sequence[Approver]:
        found = self._readable(rows.staff, SELECT_APPROVERS, merchant_id=merchant_id)
        gone = gone_among(self.session, (each.account for each in found if each.account))
        return [Approver(each, is_reachable=each.account not in gone) for each in found]

    def is_reachable(self, account: Account) -> bool:
        return not (account.is_guest or gone_among(self.session, [account]))

    def add_staff(self, staff: Staff, store_ids: Iterable[StoreId]) -> None:
        self.session.run(INSERT_STAFF, rows.staff_row(staff))
        self.assign_stores(staff, store_ids)

    def assign_stores(self, staff: Staff, store_ids: Iterable[StoreId]) -> None:
        self.session.run(UNASSIGN, merchant_id=staff.merchant_id, staff_id=staff.staff_id)
        for store_id in store_ids:
            key = {"merchant_id": staff.merchant_id, "staff_id": staff.staff_id, "store_id": store_id}
            self.session.run(INSERT_ASSIGNMENT, key)

    def save_staff(self, staff: Staff) -> None:
        self.session.run(UPDATE_STAFF, rows.staff_row(staff))

    def save_pin(self, staff: Staff, pin: Pin) -> None:
        self.session.run(UPDATE_PIN, rows.staff_row(replace(staff, pin=pin)))

    def add_invite(self, invite: Invite) -> None:
        self.session.run(INSERT_INVITE, rows.invite_row(invite))

    def invite(self, merchant_id: MerchantId, invite_id: InviteId) -> Invite | None:
        return self._one(rows.invite, SELECT_INVITE, merchant_id=merchant_id, invite_id=invite_id)

    def invites_of(self, merchant_id: MerchantId) -> Sequence[Invite]:
        return self._all(rows.invite, SELECT_INVITES, merchant_id=merchant_id)

    def save_invite(self, invite: Invite) -> None:
        self.session.run(SAVE_INVITE, rows.invite_row(invite))

    def desk(self, account: Account) -> Desk | None:
        return self._one(rows.desk, SELECT_DESK, bot_id=account.bot_id, user_id=account.user_id)

    def save_desk(self, desk: Desk) -> None:
        self.session.run(SAVE_DESK, rows.desk_row(desk))

    def end_desks_at(self, store: Store) -> None:
        self.session.run(END_DESKS_AT, merchant_id=store.merchant_id, store_id=store.store_id)

    def pin_session(self, staff: Staff, account: Account) -> PinSession:
        return self._one(rows.pin_session, SELECT_SESSION, **_session_key(staff, account)) or PinSession()

    def save_pin_session(self, staff: Staff, account: Account, session: PinSession) -> None:
        self.session.run(SAVE_SESSION, rows.pin_session_row(session), **_session_key(staff, account))

    def save_pin_window(self, staff: Staff, account: Account, verified_at: datetime | None) -> None:
        row = rows.pin_session_row(PinSession(verified_at=verified_at))
        self.session.run(SAVE_WINDOW, row, **_session_key(staff, account))

    def end_pin_sessions(self, staff: Staff) -> None:
        self.session.run(END_SESSIONS, merchant_id=staff.merchant_id, staff_id=staff.staff_id)

    def dismiss(self, staff: Staff) -> None:
        key = {"merchant_id": staff.merchant_id, "staff_id": staff.staff_id}
        self.session.run(END_SESSIONS, key)
        if staff.account is not None:
            account = {"bot_id": staff.account.bot_id, "user_id": staff.account.user_id}
            self.session.run(END_DESK, account, merchant_id=staff.merchant_id)
            self.session.run(DELETE_DIALOGUE, account)
        self.session.run(LEAVE_DESKS, key)


def _session_key(staff: Staff, account: Account) -> dict[str, object]:
    who = {"merchant_id": staff.merchant_id, "staff_id": staff.staff_id}
    return {**who, "bot_id": account.bot_id, "user_id": account.user_id}


@lru_cache(maxsize=rows.INTERNED)
def workplace(row: Row) -> Membership:
    """A membership with one store, or none."""
    width = len(rows.STAFF)
    merchant_name, timezone, currency, locale, store_id, store_name = row[width:]
    return Membership(
        staff=rows.staff(row[:width]),
        merchant_name=merchant_name,
        timezone=timezone,
        currency=currency,
        locale=Locale(locale),
        stores=() if store_id is None else ((store_id, store_name),),
    )


def together(workplaces: Iterable[Membership]) -> Sequence[Membership]:
    """Joins workplaces into one membership for each merchant, with all stores there."""
    found: dict[MerchantId, Membership] = {}
    for each in workplaces:
        merchant_id = each.staff.merchant_id
        before = found.get(merchant_id)
        found[merchant_id] = each if before is None else replace(before, stores=before.stores + each.stores)
    return [found[merchant_id] for merchant_id in sorted(found)]
