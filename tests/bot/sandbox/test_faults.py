"""Faults on order, from Python and over HTTP; and the sending limits."""

import asyncio
from typing import Any

import aiohttp
import pytest

from bot.sandbox import FaultKind, Limits, Person, Sandbox
from bot.sandbox.errors import ApiError
from bot.sandbox.limits import Limiter
from tests.bot.sandbox.api import Api


def received(person: Person) -> list[str]:
    return [message.text for message in person.messages if message.from_bot]


async def test_flood_tells_how_long_to_wait(api: Api, anna: Person, sandbox: Sandbox) -> None:
    sandbox.faults.flood(3, method="sendMessage")
    status, body = await api.call("sendMessage", chat_id=anna.id, text="x")
    assert (status, body) == (
        429,
        {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 3",
            "parameters": {"retry_after": 3},
        },
    )
    assert received(anna) == []
    await api.ok("sendMessage", chat_id=anna.id, text="x")
    assert received(anna) == ["x"]


async def test_fault_meets_only_its_method_and_chat(api: Api, anna: Person, sandbox: Sandbox) -> None:
    ben = sandbox.person("Ben")
    await ben.sends("Hello")
    fault = sandbox.faults.refuse("no", method="sendMessage", chat_id=ben.id, count=2)
    await api.ok("getMe")
    await api.ok("sendMessage", chat_id=anna.id, text="x")
    assert fault.hits == 0
    for _ in range(2):
        assert await api.refused("sendMessage", chat_id=ben.id, text="x") == "400 Bad Request: no"
    await api.ok("sendMessage", chat_id=ben.id, text="x")


async def test_fault_without_count_lasts_until_cleared(api: Api, sandbox: Sandbox) -> None:
    fault = sandbox.faults.refuse("bot was kicked", kind=FaultKind.FORBIDDEN, count=None)
    for _ in range(3):
        assert await api.refused("getMe") == "403 Forbidden: bot was kicked"
    sandbox.faults.clear()
    await api.ok("getMe")
    assert fault.hits == 3


async def test_server_error_comes_as_json_or_as_a_page(api: Api, sandbox: Sandbox) -> None:
    sandbox.faults.server_error(500)
    assert await api.refused("getMe") == "500 Bad Gateway"
    sandbox.faults.server_error(502, html=True)
    async with api.http.get(api.url("getMe")) as answer:
        assert (answer.status, answer.content_type) == (502, "text/html")
        assert "502 Bad Gateway" in await answer.text()


async def test_reset_happens_before_the_effect_and_cut_after(
    api: Api, anna: Person, sandbox: Sandbox
) -> None:
    sandbox.faults.reset(method="sendMessage")
    with pytest.raises(aiohttp.ClientOSError):
        await api.call("sendMessage", chat_id=anna.id, text="lost")
    assert received(anna) == []
    sandbox.faults.cut(method="sendMessage")
    with pytest.raises(aiohttp.ClientOSError):
        await api.call("sendMessage", chat_id=anna.id, text="arrived")
    assert received(anna) == ["arrived"]
    assert [call.ok for call in sandbox.calls_of("sendMessage")] == [False, True]


async def test_stalled_answer_comes_when_released(api: Api, anna: Person, sandbox: Sandbox) -> None:
    fault = sandbox.faults.stall(method="sendMessage")
    call = asyncio.create_task(api.ok("sendMessage", chat_id=anna.id, text="slow"))
    await anna.sees("slow")
    assert not call.done()
    fault.release()
    assert (await call)["text"] == "slow"


async def test_stalled_answer_comes_late(api: Api, sandbox: Sandbox) -> None:
    sandbox.faults.stall(0.01)
    await api.ok("getMe")


async def test_faults_can_be_ordered_over_http(api: Api, sandbox: Sandbox) -> None:
    order = {"kind": "flood", "method": "getMe", "retry_after_seconds": 2, "count": 1}
    async with api.http.post(f"{sandbox.url}/sandbox/faults", json=order) as answer:
        assert answer.status == 200
    assert await api.refused("getMe") == "429 Too Many Requests: retry after 2"
    await api.ok("getMe")


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ({"kind": "earthquake"}, "Invalid enum value 'earthquake'"),
        ({"kind": "flood", "seconds_to_wait": 3}, "a fault has no seconds_to_wait"),
        ({"kind": "flood", "method": "sendKiss"}, "the sandbox has no method sendKiss"),
        ({"kind": "flood", "count": "many"}, "Expected `int | null`, got `str`"),
        ({}, "Object missing required field `kind`"),
    ],
)
async def test_wrong_order_is_refused(
    order: dict[str, Any], expected: str, api: Api, sandbox: Sandbox
) -> None:
    async with api.http.post(f"{sandbox.url}/sandbox/faults", json=order) as answer:
        assert answer.status == 400
        assert (await answer.json())["error"].startswith(expected)


async def test_faults_can_be_cleared_over_http(api: Api, sandbox: Sandbox) -> None:
    sandbox.faults.flood(1, count=None)
    async with api.http.delete(f"{sandbox.url}/sandbox/faults") as answer:
        assert answer.status == 200
    await api.ok("getMe")


# -- sending limits ----------------------------------------------------------------------------------------


async def test_limits_refuse_the_second_message_to_a_chat_within_a_second() -> None:
    async with Sandbox(limits=Limits()) as sandbox, aiohttp.ClientSession() as http:
        api = Api(sandbox, http)
        anna = sandbox.person("Anna")
        await anna.sends("Hello")
        await api.ok("sendMessage", chat_id=anna.id, text="one")
        refusal = await api.refused("sendMessage", chat_id=anna.id, text="two")
        assert refusal == "429 Too Many Requests: retry after 1"
        await api.ok("sendChatAction", chat_id=anna.id, action="typing")
        assert sandbox.limiter is not None
        assert sandbox.limiter.refused == {anna.id: 1}
        assert received(anna) == ["one"]


def sends(limits: Limits, plan: list[tuple[float, int]]) -> list[int]:
    """For each (seconds, chat): 0 when it is let through, else the seconds to wait."""
    now = [0.0]
    limiter = Limiter(limits, lambda: now[0])
    waits = []
    for at, chat_id in plan:
        now[0] = at
        try:
            limiter.check("sendMessage", chat_id)
        except ApiError as refusal:
            waits.append(refusal.retry_after_seconds or -1)
        else:
            waits.append(0)
    return waits


@pytest.mark.parametrize(
    ("limits", "plan", "waits"),
    [
        (Limits(), [(0, 1), (0.5, 1), (1.0, 1), (1.1, 1)], [0, 1, 0, 1]),
        (Limits(), [(0, 1), (0, 2), (0, 3)], [0, 0, 0]),
        (Limits(chat_burst=3), [(0, 1)] * 4, [0, 0, 0, 1]),
        (Limits(chat_per_second=0.2), [(0, 1), (1, 1), (5, 1)], [0, 4, 0]),
        (Limits(overall_per_second=2), [(0, 1), (0, 2), (0, 3), (0.5, 3)], [0, 0, 1, 0]),
        (Limits().scaled(10), [(0, 1), (0.05, 1), (0.1, 1)], [0, 1, 0]),
    ],
    ids=["one a second", "chats apart", "burst", "slow chat", "overall", "scaled"],
)
def test_limits_count_by_chat_and_overall(
    limits: Limits, plan: list[tuple[float, int]], waits: list[int]
) -> None:
    assert sends(limits, plan) == waits
