"""Settings, read once from the environment or ``.env``; nothing else in the program looks there."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import unquote, urlsplit

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from domain.account import Locale
from domain.delivery import ALWAYS_ON, PATIENCE, ChannelKind, Patience
from domain.ids import BotId
from domain.mailbox import parse_address
from domain.wallet import WalletKind

SECRET_LENGTH_MIN = 32
SIGN_UP_OFF, SIGN_UP_ON = "off", "on"
PORT_MAX = 65_535
SMTP_SCHEMES = ("smtp", "smtps")
IMAP_SCHEMES = ("imap", "imaps")

_SQLITE_URL = re.compile(r"sqlite(?:\+aiosqlite)?:///(?P<path>.+)")
_POSTGRES_URL = re.compile(r"postgresql(?:\+psycopg)?://[^/?#]*/[^/?#]+(?:\?\S+)?")
_GOOGLE_URL = re.compile(
    r"(?:https://[^\s/?#]+|http://(?:127\.0\.0\.1|localhost|\[::1\]):\d{1,5})(?:/[^\s?#]*)?"
)
"""What is plain goes no farther than this machine: each request bears a token."""

WHERE_TO_GET_IT = {
    "bot_token": "BOT_TOKEN is missing or malformed: create a bot with @BotFather in Telegram and copy the token"
    " it shows, which looks like 123456789:AAE... .",
    "bot_api_url": "BOT_API_URL is malformed: give scheme and host only, for example https://api.telegram.org .",
    "bot_username": "BOT_USERNAME is malformed: give the bot's name as @BotFather shows it, without the @.",
    "database_url": "DATABASE_URL is malformed: give sqlite+aiosqlite:///PATH, for example"
    " sqlite+aiosqlite:///data/stempel.db, or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE .",
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
    "log_level": "LOG_LEVEL is unknown: give DEBUG, INFO, WARNING or ERROR.",
    "log_format": "LOG_FORMAT is unknown: give text or json.",
}


Text = TypeVar("Text", str, str | None)
Given = TypeVar("Given")


class SettingsProblem(Exception):
    """One sentence that names the setting and says where to get it."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        validate_default=True,
    )

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
    operator_ids: Annotated[tuple[int, ...], NoDecode] = ()
    open_signup: str = SIGN_UP_OFF
    smtp_url: str | None = None
    smtp_from: str | None = None
    smtp_retries: int = Field(PATIENCE[ChannelKind.EMAIL].tries_max - 1, ge=0, le=30)
    smtp_retry_seconds: int = Field(60, ge=1, le=3600)
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
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"

    @property
    def database_path(self) -> Path:
        """Of a SQLite file; where PostgreSQL has the database, of one that would lie where the bot's other files
        do."""
        found = _SQLITE_URL.fullmatch(self.database_url)
        return Path(found["path"]) if found else Path("data/stempel.db")

    @property
    def is_postgres(self) -> bool:
        return _POSTGRES_URL.fullmatch(self.database_url) is not None

    @property
    def database_name(self) -> str:
        """As people are told of it: no password."""
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
        """Over which people are told."""
        return ALWAYS_ON if self.smtp_url is None else ALWAYS_ON | {ChannelKind.EMAIL}

    def patience(self, channel: ChannelKind) -> Patience:
        """How often a delivery is tried over it: with the relay for mail, as the operator says."""
        if channel is not ChannelKind.EMAIL:
            return PATIENCE[channel]
        wait = timedelta(seconds=self.smtp_retry_seconds)
        return Patience(first_wait=wait, longest_wait=wait, tries_max=self.smtp_retries + 1)

    @property
    def wallets_on(self) -> frozenset[WalletKind]:
        """Into which cards can be put."""
        named = {
            WalletKind.APPLE: self.apple_pass_type_id,
            WalletKind.GOOGLE: self.google_wallet_issuer_id,
        }
        return frozenset(kind for kind, name in named.items() if name)

    @property
    def ways_on(self) -> frozenset[ChannelKind | WalletKind]:
        """All that there are commands for only where it is on."""
        return self.channels_on | self.wallets_on

    @property
    def public_url(self) -> str | None:
        """Where people reach the listener of WEBHOOK_LISTEN; None while nobody outside does."""
        if self.webhook_url is None:
            return None
        parts = urlsplit(self.webhook_url)
        return f"{parts.scheme}://{parts.netloc}"

    @field_validator("bot_token")
    @classmethod
    def _check_token(cls, value: str | None) -> str | None:
        return _matching(r"\d{1,20}:[\w-]{3,}", value)

    @field_validator("bot_api_url", "apple_pass_push_url")
    @classmethod
    def _check_api_url(cls, value: str) -> str:
        parts = urlsplit(value.rstrip("/"))
        is_port_valid = parts.port is None or parts.port > 0
        if parts.scheme not in ("http", "https") or not parts.hostname or not is_port_valid:
            raise ValueError
        if parts.path or parts.query or parts.fragment:
            raise ValueError
        return value.rstrip("/")

    @field_validator("bot_username")
    @classmethod
    def _check_username(cls, value: str | None) -> str | None:
        return _matching(r"\w{3,32}", value.removeprefix("@") if value else value)

    @field_validator("database_url")
    @classmethod
    def _check_database_url(cls, value: str) -> str:
        return _matching(re.compile(f"{_SQLITE_URL.pattern}|{_POSTGRES_URL.pattern}"), value)

    @field_validator("secret_key")
    @classmethod
    def _check_secret(cls, value: str | None) -> str | None:
        return _matching(rf".{{{SECRET_LENGTH_MIN},}}", value)

    @field_validator("webhook_url")
    @classmethod
    def _check_webhook_url(cls, value: str | None) -> str | None:
        return _matching(r"https?://\S+", value)

    @field_validator("webhook_listen", "health_listen")
    @classmethod
    def _check_listen(cls, value: str | None) -> str | None:
        if value is not None and host_and_port(_matching(r"\S*:\d{1,5}", value))[1] > PORT_MAX:
            raise ValueError
        return value

    @field_validator("smtp_url")
    @classmethod
    def _check_smtp_url(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        has_name, has_word = bool(parts.username), bool(parts.password)
        if parts.scheme not in SMTP_SCHEMES or not parts.hostname or parts.port == 0 or has_name != has_word:
            raise ValueError
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError
        return value

    @field_validator("smtp_from")
    @classmethod
    def _check_smtp_from(cls, value: str | None, info: ValidationInfo) -> str | None:
        """Without a relay there need be none."""
        if value is None and info.data.get("smtp_url") is None:
            return None
        address = parse_address(value or "")
        if address is None:
            raise ValueError
        return address

    @field_validator("bounce_to")
    @classmethod
    def _check_bounce_to(cls, value: str | None) -> str | None:
        address = parse_address(value or "")
        if value is not None and address is None:
            raise ValueError
        return address

    @field_validator("bounce_imap_url")
    @classmethod
    def _check_bounce_imap_url(cls, value: str | None) -> str | None:
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

    @field_validator("bounce_secret")
    @classmethod
    def _check_bounce_secret(cls, value: str | None, info: ValidationInfo) -> str | None:
        """What nobody reaches is reported nowhere."""
        if value is not None and info.data.get("webhook_url") is None:
            raise ValueError
        return _matching(r"[A-Za-z0-9_-]{16,256}", value)

    @field_validator("apple_pass_push_url")
    @classmethod
    def _check_push_url(cls, value: str) -> str:
        return _matching(r"https://.+", value)

    @field_validator("apple_pass_type_id")
    @classmethod
    def _check_pass_type(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and info.data.get("webhook_url") is None:
            raise ValueError
        return _matching(r"pass(\.[A-Za-z0-9-]+){2,}", value)

    @field_validator("apple_pass_team_id")
    @classmethod
    def _check_team(cls, value: str | None, info: ValidationInfo) -> str | None:
        return _matching(r"[A-Z0-9]{10}", _with_passes(value, info))

    @field_validator("apple_pass_cert", "apple_pass_key", "apple_pass_wwdr")
    @classmethod
    def _check_pass_file(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        path = _with_passes(value, info)
        if path is not None and not path.is_file():
            raise ValueError
        return path

    @field_validator("google_wallet_issuer_id")
    @classmethod
    def _check_issuer(cls, value: str | None) -> str | None:
        return _matching(r"[0-9]{16,20}", value)

    @field_validator("google_wallet_key_file")
    @classmethod
    def _check_google_key(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if (value is None) != (info.data.get("google_wallet_issuer_id") is None):
            raise ValueError
        if value is not None and not value.is_file():
            raise ValueError
        return value

    @field_validator("google_wallet_logo_url")
    @classmethod
    def _check_logo_url(cls, value: str | None, info: ValidationInfo) -> str | None:
        has_cards = info.data.get("google_wallet_issuer_id") is not None
        if value is None and has_cards and info.data.get("webhook_url") is None:
            raise ValueError
        return _matching(r"https://\S+", value)

    @field_validator("google_wallet_api_url")
    @classmethod
    def _check_google_url(cls, value: str) -> str:
        return _matching(_GOOGLE_URL, value.rstrip("/"))

    @field_validator("webhook_secret")
    @classmethod
    def _check_webhook_secret(cls, value: str | None) -> str | None:
        return _matching(r"[A-Za-z0-9_-]{1,256}", value)

    @field_validator("open_signup")
    @classmethod
    def _check_sign_up(cls, value: str) -> str:
        """A word shorter than a code is none by mistake: who writes "yes" is not given a code of three letters."""
        said = value.lower()
        return said if said in (SIGN_UP_OFF, SIGN_UP_ON) else _matching(r"[A-Za-z0-9_-]{8,64}", value)

    @field_validator("operator_ids", mode="before")
    @classmethod
    def _split_ids(cls, value: Any) -> Any:
        return (
            tuple(int(part) for part in value.split(",") if part.strip()) if isinstance(value, str) else value
        )


def load_settings() -> Settings:
    """Raises SettingsProblem for the first setting that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
        raise SettingsProblem(WHERE_TO_GET_IT[field]) from error


def host_and_port(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    return host.strip("[]") or "127.0.0.1", int(port)


def _with_passes(value: Given | None, info: ValidationInfo) -> Given | None:
    """Needed where there are passes, and only there."""
    if value is None and info.data.get("apple_pass_type_id") is not None:
        raise ValueError
    return value


def _matching(pattern: str | re.Pattern[str], value: Text) -> Text:
    if value is not None and not re.fullmatch(pattern, value):
        raise ValueError
    return value
