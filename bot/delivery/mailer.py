"""E-mail by way of the operator's relay: one message at a time, and what came of it (RFC 5321)."""

import base64
import binascii
import ipaddress
import logging
import re
import socket
import ssl
from datetime import datetime
from email.headerregistry import Address
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from functools import cache, lru_cache
from urllib.parse import unquote, urlsplit

import aiosmtplib

from bot.delivery.channel import Outcome
from bot.kit.settings import Settings
from bot.views.mails import PICTURE_ID, Mail
from domain.delivery import Delivered, Later, Refused
from domain.quick import dataclass
from domain.refusals import MailAddressRefused, MailNotSent
from domain.rules.names import clean_name

logger = logging.getLogger(__name__)

ANSWERS_WITHIN_S = 15.0
DOWN_S = 60.0
"""How long a relay that cannot be reached, or that refuses our password, is left alone."""
IN_DOUBT = "cut_after_data"
"""The relay has the message and did not say so: tried again, it may come twice."""
HEADERS_KEPT = 256
PNG = b"\x89PNG"
_OF_THE_ADDRESS = re.compile(r"5\.1\.\d+")
"""RFC 3463, section 3.2: the address is bad."""
_REFUSED_FROM = 500
_TURNING_NAMES = str.maketrans("", "", '<>@"\\,;:')
"""What would make a name look like an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """``message_id`` is the part before the @, the same however often the mail is sent; ``stop_url`` is where one
    click ends marketing, or mail to a guest."""

    to: str
    sender: str
    message_id: str
    sent_at: datetime
    reply_to: str | None = None
    stop_url: str | None = None


class Mailer:
    """``trouble`` is what ails the relay, None while it takes mail. ``said`` is what was last said when it took none,
    for the operator's eyes alone: it may hold an address."""

    def __init__(self, url: str, sender: str, returns_to: str | None = None) -> None:
        """``returns_to`` is where mail goes that comes back, the sender's address where that is None."""
        self.trouble: str | None = None
        self.said = ""
        parts = urlsplit(url)
        assert parts.hostname is not None
        is_tls = parts.scheme == "smtps"
        self._host = parts.hostname
        self._port = parts.port or (465 if is_tls else 587)
        self._is_tls = is_tls
        self._begins_tls = not is_tls and not is_loopback(parts.hostname)
        self._login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        self._sender, self._returns_to = sender, returns_to or sender
        self._domain = sender.rpartition("@")[2]

    def message_id(self, name: str) -> str:
        return f"<{name}@{self._domain}>"

    async def send(self, mail: Mail, envelope: Envelope) -> Outcome:
        """Sends the mail. ``Later`` has ``seconds`` where the fault is the relay's, and no mail's."""
        outcome = await self._sent(self._written(mail, envelope), envelope)
        match outcome:
            case Later(reason=reason, seconds=float()):
                logger.log(
                    logging.DEBUG if self.trouble else logging.WARNING, "no e-mail goes out: %s", reason
                )
                self.trouble = reason
            case _ if self.trouble:
                logger.info("e-mail goes out again")
                self.trouble = None
        return outcome

    async def _sent(self, written: bytes, envelope: Envelope) -> Outcome:
        try:
            return await self._hand_over(written, envelope)
        except (aiosmtplib.SMTPException, OSError, ssl.SSLError, TimeoutError) as error:
            self.said = getattr(error, "message", str(error))
            return _outcome_of(error)

    async def _hand_over(self, written: bytes, envelope: Envelope) -> Outcome:
        relay = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            use_tls=self._is_tls,
            start_tls=self._begins_tls,
            local_hostname=_own_name(),
            timeout=ANSWERS_WITHIN_S,
        )
        try:
            await relay.connect()
            if self._login is not None:
                await relay.login(*self._login)
            await relay.mail(self._returns_to)
            await relay.rcpt(envelope.to)
            try:
                await relay.data(written)
            except (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError, OSError):
                return Later(IN_DOUBT)
            return Delivered(self.message_id(envelope.message_id))
        finally:
            relay.close()

    def _written(self, mail: Mail, envelope: Envelope) -> bytes:
        """``List-Unsubscribe`` is not folded: a long address would be cut in two."""
        head = [
            _known_address("From", _as_name(envelope.sender), self._sender),
            _address("To", "", envelope.to),
            _known("Subject", _unencoded(" ".join(mail.subject.split()))),
            _folded("Date", format_datetime(envelope.sent_at)),
            _folded("Message-ID", self.message_id(envelope.message_id)),
            b"Auto-Submitted: auto-generated\r\n",
        ]
        if envelope.reply_to is not None:
            head.append(_known_address("Reply-To", "", envelope.reply_to))
        if stop := envelope.stop_url:
            head.append(f"List-Unsubscribe: <{stop}>\r\n".encode("ascii"))
            head.append(b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")
        return b"".join([*head, b"MIME-Version: 1.0\r\n", _body(mail)])


def _folded(name: str, value: str | Address) -> bytes:
    """A header, folded. The library refuses a value that would end it."""
    return SMTP_POLICY.fold_binary(name, SMTP_POLICY.header_factory(name, value))


def _address(header: str, name: str, address: str) -> bytes:
    return _folded(header, Address(name, addr_spec=address))


_known, _known_address = lru_cache(HEADERS_KEPT)(_folded), lru_cache(HEADERS_KEPT)(_address)
"""With a cache, for headers that are in many mails and name no recipient."""


def _body(mail: Mail) -> bytes:
    """Written here, because the library would take six times as long as for all the rest of a mail
    (docs/decisions/0075). No part can contain the boundaries, which begin with ``=_`` (RFC 2045, section 6.7)."""
    text, shown = _words("plain", mail.text), _words("html", mail.html)
    if mail.picture is not None:
        head = f"Content-ID: <{PICTURE_ID}>\r\nContent-Disposition: inline\r\n"
        kind = f"image/{_subtype(mail.picture)}"
        picture = _part(kind, "base64", base64.encodebytes(mail.picture), head)
        shown = _parts("related", shown, picture)
    return _parts("alternative", text, shown)


def _parts(kind: str, *parts: bytes) -> bytes:
    line = f"--=_{kind}".encode()
    between = b"\r\n" + line + b"\r\n"
    head = f'Content-Type: multipart/{kind}; boundary="=_{kind}"\r\n'.encode()
    return b"".join([head, *(between + part for part in parts), b"\r\n", line, b"--\r\n"])


def _words(kind: str, text: str) -> bytes:
    encoded = binascii.b2a_qp(text.replace("\r\n", "\n").encode(), istext=True)
    return _part(f"text/{kind}; charset=utf-8", "quoted-printable", encoded)


def _part(kind: str, encoding: str, encoded: bytes, head: str = "") -> bytes:
    said = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n{head}\r\n"
    return said.encode() + encoded.replace(b"\n", b"\r\n")


@cache
def _own_name() -> str:
    """What this machine says it is called: to ask for it each time takes as long as the rest of the greeting."""
    return socket.getfqdn()


def may_have_arrived(outcome: Outcome) -> bool:
    """Whether the mail may have arrived, so that its recipient may be asked for what is in it."""
    return isinstance(outcome, Delivered) or outcome == Later(IN_DOUBT)


def check_sent(outcome: Outcome) -> None:
    """Raises MailAddressRefused, and MailNotSent for what cannot have arrived."""
    if isinstance(outcome, Refused):
        raise MailAddressRefused
    if not may_have_arrived(outcome):
        raise MailNotSent


def mailer_of(settings: Settings) -> Mailer | None:
    """None where no e-mail is sent."""
    if settings.smtp_url is None or settings.smtp_from is None:
        return None
    return Mailer(settings.smtp_url, settings.smtp_from, settings.bounce_to)


def _outcome_of(error: Exception) -> Outcome:
    match error:
        case aiosmtplib.SMTPAuthenticationError():
            return Later(f"login_refused {error.code}", DOWN_S)
        case aiosmtplib.SMTPRecipientRefused():
            return _judged(error.code, error.message, is_of_address=True)
        case aiosmtplib.SMTPDataError():
            return _judged(error.code, error.message)
        case aiosmtplib.SMTPResponseException():  # before there was any mail: the relay refuses us, or all mail
            return Later(f"relay_refuses {error.code}", DOWN_S)
        case _:
            return Later(type(error).__name__, DOWN_S)


def _judged(code: int, said: str, *, is_of_address: bool = False) -> Outcome:
    """4xx is for later, 5xx for good; what the relay said, which may hold an address, goes into no log."""
    if code < _REFUSED_FROM:
        return Later(f"smtp {code}")
    status = _OF_THE_ADDRESS.match(said)
    reason = f"smtp {code} {status[0]}" if status else f"smtp {code}"
    return Refused(reason, is_of_address=is_of_address and status is not None)


def _subtype(picture: bytes) -> str:
    """Ours are PNG; what Telegram gives of a shop's own is JPEG."""
    return "png" if picture.startswith(PNG) else "jpeg"


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _as_name(name: str) -> str:
    return _unencoded(clean_name(name.translate(_TURNING_NAMES)))


def _unencoded(text: str) -> str:
    """The library decodes what looks like an encoded word (RFC 2047), and what comes out of it may end the header."""
    return text.replace("=?", "= ?")
