"""What a range of days came to."""

from datetime import date

from domain.entry import Entry
from domain.ids import CardNumber, MerchantId, StaffId, StoreId
from domain.money import Money
from domain.quick import dataclass
from domain.summary import Figures


@dataclass(frozen=True, slots=True, order=True)
class DateRange:
    """Local dates of a merchant, both included."""

    first: date
    last: date

    @property
    def is_one_day(self) -> bool:
        return self.first == self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The part of a range that a day (``key`` is its date), a store, a member of the team or a program (``key`` is
    the id) has.

    ``number`` is the position among all days, stores or members, from 0. ``visits`` are counted for each part alone:
    a card that was at two stores on one day has one at each. ``takings_minor`` is None where nobody typed any, and
    for members.
    """

    key: str
    number: int
    name: str
    visits: int
    figures: Figures
    takings_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A range of days, folded once (docs/decisions/0040); it has only those parts with anything to tell.

    A visit is a card's local day at the counter, in the hour of the first act that was not taken back:
    ``visits_by_hour`` are seven weekdays from Monday on, each with 24 hours. ``added_up`` is the sum of the figures
    of the single days. New and returning customers, and those who ``came_back`` within 30 days, are cards.
    ``rewards_promised`` is what customers could redeem now, whatever the range; ``liability`` what that costs, None
    where the cost is not known. ``takings`` are what owners typed for ``takings_days`` days. ``paper_stamps`` came
    from ``paper_cards``; no figure includes them.
    """

    merchant_id: MerchantId
    merchant_name: str
    colour: str
    timezone: str
    dates: DateRange
    has_stamps: bool
    has_points: bool
    figures: Figures
    added_up: Figures
    visits: int
    visits_by_hour: tuple[tuple[int, ...], ...]
    new_customers: int
    returning_customers: int
    came_back: int
    rewards_promised: int
    liability: Money | None
    takings: Money | None
    takings_days: int
    days: tuple[Part, ...]
    stores: tuple[Part, ...]
    staff: tuple[Part, ...]
    programs: tuple[Part, ...] = ()
    paper_cards: int = 0
    paper_stamps: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which entries of a range: all, or those of one store or of one member of the team."""

    dates: DateRange
    store_id: StoreId | None = None
    staff_id: StaffId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureLine:
    """An entry behind the figures; ``count`` is what it adds to them, given or taken back. ``approved_by`` is a name,
    empty where nobody had to allow it."""

    entry: Entry
    count: int
    card_number: CardNumber
    store_name: str
    staff_name: str
    approved_by: str = ""
