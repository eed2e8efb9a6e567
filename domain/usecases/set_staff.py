"""Changes a member's name, role and stores."""

from domain.account import Account
from domain.fields import NAME
from domain.ids import MerchantId, StaffId, StoreId
from domain.ports import Staffing
from domain.quick import dataclass, replace
from domain.refusals import NotAllowed, OnlyOwner, RoleNeedsStore, StaffNotFound, StoreNotFound
from domain.staff import Role, Staff, StaffStatus
from domain.team_log import TeamChange
from domain.usecases.manage_team import OfMember, managed
from domain.usecases.new_managers import tell_of_new_manager
from domain.usecases.recording import record_member
from domain.usecases.remove_staff import end_invitations, is_only_owner
from domain.usecases.set_up import withdraw_offers


@dataclass(frozen=True, slots=True, kw_only=True)
class SetStaff:
    """Fields that are None stay as they are. ``by`` is the member who does it, None for the operator."""

    merchant_id: MerchantId
    staff_id: StaffId
    name: str | None = None
    role: Role | None = None
    store_ids: frozenset[StoreId] | None = None
    by: StaffId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMember:
    """A change by an owner or a manager."""

    account: Account
    change: SetStaff


@dataclass(frozen=True, slots=True, kw_only=True)
class SetWorkplace:
    """An owner or a manager sets whether a member works at a store."""

    account: Account
    merchant_id: MerchantId
    staff_id: StaffId
    store_id: StoreId
    works_there: bool


def set_staff(*, tx: Staffing, command: SetStaff) -> Staff:
    """A shared phone stays one, and no member becomes one. Invitations that the member may not make any more end, and
    offers of the shop where the member becomes an owner, or is none any more.

    Raises StaffNotFound, OnlyOwner, StoreNotFound, RoleNeedsStore, NameMalformed.
    """
    staff = tx.staff(command.merchant_id, command.staff_id)
    if staff is None or staff.status is StaffStatus.REMOVED:
        raise StaffNotFound
    role = command.role or staff.role
    if Role.TERMINAL in (role, staff.role) and role is not staff.role:
        raise StaffNotFound
    if role is not Role.OWNER and is_only_owner(tx, staff):
        raise OnlyOwner
    name = staff.name if command.name is None else NAME.check(command.name)
    worked_at = tx.assigned_to(staff)
    _work_at(tx, staff, role, command.store_ids)
    changed = replace(staff, name=name, role=role)
    tx.save_staff(changed)
    _record(tx, command, staff, changed, worked_at)
    end_invitations(tx, changed)
    if Role.OWNER in (role, staff.role) and role is not staff.role:
        withdraw_offers(tx, changed)
    return changed


def set_member(*, tx: Staffing, command: SetMember) -> Staff:
    """Nobody becomes an owner here: that needs their consent. A member who worked everywhere and gets another role
    works at every open store unless ``store_ids`` are given.

    Raises NotAllowed, and what ``managed`` and ``set_staff`` raise.
    """
    change = command.change
    asked = OfMember(account=command.account, merchant_id=change.merchant_id, staff_id=change.staff_id)
    manager, member = managed(tx, asked)
    if change.role is Role.OWNER:
        raise NotAllowed
    change = replace(change, by=manager.staff_id)
    if change.role is not None and change.store_ids is None and member.staff.role.is_merchant_wide:
        change = replace(change, store_ids=frozenset(store.store_id for store in member.stores))
    changed = set_staff(tx=tx, command=change)
    if changed.is_active and changed.role is Role.MANAGER and member.staff.role is not Role.MANAGER:
        tell_of_new_manager(tx, changed, manager)
    return changed


def set_workplace(*, tx: Staffing, command: SetWorkplace) -> Staff:
    """Sets it, whatever it was before. Raises RoleNeedsStore where the last store is taken away, and what ``managed``
    and ``set_staff`` raise."""
    asked = OfMember(account=command.account, merchant_id=command.merchant_id, staff_id=command.staff_id)
    manager, member = managed(tx, asked)
    worked_at, one = frozenset(store.store_id for store in member.stores), {command.store_id}
    change = SetStaff(
        merchant_id=command.merchant_id,
        staff_id=command.staff_id,
        store_ids=worked_at | one if command.works_there else worked_at - one,
        by=manager.staff_id,
    )
    return set_staff(tx=tx, command=change)


def _record(
    tx: Staffing, command: SetStaff, before: Staff, after: Staff, worked_at: frozenset[StoreId]
) -> None:
    """Of who has not joined yet nothing is recorded: their joining tells what they became."""
    works_at = tx.assigned_to(after)
    told = (
        (TeamChange.NAME, before.name, after.name),
        (TeamChange.ROLE, str(before.role), str(after.role)),
        (TeamChange.STORES, ",".join(sorted(worked_at)), ",".join(sorted(works_at))),
    )
    for what, was, became in told:
        if after.is_active and was != became:
            record_member(tx, after, what, command.by, was, became)


def _work_at(tx: Staffing, staff: Staff, role: Role, store_ids: frozenset[StoreId] | None) -> None:
    """A member who works at every store is assigned to none. A store that is closed for now keeps its team."""
    open_ids = {store.store_id for store in tx.stores_of(staff.merchant_id) if store.active}
    if store_ids is not None and not store_ids <= open_ids:
        raise StoreNotFound
    if role.is_merchant_wide:
        tx.assign_stores(staff, [])
    elif store_ids is not None:
        if not store_ids:
            raise RoleNeedsStore
        tx.assign_stores(staff, sorted(store_ids | (tx.assigned_to(staff) - open_ids)))
    elif staff.role.is_merchant_wide:
        raise RoleNeedsStore
