"""Which role may do what."""

from enum import StrEnum

from domain.staff import Role


class Act(StrEnum):
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


_COUNTER = frozenset({Act.STAMP, Act.EARN_POINTS, Act.REDEEM, Act.VOID_OWN, Act.SEE_CARD, Act.SEE_TODAY})
_MANAGEMENT = _COUNTER | {Act.VOID_ANY, Act.ADJUST, Act.RESET_PIN, Act.PRINT_POSTER, Act.SEE_SUMMARY}

RIGHTS: dict[Role, frozenset[Act]] = {
    Role.OWNER: _MANAGEMENT,
    Role.MANAGER: _MANAGEMENT,
    Role.STAFF: _COUNTER,
    Role.TERMINAL: frozenset(),
}
"""A terminal does nothing by itself: the member who typed the PIN on it does."""


def may(role: Role, act: Act) -> bool:
    return act in RIGHTS[role]
