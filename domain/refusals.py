"""Facts for which a request is turned down. Each has a stable code; its sentence is in ``bot/views/refusals.py``."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, dataclass_transform

from domain.ids import CardNumber, FieldName
from domain.messages import MessageKind
from domain.money import Money
from domain.quick import dataclass
from domain.staff import Role


@dataclass_transform(eq_default=False)
class Refusal(Exception):
    """A request was turned down: nothing was changed, and the person is told why in one sentence.

    A subclass is defined by its name: ``code`` is the name in snake case, and the facts it states are its fields.
    """

    code: ClassVar[str]

    def __init_subclass__(cls) -> None:
        cls.code = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
        dataclass(eq=False)(cls)


class OperationKeyReused(Refusal):
    """The key was used before with other input."""


class NotAllowed(Refusal):
    """The actor is not active staff of this merchant with the right for this act at an active store."""


class ShopCloses(Refusal):
    """The shop is closing: nobody can join any more."""

    merchant_name: str


class ShopHasEnded(Refusal):
    """The shop has ended; its data is being deleted."""

    merchant_name: str


class CardNotFound(Refusal):
    """Not a card of this merchant, whether or not it is one of another."""


class CardNotHeld(CardNotFound):
    """The card is not, or no longer, the asking customer's: it moved to another account, was erased, or its shop has
    ended."""


class CardNumberMistyped(Refusal):
    """The check digit does not fit."""


class CardInactive(Refusal): ...


class ProgramInactive(Refusal): ...


class NoNewCards(Refusal):
    """The program gives out no new cards; existing ones go on."""


class MailAddressMistyped(Refusal): ...


class MailCodeJustSent(Refusal):
    """A code was sent to this address, or asked for by this account, less than a minute ago."""


class MailCodesTooMany(Refusal):
    """Too many codes were sent to this address, or asked for by this account: the next one must wait ``hours`` at
    most. It is a duration because a customer has no shop whose time zone would tell a time."""

    hours: int


class MailCodeOver(Refusal):
    """The code is too old, was tried too often, or was replaced by a newer one."""


class MailCodeWrong(Refusal):
    tries_left: int


class MailboxGone(Refusal):
    """There is no address, or not any more."""


class MailAddressRefused(Refusal):
    """The relay will never take mail for this address."""


class MailNotSent(Refusal):
    """The relay did not accept the mail."""


class WalletSilent(Refusal):
    """The wallet's service did not answer."""


class StampsNotEnabled(Refusal): ...


class PointsNotEnabled(Refusal): ...


class OwnCardRefused(Refusal):
    """Staff may not act on their own card."""


class PinNotSet(Refusal): ...


class PinRequired(Refusal): ...


class PinWrong(Refusal):
    attempts_left: int


class PinLocked(Refusal):
    until: datetime


class PinBlocked(Refusal):
    """Locked until a manager hands out a one-time link."""


class PinMalformed(Refusal):
    digits_min: int
    digits_max: int


class PinsDiffer(Refusal):
    """The two typings of a new PIN differ."""


class CooldownActive(Refusal):
    until: datetime


class DailyLimitReached(Refusal):
    limit: int
    resets_at: datetime


class NotEnoughStamps(Refusal):
    have: int
    need: int


class NotEnoughPoints(Refusal):
    have: int
    need: int


class AmountOutOfRange(Refusal):
    highest: Money


class NoActToday(Refusal):
    """The member has done nothing at this store today."""


class PurchaseDoubted(Refusal):
    """Such an amount is seldom paid here: it must be confirmed."""

    amount: Money


class PurchaseTooSmall(Refusal):
    """``lowest`` is the smallest purchase that earns something."""

    lowest: Money


class PointsOutOfRange(Refusal):
    highest: int


class RewardChanged(Refusal):
    """The reward was changed or taken off the list since it was shown."""


class InterimRewardTaken(Refusal):
    """The interim reward was already handed out for this card."""

    reward: str


class RewardNotChosen(Refusal):
    """More than one reward is possible."""


class AdjustmentReasonMissing(Refusal): ...


class PointRewardsMissing(Refusal):
    """A program with points needs at least one reward for points."""


class StampCountOutOfRange(Refusal):
    highest: int


class EntryAlreadyVoided(Refusal): ...


class NothingToVoid(Refusal):
    """The card has no unvoided act that this member may take back."""


class VoidingSwitchedOff(Refusal):
    """The merchant does not let its team take acts back."""


class VoidTooLate(Refusal):
    """Staff may void only for a while; after ``minutes`` it takes a manager."""

    minutes: int


class VoidReasonMissing(Refusal): ...


class NoteMalformed(Refusal):
    """A note, or a reason kept as one, is empty or too long."""

    length_max: int


class UndoTooLate(Refusal): ...


class LinkUnknown(Refusal):
    """There is no such link, or it is no longer valid."""


class CodeReplaced(LinkUnknown):
    """The code of the card was replaced by a new one."""


class InviteUsed(Refusal): ...


class InviteExpired(Refusal): ...


class InviteNotYours(Refusal):
    """The invitation is for another account alone."""


class InviteOver(Refusal):
    """The invitation that a button bears was withdrawn, or has expired."""


class ChosenOnTeam(Refusal):
    """Who was chosen for the team is on it, as ``name``."""

    name: str


class ChosenInvited(Refusal):
    """Who was chosen for the team is invited to it, as ``name``."""

    name: str


class MoveOver(Refusal):
    """No move of this card waits for an answer any more."""


class MergeOver(Refusal):
    """No merge of this card waits for an answer any more."""


class MoveNotAllowed(Refusal):
    """The link of a move was opened before the holder agreed or the shop vouched."""


class HolderAsked(Refusal):
    """Nobody can vouch for a move or a merge while the holder may still answer."""

    until: datetime


class HolderAskedOften(Refusal):
    """The holder of a card was asked to give it away as often as managers may for a while."""

    until: datetime


class HolderRefused(Refusal):
    """The holder's last answer was no: only an owner or the operator can vouch for the card."""


class CardMerged(Refusal):
    """The card is closed: its balance is on the card ``number``."""

    number: CardNumber


class SameCard(Refusal):
    """A card cannot be merged into itself."""


class OtherProgram(Refusal):
    """Two cards of different programs cannot be merged."""


class CardMergedAway(CardMerged):
    """The account's own card here was merged: it gets no other before what is left of that is erased."""


class HasCardHere(Refusal):
    """A card cannot move to an account that is a customer of this merchant already."""


class OwnPhoneNeeded(Refusal):
    """A member's link was opened on a shared phone."""


class AccountUnknown(Refusal):
    """The member's account is not known, so no link can be made that works for them alone."""


class NoOpenLink(Refusal):
    """No link of this member waits to be opened."""


class AlreadyOnTeam(Refusal):
    merchant_name: str
    role: Role


class JoinedAlready(AlreadyOnTeam):
    """The invitation was for this account alone: nobody else can use it now."""


class OfferOver(Refusal):
    """The offer of the shop to this member is over."""


class StoreNotChosen(Refusal):
    """The member works at several stores and has not chosen one."""


class DialogueOver(Refusal):
    """The question was already answered or replaced, or it has lapsed."""


class AlreadyDisputed(Refusal):
    """And nobody has settled it yet."""


class DisputeWasAnswered(Refusal):
    """The customer says again what the shop has looked into."""


class DisputeNotOpen(Refusal):
    """The dispute is already settled."""


class DisputeGone(Refusal):
    """Nobody disputes the entry, or the card is gone."""


class DisputeNotFound(Refusal):
    """The operator named an entry that nobody disputes."""


class OwnActDisputed(Refusal):
    """Somebody else must judge a dispute about one's own act."""


class ApprovalOver(Refusal):
    """The request was decided or withdrawn, or it has lapsed."""


class ApprovalGone(Refusal):
    """There is no such request, or it is gone with its card."""


class ApprovalNotFound(Refusal):
    """The operator named a request that does not exist."""


class OwnRequest(Refusal):
    """Members cannot approve their own requests."""


class AskerMayNot(Refusal):
    """The member who asked may no longer act on this card there."""

    name: str


class NobodyToAsk(Refusal):
    """No other owner or manager can be told."""


class CustomerToConfirm(Refusal):
    """The reward needs its customer's yes, which has not been said, or too long ago."""


class CustomerUnreachable(Refusal):
    """The customer, whose yes the reward needs, cannot be asked in Telegram."""

    name: str


class CustomerAskedOften(Refusal):
    """The member has asked this customer for their yes too often lately."""

    highest: int


class UseCodeOver(Refusal):
    """The code was shown for a reward longer ago than it is good for, or is of another key."""


class RequestsTooMany(Refusal):
    """The member has too many open requests, or has asked too often lately."""

    highest: int


class MerchantNotFound(Refusal): ...


class StoreNotFound(Refusal): ...


class ProgramNotFound(Refusal): ...


class ProgramNameTaken(Refusal):
    """Another program of the shop has this name."""

    name: str


class TooManyActivePrograms(Refusal):
    """At most ``highest`` programs may be active at a time."""

    highest: int


class TooManyPrograms(Refusal):
    """A shop may have at most ``highest`` programs, paused ones included."""

    highest: int


class FieldsChangedMeanwhile(Refusal):
    """Somebody else changed the fields after they were shown."""


class ChangeNotFound(Refusal):
    """The change is too old, or not this merchant's."""


class OnlyOwner(Refusal):
    """A merchant must keep at least one active owner."""


class OwnTextMalformed(Refusal):
    """``choices`` are the languages that exist."""

    choices: str


class OwnTextsTooMany(Refusal):
    highest: int


class UnitStillHeld(Refusal):
    """Cards hold stamps or points that a program of the new kind does not use."""


class LastOpenStore(Refusal):
    """A merchant must keep at least one open store."""


class StaffNotFound(Refusal):
    """No active member of this merchant."""


class StaffRemoved(Refusal):
    """The member has already left the team."""

    name: str


class NameMalformed(Refusal):
    length_max: int


class RewardMalformed(Refusal):
    length_max: int


class ContactMalformed(Refusal):
    length_max: int


class TimezoneUnknown(Refusal):
    timezone: str


class CurrencyMalformed(Refusal):
    currency: str


class ColourMalformed(Refusal):
    colour: str


class OpeningHoursMalformed(Refusal):
    pass


class LocationMalformed(Refusal):
    pass


class MultiplierMalformed(Refusal):
    """The text is not days with a factor from ``lowest`` to ``highest``."""

    lowest: Decimal
    highest: Decimal


class MultipliersTooMany(Refusal):
    highest: int


class FactorNotWhole(Refusal):
    """A program with stamps needs whole factors: there are no parts of stamps."""


class StampsByAmount(Refusal):
    """The program gives stamps for amounts, not by number."""


class ClosureMalformed(Refusal):
    """The text is neither one date nor a first and a last one."""


class ClosureTooLong(Refusal):
    days_max: int


class ClosureOutOfReach(Refusal):
    """The closure begins too long ago or too far ahead."""

    days_back_max: int
    days_ahead_max: int


class ClosuresTooMany(Refusal):
    highest: int


class ClosureNotFound(Refusal):
    """The closure is not this merchant's, or was already withdrawn."""


class NumberOutOfRange(Refusal):
    field: FieldName
    lowest: int
    highest: int


class RateMalformed(Refusal):
    """The text is not a number from ``lowest`` to ``highest`` with at most three decimals."""

    field: FieldName
    lowest: Decimal
    highest: Decimal


class FieldAmountMalformed(Refusal):
    """The text is not an amount in the merchant's currency; ``example`` is one."""

    field: FieldName
    currency: str
    example: Decimal


class ChoiceUnknown(Refusal):
    field: FieldName
    choices: str


class PointRewardMalformed(Refusal):
    """The text is not a price and a name."""

    text: str


class InterimRewardMalformed(Refusal):
    """The text is not a number of stamps and a name."""

    text: str


class InterimRewardTooLate(Refusal):
    """An interim reward must come before the card is full."""

    reward: str
    target: int


class DatesMalformed(Refusal):
    """The text is neither a date nor the first and the last one of a range."""


class TooManyDays(Refusal):
    days_max: int


class TakingsDayOutOfRange(Refusal):
    """The day is in the future, or more than ``days_max`` days ago."""

    days_max: int


class TakingsDoubted(Refusal):
    """The takings are far from what the store usually takes: they must be confirmed."""

    amount: Money
    usual: Money


class RoleNeedsStore(Refusal):
    """Staff and terminals work at a store."""


class WordingKindFixed(Refusal):
    """Messages of this kind have no wording of a merchant's own."""

    kind: MessageKind


class WordingEmpty(Refusal): ...


class WordingTooLong(Refusal):
    """In characters, as it was written."""

    length_max: int


class WordingTooLongFilled(Refusal):
    """In UTF-16 code units, with the longest values in its placeholders."""

    length_max: int


class WordingPlaceholderUnknown(Refusal):
    """``name`` is what is in the curly brackets."""

    name: str


class WordingPlaceholderMissing(Refusal):
    name: str


class NoBirthdayBonus(Refusal):
    """The account is no customer there, or the shop gives nothing for a birthday."""


class BirthdayMalformed(Refusal):
    """There is no such day in any year."""


class BirthdayChangedBefore(Refusal):
    """A birthday may be changed once a year. ``until`` is a local date."""

    until: date


class NobodyToInvite(Refusal):
    """The account has no card for which there is a referral bonus, or is one of the team."""


class OwnInvitation(Refusal):
    """The link was opened by the customer who gave it out."""


class InvitationToTeam(Refusal):
    """Who opens a customer's link serves the shop's customers."""


class WordingMarkupBroken(Refusal):
    """``found`` is the tag, reference, bracket or character that is wrong."""

    found: str


class CampaignNotFound(Refusal):
    """Not a campaign of this merchant, whether or not it is one of another."""


class CampaignOver(Refusal):
    """The campaign has begun or ended, and this can no longer be done."""


class CampaignTextEmpty(Refusal): ...


class CampaignTextTooLong(Refusal):
    """In UTF-16 code units, as it is shown."""

    length_max: int


class CampaignFillsNothingIn(Refusal):
    """``found`` looks like a placeholder, which customers would read as it stands."""

    found: str


class CampaignInPast(Refusal):
    """The planned time is over."""


class MarketingOff(Refusal):
    """The shop sends no marketing."""


class BlanksTooMany(Refusal):
    """There may be at most ``highest`` cards that nobody has yet."""

    highest: int


class FlagNotFound(Refusal):
    """The merchant has no such flag."""


class SheetNotFound(Refusal):
    """There is no such sheet, or no card of it is left to print."""


class PaperOver(Refusal):
    """The program takes no stamps from paper, or this card has already begun."""


class PaperTooMany(Refusal):
    """1 to ``highest`` stamps may be taken from paper."""

    highest: int


class PaperLimitReached(Refusal):
    """The member has already begun ``limit`` cards from paper today."""

    limit: int


class CardCodeOver(Refusal):
    """The code that was mailed to prove the address of a card is too old, was tried too often, or is another
    account's."""


class CardsMailedTooMany(Refusal):
    """The member has already given ``limit`` cards by mail within a day."""

    limit: int


class AdoptionOver(Refusal):
    """Nobody asks for this card any more."""
