"""Settings: read once, refused in one sentence, and a secret key that is made once."""

import errno
import os
import re
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path

import pytest

from bot.kit.key_file import KEY_FILE, load_secret
from bot.kit.setting_checks import host_and_port
from bot.kit.settings import (
    Settings,
    SettingsProblem,
    load_settings,
    where_to_get,
)
from domain.account import Locale
from domain.delivery import ChannelKind

TOKEN = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"

MALFORMED = [
    ("bot_token", "123456789"),
    ("bot_token", "abc:AAEhBOweik6ad9r"),
    ("bot_token", "123456789:AAE hBO"),
    ("bot_token", "bot123456789:AAEhBOweik6ad9r"),
    ("bot_token", "١٢٣:AAEhBOweik6ad9r"),
    ("bot_api_url", "api.telegram.org"),
    ("bot_api_url", "ftp://api.telegram.org"),
    ("bot_api_url", "https://"),
    ("bot_api_url", "https://api.telegram.org/bot"),
    ("bot_api_url", "https://api.telegram.org?x=1"),
    ("bot_api_url", "http://127.0.0.1:port"),
    ("bot_username", "a"),
    ("bot_username", "my bot"),
    ("bot_username", "café_bot"),
    ("bot_username", "https://t.me/my_bot"),
    ("database_url", "stempel.db"),
    ("database_url", "mysql://localhost/stempel"),
    ("database_url", "sqlite+aiosqlite:///"),
    ("database_url", "sqlite+aiosqlite:///."),
    ("database_url", "sqlite+aiosqlite:///:memory:"),
    ("database_url", "postgresql+psycopg://stempel:word@127.0.0.1:port/stempel"),
    ("database_url", "postgresql+psycopg://stempel:word@127.0.0.1:99999/stempel"),
    ("database_url", "postgresql+psycopg://stempel:w@rd@127.0.0.1/stempel"),
    ("secret_key", "too short"),
    ("webhook_url", "example.com/hook"),
    ("webhook_url", "ftp://example.com/hook"),
    ("webhook_url", "https:// example.com"),
    ("webhook_url", "https://"),
    ("webhook_url", "http://example.com/hook"),
    ("webhook_url", "https://example.com:9443/hook"),
    ("webhook_url", "https://example.com:port/hook"),
    ("webhook_listen", "8443"),
    ("webhook_listen", "127.0.0.1"),
    ("webhook_listen", "127.0.0.1:99999"),
    ("webhook_secret", "no spaces allowed"),
    ("webhook_secret", "Schlüssel"),
    ("webhook_secret", "x" * 257),
    ("health_listen", "127.0.0.1:"),
    ("health_listen", "127.0.0.1:70000"),
    ("backup_dir", "nowhere"),
    ("default_locale", "nl"),
    ("operator_ids", "12;13"),
    ("operator_ids", "me"),
    ("operator_ids", "-1001234567890"),
    ("operator_ids", "12, 99999999999999999999"),
    ("open_signup", "yes"),
    ("open_signup", "a code with spaces"),
    ("open_signup", "x" * 65),
    ("smtp_url", "relay.example.com"),
    ("smtp_url", "https://relay.example.com"),
    ("smtp_url", "smtp://"),
    ("smtp_url", "smtp://relay.example.com:port"),
    ("smtp_url", "smtp://relay.example.com:0"),
    ("smtp_url", "smtps://name@relay.example.com"),
    ("smtp_url", "smtps://relay.example.com/path"),
    ("smtp_from", "cards"),
    ("smtp_from", "Cards <cards@example.com>"),
    ("smtp_retries", "-1"),
    ("smtp_retries", "31"),
    ("smtp_retries", "often"),
    ("smtp_retry_seconds", "0"),
    ("smtp_retry_seconds", "3601"),
    ("bounce_to", "returns"),
    ("bounce_imap_url", "imaps://mail.example.com"),
    ("bounce_imap_url", "imaps://name@mail.example.com"),
    ("bounce_imap_url", "pop3://name:word@mail.example.com"),
    ("bounce_imap_url", "imaps://name:word%0A@mail.example.com"),
    ("bounce_imap_url", "imaps://name:w%C3%B6rd@mail.example.com"),
    ("bounce_imap_url", "imaps://name:word@mail.example.com:port"),
    ("bounce_secret", "no spaces allowed here"),
    ("bounce_secret", "too-short"),
    ("bounce_secret", "nobody-reaches-this-bot"),
    ("apple_pass_type_id", "com.example.card"),
    ("apple_pass_type_id", "pass.com.example.card"),
    ("apple_pass_team_id", "A1B2C3"),
    ("apple_pass_cert", "nowhere.pem"),
    ("apple_pass_key", "nowhere.pem"),
    ("apple_pass_wwdr", "nowhere.pem"),
    ("apple_pass_push_url", "api.push.apple.com"),
    ("apple_pass_push_url", "http://api.push.apple.com"),
    ("google_wallet_issuer_id", "12345"),
    ("google_wallet_issuer_id", "BCR2DN4T1234567890"),
    ("google_wallet_key_file", "nowhere.json"),
    ("google_wallet_logo_url", "http://example.com/logo.png"),
    ("google_wallet_api_url", "walletobjects.googleapis.com"),
    ("google_wallet_api_url", "http://walletobjects.googleapis.com/v1"),
    ("google_wallet_api_url", "https://walletobjects.googleapis.com/v1?key=1"),
    ("cores", "2"),
    ("log_level", "LOUD"),
    ("log_format", "xml"),
]


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No .env and no setting from outside."""
    monkeypatch.chdir(tmp_path)
    for name in [field.name for field in fields(Settings)]:
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(("name", "value"), MALFORMED)
def test_malformed_setting_ends_with_the_sentence_that_names_it(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name.upper(), value)
    with pytest.raises(SettingsProblem) as refusal:
        load_settings()
    assert str(refusal.value) == where_to_get(name)


def test_folder_for_copies_that_may_not_be_written_to_is_said_before_the_night(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One on another disk, say, that the service does not name in ReadWritePaths."""
    monkeypatch.setenv("BACKUP_DIR", str(tmp_path))
    assert load_settings().backup_dir == tmp_path
    monkeypatch.setattr("os.access", lambda path, mode: not (path == tmp_path and mode & os.W_OK))
    with pytest.raises(SettingsProblem) as refusal:
        load_settings()
    assert str(refusal.value) == where_to_get("backup_dir")
    assert "ReadWritePaths" in str(refusal.value)


@pytest.mark.parametrize("name", [field.name for field in fields(Settings)])
def test_every_setting_has_one_sentence_that_names_it_and_says_what_to_do(name: str) -> None:
    said = where_to_get(name)
    assert said.startswith(f"{name.upper()} is ")
    assert said.endswith(".")
    assert "\n" not in said
    assert name in {malformed for malformed, _ in MALFORMED}, "no value of it that is refused is tried here"


def test_example_for_operators_has_every_setting_and_no_other() -> None:
    example = (Path(__file__).parents[2] / ".env.example").read_text()
    shown = set(re.findall(r"^(?:# )?([A-Z_]+)=", example, re.MULTILINE))
    assert shown == {field.name.upper() for field in fields(Settings)}


def test_bot_api_server_of_ones_own_comes_to_a_webhook_without_tls_at_any_port() -> None:
    hook = "http://127.0.0.1:9443/hook"
    assert Settings(bot_api_url="http://127.0.0.1:8081", webhook_url=hook).webhook_url == hook
    with pytest.raises(SettingsProblem, match="WEBHOOK_URL"):
        Settings(bot_api_url="https://api.telegram.org/", webhook_url=hook)


@pytest.mark.parametrize("port", ["", ":443", ":80", ":88", ":8443"])
def test_telegram_comes_to_a_webhook_at_these_ports(port: str) -> None:
    hook = f"https://stamps.example.org{port}/telegram"
    assert Settings(webhook_url=hook).webhook_url == hook


def test_relay_needs_an_address_to_send_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_URL", "smtps://name:word@relay.example.com:465")
    with pytest.raises(SettingsProblem) as refusal:
        load_settings()
    assert str(refusal.value) == where_to_get("smtp_from")
    monkeypatch.setenv("SMTP_FROM", "Cards@Example.com")
    settings = load_settings()
    assert (settings.smtp_from, ChannelKind.EMAIL in settings.channels_on) == ("Cards@example.com", True)


def test_missing_token_is_said_when_it_is_needed() -> None:
    settings = load_settings()
    for ask in (lambda: settings.token, lambda: settings.bot_id):
        with pytest.raises(SettingsProblem, match="create a bot with @BotFather"):
            ask()


def test_nothing_but_a_token_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    settings = load_settings()
    assert (settings.bot_id, settings.token) == (123456789, TOKEN)
    assert settings.bot_api_url == "https://api.telegram.org"
    assert settings.database_path == Path("data/stempel.db")
    assert settings.default_locale is Locale.EN


def test_settings_are_read_from_dotenv_and_the_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text(f"BOT_TOKEN={TOKEN}\nDEFAULT_LOCALE=lb\nLOG_LEVEL=\nUNKNOWN=1\n")
    monkeypatch.setenv("DEFAULT_LOCALE", "fr")
    settings = load_settings()
    assert (settings.token, settings.default_locale, settings.log_level) == (TOKEN, Locale.FR, "INFO")


@pytest.mark.parametrize(
    ("written", "meant"),
    [("OPERATOR_ID", "OPERATOR_IDS"), ("smtp_form", "SMTP_FROM"), ("WEBHOOK_ULR", "WEBHOOK_URL")],
)
def test_setting_that_is_misspelt_is_not_passed_over(tmp_path: Path, written: str, meant: str) -> None:
    (tmp_path / ".env").write_text(f"BOT_TOKEN={TOKEN}\n{written}=12\n")
    with pytest.raises(SettingsProblem) as told:
        load_settings()
    assert str(told.value) == f"{written} in .env is no setting: write {meant}, or take the line out."


def test_dotenv_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a setting is, and not as a file to be given to the bot's user: it is root's where docs/operating lays it."""

    def closed(file: Path, **_: str) -> str:
        raise PermissionError(errno.EACCES, "Permission denied", str(file))

    monkeypatch.setattr(Path, "read_text", closed)
    dotenv = tmp_path / ".env"
    dotenv.touch()
    with pytest.raises(SettingsProblem, match=r"may not be read by this user: .* chmod 640"):
        load_settings(dotenv)


@pytest.mark.parametrize("content", ["# Café\n".encode("latin-1"), f"BOT_TOKEN={TOKEN}\n".encode("utf-16")])
def test_dotenv_in_another_encoding_is_refused(content: bytes, tmp_path: Path) -> None:
    """As an editor of Windows may leave it."""
    (tmp_path / ".env").write_bytes(content)
    with pytest.raises(SettingsProblem) as told:
        load_settings()
    assert str(told.value) == ".env is not in UTF-8: save it so."


@pytest.mark.parametrize("line", [f"BOT_TOKEN: {TOKEN}", f"BOT_TOKEN='{TOKEN}"])
def test_line_of_dotenv_that_says_nothing_is_not_passed_over(line: str, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"# ours\nLOG_LEVEL=INFO\n\n{line}\nLOG_FORMAT=json\n")
    with pytest.raises(SettingsProblem) as told:
        load_settings()
    assert str(told.value) == (
        "Line 4 of .env cannot be read: write NAME=VALUE, with a quote at both ends or at none, or take it out."
    )


def test_dotenv_may_have_settings_of_others(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"BOT_TOKEN={TOKEN}\nCOMPOSE_PROJECT_NAME=x\nTZ=UTC\nBOT_TOKEN_OLD=1\n")
    assert load_settings().token == TOKEN


def test_setting_of_the_environment_is_known_in_any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("bot_token", TOKEN)
    assert load_settings().token == TOKEN


def test_what_is_given_comes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_USERNAME", "another_bot")
    assert load_settings(bot_username="stempel_bot").bot_username == "stempel_bot"


def test_dotenv_may_have_quotes_comments_and_what_was_set_before(tmp_path: Path) -> None:
    lines = ("# ours", "NAME=stempel", 'export BOT_USERNAME="${NAME}_bot" # as it is called', "BOT_TOKEN")
    (tmp_path / ".env").write_text("\n".join(lines))
    assert load_settings().bot_username == "stempel_bot"


def test_setting_that_is_no_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment may hold any bytes."""
    monkeypatch.setenv("SECRET_KEY", "k" * 32 + "\udcff")
    with pytest.raises(SettingsProblem, match="SECRET_KEY"):
        load_settings()


def test_first_of_several_that_are_wrong_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("LOG_LEVEL", "LOUD"), ("WEBHOOK_URL", "ftp://x"), ("SMTP_RETRIES", "often")):
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsProblem, match="WEBHOOK_URL"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("bot_api_url", "http://127.0.0.1:8081/", "http://127.0.0.1:8081"),
        ("bot_username", "@stempel_bot", "stempel_bot"),
        ("operator_ids", "12, 13,", (12, 13)),
        ("operator_ids", "12", (12,)),
        ("default_locale", "de", Locale.DE),
        ("webhook_listen", ":8443", ":8443"),
        ("health_listen", "[::1]:8080", "[::1]:8080"),
        ("webhook_url", "https://example.com/hook", "https://example.com/hook"),
    ],
)
def test_setting_is_read_as_meant(
    name: str, value: str, read: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name.upper(), value)
    assert getattr(load_settings(), name) == read


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite+aiosqlite:///data/a.db", "data/a.db"),
        ("sqlite:////srv/a.db", "/srv/a.db"),
    ],
)
def test_database_is_where_the_url_says(url: str, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    assert load_settings().database_path == Path(path)


@pytest.mark.parametrize(
    ("listen", "address"),
    [(":80", ("127.0.0.1", 80)), ("0.0.0.0:8443", ("0.0.0.0", 8443)), ("[::1]:80", ("::1", 80))],
)
def test_address_to_listen_on(listen: str, address: tuple[str, int]) -> None:
    assert host_and_port(listen) == address


# -- the secret key ----------------------------------------------------------------------------------------


def settings_in(folder: Path) -> Settings:
    return Settings(database_url=f"sqlite+aiosqlite:///{folder / 'data' / 'a.db'}")


def test_key_that_is_set_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET_KEY", "k" * 32)
    assert load_secret(load_settings()) == b"k" * 32
    assert list(tmp_path.iterdir()) == []


def test_key_is_made_on_the_first_run_for_the_owners_eyes_only(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    key = load_secret(settings)
    file = tmp_path / "data" / KEY_FILE
    assert len(key) == 64
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert load_secret(settings) == key == file.read_bytes()
    assert [each.name for each in file.parent.iterdir()] == [KEY_FILE]


def test_first_runs_at_the_same_time_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as threads:
        keys = list(threads.map(lambda _: load_secret(settings_in(tmp_path)), range(64)))
    assert len(set(keys)) == 1
    assert [each.name for each in (tmp_path / "data").iterdir()] == [KEY_FILE]


def test_first_run_that_died_half_way_does_not_stop_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a container every process has the same number."""

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("os.link", dies)
        with pytest.raises(KeyboardInterrupt):
            load_secret(settings_in(tmp_path))
    assert len(load_secret(settings_in(tmp_path))) == 64


def test_two_installations_have_different_keys(tmp_path: Path) -> None:
    assert load_secret(settings_in(tmp_path / "one")) != load_secret(settings_in(tmp_path / "two"))


@pytest.mark.parametrize("held", [b"", b"\n", b"short"])
def test_file_without_a_key_is_refused(held: bytes, tmp_path: Path) -> None:
    """As a power cut may leave it: with it, anybody could compute the codes on the cards."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / KEY_FILE).write_bytes(held)
    with pytest.raises(SettingsProblem, match="holds no key"):
        load_secret(settings_in(tmp_path))


def test_key_is_on_the_disk_before_it_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr("os.fsync", lambda _: done.append("fsync"))

    def link(source: Path, target: Path) -> None:
        done.append("link")
        source.rename(target)

    monkeypatch.setattr("os.link", link)
    monkeypatch.setattr(Path, "unlink", lambda *_: None)
    load_secret(settings_in(tmp_path))
    assert done == ["fsync", "link", "fsync"]


def test_folder_of_the_key_is_closed_to_others(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o755)
    load_secret(settings_in(tmp_path))
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_folder_in_which_everybody_has_files_stays_open(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data").chmod(0o1777)
    load_secret(settings_in(tmp_path))
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o1777
