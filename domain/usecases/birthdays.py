"""A customer tells a shop their birthday, and gets a bonus for it every year."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from domain.account import Account
from domain.card import Card, Customer
from domain.coming_back import Birthday
from domain.expiry import Unit
from domain.ids import CustomerId, MerchantId, OperationKey
from domain.kinds import EntryKind
from domain.merchant import Merchant, Program
from domain.messages import BirthdayAsked, BirthdayBonus, MessageKind
from domain.ports import Tx
from domain.quick import dataclass, replace
from domain.refusals import BirthdayChangedBefore, NoBirthdayBonus
from domain.rules.birthdays import APART, birthday_due, check_birthday, next_birthday, next_bonus, next_look
from domain.rules.closing import closes_on
from domain.rules.days import day_starts_at, local_date
from domain.usecases.asking import known_merchant
from domain.usecases.bonuses import give_bonus
from domain.usecases.bring_back import DueCustomers, SomeCustomers
from domain.usecases.marketing import is_allowed, may_be_offered, note_offer, offer
from domain.usecases.my_cards import MyCards, at_each_merchant


@dataclass(frozen=True, slots=True, kw_only=True)
class MyBirthday:
    account: Account
    merchant_id: MerchantId


@dataclass(frozen=True, slots=True, kw_only=True)
class SayBirthday:
    """``month_and_day`` None removes the birthday."""

    account: Account
    merchant_id: MerchantId
    month_and_day: tuple[int, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BirthdayPage:
    """``gifts`` are what a birthday brings. ``may_change_at`` is None where the date may be given now. Without
    ``is_allowed`` the customer allows no marketing, and gets no bonus; ``monthly_max`` is how many marketing messages
    the shop may send. ``next_on`` is the next birthday that brings a bonus. ``closes_on`` is the last day of a shop
    that closes: a later birthday brings nothing."""

    merchant_id: MerchantId
    merchant_name: str
    timezone: str
    month_and_day: tuple[int, int] | None
    gifts: Mapping[Unit, int]
    bonus_days: int
    is_allowed: bool
    monthly_max: int
    may_change_at: datetime | None
    next_on: date | None
    closes_on: date | None = None


def my_birthdays(*, tx: Tx, query: MyCards) -> Sequence[BirthdayPage]:
    """For each shop that gives something for a birthday, or was told one."""

    def pages(merchant: Merchant, customer: Customer) -> Iterator[BirthdayPage]:
        page = _page(tx, merchant, customer)
        if page.gifts or page.month_and_day:
            yield page

    return at_each_merchant(tx, query.account, pages)


def my_birthday(*, tx: Tx, query: MyBirthday) -> BirthdayPage:
    """Raises NoBirthdayBonus where the shop gives nothing for a birthday and was told none."""
    page = _page(tx, *_of_customer(tx, query.merchant_id, query.account))
    if not (page.gifts or page.month_and_day):
        raise NoBirthdayBonus
    return page


def say_birthday(*, tx: Tx, command: SayBirthday) -> BirthdayPage:
    """Repeating it changes nothing. Raises NoBirthdayBonus, also where the shop closes, BirthdayMalformed,
    BirthdayChangedBefore."""
    merchant, customer = _of_customer(tx, command.merchant_id, command.account)
    before = tx.birthday(merchant.merchant_id, customer.customer_id) or Birthday(
        merchant_id=merchant.merchant_id, customer_id=customer.customer_id
    )
    if command.month_and_day is None:
        tx.save_birthday(replace(before, month=None, day=None, due_on=None))
    elif command.month_and_day != before.month_and_day:
        if merchant.closes_at is not None or not _gifts(_gifted_cards(tx, customer)):
            raise NoBirthdayBonus
        tx.save_birthday(_said(tx, merchant, before, *command.month_and_day))
    return _page(tx, merchant, customer)


def birthdays_due(*, tx: Tx, query: DueCustomers) -> Sequence[CustomerId]:
    merchant = known_merchant(tx, query.merchant_id)
    if not _has_bonus(tx, query.merchant_id):
        return ()
    today = local_date(tx.now, merchant.timezone)
    return tx.birthdays_due(query.merchant_id, today, query.after, query.limit)


def look_at_birthdays(*, tx: Tx, command: SomeCustomers) -> int:
    """Gives the bonuses that are due; returns to how many customers. Repeating it does nothing more."""
    merchant = known_merchant(tx, command.merchant_id)
    found = (tx.birthday(command.merchant_id, each) for each in command.customer_ids)
    return sum(_look_at(tx, merchant, birthday) for birthday in found if birthday is not None)


def to_ask(*, tx: Tx, query: DueCustomers) -> Sequence[CustomerId]:
    """Customers who allow marketing and were not asked for their birthday yet; nobody where the shop closes."""
    if known_merchant(tx, query.merchant_id).closes_at is not None or not _has_bonus(tx, query.merchant_id):
        return ()
    return tx.unasked_of_birthday(query.merchant_id, query.after, query.limit)


def ask_birthdays(*, tx: Tx, command: SomeCustomers) -> int:
    """Asks each customer once, if the monthly limit allows it; returns how many."""
    merchant, asked = known_merchant(tx, command.merchant_id), 0
    for customer_id in command.customer_ids:
        customer = tx.customer(command.merchant_id, customer_id)
        gifts = _gifts(_gifted_cards(tx, customer)) if customer else {}
        if customer is None or not gifts or tx.birthday(command.merchant_id, customer_id) is not None:
            continue
        unit, count = next(iter(gifts.items()))
        facts = BirthdayAsked(merchant_name=merchant.name, unit=unit, count=count)
        if offer(tx, merchant, customer, MessageKind.BIRTHDAY_ASKED, facts) is not None:
            tx.save_birthday(Birthday(merchant_id=merchant.merchant_id, customer_id=customer_id))
            asked += 1
    return asked


def _has_bonus(tx: Tx, merchant_id: MerchantId) -> bool:
    return any(program.active and program.birthday_bonus for program in tx.programs_of(merchant_id))


def _of_customer(tx: Tx, merchant_id: MerchantId, account: Account) -> tuple[Merchant, Customer]:
    merchant, customer = tx.merchant(merchant_id), tx.customer_of(merchant_id, account)
    if merchant is None or customer is None:
        raise NoBirthdayBonus
    return merchant, customer


def _said(tx: Tx, merchant: Merchant, before: Birthday, month: int, day: int) -> Birthday:
    """A birthday that is given for the first time does not count as a change."""
    check_birthday(month, day)
    free_at = _may_change_at(before, merchant.timezone, tx.now)
    if free_at is not None:
        raise BirthdayChangedBefore(until=local_date(free_at, merchant.timezone))
    return replace(
        before,
        month=month,
        day=day,
        said_at=tx.now,
        changed_at=tx.now if before.said_at is not None else None,
        due_on=next_birthday(month, day, local_date(tx.now, merchant.timezone)),
    )


def _may_change_at(birthday: Birthday, timezone: str, now: datetime) -> datetime | None:
    """The beginning of the day from which the date may be changed again, None where it may be now."""
    if birthday.changed_at is None:
        return None
    free_at = day_starts_at(local_date(birthday.changed_at, timezone) + APART, timezone)
    return free_at if now < free_at else None


def _page(tx: Tx, merchant: Merchant, customer: Customer) -> BirthdayPage:
    birthday, closing = tx.birthday(merchant.merchant_id, customer.customer_id), closes_on(merchant)
    today = local_date(tx.now, merchant.timezone)
    next_on = next_bonus(birthday, merchant.timezone, today) if birthday else None
    is_in_time = closing is None or (next_on is not None and next_on <= closing)
    is_given = merchant.marketing_monthly_max is not None and is_in_time
    cards = _gifted_cards(tx, customer) if is_given else []
    return BirthdayPage(
        merchant_id=merchant.merchant_id,
        merchant_name=merchant.name,
        timezone=merchant.timezone,
        month_and_day=birthday.month_and_day if birthday else None,
        gifts=_gifts(cards),
        bonus_days=min((program.bonus_days for _, program in cards), default=0),
        is_allowed=is_allowed(tx, customer),
        monthly_max=merchant.marketing_monthly_max or 0,
        may_change_at=_may_change_at(birthday, merchant.timezone, tx.now) if birthday else None,
        next_on=next_on,
        closes_on=closing,
    )


def _gifted_cards(tx: Tx, customer: Customer) -> list[tuple[Card, Program]]:
    return [
        (card, program)
        for card, program in tx.cards_of(customer)
        if card.active and program.active and program.birthday_bonus
    ]


def _gifts(cards: Sequence[tuple[Card, Program]]) -> Mapping[Unit, int]:
    gifts: Counter[Unit] = Counter()
    for _, program in cards:
        gifts[program.bonus_unit] += program.birthday_bonus
    return gifts


def _look_at(tx: Tx, merchant: Merchant, birthday: Birthday) -> bool:
    today = local_date(tx.now, merchant.timezone)
    if birthday.due_on is None or birthday.due_on > today:
        return False
    due = birthday_due(birthday, merchant.timezone, today)
    is_given = due is not None and _give(tx, merchant, birthday, due)
    tx.save_birthday(
        replace(
            birthday,
            due_on=next_look(birthday, merchant.timezone, today, is_given=is_given),
            given_for=due if is_given else birthday.given_for,
        )
    )
    return is_given


def _give(tx: Tx, merchant: Merchant, birthday: Birthday, due: date) -> bool:
    """Gives the bonus of the program of each of the customer's cards. It counts as one birthday: the monthly limit is
    checked once, not for each card."""
    customer = tx.customer(birthday.merchant_id, birthday.customer_id)
    if customer is None or not may_be_offered(tx, merchant, customer):
        return False
    given = False
    for card, _ in _gifted_cards(tx, customer):
        held = tx.lock_card(card.merchant_id, card.card_id)
        if held is None or not held.card.active:
            continue

        def told(last_day: date, of: Card = held.card, program: Program = held.program) -> BirthdayBonus:
            return BirthdayBonus(
                merchant_name=merchant.name,
                card_number=of.number,
                unit=program.bonus_unit,
                count=program.birthday_bonus,
                last_day=last_day,
            )

        message_id = give_bonus(
            tx,
            held,
            EntryKind.BIRTHDAY_BONUS,
            held.program.birthday_bonus,
            OperationKey(f"birthday:{card.card_id}:{due}"),
            MessageKind.BIRTHDAY,
            told,
        )
        if message_id is not None:
            note_offer(tx, customer, MessageKind.BIRTHDAY, message_id)
            given = True
    return given
