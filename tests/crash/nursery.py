"""The nursery: a process that has the bot imported and gives it one life after the other by forking.

It is forked itself, by the server that has imported the bot (``tests.support.forks``). It reads orders from standard
input and tells on standard output what became of the lives, both as JSON, one a line. It has neither a thread nor an
event loop, so that a fork is a clean start: a child runs ``bot.app.main.run`` as ``python -m bot run`` does, only
without the second that the imports take.
"""

import asyncio
import gc
import mmap
import os
import select
import signal
import socket
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import msgspec

import bot.app.sqlite  # noqa: F401 - what the real process has imported
from bot.app.main import run
from bot.app.process import Surroundings
from bot.kit.logs import set_up_logging
from bot.kit.settings import Settings
from bot.telegram import rate_limit as gate
from bot.telegram.inbox import Inbox
from bot.telegram.pacing import SendingLimits
from domain.steps import Step

STDIN, STDOUT, STDERR = 0, 1, 2
STEPS = tuple(Step)
NO_STEP = 255
REACHED, ARMED, TIMES_LEFT = 0, 1, 2
"""What the shared memory says: the last step reached, the step that is deadly from now on, and at which time."""

HASTE = gate.Allowance(per_second=1_000, burst=1_000)
"""People in these tests type faster than hands can, and nobody is to be turned away for it."""
NO_PACING = SendingLimits(overall_per_second=10_000, private_chat_per_second=10_000)


class Begin(msgspec.Struct, frozen=True, tag="begin"):
    """Begin a life. With a ``step``, it kills itself by SIGKILL at the ``occurrence``-th time of it."""

    life: int
    token: str
    api_url: str
    database_url: str
    secret_key: str
    step: Step | None = None
    occurrence: int = 1


class Arm(msgspec.Struct, frozen=True, tag="arm"):
    """Let this life kill itself by SIGKILL at the ``occurrence``-th time of ``step``, counted from now on."""

    life: int
    step: Step
    occurrence: int = 1


class Signal(msgspec.Struct, frozen=True, tag="signal"):
    """Send this life SIGKILL or SIGTERM, now."""

    life: int
    number: int


Order = Begin | Arm | Signal


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The bot is at work."""

    life: int


class Armed(msgspec.Struct, frozen=True, tag="armed"):
    """From now on the step is deadly."""

    life: int


class Done(msgspec.Struct, frozen=True, tag="done"):
    """An update or a message was brought to its end."""

    life: int


class Struck(msgspec.Struct, frozen=True, tag="struck"):
    """The deadly step was reached: SIGKILL is the next thing that happens."""

    life: int
    step: Step


class Closing(msgspec.Struct, frozen=True, tag="closing"):
    """It was told to stop, and begins with no other update."""

    life: int


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """The process is gone. ``status`` is negative for a signal; ``reached`` the last step of any update."""

    life: int
    status: int
    reached: Step | None


Report = Ready | Armed | Done | Struck | Closing | Ended

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Order).decode


class Orders:
    """Lines from standard input, read without waiting for more than there is."""

    def __init__(self) -> None:
        self._unread = b""
        self._lines: list[bytes] = []
        self.over = False

    def take(self) -> list[Order]:
        """The orders that have come; waits until there are any. None come any more once ``over`` is true."""
        while not self._lines and not self.over:
            chunk = os.read(STDIN, 65_536)
            self.over = not chunk
            *self._lines, self._unread = (self._unread + chunk).split(b"\n")
        taken, self._lines = self._lines, []
        return [_decode(line) for line in taken]


def open_nursery(line: socket.socket, log: Path) -> None:
    """Runs until the other end of the line, which gives the orders and hears the reports, is closed."""
    os.setsid()
    os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), STDERR)
    for number in (STDIN, STDOUT):
        os.dup2(line.fileno(), number)
    line.close()
    gc.freeze()  # what is imported, as it is when the program runs by itself
    orders = Orders()
    while not orders.over:
        for order in orders.take():
            if isinstance(order, Begin):
                _nurse(order, orders)


def _nurse(life: Begin, orders: Orders) -> None:
    """Forks a life, looks after it until it ends, and reports how it ended."""
    memory = mmap.mmap(-1, 3)
    memory[REACHED] = memory[ARMED] = NO_STEP
    voice, mouth = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(voice)
        _live(life, mouth, memory)
    os.close(mouth)
    while _is_alive(voice, orders):
        if _wants_reading(orders):
            for order in orders.take():
                _obey(order, life, pid, memory)
            if orders.over:
                os.kill(pid, signal.SIGKILL)
    os.close(voice)
    _, status = os.waitpid(pid, 0)
    reached = memory[REACHED]
    _tell(
        STDOUT,
        Ended(life.life, os.waitstatus_to_exitcode(status), None if reached == NO_STEP else STEPS[reached]),
    )
    memory.close()


def _is_alive(voice: int, orders: Orders) -> bool:
    """Waits for an order or for a report of the child, which is passed on. False once the child's pipe is closed:
    it has ended."""
    heard = [voice] if orders.over else [voice, STDIN]
    readable, _, _ = select.select(heard, [], [])
    if voice not in readable:
        return True
    word = os.read(voice, 65_536)
    os.write(STDOUT, word)
    return bool(word)


def _wants_reading(orders: Orders) -> bool:
    return not orders.over and bool(select.select([STDIN], [], [], 0)[0])


def _obey(order: Order, life: Begin, pid: int, memory: mmap.mmap) -> None:
    if order.life != life.life:
        return
    match order:
        case Arm():
            memory[TIMES_LEFT] = order.occurrence
            memory[ARMED] = STEPS.index(order.step)
            _tell(STDOUT, Armed(life.life))
        case Signal():
            os.kill(pid, order.number)


def _tell(where: int, report: Report) -> None:
    os.write(where, _encode(report) + b"\n")


def _live(life: Begin, mouth: int, memory: mmap.mmap) -> NoReturn:
    """The child: the bot, until it is killed or told to stop."""
    status = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), STDIN)
        os.dup2(os.open(os.devnull, os.O_WRONLY), STDOUT)
        set_up_logging("WARNING", "text")
        gate.CUSTOMER = gate.STAFF = HASTE
        Inbox.begins_no_more = _telling(Inbox.begins_no_more, mouth, Closing(life.life))  # type: ignore[assignment, method-assign]
        surroundings = Surroundings(
            limits=NO_PACING,
            trace=Fate(life, mouth, memory),
            alone_after_s=0.0,
            second_tap_s=0.0,
            on_ready=lambda: _tell(mouth, Ready(life.life)),
        )
        asyncio.run(run(_settings(life), surroundings))
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _telling(does: Callable[[Inbox], None], mouth: int, report: Report) -> Callable[[Inbox], None]:
    def tells(inbox: Inbox) -> None:
        does(inbox)
        _tell(mouth, report)

    return tells


class Fate:
    """Told of each step, kills the process at the deadly one. Called from the event loop and the writer's thread."""

    def __init__(self, life: Begin, mouth: int, memory: mmap.mmap) -> None:
        self._life = life
        self._mouth = mouth
        self._memory = memory
        self._counts: Counter[Step] = Counter()

    def __call__(self, step: Step) -> None:
        number = STEPS.index(step)
        self._memory[REACHED] = number
        self._counts[step] += 1
        is_due = step is self._life.step and self._counts[step] == self._life.occurrence
        if self._memory[ARMED] == number:
            self._memory[TIMES_LEFT] -= 1
            is_due = is_due or self._memory[TIMES_LEFT] == 0
        if is_due:
            _tell(self._mouth, Struck(self._life.life, step))
            os.kill(os.getpid(), signal.SIGKILL)
        if step in (Step.UPDATE_DONE, Step.MESSAGE_MARKED):
            _tell(self._mouth, Done(self._life.life))


def _settings(life: Begin) -> Settings:
    return Settings(
        bot_token=life.token,
        bot_api_url=life.api_url,
        database_url=life.database_url,
        secret_key=life.secret_key,
    )
