"""What protects a program from a member who gives too much: the PIN, the wait between two stamps, the limit of a
day, and whose yes a reward needs."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.merchant import Program, RedeemConfirmation
from domain.rules.confirming import needs_customer

OF_STAMPS = ("cooldown_minutes", "max_daily_stamps")
GUARDS = ("require_staff_pin", "pin_window_minutes", *OF_STAMPS, "redeem_confirmation")
"""Names of fields."""


def strictest(present: Sequence[Program]) -> Mapping[str, Any]:
    """The guards with which one more program starts (docs/decisions/0087): each is the strictest among the active
    programs, or among all where none is active. What none of them has is left out, except for
    ``require_staff_pin``."""
    counted = [program for program in present if program.active] or present
    asking = [program for program in counted if program.require_staff_pin]
    values: dict[str, Any] = {"require_staff_pin": bool(asking)}
    if asking:
        values["pin_window_minutes"] = min(program.pin_window_minutes for program in asking)
    stamping = [program for program in counted if program.has_stamps]
    if stamping:
        values["cooldown_minutes"] = max(program.cooldown_minutes for program in stamping)
    limits = [program.max_daily_stamps for program in stamping if program.max_daily_stamps is not None]
    if limits:
        values["max_daily_stamps"] = min(limits)
    if any(map(needs_customer, counted)):
        values["redeem_confirmation"] = RedeemConfirmation.CUSTOMER
    return values
