"""The views of coming_back.py."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from bot.views import cards, coming_back, messages
from domain.expiry import Unit
from domain.ids import CustomerId
from domain.messages import (
    BirthdayAsked,
    BirthdayBonus,
    Message,
    MessageKind,
    ReferralBonus,
    ReferralVoided,
    WinBack,
)
from domain.usecases.birthdays import BirthdayPage
from domain.usecases.bring_friend import Invitation
from tests.bot.views.scenes import LINK, MERCHANT_ID, NOW, NUMBER, ZONE, Names, Scene, held, message, uuid
from tests.bot.views.settings_scenes import shop

MOST = 100_000


def birthday_asked(names: Names) -> Message:
    facts = BirthdayAsked(merchant_name=names.merchant, unit=Unit.POINTS, count=MOST)
    return message(MessageKind.BIRTHDAY_ASKED, facts)


def birthday_bonus(names: Names, unit: Unit, count: int) -> Message:
    facts = BirthdayBonus(
        merchant_name=names.merchant, card_number=NUMBER, unit=unit, count=count, last_day=NOW.date()
    )
    return message(MessageKind.BIRTHDAY, facts)


def win_back(names: Names, unit: Unit, count: int) -> Message:
    facts = WinBack(
        merchant_name=names.merchant,
        card_number=NUMBER,
        unit=unit,
        count=count,
        last_day=NOW.date() if count else None,
    )
    return message(MessageKind.WIN_BACK, facts)


def referral_bonus(names: Names, kind: MessageKind, unit: Unit, count: int) -> Message:
    facts = ReferralBonus(merchant_name=names.merchant, card_number=NUMBER, unit=unit, count=count)
    return message(kind, facts)


def referral_voided(names: Names, *, is_friend: bool, is_merge: bool = False) -> Message:
    facts = ReferralVoided(
        merchant_name=names.merchant,
        card_number=NUMBER,
        unit=Unit.STAMPS,
        count=MOST,
        is_friend=is_friend,
        is_merge=is_merge,
    )
    return message(MessageKind.REFERRAL_VOIDED, facts)


def page(names: Names) -> BirthdayPage:
    return BirthdayPage(
        merchant_id=MERCHANT_ID,
        merchant_name=names.merchant,
        timezone=ZONE,
        month_and_day=None,
        gifts={Unit.POINTS: MOST, Unit.STAMPS: 2},
        bonus_days=365,
        is_allowed=False,
        monthly_max=4,
        may_change_at=None,
        next_on=None,
    )


def said(names: Names) -> BirthdayPage:
    return replace(page(names), month_and_day=(9, 30), is_allowed=True, next_on=date(2027, 9, 30))


def invited(names: Names, *, welcome: int = 2) -> Invitation:
    found = shop(names)
    program = replace(found.programs[0], referral_bonus=3, referral_welcome=welcome)
    return Invitation(merchant=found.merchant, customer_id=CustomerId(uuid(6)), program=program)


COMING_BACK_SCENES: Mapping[str, Scene] = {
    "birthday_asked": lambda t, n: messages.render(t, birthday_asked(n), ZONE),
    "birthday_bonus": lambda t, n: messages.render(t, birthday_bonus(n, Unit.STAMPS, 2), ZONE),
    "win_back": lambda t, n: messages.render(t, win_back(n, Unit.STAMPS, 0), ZONE),
    "win_back: with a bonus": lambda t, n: messages.render(t, win_back(n, Unit.POINTS, MOST), ZONE),
    "referral_bonus": lambda t, n: messages.render(
        t, referral_bonus(n, MessageKind.REFERRAL_REWARD, Unit.STAMPS, 3), ZONE
    ),
    "referral_bonus: friend": lambda t, n: messages.render(
        t, referral_bonus(n, MessageKind.REFERRAL_WELCOME, Unit.POINTS, MOST), ZONE
    ),
    "referral_voided": lambda t, n: messages.render(t, referral_voided(n, is_friend=False), ZONE),
    "referral_voided: cards became one": lambda t, n: messages.render(
        t, referral_voided(n, is_friend=True, is_merge=True), ZONE
    ),
    "referral_voided: friend": lambda t, n: messages.render(t, referral_voided(n, is_friend=True), ZONE),
    "birthday": lambda t, n: coming_back.birthday(t, said(n)),
    "birthday: before the shop closes": lambda t, n: coming_back.birthday(
        t, replace(said(n), closes_on=date(2027, 10, 2))
    ),
    "birthday: to be said": lambda t, n: coming_back.birthday(t, page(n)),
    "birthday: changed before": lambda t, n: coming_back.birthday(t, replace(said(n), may_change_at=NOW)),
    "birthday: deleted, changed before": lambda t, n: coming_back.birthday(
        t, replace(page(n), may_change_at=NOW)
    ),
    "birthday: offers not allowed": lambda t, n: coming_back.birthday(t, replace(said(n), is_allowed=False)),
    "birthday: without a bonus by now": lambda t, n: coming_back.birthday(t, replace(said(n), gifts={})),
    "birthday_months": lambda t, n: coming_back.birthday_months(t, page(n)),
    "birthday_days": lambda t, _: coming_back.birthday_days(t, MERCHANT_ID, 12),
    "birthday_meant": lambda t, _: coming_back.birthday_meant(t, MERCHANT_ID, 9, 30),
    "choose_birthday": lambda t, n: coming_back.choose_birthday(t, [page(n), said(n)]),
    "forgotten": lambda t, n: coming_back.forgotten(t, page(n)),
    "invitation": lambda t, n: coming_back.invitation(t, invited(n), LINK, b"png"),
    "invitation: nothing for the friend": lambda t, n: coming_back.invitation(
        t, invited(n, welcome=0), LINK, b"png"
    ),
    "invitation_above": lambda t, n: coming_back.invitation_above(t, invited(n), LINK),
    "choose_invitation": lambda t, n: coming_back.choose_invitation(t, [invited(n)] * 3),
    "card: asks for the birthday and for friends": lambda t, n: cards.card(
        t, replace(held(n), asks_birthday=True, may_invite=True), b"png"
    ),
}
