"""Balances that expire: the customer is warned in time, then they are taken, card by card."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime

from domain.card import Card, Holding
from domain.delivery import ChannelKind
from domain.expiry import Due, DueCard
from domain.ids import CardId, MerchantId, OperationKey, ProgramId
from domain.kinds import EntryKind
from domain.merchant import Program
from domain.messages import (
    BalanceExpired,
    BalanceExpiring,
    Facts,
    MessageKind,
    RewardExpired,
    RewardExpiring,
)
from domain.ports import Expiries, Holdings, Posting, RowUnreadable, Terms, Tx
from domain.quick import dataclass, replace
from domain.rules.closing import outlasts
from domain.rules.closures import Calendar, calendar_of
from domain.rules.days import local_date
from domain.rules.expiry import Period, Periods, expiring, next_periods, reckoned
from domain.rules.expiry_warnings import LOOK_AGAIN, Expire, Wait, Warn, Warned, judge, said_of, soonest_end
from domain.usecases.sending import send
from domain.usecases.unasked import post_unasked

WARNING = {
    Due.STAMPS: MessageKind.STAMPS_EXPIRING,
    Due.POINTS: MessageKind.POINTS_EXPIRING,
    Due.REWARD: MessageKind.REWARD_EXPIRING,
}
EXPIRED = {
    Due.STAMPS: MessageKind.STAMPS_EXPIRED,
    Due.POINTS: MessageKind.POINTS_EXPIRED,
    Due.REWARD: MessageKind.REWARD_EXPIRED,
}
EXPIRY = {
    Due.STAMPS: EntryKind.STAMPS_EXPIRED,
    Due.POINTS: EntryKind.POINTS_EXPIRED,
    Due.REWARD: EntryKind.REWARD_EXPIRED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CardsToLookAt:
    """Asks for the next page of cards whose time has come, following the last one of the page before."""

    after: DueCard | None
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAtCards:
    merchant_id: MerchantId
    card_ids: Sequence[CardId]


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt:
    """How many periods were warned of, and how many expired."""

    warned: int = 0
    expired: int = 0

    def __add__(self, other: "LookedAt") -> "LookedAt":
        return LookedAt(warned=self.warned + other.warned, expired=self.expired + other.expired)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadTerms:
    """The next page of a program's cards to recalculate by its present version."""

    program: Program
    after: CardId | None
    limit: int


def cards_to_look_at(*, tx: Expiries, query: CardsToLookAt) -> Sequence[DueCard]:
    return tx.cards_to_look_at(query.after, query.limit)


def look_at_cards(*, tx: Tx, command: LookAtCards) -> LookedAt:
    """Warns of what expires soon and takes what may expire now. Repeating it does nothing more."""
    total = LookedAt()
    for card_id in command.card_ids:
        held = tx.lock_card(command.merchant_id, card_id)
        if held is not None:
            total += _look_at(tx, held)
    return total


def programs_to_spread(*, tx: Terms, query: None) -> Sequence[tuple[MerchantId, ProgramId]]:  # noqa: ARG001
    return tx.programs_to_spread()


def program_to_spread(*, tx: Terms, query: tuple[MerchantId, ProgramId]) -> Program:
    """The program in its present version. Each is read alone, so that one that cannot be read stops no other. Raises
    RowUnreadable."""
    merchant_id, program_id = query
    for program in tx.programs_of(merchant_id):
        if program.program_id == program_id:
            return program
    raise RowUnreadable(f"program {program_id} has no present version")


def spread_terms(*, tx: Holdings, command: SpreadTerms) -> CardId | None:
    """Recalculates a page of cards by the present terms; returns its last card, None when there are no more.

    A card that cannot be read is recalculated when it is next looked at or acted on.
    """
    program = command.program
    card_ids = tx.cards_in(program, command.after, command.limit)
    for card_id in card_ids:
        with suppress(RowUnreadable):
            _reckon(tx, program.merchant_id, card_id)
    if len(card_ids) == command.limit:
        return card_ids[-1]
    tx.program_spread(program)
    return None


def _reckon(tx: Holdings, merchant_id: MerchantId, card_id: CardId) -> None:
    held = tx.lock_card(merchant_id, card_id)
    if held is not None:
        entries = tx.history_of(held.card)
        calendar = calendar_of(held.merchant, held.customer)
        tx.save_expiry(reckoned(held.card, entries, held.program, calendar))


def _look_at(tx: Tx, held: Holding) -> LookedAt:
    """Reads the card's entries once, and again after each entry that it adds."""
    looked, look_at, calendar = LookedAt(), None, calendar_of(held.merchant, held.customer)
    held, periods = _reckoned(tx, held)
    for due in Due:
        to_judge, waits = [*periods[due]], list[datetime]()
        while to_judge:
            period, is_reachable = to_judge.pop(0), _is_reachable(tx, held)
            warned = said_of(period, tx.warned(held.card, due, period.expires_at))
            verdict = judge(period, warned, calendar, is_reachable=is_reachable, now=tx.now)
            match verdict:
                case Wait(until):
                    pass
                case Warn() if outlasts(_last_day(period, calendar, tx.now), held.merchant):
                    until = tx.now + LOOK_AGAIN
                case Warn():
                    _warn(tx, held, period)
                    looked, until = looked + LookedAt(warned=1), tx.now + LOOK_AGAIN
                case Expire():
                    held, periods = _reckoned(tx, _expire(tx, held, period, is_reachable=is_reachable))
                    looked += LookedAt(expired=1)
                    to_judge, waits = [*periods[due]], list[datetime]()
                    continue
            waits.append(until)
            if due is Due.REWARD:
                held = replace(held, card=_said_until(held.card, period, warned, calendar, tx.now))
        look_at = min([*waits, *([look_at] if look_at else [])], default=None)
    tx.save_expiry(replace(held.card, expiry_look_at=look_at))
    return looked


def _reckoned(tx: Posting, held: Holding) -> tuple[Holding, Periods]:
    """The card with its expiry computed from all its entries, and what expires next."""
    calendar = calendar_of(held.merchant, held.customer)
    periods = next_periods(held.card, tx.history_of(held.card), held.program, calendar)
    return replace(held, card=expiring(held.card, periods, calendar)), periods


def _said_until(card: Card, period: Period, warned: Warned | None, calendar: Calendar, now: datetime) -> Card:
    """The card with the end of its reward, which is later where no warning was given in time."""
    return replace(card, reward_ends_at=soonest_end(period, warned, calendar, now))


def _last_day(period: Period, calendar: Calendar, now: datetime) -> date:
    """The last day of a period of which nobody was warned yet."""
    return calendar.last_day_before(soonest_end(period, None, calendar, now))


def _warn(tx: Posting, held: Holding, period: Period) -> None:
    calendar = calendar_of(held.merchant, held.customer)
    last_day = _last_day(period, calendar, tx.now)
    closed = calendar.closed_between(local_date(tx.now, calendar.timezone), last_day)
    facts: Facts
    if period.reward is not None:
        facts = RewardExpiring(
            merchant_name=held.merchant.name,
            card_number=held.card.number,
            reward=period.reward,
            count=period.count,
            last_day=last_day,
            closed=closed,
        )
    else:
        facts = BalanceExpiring(
            merchant_name=held.merchant.name,
            card_number=held.card.number,
            unit=period.unit,
            kind=period.kind,
            count=period.count,
            balance=held.card.balance(period.unit),
            last_day=last_day,
            closed=closed,
        )
    account, kind = held.customer.account, WARNING[period.due]
    message_id = send(tx, held.card.merchant_id, account, kind, facts)
    tx.save_warning(held.card, period, message_id)


def _expire(tx: Posting, held: Holding, period: Period, *, is_reachable: bool) -> Holding:
    card = held.card.plus(period.unit, -period.count)
    facts: Facts
    if period.reward is not None:
        facts = RewardExpired(
            merchant_name=held.merchant.name,
            card_number=card.number,
            reward=period.reward,
            count=period.count,
            balance=card.stamp_count,
        )
    else:
        facts = BalanceExpired(
            merchant_name=held.merchant.name,
            card_number=card.number,
            unit=period.unit,
            count=period.count,
            balance=card.balance(period.unit),
        )
    key = OperationKey(f"expiry:{card.card_id}:{held.card.entry_count + 1}")
    told = (EXPIRED[period.due], facts)
    kind, ended = EXPIRY[period.due], period.last_lot
    card, entry = post_unasked(
        tx, held, card, kind, key, told, related_entry_id=ended, lots=period.lots, reward=period.reward
    )
    tx.save_expired(card, period, entry, is_reachable=is_reachable)
    return replace(held, card=card)


def _is_reachable(tx: Tx, held: Holding) -> bool:
    """Whether the holder can be reached, in the chat or by mail."""
    account = held.customer.account
    person = tx.person(account)
    if not account.is_guest and (person is None or person.unreachable_since is None):
        return True
    post = tx.post_of(held.customer.account) if ChannelKind.EMAIL in tx.channels_on else None
    return post is not None and post.mailbox.takes_mail
