"""What a purchase earns, and what of it is left over for the next one (docs/decisions/0056).

A point is NANO billionths, which every rate and every factor divides; what is left over for a stamp is money. Nothing
is ever rounded away where it is carried over, and nothing but whole numbers is reckoned with.
"""

from domain.card import Card
from domain.entry import Entry
from domain.expiry import Unit
from domain.merchant import Program
from domain.money import AMOUNT_MAX_MINOR, Money, minor_digits
from domain.multipliers import ONE
from domain.quick import dataclass, replace
from domain.refusals import AmountOutOfRange, FactorNotWhole, PurchaseTooSmall

NANO = 10**9
"""Of a point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """``count`` points or stamps; ``carried`` is what the purchase adds to the remainder of the card, or takes."""

    unit: Unit
    count: int
    carried: int


def unit_of(program: Program | None) -> Unit | None:
    """What a purchase earns; None where stamps are given by number."""
    if program is None or program.has_points:
        return Unit.POINTS
    return Unit.STAMPS if program.stamp_price_minor is not None else None


def earned(
    card: Card, program: Program, currency: str, amount_minor: int, factor_tenths: int = ONE
) -> Earned:
    """Raises AmountOutOfRange, PurchaseTooSmall."""
    if not 0 < amount_minor <= AMOUNT_MAX_MINOR:
        raise AmountOutOfRange(highest=Money(AMOUNT_MAX_MINOR, currency))
    unit, price = _priced(program)
    worth, left = worth_of(program, currency, amount_minor, factor_tenths), carried_over(card, program)
    alone, together = worth // price, (left + worth) // price
    carried = worth - together * price
    if not program.carry_over:
        carried, together = (-left, together) if together > alone else (0, alone)
    if amount_minor < program.minimum_purchase_minor or not (together or carried):
        raise PurchaseTooSmall(lowest=Money(smallest_purchase(program, currency, factor_tenths), currency))
    if unit is Unit.STAMPS:
        carried += left - card.carried(unit)
    return Earned(unit=unit, count=together, carried=carried)


def carried_over(card: Card, program: Program) -> int:
    """What is left over, as it counts now: towards a stamp that has become dearer it is as large a part as before."""
    unit, price = _priced(program)
    left, before = card.carried(unit), card.carried_price_minor
    if unit is Unit.STAMPS and before is not None and before < price:
        return -(-left * price // before)
    return left


def to_go_minor(card: Card, program: Program, currency: str) -> int | None:
    """How much is to be paid until what is left over is a point or a stamp; None where nothing is left over."""
    if unit_of(program) is None:
        return None
    left, (_, price) = carried_over(card, program), _priced(program)
    if not left:
        return None
    missing = max(price - left, 0)
    return max(-(-missing // worth_of(program, currency, 1, ONE)), 1)


def worth_of(program: Program, currency: str, amount_minor: int, factor_tenths: int) -> int:
    """Of a purchase, in billionths of a point or in money."""
    if _priced(program)[0] is Unit.STAMPS:
        return amount_minor * factor_tenths // ONE
    in_one_unit: int = 10 ** minor_digits(currency)
    return amount_minor * program.points_per_unit_milli * factor_tenths * (NANO // (1000 * ONE * in_one_unit))


def smallest_purchase(program: Program, currency: str, factor_tenths: int = ONE) -> int:
    """The smallest that earns something: with nothing carried over, a whole point or stamp."""
    _, price = _priced(program)
    if program.carry_over:
        return max(program.minimum_purchase_minor, 1)
    of_ten = worth_of(program, currency, ONE, factor_tenths)
    return max(program.minimum_purchase_minor, -(-price * ONE // of_ten))


def earning(card: Card, program: Program, what: Earned) -> Card:
    """The card with what is left over, its points too. Stamps have limits of their own (``stamps.earn``)."""
    card = card.carrying(what.unit, what.carried)
    if what.unit is Unit.POINTS:
        return card.plus(Unit.POINTS, what.count)
    return replace(card, carried_price_minor=program.stamp_price_minor) if card.stamps_carried_minor else card


def taken_back(entry: Entry, standing: int, card: Card, program: Program) -> tuple[int, int]:
    """How many points or stamps a void of what a purchase gave takes, and what it does to the remainder.

    What the purchase left over may be part of a later point: then that one goes. What it used of an earlier one may
    be enough, with what came later, for the point that it gave: then that one stays. ``standing`` of what it gave is
    still there to be taken.
    """
    unit, gave = entry.unit, entry.carried(entry.unit)
    left, price = card.carried(unit) - gave, NANO
    if unit is Unit.STAMPS:
        price = program.stamp_price_minor or card.carried_price_minor or 1
    more = max(-(left // price), 0) if left < 0 else -min(left // price, standing)
    if not gave:
        more = 0
    return standing + more, -gave + more * price


def check_factors(program: Program) -> None:
    """Raises FactorNotWhole where a stamp would be halved."""
    if program.has_stamps and any(each.factor_tenths % ONE for each in program.multipliers or ()):
        raise FactorNotWhole


def _priced(program: Program) -> tuple[Unit, int]:
    """What a purchase earns, and how much one of it is worth."""
    if program.has_points or program.stamp_price_minor is None:
        return Unit.POINTS, NANO
    return Unit.STAMPS, program.stamp_price_minor
