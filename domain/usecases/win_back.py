"""A customer who stays away is told once that they are missed, with a bonus if the program has one."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from domain.card import Card, Customer, Holding
from domain.coming_back import Absence
from domain.ids import CustomerId, OperationKey
from domain.kinds import EntryKind
from domain.merchant import Merchant, Program
from domain.messages import MessageKind, WinBack
from domain.ports import Tx
from domain.quick import replace
from domain.rules.absences import last_visit, missed_from
from domain.rules.closures import calendar_of
from domain.rules.days import local_date
from domain.usecases.asking import known_merchant
from domain.usecases.bonuses import give_bonus
from domain.usecases.bring_back import DueCustomers, SomeCustomers
from domain.usecases.marketing import may_be_offered, note_offer, offer

_DAY = timedelta(days=1)
LOOK_AGAIN = 14 * _DAY
"""At the latest, since the terms may have changed meanwhile."""


def perhaps_absent(*, tx: Tx, query: DueCustomers) -> Sequence[CustomerId]:
    """Nobody where the shop closes."""
    merchant = known_merchant(tx, query.merchant_id)
    if merchant.closes_at is not None:
        return ()
    if not any(program.active and program.win_back_days for program in tx.programs_of(query.merchant_id)):
        return ()
    today = local_date(tx.now, merchant.timezone)
    return tx.perhaps_absent(query.merchant_id, today, query.after, query.limit)


def look_at_absences(*, tx: Tx, command: SomeCustomers) -> int:
    """Tells customers who have been away long enough; returns how many. Repeating it does nothing more."""
    merchant = known_merchant(tx, command.merchant_id)
    found = (tx.customer(command.merchant_id, each) for each in command.customer_ids)
    return sum(_look_at(tx, merchant, customer) for customer in found if customer is not None)


def _look_at(tx: Tx, merchant: Merchant, customer: Customer) -> bool:
    """By the terms of the card whose ``win_back_days`` are the fewest."""
    today = local_date(tx.now, merchant.timezone)
    absence = tx.absence(customer.merchant_id, customer.customer_id)
    if absence is not None and absence.look_on > today:
        return False
    visit = _last_visit(tx, customer)
    away_since, calendar = local_date(visit, merchant.timezone), calendar_of(merchant, customer)
    cards = sorted(_cards(tx, customer), key=lambda each: each[1])
    absence = absence or Absence(
        merchant_id=customer.merchant_id, customer_id=customer.customer_id, look_on=today
    )
    look_on, is_told = today + _DAY, False
    if cards:
        card, days = cards[0]
        due_at = missed_from(visit, days, calendar)
        look_on = max(local_date(due_at, merchant.timezone), look_on)
        if absence.told_of is not None and away_since <= absence.told_of:
            look_on = today + days * _DAY
        elif due_at <= tx.now and calendar.reopens_at(tx.now) is None:
            is_told = _tell(tx, merchant, customer, card, away_since)
            look_on = today + days * _DAY if is_told else today + _DAY
    told_of = away_since if is_told else absence.told_of
    tx.save_absence(replace(absence, look_on=min(look_on, today + LOOK_AGAIN), told_of=told_of))
    return is_told


def _last_visit(tx: Tx, customer: Customer) -> datetime:
    """The last visit with any of their cards; joining counts as one."""
    visits = (last_visit(tx.history_of(card)) for card, _ in tx.cards_of(customer))
    return max(filter(None, visits), default=customer.joined_at)


def _cards(tx: Tx, customer: Customer) -> Iterator[tuple[Card, int]]:
    for card, program in tx.cards_of(customer):
        if card.active and program.active and program.win_back_days:
            yield card, program.win_back_days


def _tell(tx: Tx, merchant: Merchant, customer: Customer, card: Card, away_since: date) -> bool:
    held = tx.lock_card(card.merchant_id, card.card_id)
    if held is None or not may_be_offered(tx, merchant, customer):
        return False
    if not held.program.win_back_bonus:
        return offer(tx, merchant, customer, MessageKind.WIN_BACK, _facts(held, None)) is not None
    message_id = give_bonus(
        tx,
        held,
        EntryKind.WIN_BACK_BONUS,
        held.program.win_back_bonus,
        OperationKey(f"win_back:{card.card_id}:{away_since}"),
        MessageKind.WIN_BACK,
        lambda last_day: _facts(held, last_day),
    )
    if message_id is not None:
        note_offer(tx, customer, MessageKind.WIN_BACK, message_id)
    return True


def _facts(held: Holding, last_day: date | None) -> WinBack:
    program: Program = held.program
    return WinBack(
        merchant_name=held.merchant.name,
        card_number=held.card.number,
        unit=program.bonus_unit,
        count=program.win_back_bonus,
        last_day=last_day,
    )
