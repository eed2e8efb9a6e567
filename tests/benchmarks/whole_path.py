"""The whole path: typed stamps through polling, inbox, use case and answer, against a bare echo bot.

Each bot is a process of its own on the same transport, talking to the same loopback server that answers at once; the
rate is that of answers to whoever wrote. Receipts to customers go out meanwhile, at Telegram's pace.
"""

import asyncio
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bot.kit.clock import chance_below, new_id, system_clock
from bot.sandbox.sandbox import TOKEN
from bot.telegram.rate_limit import STAFF
from storage.sqlite.database import SqliteDatabase
from storage.sqlite.migrate import migrate
from tests.benchmarks.stub import Stub
from tests.benchmarks.town import SECRET, Town, build_town

ROUNDS = 3
MESSAGES = 2_400
PEOPLE = MESSAGES // (STAFF.burst // 2)
CUSTOMERS = 400


async def answers_per_second(
    texts: Sequence[tuple[int, str]], command: Sequence[str], env: dict[str, str]
) -> float:
    """Starts the bot, lets it answer everything, ends it."""
    stub = Stub(texts)
    url = await stub.start()
    arguments = [part.format(url=url) for part in command]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, env={**os.environ, **env, "BOT_API_URL": url}
    )
    try:
        await asyncio.wait_for(stub.done.wait(), 60)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
        await stub.stop()
    return stub.answers_per_second


async def ours(folder: Path, number: int) -> float:
    path = folder / f"{number}.db"
    town = await _town(path)
    texts = [
        (town.staff[turn % PEOPLE].account.user_id, f"/stamp {town.numbers[turn % CUSTOMERS]}")
        for turn in range(MESSAGES)
    ]
    env = {
        "BOT_TOKEN": TOKEN,
        "DATABASE_URL": f"sqlite+aiosqlite:///{path}",
        "SECRET_KEY": SECRET,
        "LOG_LEVEL": "ERROR",
    }
    return await answers_per_second(texts, ["-m", "bot", "run"], env)


async def echo() -> float:
    texts = [(1_000 + turn % PEOPLE, f"hello {turn}") for turn in range(MESSAGES)]
    return await answers_per_second(texts, ["-m", "tests.benchmarks.echo_bot", TOKEN, "{url}"], {})


async def _town(path: Path) -> Town:
    migrate(path, system_clock())
    store = SqliteDatabase(path, clock=system_clock, new_id=new_id, chance_below=chance_below)
    town = await build_town(store, staff=PEOPLE, customers=CUSTOMERS)
    await store.close()
    return town


async def measure() -> None:
    rates, references = [], []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(ROUNDS):
            references.append(await echo())
            rates.append(await ours(Path(folder), number))
    ratios = sorted(one / other for one, other in zip(rates, references, strict=True))
    print(f"whole path, {MESSAGES} typed stamps from {PEOPLE} staff, {ROUNDS} rounds in turn")
    print(
        f"  {statistics.median(rates):7,.0f} answered stamps/s, bare echo bot"
        f" {statistics.median(references):7,.0f}/s, ratio {statistics.median(ratios):.2f}"
        f" ({ratios[0]:.2f} to {ratios[-1]:.2f})"
    )


def main() -> None:
    asyncio.run(measure())


if __name__ == "__main__":
    main()
