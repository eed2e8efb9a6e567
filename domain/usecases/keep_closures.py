"""Owners and managers enter when their shop or a store is closed: expiry clocks stand still on these days."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from domain.account import Account
from domain.card import CardRef
from domain.closures import CLOSURES, CLOSURES_MAX, DAYS_BACK_MAX, checked_closure, written
from domain.entry import Entry
from domain.expiry import ExpiryKind, Unit
from domain.fields import Target
from domain.ids import ClosureId, MerchantId, StaffId, StoreId
from domain.merchant import Closure, Merchant, Program
from domain.ports import Terms, Tx
from domain.quick import dataclass, replace
from domain.refusals import ClosureNotFound, ClosuresTooMany, StoreNotFound
from domain.report import DateRange
from domain.rights import Right
from domain.rules.closures import Calendar, calendar_of
from domain.rules.days import local_date
from domain.rules.expiry import next_period
from domain.usecases.asking import asked_by
from domain.usecases.change_fields import reckon_anew
from domain.usecases.recording import record
from domain.usecases.see_shop import Shop, see_shop


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeClosures:
    """``account`` is None for the operator."""

    account: Account | None
    merchant_id: MerchantId


@dataclass(frozen=True, slots=True, kw_only=True)
class Closures:
    """Closures that are not withdrawn and not long over, earliest first day first; ``today`` is the merchant's."""

    shop: Shop
    closures: Sequence[Closure]
    today: date

    def find(self, closure_id: ClosureId) -> Closure:
        """Raises ClosureNotFound."""
        for each in self.closures:
            if each.closure_id == closure_id:
                return each
        raise ClosureNotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterClosure:
    """The same closure entered again bears the same id. ``account`` is None for the operator, ``store_id`` for the
    whole shop. ``replaces`` is the closure whose dates change; its store stays."""

    account: Account | None
    merchant_id: MerchantId
    closure_id: ClosureId
    store_id: StoreId | None
    dates: DateRange
    replaces: ClosureId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawClosure:
    account: Account | None
    merchant_id: MerchantId
    closure_id: ClosureId


@dataclass(frozen=True, slots=True, kw_only=True)
class CardsMoved:
    """On how many cards something expires later, and by how many days at most."""

    cards: int
    days: int


def see_closures(*, tx: Tx, query: SeeClosures) -> Closures:
    """Raises NotAllowed, MerchantNotFound."""
    merchant, _ = asked_by(tx, query.merchant_id, query.account, Right.CHANGE_FIELDS)
    today = local_date(tx.now, merchant.timezone)
    shown_from = today - timedelta(days=DAYS_BACK_MAX)
    standing = [each for each in _standing(merchant) if each.last >= shown_from]
    return Closures(
        shop=see_shop(tx=tx, query=query.merchant_id),
        closures=sorted(standing, key=lambda each: (each.first, each.last)),
        today=today,
    )


def preview_closure(*, tx: Tx, query: EnterClosure) -> CardsMoved:
    """The effect that ``enter_closure`` would have on the present cards. Raises what it raises."""
    merchant, _ = asked_by(tx, query.merchant_id, query.account, Right.CHANGE_FIELDS)
    after, _ = _entered(tx, merchant, query)
    moved = [days for days in _moved(tx, merchant, after) if days]
    return CardsMoved(cards=len(moved), days=max(moved, default=0))


def enter_closure(*, tx: Tx, command: EnterClosure) -> Closure:
    """The closure, entered now or before. It only makes expiry dates later; what has expired stays expired.

    Raises NotAllowed, MerchantNotFound, StoreNotFound, ClosureNotFound, ClosuresTooMany and what ``checked_closure``
    raises.
    """
    merchant, member = asked_by(tx, command.merchant_id, command.account, Right.CHANGE_FIELDS)
    for each in merchant.closures or ():
        if each.closure_id == command.closure_id:
            return each
    after, replaced = _entered(tx, merchant, command)
    [entered] = [each for each in after.closures or () if each.closure_id == command.closure_id]
    _save(tx, after, member.staff_id if member else None, replaced, entered)
    return entered


def withdraw_closure(*, tx: Tx, command: WithdrawClosure) -> Closure:
    """The closure goes on counting for what is held now, because its holders may have been told. Raises NotAllowed,
    MerchantNotFound, ClosureNotFound."""
    merchant, member = asked_by(tx, command.merchant_id, command.account, Right.CHANGE_FIELDS)
    found = _standing_one(merchant, command.closure_id)
    closures = tuple(_withdrawn(tx, each, found) for each in merchant.closures or ())
    _save(tx, replace(merchant, closures=closures), member.staff_id if member else None, found, None)
    return found


def _entered(tx: Terms, merchant: Merchant, command: EnterClosure) -> tuple[Merchant, Closure | None]:
    """The merchant with the closure, and the closure that it replaces."""
    today = local_date(tx.now, merchant.timezone)
    replaced = _standing_one(merchant, command.replaces) if command.replaces else None
    store_id = replaced.store_id if replaced else command.store_id
    if store_id is not None and tx.store(merchant.merchant_id, store_id) is None:
        raise StoreNotFound
    dates = checked_closure(command.dates, today, replaced.first if replaced else today)
    entered = Closure(closure_id=command.closure_id, store_id=store_id, first=dates.first, last=dates.last)
    others = (_withdrawn(tx, each, replaced) for each in merchant.closures or ())
    closures = (*(each for each in others if not _is_in(each, entered)), entered)
    if len(closures) > CLOSURES_MAX:
        raise ClosuresTooMany(highest=CLOSURES_MAX)
    return replace(merchant, closures=closures), replaced


def _withdrawn(tx: Terms, each: Closure, which: Closure | None) -> Closure:
    return replace(each, withdrawn_at=tx.now) if which and each.closure_id == which.closure_id else each


def _is_in(each: Closure, entered: Closure) -> bool:
    """Whether a withdrawn closure lies within the new one, and so adds nothing to it."""
    is_of_it = entered.store_id in (None, each.store_id)
    return (
        is_of_it
        and each.withdrawn_at is not None
        and entered.first <= each.first <= each.last <= entered.last
    )


def _save(
    tx: Tx, merchant: Merchant, staff_id: StaffId | None, before: Closure | None, after: Closure | None
) -> None:
    tx.save_merchant(merchant)
    reckon_anew(tx, merchant.merchant_id)
    [store_id] = {each.store_id for each in (before, after) if each}
    target = (Target.STORE, store_id) if store_id else (Target.MERCHANT, merchant.merchant_id)
    record(tx, merchant.merchant_id, target, CLOSURES, staff_id, written(before), written(after))


def _standing(merchant: Merchant) -> Iterator[Closure]:
    return (each for each in merchant.closures or () if each.withdrawn_at is None)


def _standing_one(merchant: Merchant, closure_id: ClosureId) -> Closure:
    """Raises ClosureNotFound."""
    for each in _standing(merchant):
        if each.closure_id == closure_id:
            return each
    raise ClosureNotFound


def _moved(tx: Tx, before: Merchant, after: Merchant) -> Iterator[int]:
    """By how many days expiry moves, for each card on which something expires."""
    for present in tx.programs_of(before.merchant_id):
        if present.expiry_kind is ExpiryKind.NEVER:
            continue
        for begun in tx.begun_cards(present):
            found = tx.card(before.merchant_id, CardRef("id", begun.card_id))
            if found is None:
                continue
            card, customer, program = found
            calendars = calendar_of(before, customer), calendar_of(after, customer)
            if calendars[0] != calendars[1]:
                entries = tx.history_of(card)
                units = (unit for unit in Unit if card.balance(unit))
                yield max(_days_between(unit, entries, program, *calendars) for unit in units)


def _days_between(
    unit: Unit, entries: Sequence[Entry], program: Program, before: Calendar, after: Calendar
) -> int:
    """The days between the ends of a balance by two calendars."""
    old, new = (next_period(unit, entries, program, calendar) for calendar in (before, after))
    if old is None or new is None:
        return 0
    return (local_date(new.expires_at, after.timezone) - local_date(old.expires_at, before.timezone)).days
