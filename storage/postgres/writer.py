"""Writing alone: groups of commands (``storage.callers``) run while nobody else writes.

The writer holds a lock that every other writer of every process takes too, so that what a command reads stays as it
is until the commit: the use cases are written for that (docs/decisions/0067). A group that failed before the commit,
for a reason that may pass, is run again. A commit whose answer was lost is not repeated: the operation's key makes it
safe for the caller to ask again.
"""

import logging
from collections.abc import Sequence

import psycopg
from psycopg.pq import TransactionStatus

from domain.steps import Step
from storage.base import said_of
from storage.callers import Group, GroupWriter, Job, MustRunAgain, Parts
from storage.postgres.engine import HASTE_TIMEOUT_MS, WRITES_ALONE, connect, is_conflict, is_outage, say
from storage.postgres.session import PostgresSession
from storage.postgres.tx import tx_for
from storage.tx import Tx

logger = logging.getLogger(__name__)

TRIES = 3


class Writer(GroupWriter):
    silence = "the database does not answer"
    spoils = (psycopg.Error,)

    def __init__(self, url: str, parts: Parts) -> None:
        self._url = url
        self._session: PostgresSession | None = None
        self._tx_class = Tx
        super().__init__(parts)

    def answer(self, jobs: Sequence[Job], enqueued: int) -> None:
        """Answers the callers of jobs that were carried out elsewhere."""
        self._answer(Group([*jobs], enqueued))

    def fail(self, jobs: Sequence[Job], error: Exception) -> None:
        group = Group([*jobs])
        self._tell_unavailable(group, error)
        self._answer(group)

    def _commit(self, group: Group) -> None:
        for tries_left in reversed(range(TRIES)):
            try:
                self._try(group)
            except psycopg.Error as error:
                was_lost = self._takes_back()
                may_pass = was_lost or is_conflict(error)
                if tries_left and may_pass and not group.is_committing:
                    continue
                self._fail(group, error)
            else:
                self._trace(Step.GROUP_COMMITTED)
            return

    def _try(self, group: Group) -> None:
        """Raises psycopg.Error if it is about the database rather than about a command."""
        session, parts = self._opened(group), self._parts
        tx = self._tx_class(session, parts.new_id, parts.chance_below, parts.channels_on, parts.crew)
        self._begin(group)
        try:
            self._run_together(session, tx, group)
        except MustRunAgain:
            self._say("ROLLBACK")
            self._begin(group)
            self._run_apart(tx, group)
        if session.driver.info.transaction_status != TransactionStatus.INTRANS:
            raise psycopg.InternalError("the transaction was given up")
        group.is_committing = True
        self._say("COMMIT")

    def _takes_back(self) -> bool:
        """Rolls back; returns whether the connection was lost."""
        if self._session is None:
            return False
        driver = self._session.driver
        try:
            if not driver.broken:
                self._say("ROLLBACK")
        except psycopg.Error as error:
            logger.warning("the connection to the database was lost: %s", said_of(error))
        if driver.broken:
            self._drop_connection()
            return True
        return False

    def _opened(self, group: Group) -> PostgresSession:
        if self._session is None:
            try:
                driver = connect(self._url)
                self._tx_class = tx_for(driver)
                self._session = PostgresSession(driver)
            except psycopg.Error:
                self._take_all(group)
                raise
        return self._session

    def _begin(self, group: Group) -> None:
        """Takes the lock. Raises psycopg.Error; in an outage all jobs that have come meanwhile are in the group."""
        if self._is_in_haste:
            self._say(f"SET lock_timeout = {HASTE_TIMEOUT_MS}")
        try:
            self._say(WRITES_ALONE)
        except psycopg.Error as error:
            if is_outage(error):
                self._take_all(group)
            raise

    def _say(self, what: str) -> None:
        assert self._session is not None
        say(self._session.driver, what)

    def _ails_database(self, error: Exception) -> bool:
        return is_outage(error) or is_conflict(error)

    def _drop_connection(self) -> None:
        if self._session is not None:
            self._session.driver.close()
            self._session = None
