"""E-mail by way of the operator's relay: one message at a time, and what came of it (RFC 5321)."""

import ipaddress
import logging
import re
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

import aiosmtplib

from bot.delivery.channel import Outcome
from bot.kit.settings import Settings
from bot.views.mails import PICTURE_ID, Mail
from domain.delivery import Delivered, Later, Refused
from domain.rules.names import clean_name

logger = logging.getLogger(__name__)

ANSWERS_WITHIN_S = 15.0
DOWN_S = 60.0
"""How long a relay that cannot be reached, or that refuses our password, is left alone."""
IN_DOUBT = "cut_after_data"
"""The relay has the message and did not say so: tried again, it may come twice."""
PNG = b"\x89PNG"
_OF_THE_ADDRESS = re.compile(r"5\.1\.\d+")
"""RFC 3463, section 3.2: the address is bad."""
_REFUSED_FROM = 500
_TURNING_NAMES = str.maketrans("", "", '<>@"\\,;:')
"""What would make a name look like an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """``message_id`` is the part before the @, the same however often it is sent; ``stop_url`` takes one click to end
    what is marketing."""

    to: str
    sender: str
    message_id: str
    sent_at: datetime
    reply_to: str | None = None
    stop_url: str | None = None


class Mailer:
    """``trouble`` is what ails the relay, None while it takes mail."""

    def __init__(self, url: str, sender: str, returns_to: str | None = None) -> None:
        """``returns_to`` is where mail goes that comes back, the sender's address where that is None."""
        self.trouble: str | None = None
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
        """With ``seconds`` for what ails the relay and no message."""
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
        except aiosmtplib.SMTPAuthenticationError as error:
            return Later(f"login_refused {error.code}", DOWN_S)
        except aiosmtplib.SMTPRecipientRefused as error:
            return _judged(error.code, error.message, is_of_address=True)
        except aiosmtplib.SMTPResponseException as error:
            return _judged(error.code, error.message)
        except (aiosmtplib.SMTPException, OSError, ssl.SSLError, TimeoutError) as error:
            return Later(type(error).__name__, DOWN_S)

    async def _hand_over(self, written: bytes, envelope: Envelope) -> Outcome:
        relay = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            use_tls=self._is_tls,
            start_tls=self._begins_tls,
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
        """``List-Unsubscribe`` is put in front by hand: the library would fold a long address in two."""
        message = EmailMessage(policy=SMTP_POLICY)
        message["From"] = Address(_as_name(envelope.sender), addr_spec=self._sender)
        message["To"] = Address(addr_spec=envelope.to)
        if envelope.reply_to is not None:
            message["Reply-To"] = Address(addr_spec=envelope.reply_to)
        message["Subject"] = _unencoded(" ".join(mail.subject.split()))
        message["Date"] = format_datetime(envelope.sent_at)
        message["Message-ID"] = self.message_id(envelope.message_id)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        message.add_alternative(mail.html, subtype="html")
        if mail.picture is not None:
            [_, shown] = message.iter_parts()
            assert isinstance(shown, EmailMessage)
            shown.add_related(
                mail.picture, "image", _subtype(mail.picture), cid=f"<{PICTURE_ID}>", disposition="inline"
            )
        stop = envelope.stop_url
        before = (
            f"List-Unsubscribe: <{stop}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
            if stop
            else ""
        )
        return before.encode("ascii") + message.as_bytes()


def mailer_of(settings: Settings) -> Mailer | None:
    """None where no e-mail is sent."""
    if settings.smtp_url is None or settings.smtp_from is None:
        return None
    return Mailer(settings.smtp_url, settings.smtp_from, settings.bounce_to)


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
