"""A Telegram account as one bot knows it."""

from datetime import datetime
from enum import StrEnum

from domain.ids import BotId, UserId
from domain.quick import dataclass


class Locale(StrEnum):
    EN = "en"
    FR = "fr"
    DE = "de"
    LB = "lb"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Account:
    """One account in one bot. In a private chat the chat id equals the user id."""

    bot_id: BotId
    user_id: UserId

    @property
    def is_guest(self) -> bool:
        """True for a customer who has a card but no Telegram account (docs/decisions/0064): nobody reads what is sent
        to it. The account of an erased customer has bot 0, and is not a guest."""
        return self.user_id < 0 < self.bot_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What the bot remembers of an account, whatever its roles.

    ``chosen_locale`` was picked with /language and wins over ``telegram_locale``. A chat that has refused messages
    since ``refused_since`` counts as unreachable after a while (``domain/plumbing/people.py``). ``seen_at`` is when
    the person last wrote, accurate to a day.
    """

    account: Account
    name: str
    telegram_locale: Locale | None
    chosen_locale: Locale | None
    unreachable_since: datetime | None
    refused_since: datetime | None = None
    seen_at: datetime | None = None

    @property
    def locale(self) -> Locale | None:
        return self.chosen_locale or self.telegram_locale
