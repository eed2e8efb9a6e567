"""Refusals that only the chat knows: they come before any rule."""

from dataclasses import dataclass

from domain.money import Money
from domain.refusals import Refusal


class ButtonOutdated(Refusal):
    """The button is not one this program makes, or no longer."""

    code = "button_outdated"


@dataclass(eq=False)
class TooFast(Refusal):
    code = "too_fast"
    seconds: int


class NotStaff(Refusal):
    """A command for staff, from an account that works nowhere."""

    code = "not_staff"


class NoCodeInPicture(Refusal):
    code = "no_code_in_picture"


class PictureUnusable(Refusal):
    """Too large, or not a picture."""

    code = "picture_unusable"


class CodeNotOurs(Refusal):
    """A QR code that is no link of this bot."""

    code = "code_not_ours"


class SeveralCodes(Refusal):
    """Several links in one picture, of which nobody can say which is meant."""

    code = "several_codes"


@dataclass(eq=False)
class AmountMalformed(Refusal):
    """Not an amount of money as people type it; ``example`` is one."""

    code = "amount_malformed"
    example: Money


class PointsMalformed(Refusal):
    """What follows the card number is not a number of points."""

    code = "points_malformed"


class CountMalformed(Refusal):
    """What follows the card number is not a number of stamps."""

    code = "count_malformed"
