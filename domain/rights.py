"""Which role may do what."""

from enum import StrEnum

from domain.refusals import NotAllowed
from domain.staff import Role, Staff


class Right(StrEnum):
    STAMP = "stamp"
    REDEEM = "redeem"
    VOID_OWN = "void_own"
    VOID_ANY = "void_any"
    EARN_POINTS = "earn_points"
    ADJUST = "adjust"
    SEE_SUMMARY = "see_summary"
    SEE_CARD = "see_card"
    SEE_TODAY = "see_today"
    RESET_PIN = "reset_pin"
    PRINT_POSTER = "print_poster"
    BE_TOLD = "be_told"
    SETTLE_DISPUTE = "settle_dispute"
    APPROVE = "approve"
    CHANGE_FIELDS = "change_fields"
    MANAGE_TEAM = "manage_team"
    MANAGE_OWNERS = "manage_owners"
    MANAGE_CARDS = "manage_cards"
    EXPORT = "export"
    SEE_FLAGS = "see_flags"
    JUDGE_ONESELF = "judge_oneself"
    ENTER_TAKINGS = "enter_takings"
    CLOSE_SHOP = "close_shop"
    BROADCAST = "broadcast"


_COUNTER = frozenset(
    {Right.STAMP, Right.EARN_POINTS, Right.REDEEM, Right.VOID_OWN, Right.SEE_CARD, Right.SEE_TODAY}
)
_MANAGEMENT = _COUNTER | {
    Right.VOID_ANY,
    Right.ADJUST,
    Right.RESET_PIN,
    Right.PRINT_POSTER,
    Right.SEE_SUMMARY,
    Right.BE_TOLD,
    Right.SETTLE_DISPUTE,
    Right.APPROVE,
    Right.CHANGE_FIELDS,
    Right.MANAGE_TEAM,
    Right.MANAGE_CARDS,
    Right.SEE_FLAGS,
    Right.BROADCAST,
}

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OWNER: _MANAGEMENT
    | {
        Right.MANAGE_OWNERS,
        Right.EXPORT,
        Right.JUDGE_ONESELF,
        Right.ENTER_TAKINGS,
        Right.CLOSE_SHOP,
    },
    Role.MANAGER: _MANAGEMENT,
    Role.STAFF: _COUNTER,
    Role.TERMINAL: frozenset(),
}
"""A terminal may do nothing by itself: the member who typed the PIN on it acts."""

OFFERED = {**RIGHTS, Role.TERMINAL: _COUNTER}
"""What menus and help offer: on a terminal, what the member who stands there may do."""


def may(role: Role, act: Right) -> bool:
    return act in RIGHTS[role]


def may_look_after(member: Staff, role: Role) -> bool:
    """Whether the member may invite, change and remove those who have this role."""
    if not member.is_active or not may(member.role, Right.MANAGE_TEAM):
        return False
    return role is not Role.OWNER or may(member.role, Right.MANAGE_OWNERS)


def entitled(member: Staff | None, right: Right) -> Staff:
    """The member, who must be active and whose role must have the right. Raises NotAllowed."""
    if member is None or not member.is_active or not may(member.role, right):
        raise NotAllowed
    return member
