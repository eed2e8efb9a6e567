"""Settings, read once from the environment or ``.env``; nothing else in the program looks there."""

import os
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import unquote, urlsplit

from bot.kit.loading import loading
from domain.account import Locale
from domain.delivery import ALWAYS_ON, PATIENCE, ChannelKind, Patience
from domain.ids import BotId
from domain.mailbox import parse_address
from domain.quick import dataclass
from domain.wallet import WalletKind

DOTENV = Path(".env")
SECRET_LENGTH_MIN = 32
SIGN_UP_OFF, SIGN_UP_ON = "off", "on"
PORT_MAX = 65_535
SPELT_ALIKE = 0.85
"""How alike a name must be to a setting's, 1 for the same, to be a misspelling: a letter missing, wrong or out of its
place."""
SMTP_SCHEMES = ("smtp", "smtps")
IMAP_SCHEMES = ("imap", "imaps")

_SQLITE_URL = re.compile(r"sqlite(?:\+aiosqlite)?:///(?P<path>.+)")
_POSTGRES_URL = re.compile(r"postgresql(?:\+psycopg)?://(?:[^/?#@]*@)?[^/?#@]*/[^/?#]+(?:\?\S+)?")
_GOOGLE_URL = re.compile(
    r"(?:https://[^\s/?#]+|http://(?:127\.0\.0\.1|localhost|\[::1\]):\d{1,5})(?:/[^\s?#]*)?"
)
"""Without TLS only to this machine, because each request bears a token."""

WHERE_TO_GET_IT = {
    "bot_token": "BOT_TOKEN is missing or malformed: create a bot with @BotFather in Telegram and copy the token"
    " it shows, which looks like 123456789:AAE... .",
    "bot_api_url": "BOT_API_URL is malformed: give scheme and host only, for example https://api.telegram.org .",
    "bot_username": "BOT_USERNAME is malformed: give the bot's name as @BotFather shows it, without the @.",
    "database_url": "DATABASE_URL is malformed: give sqlite+aiosqlite:///PATH, for example"
    " sqlite+aiosqlite:///data/stempel.db, or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE , in which a sign of"
    " the password is written as in a link (%40 for @).",
    "secret_key": f"SECRET_KEY is too short: give at least {SECRET_LENGTH_MIN} characters, for example what"
    " `openssl rand -hex 32` prints, or leave it out to have one made.",
    "webhook_url": "WEBHOOK_URL is malformed: give the public https:// address at which Telegram reaches this"
    " bot, or leave it out to poll.",
    "webhook_listen": "WEBHOOK_LISTEN is malformed: give HOST:PORT, for example 127.0.0.1:8443 .",
    "webhook_secret": "WEBHOOK_SECRET is malformed: give 1 to 256 of the characters A-Z a-z 0-9 _ - .",
    "health_listen": "HEALTH_LISTEN is malformed: give HOST:PORT, for example 127.0.0.1:8080, or leave it out.",
    "default_locale": f"DEFAULT_LOCALE is unknown: give one of {', '.join(Locale)}.",
    "operator_ids": "OPERATOR_IDS is malformed: give Telegram user ids separated by commas.",
    "open_signup": "OPEN_SIGNUP is malformed: give off, on, or a code of 8 to 64 of the characters A-Z a-z 0-9 _ -"
    " that people send after /newshop.",
    "smtp_url": "SMTP_URL is malformed: give smtps://USER:PASSWORD@HOST:465, or smtp://USER:PASSWORD@HOST:587 where"
    " TLS begins with STARTTLS; or leave it out to send no e-mail.",
    "smtp_from": "SMTP_FROM is missing or malformed: give the address from which the relay of SMTP_URL may send, for"
    " example cards@example.com .",
    "smtp_retries": "SMTP_RETRIES is malformed: give how often a mail is tried again that was put off, 0 to 30.",
    "smtp_retry_seconds": "SMTP_RETRY_SECONDS is malformed: give how long to wait in between, 1 to 3600.",
    "bounce_to": "BOUNCE_TO is malformed: give the address to which mail goes that comes back, or leave it out for"
    " that of SMTP_FROM.",
    "bounce_imap_url": "BOUNCE_IMAP_URL is malformed: give imaps://USER:PASSWORD@HOST:993/INBOX, the mailbox to which"
    " mail comes back; or leave it out.",
    "bounce_secret": "BOUNCE_SECRET is malformed, or WEBHOOK_URL is missing: give 16 to 256 of the characters"
    " A-Z a-z 0-9 _ - that come with each report of mail that came back; or leave it out.",
    "apple_pass_type_id": "APPLE_PASS_TYPE_ID is malformed, or there is no WEBHOOK_URL, at which phones ask for newer"
    " passes: give the identifier that you registered with Apple, for example pass.com.example.card, or leave it out"
    " to put no cards into Apple Wallet.",
    "apple_pass_team_id": "APPLE_PASS_TEAM_ID is missing or malformed: give the 10 letters and digits that Apple's"
    " developer page shows under Membership.",
    "apple_pass_cert": "APPLE_PASS_CERT is missing: give the path of the certificate that Apple issued for"
    " APPLE_PASS_TYPE_ID.",
    "apple_pass_key": "APPLE_PASS_KEY is missing: give the path of the private key with which the certificate of"
    " APPLE_PASS_CERT was asked for.",
    "apple_pass_wwdr": "APPLE_PASS_WWDR is missing: give the path of Apple's WWDR certificate, which"
    " https://www.apple.com/certificateauthority/ has for download.",
    "apple_pass_push_url": "APPLE_PASS_PUSH_URL is malformed: give https:// and a host only, or leave it out for"
    " Apple's own, https://api.push.apple.com .",
    "google_wallet_issuer_id": "GOOGLE_WALLET_ISSUER_ID is malformed: give the number of 16 to 20 digits that the"
    " Google Pay & Wallet console shows as Issuer ID, or leave it out to put no cards into Google Wallet.",
    "google_wallet_key_file": "GOOGLE_WALLET_KEY_FILE is missing, names no file, or stands without"
    " GOOGLE_WALLET_ISSUER_ID: give the path of the JSON key of a service account that may issue for that number.",
    "google_wallet_logo_url": "GOOGLE_WALLET_LOGO_URL is malformed, or is missing where there is no WEBHOOK_URL, at"
    " which Google gets the shops' pictures: give the https:// address of a square picture for all cards.",
    "google_wallet_api_url": "GOOGLE_WALLET_API_URL is malformed: give an https:// address without ? and #, or"
    " leave it out for Google's own, https://walletobjects.googleapis.com/walletobjects/v1 .",
    "cores": "CORES is unknown: give one, or any to let the system move the bot between all that there are.",
    "log_level": "LOG_LEVEL is unknown: give DEBUG, INFO, WARNING or ERROR.",
    "log_format": "LOG_FORMAT is unknown: give text or json.",
}

NOT_KNOWN_TO_TELEGRAM = (
    "Telegram does not know BOT_TOKEN, or not any more: copy the present one from @BotFather in Telegram (/mybots,"
    " API Token)."
)

Text = TypeVar("Text", str, str | None)
Given = TypeVar("Given")
Check = Callable[[Any, "Settings"], Any]
"""Makes the value of a setting as it was given; may read the settings before it. Raises ValueError."""


class SettingsProblem(Exception):
    """One sentence that names the setting and says where to get it."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings, checked in this order. Raises SettingsProblem for the first that is wrong."""

    bot_token: str | None = None
    bot_api_url: str = "https://api.telegram.org"
    bot_username: str | None = None
    database_url: str = "sqlite+aiosqlite:///data/stempel.db"
    secret_key: str | None = None
    webhook_url: str | None = None
    webhook_listen: str = "127.0.0.1:8443"
    webhook_secret: str | None = None
    health_listen: str | None = None
    default_locale: Locale = Locale.EN
    operator_ids: tuple[int, ...] = ()
    open_signup: str = SIGN_UP_OFF
    smtp_url: str | None = None
    smtp_from: str | None = None
    smtp_retries: int = PATIENCE[ChannelKind.EMAIL].tries_max - 1
    smtp_retry_seconds: int = 60
    bounce_to: str | None = None
    bounce_imap_url: str | None = None
    bounce_secret: str | None = None
    apple_pass_type_id: str | None = None
    apple_pass_team_id: str | None = None
    apple_pass_cert: Path | None = None
    apple_pass_key: Path | None = None
    apple_pass_wwdr: Path | None = None
    apple_pass_push_url: str = "https://api.push.apple.com"  # noqa: S105
    google_wallet_issuer_id: str | None = None
    google_wallet_key_file: Path | None = None
    google_wallet_logo_url: str | None = None
    google_wallet_api_url: str = "https://walletobjects.googleapis.com/walletobjects/v1"
    cores: Literal["one", "any"] = "one"
    log_level: str = "INFO"
    log_format: Literal["text", "json"] = "text"

    def __post_init__(self) -> None:
        for field in fields(self):
            try:
                value = _plain(getattr(self, field.name))
                for check in CHECKS[field.name]:
                    value = check(value, self)
            except ValueError as error:
                raise SettingsProblem(WHERE_TO_GET_IT[field.name]) from error
            object.__setattr__(self, field.name, value)

    @property
    def database_path(self) -> Path:
        """The path of the SQLite file; with PostgreSQL the one that it would have beside the bot's other files."""
        found = _SQLITE_URL.fullmatch(self.database_url)
        return Path(found["path"]) if found else Path("data/stempel.db")

    @property
    def is_postgres(self) -> bool:
        return _POSTGRES_URL.fullmatch(self.database_url) is not None

    @property
    def database_name(self) -> str:
        """The database as people are told of it: without the password."""
        if not self.is_postgres:
            return str(self.database_path)
        parts = urlsplit(self.database_url)
        return f"{parts.path.strip('/')} on {parts.hostname or 'this machine'}"

    @property
    def bot_id(self) -> BotId:
        """The number before the colon of the token. Raises SettingsProblem without a token."""
        return BotId(int(self.token.partition(":")[0]))

    @property
    def token(self) -> str:
        """Raises SettingsProblem when there is none."""
        if self.bot_token is None:
            raise SettingsProblem(WHERE_TO_GET_IT["bot_token"])
        return self.bot_token

    @property
    def channels_on(self) -> frozenset[ChannelKind]:
        """The channels over which people are told."""
        return ALWAYS_ON if self.smtp_url is None else ALWAYS_ON | {ChannelKind.EMAIL}

    def patience(self, channel: ChannelKind) -> Patience:
        """How often a delivery over a channel is tried; over e-mail as the operator says."""
        if channel is not ChannelKind.EMAIL:
            return PATIENCE[channel]
        wait = timedelta(seconds=self.smtp_retry_seconds)
        return Patience(first_wait=wait, longest_wait=wait, tries_max=self.smtp_retries + 1)

    @property
    def wallets_on(self) -> frozenset[WalletKind]:
        """The wallets into which cards can be put."""
        named = {
            WalletKind.APPLE: self.apple_pass_type_id,
            WalletKind.GOOGLE: self.google_wallet_issuer_id,
        }
        return frozenset(kind for kind, name in named.items() if name)

    @property
    def ways_on(self) -> frozenset[ChannelKind | WalletKind]:
        """The channels and wallets that are on: some commands exist only where theirs is on."""
        return self.channels_on | self.wallets_on

    @property
    def listened_on(self) -> tuple[str, ...]:
        """All addresses at which others call this process."""
        webhook = None if self.webhook_url is None else self.webhook_listen
        return tuple(listen for listen in (self.health_listen, webhook) if listen is not None)

    @property
    def public_url(self) -> str | None:
        """Where people reach the listener of WEBHOOK_LISTEN; None while nobody outside does."""
        if self.webhook_url is None:
            return None
        parts = urlsplit(self.webhook_url)
        return f"{parts.scheme}://{parts.netloc}"


def load_settings(dotenv: Path | None = DOTENV, **given: Any) -> Settings:
    """The settings from ``given``, the environment and ``dotenv``: the first of them that has a setting counts. What
    is set to nothing is not set. Raises SettingsProblem for the first that is wrong, or misspelt in ``dotenv``."""
    found = {**_written_in(dotenv), **_set_in(os.environ)} if dotenv else _set_in(os.environ)
    return Settings(**{**found, **given})


def _written_in(dotenv: Path) -> Mapping[str, str]:
    if not dotenv.is_file():
        return {}
    with loading():
        from dotenv import dotenv_values  # noqa: PLC0415 - where there is such a file
    written = dotenv_values(dotenv, encoding="utf-8")
    _check_spelling(written, dotenv)
    return _set_in(written)


def _check_spelling(written: Collection[str], dotenv: Path) -> None:
    """Other programs may have settings in the file, but none that is nearly called like one of these: a misspelt one
    would be ignored in silence. Raises SettingsProblem."""
    known = {field.name.upper() for field in fields(Settings)}
    strange = [name for name in written if name.upper() not in known]
    if not strange:
        return
    with loading():
        from difflib import get_close_matches  # noqa: PLC0415 - where there is something to compare
    for name in strange:
        for meant in get_close_matches(name.upper(), known, n=1, cutoff=SPELT_ALIKE):
            raise SettingsProblem(f"{name} in {dotenv} is no setting: write {meant}, or take the line out.")


def _set_in(variables: Mapping[str, str | None]) -> dict[str, str]:
    """The settings among them, in whatever case they are written."""
    known = {field.name for field in fields(Settings)}
    return {name.lower(): value for name, value in variables.items() if value and name.lower() in known}


def host_and_port(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    return host.strip("[]") or "127.0.0.1", int(port)


def _with_passes(value: Given | None, given: Settings) -> Given | None:
    """Needed where there are passes of Apple's, and only there."""
    if value is None and given.apple_pass_type_id is not None:
        raise ValueError
    return value


def _with_webhook(value: Given | None, given: Settings) -> Given | None:
    """Refused where there is no WEBHOOK_URL, at which the bot is reached from outside."""
    if value is not None and given.webhook_url is None:
        raise ValueError
    return value


def _matching(pattern: str | re.Pattern[str], value: Text) -> Text:
    if value is not None and not re.fullmatch(pattern, value):
        raise ValueError
    return value


def _plain(value: Any) -> Any:
    """Refuses what is no text at all, as the environment may hold it."""
    if isinstance(value, str):
        value.encode()
    return value


def _among(*known: str) -> Check:
    def check(value: str, _given: Settings) -> str:
        if value not in known:
            raise ValueError
        return value

    return check


def _like(pattern: str | re.Pattern[str]) -> Check:
    def check(value: str | None, _given: Settings) -> str | None:
        return _matching(pattern, value)

    return check


def _between(lowest: int, highest: int) -> Check:
    def check(value: str | int, _given: Settings) -> int:
        number = int(value)
        if not lowest <= number <= highest:
            raise ValueError
        return number

    return check


def _check_locale(value: str, _given: Settings) -> Locale:
    return Locale(value)


def _as_path(value: str | Path | None, _given: Settings) -> Path | None:
    return None if value is None else Path(value)


def _check_api_url(value: str, _given: Settings) -> str:
    parts = urlsplit(value.rstrip("/"))
    is_port_valid = parts.port is None or parts.port > 0
    if parts.scheme not in ("http", "https") or not parts.hostname or not is_port_valid:
        raise ValueError
    if parts.path or parts.query or parts.fragment:
        raise ValueError
    return value.rstrip("/")


def _check_database_url(value: str, _given: Settings) -> str:
    if file := _SQLITE_URL.fullmatch(value):
        is_right = bool(Path(file["path"]).name)
    else:
        is_right = urlsplit(_matching(_POSTGRES_URL, value)).port != 0
    if not is_right:
        raise ValueError
    return value


def _check_username(value: str | None, _given: Settings) -> str | None:
    return _matching(r"\w{3,32}", value.removeprefix("@") if value else value)


def _check_listen(value: str | None, _given: Settings) -> str | None:
    if value is not None and host_and_port(_matching(r"\S*:\d{1,5}", value))[1] > PORT_MAX:
        raise ValueError
    return value


def _check_smtp_url(value: str | None, _given: Settings) -> str | None:
    if value is None:
        return None
    parts = urlsplit(value)
    has_name, has_word = bool(parts.username), bool(parts.password)
    if parts.scheme not in SMTP_SCHEMES or not parts.hostname or parts.port == 0 or has_name != has_word:
        raise ValueError
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError
    return value


def _check_smtp_from(value: str | None, given: Settings) -> str | None:
    """Needed where there is a relay, and only there."""
    if value is None and given.smtp_url is None:
        return None
    address = parse_address(value or "")
    if address is None:
        raise ValueError
    return address


def _check_bounce_to(value: str | None, _given: Settings) -> str | None:
    address = parse_address(value or "")
    if value is not None and address is None:
        raise ValueError
    return address


def _check_bounce_imap_url(value: str | None, _given: Settings) -> str | None:
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


def _check_file(value: Path | None, _given: Settings) -> Path | None:
    if value is not None and not value.is_file():
        raise ValueError
    return value


def _check_google_key(value: Path | None, given: Settings) -> Path | None:
    if (value is None) != (given.google_wallet_issuer_id is None):
        raise ValueError
    return value


def _check_logo_url(value: str | None, given: Settings) -> str | None:
    has_cards = given.google_wallet_issuer_id is not None
    if value is None and has_cards and given.webhook_url is None:
        raise ValueError
    return _matching(r"https://\S+", value)


def _check_google_url(value: str, _given: Settings) -> str:
    return _matching(_GOOGLE_URL, value.rstrip("/"))


def _check_sign_up(value: str, _given: Settings) -> str:
    """A shorter word is no code: whoever writes "yes" does not get a code of three letters by mistake."""
    said = value.lower()
    return said if said in (SIGN_UP_OFF, SIGN_UP_ON) else _matching(r"[A-Za-z0-9_-]{8,64}", value)


def _split_ids(value: Any, _given: Settings) -> Any:
    return tuple(int(part) for part in value.split(",") if part.strip()) if isinstance(value, str) else value


_PASS_FILE: Sequence[Check] = (_as_path, _with_passes, _check_file)
CHECKS: Mapping[str, Sequence[Check]] = {
    "bot_token": (_like(r"\d{1,20}:[\w-]{3,}"),),
    "bot_api_url": (_check_api_url,),
    "bot_username": (_check_username,),
    "database_url": (_check_database_url,),
    "secret_key": (_like(rf".{{{SECRET_LENGTH_MIN},}}"),),
    "webhook_url": (_like(r"https?://\S+"),),
    "webhook_listen": (_check_listen,),
    "webhook_secret": (_like(r"[A-Za-z0-9_-]{1,256}"),),
    "health_listen": (_check_listen,),
    "default_locale": (_check_locale,),
    "operator_ids": (_split_ids,),
    "open_signup": (_check_sign_up,),
    "smtp_url": (_check_smtp_url,),
    "smtp_from": (_check_smtp_from,),
    "smtp_retries": (_between(0, 30),),
    "smtp_retry_seconds": (_between(1, 3600),),
    "bounce_to": (_check_bounce_to,),
    "bounce_imap_url": (_check_bounce_imap_url,),
    "bounce_secret": (_with_webhook, _like(r"[A-Za-z0-9_-]{16,256}")),
    "apple_pass_type_id": (_with_webhook, _like(r"pass(\.[A-Za-z0-9-]+){2,}")),
    "apple_pass_team_id": (_with_passes, _like(r"[A-Z0-9]{10}")),
    "apple_pass_cert": _PASS_FILE,
    "apple_pass_key": _PASS_FILE,
    "apple_pass_wwdr": _PASS_FILE,
    "apple_pass_push_url": (_check_api_url, _like(r"https://.+")),
    "google_wallet_issuer_id": (_like(r"[0-9]{16,20}"),),
    "google_wallet_key_file": (_as_path, _check_google_key, _check_file),
    "google_wallet_logo_url": (_check_logo_url,),
    "google_wallet_api_url": (_check_google_url,),
    "cores": (_among("one", "any"),),
    "log_level": (_among("DEBUG", "INFO", "WARNING", "ERROR"),),
    "log_format": (_among("text", "json"),),
}
