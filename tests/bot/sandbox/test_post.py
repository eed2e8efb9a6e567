"""Mail that is handed to the sandbox stays there, and is shown in a frame that runs nothing."""

import asyncio
from email.message import EmailMessage

import aiosmtplib
import pytest

from bot.sandbox import Sandbox
from bot.sandbox.post import SIZE_MAX_BYTES
from tests.bot.sandbox.api import Api
from tests.bot.sandbox.test_page_api import get

PICTURE = b"\x89PNG picture"


@pytest.fixture
async def port(sandbox: Sandbox) -> int:
    return int((await sandbox.receive_mail()).rpartition(":")[2])


def letter(html: str = "<html><head></head><body><img src='cid:card@x'></body></html>") -> EmailMessage:
    written = EmailMessage()
    written["From"], written["To"], written["Subject"] = "Café <cards@e.lu>", "lea@e.lu", "Héllo"
    written.set_content(".a line that begins with a dot\n..\n.\n")
    written.add_alternative(html, subtype="html")
    [_, shown] = written.iter_parts()
    assert isinstance(shown, EmailMessage)
    shown.add_related(PICTURE, "image", "png", cid="<card@x>")
    return written


async def hand_over(port: int, written: EmailMessage, to: str = "lea@e.lu") -> None:
    await aiosmtplib.send(
        written, hostname="127.0.0.1", port=port, sender="cards@e.lu", recipients=[to], start_tls=False
    )


async def test_mail_is_a_line_of_the_inbox_and_a_page_of_its_own(
    api: Api, sandbox: Sandbox, port: int
) -> None:
    await hand_over(port, letter())
    await hand_over(port, letter("<p>.\n..</p><script>alert(1)</script>"), "ben@e.lu")
    newest, oldest = (await get(api, "state"))["mails"]
    assert (oldest["to"], oldest["sender"], oldest["subject"]) == ("lea@e.lu", "Café <cards@e.lu>", "Héllo")
    async with api.http.get(f"{sandbox.url}{oldest['url']}") as answer:
        html = await answer.text()
    assert '<head><base target="_blank">' in html
    assert "data:image/png;base64," in html
    async with api.http.get(f"{sandbox.url}{newest['url']}") as answer:
        policy = dict(
            part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";")
        )
        assert "<p>.\n..</p>" in (await answer.text()).replace("\r\n", "\n")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert policy["default-src"] == "'none'"
    assert (policy["sandbox"], policy["frame-ancestors"]) == ("", "'self'")
    assert "script-src" not in policy


async def test_mail_is_shown_to_a_page_of_this_machine_alone(api: Api, sandbox: Sandbox, port: int) -> None:
    await hand_over(port, letter())
    for path, headers, status in (
        ("1", {}, 200),
        ("1", {"Host": "evil.example"}, 403),
        ("1", {"Origin": "https://evil.example"}, 403),
        ("2", {}, 404),
    ):
        async with api.http.get(f"{sandbox.url}/sandbox/mails/{path}", headers=headers) as answer:
            assert answer.status == status


async def test_nobody_is_at_invalid(sandbox: Sandbox, port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        b"EHLO x\r\nMAIL FROM:<a@b.lu>\r\nRCPT TO:<c@d.Invalid>\r\nDATA\r\nRCPT TO:<c@d.lu>\r\nQUIT\r\n"
    )
    answers = [line[:9] for line in (await reader.read()).splitlines()]
    assert [answer[:3] for answer in answers] == [b"220", b"250", b"250", b"550", b"503", b"250", b"221"]
    assert answers[3] == b"550 5.1.2"
    writer.close()
    assert not sandbox.stage.post.mails


async def test_who_speaks_otherwise_is_refused_and_keeps_nobody_out(sandbox: Sandbox, port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    said = b"EHLO x\r\nDATA\r\nRCPT TO:<a@b.lu>\r\nMAIL FROM:<>\r\nRCPT TO:<a b@b.lu>\r\nGET / HTTP/1.1\r\nQUIT\r\n"
    writer.write(said)
    answers = [line[:3] for line in (await reader.read()).splitlines()]
    assert answers == [b"220", b"250", b"503", b"503", b"250", b"503", b"503", b"221"]
    writer.close()
    _, endless = await asyncio.open_connection("127.0.0.1", port)
    endless.write(b"x" * (SIZE_MAX_BYTES + 1))
    await endless.drain()
    await hand_over(port, letter())
    assert len(sandbox.stage.post.mails) == 1
    endless.close()
