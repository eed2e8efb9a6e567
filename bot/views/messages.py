"""Messages that the bot sends by itself: a view for each type of facts in the outbox."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.kit.buttons import Verb, press, short_id
from bot.texts import Texts, fill, isolated, mark, plain
from bot.views import approvals, disputes, flags
from bot.views.balances import (
    balance_values,
    expired,
    expiring,
    reward_end_values,
    reward_expired,
    reward_expiring,
    welcome_bonus,
)
from bot.views.broadcasts import broadcast
from bot.views.closures import closed_meanwhile
from bot.views.coming_back import (
    birthday_asked,
    birthday_bonus,
    bonus_values,
    referral_bonus,
    referral_voided,
    what_awaits,
    win_back,
)
from bot.views.consent import asks_marketing, no_more_button
from bot.views.entries import SAID, Change, given_back
from bot.views.mailbox import mail_code_refused, mail_refused
from bot.views.printed import mail_card_refused
from bot.views.privacy import get_my_data
from bot.views.progress import amount, progress, reward_until, rewards_ready, spaced, to_go, with_use
from bot.views.summary import summary
from bot.views.team import reset_pin_button
from bot.views.view import Button, Effect, Style, View, keyboard, row
from domain.card import Progress
from domain.expiry import Unit
from domain.kinds import EntryKind
from domain.messages import (
    MESSAGES,
    AlertReason,
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
    Facts,
    Fate,
    FlagRaised,
    HandOver,
    MailCardRefused,
    MailCodeRefused,
    MailRefused,
    MarketingAsked,
    Message,
    MessageKind,
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
from domain.rules.rewards import progress_of
from domain.staff import OfferEnd
from domain.usecases.ask_holder import MOVE_VALID

DECLINED = "0"
"""In the data of the button that declines an offer of the shop."""
_OFFER_ENDED = {
    OfferEnd.DECLINED: mark("<b>{name} is not taking {merchant} over.</b> Nothing has changed."),
    OfferEnd.LAPSED: mark(
        "<b>{name} has not answered within a week</b>, and is not taking {merchant} over. In /team you can ask again."
    ),
}


def render(t: Texts, message: Message, timezone: str, wording: str | None = None) -> View:
    """A message as the chat shows it. ``timezone`` is the merchant's; ``wording`` is its own template, which replaces
    our text where the message allows one."""
    view_of, values_of = SAYINGS[type(message.facts)]
    view = view_of(t, message.facts, message, timezone)
    if MESSAGES[message.kind].is_marketing:
        view = replace(view, buttons=keyboard(*view.buttons, row(no_more_button(t, message.merchant_id))))
    if wording is None or values_of is None:
        return view
    said = fill(wording, values_of(t, message.facts))
    if isinstance(message.facts, BalanceExpiring):
        said = "\n".join([said, *closed_meanwhile(t, message.facts.closed)])
    if isinstance(message.facts, WinBack):
        said = "\n".join([said, *what_awaits(t, message.facts)])
    return replace(view, text=said)


def placeholder_values(t: Texts, facts: Facts) -> Mapping[str, str]:
    """The values for the placeholders of a merchant's own wording; empty for messages that allow none."""
    _, values_of = SAYINGS[type(facts)]
    return values_of(t, facts) if values_of else {}


def _receipt(t: Texts, facts: Receipt, message: Message, *_: object) -> View:
    place = t("<b>{merchant}</b> · {store}", merchant=facts.merchant_name, store=facts.store_name)
    if facts.merchant_name == facts.store_name:
        place = t("<b>{merchant}</b>", merchant=facts.merchant_name)
    return View(
        text="\n".join(
            [
                _what(t, facts),
                *_shortfall_of(t, facts),
                _left(t, facts),
                *reward_until(t, _pile(facts).rewards_available, facts.reward_until),
                *to_go(t, facts.unit, facts.to_go),
                place,
            ]
        ),
        buttons=keyboard(row(_not_me(t, message))),
    )


def _receipt_values(t: Texts, facts: Receipt) -> dict[str, str]:
    return {
        "what": plain(_what(t, facts)),
        "progress": plain(_left(t, facts)),
        "merchant": facts.merchant_name,
        "store": facts.store_name,
    }


def _left(t: Texts, facts: Receipt) -> str:
    """The balance after the act."""
    if facts.unit is Unit.POINTS:
        return amount(t, Unit.POINTS, facts.points_balance)
    return progress(t, _pile(facts))


def _pile(facts: Receipt) -> Progress:
    return facts.progress or progress_of(facts.stamp_count, (), facts.stamps_target, facts.reward)


def _what(t: Texts, facts: Receipt) -> str:
    return SAID[facts.entry_kind].receipt(t, _made(facts))


def _shortfall_of(t: Texts, facts: Receipt) -> list[str]:
    """What a redemption that was taken back gave back, where some of it had expired."""
    if facts.entry_kind is not EntryKind.REDEMPTION_VOIDED or not facts.shortfall:
        return []
    return [given_back(t, _made(facts))]


def _made(facts: Receipt) -> Change:
    count = facts.stamps_delta + facts.points_delta
    return Change(facts.unit, count, facts.shortfall, facts.reward, facts.factor_tenths)


def _reward_ready(t: Texts, facts: RewardReady, *_: object) -> View:
    place, ready = facts.merchant_name, rewards_ready(t, facts.rewards_available)
    if facts.unit is Unit.POINTS:
        head = t("🎉 <b>You have enough points for: {reward}</b>", reward=facts.reward)
        where = t("{merchant}: show your card at the counter.", merchant=place)
    else:
        head = t("🎉 <b>Your reward is ready: {reward}</b>", reward=facts.reward)
        where = t("{merchant}: show your card at the counter.", merchant=place)
        if facts.rewards_available > 1:
            where = t("{merchant} · {ready}: show your card at the counter.", merchant=place, ready=ready)
    where = with_use(t, where, is_needed=facts.needs_holder)
    until = reward_until(t, facts.rewards_available, facts.reward_until)
    return View(text="\n".join([head, *until, where]), effect=Effect.CELEBRATION)


def _reward_values(t: Texts, facts: RewardReady) -> dict[str, str]:
    return {
        "reward": facts.reward,
        "rewards": rewards_ready(t, facts.rewards_available),
        "merchant": facts.merchant_name,
        "number": spaced(facts.card_number),
    }


def _alert(t: Texts, facts: StaffAlert, message: Message, timezone: str) -> View:
    if facts.reason in (AlertReason.VOID_SHORTFALL, AlertReason.REWARD_HAD):
        card = disputes.open_card_button(t, message.merchant_id, facts.card_id) if facts.card_id else None
        return View(text=_shortfall(t, facts), buttons=keyboard(row(card)))
    if facts.reason is AlertReason.NEW_MANAGER:
        page = press(Verb.MEMBER, short_id(message.merchant_id), short_id(facts.staff_id))
        said = t(
            "👤 <b>{by} has made {name} a manager.</b>\nManagers settle disputes, allow what staff may not, and look"
            " after the team.",
            by=facts.by or "",
            name=facts.staff_name,
        )
        return View(text=said, buttons=keyboard(row(Button(text=isolated(facts.staff_name), data=page))))
    if facts.reason is AlertReason.NOT_JOINING:
        said = t(
            "👤 <b>{name} is not joining your team.</b>\nThey have declined your invitation, and are not in /team any"
            " more.",
            name=facts.staff_name,
        )
        return View(text=said)
    button = reset_pin_button(t, message.merchant_id, facts.staff_id) if facts.may_reset else None
    return View(text=_locked(t, facts, timezone), buttons=keyboard(row(button)))


def _locked(t: Texts, facts: StaffAlert, timezone: str) -> str:
    """``device_name`` is a shared phone; None means the member's own."""
    name, phone = facts.staff_name, facts.device_name
    if facts.reason is AlertReason.PIN_LOCKED:
        until = t.time(facts.until, timezone) if facts.until else ""
        if phone is None:
            return t("🔒 <b>Five wrong PINs for {name}.</b> Locked until {time}.", name=name, time=until)
        return t(
            "🔒 <b>Five wrong PINs for {name} on {phone}.</b> Locked there until {time}.",
            name=name,
            phone=phone,
            time=until,
        )
    if phone is None:
        return t("🔒 <b>Twenty wrong PINs for {name}.</b> Locked until a new PIN is chosen.", name=name)
    return t(
        "🔒 <b>Twenty wrong PINs for {name} on {phone}.</b> Locked there until a new PIN is chosen.",
        name=name,
        phone=phone,
    )


def _pin_reset(t: Texts, facts: PinReset, message: Message, *_: object) -> View:
    undo = Button(
        text=t("Undo"),
        data=press(Verb.UNDO_RESET, short_id(message.merchant_id), short_id(message.message_id)),
        style=Style.DANGER,
    )
    said = t(
        "🔑 <b>{name} lets you choose a new PIN at {merchant}.</b>\n"
        "They have a link for you, which works in this chat only; your old PIN holds until you open it. If you did"
        " not ask for this, undo it.",
        name=facts.by or t("The operator"),
        merchant=facts.merchant_name,
    )
    return View(text=said, buttons=keyboard(row(undo)))


def _hand_over(t: Texts, facts: HandOver, message: Message, *_: object) -> View:
    if facts.is_accepted:
        said = t(
            "✅ <b>{name} has taken {merchant} over.</b> You are a manager there from now on.",
            name=facts.name,
            merchant=facts.merchant_name,
        )
        return View(text=said)
    if facts.ended is not None:
        said = t(_OFFER_ENDED[facts.ended], name=facts.name, merchant=facts.merchant_name)
        return View(text=said)
    offer = short_id(message.merchant_id), short_id(message.message_id)
    accept = Button(text=t("Take it over"), data=press(Verb.TAKE_OVER, *offer), style=Style.SUCCESS)
    decline = Button(text=t("No, thank you"), data=press(Verb.TAKE_OVER, *offer, DECLINED))
    said = t(
        "🔑 <b>{name} wants to hand {merchant} over to you.</b>\n"
        "If you accept within a week, you are the owner, and {name} is a manager. Until then nothing changes.",
        name=facts.name,
        merchant=facts.merchant_name,
    )
    return View(text=said, buttons=keyboard(row(accept), row(decline)))


def _pin_tried(t: Texts, facts: PinTried, *_: object) -> View:
    """To the member, who alone knows whether they typed the wrong PINs themselves."""
    shop, phone, tries = facts.merchant_name, facts.device_name, facts.wrong_tries
    if phone is None:
        said = t.n(
            "🔑 <b>{shop}: {count} wrong PIN was typed on this phone</b> since you last typed yours.",
            "🔑 <b>{shop}: {count} wrong PINs were typed on this phone</b> since you last typed yours.",
            tries,
            shop=shop,
        )
    else:
        said = t.n(
            "🔑 <b>{shop}: {count} wrong PIN was typed for you on {phone}</b> since you last typed yours there.",
            "🔑 <b>{shop}: {count} wrong PINs were typed for you on {phone}</b> since you last typed yours there.",
            tries,
            shop=shop,
            phone=phone,
        )
    what_to_do = t("If that was you, all is well. If not, somebody is guessing it: keep an eye on the phone.")
    return View(text=f"{said}\n{what_to_do}")


def _summary(t: Texts, facts: DailySummary, message: Message, *_: object) -> View:
    return summary(t, message.merchant_id, facts)


def _shortfall(t: Texts, facts: StaffAlert) -> str:
    if facts.reason is AlertReason.REWARD_HAD:
        return t(
            "⚠️ <b>{name} took {wanted} back from card {number}, with a reward handed out for them: {reward}</b>\n"
            "The card's next stamps make up for it.",
            name=facts.staff_name,
            wanted=amount(t, facts.unit, facts.wanted),
            number=spaced(facts.card_number) if facts.card_number else "",
            reward=facts.reward or "",
        )
    return t(
        "⚠️ <b>{name} took {wanted} back from card {number}, which held only {taken}.</b>\n"
        "The rest had already been spent on a reward.",
        name=facts.staff_name,
        wanted=amount(t, facts.unit, facts.wanted),
        taken=facts.taken,
        number=spaced(facts.card_number) if facts.card_number else "",
    )


def _new_code(t: Texts, facts: NewCode, message: Message, *_: object) -> View:
    said = t(
        "🔑 <b>Your card at {merchant} has a new code.</b>\n"
        "Show the new one from now on: the code on an old picture is refused.",
        merchant=facts.merchant_name,
    )
    key = short_id(message.merchant_id), short_id(facts.card_id)
    return View(
        text=said, buttons=keyboard(row(Button(text=t("Show my card"), data=press(Verb.SHOW_CARD, *key))))
    )


def _card_values(_t: Texts, facts: NewCode | CardBlocked) -> dict[str, str]:
    return {"merchant": facts.merchant_name, "number": spaced(facts.card_number)}


def _card_blocked(t: Texts, facts: CardBlocked, message: Message, *_: object) -> View:
    if message.kind is MessageKind.CARD_UNBLOCKED:
        return View(text=t("✅ <b>Your card at {merchant} works again.</b>", merchant=facts.merchant_name))
    said = t(
        "⛔️ <b>Your card at {merchant} was blocked.</b>\n"
        "Nothing can be collected or redeemed with it; what is on it stays. Please ask at the counter.",
        merchant=facts.merchant_name,
    )
    return View(text=said)


def _move_asked(t: Texts, facts: MoveAsked, message: Message, timezone: str) -> View:
    said = t(
        "📱 <b>Do you want your card at {merchant} to move to another account?</b>\n"
        "Somebody at the shop says that they are you. Without an answer within an hour, the shop may decide.",
        merchant=facts.merchant_name,
    )
    agree = t("Yes, that is me")
    if facts.into_number is not None:
        said = t(
            "🔗 <b>Merge your card {number} at {merchant} into card {other}?</b>\n"
            "What is on yours goes there for good, and this account has no card there any more. If the other one is"
            " not yours, say no. Without an answer within an hour, the shop may decide.",
            number=spaced(facts.card_number),
            merchant=facts.merchant_name,
            other=spaced(facts.into_number),
        )
        agree = t("Yes, both are mine")

    def answer(text: str, is_allowed: int, style: Style | None = None) -> Button:
        key = short_id(message.merchant_id), short_id(facts.move_id)
        return Button(text=text, data=press(Verb.MOVE_ANSWER, *key, is_allowed), style=style)

    yes, no = answer(agree, 1, Style.DANGER), answer(t("No"), 0)
    until = t.moment(message.created_at + MOVE_VALID, timezone)
    said = "\n".join([said, t("Can be answered until {time}.", time=until)])
    return View(text=said, buttons=keyboard(row(no), row(yes)))


def _move_answered(t: Texts, facts: MoveAnswered, message: Message, *_: object) -> View:
    name, number = facts.customer_name, spaced(facts.card_number)
    if facts.into_number is not None:
        said = _merge_answered(t, facts, spaced(facts.into_number))
    elif facts.is_allowed:
        said = t(
            "✅ <b>{name} agreed: card {number} may move.</b>\nThe link can be opened now.",
            name=name,
            number=number,
        )
    else:
        said = t(
            "⚠️ <b>{name} does not want card {number} to move.</b>\n"
            "Whoever asked for it may not be the holder. The link no longer works.",
            name=name,
            number=number,
        )
    return View(
        text=said, buttons=keyboard(row(disputes.open_card_button(t, message.merchant_id, facts.card_id)))
    )


def _merge_answered(t: Texts, facts: MoveAnswered, other: str) -> str:
    name, number = facts.customer_name, spaced(facts.card_number)
    if facts.is_allowed:
        return t(
            "✅ <b>{name} agreed: card {number} was merged into card {other}.</b>",
            name=name,
            number=number,
            other=other,
        )
    return t(
        "⚠️ <b>{name} does not want card {number} to be merged into card {other}.</b>\n"
        "Whoever asked for it may not be the holder.",
        name=name,
        number=number,
        other=other,
    )


def _card_moved(t: Texts, facts: CardMoved, *_: object) -> View:
    said = t(
        "📱 <b>Your card {number} at {merchant} has moved to another account.</b>\n"
        "This one no longer has it. If that was not you, tell the shop at once.",
        number=spaced(facts.card_number),
        merchant=facts.merchant_name,
    )
    return View(text=said)


def _card_adopted(t: Texts, facts: CardAdopted, *_: object) -> View:
    """The keyboard below it shows the card."""
    said = t(
        "📲 <b>Your card at {merchant} is here now.</b>\n"
        "All that was on it is on it still. It has a new code: show this one from now on.",
        merchant=facts.merchant_name,
    )
    return View(text=said)


def _cards_merged(t: Texts, facts: CardsMerged, message: Message, *_: object) -> View:
    shop, gone, number = facts.merchant_name, spaced(facts.other_number), spaced(facts.card_number)
    if facts.is_closed:
        said = t(
            "🔗 <b>{merchant}: your card {number} was merged into card {other}.</b>\n"
            "What was on it is there now, and this account has no card there any more. If that was not you, say so.",
            merchant=shop,
            number=gone,
            other=number,
        )
    else:
        said = t(
            "🔗 <b>{merchant}: card {other} was merged into your card {number}.</b>\n"
            "Everything is together now. If you have no such card, say so.",
            merchant=shop,
            number=number,
            other=gone,
        )
    has = [] if facts.is_closed else _together(t, facts)
    return View(text="\n".join([said, *has]), buttons=keyboard(row(_not_me(t, message))))


def _together(t: Texts, facts: CardsMerged) -> list[str]:
    stamps = [progress(t, facts.progress)] if facts.progress else []
    points = [amount(t, Unit.POINTS, facts.points_balance)] if facts.points_balance is not None else []
    return [*stamps, *points]


def _not_me(t: Texts, message: Message) -> Button:
    key = short_id(message.merchant_id), short_id(message.message_id)
    return Button(text=t("Not me"), data=press(Verb.NOT_ME, *key))


def _codes_changed(t: Texts, facts: CodesChanged, *_: object) -> View:
    said = t(
        "🔑 <b>All cards of {merchant} have a new code.</b>\n"
        "Your customers were told. The code on an old picture is refused; posters go on working.\n"
        "Every PIN has to be chosen anew: whoever looks after this bot has a link for each member.",
        merchant=facts.merchant_name,
    )
    return View(text=said)


def _shop_closing(t: Texts, facts: ShopClosing, *_: object) -> View:
    if facts.is_of_team:
        return View(text=_closing_for_the_team(t, facts))
    if facts.closes_on is None:
        said = t("✅ <b>{merchant} stays open.</b>\nYour card stays as it is.", merchant=facts.merchant_name)
        return View(text=said)
    said = t(
        "🚪 <b>{merchant} closes.</b>\n"
        "Use what is on your card until {date}: after that it is gone, and so is all that was kept about you there.",
        merchant=facts.merchant_name,
        date=t.local_date(facts.closes_on),
    )
    return View(text=said, buttons=keyboard(row(get_my_data(t))))


def _shop_ended(t: Texts, facts: ShopEnded, *_: object) -> View:
    said = t(
        "🚪 <b>{merchant} has closed for good.</b>\nYou do not work there any more.",
        merchant=facts.merchant_name,
    )
    return View(text=said)


def _closing_for_the_team(t: Texts, facts: ShopClosing) -> str:
    by = facts.by or t("The operator")
    if facts.closes_on is None:
        return t(
            "✅ <b>{merchant} stays open.</b>\nDecided by: {by}. Customers are told.",
            merchant=facts.merchant_name,
            by=by,
        )
    return t(
        "🚪 <b>{merchant} closes on {date}.</b>\n"
        "Decided by: {by}. Customers are told, and nobody new gets a card."
        " Until then an owner can keep it open in the settings.",
        merchant=facts.merchant_name,
        date=t.local_date(facts.closes_on),
        by=by,
    )


def _notice_over(t: Texts, facts: NoticeOver, *_: object) -> View:
    if facts.fate is Fate.PIN_RESET:
        return View(text=t("{name} lets them choose a new PIN.", name=facts.by or t("The operator")))
    return View(text=t(_FATES[facts.fate]))


_FATES = {
    Fate.REDEEMED: mark("Redeemed."),
    Fate.GONE: mark("No longer ready."),
    Fate.STAYS: mark("Nothing expires on that day any more."),
    Fate.WITHDRAWN: mark("The shop has withdrawn this question."),
    Fate.ASKED_AGAIN: mark("There is a newer question."),
    Fate.DECIDED: mark("The shop has decided."),
}


def struck(said: View, now: View) -> View:
    """What was said, struck out, and what is so now."""
    return View(text=f"<s>{said.text}</s>\n{now.text}")


SAYINGS: Mapping[type[Facts], tuple[Callable[..., View], Callable[..., dict[str, str]] | None]] = {
    Receipt: (_receipt, _receipt_values),
    RewardReady: (_reward_ready, _reward_values),
    WelcomeBonus: (welcome_bonus, balance_values),
    BalanceExpiring: (expiring, balance_values),
    BalanceExpired: (expired, balance_values),
    RewardExpiring: (reward_expiring, reward_end_values),
    RewardExpired: (reward_expired, reward_end_values),
    DisputeOpened: (disputes.alarm, None),
    DisputeSettled: (disputes.settled, None),
    DisputeAnswered: (disputes.answered, None),
    StaffAlert: (_alert, None),
    PinReset: (_pin_reset, None),
    HandOver: (_hand_over, None),
    PinTried: (_pin_tried, None),
    DailySummary: (_summary, None),
    NewCode: (_new_code, _card_values),
    CardBlocked: (_card_blocked, _card_values),
    MoveAsked: (_move_asked, None),
    MoveAnswered: (_move_answered, None),
    CardAdopted: (_card_adopted, None),
    CardMoved: (_card_moved, None),
    CardsMerged: (_cards_merged, None),
    CodesChanged: (_codes_changed, None),
    FlagRaised: (flags.raised, None),
    ApprovalAsked: (approvals.asks, None),
    ApprovalSettled: (approvals.approval_settled, None),
    ApprovalAnswered: (approvals.approval_answered, None),
    ShopClosing: (_shop_closing, None),
    ShopEnded: (_shop_ended, None),
    MarketingAsked: (asks_marketing, None),
    Broadcast: (broadcast, None),
    BirthdayAsked: (birthday_asked, None),
    BirthdayBonus: (birthday_bonus, bonus_values),
    WinBack: (win_back, bonus_values),
    ReferralBonus: (referral_bonus, bonus_values),
    ReferralVoided: (referral_voided, None),
    MailRefused: (mail_refused, None),
    MailCodeRefused: (mail_code_refused, None),
    MailCardRefused: (mail_card_refused, None),
    NoticeOver: (_notice_over, None),
}
"""For each type of facts: its view, and the function for the placeholders of a merchant's own wording, None where
there can be none."""
