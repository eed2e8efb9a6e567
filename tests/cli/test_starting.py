"""A start that cannot succeed ends with one sentence and a status, never with a traceback."""

import asyncio
import errno
import os
import sqlite3
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from socket import create_server

import pytest

from bot.kit.settings import SettingsProblem
from bot.kit.web import check_free
from bot.sandbox import Sandbox
from storage.migrate import downgrade
from storage.sqlite.instance import sole_user
from tests.support.databases import changes, lay_empty_database
from tests.support.operator import Operator, Ran
from tests.support.ports import unused_port

PAGE_BYTES = 4096


@pytest.fixture
async def operator(tmp_path: Path) -> AsyncIterator[Operator]:
    async with Sandbox() as sandbox:
        found = Operator(sandbox, tmp_path)
        lay_empty_database(found.database)
        yield found


def says_only(ran: Ran, *words: str) -> None:
    [said] = ran.err.splitlines()
    assert [word for word in words if word not in said] == []
    assert ran.status in (1, 2)
    assert ran.out == ""


async def succeeds(*words: str) -> bool:
    quiet = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(*words, stdout=quiet, stderr=quiet)
    except FileNotFoundError:
        return False
    return not await process.wait()


async def test_file_that_is_no_database(operator: Operator) -> None:
    operator.database.write_bytes(os.urandom(2 * PAGE_BYTES))
    says_only(await operator.runs("run"), str(operator.database), "file is not a database")


async def test_what_a_restore_that_was_killed_has_left_goes_with_the_next_start(operator: Operator) -> None:
    """It has everybody who was erased since the copy was made."""
    names = ("stempel.db.restoring", "stempel.db.restoring-journal")
    left = [operator.database.with_name(name) for name in names]
    for file in left:
        file.write_bytes(b"Marie")
    async with operator.bot():
        assert [file.name for file in left if file.exists()] == []


async def test_bot_brings_its_own_file_up_to_date_and_a_command_none_under_a_bot(operator: Operator) -> None:
    """One of an older version, that is, which would go on as before."""
    changes(operator.database, downgrade, "0059")
    with sole_user(operator.database):
        for words in ("migrate",), ("merchant", "list"), ("backup", str(operator.folder / "copy.db")):
            says_only(await operator.runs(*words), "is in use by another bot: end that one first")
    async with operator.bot():
        listed = await operator.runs("merchant", "list")
    assert (listed.status, listed.err) == (0, "")


async def test_database_of_another_program(operator: Operator) -> None:
    """Neither a start nor a restore makes it ours."""
    copy = operator.folder / "copy.db"
    operator.database.rename(copy)
    with closing(sqlite3.connect(operator.database)) as theirs:
        theirs.execute("CREATE TABLE songs (title TEXT)")
    before = operator.database.read_bytes()
    for words in (["run"], ["restore", str(copy), "--yes"]):
        says_only(await operator.runs(*words), str(operator.database), "another program", "DATABASE_URL")
    assert operator.database.read_bytes() == before


async def test_database_with_a_destroyed_page(operator: Operator) -> None:
    whole = operator.database.read_bytes()
    operator.database.write_bytes(whole[:PAGE_BYTES] + b"\xff" * (len(whole) - PAGE_BYTES))
    says_only(await operator.runs("run"), str(operator.database), "malformed")


async def test_folder_in_the_place_of_the_database(operator: Operator) -> None:
    operator.database.unlink()
    operator.database.mkdir()
    says_only(await operator.runs("run"), str(operator.database), "Is a directory")


async def test_read_only_file_system(operator: Operator) -> None:
    """A mount of its own where that may be done, else a folder without the right to write."""
    script = "mount --bind . . && mount -o remount,ro,bind . && cd $PWD && exec $0 -m bot run"
    way = ("unshare", "--mount", "sh", "-c", script, sys.executable)
    may_mount = await succeeds("unshare", "--mount", "true")
    operator.folder.chmod(0o700 if may_mount else 0o500)
    try:
        ran = await operator.runs(program=way) if may_mount else await operator.runs("run")
        says_only(ran, "cannot be used", "ead-only" if may_mount else "denied")
    finally:
        operator.folder.chmod(0o700)


@pytest.mark.parametrize(
    ("file_bytes", "said"), [(40_960, "cannot be used"), (16_384, "cannot be used: its disk is full")]
)
async def test_command_for_which_there_is_no_room(operator: Operator, file_bytes: int, said: str) -> None:
    """Its sentence, and no line of the log of a bot. Where not even what SQLite lays beside the file has its room,
    that calls it an error of the disk."""
    script = "ulimit -f $((FILE_BYTES / 512)) && exec $0 -m bot merchant create --name Salon"
    operator.settings |= {"BOT_USERNAME": "stempel_demo_bot", "FILE_BYTES": str(file_bytes)}
    operator.settings |= {"PYTHONDONTWRITEBYTECODE": "1"}
    ran = await operator.runs(program=("sh", "-c", script, sys.executable))
    says_only(ran, str(operator.database), said)


@pytest.mark.parametrize("setting", ["HEALTH_LISTEN", "WEBHOOK_LISTEN"])
async def test_port_in_use(operator: Operator, setting: str) -> None:
    """Is said before anything is done: Telegram hears of no webhook, and no database is made."""
    with closing(create_server(("127.0.0.1", 0))) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        operator.settings |= {
            setting: listen,
            "WEBHOOK_URL": "https://stamps.example/hook",
            "LOG_LEVEL": "ERROR",
        }
        operator.database.unlink()
        says_only(await operator.runs("run"), listen, "Address already in use", setting)
    assert not operator.sandbox.calls_of("getMe")
    assert not operator.database.exists()


@pytest.mark.parametrize(
    ("listen", "words"),
    [
        (
            "192.0.2.1:8080",
            ["Cannot assign requested address", "not an address of this machine", "127.0.0.1"],
        ),
        ("no-such-host.invalid:8080", ["not an address of this machine", "127.0.0.1"]),
    ],
)
async def test_address_of_another_machine(operator: Operator, listen: str, words: list[str]) -> None:
    """There is no program to end."""
    operator.settings |= {"HEALTH_LISTEN": listen, "LOG_LEVEL": "ERROR"}
    ran = await operator.runs("run")
    says_only(ran, listen, *words, "HEALTH_LISTEN")
    assert "end the program" not in ran.err


@pytest.mark.parametrize(
    ("kind", "advice"),
    [(errno.EACCES, "name a port from 1024 on"), (errno.EMFILE, "change HEALTH_LISTEN or WEBHOOK_LISTEN")],
)
async def test_what_else_keeps_from_listening(
    monkeypatch: pytest.MonkeyPatch, kind: int, advice: str
) -> None:
    async def refused(*_: object) -> None:
        raise OSError(kind, "as asyncio says it")

    monkeypatch.setattr(asyncio.get_running_loop(), "create_server", refused)
    with pytest.raises(SettingsProblem, match=advice) as problem:
        await check_free(["127.0.0.1:80"])
    assert os.strerror(kind) in str(problem.value)


async def test_port_that_is_wanted_twice(operator: Operator) -> None:
    listen = f"127.0.0.1:{unused_port()}"
    operator.settings |= {
        "HEALTH_LISTEN": listen,
        "WEBHOOK_LISTEN": listen,
        "WEBHOOK_URL": "https://stamps.example/hook",
    }
    says_only(await operator.runs("run"), listen, "Address already in use")
    assert not operator.sandbox.calls_of("getMe")


@pytest.mark.parametrize("content", [None, "no certificate"])
async def test_certificates_that_cannot_be_read(operator: Operator, content: str | None) -> None:
    path = operator.folder / "trusted.pem"
    if content is not None:
        path.write_text(content)
    operator.settings["SSL_CERT_FILE"] = str(path)
    says_only(await operator.runs("run"), "SSL_CERT_FILE")


async def test_certificate_that_nobody_vouches_for(operator: Operator) -> None:
    key, certificate = operator.folder / "key.pem", operator.folder / "certificate.pem"
    words = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1"
    if not await succeeds(*words.split(), "-keyout", str(key), "-out", str(certificate)):
        pytest.skip("no openssl to make a certificate with")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    async with server:
        operator.settings["BOT_API_URL"] = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        says_only(await operator.runs("run"), "certificate of BOT_API_URL is not trusted")
