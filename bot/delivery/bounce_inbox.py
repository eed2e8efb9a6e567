"""The mailbox of BOUNCE_IMAP_URL, to which reports of mail that came back go (RFC 3501).

A mail that is no report about a mail of ours stays unread where it is.
"""

import asyncio
import imaplib
import logging
import re
import ssl
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

from bot.delivery.bounces import SIZE_MAX_BYTES
from bot.delivery.mailer import is_loopback
from bot.kit.clock import Clock
from domain.plumbing.bounces import Returned
from domain.ports import DatabaseUnavailable

logger = logging.getLogger(__name__)

LOOKS_EACH_S = 300.0
ANSWERS_WITHIN_S = 5.0
AT_ONCE_MAX = 100
OLD_AFTER = timedelta(days=14)
"""A relay gives up after five days (RFC 5321, section 4.5.4.1)."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
Found = Sequence[tuple[int, bytes | None]]
"""Mails by their numbers in the mailbox; None for one that is no report."""


class BounceInbox:
    """``trouble`` is why the mailbox cannot be read, None while it can. A mail is looked at once, and once more after
    a restart."""

    def __init__(
        self,
        url: str,
        take: Callable[[bytes], Awaitable[Returned | None]],
        clock: Clock,
        is_due: Callable[[], bool] = lambda: True,
    ) -> None:
        """Of several processes that have the mailbox, one is to look: ``is_due`` says whether it is this one."""
        self._is_due = is_due
        parts = urlsplit(url)
        assert parts.hostname is not None
        self._is_tls = parts.scheme == "imaps"
        self._host, self._port = parts.hostname, parts.port or (993 if self._is_tls else 143)
        self._begins_tls = not self._is_tls and not is_loopback(parts.hostname)
        self._login = unquote(parts.username or ""), unquote(parts.password or "")
        self._folder = unquote(parts.path.strip("/")) or "INBOX"
        self._take, self._clock = take, clock
        self._validity, self._after = b"", 0
        self.trouble: str | None = None

    async def run(self) -> None:
        while True:
            if self._is_due():
                await self.look()
            await asyncio.sleep(LOOKS_EACH_S)

    async def look(self) -> int:
        """Takes the reports that are new; returns how many were about a mail of ours."""
        count = 0
        try:
            while found := await asyncio.to_thread(self._unread, self._clock() - OLD_AFTER):
                count += await self._taken(found)
                if len(found) < AT_ONCE_MAX:
                    break
        except (imaplib.IMAP4.error, OSError, ssl.SSLError) as error:
            self._fails(type(error).__name__)
        except DatabaseUnavailable as error:
            logger.warning("reports of mail are left for later: %s", error)
        else:
            self.trouble = None
        return count

    async def _taken(self, found: Found) -> int:
        ours = []
        try:
            for number, raw in found:
                if raw is not None and await self._is_ours(raw):
                    ours.append(number)
                self._after = number
        finally:
            if ours:
                await asyncio.to_thread(self._read, ours)
        return len(ours)

    async def _is_ours(self, raw: bytes) -> bool:
        """Whether a report is about our mail. One that fails holds up no other. Raises DatabaseUnavailable."""
        try:
            return await self._take(raw) in (Returned.MARKED, Returned.NOTED)
        except DatabaseUnavailable:
            raise
        except Exception:
            logger.exception("nothing can be made of a report of mail; it stays unread")
            return False

    def _fails(self, reason: str) -> None:
        level = logging.DEBUG if self.trouble else logging.WARNING
        logger.log(level, "the mailbox of BOUNCE_IMAP_URL cannot be read: %s", reason)
        self.trouble = reason

    def _unread(self, since: datetime) -> Found:
        with self._opened() as box:
            [validity] = box.response("UIDVALIDITY")[1] or [b""]
            if validity != self._validity:
                self._validity, self._after = validity, 0
            day = f"{since.day}-{MONTHS[since.month - 1]}-{since.year}"
            [found] = _said(box.uid("SEARCH", "UNSEEN", "SINCE", day, "UID", f"{self._after + 1}:*"))
            numbers = sorted(number for number in map(int, (found or b"").split()) if number > self._after)
            return [(number, _report(box, number)) for number in numbers[:AT_ONCE_MAX]]

    def _read(self, numbers: Sequence[int]) -> None:
        """Marks these mails as read."""
        with self._opened() as box:
            _said(box.uid("STORE", ",".join(map(str, numbers)), "+FLAGS.SILENT", r"(\Seen)"))

    @contextmanager
    def _opened(self) -> Iterator[imaplib.IMAP4]:
        made = imaplib.IMAP4_SSL if self._is_tls else imaplib.IMAP4
        box = made(self._host, self._port, timeout=ANSWERS_WITHIN_S)
        try:
            if self._begins_tls:
                box.starttls(ssl.create_default_context())
            name, word = self._login
            box.login(_quoted(name), word)
            _said(box.select(_quoted(self._folder)))
            yield box
        finally:
            box.shutdown()


def _report(box: imaplib.IMAP4, number: int) -> bytes | None:
    head = _fetched(box, number, "BODY.PEEK[HEADER.FIELDS (CONTENT-TYPE)]")
    if b"multipart/report" not in head.lower():
        return None
    return _fetched(box, number, f"BODY.PEEK[]<0.{SIZE_MAX_BYTES}>")


def _fetched(box: imaplib.IMAP4, number: int, what: str) -> bytes:
    found = _said(box.uid("FETCH", str(number), f"({what})"))
    return next((part[1] for part in found if isinstance(part, tuple)), b"")


def _said(answer: tuple[str, list[Any]]) -> list[Any]:
    """Raises IMAP4.error for what was refused."""
    status, found = answer
    if status != "OK":
        raise imaplib.IMAP4.error(status)
    return found


def _quoted(text: str) -> str:
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'
