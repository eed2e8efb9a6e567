"""Every view of ``/email``."""

from collections.abc import Mapping
from datetime import UTC, datetime

from bot.views import mailbox as views
from bot.views.messages import render
from domain.account import Account
from domain.ids import BotId, UserId
from domain.mailbox import ADDRESS_LENGTH_MAX, Mailbox, Ways
from domain.messages import MailCodeRefused, MailRefused, MessageKind
from tests.bot.views.scenes import ZONE, Names, Scene, message

LONG = f"{'a' * 64}@{'example.' * 40}"[: ADDRESS_LENGTH_MAX - 3] + ".lu"


def box(names: Names, ways: Ways = Ways.BOTH, *, takes_mail: bool = True) -> Mailbox:
    """A mailbox; where the shop's name is long, its address is as long as may be."""
    at = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
    return Mailbox(
        account=Account(bot_id=BotId(1), user_id=UserId(2)),
        address="lea@example.lu" if len(names.merchant) < 20 else LONG,
        ways=ways,
        verified_at=at,
        refused_at=None if takes_mail else at,
    )


MAILBOX_SCENES: Mapping[str, Scene] = {
    "ask_address": lambda t, _: views.ask_address(t, None),
    "ask_address: another": lambda t, n: views.ask_address(t, box(n)),
    "ask_code": lambda t, n: views.ask_code(t, box(n).address),
    "mailbox_page": lambda t, n: views.mailbox_page(t, box(n)),
    "mailbox_page: mail alone": lambda t, n: views.mailbox_page(t, box(n, Ways.MAIL)),
    "mailbox_page: comes back": lambda t, n: views.mailbox_page(t, box(n, takes_mail=False)),
    "mail_offered": lambda t, _: views.mail_offered(t),
    "mail_refused": lambda t, _: render(t, message(MessageKind.MAIL_REFUSED, MailRefused()), ZONE),
    "mail_code_refused": lambda t, _: render(
        t, message(MessageKind.MAIL_CODE_REFUSED, MailCodeRefused()), ZONE
    ),
    "removal_meant": lambda t, n: views.removal_meant(t, box(n)),
    "removed": lambda t, _: views.removed(t),
}
