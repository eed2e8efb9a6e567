"""Which fields of the values that are stored as JSON say something about a customer: each field declared once, here.

The columns of the tables are declared in ``storage/kept.py``. Export and erasure read both, and
``tests/storage/test_personal.py`` names what is in neither.
"""

from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any, TypeVar

from domain.account import Account
from domain.card import HeldCards, HeldPoints, Progress
from domain.flags import FlagTold, Given, GivenTold, TakingsTold
from domain.ids import BotId, CardId, CardNumber, CustomerId, MerchantId
from domain.merchant import Closure, InterimReward, OwnText, PointReward, Span
from domain.messages import (
    ApprovalAnswered,
    ApprovalAsked,
    ApprovalSettled,
    BalanceExpired,
    BalanceExpiring,
    BirthdayAsked,
    BirthdayBonus,
    Broadcast,
    CardAdopted,
    CardBlocked,
    CardMoved,
    CardsMerged,
    CodesChanged,
    DailySummary,
    DisputeAnswered,
    DisputeOpened,
    DisputeSettled,
    FlagRaised,
    HandOver,
    MailCardRefused,
    MailCodeRefused,
    MailRefused,
    MarketingAsked,
    MoveAnswered,
    MoveAsked,
    NewCode,
    NoticeOver,
    PinReset,
    PinTried,
    Receipt,
    ReferralBonus,
    ReferralVoided,
    RewardExpired,
    RewardExpiring,
    RewardReady,
    ShopClosing,
    ShopEnded,
    StaffAlert,
    WelcomeBonus,
    WinBack,
)
from domain.money import Money
from domain.quick import dataclass, replace
from domain.report import DateRange
from domain.summary import DaySummary, Figures, Share, VoidNote

ValueT = TypeVar("ValueT")

NOBODY = BotId(0)
"""The bot id of an account that belongs to nobody: Telegram numbers its bots from 1."""
BLANK = "—"
"""Replaces a name or a text that was erased."""

PERSONAL: Mapping[type[Any], str] = {
    ApprovalAsked: "customer_name reason",
    DisputeOpened: "customer_name",
    MoveAnswered: "customer_name",
    VoidNote: "reason",
}
"""The customer's name, and what somebody wrote about their card: blanked in messages to others. Messages to the
customer are deleted as a whole."""

NEUTRAL: Mapping[type[Any], str] = {
    ApprovalAnswered: "asked state by message_id",
    ApprovalAsked: (
        "approval_id card_id card_number name store_name entry_kind stamps_delta points_delta lapses_at made_by"
        " made_at limit merchant_name reward"
    ),
    ApprovalSettled: "asked state by replaces",
    BalanceExpired: "merchant_name card_number unit count balance",
    BalanceExpiring: "merchant_name card_number unit kind count balance last_day closed",
    BirthdayAsked: "merchant_name unit count",
    BirthdayBonus: "merchant_name card_number unit count last_day",
    Broadcast: "merchant_name campaign_id text",
    CardAdopted: "merchant_name card_id card_number",
    CardBlocked: "merchant_name card_number",
    CardMoved: "merchant_name card_number",
    CardsMerged: "merchant_name card_number other_number is_closed progress points_balance",
    Closure: "closure_id store_id first last withdrawn_at",
    CodesChanged: "merchant_name",
    DailySummary: "merchant_name day missed asks_takings",
    DateRange: "first last",
    DaySummary: (
        "local_date begins_at ends_at has_stamps has_points figures before new_customers returning_customers"
        " rewards_outstanding undelivered stores staff voids flags disputes changes is_closed"
    ),
    DisputeAnswered: "merchant_name outcome entry_kind stamps_delta points_delta occurred_at",
    DisputeOpened: (
        "card_number staff_name store_name entry_kind stamps_delta points_delta occurred_at entry_id card_id"
        " may_take_back"
    ),
    DisputeSettled: "opened outcome by replaces",
    Figures: "stamps points redemptions voids cards stamps_voided points_voided redemptions_voided",
    FlagRaised: "merchant_name flag",
    FlagTold: "flag_id kind staff_name store_name card_id card_number count first_at last_at takings",
    Given: "staff_id stamps usual purchases_minor",
    GivenTold: "staff_name stamps usual purchases",
    HandOver: "merchant_name name is_accepted ended",
    HeldCards: "count target reward promised interim",
    HeldPoints: "count rewards",
    InterimReward: "stamps name",
    MailCardRefused: "mailed_at",
    MailCodeRefused: "",
    MailRefused: "",
    MarketingAsked: "merchant_name monthly_max",
    Money: "amount_minor currency",
    MoveAnswered: "card_id card_number is_allowed into_number",
    MoveAsked: "merchant_name card_number move_id into_number",
    NewCode: "merchant_name card_id card_number",
    NoticeOver: "replaces fate by",
    OwnText: "locale text said",
    PinReset: "merchant_name by",
    PinTried: "merchant_name device_name wrong_tries",
    PointReward: "cost name",
    Progress: "rewards_available on_card target cost reward",
    Receipt: (
        "entry_kind merchant_name store_name card_number unit stamps_delta stamp_count stamps_target points_delta"
        " points_balance shortfall reward occurred_at progress factor_tenths to_go reward_until"
    ),
    ReferralBonus: "merchant_name card_number unit count",
    ReferralVoided: "merchant_name card_number unit count is_friend is_merge",
    RewardExpired: "merchant_name card_number reward count balance",
    RewardExpiring: "merchant_name card_number reward count last_day closed",
    RewardReady: "merchant_name card_number reward rewards_available unit reward_until",
    Share: "name figures",
    ShopClosing: "merchant_name closes_on is_of_team by",
    ShopEnded: "merchant_name",
    Span: "weekday opens_minute closes_minute",
    StaffAlert: (
        "reason staff_id staff_name card_number unit wanted taken card_id until may_reset device_name reward"
        " by"
    ),
    TakingsTold: "amount purchases usual_stamps given",
    VoidNote: "staff_name store_name card_number kind stamps_delta points_delta occurred_at",
    WelcomeBonus: "merchant_name card_number unit count",
    WinBack: "merchant_name card_number unit count last_day",
}
"""All other fields: about the shop and its team, figures, and ids and numbers of cards, which lead to nobody once the
card has another number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """A customer was erased. The name is not kept, only which row it was, so that the erasure can be repeated in a
    restored copy. ``account_hash`` recognises for a while an account that asks for a welcome bonus again.
    ``wiped_at`` is when nothing of the customer was left in any file of the database."""

    merchant_id: MerchantId
    customer_id: CustomerId
    erased_at: datetime
    is_everywhere: bool
    account_hash: str | None = None
    wiped_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class About:
    """The cards of one customer, to find the values that are about them."""

    card_ids: Collection[CardId]
    numbers: Collection[CardNumber]

    def __contains__(self, value: object) -> bool:
        is_named = getattr(value, "card_id", None) in self.card_ids
        return is_named or getattr(value, "card_number", None) in self.numbers


def is_nobody(account: Account) -> bool:
    return account.bot_id == NOBODY


def without_names(value: ValueT, about: About) -> ValueT:
    """The same value, with the personal fields blanked in the parts of it that are ``about`` these cards."""
    forgotten: Any = _without(value, about)
    return forgotten  # type: ignore[no-any-return]


def _without(value: Any, about: About) -> Any:
    if isinstance(value, tuple):
        return tuple(_without(each, about) for each in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changes = {field.name: _without(getattr(value, field.name), about) for field in fields(value)}
    if value in about:
        personal = PERSONAL.get(type(value), "").split()
        changes |= {name: BLANK for name in personal if changes[name] is not None}
    return replace(value, **changes)
