"""One sentence for each refusal: what is the matter and what to do, in the person's language.

At most 200 characters once filled, so that it also fits the alert of a pressed button
(https://core.telegram.org/bots/api#answercallbackquery). A sentence is filled from the refusal's own fields.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bot.kit import refusals as chat
from bot.texts import Texts, mark, mark_plural
from bot.views.fields import named
from bot.views.moments import since
from bot.views.progress import spaced
from bot.views.team import role_name
from domain import refusals as facts
from domain.ids import FieldName
from domain.money import Money
from domain.quick import dataclass
from domain.refusals import Refusal
from domain.staff import Role


@dataclass(frozen=True, slots=True)
class Counted:
    """A sentence whose form depends on one of the refusal's fields, which fills ``{count}``."""

    forms: tuple[str, str]
    field: str


def grouped(t: Texts, number: int | Decimal) -> str:
    """With as many decimals as it has: "1,000", "5.00"."""
    whole, point, decimals = f"{Decimal(number):f}".partition(".")
    return t.number(int(whole)) + (f"{t.decimal_sign}{decimals}" if point else "")


def sentence(
    t: Texts,
    refusal: Refusal,
    timezone: str,
    name_of: Callable[[Texts, FieldName], str] = named,
    now: datetime | None = None,
    number_of: Callable[[Texts, int | Decimal], str] = grouped,
) -> str:
    """``timezone`` is that of the merchant at hand. Times are told relative to ``now``, with their date if it is
    None. ``name_of`` says what a field is called, ``number_of`` how a number is written."""
    said = SENTENCES[type(refusal)]

    def shown(name: str, value: Any) -> object:
        if name == "field":
            return name_of(t, value)
        return number_of(t, value) if isinstance(value, int | Decimal) else _shown(t, value, timezone, now)

    values = {name: shown(name, value) for name, value in vars(refusal).items()}
    if isinstance(refusal, facts.CardMerged):
        values["number"] = spaced(refusal.number)
    if isinstance(said, str):
        return t(said, **values)
    singular, plural = said.forms
    return t.n(singular, plural, getattr(refusal, said.field), **values)


def _shown(t: Texts, value: object, timezone: str, now: datetime | None) -> object:
    match value:
        case datetime():
            return since(t, value, timezone, now)
        case date():
            return t.local_date(value)
        case Money():
            return t.money(value)
        case Role():
            return role_name(t, value)
        case _:
            return value


SENTENCES: dict[type[Refusal], str | Counted] = {
    facts.OperationKeyReused: mark(
        "This button was already used for something else. Look up the card again."
    ),
    facts.NotAllowed: mark("You may not do this here. Ask the owner, or check where you are working: /store"),
    facts.ShopCloses: mark("{merchant_name} is closing and gives no new cards."),
    facts.ShopHasEnded: mark("{merchant_name} has closed for good: it is too late to keep it open."),
    facts.CardNotFound: mark("There is no such card here. Check the number or scan the code again."),
    facts.CardNotHeld: mark("You do not have this card any more. /card shows those that you have."),
    facts.CardNumberMistyped: mark(
        "This card number cannot be right. Check its nine digits and send it again."
    ),
    facts.MailAddressMistyped: mark("This is no e-mail address. Check it and send it again."),
    facts.MailCodeJustSent: mark("A code was sent just now. Wait a minute for it, then ask for another."),
    facts.MailCodesTooMany: Counted(
        mark_plural(
            "Several codes were sent already. The next can be sent in {count} hour.",
            "Several codes were sent already. The next can be sent in {count} hours.",
        ),
        "hours",
    ),
    facts.MailCodeOver: mark("This code is over. Send /email and have a new one sent."),
    facts.MailCodeWrong: Counted(
        mark_plural("Wrong code. {count} try left.", "Wrong code. {count} tries left."), "tries_left"
    ),
    facts.MailboxGone: mark("There is no e-mail address any more: /email begins anew."),
    facts.WalletSilent: mark("The wallet does not answer. Try again in a minute."),
    facts.MailAddressRefused: mark("This address takes no mail. Check it, or send another."),
    facts.MailNotSent: mark("The e-mail could not be sent. Check the address, or try again in a minute."),
    facts.CardInactive: mark("This card is blocked. With /find an owner or manager can unblock it."),
    facts.NoNewCards: mark("There are no new cards of this kind any more. Ask the owner."),
    facts.ProgramInactive: mark(
        "This card program is switched off at the moment. The owner can switch it on again."
    ),
    facts.StampsNotEnabled: mark("This card collects points, not stamps."),
    facts.PointsNotEnabled: mark("This card collects stamps, not points."),
    facts.OwnCardRefused: mark("This is your own card. Ask a colleague to do it."),
    facts.PinNotSet: mark("Choose a PIN first: open your link again, on your own phone."),
    facts.PinRequired: mark("Type your PIN first."),
    facts.PinWrong: Counted(
        mark_plural("Wrong PIN. {count} try left.", "Wrong PIN. {count} tries left."), "attempts_left"
    ),
    facts.PinLocked: mark("Too many wrong PINs. Try again {until}, or ask a manager."),
    facts.PinBlocked: mark(
        "Your PIN is locked. Ask a manager, or whoever looks after this bot, for a link to choose a new one."
    ),
    facts.PinMalformed: mark("A PIN has {digits_min} to {digits_max} digits. Type it again."),
    facts.PinsDiffer: mark("The two PINs are not the same. Choose one again."),
    facts.CooldownActive: mark("This card has been stamped already. The next stamp is possible {until}."),
    facts.DailyLimitReached: Counted(
        mark_plural(
            "Only {count} stamp a day: more {resets_at}.",
            "Only {count} stamps a day: more {resets_at}.",
        ),
        "limit",
    ),
    facts.NotEnoughStamps: mark("Not enough stamps: {have} of {need}."),
    facts.NotEnoughPoints: mark("Not enough points: {have} of {need}."),
    facts.AmountOutOfRange: mark("Enter an amount up to {highest}."),
    facts.NoActToday: mark("You have done nothing here today."),
    facts.PurchaseDoubted: mark("{amount} is unusually much. Say it once more."),
    facts.PurchaseTooSmall: mark("Too small: {lowest} is the smallest purchase."),
    facts.PointsOutOfRange: mark("Enter a number of points from 1 to {highest}, with - to take some away."),
    facts.RewardChanged: mark("The rewards have changed meanwhile. Look at the card again."),
    facts.RewardNotChosen: mark("More than one reward is possible. Look up the card and choose one."),
    facts.AdjustmentReasonMissing: mark(
        "Say why, after the points: /adjust 482 109 375 +50 forgotten purchase"
    ),
    facts.StampCountOutOfRange: mark("Enter a number of stamps from 1 to {highest}."),
    facts.EntryAlreadyVoided: mark("This was already taken back."),
    facts.NothingToVoid: mark("There is nothing on this card that you could take back."),
    facts.VoidingSwitchedOff: mark("Taking back is switched off here. Ask the owner."),
    facts.VoidTooLate: Counted(
        mark_plural(
            "You can take back what you did yourself for {count} minute. After that, ask a manager.",
            "You can take back what you did yourself for {count} minutes. After that, ask a manager.",
        ),
        "minutes",
    ),
    facts.NoteMalformed: mark("Please write 1 to {length_max} characters."),
    facts.VoidReasonMissing: mark("Say why, after the number: /void 482 109 375 1 wrong card"),
    facts.UndoTooLate: mark("Undo works for 60 seconds only. Use /void instead."),
    facts.LinkUnknown: mark("This link does not work, or not any more. Ask for a new one."),
    facts.CodeReplaced: mark(
        "This code was replaced or withdrawn: ask for the new one, or take another card."
    ),
    facts.InviteUsed: mark("This link was already used. Ask for a new one."),
    facts.InviteExpired: mark("This link has expired. Ask for a new one."),
    facts.InviteNotYours: mark("This invitation is for somebody else alone. Ask for one of your own."),
    facts.InviteOver: mark("This invitation does not hold any more. Ask whoever sent it for a new one."),
    facts.ChosenOnTeam: mark("{name} is on the team already. Choose somebody else, or cancel."),
    facts.ChosenInvited: mark("{name} is invited already. Withdraw that in /team to invite them anew."),
    facts.MoveOver: mark("No move of this card is waiting any more. Ask at the counter."),
    facts.MergeOver: mark("No merge of this card is waiting any more. Ask at the counter."),
    facts.MoveNotAllowed: mark(
        "The card cannot come here yet: answer on the old account, or ask the shop to vouch for you. Then open this"
        " link again."
    ),
    facts.HolderAsked: mark("The holder was asked and has not answered yet. You can vouch {until}."),
    facts.HolderAskedOften: mark(
        "The holder has been asked often enough for now. You can ask again {until}; an owner can ask now."
    ),
    facts.HolderRefused: mark("The holder has said no. Only an owner can vouch for the card now."),
    facts.CardMerged: mark("This card is closed: it was merged into card {number}."),
    facts.SameCard: mark("That is the same card. Send the number of the other one."),
    facts.OtherProgram: mark("These two cards are of different programs and cannot be merged."),
    facts.CardMergedAway: mark(
        "Your card here was merged into card {number}. For one on this account, erase with /privacy what is left of"
        " it, then scan the code or open the link again."
    ),
    facts.HasCardHere: mark("You have a card of this shop already: ask there to have the two merged."),
    facts.OwnPhoneNeeded: mark(
        "This link is for your own phone: scan this code with its camera, tap Start and choose a PIN. Then pick your"
        " name here."
    ),
    facts.AccountUnknown: mark(
        "The bot does not know this member's Telegram account. Take them off the team and invite them again; they"
        " open the link on their own phone."
    ),
    facts.NoOpenLink: mark("There is no link of this member that could still be opened."),
    facts.AlreadyOnTeam: mark(
        "You are already {role} at {merchant_name}. The link still works for somebody else."
    ),
    facts.JoinedAlready: mark("You are already {role} at {merchant_name}."),
    facts.OfferOver: mark("This offer does not hold any more."),
    facts.StoreNotChosen: mark("Say first where you are working: /store"),
    facts.DialogueOver: mark("This question is over. Start again."),
    facts.AlreadyDisputed: mark("You have already told us; the shop knows."),
    facts.DisputeWasAnswered: mark("You have already told us, and the shop has answered."),
    facts.DisputeNotOpen: mark("This is settled already."),
    facts.DisputeGone: mark("Nobody disputes this any more: there is nothing left to settle."),
    facts.DisputeNotFound: mark(
        "There is no dispute with this id. Take one that stempel dispute list prints."
    ),
    facts.OwnActDisputed: mark("You did this yourself: somebody else has to say whether it was right."),
    facts.ApprovalOver: mark("This request is over: it was answered, withdrawn or too late."),
    facts.ApprovalGone: mark("There is no such request any more. Whoever still needs it asks again."),
    facts.ApprovalNotFound: mark(
        "There is no request with this id. Take one that stempel approval list prints."
    ),
    facts.OwnRequest: mark("You asked for this yourself: somebody else has to answer."),
    facts.AskerMayNot: mark("{name} may not do this here any more."),
    facts.NobodyToAsk: mark(
        "The bot can reach nobody who could allow this. Ask an owner or manager in person."
    ),
    facts.CustomerToConfirm: mark("This reward needs its customer's yes in Telegram."),
    facts.CustomerUnreachable: mark(
        "This reward needs the yes of {name}, whom the bot cannot reach: they have to unblock the chat."
    ),
    facts.CustomerAskedOften: mark(
        "You have asked {highest} times already. The customer can show a code: “Use reward” below their card."
    ),
    facts.UseCodeOver: mark("This code is over. The customer taps “Use reward” below their card again."),
    facts.RequestsTooMany: mark(
        "That is {highest} requests already: wait for the answers, or ask in person."
    ),
    facts.MerchantNotFound: mark("There is no such merchant. Check the id."),
    facts.StoreNotFound: mark("There is no such store at this merchant. Check the id."),
    facts.ProgramNameTaken: mark("Another program is called “{name}” already. Choose another name."),
    facts.TooManyActivePrograms: mark("At most {highest} programs run at a time. Pause one first."),
    facts.TooManyPrograms: mark("A shop has at most {highest} programs. Use one that is paused again."),
    facts.ProgramNotFound: mark("There is no such program at this merchant. Check the id."),
    facts.FieldsChangedMeanwhile: mark("Somebody else has just changed this. Look at it and try again."),
    facts.ChangeNotFound: mark(
        "This change is too long ago to be taken back here. Change the field itself with /settings."
    ),
    facts.PointRewardsMissing: mark("Give at least one reward for points, with its price in points."),
    facts.OnlyOwner: mark("This is the only owner. Invite another one first, who opens the link."),
    facts.OwnTextMalformed: mark(
        "Write each line as a language ({choices}), a reward and what it is called: fr Tea=Thé."
    ),
    facts.OwnTextsTooMany: mark("At most {highest} lines."),
    facts.UnitStillHeld: mark(
        "Some cards still hold what such a program would not count any more. Choose stamps and points together."
    ),
    facts.LastOpenStore: mark("This is the only open store. Open another one first."),
    facts.StaffRemoved: mark("{name} is not on the team any more."),
    facts.StaffNotFound: mark("There is no such active member of the team. Check the id."),
    facts.TakingsDayOutOfRange: mark("Give a day that has begun, at most {days_max} days ago."),
    facts.TakingsDoubted: mark("{amount} is far from the usual {usual}. Say it once more."),
    facts.DatesMalformed: mark("Give a day, or the first and the last: 1.11.2026 – 15.11.2026."),
    facts.TooManyDays: mark("A report covers at most {days_max} days."),
    facts.NameMalformed: mark("Give a name of 1 to {length_max} characters on one line."),
    facts.RewardMalformed: mark("Describe the reward in 1 to {length_max} characters on one line."),
    facts.ContactMalformed: mark("Give a contact of 1 to {length_max} characters on one line."),
    facts.TimezoneUnknown: mark("There is no time zone {timezone}. Give one such as Europe/Luxembourg."),
    facts.CurrencyMalformed: mark("{currency} is not a currency. Give three letters such as EUR."),
    facts.ColourMalformed: mark("{colour} is not a colour. Give one such as #6f4e37."),
    facts.OpeningHoursMalformed: mark(
        "Those are no opening hours. Write them such as Mon-Fri 8-12, 14-18:30, Sat 9-13."
    ),
    facts.LocationMalformed: mark(
        "That is no place. Send the location with 📎, or write it such as 49.6116, 6.1319."
    ),
    facts.MultiplierMalformed: mark(
        "Write each line as days, hours if not all day, and a factor of {lowest} to {highest}: Mon-Fri 14-16 2"
    ),
    facts.MultipliersTooMany: mark("At most {highest} lines."),
    facts.FactorNotWhole: mark("There are no half stamps: where cards collect stamps, take whole factors."),
    facts.StampsByAmount: mark("Stamps are given for what is paid here: tap + Purchase."),
    facts.ClosureMalformed: mark("Those are no dates. Write the first and the last day, such as 24.12.–2.1."),
    facts.ClosureTooLong: mark("Holidays last {days_max} days at most."),
    facts.ClosureOutOfReach: mark(
        "Holidays begin no more than {days_back_max} days ago and {days_ahead_max} days ahead."
    ),
    facts.ClosuresTooMany: mark("There are {highest} holidays already: no more can be entered."),
    facts.ClosureNotFound: mark("Those holidays are not there any more."),
    facts.NumberOutOfRange: mark("{field} goes from {lowest} to {highest}."),
    facts.RateMalformed: mark(
        "{field} goes from {lowest} to {highest}, with three decimals at most, such as 0.5."
    ),
    facts.FieldAmountMalformed: mark("{field} is an amount in {currency}, such as {example}."),
    facts.ChoiceUnknown: mark("{field} is one of these: {choices}."),
    facts.PointRewardMalformed: mark("“{text}” is not a price in points and a reward, such as 50=Espresso."),
    facts.InterimRewardMalformed: mark("“{text}” is not a number of stamps and a reward, such as 5=Cookie."),
    facts.InterimRewardTooLate: mark("“{reward}” must come before the card is full, at {target} stamps."),
    facts.InterimRewardTaken: mark("“{reward}” was already handed out for this card."),
    facts.RoleNeedsStore: mark("Staff and shared phones work at a store: say which."),
    facts.NoBirthdayBonus: mark("There is nothing for a birthday here."),
    facts.BirthdayMalformed: mark("There is no such day. Choose another."),
    facts.BirthdayChangedBefore: mark("Your birthday can be changed once a year, the next time on {until}."),
    facts.NobodyToInvite: mark("There is nothing for bringing a friend here."),
    facts.OwnInvitation: mark("This is your own link. Send it to a friend who is new here."),
    facts.InvitationToTeam: mark(
        "This is an invitation for somebody new, not a card: ask to see the card. For one of your own, scan the"
        " poster."
    ),
    facts.WordingKindFixed: mark("Messages of the kind {kind} always have the same words."),
    facts.WordingEmpty: mark("The text is empty. Write one, or go back to the usual words."),
    facts.WordingTooLong: mark("The text is too long: at most {length_max} characters."),
    facts.WordingTooLongFilled: mark(
        "With the longest names in it, the text has more than {length_max} characters. Use fewer placeholders."
    ),
    facts.WordingPlaceholderUnknown: mark("This message has no placeholder {name}. Check how it is written."),
    facts.WordingPlaceholderMissing: mark(
        "The placeholder {name} is missing. Write it in curly brackets where it belongs."
    ),
    facts.CampaignNotFound: mark("There is no such broadcast here."),
    facts.CampaignOver: mark("This broadcast has begun already, or is over."),
    facts.CampaignTextEmpty: mark("The text is empty. Send one, or a photo."),
    facts.CampaignTextTooLong: mark(
        "The text is too long: at most {length_max} characters, less below a photo."
    ),
    facts.CampaignFillsNothingIn: mark(
        "Customers would read {found} just like that: everybody gets the same text. Send it without."
    ),
    facts.CampaignInPast: mark("This hour is over. Choose another one."),
    facts.MarketingOff: mark("Broadcasts are off: /broadcast switches them on."),
    facts.BlanksTooMany: mark(
        "At most {highest} printed cards may wait for somebody. Use or withdraw some first."
    ),
    facts.FlagNotFound: mark("There is nothing like this to look at here. Check the id."),
    facts.SheetNotFound: mark("No card of this page is left. Print a new one."),
    facts.PaperOver: mark("Stamps from paper come once, on the day on which the card is made."),
    facts.PaperTooMany: mark("From a paper card come 1 to {highest} stamps."),
    facts.PaperLimitReached: Counted(
        mark_plural(
            "You have begun {count} card from paper today: that is the limit.",
            "You have begun {count} cards from paper today: that is the limit.",
        ),
        "limit",
    ),
    facts.CardCodeOver: mark("This code is over. Scan the card once more."),
    facts.CardsMailedTooMany: mark("At most {limit} cards by e-mail in a day. Give a printed card."),
    facts.AdoptionOver: mark("Nobody is asking for this card any more. They scan it once more."),
    facts.WordingMarkupBroken: mark(
        "There is a mistake at {found}. Close each tag and bracket; write &amp;amp; for &amp; and &amp;lt; for &lt;."
    ),
    chat.ButtonOutdated: mark("This button no longer works. Start again."),
    chat.TooFast: Counted(
        mark_plural(
            "Too many messages at once. This one was not carried out; try again in {count} second.",
            "Too many messages at once. This one was not carried out; try again in {count} seconds.",
        ),
        "seconds",
    ),
    chat.NotStaff: mark("This is for staff. Open the invite link you were given to start working."),
    chat.NoCodeInPicture: mark("No code could be read in this picture. Take it closer and without glare."),
    chat.PictureUnusable: mark("This picture is too large or damaged. Take a new photo."),
    chat.LogoUnusable: mark(
        "This cannot be used as a logo. Send a PNG or a JPEG of at most 10 MB that is not damaged."
    ),
    chat.CodeNotOurs: mark("This code is not one of our cards."),
    chat.CardOfAnotherShop: mark("This is a card of {merchant_name}, not of your shop."),
    chat.SeveralCodes: mark("There is more than one code in this picture. Take a photo of one of them."),
    chat.AmountMalformed: mark("This is not an amount. Type it like this: {example}."),
    chat.CardNumberMissing: mark(
        "Whose purchase? Scan the card first, or put its number before the amount: /earn 482 109 375 {example}"
    ),
    chat.CardNotNamed: mark("Which card? Scan it, or put its number first: 482 109 375 {count}"),
    chat.PointsMalformed: mark(
        "After the card number, give the points and why: /adjust 482 109 375 +50 forgotten purchase"
    ),
    chat.CountMalformed: mark("After the card number, give the number of stamps: /stamp 482 109 375 2"),
    chat.SignUpClosed: mark("New shops are opened by whoever runs this bot: ask them for a link."),
    chat.SignUpCodeWrong: mark(
        "A new shop needs the code that you get from whoever runs this bot. Send it after /newshop."
    ),
    chat.TownUnknown: mark(
        "This place is not known here. Send your country, or a large city that keeps the same time."
    ),
    chat.CharacterNotDrawn: mark(
        "The pictures cannot show “{character}”. Leave it out, or write it in other letters."
    ),
}
