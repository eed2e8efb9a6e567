"""The kinds of entries, and what holds for each: declared here once, read by everything else."""

from collections.abc import Mapping
from enum import StrEnum
from functools import partial
from typing import Literal

from domain.expiry import Unit
from domain.quick import dataclass


class EntryKind(StrEnum):
    STAMP_EARNED = "stamp_earned"
    STAMP_REDEEMED = "stamp_redeemed"
    INTERIM_REDEEMED = "interim_redeemed"
    STAMP_VOIDED = "stamp_voided"
    STAMPS_EXPIRED = "stamps_expired"
    POINTS_EARNED = "points_earned"
    POINTS_REDEEMED = "points_redeemed"
    POINTS_VOIDED = "points_voided"
    POINTS_EXPIRED = "points_expired"
    POINTS_ADJUSTED = "points_adjusted"
    WELCOME_BONUS = "welcome_bonus"
    REFERRAL_BONUS = "referral_bonus"
    BIRTHDAY_BONUS = "birthday_bonus"
    REDEMPTION_VOIDED = "redemption_voided"
    MERGED_OUT = "merged_out"
    MERGED_IN = "merged_in"
    REFERRAL_WELCOME = "referral_welcome"
    REFERRAL_VOIDED = "referral_voided"
    WIN_BACK_BONUS = "win_back_bonus"
    PAPER_STAMPS = "paper_stamps"
    PAPER_VOIDED = "paper_voided"
    REWARD_EXPIRED = "reward_expired"


Figure = Literal["stamps", "points", "redemptions"]
"""The figure that a kind counts towards, named as in ``Figures``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """``unit`` is the balance it changes, None where each entry decides that itself. ``figure`` is the day's figure
    that it counts towards: as given, or, for a void, as taken back.

    ``opens_lot`` says that what it adds to a balance may expire separately. ``is_visit`` says that the customer was
    at the counter, earning or redeeming: only that restarts a balance's expiry months, and only that makes a card
    count as served. ``ends_reward`` says that an expiry takes the stamps of a full card, whichever those are.
    ``voided_by`` is the kind of entry that takes it back, None where none may. ``is_given_once`` says that a person
    gets it once, or once a year, so that an erasure must not bring it anew.
    """

    unit: Unit | None = None
    opens_lot: bool = False
    is_visit: bool = False
    is_redemption: bool = False
    is_void: bool = False
    is_expiry: bool = False
    ends_reward: bool = False
    is_merge: bool = False
    is_given_once: bool = False
    voided_by: EntryKind | None = None
    figure: Figure | None = None

    @property
    def is_watched(self) -> bool:
        """Whether a member makes such entries, or takes them back."""
        return self.is_visit or self.is_void or self.voided_by is not None


_redeemed = partial(
    Kind, is_visit=True, is_redemption=True, voided_by=EntryKind.REDEMPTION_VOIDED, figure="redemptions"
)

KINDS: Mapping[EntryKind, Kind] = {
    EntryKind.STAMP_EARNED: Kind(
        unit=Unit.STAMPS, opens_lot=True, is_visit=True, voided_by=EntryKind.STAMP_VOIDED, figure="stamps"
    ),
    EntryKind.STAMP_REDEEMED: _redeemed(unit=Unit.STAMPS),
    EntryKind.INTERIM_REDEEMED: _redeemed(unit=Unit.STAMPS),
    EntryKind.STAMP_VOIDED: Kind(unit=Unit.STAMPS, is_void=True, figure="stamps"),
    EntryKind.STAMPS_EXPIRED: Kind(unit=Unit.STAMPS, is_expiry=True),
    EntryKind.POINTS_EARNED: Kind(
        unit=Unit.POINTS, opens_lot=True, is_visit=True, voided_by=EntryKind.POINTS_VOIDED, figure="points"
    ),
    EntryKind.POINTS_REDEEMED: _redeemed(unit=Unit.POINTS),
    EntryKind.POINTS_VOIDED: Kind(unit=Unit.POINTS, is_void=True, figure="points"),
    EntryKind.POINTS_EXPIRED: Kind(unit=Unit.POINTS, is_expiry=True),
    EntryKind.POINTS_ADJUSTED: Kind(unit=Unit.POINTS, opens_lot=True),
    EntryKind.WELCOME_BONUS: Kind(opens_lot=True, is_given_once=True),
    EntryKind.REFERRAL_BONUS: Kind(opens_lot=True),
    EntryKind.BIRTHDAY_BONUS: Kind(opens_lot=True, is_given_once=True),
    EntryKind.REDEMPTION_VOIDED: Kind(is_void=True, figure="redemptions"),
    EntryKind.MERGED_OUT: Kind(is_merge=True),
    EntryKind.MERGED_IN: Kind(is_merge=True),
    EntryKind.REFERRAL_WELCOME: Kind(opens_lot=True, is_given_once=True),
    EntryKind.REFERRAL_VOIDED: Kind(is_void=True),
    EntryKind.WIN_BACK_BONUS: Kind(opens_lot=True),
    EntryKind.PAPER_STAMPS: Kind(unit=Unit.STAMPS, opens_lot=True, voided_by=EntryKind.PAPER_VOIDED),
    EntryKind.PAPER_VOIDED: Kind(unit=Unit.STAMPS, is_void=True),
    EntryKind.REWARD_EXPIRED: Kind(unit=Unit.STAMPS, is_expiry=True, ends_reward=True),
}
