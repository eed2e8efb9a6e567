"""The fields of merchants, stores and programs that can be changed, each declared once.

What a field can hold is said in ``domain/field_kinds.py``, what it is called and means in ``bot/views/fields.py``;
what must hold between fields is checked in ``domain/rules/terms.py``.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain import refusals
from domain.account import Locale
from domain.expiry import ExpiryKind
from domain.field_kinds import (
    PERCENT,
    REWARD,
    YES_OR_NO,
    Amount,
    Choice,
    Colour,
    Coordinates,
    Currency,
    Field,
    InterimRewards,
    Languages,
    Line,
    LineOrNone,
    Multipliers,
    Number,
    OpeningHours,
    OwnTexts,
    PointRewards,
    Rate,
    Reset,
    Timezone,
)
from domain.ids import ChangeId, FieldName, MerchantId, StaffId
from domain.merchant import (
    CONTACT_LENGTH_MAX,
    NAME_LENGTH_MAX,
    PROGRAM_NAME_LENGTH_MAX,
    ProgramKind,
    RedeemConfirmation,
)
from domain.money import AMOUNT_MAX_MINOR
from domain.quick import dataclass, replace


class Target(StrEnum):
    """The things that have fields."""

    MERCHANT = "merchant"
    STORE = "store"
    PROGRAM = "program"


NAME = Line(length_max=NAME_LENGTH_MAX, refusal=refusals.NameMalformed)
CONTACT = Line(length_max=CONTACT_LENGTH_MAX, refusal=refusals.ContactMalformed)
PROGRAM_NAME = Line(length_max=PROGRAM_NAME_LENGTH_MAX, refusal=refusals.NameMalformed)
_COUNTED_ANEW = frozenset({Reset.EXPIRY_CLOCK})


def _named(**fields: Field) -> dict[str, Field]:
    return {name: replace(field, name=FieldName(name)) for name, field in fields.items()}


FIELDS: Mapping[Target, Mapping[str, Field]] = {
    Target.MERCHANT: _named(
        name=NAME,
        colour=Colour(default="#6f4e37"),
        timezone=Timezone(
            default="Europe/Luxembourg", resets=frozenset({Reset.SUMMARY_PLAN, Reset.EXPIRY_DATES})
        ),
        currency=Currency(default="EUR"),
        default_locale=Choice(options={locale.value: locale for locale in Locale}),
        languages=Languages(),
        summary_hour=Number(
            lowest=0, highest=23, unit="hour", default=20, resets=frozenset({Reset.SUMMARY_PLAN})
        ),
        allow_void=Choice(options=YES_OR_NO, default=True),
        pair_acts_max=Number(lowest=1, highest=1000, unit="acts", without="none", default=12),
        burst_acts_max=Number(lowest=1, highest=1000, unit="acts", without="none", default=12),
        unseen_cards_max=Number(lowest=1, highest=1000, unit="cards", without="none", default=3),
        takings_gap_max=Number(lowest=1, highest=1000, unit=PERCENT, without="none", default=20),
        own_texts=OwnTexts(),
        contact=LineOrNone(line=CONTACT),
        marketing_monthly_max=Number(lowest=1, highest=30, unit="messages", without="off"),
    ),
    Target.STORE: _named(
        name=NAME,
        active=Choice(options=YES_OR_NO, default=True),
        opening_hours=OpeningHours(),
        location=Coordinates(),
    ),
    Target.PROGRAM: _named(
        name=LineOrNone(line=PROGRAM_NAME),
        kind=Choice(options={kind.value: kind for kind in ProgramKind}, default=ProgramKind.STAMPS),
        stamps_target=Number(lowest=1, highest=30, unit="stamps", default=10),
        reward=REWARD,
        cooldown_minutes=Number(lowest=0, highest=7 * 24 * 60, unit="minutes", default=0),
        max_daily_stamps=Number(lowest=1, highest=100, unit="stamps", without="none"),
        require_staff_pin=Choice(options=YES_OR_NO, default=True),
        pin_window_minutes=Number(lowest=0, highest=24 * 60, unit="minutes", default=15),
        points_per_unit_milli=Rate(lowest=1, highest=1_000_000, unit="points", default=1000),
        minimum_purchase_minor=Amount(lowest=0, highest=AMOUNT_MAX_MINOR, unit="amount", default=0),
        plausible_purchase_minor=Amount(lowest=0, highest=AMOUNT_MAX_MINOR, unit="amount", default=200_00),
        point_rewards=PointRewards(default=()),
        welcome_bonus=Number(lowest=0, highest=100_000, unit="points", default=0),
        reward_cost_minor=Amount(lowest=0, highest=AMOUNT_MAX_MINOR, unit="amount", without="unknown"),
        expiry_kind=Choice(
            options={kind.value: kind for kind in ExpiryKind}, default=ExpiryKind.NEVER, resets=_COUNTED_ANEW
        ),
        expiry_months=Number(lowest=1, highest=60, unit="months", default=12, resets=_COUNTED_ANEW),
        new_cards=Choice(options=YES_OR_NO, default=True),
        active=Choice(options=YES_OR_NO, default=True),
        multipliers=Multipliers(),
        carry_over=Choice(options=YES_OR_NO, default=True),
        stamp_per_minor=Amount(lowest=1, highest=AMOUNT_MAX_MINOR, unit="amount", without="count"),
        interim_rewards=InterimRewards(),
        birthday_bonus=Number(lowest=0, highest=100_000, unit="points", default=0),
        win_back_days=Number(lowest=14, highest=730, unit="days", without="never"),
        win_back_bonus=Number(lowest=0, highest=100_000, unit="points", default=0),
        bonus_days=Number(lowest=1, highest=365, unit="days", default=14),
        referral_bonus=Number(lowest=0, highest=100_000, unit="points", default=0),
        referral_welcome=Number(lowest=0, highest=100_000, unit="points", default=0),
        referrals_monthly_max=Number(lowest=1, highest=100, unit="friends", default=5),
        paper_stamps_max=Number(lowest=0, highest=29, unit="stamps", default=0),
        paper_cards_daily_max=Number(lowest=1, highest=1000, unit="cards", default=20),
        reward_valid_days=Number(lowest=30, highest=730, unit="days", without="none"),
        redeem_confirmation=Choice(
            options={whose.value: whose for whose in RedeemConfirmation}, default=RedeemConfirmation.STAFF
        ),
    ),
}


def with_defaults(target: Target, given: Mapping[str, Any]) -> dict[str, Any]:
    return {**{name: field.default for name, field in FIELDS[target].items()}, **given}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """``before`` and ``after`` are in the form that ``show`` writes; ``staff_id`` is None where the operator made the
    change. What is no field has a name of its own: logos, closures, wordings, and ``domain/team_log.py``."""

    merchant_id: MerchantId
    change_id: ChangeId
    target_kind: Target
    target_id: str
    field: FieldName
    before: str
    after: str
    staff_id: StaffId | None
    changed_at: datetime
