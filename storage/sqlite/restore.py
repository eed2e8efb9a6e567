"""Puts a copy in the place of the database. The copy is examined first, and what it replaces is kept."""

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Literal

from domain.personal import Erasure
from domain.quick import dataclass
from storage import rows
from storage.sqlite.backup import CLOSED, copy_database, damage_in, open_to_read
from storage.sqlite.engine import kind_of
from storage.sqlite.files import kept_beside, move, remove
from storage.sqlite.ours import is_ours

logger = logging.getLogger(__name__)

_TIMES = (
    ("entries", "occurred_at"),
    ("outbox", "created_at"),
    ("inbox", "received_at"),
    ("customers", "joined_at"),
    ("staff", "created_at"),
    ("merchants", "created_at"),
)
_SENT_SINCE = """
    UPDATE deliveries
    SET delivered_at = made.delivered_at, reference = made.reference, failed_at = made.failed_at, error = made.error,
        held_at = NULL
    FROM replaced.deliveries AS made
    WHERE made.merchant_id = deliveries.merchant_id AND made.message_id = deliveries.message_id
        AND made.channel = deliveries.channel AND made.address = deliveries.address
        AND deliveries.delivered_at IS NULL AND deliveries.failed_at IS NULL
        AND (made.delivered_at IS NOT NULL OR made.failed_at IS NOT NULL)
"""
_NEW_WARNINGS = """
    CREATE TEMP TABLE new_warnings AS
    SELECT warned.* FROM replaced.expiry_warnings AS warned
    WHERE EXISTS (SELECT 1 FROM cards AS here
            WHERE here.merchant_id = warned.merchant_id AND here.card_id = warned.card_id)
        AND EXISTS (SELECT 1 FROM replaced.deliveries AS made WHERE made.merchant_id = warned.merchant_id
            AND made.message_id = warned.message_id AND made.delivered_at IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM outbox AS here
            WHERE here.merchant_id = warned.merchant_id AND here.message_id = warned.message_id)
"""
_TAKE_WARNINGS_OVER = (
    """
    INSERT INTO outbox (merchant_id, message_id, bot_id, user_id, kind, facts, created_at)
    SELECT merchant_id, message_id, bot_id, user_id, kind, facts, created_at
    FROM replaced.outbox JOIN new_warnings USING (merchant_id, message_id)
    """,
    """
    INSERT INTO deliveries (merchant_id, message_id, channel, address, bot_id, is_marketing, due_at, attempts,
        delivered_at, reference, failed_at, error, is_unreported)
    SELECT merchant_id, message_id, channel, address, bot_id, is_marketing, due_at, attempts,
        delivered_at, reference, failed_at, error, 0
    FROM replaced.deliveries JOIN new_warnings USING (merchant_id, message_id)
    """,
    """
    INSERT OR REPLACE INTO expiry_warnings
        (merchant_id, card_id, unit, expires_at, count, message_id, entry_id, was_reachable)
    SELECT merchant_id, card_id, unit, expires_at, count, message_id, NULL, was_reachable FROM new_warnings
    """,
)
_KNOWS_CAMPAIGNS = "SELECT 1 FROM replaced.sqlite_master WHERE name = 'campaigns'"
_NEW_ANSWERS = """
    INSERT OR REPLACE INTO consents
    SELECT said.* FROM replaced.consents AS said
    WHERE EXISTS (SELECT 1 FROM customers AS here
            WHERE here.merchant_id = said.merchant_id AND here.customer_id = said.customer_id)
        AND said.answered_at > COALESCE((SELECT answered_at FROM consents AS before
            WHERE before.merchant_id = said.merchant_id AND before.customer_id = said.customer_id), 0)
"""
_SENT_MEANWHILE = """
    UPDATE campaigns
    SET state = sent.state, looked_up_to = sent.looked_up_to, is_written = sent.is_written,
        started_at = sent.started_at, ended_at = sent.ended_at, written_count = sent.written_count
    FROM replaced.campaigns AS sent
    WHERE sent.merchant_id = campaigns.merchant_id AND sent.campaign_id = campaigns.campaign_id
"""
_PAUSE = """
    UPDATE campaigns SET state = 'paused'
    WHERE state = 'sending' OR (state = 'scheduled' AND planned_at <= ?)
"""
_HOLD = """
    UPDATE deliveries SET held_at = ?, leased_by = NULL, leased_until = NULL
    WHERE delivered_at IS NULL AND failed_at IS NULL
"""
_TELL_WALLETS = """
    UPDATE wallet_passes SET
        revision = revision + 1, changed_at = :now, owed_since = coalesce(owed_since, :now), due_at = :now,
        is_of_many = 1, leased_by = NULL, leased_until = NULL
"""


class CopyUnusable(Exception):
    """One sentence: what is the matter with the file, and so why nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a database file holds: how many entries, its newest moment, and which bots it has served."""

    entries: int
    newest_at: datetime | None
    bot_ids: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """``sent_since``: how many messages that the copy owes or lacks were sent or given up, as the replaced database
    knows; ``held``: how many are held back."""

    sent_since: int
    held: int


_OF_POSTGRES = b"PGDMP"
"""The first bytes of a copy that pg_dump made."""


def examine(path: Path) -> Standing:
    """What a copy holds. Raises CopyUnusable unless it is one of our databases and nothing in it is damaged.

    It is opened to be written, where it may: then SQLite removes what it lays beside it.
    """
    with path.open("rb") as file:
        if file.read(len(_OF_POSTGRES)) == _OF_POSTGRES:
            raise CopyUnusable(
                f"{path} is a copy of a PostgreSQL database: name an empty one in DATABASE_URL to restore it there."
            )
    with _readable(path, "rw") as connection:
        if not is_ours(connection):
            raise CopyUnusable(f"{path} is the database of another program.")
        if damage := damage_in(path):
            raise CopyUnusable(f"{path} is damaged ({damage[0]}): take an older copy.")
        return _standing(connection)


def standing_of(path: Path) -> Standing | None:
    """What the present database holds; None when there is none or it cannot be read."""
    try:
        with _readable(path) as connection:
            return _standing(connection)
    except CopyUnusable:
        return None


def settle_outbox(candidate: Path, replaced: Path, now: datetime) -> Settled:
    """Prepares the copy so that nobody is told again what they were told since it was made.

    Messages that the replaced database has sent or given up are marked so in ``candidate``. The warnings that it
    delivered are taken over, as are the customers' answers about marketing and how far campaigns have come. Whatever
    else is owed is held back, and a campaign that was on its way is paused. Wallets are told again, because they show
    what is no longer so. A replaced database that cannot be read is ignored.
    """
    with closing(sqlite3.connect(candidate.absolute().as_uri(), uri=True)) as connection:
        try:
            with connection:
                known = _take_over_the_log(connection, replaced)
        except sqlite3.DatabaseError as error:
            logger.warning("what was sent since the copy is not known: %s", error)
            known = 0
        with connection:
            connection.execute(_PAUSE, [rows.to_instant(now)])
            held = connection.execute(_HOLD, [rows.to_instant(now)]).rowcount
            connection.execute(_TELL_WALLETS, {"now": rows.to_instant(now)})
    return Settled(sent_since=known, held=held)


def _take_over_the_log(connection: sqlite3.Connection, replaced: Path) -> int:
    """Returns how many messages of the copy it could mark, and how many warnings it took over, together."""
    if not replaced.exists():
        return 0
    connection.execute("ATTACH ? AS replaced", [f"{replaced.absolute().as_uri()}?mode=ro"])
    known = connection.execute(_SENT_SINCE).rowcount
    connection.execute(_NEW_WARNINGS)
    if connection.execute(_KNOWS_CAMPAIGNS).fetchone():
        connection.execute(_NEW_ANSWERS)
        connection.execute(_SENT_MEANWHILE)
    warned, *_ = [connection.execute(statement).rowcount for statement in _TAKE_WARNINGS_OVER]
    return known + warned


def erasures_in(path: Path) -> Sequence[Erasure] | None:
    """The erasures that a database knows of: none in one from before there were any; None where there is no database
    or it cannot be read."""
    names = ", ".join(column.name for column in rows.ERASURE)
    try:
        with _readable(path) as connection:
            tables = connection.execute(
                "SELECT count(*) FROM sqlite_schema WHERE name = 'erasures'"
            ).fetchone()
            if not tables[0]:
                return ()
            found = connection.execute(f"SELECT {names} FROM erasures ORDER BY erased_at").fetchall()  # noqa: S608
    except CopyUnusable:
        return None
    return [rows.erasure(row) for row in found]


def take_place(candidate: Path, database: Path, now: datetime) -> Path | None:
    """Puts what is in ``candidate`` into ``database``. Returns the file that keeps what was there before, None if
    there was no database.

    One transaction does it, so that a reader or writer sees the one content or the other. A database that cannot be
    read any more, or for a copy of which there is no room, is moved aside as it is.
    """
    kept = kept_beside(database, "replaced", now)
    if not database.exists():
        move(database, kept)
        candidate.replace(database)
        return None
    try:
        copy_database(database, kept)
        copy_database(candidate, database)
        candidate.unlink()
    except sqlite3.DatabaseError:
        remove(kept)
        move(database, kept)
        candidate.replace(database)
    return kept


@contextmanager
def _readable(path: Path, mode: Literal["ro", "rw"] = "ro") -> Iterator[sqlite3.Connection]:
    if not path.is_file() or not path.stat().st_size:
        raise CopyUnusable(f"{path} is empty: there is nothing to restore in it.")
    try:
        with closing(open_to_read(path, mode)) as connection:
            yield connection
    except sqlite3.DatabaseError as error:
        if kind_of(error) in CLOSED:
            raise CopyUnusable(
                f"{path} cannot be read where it lies ({error}): bring it into a folder in which you may write."
            ) from error
        raise CopyUnusable(f"{path} is damaged or no database ({error}): take an older copy.") from error


def _standing(connection: sqlite3.Connection) -> Standing:
    times = [
        connection.execute(f"SELECT max({column}) FROM {table}").fetchone()[0]  # noqa: S608
        for table, column in _TIMES
    ]
    newest = max((time for time in times if time is not None), default=None)
    [(entries,)] = connection.execute("SELECT count(*) FROM entries")
    return Standing(
        entries=entries,
        newest_at=rows.from_instant_or_none(newest),
        bot_ids=frozenset(bot_id for (bot_id,) in connection.execute("SELECT bot_id FROM bots")),
    )
