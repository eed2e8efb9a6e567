"""Settings, read once from the environment or ``.env``; nothing else in the program looks there."""

import os
from collections.abc import Collection, Mapping
from dataclasses import field, fields
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from bot.kit import setting_checks as checks
from bot.kit.loading import loading
from bot.kit.setting_checks import POSTGRES_URL, SIGN_UP_OFF, SQLITE_URL, TELEGRAM, Check, Given
from domain.account import Locale
from domain.delivery import ALWAYS_ON, PATIENCE, ChannelKind, Patience
from domain.ids import BotId
from domain.quick import dataclass
from domain.wallet import WalletKind

DOTENV = Path(".env")
SECRET_LENGTH_MIN = 32
SPELT_ALIKE = 0.85
"""How alike a name must be to a setting's, 1 for the same, to be a misspelling: a letter missing, wrong or out of its
place."""

NOT_KNOWN_TO_TELEGRAM = (
    "Telegram does not know BOT_TOKEN, or not any more: copy the present one from @BotFather in Telegram (/mybots,"
    " API Token)."
)


class SettingsProblem(Exception):
    """One sentence that names the setting and says where to get it."""


def setting(default: Given, *checks: Check, or_else: str) -> Given:
    """One of the settings. ``checks`` make of it, one after the other, what is kept; ``or_else`` is what the operator
    is told where they refuse it."""
    made: Given = field(default=default, metadata={"checks": checks, "or_else": or_else})
    return made


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings, checked in this order. Raises SettingsProblem for the first that is wrong."""

    bot_token: str | None = setting(
        None,
        checks.like(r"[0-9]{1,20}:[A-Za-z0-9_-]{3,}"),
        or_else="BOT_TOKEN is missing or malformed: create a bot with @BotFather in Telegram and copy the token"
        " it shows, which looks like 123456789:AAE... .",
    )
    bot_api_url: str = setting(
        TELEGRAM,
        checks.api_url,
        or_else="BOT_API_URL is malformed: give scheme and host only, for example https://api.telegram.org .",
    )
    bot_username: str | None = setting(
        None,
        checks.username,
        or_else="BOT_USERNAME is malformed: give the bot's name as @BotFather shows it, without the @.",
    )
    database_url: str = setting(
        "sqlite+aiosqlite:///data/stempel.db",
        checks.database_url,
        or_else="DATABASE_URL is malformed: give sqlite+aiosqlite:///PATH, for example"
        " sqlite+aiosqlite:///data/stempel.db, or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE , in which a sign"
        " of the password is written as in a link (%40 for @).",
    )
    secret_key: str | None = setting(
        None,
        checks.like(rf".{{{SECRET_LENGTH_MIN},}}"),
        or_else=f"SECRET_KEY is too short: give at least {SECRET_LENGTH_MIN} characters, for example what"
        " `openssl rand -hex 32` prints, or leave it out to have one made.",
    )
    webhook_url: str | None = setting(
        None,
        checks.webhook_url,
        or_else="WEBHOOK_URL is malformed, or no address that Telegram takes: give the public https:// address,"
        " at port 443, 80, 88 or 8443, at which Telegram reaches this bot, or leave it out to poll.",
    )
    webhook_listen: str = setting(
        "127.0.0.1:8443",
        checks.listen,
        or_else="WEBHOOK_LISTEN is malformed: give HOST:PORT, for example 127.0.0.1:8443 .",
    )
    webhook_secret: str | None = setting(
        None,
        checks.like(r"[A-Za-z0-9_-]{1,256}"),
        or_else="WEBHOOK_SECRET is malformed: give 1 to 256 of the characters A-Z a-z 0-9 _ - .",
    )
    health_listen: str | None = setting(
        None,
        checks.listen,
        or_else="HEALTH_LISTEN is malformed: give HOST:PORT, for example 127.0.0.1:8080, or leave it out.",
    )
    backup_dir: Path | None = setting(
        None,
        checks.as_path,
        checks.folder_to_write,
        or_else="BACKUP_DIR is no folder that the bot may write to: make one, name it in ReadWritePaths where systemd"
        " runs the bot, and give its path, or leave it out to make copies yourself.",
    )
    default_locale: Locale = setting(
        Locale.EN,
        checks.locale,
        or_else=f"DEFAULT_LOCALE is unknown: give one of {', '.join(Locale)}.",
    )
    operator_ids: tuple[int, ...] = setting(
        (),
        checks.split_ids,
        or_else="OPERATOR_IDS is malformed: give Telegram user ids separated by commas.",
    )
    open_signup: str = setting(
        SIGN_UP_OFF,
        checks.sign_up,
        or_else="OPEN_SIGNUP is malformed: give off, on, or a code of 8 to 64 of the characters A-Z a-z 0-9 _ -"
        " that people send after /newshop.",
    )
    smtp_url: str | None = setting(
        None,
        checks.smtp_url,
        or_else="SMTP_URL is malformed: give smtps://USER:PASSWORD@HOST:465, or smtp://USER:PASSWORD@HOST:587 where"
        " TLS begins with STARTTLS; or leave it out to send no e-mail.",
    )
    smtp_from: str | None = setting(
        None,
        checks.smtp_from,
        or_else="SMTP_FROM is missing or malformed: give the address from which the relay of SMTP_URL may send, for"
        " example cards@example.com .",
    )
    smtp_retries: int = setting(
        PATIENCE[ChannelKind.EMAIL].tries_max - 1,
        checks.between(0, 30),
        or_else="SMTP_RETRIES is malformed: give how often a mail is tried again that was put off, 0 to 30.",
    )
    smtp_retry_seconds: int = setting(
        60,
        checks.between(1, 3600),
        or_else="SMTP_RETRY_SECONDS is malformed: give how long to wait in between, 1 to 3600.",
    )
    bounce_to: str | None = setting(
        None,
        checks.bounce_to,
        or_else="BOUNCE_TO is malformed: give the address to which mail goes that comes back, or leave it out for"
        " that of SMTP_FROM.",
    )
    bounce_imap_url: str | None = setting(
        None,
        checks.bounce_imap_url,
        or_else="BOUNCE_IMAP_URL is malformed: give imaps://USER:PASSWORD@HOST:993/INBOX, the mailbox to which"
        " mail comes back; or leave it out.",
    )
    bounce_secret: str | None = setting(
        None,
        checks.with_webhook,
        checks.like(r"[A-Za-z0-9_-]{16,256}"),
        or_else="BOUNCE_SECRET is malformed, or WEBHOOK_URL is missing: give 16 to 256 of the characters"
        " A-Z a-z 0-9 _ - that come with each report of mail that came back; or leave it out.",
    )
    apple_pass_type_id: str | None = setting(
        None,
        checks.with_webhook,
        checks.like(r"pass(\.[A-Za-z0-9-]+){2,}"),
        or_else="APPLE_PASS_TYPE_ID is malformed, or there is no WEBHOOK_URL, at which phones ask for newer"
        " passes: give the identifier that you registered with Apple, for example pass.com.example.card, or leave it"
        " out to put no cards into Apple Wallet.",
    )
    apple_pass_team_id: str | None = setting(
        None,
        checks.with_passes,
        checks.like(r"[A-Z0-9]{10}"),
        or_else="APPLE_PASS_TEAM_ID is missing or malformed: give the 10 letters and digits that Apple's"
        " developer page shows under Membership.",
    )
    apple_pass_cert: Path | None = setting(
        None,
        checks.as_path,
        checks.with_passes,
        checks.file,
        or_else="APPLE_PASS_CERT is missing: give the path of the certificate that Apple issued for"
        " APPLE_PASS_TYPE_ID.",
    )
    apple_pass_key: Path | None = setting(
        None,
        checks.as_path,
        checks.with_passes,
        checks.file,
        or_else="APPLE_PASS_KEY is missing: give the path of the private key with which the certificate of"
        " APPLE_PASS_CERT was asked for.",
    )
    apple_pass_wwdr: Path | None = setting(
        None,
        checks.as_path,
        checks.with_passes,
        checks.file,
        or_else="APPLE_PASS_WWDR is missing: give the path of Apple's WWDR certificate, which"
        " https://www.apple.com/certificateauthority/ has for download.",
    )
    apple_pass_push_url: str = setting(
        "https://api.push.apple.com",
        checks.api_url,
        checks.like(r"https://.+"),
        or_else="APPLE_PASS_PUSH_URL is malformed: give https:// and a host only, or leave it out for"
        " Apple's own, https://api.push.apple.com .",
    )
    google_wallet_issuer_id: str | None = setting(
        None,
        checks.like(r"[0-9]{16,20}"),
        or_else="GOOGLE_WALLET_ISSUER_ID is malformed: give the number of 16 to 20 digits that the"
        " Google Pay & Wallet console shows as Issuer ID, or leave it out to put no cards into Google Wallet.",
    )
    google_wallet_key_file: Path | None = setting(
        None,
        checks.as_path,
        checks.google_key,
        checks.file,
        or_else="GOOGLE_WALLET_KEY_FILE is missing, names no file, or stands without"
        " GOOGLE_WALLET_ISSUER_ID: give the path of the JSON key of a service account that may issue for that"
        " number.",
    )
    google_wallet_logo_url: str | None = setting(
        None,
        checks.logo_url,
        or_else="GOOGLE_WALLET_LOGO_URL is malformed, or is missing where there is no WEBHOOK_URL, at"
        " which Google gets the shops' pictures: give the https:// address of a square picture for all cards.",
    )
    google_wallet_api_url: str = setting(
        "https://walletobjects.googleapis.com/walletobjects/v1",
        checks.google_url,
        or_else="GOOGLE_WALLET_API_URL is malformed: give an https:// address without ? and #, or"
        " leave it out for Google's own, https://walletobjects.googleapis.com/walletobjects/v1 .",
    )
    cores: Literal["one", "any"] = setting(
        "one",
        checks.among("one", "any"),
        or_else="CORES is unknown: give one, or any to let the system move the bot between all that there are.",
    )
    log_level: str = setting(
        "INFO",
        checks.among("DEBUG", "INFO", "WARNING", "ERROR"),
        or_else="LOG_LEVEL is unknown: give DEBUG, INFO, WARNING or ERROR.",
    )
    log_format: Literal["text", "json"] = setting(
        "text",
        checks.among("text", "json"),
        or_else="LOG_FORMAT is unknown: give text or json.",
    )

    def __post_init__(self) -> None:
        for each in fields(self):
            try:
                value = _plain(getattr(self, each.name))
                for check in each.metadata["checks"]:
                    value = check(value, self)
            except ValueError as error:
                raise SettingsProblem(where_to_get(each.name)) from error
            object.__setattr__(self, each.name, value)

    @property
    def database_path(self) -> Path:
        """The path of the SQLite file; with PostgreSQL the one that it would have beside the bot's other files."""
        found = SQLITE_URL.fullmatch(self.database_url)
        return Path(found["path"]) if found else Path("data/stempel.db")

    @property
    def is_postgres(self) -> bool:
        return POSTGRES_URL.fullmatch(self.database_url) is not None

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
            raise SettingsProblem(where_to_get("bot_token"))
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


def where_to_get(name: str) -> str:
    """What the operator is told of a setting that is wrong or missing."""
    said: str = next(each.metadata["or_else"] for each in fields(Settings) if each.name == name)
    return said


def _plain(value: Any) -> Any:
    """Refuses what is no text at all, as the environment may hold it."""
    if isinstance(value, str):
        value.encode()
    return value


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
        from dotenv.parser import parse_stream  # noqa: PLC0415
    try:
        text = dotenv.read_text(encoding="utf-8")
    except PermissionError as error:
        raise SettingsProblem(
            f"{dotenv} may not be read by this user: give the command as the user who runs the bot; if this is that"
            " user, chgrp the file to their group and chmod 640 it."
        ) from error
    except UnicodeDecodeError as error:
        raise SettingsProblem(f"{dotenv} is not in UTF-8: save it so.") from error
    for line in (each.original for each in parse_stream(StringIO(text)) if each.error):
        before, _, _ = line.string.partition(line.string.lstrip())
        number = line.line + before.count("\n")
        raise SettingsProblem(
            f"Line {number} of {dotenv} cannot be read: write NAME=VALUE, with a quote at both ends or at none, or"
            " take it out."
        )
    written = dotenv_values(stream=StringIO(text))
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
