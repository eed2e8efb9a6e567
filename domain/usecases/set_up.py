"""The operator sets up a merchant, its stores and the first links into its team."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.account import Locale
from domain.expiry import ExpiryKind
from domain.ids import InviteId, MerchantId, ProgramId, StaffId, StoreId, TokenHash
from domain.link import LinkKind, Route
from domain.merchant import Merchant, PointReward, Program, ProgramKind, Store
from domain.ports import Tx
from domain.refusals import MerchantNotFound, RoleNeedsStore, StoreNotFound
from domain.rules import pins, terms
from domain.rules.summaries import first_plan
from domain.staff import Invite, InvitePurpose, Role, Staff, StaffStatus

INVITE_VALID = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateMerchant:
    """The merchant with one program and a first store; ids and hashes are made by the caller."""

    merchant_id: MerchantId
    name: str
    colour: str
    timezone: str
    currency: str
    default_locale: Locale
    summary_hour: int
    allow_void: bool
    program_id: ProgramId
    kind: ProgramKind
    stamps_target: int
    reward: str
    cooldown_minutes: int
    max_daily_stamps: int | None
    require_staff_pin: bool
    pin_window_minutes: int
    points_per_unit_milli: int = 0
    minimum_purchase_minor: int = 0
    point_rewards: tuple[PointReward, ...] = ()
    welcome_bonus: int = 0
    expiry_kind: ExpiryKind = ExpiryKind.NEVER
    expiry_months: int = 0
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
    """``store_id`` may be None for roles that work at every store."""

    merchant_id: MerchantId
    store_id: StoreId | None
    name: str
    role: Role
    token_hash: TokenHash


def create_merchant(*, tx: Tx, command: CreateMerchant) -> Merchant:
    """Raises NameMalformed, RewardMalformed, TimezoneUnknown, CurrencyMalformed, ColourMalformed,
    NumberOutOfRange, PointRewardsMissing."""
    merchant = _merchant(tx, command)
    tx.add_merchant(merchant)
    tx.save_summary_plan(first_plan(merchant, tx.now))
    tx.add_program_version(first_program(command, tx.now))
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


def merchant_name(*, tx: Tx, query: MerchantId) -> str | None:
    merchant = tx.merchant(query)
    return merchant.name if merchant else None


def create_store(*, tx: Tx, command: CreateStore) -> Store:
    """Raises MerchantNotFound, NameMalformed."""
    if tx.merchant(command.merchant_id) is None:
        raise MerchantNotFound
    store = Store(
        merchant_id=command.merchant_id,
        store_id=command.store_id,
        name=terms.check_name(command.name),
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


def invite_staff(*, tx: Tx, command: InviteStaff) -> Staff:
    """A member who becomes active by opening the link. Raises MerchantNotFound, StoreNotFound, RoleNeedsStore,
    NameMalformed."""
    if tx.merchant(command.merchant_id) is None:
        raise MerchantNotFound
    if command.store_id is not None and tx.store(command.merchant_id, command.store_id) is None:
        raise StoreNotFound
    if command.store_id is None and not command.role.is_merchant_wide:
        raise RoleNeedsStore
    staff = Staff(
        merchant_id=command.merchant_id,
        staff_id=StaffId(tx.new_id()),
        name=terms.check_name(command.name),
        role=command.role,
        status=StaffStatus.INVITED,
        account=None,
        pin=pins.NO_PIN,
        created_at=tx.now,
    )
    tx.add_staff(staff, [command.store_id] if command.store_id else [])
    add_invite(tx, staff, InvitePurpose.JOIN_TEAM, command.token_hash)
    return staff


def add_invite(tx: Tx, staff: Staff, purpose: InvitePurpose, token_hash: TokenHash) -> None:
    """A link for one member that works once, within INVITE_VALID."""
    invite = Invite(
        merchant_id=staff.merchant_id,
        invite_id=InviteId(tx.new_id()),
        staff_id=staff.staff_id,
        purpose=purpose,
        expires_at=tx.now + INVITE_VALID,
        used_by=None,
        used_at=None,
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


def _merchant(tx: Tx, command: CreateMerchant) -> Merchant:
    return Merchant(
        merchant_id=command.merchant_id,
        name=terms.check_name(command.name),
        colour=terms.check_colour(command.colour),
        timezone=terms.check_timezone(command.timezone),
        currency=terms.check_currency(command.currency),
        default_locale=command.default_locale,
        summary_hour=terms.check_number("summary_hour", command.summary_hour),
        allow_void=command.allow_void,
        created_at=tx.now,
    )


def first_program(command: CreateMerchant, now: datetime) -> Program:
    """Raises what ``check_program`` raises."""
    return terms.check_program(
        Program(
            merchant_id=command.merchant_id,
            program_id=command.program_id,
            version=1,
            kind=command.kind,
            stamps_target=command.stamps_target,
            reward=command.reward,
            cooldown_minutes=command.cooldown_minutes,
            max_daily_stamps=command.max_daily_stamps,
            require_staff_pin=command.require_staff_pin,
            pin_window_minutes=command.pin_window_minutes,
            points_per_unit_milli=command.points_per_unit_milli,
            minimum_purchase_minor=command.minimum_purchase_minor,
            point_rewards=command.point_rewards,
            welcome_bonus=command.welcome_bonus,
            expiry_kind=command.expiry_kind,
            expiry_months=command.expiry_months,
            expiry_since=now,
            active=True,
            valid_from=now,
        )
    )
