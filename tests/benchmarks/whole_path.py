"""The whole path: typed stamps through polling, inbox, use case and answer, against a bare echo bot, and against the
same bot on the transport that python-telegram-bot comes with.

Each bot is a process of its own, talking to the same loopback server that answers at once; the rate is that of
answers to whoever wrote. Receipts to customers go out meanwhile, at Telegram's pace. Beside the rates, which change
when the machine is busy, stands how much processor time each answer took. The first fifth is not counted: what a bot
reads, compiles and draws once belongs to its start.

The bot keeps to one core, as it always does; the last line is of the same bot on any core (docs/decisions/0081).
"""

import asyncio
import os
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.kit.clock import chance_below, new_id, system_clock
from bot.sandbox.sandbox import TOKEN
from bot.telegram.rate_limit import STAFF
from storage.sqlite.database import SqliteDatabase
from storage.sqlite.migrate import migrate
from tests.benchmarks.stub import Stub
from tests.benchmarks.town import SECRET, Town, build_town

ROUNDS = 5
MESSAGES = 6_000
MESSAGES_OF_USUAL = 500
"""On the usual transport, where each takes many times as long."""
UNCOUNTED = 5
"""The first of so many."""
PEOPLE = MESSAGES // (STAFF.burst // 2)
CUSTOMERS = 400
PATIENCE_S = 240.0
TICKS_PER_S = os.sysconf("SC_CLK_TCK")

ECHO = ("-m", "tests.benchmarks.echo_bot", TOKEN, "{url}")
OURS = ("-m", "bot", "run")
USUAL = ("-m", "tests.benchmarks.default_transport")


@dataclass(frozen=True, slots=True)
class Found:
    answers_per_second: float
    processor_us: float
    """Of an answer."""


async def answers(texts: Sequence[tuple[int, str]], command: Sequence[str], env: Mapping[str, str]) -> Found:
    """Starts the bot, lets it answer everything, ends it."""
    uncounted = len(texts) // UNCOUNTED
    stub = Stub(texts, uncounted=uncounted)
    url = await stub.start()
    arguments = [part.format(url=url) for part in command]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, env={**os.environ, **env, "BOT_API_URL": url}
    )
    try:
        async with asyncio.timeout(PATIENCE_S):
            await stub.begins.wait()
            before_s = processor_seconds(process.pid)
            await stub.done.wait()
            took_s = processor_seconds(process.pid) - before_s
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        await stub.stop()
    return Found(stub.answers_per_second, took_s / (len(texts) - uncounted) * 1e6)


def processor_seconds(pid: int) -> float:
    """Of all threads of a process since its start (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def bot_env(path: Path) -> dict[str, str]:
    return {
        "BOT_TOKEN": TOKEN,
        "DATABASE_URL": f"sqlite+aiosqlite:///{path}",
        "SECRET_KEY": SECRET,
        "LOG_LEVEL": "ERROR",
    }


async def stamps(path: Path, command: Sequence[str], messages: int, **env: str) -> Found:
    town = await new_town(path)
    texts = [
        (town.staff[turn % PEOPLE].account.user_id, f"/stamp {town.numbers[turn % CUSTOMERS]}")
        for turn in range(messages)
    ]
    return await answers(texts, command, bot_env(path) | env)


async def echo() -> Found:
    texts = [(1_000 + turn % PEOPLE, f"hello {turn}") for turn in range(MESSAGES)]
    return await answers(texts, ECHO, {})


async def new_town(path: Path, staff: int = PEOPLE) -> Town:
    migrate(path, system_clock())
    store = SqliteDatabase(path, clock=system_clock, new_id=new_id, chance_below=chance_below)
    town = await build_town(store, staff=staff, customers=CUSTOMERS)
    await store.close()
    return town


async def measure() -> None:
    echoes: list[Found] = []
    ours: list[Found] = []
    usual: list[Found] = []
    anywhere: list[Found] = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(ROUNDS):
            echoes.append(await echo())
            ours.append(await stamps(Path(folder) / f"{number}.db", OURS, MESSAGES))
            usual.append(await stamps(Path(folder) / f"usual-{number}.db", USUAL, MESSAGES_OF_USUAL))
            anywhere.append(await stamps(Path(folder) / f"any-{number}.db", OURS, MESSAGES, CORES="any"))
    print(f"whole path, {MESSAGES} typed stamps from {PEOPLE} staff, {ROUNDS} rounds in turn")
    print(f"  {rate(ours):7,.0f} answered stamps/s, {processor(ours):5,.0f} µs of the processor each")
    _against("bare echo bot", ours, echoes)
    _against("same bot on the default transport", ours, usual)
    _against("same bot on any core", ours, anywhere)


def rate(found: Sequence[Found]) -> float:
    return statistics.median(each.answers_per_second for each in found)


def processor(found: Sequence[Found]) -> float:
    return statistics.median(each.processor_us for each in found)


def _against(name: str, ours: Sequence[Found], others: Sequence[Found]) -> None:
    pairs = list(zip(ours, others, strict=True))
    rates = sorted(one.answers_per_second / other.answers_per_second for one, other in pairs)
    times = statistics.median(other.processor_us / one.processor_us for one, other in pairs)
    print(
        f"  {name} {rate(others):7,.0f}/s: ratio {statistics.median(rates):.2f}"
        f" ({rates[0]:.2f} to {rates[-1]:.2f}); {processor(others):5,.0f} µs: ratio {times:.2f}"
    )


def main() -> None:
    asyncio.run(measure())


if __name__ == "__main__":
    main()
