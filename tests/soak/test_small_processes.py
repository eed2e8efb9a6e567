"""What the soak of two processes says of a stall."""

import asyncio

import pytest

from domain.ports import DatabaseUnavailable
from tests.soak.processes import Asking
from tests.support import postgres

pytestmark = pytest.mark.skipif(not postgres.is_here(), reason=postgres.LEFT_OUT)


def test_a_stall_that_nobody_caused_is_counted_and_explained(capfd: pytest.CaptureFixture[str]) -> None:
    url, give_back = postgres.lend_database()
    asking, answers = Asking(url, half=1), iter([DatabaseUnavailable("it does not answer")] * 2)

    async def ask() -> str:
        for error in answers:
            raise error
        return "answered"

    assert asyncio.run(asking.until_answered(ask)) == "answered"
    give_back()
    said = capfd.readouterr().err
    assert asking.outages == said.count("process 1: it does not answer") == 2
    assert said.count("Current thread") == 1
