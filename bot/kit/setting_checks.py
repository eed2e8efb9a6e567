"""What a setting may be. Each check takes the value as it was given, and the settings that stand before it;
it returns what is kept. Raises ValueError where it may not be that."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote, urlsplit

from domain.account import Locale
from domain.mailbox import parse_address

if TYPE_CHECKING:
    from bot.kit.settings import Settings

SIGN_UP_OFF, SIGN_UP_ON = "off", "on"
PORT_MAX = 65_535
USER_ID_MAX = 2**52 - 1
"""https://core.telegram.org/bots/api#user: at most 52 significant bits. A group's is negative."""
TELEGRAM = "https://api.telegram.org"
TELEGRAM_COMES_TO = (None, 443, 80, 88, 8443)
IN_MEMORY = ":memory:"
"""Is no file to SQLite, and each connection has one of its own."""
SMTP_SCHEMES = ("smtp", "smtps")
IMAP_SCHEMES = ("imap", "imaps")

SQLITE_URL = re.compile(r"sqlite(?:\+aiosqlite)?:///(?P<path>.+)")
POSTGRES_URL = re.compile(r"postgresql(?:\+psycopg)?://(?:[^/?#@]*@)?[^/?#@]*/[^/?#]+(?:\?\S+)?")
_GOOGLE_URL = re.compile(
    r"(?:https://[^\s/?#]+|http://(?:127\.0\.0\.1|localhost|\[::1\]):\d{1,5})(?:/[^\s?#]*)?"
)
"""Without TLS only to this machine, because each request bears a token."""

Text = TypeVar("Text", str, str | None)
Given = TypeVar("Given")
Check = Callable[[Any, "Settings"], Any]


def host_and_port(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    return host.strip("[]") or "127.0.0.1", int(port)


def webhook_url(value: str | None, given: "Settings") -> str | None:
    """Telegram comes over TLS, and to a few ports; a Bot API server of one's own (BOT_API_URL) comes anywhere
    (https://core.telegram.org/bots/api#setwebhook, #using-a-local-bot-api-server)."""
    parts = urlsplit(_matching(r"https?://\S+", value) or "")
    is_taken = parts.scheme == "https" and parts.port in TELEGRAM_COMES_TO
    if value is not None and not is_taken and given.bot_api_url == TELEGRAM:
        raise ValueError
    return value


def with_passes(value: Given | None, given: "Settings") -> Given | None:
    """Needed where there are passes of Apple's, and only there."""
    if value is None and given.apple_pass_type_id is not None:
        raise ValueError
    return value


def with_webhook(value: Given | None, given: "Settings") -> Given | None:
    """Refused where there is no WEBHOOK_URL, at which the bot is reached from outside."""
    if value is not None and given.webhook_url is None:
        raise ValueError
    return value


def _matching(pattern: str | re.Pattern[str], value: Text) -> Text:
    if value is not None and not re.fullmatch(pattern, value):
        raise ValueError
    return value


def among(*known: str) -> Check:
    def check(value: str, _given: "Settings") -> str:
        if value not in known:
            raise ValueError
        return value

    return check


def like(pattern: str | re.Pattern[str]) -> Check:
    def check(value: str | None, _given: "Settings") -> str | None:
        return _matching(pattern, value)

    return check


def between(lowest: int, highest: int) -> Check:
    def check(value: str | int, _given: "Settings") -> int:
        number = int(value)
        if not lowest <= number <= highest:
            raise ValueError
        return number

    return check


def locale(value: str, _given: "Settings") -> Locale:
    return Locale(value)


def as_path(value: str | Path | None, _given: "Settings") -> Path | None:
    return None if value is None else Path(value)


def api_url(value: str, _given: "Settings") -> str:
    parts = urlsplit(value.rstrip("/"))
    is_port_valid = parts.port is None or parts.port > 0
    if parts.scheme not in ("http", "https") or not parts.hostname or not is_port_valid:
        raise ValueError
    if parts.path or parts.query or parts.fragment:
        raise ValueError
    return value.rstrip("/")


def database_url(value: str, _given: "Settings") -> str:
    if file := SQLITE_URL.fullmatch(value):
        is_right = Path(file["path"]).name not in ("", IN_MEMORY)
    else:
        is_right = urlsplit(_matching(POSTGRES_URL, value)).port != 0
    if not is_right:
        raise ValueError
    return value


def username(value: str | None, _given: "Settings") -> str | None:
    return _matching(r"[A-Za-z0-9_]{3,32}", value.removeprefix("@") if value else value)


def listen(value: str | None, _given: "Settings") -> str | None:
    if value is not None and host_and_port(_matching(r"\S*:\d{1,5}", value))[1] > PORT_MAX:
        raise ValueError
    return value


def smtp_url(value: str | None, _given: "Settings") -> str | None:
    if value is None:
        return None
    parts = urlsplit(value)
    has_name, has_word = bool(parts.username), bool(parts.password)
    if parts.scheme not in SMTP_SCHEMES or not parts.hostname or parts.port == 0 or has_name != has_word:
        raise ValueError
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError
    return value


def smtp_from(value: str | None, given: "Settings") -> str | None:
    """Needed where there is a relay, and only there."""
    if value is None and given.smtp_url is None:
        return None
    address = parse_address(value or "")
    if address is None:
        raise ValueError
    return address


def bounce_to(value: str | None, _given: "Settings") -> str | None:
    address = parse_address(value or "")
    if value is not None and address is None:
        raise ValueError
    return address


def bounce_imap_url(value: str | None, _given: "Settings") -> str | None:
    if value is None:
        return None
    parts = urlsplit(value)
    is_whole = parts.hostname and parts.username and parts.password and parts.port != 0
    if parts.scheme not in IMAP_SCHEMES or not is_whole or parts.query or parts.fragment:
        raise ValueError
    plain = unquote(value)
    if not (plain.isprintable() and plain.isascii()):
        raise ValueError
    return value


def file(value: Path | None, _given: "Settings") -> Path | None:
    if value is not None and not value.is_file():
        raise ValueError
    return value


def folder_to_write(value: Path | None, _given: "Settings") -> Path | None:
    if value is not None and not (value.is_dir() and os.access(value, os.W_OK | os.X_OK)):
        raise ValueError
    return value


def google_key(value: Path | None, given: "Settings") -> Path | None:
    if (value is None) != (given.google_wallet_issuer_id is None):
        raise ValueError
    return value


def logo_url(value: str | None, given: "Settings") -> str | None:
    has_cards = given.google_wallet_issuer_id is not None
    if value is None and has_cards and given.webhook_url is None:
        raise ValueError
    return _matching(r"https://\S+", value)


def google_url(value: str, _given: "Settings") -> str:
    return _matching(_GOOGLE_URL, value.rstrip("/"))


def sign_up(value: str, _given: "Settings") -> str:
    """A shorter word is no code: whoever writes "yes" does not get a code of three letters by mistake."""
    said = value.lower()
    return said if said in (SIGN_UP_OFF, SIGN_UP_ON) else _matching(r"[A-Za-z0-9_-]{8,64}", value)


def split_ids(value: Any, _given: "Settings") -> Any:
    if not isinstance(value, str):
        return value
    ids = tuple(int(part) for part in value.split(",") if part.strip())
    if not all(0 < each <= USER_ID_MAX for each in ids):
        raise ValueError
    return ids
