"""What an owner should look at: the kinds of flags, declared here once, and the evidence for each."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from domain.ids import CardId, CardNumber, EntryId, FieldName, FlagId, MerchantId, StaffId, StoreId
from domain.kinds import EntryKind
from domain.money import Money
from domain.quick import dataclass


class FlagKind(StrEnum):
    PAIR = "pair"
    BURST = "burst"
    SHORTFALL = "shortfall"
    PIN_LOCKED = "pin_locked"
    UNSEEN_CARDS = "unseen_cards"
    ODD_HOUR = "odd_hour"
    TAKINGS = "takings"
    PURCHASES = "purchases"
    REFERRAL_RING = "referral_ring"
    PAPER = "paper"


class Told(StrEnum):
    """When owners and managers are told of a flag; ``BY_THE_ACT`` means that the act has sent an alert of its own."""

    AT_ONCE = "at_once"
    BY_THE_ACT = "by_the_act"
    IN_THE_SUMMARY = "in_the_summary"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagType:
    """``threshold`` is the merchant's field above which the flag is raised, None where it is always raised."""

    told: Told
    threshold: FieldName | None = None


FLAGS: Mapping[FlagKind, FlagType] = {
    FlagKind.PAIR: FlagType(told=Told.IN_THE_SUMMARY, threshold=FieldName("pair_acts_max")),
    FlagKind.BURST: FlagType(told=Told.AT_ONCE, threshold=FieldName("burst_acts_max")),
    FlagKind.SHORTFALL: FlagType(told=Told.BY_THE_ACT),
    FlagKind.PIN_LOCKED: FlagType(told=Told.BY_THE_ACT),
    FlagKind.UNSEEN_CARDS: FlagType(told=Told.IN_THE_SUMMARY, threshold=FieldName("unseen_cards_max")),
    FlagKind.ODD_HOUR: FlagType(told=Told.AT_ONCE),
    FlagKind.TAKINGS: FlagType(told=Told.IN_THE_SUMMARY, threshold=FieldName("takings_gap_max")),
    FlagKind.PURCHASES: FlagType(told=Told.IN_THE_SUMMARY),
    FlagKind.REFERRAL_RING: FlagType(told=Told.IN_THE_SUMMARY),
    FlagKind.PAPER: FlagType(told=Told.IN_THE_SUMMARY),
}
THRESHOLDS = frozenset(each.threshold for each in FLAGS.values() if each.threshold)
"""Only owners may change these: anybody who could raise them could hide what they do."""
OF_TAKINGS = (FlagKind.TAKINGS, FlagKind.PURCHASES)
"""Flags about a store and a day; they are removed when the takings that they were judged by change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """How many stamps a member gave on a day, how many they give on a ``usual`` one, and the purchases they
    entered."""

    staff_id: StaffId
    stamps: int
    usual: int
    purchases_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TakingsSeen:
    """The evidence for a flag about takings: what the store took in, how much of that the ledger knows
    (``purchases_minor``), how many stamps such takings usually come with (None where that is not known yet), and who
    gave most."""

    amount_minor: int
    purchases_minor: int
    usual_stamps: int | None
    given: tuple[Given, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """What a member did too often between two times, on one card or at one store where it is about one.

    It is raised once for each ``period``, which is named by its first local date, and each thing it is ``about``: a
    card, an entry or a store, empty where it is about the member alone. ``count`` is a number of acts, cards or
    stamps, or the shortfall of a void.
    """

    kind: FlagKind
    staff_id: StaffId
    about: str = ""
    period: date
    card_id: CardId | None = None
    store_id: StoreId | None = None
    count: int
    first_at: datetime
    last_at: datetime
    takings: TakingsSeen | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag(Suspicion):
    """A suspicion that was raised. ``dismissed_by`` is None for the operator."""

    merchant_id: MerchantId
    flag_id: FlagId
    raised_at: datetime
    dismissed_at: datetime | None = None
    dismissed_by: StaffId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenTold:
    staff_name: str
    stamps: int
    usual: int
    purchases: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class TakingsTold:
    amount: Money
    purchases: Money
    usual_stamps: int | None
    given: tuple[GivenTold, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagTold:
    """A flag with the names needed to describe it, empty where there is nothing to name."""

    flag_id: FlagId
    kind: FlagKind
    staff_name: str
    store_name: str
    card_id: CardId | None
    card_number: CardNumber | None
    count: int
    first_at: datetime
    last_at: datetime
    takings: TakingsTold | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedAct:
    """What the rules know of an entry that a member made: an act at the counter, or a void."""

    entry_id: EntryId
    kind: EntryKind
    card_id: CardId
    card_made_at: datetime
    staff_id: StaffId
    store_id: StoreId
    related_entry_id: EntryId | None
    stamps_delta: int
    amount_minor: int | None
    local_date: date
    occurred_at: datetime
    factor_tenths: int | None = None
