"""The merchant, its stores and the terms of its cards."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

from domain.account import Locale
from domain.expiry import ExpiryKind, Unit
from domain.ids import ClosureId, MerchantId, ProgramId, StoreId
from domain.quick import dataclass
from domain.report import DateRange

NAME_LENGTH_MAX = 64
CONTACT_LENGTH_MAX = 100
PROGRAM_NAME_LENGTH_MAX = 32
PROGRAMS_ACTIVE_MAX = 5
PROGRAMS_MAX = 20
REWARD_LENGTH_MAX = 80
POINT_REWARDS_MAX = 10
INTERIM_REWARDS_MAX = 5
JOINERS = "\u200c\u200d"
"""Invisible characters that are part of how some scripts and emoji are written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnText:
    """``said`` replaces a reward's name ``text`` for customers who read ``locale``, which is not the merchant's
    language."""

    locale: Locale
    text: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """Closed from ``first`` to ``last``, local dates, both included; ``store_id`` is None for the whole shop. A
    withdrawn closure still counts for what was held before it was withdrawn (docs/decisions/0050)."""

    closure_id: ClosureId
    store_id: StoreId | None
    first: date
    last: date
    withdrawn_at: datetime | None = None

    @property
    def dates(self) -> DateRange:
        return DateRange(self.first, self.last)

    def holds_for(self, store_id: StoreId | None) -> bool:
        """Whether the closure applies to the store, or to cards that were opened there."""
        return self.store_id in (None, store_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merchant:
    """``colour`` is ``#rrggbb``; ``timezone`` an IANA name; ``currency`` an ISO 4217 code; ``summary_hour`` a local
    hour, 0 to 23; ``own_texts`` are by language and text; ``languages`` are those of its posters, None for all.
    ``pair_acts_max``, ``burst_acts_max``, ``unseen_cards_max`` and ``takings_gap_max``, which is in percent, are the
    limits above which something is flagged (``domain/flags.py``); None switches the flag off. ``closures`` are in the
    order in which they were entered, None where there never was one. A customer gets at most
    ``marketing_monthly_max`` marketing messages in thirty days, none where it is None. ``contact`` is where customers
    ask about their data. ``closes_at`` is when a shop that was closed ends, None for a shop that goes on."""

    merchant_id: MerchantId
    name: str
    colour: str
    timezone: str
    currency: str
    default_locale: Locale
    summary_hour: int
    allow_void: bool
    pair_acts_max: int | None
    burst_acts_max: int | None
    unseen_cards_max: int | None
    takings_gap_max: int | None
    created_at: datetime
    own_texts: tuple[OwnText, ...] | None = None
    closures: tuple[Closure, ...] | None = None
    languages: tuple[Locale, ...] | None = None
    marketing_monthly_max: int | None = None
    contact: str | None = None
    closes_at: datetime | None = None

    @property
    def speaks(self) -> tuple[Locale, ...]:
        """The languages of the shop, its own first."""
        others = self.languages or tuple(Locale)
        return (self.default_locale, *(locale for locale in others if locale is not self.default_locale))


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Span:
    """Minutes from the midnight at which ``weekday`` (0 is Monday) begins. A span that ends after the next midnight
    has ``closes_minute`` above 1440."""

    weekday: int
    opens_minute: int
    closes_minute: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Multiplier:
    """What is earned within ``spans``, in each week or on one local ``day``, counts ``factor_tenths`` tenths."""

    factor_tenths: int
    spans: tuple[Span, ...]
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """In millionths of a degree north and east; one is about ten centimetres (WGS 84)."""

    latitude_micro: int
    longitude_micro: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """``opening_hours`` and ``location`` are None where they were not given."""

    merchant_id: MerchantId
    store_id: StoreId
    name: str
    active: bool
    opening_hours: tuple[Span, ...] | None = None
    location: Location | None = None


def said_in(locale: Locale, text: str, own_texts: Sequence[OwnText] | None) -> str:
    """The shop's own text for a language, or the text itself where it has none."""
    return next((each.said for each in own_texts or () if (each.locale, each.text) == (locale, text)), text)


class ProgramKind(StrEnum):
    has_stamps: bool
    has_points: bool

    def __new__(cls, word: str, has_stamps: bool = True, has_points: bool = True) -> "ProgramKind":
        kind = str.__new__(cls, word)
        kind._value_ = word
        kind.has_stamps, kind.has_points = has_stamps, has_points
        return kind

    STAMPS = "stamps", True, False
    POINTS = "points", False, True
    HYBRID = "hybrid"


class RedeemConfirmation(StrEnum):
    """Whose yes a reward needs: the member's who hands it out, or the customer's as well."""

    STAFF = "staff"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class PointReward:
    """What a customer gets for ``cost`` points."""

    cost: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InterimReward:
    """What a customer gets once for each card with ``stamps`` stamps, which stay on it."""

    stamps: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardTerm:
    """A reward that was ready before ``until`` waits for ``days``, None for ever."""

    until: datetime
    days: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One version of a program's terms; a change of terms is a new version.

    ``name`` tells it from the shop's other programs, None where there is no other. Without ``new_cards`` existing
    cards go on, and nobody gets a new one. ``cooldown_minutes`` 0 means none, ``max_daily_stamps`` None means no
    limit, ``pin_window_minutes`` 0 means a PIN every time. ``points_per_unit_milli`` are thousandths of a point for
    one unit of the currency; ``minimum_purchase_minor`` and ``plausible_purchase_minor`` are in its smallest unit,
    and an amount above the latter must be confirmed (0: never). ``point_rewards`` are cheapest first.
    ``welcome_bonus``, ``birthday_bonus``, ``win_back_bonus``, ``referral_bonus`` and ``referral_welcome`` count
    points where the program has points, else stamps. ``win_back_bonus`` goes to a customer who was away for
    ``win_back_days`` (None: nobody is missed). ``referral_bonus`` goes to the referrer (0: there are no referrals),
    at most ``referrals_monthly_max`` times in a month, and ``referral_welcome`` to the friend. A bonus for a birthday
    or an absence is good for ``bonus_days``. ``reward_cost_minor`` is what a reward costs the shop, None where it is
    not known. ``expiry_since`` is when the present kind of expiry and its months came into force: what was held
    before counts from then. ``multipliers`` are None where there are none. With ``carry_over`` the part of a purchase
    below a point or a stamp is kept for the next one. ``stamp_per_minor`` is the price of a stamp where a card
    collects stamps only, None where stamps are given by number (docs/decisions/0056). ``interim_rewards`` are by
    their stamps, None for none. ``paper_stamps_max`` is with how many stamps of a paper card a new one may begin (0:
    with none), and ``paper_cards_daily_max`` how many such cards a member may begin in a day. The reward for a full
    card waits for ``reward_valid_days`` (None: for ever) from when the last stamp completed it, at the earliest from
    ``rewards_since``; ``reward_valid_before`` are earlier and better terms, oldest first (docs/decisions/0065).
    ``redeem_confirmation`` says whose yes a reward needs (docs/decisions/0111).
    """

    merchant_id: MerchantId
    program_id: ProgramId
    version: int
    kind: ProgramKind
    stamps_target: int
    reward: str
    cooldown_minutes: int
    max_daily_stamps: int | None
    require_staff_pin: bool
    pin_window_minutes: int
    points_per_unit_milli: int
    minimum_purchase_minor: int
    plausible_purchase_minor: int
    point_rewards: tuple[PointReward, ...]
    welcome_bonus: int
    reward_cost_minor: int | None
    expiry_kind: ExpiryKind
    expiry_months: int
    expiry_since: datetime
    active: bool
    valid_from: datetime
    name: str | None = None
    new_cards: bool = True
    multipliers: tuple[Multiplier, ...] | None = None
    carry_over: bool = False
    stamp_per_minor: int | None = None
    interim_rewards: tuple[InterimReward, ...] | None = None
    birthday_bonus: int = 0
    win_back_days: int | None = None
    win_back_bonus: int = 0
    bonus_days: int = 14
    referral_bonus: int = 0
    referral_welcome: int = 0
    referrals_monthly_max: int = 5
    paper_stamps_max: int = 0
    paper_cards_daily_max: int = 20
    reward_valid_days: int | None = None
    reward_valid_before: tuple[RewardTerm, ...] | None = None
    rewards_since: datetime | None = None
    redeem_confirmation: RedeemConfirmation = RedeemConfirmation.STAFF

    @property
    def has_stamps(self) -> bool:
        return self.kind.has_stamps

    @property
    def has_points(self) -> bool:
        return self.kind.has_points

    @property
    def stamp_price_minor(self) -> int | None:
        """The price of a stamp, None where purchases earn no stamps."""
        return None if self.kind.has_points else self.stamp_per_minor

    @property
    def bonus_unit(self) -> Unit:
        """The unit in which bonuses are counted."""
        return Unit.POINTS if self.has_points else Unit.STAMPS
