"""Facts for which a request is turned down. Each has a stable code; the sentences live in ``bot/texts``."""

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
    """Nothing was changed, and the person is told why in one sentence.

    A subclass is its name: the stable ``code`` is the name in lower case, and the facts it states are its fields.
    """

    code: ClassVar[str]

    def __init_subclass__(cls) -> None:
        cls.code = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
        dataclass(eq=False)(cls)


class OperationKeyReused(Refusal):
    """The key was seen before with other input."""


class NotAllowed(Refusal):
    """Not active staff of this merchant with the right for this act at an active store."""


class ShopCloses(Refusal):
    """Nobody joins any more."""

    merchant_name: str


class ShopHasEnded(Refusal):
    """Its time has come: what is kept of it goes."""

    merchant_name: str


class CardNotFound(Refusal):
    """Not a card of this merchant, whether or not it is one of another."""


class CardNotHeld(CardNotFound):
    """Not a card of who asks, or not any more: it moved to another account, was erased, or its shop has ended."""


class CardNumberMistyped(Refusal):
    """The check digit does not fit."""


class CardInactive(Refusal): ...


class ProgramInactive(Refusal): ...


class NoNewCards(Refusal):
    """Who holds a card of the program goes on; nobody else gets one."""


class MailAddressMistyped(Refusal): ...


class MailCodeJustSent(Refusal):
    """To this address, or by this account: one may still be on its way."""


class MailCodesTooMany(Refusal):
    """So many codes were sent to this address, or by this account, that the next must wait, no longer than ``hours``:
    whoever asks may be at no shop by whose clock a time could be told."""

    hours: int


class MailCodeOver(Refusal):
    """Too old, tried too often, or replaced by a newer one."""


class MailCodeWrong(Refusal):
    tries_left: int


class MailboxGone(Refusal):
    """There is no address, or not any more."""


class MailAddressRefused(Refusal):
    """The relay will never take mail for this address."""


class MailNotSent(Refusal):
    """The relay did not take it."""


class WalletSilent(Refusal):
    """What stands behind a wallet did not answer."""


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
    """The second typing of a new PIN was not the first."""


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
    """So much is seldom paid here: it has to be said twice."""

    amount: Money


class PurchaseTooSmall(Refusal):
    """``lowest`` is the smallest purchase that earns a point."""

    lowest: Money


class PointsOutOfRange(Refusal):
    highest: int


class RewardChanged(Refusal):
    """The reward was changed or taken off the list since it was shown."""


class InterimRewardTaken(Refusal):
    """It was handed out for this card already."""

    reward: str


class RewardNotChosen(Refusal):
    """More than one reward is possible."""


class AdjustmentReasonMissing(Refusal): ...


class PointRewardsMissing(Refusal):
    """A program with points needs at least one reward for them."""


class StampCountOutOfRange(Refusal):
    highest: int


class EntryAlreadyVoided(Refusal): ...


class NothingToVoid(Refusal):
    """The card has no unvoided act that this member may take back."""


class VoidingSwitchedOff(Refusal):
    """The merchant does not let its team void."""


class VoidTooLate(Refusal):
    """Staff may void only for a while; after that it takes a manager."""

    minutes: int


class VoidReasonMissing(Refusal): ...


class NoteMalformed(Refusal):
    """A note, or a reason kept as one, is empty or too long."""

    length_max: int


class UndoTooLate(Refusal): ...


class LinkUnknown(Refusal):
    """No such link, or no longer valid."""


class CodeReplaced(LinkUnknown):
    """A card's code of before."""


class InviteUsed(Refusal): ...


class InviteExpired(Refusal): ...


class MoveOver(Refusal):
    """No move of this card waits for an answer any more."""


class MoveNotAllowed(Refusal):
    """The link to a card was opened before its holder agreed or the shop vouched."""


class HolderAsked(Refusal):
    """Nobody vouches for a move while its holder may still answer."""

    until: datetime


class CardMerged(Refusal):
    """The card is closed: what was on it is on the one with this number."""

    number: CardNumber


class SameCard(Refusal):
    """A card cannot be merged into itself."""


class OtherProgram(Refusal):
    """Two cards of different programs cannot be merged."""


class CardMergedAway(Refusal):
    """A card moves to the account of one that was merged into another."""


class HasCardHere(Refusal):
    """A card cannot move to an account that is a customer of this merchant already."""


class OwnPhoneNeeded(Refusal):
    """A member's link was opened on the counter's shared phone."""


class AccountUnknown(Refusal):
    """The member has no account here that could open a link for them alone."""


class NoOpenLink(Refusal):
    """No link of this member waits to be opened."""


class AlreadyOnTeam(Refusal):
    merchant_name: str
    role: Role


class OfferOver(Refusal):
    """The shop was offered to the member, and is not any more."""


class StoreNotChosen(Refusal):
    """Works at several stores and has not said at which now."""


class DialogueOver(Refusal):
    """The question this answers has been answered, replaced or has lapsed."""


class AlreadyDisputed(Refusal):
    """And nobody has settled it yet."""


class DisputeWasAnswered(Refusal):
    """The customer says again what the shop has looked into."""


class DisputeNotOpen(Refusal):
    """It is settled."""


class DisputeGone(Refusal):
    """Nobody disputes it, or the card has gone since."""


class DisputeNotFound(Refusal):
    """The operator named an entry that nobody disputes."""


class OwnActDisputed(Refusal):
    """Whether it was right is for somebody else to say."""


class ApprovalOver(Refusal):
    """What was asked for is decided, withdrawn or lapsed."""


class ApprovalGone(Refusal):
    """Nobody asked for it, or it has gone with the card since."""


class ApprovalNotFound(Refusal):
    """The operator named a request that there is not."""


class OwnRequest(Refusal):
    """Nobody approves what they asked for themselves."""


class AskerMayNot(Refusal):
    """Who asked for it may not act on this card there any more."""

    name: str


class NobodyToAsk(Refusal):
    """No other owner or manager can be told."""


class RequestsTooMany(Refusal):
    """The member has so many that wait, or has asked too often of late."""

    highest: int


class MerchantNotFound(Refusal): ...


class StoreNotFound(Refusal): ...


class ProgramNotFound(Refusal): ...


class ProgramNameTaken(Refusal):
    """Another program of the shop is called so."""

    name: str


class TooManyActivePrograms(Refusal):
    """So many may be switched on at a time."""

    highest: int


class TooManyPrograms(Refusal):
    """So many a shop may have, paused ones among them."""

    highest: int


class FieldsChangedMeanwhile(Refusal):
    """Somebody else changed them after they were shown."""


class ChangeNotFound(Refusal):
    """It is too long ago, or not this merchant's."""


class OnlyOwner(Refusal):
    """A merchant keeps an active owner."""


class OwnTextMalformed(Refusal):
    """``choices`` are the languages there are."""

    choices: str


class OwnTextsTooMany(Refusal):
    highest: int


class UnitStillHeld(Refusal):
    """Cards hold stamps or points that a program of this kind would have no use for."""


class LastOpenStore(Refusal):
    """A merchant keeps an open store."""


class StaffNotFound(Refusal):
    """No active member of this merchant."""


class StaffRemoved(Refusal):
    """The member is off the team already."""

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
    """No days with a factor of ``lowest`` to ``highest``."""

    lowest: Decimal
    highest: Decimal


class MultipliersTooMany(Refusal):
    highest: int


class FactorNotWhole(Refusal):
    """There are no halves of stamps."""


class StampsByAmount(Refusal):
    """Stamps are given for what is paid, not by number."""


class ClosureMalformed(Refusal):
    """Neither one date nor a first and a last."""


class ClosureTooLong(Refusal):
    days_max: int


class ClosureOutOfReach(Refusal):
    """It begins too long ago, or too far ahead."""

    days_back_max: int
    days_ahead_max: int


class ClosuresTooMany(Refusal):
    highest: int


class ClosureNotFound(Refusal):
    """Not one of this merchant's, or taken back already."""


class NumberOutOfRange(Refusal):
    field: FieldName
    lowest: int
    highest: int


class RateMalformed(Refusal):
    """Not a number between these with three decimals at most."""

    field: FieldName
    lowest: Decimal
    highest: Decimal


class FieldAmountMalformed(Refusal):
    """Not an amount in the merchant's currency, as ``example`` is."""

    field: FieldName
    currency: str
    example: Decimal


class ChoiceUnknown(Refusal):
    field: FieldName
    choices: str


class PointRewardMalformed(Refusal):
    """Not a price and a name."""

    text: str


class InterimRewardMalformed(Refusal):
    """Not a number of stamps and a name."""

    text: str


class InterimRewardTooLate(Refusal):
    """It must come before the card is full."""

    reward: str
    target: int


class DatesMalformed(Refusal):
    """Neither a date nor the first and the last of a range."""


class TooManyDays(Refusal):
    days_max: int


class TakingsDayOutOfRange(Refusal):
    """A day that is still to come, or that long ago."""

    days_max: int


class TakingsDoubted(Refusal):
    """They are far from what the store usually takes: it has to be said twice."""

    amount: Money
    usual: Money


class RoleNeedsStore(Refusal):
    """Staff and terminals work at a store."""


class WordingKindFixed(Refusal):
    """A message of this kind always has the words of the house."""

    kind: MessageKind


class WordingEmpty(Refusal): ...


class WordingTooLong(Refusal):
    """As written, in characters."""

    length_max: int


class WordingTooLongFilled(Refusal):
    """With the longest names in it, in UTF-16 code units."""

    length_max: int


class WordingPlaceholderUnknown(Refusal):
    """``name`` is what stands in the curly brackets."""

    name: str


class WordingPlaceholderMissing(Refusal):
    name: str


class NoBirthdayBonus(Refusal):
    """No customer there, or the shop has nothing for a birthday."""


class BirthdayMalformed(Refusal):
    """No year has this day."""


class BirthdayChangedBefore(Refusal):
    """Once a year; ``until`` is a local date."""

    until: date


class NobodyToInvite(Refusal):
    """No card for which there is a bonus, or one of the team's."""


class OwnInvitation(Refusal):
    """Who opens the link is who gave it out."""


class InvitationToTeam(Refusal):
    """Who opens a customer's link serves the shop's customers."""


class WordingMarkupBroken(Refusal):
    """``found`` is the tag, reference, bracket or character that is not right."""

    found: str


class CampaignNotFound(Refusal):
    """Not one of this merchant, whether or not it is of another."""


class CampaignOver(Refusal):
    """It has begun, or has ended, and this can be done no more."""


class CampaignTextEmpty(Refusal): ...


class CampaignTextTooLong(Refusal):
    """As it is shown, in UTF-16 code units."""

    length_max: int


class CampaignInPast(Refusal):
    """It is planned for a time that is over."""


class MarketingOff(Refusal):
    """The shop writes no marketing."""


class BlanksTooMany(Refusal):
    """So many printed cards that nobody has may be there at most."""

    highest: int


class FlagNotFound(Refusal):
    """Of this merchant."""


class SheetNotFound(Refusal):
    """There is no such sheet, or no card of it is left to print."""


class PaperOver(Refusal):
    """Cards begin empty here, or this one has begun already."""


class PaperTooMany(Refusal):
    """From 1 to ``highest`` stamps may come from paper."""

    highest: int


class PaperLimitReached(Refusal):
    """The member has begun so many cards from paper today."""

    limit: int


class CardCodeOver(Refusal):
    """The code that went to the mailbox of a card is too old, was tried too often, or is another's."""


class CardsMailedTooMany(Refusal):
    """The member has given so many cards by mail within a day."""

    limit: int


class AdoptionOver(Refusal):
    """Nobody asks for this card any more."""
