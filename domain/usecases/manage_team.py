"""An owner or a manager looks after the team: who is on it, and who is not any more."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.account import Account
from domain.ids import MerchantId, StaffId
from domain.ports import Staffing
from domain.refusals import NotAllowed
from domain.rights import Right, entitled, may
from domain.staff import Role, Staff, StaffStatus
from domain.usecases.remove_staff import RemoveStaff, remove_staff


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeTeam:
    account: Account
    merchant_id: MerchantId


@dataclass(frozen=True, slots=True, kw_only=True)
class OfMember:
    """Who asks, and about which member."""

    account: Account
    merchant_id: MerchantId
    staff_id: StaffId


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """One of the team, with the names of the stores they work at; ``is_managed`` where who looks may change it."""

    staff: Staff
    stores: tuple[str, ...]
    is_managed: bool


def see_team(*, tx: Staffing, query: SeeTeam) -> Sequence[Colleague]:
    """Who is on it or invited, from the top down. Raises NotAllowed."""
    manager = entitled(tx.member(query.merchant_id, query.account), Right.MANAGE_TEAM)
    roles = [*Role]
    team = [staff for staff in tx.staff_of(query.merchant_id) if staff.status is not StaffStatus.REMOVED]
    return [_colleague(tx, manager, each) for each in sorted(team, key=lambda staff: roles.index(staff.role))]


def see_member(*, tx: Staffing, query: OfMember) -> Colleague:
    """Raises NotAllowed, also for somebody who is not on the team."""
    manager = entitled(tx.member(query.merchant_id, query.account), Right.MANAGE_TEAM)
    staff = tx.staff(query.merchant_id, query.staff_id)
    if staff is None or staff.status is StaffStatus.REMOVED:
        raise NotAllowed
    return _colleague(tx, manager, staff)


def remove_member(*, tx: Staffing, command: OfMember) -> Staff:
    """As they were before. Raises NotAllowed, also for an owner where a manager asks, and OnlyOwner."""
    colleague = see_member(tx=tx, query=command)
    if not colleague.is_managed:
        raise NotAllowed
    remove_staff(tx=tx, command=RemoveStaff(merchant_id=command.merchant_id, staff_id=command.staff_id))
    return colleague.staff


def _colleague(tx: Staffing, manager: Staff, staff: Staff) -> Colleague:
    is_managed = staff.role is not Role.OWNER or may(manager.role, Right.MANAGE_OWNERS)
    stores = tuple(store.name for store in tx.stores_for(staff))
    return Colleague(staff=staff, stores=stores, is_managed=is_managed)
