"""Many statements on their way at once, below the driver's cursors: each is prepared once for a connection and then
sent with nothing but its values (https://www.postgresql.org/docs/current/libpq-pipeline-mode.html).

With cursors of psycopg the process spent more than twice the time on a stamp: among others, they take the counter's
statement apart anew at every call, as one that is too long to remember.
"""

import select
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg import pq
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from sqlalchemy import ClauseElement
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from storage.statements import Compiled, Row, compile_statement

_DIALECT: PGDialect_psycopg = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
_compiled: dict[ClauseElement, Compiled] = {}

_OK = pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK
_LEFT_OUT = pq.ExecStatus.PIPELINE_ABORTED


class Answer:
    """What the server says to one statement, after the next ``sync``."""

    __slots__ = ("_of", "result")

    def __init__(self, of: "Pipeline") -> None:
        self._of = of
        self.result: pq.abc.PGresult | None = None

    def rows(self) -> Sequence[Row]:
        return self._of.rows_of(self._result)

    @property
    def count(self) -> int:
        return self._result.command_tuples or 0

    @property
    def _result(self) -> "pq.abc.PGresult":
        assert self.result is not None, "nothing was asked of the server yet"
        return self.result


class Pipeline:
    """One connection's, for as long as it lasts."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._server = connection.pgconn
        self._names: dict[ClauseElement | str, bytes] = {}
        self._makes_rows = Transformer(connection)
        self._sent: list[Answer] = []

    def begin(self) -> None:
        self._server.enter_pipeline_mode()

    def end(self) -> None:
        """Also after an error: what was sent and not asked for is asked for. Raises psycopg.Error."""
        try:
            if self._sent:
                self.sync()
        finally:
            if self._server.status == pq.ConnStatus.OK:
                self._server.exit_pipeline_mode()

    def send(self, statement: ClauseElement, values: Mapping[str, object]) -> Answer:
        compiled = _compiled.get(statement)
        if compiled is None:
            compiled = _compiled[statement] = compile_statement(statement, _DIALECT)
        given = [_written(value) for value in compiled.parameters(values)]
        return self._send(statement, compiled.sql, given)

    def say(self, words: str) -> Answer:
        return self._send(words, words, [])

    def sync(self) -> None:
        """Returns when everything sent has its answer. Raises psycopg.Error for the first that failed."""
        self._server.pipeline_sync()
        while self._server.flush():
            self._wait(writes=True)
        sent, self._sent = self._sent, []
        failed = None
        for answer in sent:
            result = answer.result = self._next_result()
            self._next_result()
            if result is not None and result.status not in _OK and result.status != _LEFT_OUT:
                failed = failed or error_from_result(result)
        self._next_result()
        if failed is not None:
            raise failed

    def rows_of(self, result: "pq.abc.PGresult") -> Sequence[Row]:
        self._makes_rows.set_pgresult(result)
        return self._makes_rows.load_rows(0, result.ntuples, tuple)

    def _send(self, key: ClauseElement | str, sql: str, given: Sequence[bytes | None]) -> Answer:
        name = self._names.get(key)
        if name is None:
            name = f"stempel_{len(self._names)}".encode()
            self._server.send_prepare(name, sql.encode())
            self._sent.append(Answer(self))
            self._names[key] = name
        self._server.send_query_prepared(name, given)
        answer = Answer(self)
        self._sent.append(answer)
        return answer

    def _next_result(self) -> "pq.abc.PGresult | None":
        while self._server.is_busy():
            self._wait()
        return self._server.get_result()

    def _wait(self, *, writes: bool = False) -> None:
        socket = [self._server.socket]
        readable, _, _ = select.select(socket, socket if writes else [], [])
        if readable:
            self._server.consume_input()


def _written(value: Any) -> bytes | None:
    """Raises TypeError for what none of the columns here holds, and DataError as the driver does for a NUL."""
    if value is None:
        return None
    if isinstance(value, int):
        return b"%d" % value
    if not isinstance(value, str):
        raise TypeError(f"no text and no number: {value!r}")
    if "\0" in value:
        raise psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    return value.encode()
