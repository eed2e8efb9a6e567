"""What Apple's push service is told, and what its answers mean."""

import logging
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.delivery.push import DOWN_S, REFUSED_S, NotPushed, Pushed, Pusher
from bot.kit.logs import set_up_logging
from tests.support.apns import PushService, push_service
from tests.support.authority import PASS_TYPE, issue, lay

TOKEN = "0123456789abcdef" * 4


def context(certificate: Path, key: Path, authorities: Path | None) -> ssl.SSLContext:
    made = ssl.create_default_context(cafile=authorities)
    made.load_cert_chain(certificate, key)
    return made


@dataclass
class Line:
    service: PushService
    pusher: Pusher


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Line]:
    files = lay(tmp_path)
    async with push_service(files) as service:
        pusher = Pusher(service.url, PASS_TYPE, context(files.certificate, files.key, files.root))
        yield Line(service, pusher)
        await pusher.close()


async def test_a_push_says_nothing_but_whose_passes_changed(line: Line) -> None:
    assert await line.pusher.push(TOKEN) is Pushed.TOLD
    assert await line.pusher.push("f" * 64) is Pushed.TOLD
    first, second = line.service.asked
    assert (first.token, first.topic, first.body) == (TOKEN, PASS_TYPE, b"{}")
    assert first.peer == second.peer == f"Pass Type ID: {PASS_TYPE}"


@pytest.mark.parametrize(
    "answer", [(410, "Unregistered"), (410, ""), (400, "BadDeviceToken"), (400, "DeviceTokenNotForTopic")]
)
async def test_a_token_that_is_over_is_gone(line: Line, answer: tuple[int, str]) -> None:
    line.service.answers = [answer]
    assert await line.pusher.push(TOKEN) is Pushed.GONE


@pytest.mark.parametrize(
    ("answer", "reason", "seconds"),
    [
        ((500, "InternalServerError"), "apns 500 InternalServerError", None),
        ((503, ""), "apns 503", None),
        ((400, f"Bad {TOKEN}"), "apns 400", None),
        ((403, "BadCertificate"), "apns 403 BadCertificate", REFUSED_S),
        ((429, "TooManyRequests"), "apns 429 TooManyRequests", None),
    ],
)
async def test_other_answers_are_for_later(
    line: Line, answer: tuple[int, str], reason: str, seconds: float | None
) -> None:
    line.service.answers = [answer]
    with pytest.raises(NotPushed) as failure:
        await line.pusher.push(TOKEN)
    assert (failure.value.reason, failure.value.seconds) == (reason, seconds)
    assert await line.pusher.push(TOKEN) is Pushed.TOLD


async def test_a_connection_that_is_cut_is_made_anew(line: Line) -> None:
    line.service.answers = [(0, "")]
    assert await line.pusher.push(TOKEN) is Pushed.TOLD
    line.service.answers = [(0, ""), (0, "")]
    with pytest.raises(NotPushed) as failure:
        await line.pusher.push(TOKEN)
    assert failure.value.seconds == DOWN_S
    assert await line.pusher.push(TOKEN) is Pushed.TOLD


async def test_nobody_pushes_with_another_certificate_nor_to_another_server(
    line: Line, tmp_path: Path
) -> None:
    files = lay(tmp_path)
    stranger = issue({})
    (tmp_path / "other.pem").write_bytes(stranger.pem)
    (tmp_path / "other.key").write_bytes(stranger.key_pem)
    others = context(tmp_path / "other.pem", tmp_path / "other.key", files.root)
    other = Pusher(line.service.url, PASS_TYPE, others)
    to_another = Pusher(line.service.url, PASS_TYPE, context(files.certificate, files.key, None))
    for pusher in (other, to_another):
        with pytest.raises(NotPushed):
            await pusher.push(TOKEN)
        await pusher.close()
    assert line.service.asked == []


async def test_no_log_has_a_token(line: Line, capfd: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    set_up_logging("DEBUG", "text")
    try:
        line.service.answers = [(410, "Unregistered"), (500, "")]
        await line.pusher.push(TOKEN)
        with pytest.raises(NotPushed):
            await line.pusher.push(TOKEN)
    finally:
        root.handlers[:], root.level = handlers, level
    assert TOKEN not in capfd.readouterr().err
