"""A manager lets a locked-out member choose a new PIN."""

from dataclasses import dataclass

from domain.account import Account
from domain.ids import MerchantId, StaffId, TokenHash
from domain.ports import Tx
from domain.refusals import NotAllowed
from domain.rules.rights import Act, may
from domain.staff import InvitePurpose, Role, Staff
from domain.usecases.set_up import add_invite


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetPin:
    account: Account
    merchant_id: MerchantId
    staff_id: StaffId
    token_hash: TokenHash


def reset_pin(*, tx: Tx, command: ResetPin) -> Staff:
    """Makes a one-time link for the member; the old PIN stays until it is opened. Raises NotAllowed."""
    manager = tx.member(command.merchant_id, command.account)
    staff = tx.staff(command.merchant_id, command.staff_id)
    if manager is None or not manager.is_active or not may(manager.role, Act.RESET_PIN):
        raise NotAllowed
    if staff is None or not staff.is_active or staff.role is Role.TERMINAL:
        raise NotAllowed
    add_invite(tx, staff, InvitePurpose.RESET_PIN, command.token_hash)
    return staff
