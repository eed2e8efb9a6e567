"""A member chooses the store at which they work now; a terminal is left, or shows who may work at it."""

from collections.abc import Sequence

from domain.account import Account
from domain.ids import MerchantId, StaffId, StoreId
from domain.ports import Team
from domain.quick import dataclass
from domain.refusals import NotAllowed
from domain.staff import Desk, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseStore:
    account: Account
    merchant_id: MerchantId
    store_id: StoreId


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveTerminal:
    account: Account


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeTeamAt:
    account: Account
    merchant_id: MerchantId
    store_id: StoreId


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamMember:
    staff_id: StaffId
    name: str
    has_pin: bool


def choose_store(*, tx: Team, command: ChooseStore) -> str:
    """The chosen store's name. Raises NotAllowed."""
    staff = tx.member(command.merchant_id, command.account)
    if staff is None or not staff.is_active:
        raise NotAllowed
    for store in tx.stores_for(staff):
        if store.store_id == command.store_id:
            tx.save_desk(
                Desk(
                    account=command.account,
                    merchant_id=command.merchant_id,
                    store_id=store.store_id,
                    staff_id=None if staff.role is Role.TERMINAL else staff.staff_id,
                )
            )
            return store.name
    raise NotAllowed


def leave_terminal(*, tx: Team, command: LeaveTerminal) -> None:
    """Nobody stands at this terminal until the next PIN. Raises NotAllowed."""
    desk = tx.desk(command.account)
    device = tx.member(desk.merchant_id, command.account) if desk else None
    if desk is None or device is None or device.role is not Role.TERMINAL:
        raise NotAllowed
    tx.save_desk(
        Desk(account=desk.account, merchant_id=desk.merchant_id, store_id=desk.store_id, staff_id=None)
    )


def see_team(*, tx: Team, query: SeeTeamAt) -> Sequence[TeamMember]:
    """Who may type a PIN at a terminal. Raises NotAllowed when the account is not a terminal of that store."""
    device = tx.member(query.merchant_id, query.account)
    if device is None or not device.is_active or device.role is not Role.TERMINAL:
        raise NotAllowed
    if query.store_id not in [store.store_id for store in tx.stores_for(device)]:
        raise NotAllowed
    return [
        TeamMember(staff_id=staff.staff_id, name=staff.name, has_pin=staff.pin.hash is not None)
        for staff in tx.team_at(query.merchant_id, query.store_id)
    ]
