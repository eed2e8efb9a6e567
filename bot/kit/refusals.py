"""Refusals that only the chat knows: they come before any rule."""

from domain.money import Money
from domain.refusals import CardNumberMistyped, Refusal


class ButtonOutdated(Refusal):
    """The button is not one this program makes, or no longer."""


class TooFast(Refusal):
    seconds: int


class NotStaff(Refusal):
    """A command for staff, from an account that works nowhere."""


class NoCodeInPicture(Refusal): ...


class PictureUnusable(Refusal):
    """Too large, or not a picture."""


class LogoUnusable(Refusal):
    """A picture that is too large, damaged, or neither PNG nor JPEG."""


class CodeNotOurs(Refusal):
    """A QR code that is no link of this bot."""


class CardOfAnotherShop(Refusal):
    """Scanned by a member of another merchant's team."""

    merchant_name: str


class SeveralCodes(Refusal):
    """Several links in one picture, of which nobody can say which is meant."""


class AmountMalformed(Refusal):
    """Not an amount of money as people type it; ``example`` is one."""

    example: Money


class CardNumberMissing(CardNumberMistyped):
    """An amount without a card number; ``example`` is an amount."""

    example: Money


class CardNotNamed(Refusal):
    """How many stamps, and not of which card."""

    count: int


class PointsMalformed(Refusal):
    """What follows the card number is not a number of points."""


class CountMalformed(Refusal):
    """What follows the card number is not a number of stamps."""


class SignUpClosed(Refusal):
    """The operator alone opens shops here."""


class SignUpCodeWrong(Refusal):
    """The code is wrong, or there is none where one is needed."""


class TownUnknown(Refusal):
    """Neither a town nor a country of which the time zone is known."""


class CharacterNotDrawn(Refusal):
    """A name with something that no typeface of the pictures has."""

    character: str
