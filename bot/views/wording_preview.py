"""What a merchant's own words look like once they are filled: shown before and after they are saved."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from bot.texts import Texts
from bot.views.messages import render
from bot.views.view import View
from domain.account import Account
from domain.expiry import ExpiryKind, Unit
from domain.ids import BotId, CardNumber, MessageId, UserId
from domain.kinds import EntryKind
from domain.messages import (
    BalanceExpired,
    BalanceExpiring,
    Facts,
    Message,
    MessageKind,
    Receipt,
    RewardReady,
    WelcomeBonus,
)
from domain.usecases.wordings import WordingSheet

NUMBER = CardNumber("482109375")
NOBODY = Account(bot_id=BotId(0), user_id=UserId(0))
COUNT, BALANCE = 3, 7
WARNED_AHEAD = timedelta(days=14)


def preview(t: Texts, sheet: WordingSheet, kind: MessageKind, text: str | None) -> View:
    """The message as a customer of this merchant would get it, without its buttons; None is the house's own words."""
    moment = datetime.combine(sheet.today, time(12), UTC)
    message = Message(
        merchant_id=sheet.merchant_id,
        message_id=MessageId(sheet.merchant_id),
        kind=kind,
        recipient=NOBODY,
        facts=_sample(sheet, kind, moment),
        created_at=moment,
    )
    return replace(render(t, message, "UTC", text), buttons=())


def _sample(sheet: WordingSheet, kind: MessageKind, moment: datetime) -> Facts:
    name = sheet.merchant_name
    unit = Unit.STAMPS if kind in (MessageKind.STAMPS_EXPIRING, MessageKind.STAMPS_EXPIRED) else Unit.POINTS
    match kind:
        case MessageKind.RECEIPT:
            return _receipt(sheet, moment)
        case MessageKind.REWARD_READY:
            return RewardReady(
                merchant_name=name, card_number=NUMBER, reward=sheet.reward, rewards_available=1
            )
        case MessageKind.WELCOME_BONUS:
            return WelcomeBonus(merchant_name=name, card_number=NUMBER, unit=Unit.STAMPS, count=COUNT)
        case MessageKind.STAMPS_EXPIRING | MessageKind.POINTS_EXPIRING:
            return BalanceExpiring(
                merchant_name=name,
                card_number=NUMBER,
                unit=unit,
                kind=ExpiryKind.LOT,
                count=COUNT,
                balance=BALANCE,
                last_day=sheet.today + WARNED_AHEAD,
            )
        case MessageKind.STAMPS_EXPIRED | MessageKind.POINTS_EXPIRED:
            return BalanceExpired(
                merchant_name=name, card_number=NUMBER, unit=unit, count=COUNT, balance=BALANCE
            )
        case _:
            raise NotImplementedError(kind)


def _receipt(sheet: WordingSheet, moment: datetime) -> Receipt:
    return Receipt(
        entry_kind=EntryKind.STAMP_EARNED,
        merchant_name=sheet.merchant_name,
        store_name=sheet.store_name,
        card_number=NUMBER,
        unit=Unit.STAMPS,
        stamps_delta=1,
        stamp_count=1,
        stamps_target=sheet.stamps_target,
        points_delta=0,
        points_balance=0,
        shortfall=0,
        reward=sheet.reward,
        occurred_at=moment,
    )
