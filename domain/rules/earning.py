"""What a purchase earns, and what is left over for the next one (docs/decisions/0056).

Points are counted in billionths (NANO to a point), into which every rate and factor divides evenly; what is left over
towards a stamp is money. All arithmetic is in whole numbers, and with carry-over nothing is rounded away.
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
"""The parts into which a point is divided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """``count`` points or stamps; ``carried`` is what the purchase adds to the card's remainder, or takes from it."""

    unit: Unit
    count: int
    carried: int


def unit_of(program: Program | None) -> Unit | None:
    """The unit that a purchase earns; None where stamps are given by number."""
    if program is None or program.has_points:
        return Unit.POINTS
    return Unit.STAMPS if program.stamp_price_minor is not None else None


def earned(card: Card, program: Program, currency: str, amount_minor: int, factor_tenths: int) -> Earned:
    """What a purchase earns. Raises AmountOutOfRange, PurchaseTooSmall."""
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
    """What is left over at its present value: when a stamp has become dearer, it grows to remain the same part of a
    stamp."""
    unit, price = _priced(program)
    left, before = card.carried(unit), card.carried_price_minor
    if unit is Unit.STAMPS and before is not None and before < price:
        return -(-left * price // before)
    return left


def to_go_minor(card: Card, program: Program, currency: str) -> int | None:
    """How much must be paid until the remainder becomes a point or a stamp; None where nothing is left over."""
    unit = unit_of(program)
    if unit is None or not card.carried(unit):
        return None
    left, (_, price) = carried_over(card, program), _priced(program)
    missing = max(price - left, 0)
    return max(-(-missing // worth_of(program, currency, 1, ONE)), 1)


def worth_of(program: Program, currency: str, amount_minor: int, factor_tenths: int) -> int:
    """The worth of a purchase: in billionths of a point, or in money where it earns stamps."""
    if _priced(program)[0] is Unit.STAMPS:
        return amount_minor * factor_tenths // ONE
    in_one_unit: int = 10 ** minor_digits(currency)
    return amount_minor * program.points_per_unit_milli * factor_tenths * (NANO // (1000 * ONE * in_one_unit))


def smallest_purchase(program: Program, currency: str, factor_tenths: int) -> int:
    """The smallest purchase that earns something; where nothing is carried over, that is a whole point or stamp."""
    _, price = _priced(program)
    if program.carry_over:
        return max(program.minimum_purchase_minor, 1)
    of_ten = worth_of(program, currency, ONE, factor_tenths)
    return max(program.minimum_purchase_minor, -(-price * ONE // of_ten))


def earning(card: Card, program: Program, what: Earned) -> Card:
    """The card with its new remainder, and with the points. Stamps are added by ``stamps.earn``, which has limits of
    its own."""
    card = card.carrying(what.unit, what.carried)
    if what.unit is Unit.POINTS:
        return card.plus(Unit.POINTS, what.count)
    return replace(card, carried_price_minor=program.stamp_price_minor) if card.stamps_carried_minor else card


def taken_back(entry: Entry, standing: int, card: Card, program: Program) -> tuple[int, int]:
    """How many points or stamps the void of a purchase takes, and how it changes the remainder. ``standing`` is how
    much of what the purchase gave can still be taken.

    What the purchase left over may have become part of a later point: then that point is taken as well. What it had
    used of the remainder may, with what came later, still be enough for a point that it gave: then that point stays.
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
    """Raises FactorNotWhole where a program with stamps has a factor that is not whole."""
    if program.has_stamps and any(each.factor_tenths % ONE for each in program.multipliers or ()):
        raise FactorNotWhole


def _priced(program: Program) -> tuple[Unit, int]:
    """The unit that a purchase earns, and the worth of one such unit."""
    if program.has_points or program.stamp_price_minor is None:
        return Unit.POINTS, NANO
    return Unit.STAMPS, program.stamp_price_minor
