"""Facts for which a request is turned down. Each has a stable code; the sentences live in ``bot/texts``."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from domain.ids import FieldName
from domain.messages import MessageKind
from domain.money import Money
from domain.staff import Role


class Refusal(Exception):
    """Nothing was changed, and the person is told why in one sentence."""

    code: ClassVar[str]


class OperationKeyReused(Refusal):
    """The key was seen before with other input."""

    code = "operation_key_reused"


class NotAllowed(Refusal):
    """Not active staff of this merchant with the right for this act at an active store."""

    code = "not_allowed"


class CardNotFound(Refusal):
    """Not a card of this merchant, whether or not it is one of another."""

    code = "card_not_found"


class CardNumberMistyped(Refusal):
    """The check digit does not fit."""

    code = "card_number_mistyped"


class CardInactive(Refusal):
    code = "card_inactive"


class ProgramInactive(Refusal):
    code = "program_inactive"


class StampsNotEnabled(Refusal):
    code = "stamps_not_enabled"


class PointsNotEnabled(Refusal):
    code = "points_not_enabled"


class OwnCardRefused(Refusal):
    """Staff may not act on their own card."""

    code = "own_card"


class PinNotSet(Refusal):
    code = "pin_not_set"


class PinRequired(Refusal):
    code = "pin_required"


@dataclass(eq=False)
class PinWrong(Refusal):
    code = "pin_wrong"
    attempts_left: int


@dataclass(eq=False)
class PinLocked(Refusal):
    code = "pin_locked"
    until: datetime


class PinBlocked(Refusal):
    """Locked until a manager hands out a one-time link."""

    code = "pin_blocked"


@dataclass(eq=False)
class PinMalformed(Refusal):
    code = "pin_malformed"
    digits_min: int
    digits_max: int


class PinsDiffer(Refusal):
    """The second typing of a new PIN was not the first."""

    code = "pins_differ"


@dataclass(eq=False)
class CooldownActive(Refusal):
    code = "cooldown_active"
    until: datetime


@dataclass(eq=False)
class DailyLimitReached(Refusal):
    code = "daily_limit_reached"
    limit: int
    resets_at: datetime


@dataclass(eq=False)
class NotEnoughStamps(Refusal):
    code = "not_enough_stamps"
    have: int
    need: int


@dataclass(eq=False)
class NotEnoughPoints(Refusal):
    code = "not_enough_points"
    have: int
    need: int


@dataclass(eq=False)
class AmountOutOfRange(Refusal):
    code = "amount_out_of_range"
    highest: Money


@dataclass(eq=False)
class PurchaseTooSmall(Refusal):
    """``lowest`` is the smallest purchase that earns a point."""

    code = "purchase_too_small"
    lowest: Money


@dataclass(eq=False)
class PointsOutOfRange(Refusal):
    code = "points_out_of_range"
    highest: int


class RewardChanged(Refusal):
    """The reward was changed or taken off the list since it was shown."""

    code = "reward_changed"


class RewardNotChosen(Refusal):
    """More than one reward is possible."""

    code = "reward_not_chosen"


class AdjustmentReasonMissing(Refusal):
    code = "adjustment_reason_missing"


class PointRewardsMissing(Refusal):
    """A program with points needs at least one reward for them."""

    code = "point_rewards_missing"


@dataclass(eq=False)
class StampCountOutOfRange(Refusal):
    code = "stamp_count_out_of_range"
    highest: int


class EntryAlreadyVoided(Refusal):
    code = "entry_already_voided"


class NothingToVoid(Refusal):
    """The card has no unvoided act that this member may take back."""

    code = "nothing_to_void"


class VoidingSwitchedOff(Refusal):
    """The merchant does not let its team void."""

    code = "voiding_switched_off"


@dataclass(eq=False)
class VoidTooLate(Refusal):
    """Staff may void only for a while; after that it takes a manager."""

    code = "void_too_late"
    minutes: int


class VoidReasonMissing(Refusal):
    code = "void_reason_missing"


class UndoTooLate(Refusal):
    code = "undo_too_late"


class LinkUnknown(Refusal):
    """No such link, or no longer valid."""

    code = "link_unknown"


class InviteUsed(Refusal):
    code = "invite_used"


class InviteExpired(Refusal):
    code = "invite_expired"


class OwnPhoneNeeded(Refusal):
    """A member's link was opened on the counter's shared phone."""

    code = "own_phone_needed"


class AccountUnknown(Refusal):
    """The member has no account here that could open a link for them alone."""

    code = "account_unknown"


class NoOpenLink(Refusal):
    """No link of this member waits to be opened."""

    code = "no_open_link"


@dataclass(eq=False)
class AlreadyOnTeam(Refusal):
    code = "already_on_team"
    merchant_name: str
    role: Role


class StoreNotChosen(Refusal):
    """Works at several stores and has not said at which now."""

    code = "store_not_chosen"


class DialogueOver(Refusal):
    """The question this answers has been answered, replaced or has lapsed."""

    code = "dialogue_over"


class AlreadyDisputed(Refusal):
    code = "already_disputed"


class MerchantNotFound(Refusal):
    code = "merchant_not_found"


class StoreNotFound(Refusal):
    code = "store_not_found"


class ProgramNotFound(Refusal):
    code = "program_not_found"


class FieldsChangedMeanwhile(Refusal):
    """Somebody else changed them after they were shown."""

    code = "fields_changed_meanwhile"


class OnlyOwner(Refusal):
    """A merchant keeps an active owner."""

    code = "only_owner"


class StaffNotFound(Refusal):
    """No active member of this merchant."""

    code = "staff_not_found"


@dataclass(eq=False)
class NameMalformed(Refusal):
    code = "name_malformed"
    length_max: int


@dataclass(eq=False)
class RewardMalformed(Refusal):
    code = "reward_malformed"
    length_max: int


@dataclass(eq=False)
class TimezoneUnknown(Refusal):
    code = "timezone_unknown"
    timezone: str


@dataclass(eq=False)
class CurrencyMalformed(Refusal):
    code = "currency_malformed"
    currency: str


@dataclass(eq=False)
class ColourMalformed(Refusal):
    code = "colour_malformed"
    colour: str


@dataclass(eq=False)
class NumberOutOfRange(Refusal):
    code = "number_out_of_range"
    field: FieldName
    lowest: int
    highest: int


@dataclass(eq=False)
class RateMalformed(Refusal):
    """Not a number between these with three decimals at most."""

    code = "rate_malformed"
    field: FieldName
    lowest: Decimal
    highest: Decimal


@dataclass(eq=False)
class FieldAmountMalformed(Refusal):
    """Not an amount in the merchant's currency, as ``example`` is."""

    code = "field_amount_malformed"
    field: FieldName
    currency: str
    example: Decimal


@dataclass(eq=False)
class ChoiceUnknown(Refusal):
    code = "choice_unknown"
    field: FieldName
    choices: str


@dataclass(eq=False)
class PointRewardMalformed(Refusal):
    """Not a price and a name."""

    code = "point_reward_malformed"
    text: str


class RoleNeedsStore(Refusal):
    """Staff and terminals work at a store."""

    code = "role_needs_store"


@dataclass(eq=False)
class WordingKindFixed(Refusal):
    """A message of this kind always has the words of the house."""

    code = "wording_kind_fixed"
    kind: MessageKind


class WordingEmpty(Refusal):
    code = "wording_empty"


@dataclass(eq=False)
class WordingTooLong(Refusal):
    """As written, in characters."""

    code = "wording_too_long"
    length_max: int


@dataclass(eq=False)
class WordingTooLongFilled(Refusal):
    """With the longest names in it, in UTF-16 code units."""

    code = "wording_too_long_filled"
    length_max: int


@dataclass(eq=False)
class WordingPlaceholderUnknown(Refusal):
    """``name`` is what stands in the curly brackets."""

    code = "wording_placeholder_unknown"
    name: str


@dataclass(eq=False)
class WordingPlaceholderMissing(Refusal):
    code = "wording_placeholder_missing"
    name: str


@dataclass(eq=False)
class WordingMarkupBroken(Refusal):
    """``found`` is the tag, reference, bracket or character that is not right."""

    code = "wording_markup_broken"
    found: str
