"""Reports of mail that could not be delivered (RFC 3464): what a relay sends back when it has given a mail up.

Anybody may send such a report. It counts only for the mail of ours that it names by its ``Message-ID``, which holds a
token that only the relays and the reader of that mail have seen.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from email.message import Message as Part
from email.parser import BytesHeaderParser
from email.policy import compat32
from functools import partial

from bot.kit.links import Links, MailName
from bot.kit.metrics import BotMetrics
from domain.ids import BotId
from domain.plumbing.bounces import CameBack, CodeCameBack, Returned, code_came_back, mail_came_back
from domain.ports import Database
from domain.quick import dataclass
from domain.usecases.mail_card import card_came_back

logger = logging.getLogger(__name__)

SIZE_MAX_BYTES = 512 * 1024
"""Of a report: more than our largest mail, which may come back within it."""
PARTS_MAX = 20
_DELIVERY_STATUS = ("message/delivery-status", "message/global-delivery-status")
_RETURNED = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")
_STATUS = re.compile(r"\s*(5\.(\d{1,3})\.\d{1,3})\b")
_OF_THE_ADDRESS = frozenset({"0", "1", "2", "4", "5"})
"""The subjects of a status (RFC 3463, section 3) that are about the address: unsaid, the address, its mailbox, the
way there. That a system takes no mail so large, does not want the text or does not trust the sender is not."""
_parser = BytesHeaderParser(policy=compat32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """``status`` is why a mail was given up for good, None where it is only late or was delivered; ``names`` has the
    headers that name the mail."""

    status: str | None
    is_of_address: bool
    names: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounces:
    """Takes reports, whichever way they come."""

    bot_id: BotId
    database: Database
    links: Links
    metrics: BotMetrics

    async def take(self, raw: bytes) -> Returned | None:
        """What came of the report; None for what is no report, or tells of no mail that was given up. Raises
        DatabaseUnavailable."""
        report = read_bounce(raw)
        if report is None or report.status is None:
            return None
        for mail, came_back in self._may_be_about(report, report.status):
            returned = await came_back()
            if returned is not Returned.NOT_OURS:
                self.metrics.count_returned(returned.value)
                logger.info("%s came back: %s, %s", mail, report.status, returned.value)
                return returned
        return Returned.NOT_OURS

    def _may_be_about(
        self, report: Bounce, status: str
    ) -> Iterator[tuple[str, Callable[[], Awaitable[Returned]]]]:
        """For each mail that the report names, what it is called in the log, and the call by which it is found out
        whether it is one of ours."""
        for name in self.links.mails_in(report.names):
            told = self._came_back(report, status, name)
            yield f"message {name.message_id}", partial(self.database.write, mail_came_back, told)
            yield f"card {name.message_id}", partial(self.database.write, card_came_back, told)
        for mail_hash in self.links.code_mails_in(report.names):
            code = CodeCameBack(bot_id=self.bot_id, mail_hash=mail_hash, is_of_address=report.is_of_address)
            yield "a mail with a code", partial(self.database.write, code_came_back, code)

    def _came_back(self, report: Bounce, status: str, name: MailName) -> CameBack:
        return CameBack(
            bot_id=self.bot_id,
            merchant_id=name.merchant_id,
            message_id=name.message_id,
            status=status,
            is_of_address=report.is_of_address,
            went_to=partial(self.links.is_of_mail, name),
        )


def read_bounce(raw: bytes) -> Bounce | None:
    """None for what is no report, or cannot be read. Only headers are parsed, so that parts which are nested without
    end take neither time nor stack."""
    head = _parser.parsebytes(raw[:SIZE_MAX_BYTES])
    boundary = _boundary(head)
    if not boundary:
        return None
    parts = list(_parts(_body(head), boundary.encode(errors="replace")))
    of_recipients = [fields for part in parts for fields in _recipients(part)]
    if not of_recipients:
        return None
    status = next(filter(None, map(_status_of_failure, of_recipients)), None)
    named = [*_named(head, "In-Reply-To", "References")]
    named += [
        name
        for part in parts
        if part.get_content_type() in _RETURNED
        for name in _named(_within(part), "Message-ID")
    ]
    return Bounce(
        status=status[1] if status else None,
        is_of_address=status is not None and status[2] in _OF_THE_ADDRESS,
        names=" ".join(named),
    )


def _boundary(head: Part) -> str | None:
    """What stands between the parts of a report, None for what is none."""
    try:
        if (
            head.get_content_type() != "multipart/report"
            or head.get_param("report-type") != "delivery-status"
        ):
            return None
        return head.get_boundary()
    except TypeError:  # of a parameter that is given both whole and in pieces (RFC 2231, section 3)
        return None


def _parts(body: bytes, boundary: bytes) -> Iterator[Part]:
    """The parts of one level."""
    lines = re.split(
        rb"(?m)^--" + re.escape(boundary) + rb"(?:--)?[ \t]*\r?$\n?", body, maxsplit=PARTS_MAX + 1
    )
    for part in lines[1 : PARTS_MAX + 1]:
        yield _parser.parsebytes(part)


def _body(part: Part) -> bytes:
    """The content of a part, decoded."""
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _within(part: Part) -> Part:
    return _parser.parsebytes(_body(part))


def _recipients(part: Part) -> Sequence[Mapping[str, str]]:
    """The fields about each recipient (RFC 3464, section 2.3); before them stand those about the mail."""
    if part.get_content_type() not in _DELIVERY_STATUS:
        return []
    blocks = re.split(rb"(?:\r?\n){2,}", _body(part).strip())
    parsed = [_parser.parsebytes(block) for block in blocks[:PARTS_MAX]]
    return [{name.lower(): str(value) for name, value in each.items()} for each in parsed if each["Action"]]


def _status_of_failure(fields: Mapping[str, str]) -> re.Match[str] | None:
    is_failed = fields["action"].strip().lower() == "failed"
    return _STATUS.match(fields.get("status", "")) if is_failed else None


def _named(part: Part, *headers: str) -> Iterator[str]:
    for header in headers:
        for value in part.get_all(header, ()):
            yield str(value)
