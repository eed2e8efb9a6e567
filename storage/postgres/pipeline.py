"""Sends many statements at once, below the driver's cursors: each is prepared once for a connection and then sent
with nothing but its values (https://www.postgresql.org/docs/current/libpq-pipeline-mode.html).

With cursors of psycopg the process spent more than twice the time on a stamp: among other things, they parse the
counter's statement anew at every call, because it is too long for their cache.
"""

import select
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

import psycopg
from psycopg import pq
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from sqlalchemy import ClauseElement
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from storage.statements import Compiling, Row

_DIALECT: PGDialect_psycopg = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
_compiled_for = Compiling(_DIALECT)

PUSHED_AFTER = 3
"""After so many statements they are flushed: the server works on them while the next are still being written."""
_OK = pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK


class Answer:
    """The server's answer to one statement, which is there once ``Pipeline.answers`` has come to it."""

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
        assert self.result is not None, "the answer is not there yet"
        return self.result


class Pipeline:
    """The pipeline of one connection, for as long as the connection lasts."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._server = connection.pgconn
        self._names: dict[ClauseElement | str, bytes] = {}
        self._preparing: dict[ClauseElement | str, Answer] = {}
        """What is prepared since ``begin``: after an error the server skips it."""
        self._numbers = count(1)
        self._makes_rows = Transformer(connection)
        self._awaited: deque[Answer | None] = deque()
        """Answers to come, in their order; None stands for a sync."""
        self._unpushed = 0

    def begin(self) -> None:
        self._server.enter_pipeline_mode()

    def end(self) -> None:
        """Leaves the pipeline, also after an error: reads what is still to come. Raises psycopg.Error."""
        try:
            if self._awaited and self._awaited[-1] is not None:
                self._server.pipeline_sync()
                self._awaited.append(None)
            while self._awaited:
                self._receive()
        finally:
            self._forget_unprepared()
            if self._server.status == pq.ConnStatus.OK:
                self._server.exit_pipeline_mode()

    def send(self, statement: ClauseElement, values: Mapping[str, object]) -> Answer:
        compiled = _compiled_for[statement]
        given = [
            b"%d" % value if type(value) is int else _written(value) for value in compiled.parameters(values)
        ]
        return self._send(statement, compiled.sql, given)

    def say(self, words: str) -> Answer:
        return self._send(words, words, [])

    def answers(self) -> Iterator[Answer]:
        """Yields the answers to all that was sent until now, one after the other. More may be sent meanwhile, and is
        answered with the next call. Raises psycopg.Error at the first that failed."""
        self._server.pipeline_sync()
        self._awaited.append(None)
        self._unpushed = 0
        while (answer := self._receive()) is not None:
            failed = answer.result
            if failed is not None and failed.status not in _OK:
                raise error_from_result(failed)
            yield answer

    def _receive(self) -> Answer | None:
        result = self._next_result()
        answer = self._awaited.popleft()
        if answer is not None:
            answer.result = result
            self._next_result()
        return answer

    def rows_of(self, result: "pq.abc.PGresult") -> Sequence[Row]:
        self._makes_rows.set_pgresult(result)
        return self._makes_rows.load_rows(0, result.ntuples, tuple)

    def _send(self, key: ClauseElement | str, sql: str, given: Sequence[bytes | None]) -> Answer:
        name = self._names.get(key)
        if name is None:
            name = f"stempel_{next(self._numbers)}".encode()
            self._server.send_prepare(name, sql.encode())
            self._names[key], self._preparing[key] = name, Answer(self)
            self._awaited.append(self._preparing[key])
        self._server.send_query_prepared(name, given)
        answer = Answer(self)
        self._awaited.append(answer)
        self._push()
        return answer

    def _forget_unprepared(self) -> None:
        for key, answer in self._preparing.items():
            if answer.result is None or answer.result.status not in _OK:
                del self._names[key]
        self._preparing.clear()

    def _push(self) -> None:
        self._unpushed += 1
        if self._unpushed >= PUSHED_AFTER:
            self._server.flush()
            self._unpushed = 0

    def _next_result(self) -> "pq.abc.PGresult | None":
        if self._server.is_busy():
            self._wait()
        return self._server.get_result()

    def _wait(self) -> None:
        """Waits for a whole answer; meanwhile sends what could not be sent before."""
        socket = [self._server.socket]
        is_full = self._server.flush()
        while self._server.is_busy():
            readable, _, _ = select.select(socket, socket if is_full else [], [])
            if readable:
                self._server.consume_input()
            is_full = is_full and self._server.flush()


def _written(value: Any) -> bytes | None:
    """A parameter as the server reads it. Raises TypeError for a type that no column has, and, as the driver does,
    DataError for a text with NUL."""
    if value is None:
        return None
    if isinstance(value, int):
        return b"%d" % value
    if not isinstance(value, str):
        raise TypeError(f"no text and no number: {value!r}")
    if "\0" in value:
        raise psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    return value.encode()
