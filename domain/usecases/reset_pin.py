"""A locked-out member is let choose a new PIN: by a manager, or by the operator."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.account import Account
from domain.ids import MerchantId, StaffId, TokenHash
from domain.ports import Staffing
from domain.refusals import MerchantNotFound, NotAllowed, StaffNotFound
from domain.rights import Right, entitled
from domain.staff import InvitePurpose, Role, Staff, StaffStatus
from domain.usecases.set_up import add_invite


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetPin:
    account: Account
    merchant_id: MerchantId
    staff_id: StaffId
    token_hash: TokenHash


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetPinByOperator:
    merchant_id: MerchantId
    staff_id: StaffId
    token_hash: TokenHash


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffLine:
    """One member as ``staff list --json`` prints them."""

    staff_id: StaffId
    name: str
    role: Role
    status: StaffStatus


def list_staff(*, tx: Staffing, query: MerchantId) -> Sequence[StaffLine]:
    """Everybody who is or was invited, in that order. Raises MerchantNotFound."""
    if tx.merchant(query) is None:
        raise MerchantNotFound
    return [
        StaffLine(staff_id=staff.staff_id, name=staff.name, role=staff.role, status=staff.status)
        for staff in tx.staff_of(query)
    ]


def reset_pin_by_operator(*, tx: Staffing, command: ResetPinByOperator) -> Staff:
    """The same for who is their own manager. Raises StaffNotFound."""
    staff = tx.staff(command.merchant_id, command.staff_id)
    if staff is None or not staff.is_active or staff.role is Role.TERMINAL:
        raise StaffNotFound
    add_invite(tx, staff, InvitePurpose.RESET_PIN, command.token_hash)
    return staff


def reset_pin(*, tx: Staffing, command: ResetPin) -> Staff:
    """Makes a one-time link for the member; the old PIN stays until it is opened. Raises NotAllowed."""
    entitled(tx.member(command.merchant_id, command.account), Right.RESET_PIN)
    staff = tx.staff(command.merchant_id, command.staff_id)
    if staff is None or not staff.is_active or staff.role is Role.TERMINAL:
        raise NotAllowed
    add_invite(tx, staff, InvitePurpose.RESET_PIN, command.token_hash)
    return staff
