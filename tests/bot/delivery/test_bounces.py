"""Reports of mail that came back: what they say, who may bring them, and what they count for."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.app.process import Surroundings
from bot.delivery import bounce_inbox, returned
from bot.delivery.bounce_inbox import BounceInbox
from bot.delivery.bounces import SIZE_MAX_BYTES, Bounce, Bounces, read_bounce
from bot.delivery.channels import email
from bot.delivery.returned import BURST, bounce_routes
from bot.kit.clock import system_clock
from bot.kit.links import BOUNCE_PATH, Links
from bot.kit.metrics import BotMetrics, Metrics
from bot.kit.tokens import Tokens
from domain.ids import BotId, MerchantId, MessageId
from domain.plumbing.bounces import CameBack, Returned
from domain.ports import DatabaseUnavailable, RowUnreadable
from domain.steps import untraced
from tests.bot.delivery.test_email import ADDRESS, gives_address
from tests.support.house import UNHURRIED, House, Shop, TestClock, house, number_of
from tests.support.imap_server import ImapServer, imap_server
from tests.support.mail_server import MailServer, mail_server
from tests.support.patience import PATIENCE_S
from tests.support.ports import unused_port
from tests.support.reports import report

SECRET = "a-secret-of-the-relay"
LINKS = Links("knaetsch_bot", Tokens(b"a secret"))
MERCHANT, MESSAGE = (f"0190{digit}000-0000-7000-8000-000000000001" for digit in "12")


def named(name: str) -> EmailMessage:
    mail = EmailMessage()
    mail["Message-ID"] = name
    return mail


MAIL = named(f"<{LINKS.mail_name(MerchantId(MERCHANT), MessageId(MESSAGE), ADDRESS)}@example.lu>")


class Ledger:
    """What bounces are told of."""

    def __init__(self) -> None:
        self.told: list[CameBack] = []
        self.is_down = False
        self.breaks: list[Exception] = []

    async def write(self, _usecase: object, command: CameBack) -> Returned:
        if self.is_down:
            raise DatabaseUnavailable("down")
        if self.breaks:
            raise self.breaks.pop()
        self.told.append(command)
        return Returned.MARKED


def bounces(ledger: Ledger) -> Bounces:
    metrics = BotMetrics(Metrics(), BotId(42), untraced)
    return Bounces(bot_id=BotId(42), database=ledger, links=LINKS, metrics=metrics)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "action", "found"),
    [
        ("5.1.1", "failed", ("5.1.1", True)),
        ("5.1.1 (no such user)", "Failed", ("5.1.1", True)),
        ("5.0.0", "failed", ("5.0.0", True)),
        ("5.2.2", "failed", ("5.2.2", True)),
        ("5.4.4", "failed", ("5.4.4", True)),
        ("5.7.1", "failed", ("5.7.1", False)),
        ("5.3.4", "failed", ("5.3.4", False)),
        ("5.6.1", "failed", ("5.6.1", False)),
        ("4.4.1", "failed", (None, False)),
        ("4.4.1", "delayed", (None, False)),
        ("5.1.1", "delayed", (None, False)),
        ("2.0.0", "delivered", (None, False)),
        ("2.0.0", "relayed", (None, False)),
        ("", "failed", (None, False)),
    ],
)
def test_what_is_given_up_for_good_and_what_is_for_the_address(
    status: str, action: str, found: tuple[str | None, bool]
) -> None:
    read = read_bounce(report(MAIL, status, action))
    assert read is not None
    assert (read.status, read.is_of_address) == found
    [name] = LINKS.mails_in(read.names)
    assert (name.merchant_id, name.message_id) == (MERCHANT, MESSAGE)
    assert LINKS.is_of_mail(name, ADDRESS)
    assert not LINKS.is_of_mail(name, "ben@example.lu")


@pytest.mark.parametrize(
    "raw",
    [
        report(MAIL, returns="text/rfc822-headers"),
        report(MAIL, returns="message/global-headers"),
        report(MAIL).replace(b"\r\n", b"\n"),
        report(named("<1@x.example>"), head=f"In-Reply-To: {MAIL['Message-ID']}"),
        report(named("<1@x.example>"), head=f"References: <0@x.example>\r\n {MAIL['Message-ID']}"),
    ],
    ids=["headers alone", "in any script", "line feeds", "in reply", "references"],
)
def test_mail_is_found_wherever_relays_name_it(raw: bytes) -> None:
    read = read_bounce(raw)
    assert read is not None
    assert len(LINKS.mails_in(read.names)) == 1


def changed(name: str, at: int) -> str:
    other = "A" if name[at] != "A" else "B"
    return f"{name[:at]}{other}{name[at + 1 :]}"


@pytest.mark.parametrize(
    "name",
    [
        "<1@somewhere.example>",
        f"<{MESSAGE}@example.lu>",
        str(MAIL["Message-ID"]).lower(),
        *(changed(str(MAIL["Message-ID"]), at) for at in (1, 24, 47, 60)),
    ],
)
async def test_name_that_we_did_not_make_is_asked_nobody(name: str) -> None:
    ledger = Ledger()
    assert await bounces(ledger).take(report(named(name))) is Returned.NOT_OURS
    assert ledger.told == []


DEEP = b"".join(
    b'Content-Type: multipart/report; report-type=delivery-status; boundary="%d"\r\n\r\n--%d\r\n' % (n, n)
    for n in range(5_000)
)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00" * 1_000,
        b"Subject: hello\r\n\r\nI am on holiday.",
        DEEP,
        report(MAIL).replace(b"report-type=delivery-status", b"report-type=feedback-report"),
        report(MAIL).replace(b"multipart/report", b"multipart/mixed"),
        report(MAIL).replace(b'boundary="A.1/relay.example"', b"x=y"),
        report(MAIL).replace(b"Content-Type: message/delivery-status", b"Content-Type: text/plain"),
    ],
    ids=["empty", "zeros", "no report", "deep", "a complaint", "mixed", "no boundary", "no status"],
)
def test_what_is_no_report_is_none(raw: bytes) -> None:
    assert read_bounce(raw) is None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_nothing_that_is_sent_breaks_the_reading(data: st.DataObject) -> None:
    raw = bytearray(report(MAIL))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=12))
        raw = raw or bytearray(b" ")
    found = read_bounce(bytes(raw))
    assert found is None or isinstance(found, Bounce)


def test_report_whose_boundary_is_given_both_whole_and_in_pieces_is_none() -> None:
    """The standard library orders pieces by their numbers, and one has none. Anybody may send that."""
    raw = report(MAIL)
    assert read_bounce(raw) is not None
    assert read_bounce(re.sub(rb'boundary="[^"]+"', b"boundary*0=a; boundary*=b", raw)) is None


@pytest.fixture
async def relay() -> AsyncIterator[tuple[TestClient[web.Request, web.Application], Ledger, list[float]]]:
    """Who reports, what came of it, and the seconds that have passed."""
    ledger, seconds = Ledger(), [0.0]
    app = web.Application(client_max_size=2 * SIZE_MAX_BYTES)
    app.add_routes(bounce_routes(bounces(ledger), SECRET, lambda: seconds[0]))
    async with TestClient(TestServer(app)) as client:
        yield client, ledger, seconds


async def posts(
    client: TestClient[web.Request, web.Application], raw: bytes, secret: str | None = SECRET
) -> tuple[int, str]:
    headers = {} if secret is None else {"Authorization": f"Bearer {secret}"}
    async with client.post(BOUNCE_PATH, data=raw, headers=headers) as answer:
        said = await answer.json() if answer.status == 200 else {"outcome": ""}
        return answer.status, said["outcome"]


async def test_webhook_takes_reports_of_who_has_the_secret(
    relay: tuple[TestClient[web.Request, web.Application], Ledger, list[float]],
) -> None:
    client, ledger, _ = relay
    for wrong in (
        None,
        "",
        SECRET[:-1],
        f"{SECRET}x",
        SECRET.upper(),
        "Schlüssel".encode().decode("latin-1"),
    ):
        assert await posts(client, report(MAIL), wrong) == (403, "")
    assert ledger.told == []
    assert await posts(client, report(MAIL)) == (200, "marked")
    assert await posts(client, report(MAIL, "4.4.1", "delayed")) == (200, "no_failure")
    assert await posts(client, b"nonsense") == (200, "no_failure")
    assert await posts(client, report(None)) == (200, "not_ours")
    assert await posts(client, b"x" * (SIZE_MAX_BYTES + 1)) == (413, "")
    ledger.is_down = True
    assert await posts(client, report(MAIL)) == (503, "")
    assert len(ledger.told) == 1


async def test_flood_of_reports_is_bounded_and_strangers_take_nothing_from_it(
    relay: tuple[TestClient[web.Request, web.Application], Ledger, list[float]],
) -> None:
    client, _, seconds = relay
    for _ in range(20):
        assert (await posts(client, b"", "wrong"))[0] == 403
    answers = [(await posts(client, b""))[0] for _ in range(int(BURST) + 2)]
    assert answers == [200] * int(BURST) + [429] * 2
    seconds[0] += 1 / returned.PER_SECOND
    assert [(await posts(client, b""))[0] for _ in range(2)] == [200, 429]


@pytest.fixture
async def box() -> AsyncIterator[ImapServer]:
    async with imap_server() as server:
        yield server


async def test_mailbox_is_read_for_reports_and_all_else_is_left(
    box: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounce_inbox, "AT_ONCE_MAX", 2)
    ledger = Ledger()
    inbox = BounceInbox(box.url, bounces(ledger).take, system_clock)
    question = b"From: anna@example.lu\r\nContent-Type: text/plain\r\n\r\nAre you open on Monday?\r\n"
    box.gets(question, report(MAIL), report(None), report(MAIL, "4.4.1", "delayed"), question)
    assert await inbox.look() == 1
    assert box.read == {2}
    asked = len(box.asked)
    assert await inbox.look() == 0
    assert not any("FETCH" in each for each in box.asked[asked:])
    box.gets(report(MAIL))
    assert await inbox.look() == 1
    assert (box.read, len(ledger.told)) == ({2, 6}, 2)


async def test_report_that_cannot_be_kept_is_read_again(box: ImapServer) -> None:
    ledger = Ledger()
    inbox = BounceInbox(box.url, bounces(ledger).take, system_clock)
    box.gets(report(MAIL))
    ledger.is_down = True
    assert await inbox.look() == 0
    ledger.is_down = False
    assert await inbox.look() == 1


async def test_report_that_nothing_can_be_made_of_holds_up_no_other(
    box: ImapServer, caplog: pytest.LogCaptureFixture
) -> None:
    """It stays unread, and what came over it is in the log."""
    ledger = Ledger()
    ledger.breaks = [RowUnreadable("a row")]
    inbox = BounceInbox(box.url, bounces(ledger).take, system_clock)
    box.gets(report(MAIL), report(MAIL))
    assert await inbox.look() == 1
    assert (box.read, len(ledger.told)) == ({2}, 1)
    assert any("stays unread" in each.getMessage() and each.exc_info for each in caplog.records)


async def test_mailbox_that_cannot_be_read_is_told_of_until_it_can(
    box: ImapServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    inbox = BounceInbox(box.url, bounces(Ledger()).take, system_clock)
    box.password = "another"
    for _ in range(2):
        await inbox.look()
    troubles = [inbox.trouble]
    box.password = "a word"
    await inbox.look()
    troubles.append(inbox.trouble)
    box.is_busy = True
    await inbox.look()
    troubles.append(inbox.trouble)
    await box.closes()
    await inbox.look()
    assert [*troubles, inbox.trouble] == ["error", None, "error", "ConnectionRefusedError"]
    said = [each.getMessage() for each in caplog.records if each.name == bounce_inbox.__name__]
    assert len(said) == 2
    assert not any("word" in each or "cards@" in each for each in said)


@pytest.fixture
async def post() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


@pytest.fixture
async def home(
    tmp_path: Path, clock: TestClock, post: MailServer, box: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    monkeypatch.setattr(email, "LIMITS", UNHURRIED)
    monkeypatch.setattr(bounce_inbox, "LOOKS_EACH_S", 0.05)
    port = unused_port()
    async with house(
        tmp_path / "stempel.db",
        Surroundings(clock=clock, limits=UNHURRIED),
        smtp_url=post.url,
        smtp_from="cards@example.lu",
        bounce_to="returns@example.lu",
        bounce_imap_url=box.url,
        bounce_secret=SECRET,
        webhook_url=f"http://127.0.0.1:{port}/hook",
        webhook_listen=f"127.0.0.1:{port}",
    ) as found:
        yield found


async def test_code_that_came_back_is_told_and_another_address_takes_its_place_at_once(
    home: House, shop: Shop, post: MailServer, box: ImapServer, caplog: pytest.LogCaptureFixture
) -> None:
    """By the webhook, and the next one by the mailbox. A name that was made up voids nothing, and no log tells an
    address, a code, or a name that is worth something."""
    caplog.set_level(logging.INFO)
    anna = await home.customer(shop, "Anna")
    await anna.sends("/email")
    await anna.sees("Type your address", new=True)
    await anna.sends(ADDRESS)
    await anna.sees("A code is on its way", new=True)
    first = await post.gets(1)
    name = str(first["Message-ID"])
    for made_up in (changed(name, 6), name.replace("<code.", "<")):
        assert await brings(home, report(named(made_up))) == "not_ours"
    assert await brings(home, report(first, "4.4.1", "delayed")) == "no_failure"
    assert await brings(home, report(first)) == "marked"
    await anna.sees("The code came back", new=True)
    assert await brings(home, report(first)) == "noted"
    await anna.sends(code_in(first))
    await anna.sees("This code is over", new=True)

    await anna.sends("anna@example.com")
    await anna.sees("A code is on its way to anna@example.com", new=True)
    second = await post.gets(2)
    box.gets(report(second, "5.7.1"))
    async with asyncio.timeout(PATIENCE_S):
        await box.is_marked.wait()
    await anna.sees("The code came back", new=True)
    await anna.taps("Another address")
    await anna.sees("Type your address")
    await anna.sends("anna@example.net")
    await anna.sees("A code is on its way to anna@example.net", new=True)
    await anna.sends(code_in(await post.gets(3)))
    await anna.sees("What shops send you", new=True)
    assert home.rows("SELECT address FROM mailboxes") == [("anna@example.net",)]
    assert home.rows("SELECT count(*) FROM mail_codes WHERE refused_at IS NOT NULL") == [(2,)]
    assert "mail with a code came back: 5.1.1, marked" in caplog.text
    names = [str(mail["Message-ID"]).partition("@")[0] for mail in post.mails]
    ours = [each.getMessage() for each in caplog.records if each.name.startswith("bot.")]
    for secret in ("anna@", *map(code_in, post.mails), *names):
        assert not any(secret in said for said in ours)


def code_in(mail: EmailMessage) -> str:
    found = re.search(r"\d{6}", str(mail["Subject"]))
    assert found is not None
    return found[0]


async def brings(home: House, raw: bytes) -> str:
    """By the webhook; what it made of it."""
    url, headers = (
        f"{home.settings.public_url}{BOUNCE_PATH}",
        {"Authorization": f"Bearer {SECRET}"},
    )
    async with aiohttp.ClientSession() as session, session.post(url, data=raw, headers=headers) as told:
        return str((await told.json())["outcome"])


async def test_card_whose_mail_came_back_is_told_to_who_gave_it_and_another_address_takes_it(
    home: House, shop: Shop, post: MailServer, box: ImapServer, caplog: pytest.LogCaptureFixture
) -> None:
    """A second report, of a relay further on, is read and put away."""
    caplog.set_level(logging.INFO)
    sam = await home.member(shop, "Sam")
    await sam.sends("/newcard lea@example.lu")
    await sam.sees("The card is on its way", new=True)
    given = await post.gets(1)
    assert await brings(home, report(named(changed(str(given["Message-ID"]), 60)))) == "not_ours"
    assert await brings(home, report(given, "4.4.1", "delayed")) == "no_failure"
    assert await brings(home, report(given)) == "marked"
    await sam.sees("The card that you gave by e-mail came back", new=True)
    assert home.rows("SELECT address, withdrawn_at IS NOT NULL FROM blank_cards") == [(None, 1)]
    assert re.search(r"card \S+ came back: 5\.1\.1, marked", caplog.text)
    box.gets(report(given))
    async with asyncio.timeout(PATIENCE_S):
        await box.is_marked.wait()
    assert box.read == {1}
    await sam.sends("/newcard leah@example.lu")
    await post.gets(2)
    ours = [each.getMessage() for each in caplog.records if each.name.startswith("bot.")]
    assert not any("@example.lu" in said for said in ours)


ROWS = "SELECT channel, delivered_at IS NOT NULL, error FROM deliveries WHERE channel = 'email'"


async def test_receipt_that_came_back_is_told_in_the_chat_and_the_address_corrected_there(
    home: House, shop: Shop, post: MailServer, box: ImapServer, clock: TestClock
) -> None:
    """By the webhook, and the next one by the mailbox."""
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    await gives_address(anna, post)
    await anna.taps("E-mail")
    await anna.sees(lambda message: "✓ E-mail" in message.button_texts)
    await paul.sends(f"/stamp {number_of(anna)}")
    mail = await post.gets(2)
    assert post.senders == ["returns@example.lu"] * 2
    await home.until_rows(ROWS, [("email", 1, None)])
    assert await brings(home, report(mail)) == "marked"
    await anna.sees("Mail to your address comes back", new=True)
    await home.until_rows(ROWS, [("email", 0, "came back 5.1.1")])
    await anna.taps("Type the address anew")
    await anna.sees(f"So far: {ADDRESS}")
    clock.passes(seconds=60)
    await anna.sends("anna@example.com")
    await anna.sees("A code is on its way", new=True)
    assert home.rows("SELECT refused_at IS NULL FROM mailboxes") == [(0,)]
    box.gets(report(mail))
    async with asyncio.timeout(PATIENCE_S):
        await box.is_marked.wait()
