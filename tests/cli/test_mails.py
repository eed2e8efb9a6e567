"""An operator sees whether the relay takes mail before any customer asks for it."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Stempel
from tests.support.mail_server import MailServer, mail_server
from tests.support.reports import report


@pytest.fixture
def post() -> Iterator[MailServer]:
    """In a loop of its own: a command has one too."""
    loop, ready, stop = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    found: list[MailServer] = []

    async def serves() -> None:
        async with mail_server() as server:
            found.append(server)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serves()))
    thread.start()
    ready.wait()
    yield found[0]
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()


def test_relay_is_tried(stempel: Stempel, post: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    trying = ["mail", "try", "--to", "olga@example.lu", "--json"]
    assert stempel(*trying).err == "SMTP_URL is missing: without it no e-mail is sent.\n"
    monkeypatch.setenv("SMTP_URL", post.url)
    monkeypatch.setenv("SMTP_FROM", "cards@example.lu")
    assert stempel(*trying).object["outcome"] == "delivered"
    assert post.rcpts == ["olga@example.lu"]
    post.answers = {"RCPT": ["550 5.1.1 nobody"]}
    told = stempel(*trying)
    assert (told.status, told.object) == (
        1,
        {"outcome": "refused", "reason": "smtp 550 5.1.1", "said": "5.1.1 nobody"},
    )
    assert stempel("mail", "try", "--to", "olga").status == 2


def test_why_the_relay_takes_nothing_is_said_in_its_own_words(
    stempel: Stempel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMTP_FROM", "cards@example.lu")
    monkeypatch.setenv("SMTP_URL", "smtp://127.0.0.1:1")
    told = stempel("mail", "try", "--to", "olga@example.lu")
    assert (told.status, told.out.partition(" ")[0]) == (1, "later")
    assert "Error connecting to 127.0.0.1 on port 1" in told.out


def test_report_of_mail_is_taken_from_a_file(stempel: Stempel, laid: Path, tmp_path: Path) -> None:
    file = tmp_path / "report.eml"
    for raw, outcome in (
        (report(None), "not_ours"),
        (report(None, "4.4.1", "delayed"), "no_failure"),
        (b"nonsense", "no_failure"),
    ):
        file.write_bytes(raw)
        assert stempel("mail", "returned", str(file), "--json").object == {"outcome": outcome}


def test_card_is_given_by_mail(
    stempel: Stempel, shop: dict[str, Any], post: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    giving = ["card", "new", "--merchant", shop["merchant_id"], "--store", shop["store_id"], "--json"]
    to_lea = [*giving, "--email", "lea@example.lu"]
    assert stempel(*to_lea).err == "SMTP_URL is missing: without it no e-mail is sent.\n"
    monkeypatch.setenv("SMTP_URL", post.url)
    monkeypatch.setenv("SMTP_FROM", "cards@example.lu")
    assert stempel(*to_lea).object == {"outcome": "sent"}
    assert stempel(*to_lea).object == {"outcome": "too_many_to_this_address"}
    assert post.rcpts == ["lea@example.lu"]
    assert stempel(*giving, "--email", "lea@").status == 2
    post.answers = {"RCPT": ["550 5.1.1 nobody"]}
    assert stempel(*giving, "--email", "tom@example.lu").status == 2
    assert stempel(*giving, "--email", "tom@example.lu").object == {"outcome": "sent"}
