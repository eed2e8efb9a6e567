"""What becomes of a mail at a real SMTP server, and what is in it."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.delivery import mailer as module
from bot.delivery.channel import Outcome
from bot.delivery.mailer import DOWN_S, IN_DOUBT, Envelope, Mailer
from bot.texts import texts
from bot.views.mails import PICTURE_ID, Frame, Mail, mail
from bot.views.view import View
from domain.account import Locale
from domain.delivery import Delivered, Later, Refused
from domain.ids import CardNumber
from tests.support.mail_server import MailServer, html_of, mail_server, text_of

CHAT_URL = "https://t.me/knaetsch_bot"
NOW = datetime(2026, 6, 15, 9, tzinfo=UTC)
STOP_URL = f"https://cards.example.lu/mail/stop/{'m' * 22}/{'c' * 22}/{'t' * 22}"


@pytest.fixture
async def post() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


def receipt(text: str = "✅ <b>+1 stamp</b>\n1 of 10", shop: str = "Café Knätsch", **more: Any) -> Mail:
    frame = Frame(
        shop=shop, chat_url=CHAT_URL, stop_url=STOP_URL if more.pop("is_marketing", False) else None
    )
    return mail(texts(Locale.EN), View(text=text), frame, **more)


async def test_trouble_of_the_relay_is_said_once_and_until_it_is_over(
    post: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    mailer = Mailer(post.url, "cards@example.lu")
    envelope = Envelope(to="anna@example.lu", sender="Café", message_id="1", sent_at=NOW)
    await post.closes()
    for _ in range(3):
        await mailer.send(receipt(), envelope)
    troubles = [mailer.trouble]
    await post.opens()
    post.answers = {"RCPT": ["550 5.1.1 nobody"]}
    await mailer.send(receipt(), envelope)
    assert [*troubles, mailer.trouble] == ["SMTPConnectError", None]
    assert [each.message for each in caplog.records if each.name == module.__name__] == [
        *("no e-mail goes out: SMTPConnectError", "e-mail goes out again")
    ]


async def sends(post: MailServer, written: Mail | None = None, **changes: str) -> Outcome:
    facts = {"to": "anna@example.lu", "sender": "Café Knätsch", "message_id": "0197"} | changes
    envelope = Envelope(**facts, sent_at=NOW)
    return await Mailer(post.url, "cards@example.lu").send(written or receipt(), envelope)


async def test_it_says_whose_it_is_when_and_which(post: MailServer) -> None:
    assert await sends(post) == Delivered("<0197@example.lu>")
    [sent] = post.mails
    headers = {name: str(sent[name]) for name in ("From", "To", "Subject", "Date", "Message-ID")}
    assert headers == {
        "From": "Café Knätsch <cards@example.lu>",
        "To": "anna@example.lu",
        "Subject": "Café Knätsch: +1 stamp",
        "Date": "Mon, 15 Jun 2026 09:00:00 +0000",
        "Message-ID": "<0197@example.lu>",
    }
    assert "+1 stamp\r\n1 of 10" in text_of(sent)
    assert "<b>+1 stamp</b><br>" in html_of(sent)
    assert sent["List-Unsubscribe"] is None
    assert all(len(line) <= 998 for line in post.raw[0].splitlines())


@pytest.mark.parametrize(
    ("said", "heads"),
    [
        ("✅ <b>+1 stamp</b>\n1 of 10\n<b>Zed &amp; Söhne</b> · Gare", 0),
        ("⏳ <b>120 points expire soon.</b>", 1),
    ],
)
def test_shop_stands_above_what_does_not_name_it(said: str, heads: int) -> None:
    name = "Zed &amp; Söhne"
    shown = receipt(said, shop="Zed & Söhne").html.partition("<body")[2]
    assert (shown.count(name), shown.partition("<b>")[0].count(name)) == (1, heads)


def test_subject_names_the_shop_as_the_language_writes_it() -> None:
    frame = Frame(shop="Zed & Söhne", chat_url=None)
    written = mail(texts(Locale.FR), View(text="✅ <b>+1 tampon</b>"), frame)
    assert written.subject == "Zed & Söhne\u00a0: +1 tampon"


async def test_picture_of_the_card_is_within(post: MailServer) -> None:
    await sends(post, receipt(card_number=CardNumber("482109375"), picture=b"\x89PNG"))
    [picture] = [part for part in post.mails[0].walk() if part.get_content_type() == "image/png"]
    assert picture["Content-ID"] == f"<{PICTURE_ID}>"
    assert picture["Content-Disposition"].startswith("inline")
    assert f"cid:{PICTURE_ID}" in html_of(post.mails[0])
    assert "482 109 375" in text_of(post.mails[0])


async def test_marketing_is_ended_by_one_click(post: MailServer) -> None:
    await sends(post, receipt(is_marketing=True), stop_url=STOP_URL)
    assert f"List-Unsubscribe: <{STOP_URL}>\r\n".encode() in post.raw[0]
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in post.raw[0]
    assert STOP_URL in text_of(post.mails[0])
    assert f'href="{STOP_URL}"' in html_of(post.mails[0])


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({"RCPT": ["451 4.7.1 Greylisted"]}, Later("smtp 451")),
        ({"DATA": ["452 4.3.1 Full"]}, Later("smtp 452")),
        ({"RCPT": ["550 5.1.1 anna@example.lu unknown"]}, Refused("smtp 550 5.1.1", is_of_address=True)),
        ({"RCPT": ["550 5.7.1 anna@example.lu may not"]}, Refused("smtp 550")),
        ({"DATA": ["554 5.1.1 no"]}, Refused("smtp 554 5.1.1")),
    ],
)
async def test_answers_are_told_apart_and_name_nobody(
    post: MailServer, answers: dict[str, list[str]], outcome: Outcome, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    post.answers = answers
    assert await sends(post) == outcome
    assert await sends(post) == Delivered("<0197@example.lu>")
    assert len(post.mails) == 1
    assert not [each for each in caplog.records if "anna" in each.getMessage() and each.name != "mail.log"]


@pytest.mark.parametrize("said", ["550 5.7.1 Sender not allowed", "530 5.7.0 Login first", "451 4.3.0 Busy"])
async def test_what_a_relay_refuses_of_all_mail_is_no_mails_fault(post: MailServer, said: str) -> None:
    post.answers = {"MAIL": [said]}
    mailer = Mailer(post.url, "cards@example.lu")
    envelope = Envelope(to="anna@example.lu", sender="Café Knätsch", message_id="0197", sent_at=NOW)
    assert await mailer.send(receipt(), envelope) == Later(f"relay_refuses {said[:3]}", DOWN_S)
    assert mailer.trouble == f"relay_refuses {said[:3]}"
    assert await mailer.send(receipt(), envelope) == Delivered("<0197@example.lu>")
    assert mailer.trouble is None


async def test_relay_that_serves_nobody_is_waited_for() -> None:
    async def refuses(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"554 5.7.1 No service for you\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(refuses, "127.0.0.1", 0)
    async with server:
        url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        envelope = Envelope(to="anna@example.lu", sender="Café Knätsch", message_id="0197", sent_at=NOW)
        outcome = await Mailer(url, "cards@example.lu").send(receipt(), envelope)
    assert outcome == Later("relay_refuses 554", DOWN_S)


async def test_server_that_is_down_is_waited_for(post: MailServer) -> None:
    await post.closes()
    outcome = await sends(post)
    assert isinstance(outcome, Later)
    assert outcome.seconds == DOWN_S
    await post.opens()
    assert isinstance(await sends(post), Delivered)


async def test_cut_after_the_data_is_a_try_that_may_have_arrived(post: MailServer) -> None:
    post.cuts = 1
    assert await sends(post) == Later(IN_DOUBT)
    assert await sends(post) == Delivered("<0197@example.lu>")
    assert len({str(sent["Message-ID"]) for sent in post.mails}) == 1 < len(post.mails)


async def test_nothing_is_said_without_tls_to_another_machine(
    post: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server here offers none."""
    monkeypatch.setattr(module, "is_loopback", lambda _host: False)
    outcome = await sends(post)
    assert isinstance(outcome, Later)
    assert post.rcpts == []


@pytest.mark.parametrize(
    "name",
    [
        "Café\r\nBcc: all@example.lu",
        "Café\nBcc: all@example.lu\n\nbody",
        "PayPal <security@paypal.example>",
        '"Café" <a@b.lu>, "x',
        "\u2028Bcc: all@example.lu",
        "=?utf-8?q?=0D=0ABcc:_all@example.lu?=",
        "🎉" * 64,
    ],
)
async def test_names_stay_names(post: MailServer, name: str) -> None:
    await sends(post, receipt(f"<b>{name.replace('<', '&lt;')}</b>", shop=name), sender=name)
    [sent] = post.mails
    assert post.rcpts == ["anna@example.lu"]
    assert set(sent.keys()) == {
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"),
    }
    [author] = sent["From"].addresses
    assert author.addr_spec == "cards@example.lu"
    assert "@" not in author.display_name


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("&lt;script&gt;x&lt;/script&gt; &amp;amp;", "&lt;script&gt;x&lt;/script&gt; &amp;amp;"),
        ("<script>x</script>", "x"),
        ('<b onclick="x">y</b>', "<b>y</b>"),
        ('<a href="javascript:x">y</a>', ">y<"),
        ('<a href="https://e.lu/?a=&quot;&gt;">y</a>', '<a href="https://e.lu/?a=&#34;&gt;">y</a>'),
        ("<b><i>y", "<b><i>y</i></b>"),
        ("</b>y", "y"),
    ],
)
def test_nothing_becomes_markup_but_a_few_tags(said: str, shown: str) -> None:
    written = receipt(said).html
    assert shown in written
    assert "<script" not in written
    assert "javascript" not in written
