"""Birthdays, invited friends, and customers who have not come for a while: questions and messages."""

from collections.abc import Sequence
from urllib.parse import quote

from bot.kit.buttons import Verb, press, short_id
from bot.texts import Texts, isolated, plain
from bot.views.progress import amount, spaced
from bot.views.view import Button, Style, View, grid, keyboard, row
from domain.ids import MerchantId
from domain.messages import (
    BirthdayAsked,
    BirthdayBonus,
    Message,
    MessageKind,
    ReferralBonus,
    ReferralVoided,
    WinBack,
)
from domain.rules.birthdays import days_in
from domain.usecases.birthdays import BirthdayPage
from domain.usecases.bring_friend import Invitation, JoinedByFriend

SHARE = "https://t.me/share/url?url={link}&text={text}"
"""https://core.telegram.org/api/links#share-links"""

# What the bot says by itself


def birthday_asked(t: Texts, facts: BirthdayAsked, message: Message, *_: object) -> View:
    said = t(
        "🎂 <b>When is your birthday?</b>\n"
        "{merchant} has {amount} for you on it, every year. Day and month will do, and only if you like.",
        merchant=facts.merchant_name,
        amount=amount(t, facts.unit, facts.count),
    )
    return View(text=said, buttons=keyboard(row(birthday_button(t, message.merchant_id))))


def birthday_bonus(t: Texts, facts: BirthdayBonus, *_: object) -> View:
    said = t(
        "🎂 <b>Happy birthday! {amount} from {merchant} for you.</b>\nGood until {date}.",
        merchant=facts.merchant_name,
        amount=amount(t, facts.unit, facts.count),
        date=t.local_date(facts.last_day),
    )
    return View(text=said)


def win_back(t: Texts, facts: WinBack, *_: object) -> View:
    head = t("👋 <b>You have not been to {merchant} for a while.</b>", merchant=facts.merchant_name)
    come = what_awaits(t, facts) or [t("It would be nice to see you again.")]
    return View(text="\n".join([head, *come]))


def what_awaits(t: Texts, facts: WinBack) -> list[str]:
    """The gift that comes with a win-back; empty without one. It is also added below a merchant's own wording."""
    if facts.last_day is None:
        return []
    come = t(
        "Come by again: {amount} for you, good until {date}.",
        amount=amount(t, facts.unit, facts.count),
        date=t.local_date(facts.last_day),
    )
    return [come]


def referral_bonus(t: Texts, facts: ReferralBonus, message: Message, *_: object) -> View:
    told = {"merchant": facts.merchant_name, "amount": amount(t, facts.unit, facts.count)}
    if message.kind is MessageKind.REFERRAL_WELCOME:
        return View(text=t("🎁 <b>{amount} more from {merchant}, because a friend invited you.</b>", **told))
    return View(text=t("🎉 <b>Your friend came to {merchant}: {amount} for you.</b>", **told))


def referral_voided(t: Texts, facts: ReferralVoided, *_: object) -> View:
    told = {"merchant": facts.merchant_name, "amount": amount(t, facts.unit, facts.count)}
    if facts.is_friend:
        head = t("↩️ <b>Taken back at {merchant}: {amount} for coming with a friend.</b>", **told)
        why = t("What you had first collected was taken back, too. When you collect again, they are back.")
    else:
        head = t("↩️ <b>Taken back at {merchant}: {amount} for bringing a friend.</b>", **told)
        why = t("What your friend had collected was taken back. When they collect again, they are back.")
    if facts.is_merge:
        why = t("Your two cards are one now, and nobody brings themselves along.")
    return View(text=f"{head}\n{why}")


def bonus_values(t: Texts, facts: BirthdayBonus | WinBack | ReferralBonus) -> dict[str, str]:
    """The values for the placeholders of a merchant's own wording."""
    values = {"merchant": facts.merchant_name, "number": spaced(facts.card_number)}
    if isinstance(facts, WinBack):
        return values
    values["count"] = amount(t, facts.unit, facts.count)
    if isinstance(facts, BirthdayBonus):
        values["date"] = t.local_date(facts.last_day)
    return values


# The birthday


def birthday_button(t: Texts, merchant_id: MerchantId) -> Button:
    return Button(text=t("🎂 My birthday"), data=press(Verb.BIRTHDAY, short_id(merchant_id)))


def choose_birthday(t: Texts, pages: Sequence[BirthdayPage]) -> View:
    buttons = (
        row(Button(text=isolated(each.merchant_name), data=press(Verb.BIRTHDAY, short_id(each.merchant_id))))
        for each in pages
    )
    return View(text=t("🎂 <b>Your birthday</b>\nAt which shop?"), buttons=keyboard(*buttons))


def birthday(t: Texts, page: BirthdayPage) -> View:
    """The birthday that the customer told, or the months to choose from."""
    return _said(t, page) if page.month_and_day else birthday_months(t, page)


def birthday_days(t: Texts, merchant_id: MerchantId, month: int) -> View:
    buttons = [
        Button(text=t.number(day), data=press(Verb.BIRTHDAY_DAY, short_id(merchant_id), month, day))
        for day in range(1, days_in(month) + 1)
    ]
    back = Button(text=t("‹ Months"), data=press(Verb.BIRTHDAY_CHANGE, short_id(merchant_id)))
    return View(
        text=t("🎂 <b>{month}</b>\nWhich day?", month=t.month(month)),
        buttons=keyboard(*grid(buttons, 7), row(back)),
    )


def birthday_meant(t: Texts, merchant_id: MerchantId, month: int, day: int) -> View:
    written = t.day_and_month(month, day)
    yes = press(Verb.BIRTHDAY_MEANT, short_id(merchant_id), month, day)
    back = Button(text=t("‹ Another day"), data=press(Verb.BIRTHDAY_MONTH, short_id(merchant_id), month))
    return View(
        text=t("🎂 <b>{birthday}: is that right?</b>\nIt can be changed once a year.", birthday=written),
        buttons=keyboard(
            row(Button(text=t("✅ Yes, {birthday}", birthday=written), data=yes, style=Style.SUCCESS)),
            row(back),
        ),
        spare=back,
    )


def birthday_months(t: Texts, page: BirthdayPage) -> View:
    lines = [t("🎂 <b>Your birthday at {merchant}</b>", merchant=page.merchant_name), *_gift(t, page)]
    if page.may_change_at is not None:
        lines.append(_may_change(t, page))
        return View(text="\n".join(lines))
    lines.append(
        t(
            "Day and month, no year. {merchant} keeps it for this alone, and you can delete it here.",
            merchant=page.merchant_name,
        )
    )
    merchant_id = short_id(page.merchant_id)
    months = [
        Button(text=t.month(month), data=press(Verb.BIRTHDAY_MONTH, merchant_id, month))
        for month in range(1, 13)
    ]
    return View(text="\n".join(lines), buttons=keyboard(*grid(months, 3)))


def forgotten(t: Texts, page: BirthdayPage) -> View:
    return View(text=t("✅ {merchant} does not know your birthday any more.", merchant=page.merchant_name))


def _said(t: Texts, page: BirthdayPage) -> View:
    written = t.day_and_month(*(page.month_and_day or (1, 1)))
    lines = [
        t(
            "🎂 <b>Your birthday at {merchant}: {birthday}</b>",
            merchant=page.merchant_name,
            birthday=written,
        ),
        *_gift(t, page),
    ]
    if page.next_on is not None and page.closes_on is None and page.gifts and page.is_allowed:
        lines.append(t("The next time on {date}.", date=t.local_date(page.next_on)))
    merchant_id, change = short_id(page.merchant_id), None
    if page.may_change_at is not None:
        lines.append(_may_change(t, page))
    elif page.gifts and page.closes_on is None:
        change = Button(text=t("Change it"), data=press(Verb.BIRTHDAY_CHANGE, merchant_id))
    off = Button(text=t("Delete it"), data=press(Verb.BIRTHDAY_OFF, merchant_id), style=Style.DANGER)
    again, allow = birthday_button(t, page.merchant_id), None
    if _lacks_leave(page):
        allow = Button(text=t("📣 Allow news and offers"), data=press(Verb.BIRTHDAY_ALLOW, merchant_id))
    return View(text="\n".join(lines), buttons=keyboard(row(allow), row(change), row(off)), spare=again)


def _gift(t: Texts, page: BirthdayPage) -> list[str]:
    if not page.gifts:
        return [t("At the moment there is nothing for it here.")]
    gifts = " + ".join(amount(t, unit, count) for unit, count in page.gifts.items())
    if page.closes_on is not None and page.next_on is not None:
        told = t(
            "{amount} for you on {date}, before {merchant} closes.",
            amount=gifts,
            date=t.local_date(page.next_on),
            merchant=page.merchant_name,
        )
    else:
        told = t(
            "{amount} for you every year, good for {days} days.", amount=gifts, days=t.number(page.bonus_days)
        )
    return [told, _only_with_leave(t, page)] if _lacks_leave(page) else [told]


def _lacks_leave(page: BirthdayPage) -> bool:
    return bool(page.gifts) and not page.is_allowed


def _only_with_leave(t: Texts, page: BirthdayPage) -> str:
    """What is allowed by the button is said above it."""
    if page.month_and_day is None:
        return t("⚠️ Only if you allow the shop's news and offers.")
    return t.n(
        "⚠️ Only if you allow the shop's news and offers: at most {count} message in 30 days, and you can stop it at"
        " any time.",
        "⚠️ Only if you allow the shop's news and offers: at most {count} messages in 30 days, and you can stop it at"
        " any time.",
        page.monthly_max,
    )


def _may_change(t: Texts, page: BirthdayPage) -> str:
    until = page.may_change_at
    return t("You can change it from {date} on.", date=t.day(until, page.timezone)) if until else ""


# The friend


def invite_button(t: Texts, merchant_id: MerchantId) -> Button:
    return Button(text=t("👋 Bring a friend"), data=press(Verb.BRING_FRIEND, short_id(merchant_id)))


def choose_invitation(t: Texts, invitations: Sequence[Invitation]) -> View:
    buttons = (
        row(
            Button(
                text=isolated(each.merchant.name),
                data=press(Verb.BRING_FRIEND, short_id(each.merchant.merchant_id)),
            )
        )
        for each in invitations
    )
    return View(text=t("👋 <b>Bring a friend</b>\nTo which shop?"), buttons=keyboard(*buttons))


def invitation(t: Texts, invited: Invitation, link: str, photo: bytes) -> View:
    """What the friend reads. The customer forwards it as it is, so it has no button."""
    head = t("👋 <b>A card of {merchant} for you</b>", merchant=invited.merchant.name)
    return View(text="\n".join([head, *_welcome(t, invited), link]), photo=photo)


def invitation_above(t: Texts, invited: Invitation, link: str) -> View:
    """What the inviting customer reads below the invitation, with a button that shares the link."""
    bonus, most = amount(t, invited.unit, invited.bonus), invited.program.referrals_monthly_max
    said = [
        t("☝️ <b>Forward this to a friend who is new at {merchant}.</b>", merchant=invited.merchant.name),
        t("As soon as they collect something there: {amount} for you.", amount=bonus),
        t.n("For {count} friend a month at most.", "For {count} friends a month at most.", most),
    ]
    text = plain(t("A card of {merchant} for you", merchant=invited.merchant.name))
    share = Button(text=t("📨 Send the link"), url=SHARE.format(link=quote(link, safe=""), text=quote(text)))
    return View(text="\n".join(said), buttons=keyboard(row(share)))


def brought_along(t: Texts, done: JoinedByFriend) -> str:
    """What the invited friend will get; empty if that is nothing."""
    if not done.welcome:
        return ""
    return t(
        "🎁 A friend invited you: {amount} more when you first collect something.",
        amount=amount(t, done.unit, done.welcome),
    )


def _welcome(t: Texts, invited: Invitation) -> list[str]:
    how = t("Open the link and tap Start: nothing else to install.")
    if not invited.welcome:
        return [how]
    more = t(
        "{amount} more when you first collect something.", amount=amount(t, invited.unit, invited.welcome)
    )
    return [more, how]
