"""The operator sets up a merchant, its stores and the first links into its team."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from domain.account import Account
from domain.fields import NAME, Target, with_defaults
from domain.ids import InviteId, MerchantId, ProgramId, StaffId, StoreId, TokenHash
from domain.link import LinkKind, Route
from domain.merchant import Merchant, Program, Store
from domain.ports import Staffing, Team, Terms, Tx
from domain.quick import dataclass, replace
from domain.refusals import RoleNeedsStore, StoreNotFound
from domain.rules import pins
from domain.rules.summaries import first_plan
from domain.rules.terms import checked
from domain.staff import Invite, InvitePurpose, Role, Staff, StaffStatus
from domain.usecases.asking import known_merchant

INVITE_VALID = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateMerchant:
    """The merchant with one program and a first store; ids and hashes are made by the caller.

    ``merchant`` and ``program`` are values by the names of their fields; what is left out has its default.
    """

    merchant_id: MerchantId
    merchant: Mapping[str, Any]
    program_id: ProgramId
    program: Mapping[str, Any]
    store_id: StoreId
    store_name: str
    store_token_hash: TokenHash
    owner_name: str
    owner_token_hash: TokenHash


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateStore:
    merchant_id: MerchantId
    store_id: StoreId
    name: str
    token_hash: TokenHash


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteStaff:
    """``store_id`` may be None for roles that work at every store, and where there is only one; ``staff_id`` where
    the request is not repeated; ``given_by`` for the operator; ``meant_for`` where whoever has the link may use
    it."""

    merchant_id: MerchantId
    store_id: StoreId | None
    name: str
    role: Role
    token_hash: TokenHash
    staff_id: StaffId | None = None
    given_by: StaffId | None = None
    meant_for: Account | None = None


def create_merchant(*, tx: Tx, command: CreateMerchant) -> Merchant:
    """Raises NameMalformed, and what ``checked`` raises."""
    values = with_defaults(Target.MERCHANT, command.merchant)
    merchant = checked(Merchant(merchant_id=command.merchant_id, created_at=tx.now, **values))
    tx.add_merchant(merchant)
    tx.save_summary_plan(first_plan(merchant, tx.now))
    program = Program(
        merchant_id=command.merchant_id,
        program_id=command.program_id,
        version=1,
        expiry_since=tx.now,
        valid_from=tx.now,
        **with_defaults(Target.PROGRAM, command.program),
    )
    tx.add_program_version(checked(program))
    create_store(
        tx=tx,
        command=CreateStore(
            merchant_id=command.merchant_id,
            store_id=command.store_id,
            name=command.store_name,
            token_hash=command.store_token_hash,
        ),
    )
    invite_staff(
        tx=tx,
        command=InviteStaff(
            merchant_id=command.merchant_id,
            store_id=None,
            name=command.owner_name,
            role=Role.OWNER,
            token_hash=command.owner_token_hash,
        ),
    )
    return merchant


def merchant_name(*, tx: Terms, query: MerchantId) -> str | None:
    merchant = tx.merchant(query)
    return merchant.name if merchant else None


def create_store(*, tx: Staffing, command: CreateStore) -> Store:
    """Raises MerchantNotFound, NameMalformed."""
    known_merchant(tx, command.merchant_id)
    store = Store(
        merchant_id=command.merchant_id,
        store_id=command.store_id,
        name=NAME.check(command.name),
        active=True,
    )
    tx.add_store(store)
    tx.add_route(
        Route(
            token_hash=command.token_hash,
            kind=LinkKind.JOIN,
            merchant_id=store.merchant_id,
            target_id=store.store_id,
        )
    )
    return store


def invite_staff(*, tx: Staffing, command: InviteStaff) -> Staff:
    """Adds a member, who becomes active by opening the link. Raises MerchantNotFound, StoreNotFound, RoleNeedsStore,
    NameMalformed."""
    known_merchant(tx, command.merchant_id)
    store_ids = _works_at(tx, command)
    staff = Staff(
        merchant_id=command.merchant_id,
        staff_id=command.staff_id or StaffId(tx.new_id()),
        name=NAME.check(command.name),
        role=command.role,
        status=StaffStatus.INVITED,
        account=None,
        pin=pins.NO_PIN,
        created_at=tx.now,
    )
    tx.add_staff(staff, store_ids)
    add_invite(tx, staff, InvitePurpose.JOIN_TEAM, command.token_hash, command.given_by, command.meant_for)
    return staff


def _works_at(tx: Staffing, command: InviteStaff) -> Sequence[StoreId]:
    """Raises StoreNotFound, RoleNeedsStore."""
    if command.store_id is None and command.role.is_merchant_wide:
        return []
    stores = [store.store_id for store in tx.stores_of(command.merchant_id) if store.active]
    if command.store_id is None:
        if len(stores) != 1:
            raise RoleNeedsStore
        return stores
    if command.store_id not in stores:
        raise StoreNotFound
    return [command.store_id]


def add_invite(
    tx: Staffing,
    staff: Staff,
    purpose: InvitePurpose,
    token_hash: TokenHash,
    given_by: StaffId | None = None,
    meant_for: Account | None = None,
) -> Invite:
    """Makes a link for one member that works once, within INVITE_VALID; a link they had not opened stops working."""
    withdraw_links(tx, staff)
    invite = Invite(
        merchant_id=staff.merchant_id,
        invite_id=InviteId(tx.new_id()),
        staff_id=staff.staff_id,
        purpose=purpose,
        expires_at=tx.now + INVITE_VALID,
        given_by=given_by,
        meant_for=meant_for,
    )
    tx.add_invite(invite)
    tx.add_route(
        Route(
            token_hash=token_hash,
            kind=LinkKind.INVITE,
            merchant_id=staff.merchant_id,
            target_id=invite.invite_id,
        )
    )
    return invite


def withdraw_offers(tx: Team, member: Staff) -> None:
    """Ends the offers of the shop that the member made or was made."""
    for each in tx.invites_of(member.merchant_id):
        if each.is_offer and each.is_pending(tx.now) and member.staff_id in (each.given_by, each.staff_id):
            tx.save_invite(replace(each, withdrawn_at=tx.now))


def withdraw_links(tx: Team, staff: Staff) -> int:
    """Withdraws the member's links that could still be opened; returns how many."""
    invites = tx.invites_of(staff.merchant_id)
    pending = [each for each in invites if each.staff_id == staff.staff_id and each.is_pending(tx.now)]
    for invite in pending:
        tx.save_invite(replace(invite, withdrawn_at=tx.now))
    return len(pending)


def forget_chosen(tx: Team, merchant_id: MerchantId) -> None:
    """Forgets for whom invitations were whose time is over. They count as withdrawn then: without an account they
    would be anybody's."""
    for each in tx.invites_of(merchant_id):
        if each.meant_for is not None and tx.now >= each.expires_at:
            tx.save_invite(replace(each, withdrawn_at=each.withdrawn_at or tx.now, meant_for=None))
