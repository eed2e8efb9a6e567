"""An owner types what a store took in on a day; the last amount holds, and earlier ones can still be seen."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from domain.account import Account
from domain.flags import OF_TAKINGS
from domain.ids import MerchantId, OperationKey, StaffId, StoreId
from domain.merchant import Merchant, Store
from domain.money import Money
from domain.ports import Flagging
from domain.quick import dataclass
from domain.refusals import AmountOutOfRange, StoreNotFound, TakingsDayOutOfRange, TakingsDoubted
from domain.report import DateRange
from domain.rights import Right
from domain.rules.date_ranges import DAYS_MAX, NamedRange, dates_of
from domain.rules.days import local_date
from domain.rules.takings import KNOWN, is_doubtful
from domain.takings import TAKINGS_MAX_MINOR, Takings
from domain.usecases.asking import asked_by

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterTakings:
    """``account`` is None for the operator; ``is_sure`` confirms an unusual amount. ``amount_minor`` None removes the
    one that holds: it was typed for a wrong day."""

    account: Account | None
    merchant_id: MerchantId
    store_id: StoreId
    local_date: date
    amount_minor: int | None
    key: OperationKey
    is_sure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeTakings:
    """``account`` is None for the operator."""

    account: Account | None
    merchant_id: MerchantId
    asked: date | NamedRange


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTakings:
    """``account`` is None for the operator."""

    account: Account | None
    merchant_id: MerchantId
    dates: DateRange


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """``staff_name`` is empty for the operator."""

    local_date: date
    store_id: StoreId
    store_name: str
    amount_minor: int
    currency: str
    staff_name: str
    typed_at: datetime
    is_removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreTakings:
    """``typed`` is everything that was typed or removed, newest first; the first holds."""

    store: Store
    typed: Sequence[Typed]

    @property
    def is_known(self) -> bool:
        return bool(self.typed) and not self.typed[0].is_removed


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTakings:
    """For the stores that are open, and those for which something was typed."""

    merchant: Merchant
    local_date: date
    today: date
    stores: Sequence[StoreTakings]


def enter_takings(*, tx: Flagging, command: EnterTakings) -> bool:
    """Returns whether this changed anything. Flags that were raised by earlier takings of the day are deleted.

    Raises NotAllowed, MerchantNotFound, StoreNotFound, TakingsDayOutOfRange, AmountOutOfRange, and TakingsDoubted
    where the amount is far from the usual ones and was not confirmed.
    """
    merchant_id, store_id, day = command.merchant_id, command.store_id, command.local_date
    merchant, member = asked_by(tx, merchant_id, command.account, Right.ENTER_TAKINGS)
    if tx.store(merchant_id, store_id) is None:
        raise StoreNotFound
    today = local_date(tx.now, merchant.timezone)
    if not today - DAYS_MAX * DAY < day <= today:
        raise TakingsDayOutOfRange(days_max=DAYS_MAX)
    amount_minor = command.amount_minor
    if amount_minor is not None and not 0 <= amount_minor <= TAKINGS_MAX_MINOR:
        raise AmountOutOfRange(highest=Money(TAKINGS_MAX_MINOR, merchant.currency))
    before = tx.takings_of(merchant_id, store_id, day)
    if tx.takings_typed_by(merchant_id, command.key) is not None:
        return False
    if amount_minor == (before[0].amount_minor if before and not before[0].is_removed else None):
        return False
    if amount_minor is not None and not command.is_sure:
        _check_is_usual(tx, merchant, command, amount_minor)
    takings = Takings(
        merchant_id=merchant_id,
        store_id=store_id,
        local_date=day,
        revision=1 + len(before),
        amount_minor=amount_minor or 0,
        is_removed=amount_minor is None,
        staff_id=member.staff_id if member else None,
        typed_at=tx.now,
        operation_key=command.key,
    )
    tx.add_takings(takings)
    tx.forget_flags(merchant_id, OF_TAKINGS, store_id, day)
    return True


def see_takings(*, tx: Flagging, query: SeeTakings) -> DayTakings:
    """Raises NotAllowed, MerchantNotFound, TakingsDayOutOfRange."""
    merchant, _ = asked_by(tx, query.merchant_id, query.account, Right.ENTER_TAKINGS)
    today = local_date(tx.now, merchant.timezone)
    day = dates_of(query.asked, today).first if isinstance(query.asked, NamedRange) else query.asked
    if not today - DAYS_MAX * DAY < day <= today:
        raise TakingsDayOutOfRange(days_max=DAYS_MAX)
    names = _staff_names(tx, query.merchant_id)
    stores = []
    for store in tx.stores_of(query.merchant_id):
        every = tx.takings_of(query.merchant_id, store.store_id, day)
        if every or store.active:
            typed = [_typed(each, store, merchant, names) for each in every]
            stores.append(StoreTakings(store=store, typed=typed))
    return DayTakings(merchant=merchant, local_date=day, today=today, stores=stores)


def list_takings(*, tx: Flagging, query: ListTakings) -> Sequence[Typed]:
    """The takings that hold. Raises NotAllowed, MerchantNotFound."""
    merchant, _ = asked_by(tx, query.merchant_id, query.account, Right.ENTER_TAKINGS)
    stores = {store.store_id: store for store in tx.stores_of(query.merchant_id)}
    names = _staff_names(tx, query.merchant_id)
    found = tx.takings_between(query.merchant_id, query.dates.first, query.dates.last)
    return [_typed(each, stores[each.store_id], merchant, names) for each in found]


def _check_is_usual(tx: Flagging, merchant: Merchant, command: EnterTakings, amount_minor: int) -> None:
    """Raises TakingsDoubted."""
    day = command.local_date
    before = tx.takings_between(merchant.merchant_id, day - KNOWN, day - DAY)
    here = [each for each in before if each.store_id == command.store_id]
    usual = is_doubtful(amount_minor, here)
    if usual is not None:
        currency = merchant.currency
        raise TakingsDoubted(amount=Money(amount_minor, currency), usual=Money(usual, currency))


def _staff_names(tx: Flagging, merchant_id: MerchantId) -> dict[StaffId | None, str]:
    return {member.staff_id: member.name for member in tx.staff_of(merchant_id)}


def _typed(takings: Takings, store: Store, merchant: Merchant, names: dict[StaffId | None, str]) -> Typed:
    return Typed(
        local_date=takings.local_date,
        store_id=store.store_id,
        store_name=store.name,
        amount_minor=takings.amount_minor,
        currency=merchant.currency,
        staff_name=names.get(takings.staff_id, ""),
        typed_at=takings.typed_at,
        is_removed=takings.is_removed,
    )
