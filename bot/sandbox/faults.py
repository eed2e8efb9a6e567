"""Faults on demand: what a bot must survive when Telegram or the network fails."""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypedDict, Unpack

from bot.sandbox.errors import ApiError, bad_request, forbidden, too_many_requests


class FaultKind(StrEnum):
    FLOOD = "flood"
    """429 with `retry_after`; the call is not carried out."""
    SERVER_ERROR = "server_error"
    """5xx, as JSON or as a proxy's HTML page; the call is not carried out."""
    BAD_REQUEST = "bad_request"
    """400 with a description; the call is not carried out."""
    FORBIDDEN = "forbidden"
    """403 with a description; the call is not carried out."""
    RESET = "reset"
    """The connection is reset before the call is carried out."""
    CUT = "cut"
    """The call is carried out, but the connection is reset instead of an answer."""
    STALL = "stall"
    """The call is carried out, but the answer comes late."""
    DELAY = "delay"
    """The call is carried out late, and then answered."""


class Calls(TypedDict, total=False):
    """Which calls a fault meets: the next `count` (None: all; one, unless it is said) of a method to a chat."""

    method: str | None
    chat_id: int | None
    count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault for the next `count` calls (None: all) of a method (None: any) to a chat (None: any).

    `seconds` bounds a stall or a delay; None lasts until `release()`. `status` and `html` shape a server error.
    """

    kind: FaultKind
    method: str | None = None
    chat_id: int | None = None
    count: int | None = 1
    retry_after_seconds: int = 1
    status: int = 502
    html: bool = False
    description: str = ""
    seconds: float | None = None

    def refusal(self) -> ApiError | None:
        """The answer instead of carrying out the call; None for faults that let it be carried out."""
        match self.kind:
            case FaultKind.FLOOD:
                return too_many_requests(self.retry_after_seconds)
            case FaultKind.SERVER_ERROR:
                return ApiError(self.status, self.description or "Bad Gateway")
            case FaultKind.BAD_REQUEST:
                return bad_request(self.description)
            case FaultKind.FORBIDDEN:
                return forbidden(self.description or "bot was blocked by the user")
            case FaultKind.RESET:
                return ApiError(0, "the connection was reset")
        return None


@dataclass(slots=True)
class ScheduledFault:
    """A fault in the plan; `hits` counts the calls that met it."""

    fault: Fault
    hits: int = 0
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def meets(self, method: str, chat_id: int | None) -> bool:
        wanted = self.fault
        return (
            (wanted.count is None or self.hits < wanted.count)
            and wanted.method in (None, method)
            and wanted.chat_id in (None, chat_id)
        )

    def release(self) -> None:
        """Ends the stall or delay: what waits goes on."""
        self.released.set()

    async def stall(self) -> None:
        try:
            async with asyncio.timeout(self.fault.seconds):
                await self.released.wait()
        except TimeoutError:
            return


class Faults:
    """The plan of faults; of several that fit, the one scheduled first meets the call."""

    def __init__(self) -> None:
        self._scheduled: list[ScheduledFault] = []

    def add(self, fault: Fault) -> ScheduledFault:
        scheduled = ScheduledFault(fault)
        self._scheduled.append(scheduled)
        return scheduled

    def flood(self, retry_after: int, **calls: Unpack[Calls]) -> ScheduledFault:
        """429 with `retry_after` in seconds."""
        return self.add(Fault(kind=FaultKind.FLOOD, retry_after_seconds=retry_after, **calls))

    def server_error(
        self, status: int = 502, *, html: bool = False, **calls: Unpack[Calls]
    ) -> ScheduledFault:
        return self.add(Fault(kind=FaultKind.SERVER_ERROR, status=status, html=html, **calls))

    def refuse(
        self, description: str, *, kind: FaultKind = FaultKind.BAD_REQUEST, **calls: Unpack[Calls]
    ) -> ScheduledFault:
        """400, or 403 with `kind=FaultKind.FORBIDDEN`; the prefix "Bad Request: " or "Forbidden: " is added."""
        return self.add(Fault(kind=kind, description=description, **calls))

    def reset(self, **calls: Unpack[Calls]) -> ScheduledFault:
        """The connection is reset before the effect."""
        return self.add(Fault(kind=FaultKind.RESET, **calls))

    def cut(self, **calls: Unpack[Calls]) -> ScheduledFault:
        """The connection is cut after the effect."""
        return self.add(Fault(kind=FaultKind.CUT, **calls))

    def stall(self, seconds: float | None = None, **calls: Unpack[Calls]) -> ScheduledFault:
        """The answer comes `seconds` late; None: when the returned fault is released."""
        return self.add(Fault(kind=FaultKind.STALL, seconds=seconds, **calls))

    def delay(self, **calls: Unpack[Calls]) -> ScheduledFault:
        """The call is carried out when the returned fault is released."""
        return self.add(Fault(kind=FaultKind.DELAY, **calls))

    def clear(self) -> None:
        """Forgets the plan and releases all that waits."""
        for scheduled in self._scheduled:
            scheduled.release()
        self._scheduled.clear()

    def meet(self, method: str, chat_id: int | None) -> ScheduledFault | None:
        """The fault that this call meets, counted."""
        for scheduled in self._scheduled:
            if scheduled.meets(method, chat_id):
                scheduled.hits += 1
                return scheduled
        return None
