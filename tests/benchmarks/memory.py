"""How much memory the bot takes after 100,000 updates, against after 5,000.

The bot is a process of its own on a SQLite file, as ``python -m bot run`` starts it. Staff of many phones stamp, look
up cards and ask for help, and each gets an answer; every fifth update is another stranger's, who is answered or
turned away. Receipts go out meanwhile, at Telegram's pace.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tests.benchmarks.stub import Stub
from tests.benchmarks.town import Town
from tests.benchmarks.whole_path import CUSTOMERS, OURS, bot_env, new_town

UPDATES = 100_000
EARLY = 5_000
STAFF = 400
STRANGERS = 20_000
FIRST_STRANGER = 10_000_000
STRANGER_EVERY = 5
SAY_EVERY = 10_000
LOOKS_AGAIN_S = 0.2
PATIENCE_S = 3_600.0
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
MIB = 2**20


def messages(town: Town, updates: int) -> Iterator[tuple[int, str]]:
    """Of which every fifth is a stranger's."""
    for turn in range(updates):
        member, number = town.staff[turn % STAFF].account.user_id, town.numbers[turn * 7 % CUSTOMERS]
        if turn % STRANGER_EVERY == 0:
            yield FIRST_STRANGER + turn // STRANGER_EVERY % STRANGERS, f"hello {turn}"
        elif turn % 11 == 1:
            yield member, "/help"
        elif turn % 3 == 1:
            yield member, str(number)
        else:
            yield member, f"/stamp {number}"


def resident_bytes(pid: int) -> int:
    """proc(5)"""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES


async def measure(updates: int = UPDATES) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.db"
        town = await new_town(path, STAFF)
        staff = {member.account.user_id for member in town.staff}
        stub = Stub(list(messages(town, updates)), answered=staff)
        url = await stub.start()
        process = await asyncio.create_subprocess_exec(
            sys.executable, *OURS, env={**os.environ, **bot_env(path), "BOT_API_URL": url}
        )
        try:
            async with asyncio.timeout(PATIENCE_S):
                early, late = await _watched(stub, process.pid, updates)
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
            await stub.stop()
    print(
        f"memory: {early / MIB:.0f} MiB after {EARLY:,} updates, {late / MIB:.0f} MiB after {updates:,}"
        f" from {STAFF + min(STRANGERS, updates // STRANGER_EVERY):,} people, ratio {late / early:.2f}"
    )


async def _watched(stub: Stub, pid: int, updates: int) -> tuple[int, int]:
    """Bytes after the first and after the last."""
    early, say_at = 0, SAY_EVERY
    while not stub.done.is_set():
        await asyncio.sleep(LOOKS_AGAIN_S)
        handled = int(stub.answers / stub.wanted * updates)
        if not early and handled >= EARLY:
            early = resident_bytes(pid)
        if handled >= say_at:
            print(f"  {handled:7,} updates: {resident_bytes(pid) / MIB:.0f} MiB", flush=True)
            say_at += SAY_EVERY
    return early, resident_bytes(pid)


def main() -> None:
    asyncio.run(measure(int(sys.argv[1]) if __name__ == "__main__" and len(sys.argv) > 1 else UPDATES))


if __name__ == "__main__":
    main()
