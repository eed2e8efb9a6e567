"""A merchant's own wording with its placeholders filled, to be shown before and after it is saved."""

from dataclasses import replace
from datetime import UTC, datetime, time

from bot.texts import Texts
from bot.views.messages import render
from bot.views.view import View
from domain.account import Account
from domain.ids import BotId, MessageId, UserId
from domain.messages import Message, MessageKind
from domain.usecases.wordings import WordingSheet, sample

NOBODY = Account(bot_id=BotId(0), user_id=UserId(0))


def preview(t: Texts, sheet: WordingSheet, kind: MessageKind, text: str | None) -> View:
    """The message as a customer of this merchant would get it, without buttons; ``text`` None means our usual
    words."""
    message = Message(
        merchant_id=sheet.merchant_id,
        message_id=MessageId(sheet.merchant_id),
        kind=kind,
        recipient=NOBODY,
        facts=sample(sheet, kind),
        created_at=datetime.combine(sheet.today, time(12), UTC),
    )
    return replace(render(t, message, "UTC", text), buttons=())
