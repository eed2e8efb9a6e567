"""A customer looks at the balances of their cards, and at what expires next."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from domain.card import Card, Customer
from domain.expiry import Due, ExpiryKind, Unit
from domain.merchant import Merchant, Program
from domain.ports import Holdings
from domain.quick import dataclass
from domain.rules.closing import outlasts
from domain.rules.closures import Calendar, calendar_of
from domain.rules.days import local_date
from domain.rules.expiry import next_period
from domain.rules.expiry_warnings import soonest_end
from domain.usecases.my_cards import HeldCard, MyCards, at_each_merchant, held_card

SOON = timedelta(days=31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiring:
    """``count`` of ``unit`` can be used for the last time on the merchant's local ``last_day``."""

    unit: Unit
    kind: ExpiryKind
    count: int
    last_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """``expiring`` is what expires next of each balance, nearest first; ``is_soon`` says that the nearest is within
    SOON."""

    held: HeldCard
    expiring: tuple[Expiring, ...]
    is_soon: bool


def my_balances(*, tx: Holdings, query: MyCards) -> Sequence[Balance]:
    """All cards of an account: first those on which something expires soon, then by merchant, most recently used
    first.

    Raises RowUnreadable.
    """

    def balances(merchant: Merchant, customer: Customer) -> Iterator[Balance]:
        soon = local_date(tx.now + SOON, merchant.timezone)
        calendar = calendar_of(merchant, customer)
        for card, program in tx.cards_of(customer):
            expiring = expiring_of(tx, merchant, calendar, card, program)
            yield Balance(
                held=held_card(tx, merchant, customer, card, program),
                expiring=expiring,
                is_soon=bool(expiring) and expiring[0].last_day <= soon,
            )

    found = at_each_merchant(tx, query.account, balances)
    return sorted(found, key=lambda balance: not balance.is_soon)


def expiring_of(
    tx: Holdings, merchant: Merchant, calendar: Calendar, card: Card, program: Program
) -> tuple[Expiring, ...]:
    """Nearest first, without what would outlast a shop that closes."""
    found = [each for each in _expiring(tx, calendar, card, program) if not outlasts(each.last_day, merchant)]
    return tuple(sorted(found, key=lambda each: each.last_day))


def _expiring(tx: Holdings, calendar: Calendar, card: Card, program: Program) -> Iterator[Expiring]:
    may_expire = program.expiry_kind is not ExpiryKind.NEVER or card.has_dated
    if not may_expire or not (card.stamp_count or card.points_balance):
        return
    entries = tx.history_of(card)
    for unit in Unit:
        period = next_period(unit, entries, program, calendar)
        if period is not None:
            ends_at = soonest_end(period, tx.warned(card, Due(unit), period.expires_at), calendar, tx.now)
            yield Expiring(
                unit=unit,
                kind=period.kind,
                count=period.count,
                last_day=calendar.last_day_before(ends_at),
            )
