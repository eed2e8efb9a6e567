"""What e-mail and both wallets cost a stamp: the time from its arrival to its answer, for customers who have an
address and their card in both wallets, and for customers who have neither, in turn.

Both are customers of one bot, a process of its own behind a webhook: two processes that do the same differ by more
than what is measured here. Stand-ins for the mail relay, the push service and Google run in this process and take
everything. At three stamps a second, what the bot does after an answer is over before the next stamp; where stamps
follow at once, it would slow the next ones of the same block. What all of it costs, whenever it is done, is shown by
the processor time up to when everybody was told.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import aiohttp
from aiohttp import web

from bot.kit.clock import chance_below, new_id, system_clock
from bot.sandbox.sandbox import TOKEN
from bot.telegram.webhook import HEADER
from domain.account import Account
from domain.card import CardRef
from domain.ids import UserId
from domain.mailbox import Mailbox, Ways
from domain.ports import Tx
from domain.usecases.wallets import AddPass, RegisterDevice, add_pass, register_device
from domain.wallet import QUIET, WalletKind
from storage.sqlite.database import SqliteDatabase
from tests.benchmarks.stub import BOT, PHOTO, given_in, update
from tests.benchmarks.town import BOT_ID, FIRST_CUSTOMER, SECRET, Town, build_town
from tests.support.apns import push_service
from tests.support.authority import PASS_TYPE, TEAM, lay
from tests.support.commands import changing
from tests.support.databases import lay_empty_database
from tests.support.google import google
from tests.support.mail_server import mail_server
from tests.support.ports import unused_port

ANSWERS_WITHIN_S = 30.0
STAFF, CUSTOMERS = 60, 100
WEBHOOK_SECRET = "a-secret-of-the-benchmark"
PUSH_TOKEN = "0123456789abcdef"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """So many blocks of stamps for each of the two kinds of customers, and how long to wait after each."""

    said: str
    blocks: int
    in_a_block: int
    settles_s: float


PACES = (
    Pace(said="three a second", blocks=150, in_a_block=1, settles_s=0.3),
    Pace(said="each as soon as the one before is answered", blocks=10, in_a_block=20, settles_s=3.0),
)


TOLD_AFTER_S = QUIET.total_seconds() + 5.0
"""All wallets have been told of the last stamp by then."""
COSTED_STAMPS, COSTED_TURNS = 100, 5


@dataclass
class Bot:
    """A process, and the Telegram that it speaks to. Of its customers every other one ``has_all``."""

    process_id: int
    town: Town
    webhook: str
    session: aiohttp.ClientSession
    answered: dict[str, asyncio.Event] = field(default_factory=dict)
    stamps: Counter[bool] = field(default_factory=Counter)

    async def stamp(self, *, has_all: bool) -> float:
        """The time until whoever typed it has the answer."""
        turn = self.stamps.total()
        numbers = self.town.numbers[not has_all :: 2]
        number = numbers[self.stamps[has_all] % len(numbers)]
        self.stamps[has_all] += 1
        staff = self.town.staff[turn % len(self.town.staff)].account.user_id
        done = self.answered[str(staff)] = asyncio.Event()
        body = update(turn + 1, staff, f"/stamp {number}")
        began = time.perf_counter()
        async with self.session.post(self.webhook, json=body, headers={HEADER: WEBHOOK_SECRET}) as answer:
            assert answer.status == 200
        async with asyncio.timeout(ANSWERS_WITHIN_S):
            await done.wait()
        return time.perf_counter() - began

    async def block(self, pace: Pace, *, has_all: bool) -> list[float]:
        found = [await self.stamp(has_all=has_all) for _ in range(pace.in_a_block)]
        await asyncio.sleep(pace.settles_s)
        return found

    async def costs(self, *, has_all: bool) -> float:
        """Seconds of the processor for a stamp and all that follows from it, with what runs by itself meanwhile."""
        began = self._processor_s()
        for _ in range(COSTED_STAMPS):
            await self.stamp(has_all=has_all)
        await asyncio.sleep(TOLD_AFTER_S)
        return (self._processor_s() - began) / COSTED_STAMPS

    def _processor_s(self) -> float:
        """Of all threads (proc(5), utime and stime)."""
        said = Path(f"/proc/{self.process_id}/stat").read_text().rpartition(")")[2].split()
        return (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")

    async def call(self, request: web.Request) -> web.Response:
        method, given = request.match_info["method"], await given_in(request)
        if method == "getMe":
            return _ok(BOT)
        if method == "getWebhookInfo":
            return _ok({"url": self.webhook, "has_custom_certificate": False, "pending_update_count": 0})
        if method not in ("sendMessage", "sendPhoto"):
            return _ok(True)
        chat_id = str(given["chat_id"])
        if chat_id in self.answered:
            self.answered[chat_id].set()
        chat = {"id": int(chat_id), "type": "private"}
        said = {"text": "ok"} if method == "sendMessage" else {"photo": [PHOTO]}
        return _ok({"message_id": 1, "date": 0, "chat": chat, "from": BOT} | said)


def _ok(result: object) -> web.Response:
    return web.json_response({"ok": True, "result": result})


@asynccontextmanager
async def at_work(folder: Path, settings: dict[str, str]) -> AsyncIterator[Bot]:
    path, port = folder / "bench.db", unused_port()
    town = await _town(path)
    async with aiohttp.ClientSession() as session:
        bot = Bot(0, town, f"http://127.0.0.1:{port}/hook", session)
        app = web.Application()
        app.router.add_post("/bot{token}/{method}", bot.call)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        env = {
            "BOT_TOKEN": TOKEN,
            "BOT_API_URL": f"http://127.0.0.1:{runner.addresses[0][1]}",
            "DATABASE_URL": f"sqlite+aiosqlite:///{path}",
            "SECRET_KEY": SECRET,
            "LOG_LEVEL": "ERROR",
            "WEBHOOK_URL": bot.webhook,
            "WEBHOOK_LISTEN": f"127.0.0.1:{port}",
            "WEBHOOK_SECRET": WEBHOOK_SECRET,
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", env={**os.environ, **env, **settings}
        )
        bot.process_id = process.pid
        try:
            await _listens(port)
            yield bot
        finally:
            process.terminate()
            await process.wait()
            await runner.cleanup()


async def _listens(port: int) -> None:
    async with asyncio.timeout(ANSWERS_WITHIN_S):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.1)
            else:
                writer.close()
                return


async def _town(path: Path) -> Town:
    lay_empty_database(path)
    store = SqliteDatabase(path, clock=system_clock, new_id=new_id, chance_below=chance_below)
    town = await build_town(store, staff=STAFF, customers=CUSTOMERS)
    for position, number in list(enumerate(town.numbers))[::2]:
        account = Account(bot_id=BOT_ID, user_id=UserId(FIRST_CUSTOMER + position))
        await store.write(_give_mailbox, account)
        for kind in WalletKind:
            await _has_pass(store, town, account, CardRef("number", number), kind)
    await store.close()
    return town


def _give_mailbox(*, tx: Tx, command: Account) -> None:
    address = f"guest.{command.user_id}@example.lu"
    tx.save_mailbox(Mailbox(account=command, address=address, ways=Ways.BOTH, verified_at=tx.now))


async def _has_pass(
    store: SqliteDatabase, town: Town, account: Account, ref: CardRef, kind: WalletKind
) -> None:
    found = await store.write(changing(lambda tx: tx.card(town.merchant_id, ref)), None)
    assert found is not None
    command = AddPass(account=account, merchant_id=town.merchant_id, card_id=found[0].card_id, wallet=kind)
    letter = await store.write(add_pass, command)
    if kind is WalletKind.APPLE:
        device = RegisterDevice(
            key=letter.wallet_pass.key, device_hash=f"phone {account.user_id}", push_token=PUSH_TOKEN
        )
        await store.write(register_device, device)


async def measure() -> None:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        files = lay(folder)
        post = await stack.enter_async_context(mail_server())
        apns = await stack.enter_async_context(push_service(files))
        cloud = await stack.enter_async_context(google())
        settings = {
            "SMTP_URL": post.url,
            "SMTP_FROM": "cards@example.lu",
            "APPLE_PASS_TYPE_ID": PASS_TYPE,
            "APPLE_PASS_TEAM_ID": TEAM,
            "APPLE_PASS_CERT": str(files.certificate),
            "APPLE_PASS_KEY": str(files.key),
            "APPLE_PASS_WWDR": str(files.wwdr),
            "APPLE_PASS_PUSH_URL": apns.url,
            "SSL_CERT_FILE": str(files.root),
            **{name.upper(): str(value) for name, value in cloud.settings(folder).items()},
        }
        bot = await stack.enter_async_context(at_work(folder, settings))
        print(
            "a typed stamp until its answer, for who has e-mail and both wallets and for who has neither, medians"
        )
        for pace in PACES:
            print(f"  {pace.said}: {await _in_turn(bot, pace)}", flush=True)
        print(f"  processor for a stamp and all that follows from it: {await _costs(bot)}")
        print(
            f"  meanwhile {len(post.mails)} mails, {len(apns.asked)} pushes,"
            f" {cloud.requests['PATCH', 'loyaltyObject']} patches at Google"
        )


async def _in_turn(bot: Bot, pace: Pace) -> str:
    """After one round that does not count."""
    seconds: dict[bool, list[float]] = {True: [], False: []}
    chance = Random(12)
    for turn in range(pace.blocks + 1):
        for has_all in chance.sample([True, False], 2):
            found = await bot.block(pace, has_all=has_all)
            if turn:
                seconds[has_all] += found
    with_all, without = (statistics.median(seconds[has_all]) * 1000 for has_all in (True, False))
    return f"{with_all:.1f} ms and {without:.1f} ms, ratio {with_all / without:.2f}"


async def _costs(bot: Bot) -> str:
    found: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(COSTED_TURNS):
        for has_all, seconds in found.items():
            seconds.append(await bot.costs(has_all=has_all))
    with_all, without = (statistics.median(found[has_all]) * 1000 for has_all in (True, False))
    return f"{with_all:.1f} ms and {without:.1f} ms"


def main() -> None:
    asyncio.run(measure())


if __name__ == "__main__":
    main()
