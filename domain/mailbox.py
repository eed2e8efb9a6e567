"""A person's e-mail address, and over which channels they want the messages of shops."""

import re
from datetime import datetime, timedelta
from enum import StrEnum

from domain.account import Account
from domain.ids import OperationKey, TokenHash
from domain.quick import dataclass

CODE_DIGITS = 6
CODE_HOLDS = timedelta(minutes=10)
CODE_TRIES_MAX = 5
CODE_AGAIN = timedelta(seconds=60)
CODES_MAX = 5
"""To one address, and to one account, within CODES_PERIOD."""
CODES_PERIOD = timedelta(days=1)
ADDRESS_LENGTH_MAX = 254
"""RFC 5321, section 4.5.3.1.3, without the brackets around it."""

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?P<local>{_ATOM}(?:\.{_ATOM})*)@(?P<domain>{_LABEL}(?:\.{_LABEL})+)")
_LOCAL_LENGTH_MAX = 64


class Ways(StrEnum):
    """Over which channels a person wants the messages of shops."""

    CHAT = "chat"
    MAIL = "mail"
    BOTH = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """An address that was proved to be the account's own. It has refused mail since ``refused_at``."""

    account: Account
    address: str
    ways: Ways
    verified_at: datetime
    refused_at: datetime | None = None

    @property
    def takes_mail(self) -> bool:
        return self.refused_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """How a person with a mailbox can be told; ``is_chat_gone`` says that the chat cannot be reached any more."""

    mailbox: Mailbox
    is_chat_gone: bool

    @property
    def is_by_mail(self) -> bool:
        return self.mailbox.takes_mail and (self.is_chat_gone or self.mailbox.ways is not Ways.CHAT)

    @property
    def is_by_chat(self) -> bool:
        return self.mailbox.ways is not Ways.MAIL or not self.mailbox.takes_mail


@dataclass(frozen=True, slots=True, kw_only=True)
class MailCode:
    """A code that was sent to an address. ``address_mark`` tells addresses apart and cannot be turned back into one;
    ``address`` and ``code_hash`` are None once the code is over. ``mail_hash`` is the hash of the mail's name, by
    which a bounce of that mail is recognised; ``refused_at`` is when the mail was found to be undeliverable."""

    account: Account
    key: OperationKey
    address_mark: str
    address: str | None
    code_hash: str | None
    tries: int
    asked_at: datetime
    mail_hash: TokenHash | None = None
    refused_at: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        return self.address is not None and now - self.asked_at < CODE_HOLDS and self.tries < CODE_TRIES_MAX


def parse_address(text: str) -> str | None:
    """The address as it is stored, its domain in lower case and ASCII; None for text that is no address. Quoted local
    parts and literal domains, which no person's mailbox has, are not accepted."""
    local, at, domain = text.strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode() if at and not domain.isascii() else domain
    except UnicodeError:
        return None
    address = f"{local}@{domain.lower()}"
    if len(address) > ADDRESS_LENGTH_MAX or len(local) > _LOCAL_LENGTH_MAX:
        return None
    return address if _ADDRESS.fullmatch(address) else None


def address_in(text: str) -> str | None:
    """The first address in a text in which a merchant says how to reach it; None where there is none."""
    words = (word.strip("<>()[],;:.\"'").removeprefix("mailto:") for word in text.split())
    return next(filter(None, map(parse_address, words)), None)


def inbox_of(address: str) -> str:
    """The inbox that receives mail to the address: a suffix after a plus sign and capital letters make no other
    mailbox."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"
