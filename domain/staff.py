"""Who works for a merchant, and from which account."""

from datetime import datetime
from enum import StrEnum

from domain.account import Account, Locale
from domain.ids import InviteId, MerchantId, StaffId, StoreId
from domain.quick import dataclass


class Role(StrEnum):
    """From the highest to the lowest."""

    OWNER = "owner"
    MANAGER = "manager"
    STAFF = "staff"
    TERMINAL = "terminal"

    @property
    def is_merchant_wide(self) -> bool:
        return self in (Role.OWNER, Role.MANAGER)

    def is_above(self, other: "Role") -> bool:
        ranks = [*Role]
        return ranks.index(self) < ranks.index(other)


class StaffStatus(StrEnum):
    INVITED = "invited"
    ACTIVE = "active"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """``generation`` rises with every new PIN, so that a check begun before a change proves nothing after it."""

    hash: str | None
    generation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PinSession:
    """A member's PIN on one account, their own or a shared phone's; a lock on one account does not lock the others.

    ``verified_at`` is when the PIN was last typed right, or accepted without typing within the window, which each act
    moves; None when it must be typed. ``failures`` counts wrong tries since it was typed right; each try is counted
    before it is checked.
    """

    verified_at: datetime | None = None
    failures: int = 0
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """A member of a merchant's team, or a shared phone on the counter (role ``terminal``).

    ``account`` is None until the invite is opened. It is also None for members who joined at a terminal before that
    was refused (docs/decisions/0021).
    """

    merchant_id: MerchantId
    staff_id: StaffId
    name: str
    role: Role
    status: StaffStatus
    account: Account | None
    pin: Pin
    created_at: datetime

    @property
    def is_active(self) -> bool:
        return self.status is StaffStatus.ACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who asks for an act, at which store, and from which account. All of it is checked again inside the
    transaction."""

    merchant_id: MerchantId
    staff_id: StaffId
    store_id: StoreId
    account: Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """One role of an account at one merchant, with the stores it may act at; ``locale`` is the merchant's."""

    staff: Staff
    merchant_name: str
    timezone: str
    currency: str
    locale: Locale
    stores: tuple[tuple[StoreId, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where an account works now: chosen by /store, by a scan, or because there is only one store.

    On a terminal ``staff_id`` is the member who typed the PIN, None while nobody has.
    """

    account: Account
    merchant_id: MerchantId
    store_id: StoreId
    staff_id: StaffId | None


class OfferEnd(StrEnum):
    """How an offer of the shop ended without a yes, other than by its owner."""

    DECLINED = "declined"
    LAPSED = "lapsed"


class InvitePurpose(StrEnum):
    JOIN_TEAM = "join_team"
    RESET_PIN = "reset_pin"
    HAND_OVER = "hand_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite:
    """A single-use link for one member. ``used_by`` may open it again and gets the same answer.

    ``meant_for`` is the only account that may use it, None where whoever has the link may; it is forgotten once the
    invitation was used or its time is over (docs/decisions/0113, 0115).
    ``replaced_pin_hash`` is the hash of the PIN when the link was opened to choose a new one. The offer of a shop has
    no link but a button. ``given_by`` is who made that offer, or invited the member; None for the operator.
    """

    merchant_id: MerchantId
    invite_id: InviteId
    staff_id: StaffId
    purpose: InvitePurpose
    expires_at: datetime
    used_by: Account | None = None
    used_at: datetime | None = None
    withdrawn_at: datetime | None = None
    replaced_pin_hash: str | None = None
    given_by: StaffId | None = None
    meant_for: Account | None = None

    @property
    def is_offer(self) -> bool:
        """Whether the shop is offered by it."""
        return self.purpose is InvitePurpose.HAND_OVER

    @property
    def is_open(self) -> bool:
        """Whether it was neither used nor withdrawn; it may have expired."""
        return self.used_at is None and self.withdrawn_at is None

    def is_pending(self, now: datetime) -> bool:
        return self.is_open and now < self.expires_at
