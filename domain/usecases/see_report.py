"""Owners and managers look at the report of a range of days, and at the entries behind its figures."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeVar

from domain.account import Account
from domain.ids import CardId, CustomerId, MerchantId, ProgramId, StaffId, StoreId
from domain.merchant import Merchant, Program
from domain.money import Money
from domain.ports import Days
from domain.quick import dataclass, replace
from domain.refusals import Refusal, StaffNotFound, StoreNotFound
from domain.report import Choice, DateRange, FigureLine, Part, Report
from domain.rights import Right
from domain.rules.date_ranges import NamedRange, checked_dates, dates_of
from domain.rules.days import day_ends_at, day_starts_at, local_date
from domain.rules.figures import counted
from domain.rules.reports import Tally
from domain.takings import Takings
from domain.usecases.asking import asked_by

T = TypeVar("T")

LINES_PAGE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeReport:
    """``account`` is None for the operator."""

    merchant_id: MerchantId
    account: Account | None
    asked: NamedRange | DateRange


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What a report needs besides the entries. ``stores`` and ``staff`` are names by id: oldest first, and in the
    order in which they were invited. ``cards`` has the program and holder of each card where there are several
    programs; ``takings`` are those that hold."""

    merchant: Merchant
    programs: Sequence[Program]
    dates: DateRange
    stores: Mapping[StoreId, str]
    staff: Mapping[StaffId, str]
    new_cards: Collection[CardId]
    rewards_promised: int
    liability: Money | None
    cards: Mapping[CardId, tuple[ProgramId, CustomerId]]

    @property
    def program_names(self) -> Mapping[ProgramId, str]:
        return {program.program_id: program.name or program.reward for program in self.programs}

    takings: Sequence[Takings]

    def tally(self) -> Tally:
        return Tally(self.dates, self.merchant.timezone, self.new_cards, self.cards)

    def report(self, tally: Tally) -> Report:
        return Report(
            merchant_id=self.merchant.merchant_id,
            merchant_name=self.merchant.name,
            colour=self.merchant.colour,
            timezone=self.merchant.timezone,
            dates=self.dates,
            has_stamps=any(program.has_stamps for program in self.programs),
            has_points=any(program.has_points for program in self.programs),
            figures=tally.figures,
            added_up=tally.added_up,
            visits=tally.visits,
            visits_by_hour=tuple(
                tuple(tally.hours[weekday, hour] for hour in range(24)) for weekday in range(7)
            ),
            new_customers=tally.new,
            returning_customers=tally.returning,
            came_back=tally.came_back,
            paper_cards=tally.paper_cards,
            paper_stamps=tally.paper_stamps,
            rewards_promised=self.rewards_promised,
            liability=self.liability,
            takings=self._taken(self.takings),
            takings_days=len({each.local_date for each in self.takings}),
            days=self.days(tally),
            stores=self._with_takings(tally.parts("store", self.stores), lambda takings: takings.store_id),
            staff=tally.parts("staff", self.staff),
            programs=tally.parts("program", self.program_names),
        )

    def days(self, tally: Tally) -> tuple[Part, ...]:
        """Days with anything to tell, even if only takings."""
        return self._with_takings(
            tally.days({each.local_date for each in self.takings}),
            lambda takings: takings.local_date.isoformat(),
        )

    def _with_takings(self, parts: Sequence[Part], key: Callable[[Takings], str]) -> tuple[Part, ...]:
        sums: Counter[str] = Counter()
        for each in self.takings:
            sums[key(each)] += each.amount_minor
        return tuple(replace(part, takings_minor=sums.get(part.key)) for part in parts)

    def _taken(self, takings: Sequence[Takings]) -> Money | None:
        if not takings:
            return None
        return Money(sum(each.amount_minor for each in takings), self.merchant.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeLines:
    """Asks for the entries behind the figures of a choice; ``store`` and ``staff`` are positions in ``Books``, from
    0."""

    merchant_id: MerchantId
    account: Account | None
    dates: DateRange
    store: int | None = None
    staff: int | None = None
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Oldest first. ``name`` is that of the store or the member, empty for all."""

    query: SeeLines
    name: str
    timezone: str
    lines: Sequence[FigureLine]
    has_more: bool


def open_books(*, tx: Days, query: SeeReport) -> Books:
    """Raises NotAllowed, MerchantNotFound, DatesMalformed, TooManyDays."""
    merchant, _ = asked_by(tx, query.merchant_id, query.account, Right.SEE_SUMMARY)
    today = local_date(tx.now, merchant.timezone)
    asked = query.asked
    dates = dates_of(asked, today) if isinstance(asked, NamedRange) else checked_dates(asked)
    return books_of(tx, merchant, dates)


def books_of(tx: Days, merchant: Merchant, dates: DateRange) -> Books:
    merchant_id = merchant.merchant_id
    ends = day_starts_at(dates.first, merchant.timezone), day_ends_at(dates.last, merchant.timezone)
    programs = tx.programs_of(merchant_id)
    promised = [(program, tx.rewards_outstanding(program)) for program in programs]
    return Books(
        merchant=merchant,
        programs=programs,
        dates=dates,
        stores={store.store_id: store.name for store in tx.stores_of(merchant_id)},
        staff={member.staff_id: member.name for member in tx.staff_of(merchant_id)},
        new_cards=tx.cards_made_between(merchant_id, *ends),
        rewards_promised=sum(count for _, count in promised),
        liability=_liability(merchant, promised),
        cards=tx.cards_by_program(merchant_id) if len(programs) > 1 else {},
        takings=tx.takings_between(merchant_id, dates.first, dates.last),
    )


def see_lines(*, tx: Days, query: SeeLines) -> Lines:
    """Raises NotAllowed, MerchantNotFound, DatesMalformed, TooManyDays, StoreNotFound, StaffNotFound."""
    merchant_id, dates = query.merchant_id, checked_dates(query.dates)
    merchant, _ = asked_by(tx, merchant_id, query.account, Right.SEE_SUMMARY)
    stores, staff = tx.stores_of(merchant_id), tx.staff_of(merchant_id)
    store = _nth(stores, query.store, StoreNotFound)
    member = _nth(staff, query.staff, StaffNotFound)
    choice = Choice(
        dates=dates,
        store_id=store.store_id if store else None,
        staff_id=member.staff_id if member else None,
    )
    found = tx.entries_behind(merchant_id, choice, query.page * LINES_PAGE, LINES_PAGE + 1)
    cards = {entry.card_id for entry, _ in found}
    acts = [act for card_id in cards for act in counted(tx.entries_within(merchant_id, card_id, dates))]
    counts = {act.entry.entry_id: act.count for act in acts}
    return Lines(
        query=query,
        name=store.name if store else member.name if member else "",
        timezone=merchant.timezone,
        lines=[
            FigureLine(
                entry=entry,
                count=counts[entry.entry_id],
                card_number=number,
                store_name=next((each.name for each in stores if each.store_id == entry.store_id), ""),
                staff_name=next((each.name for each in staff if each.staff_id == entry.staff_id), ""),
                approved_by=next((each.name for each in staff if each.staff_id == entry.approved_by), ""),
            )
            for entry, number in found[:LINES_PAGE]
        ],
        has_more=len(found) > LINES_PAGE,
    )


def _liability(merchant: Merchant, promised: Sequence[tuple[Program, int]]) -> Money | None:
    """Only for programs whose rewards have a cost; None where there is none."""
    costs = [
        count * program.reward_cost_minor
        for program, count in promised
        if program.reward_cost_minor is not None
    ]
    return Money(sum(costs), merchant.currency) if costs else None


def _nth(every: Sequence[T], position: int | None, missing: type[Refusal]) -> T | None:
    if position is None:
        return None
    if position >= len(every):
        raise missing
    return every[position]
