"""What e-mail and both wallets cost a stamp: the time from its arrival to its answer, in a bot with none of them, one
with e-mail, one with wallets and one with all, block by block in turn.

Each bot is a process of its own behind a webhook. Where there is e-mail every customer has an address, and where
there are wallets the card in both; relay, push service and Google stand in this process and take everything. What the
bot does for them after an answer falls on the stamps that follow in the same block. At the slower pace, that of many
counters, it is over before the next; at the faster it is not.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from aiohttp import web
from aiohttp.test_utils import unused_port

from bot.kit.clock import chance_below, new_id, system_clock
from bot.sandbox.sandbox import TOKEN
from bot.telegram.webhook import HEADER
from domain.account import Account
from domain.card import CardRef
from domain.ids import UserId
from domain.mailbox import Mailbox, Ways
from domain.ports import Tx
from domain.usecases.wallets import AddPass, RegisterDevice, add_pass, register_device
from domain.wallet import WalletKind
from storage.sqlite.database import SqliteDatabase
from storage.sqlite.migrate import migrate
from tests.benchmarks.stub import BOT, PHOTO, update
from tests.benchmarks.town import BOT_ID, FIRST_CUSTOMER, SECRET, Town, build_town
from tests.support.apns import push_service
from tests.support.authority import PASS_TYPE, TEAM, lay
from tests.support.commands import changing
from tests.support.google import google
from tests.support.mail_server import mail_server

BLOCKS = 7
IN_A_BLOCK = 15
PAUSES_S = (0.5, 0.02)
"""Between two stamps."""
SETTLES_S = 2.0
OFF = "none"
STAFF, CUSTOMERS = 60, 100
ANSWERS_WITHIN_S = 30.0
WEBHOOK_SECRET = "a-secret-of-the-benchmark"
PUSH_TOKEN = "0123456789abcdef"


@dataclass
class Bot:
    """A process, and the Telegram that it speaks to."""

    name: str
    town: Town
    webhook: str
    session: aiohttp.ClientSession
    api_url: str = ""
    answered: dict[str, asyncio.Event] = field(default_factory=dict)
    stamps: int = 0

    async def stamp(self) -> float:
        """The time until whoever typed it has the answer."""
        self.stamps += 1
        staff = self.town.staff[self.stamps % len(self.town.staff)].account.user_id
        number = self.town.numbers[self.stamps % len(self.town.numbers)]
        done = self.answered[str(staff)] = asyncio.Event()
        body = update(self.stamps, staff, f"/stamp {number}")
        began = time.perf_counter()
        async with self.session.post(self.webhook, json=body, headers={HEADER: WEBHOOK_SECRET}) as answer:
            assert answer.status == 200
        async with asyncio.timeout(ANSWERS_WITHIN_S):
            await done.wait()
        return time.perf_counter() - began

    async def block(self, pause_s: float) -> list[float]:
        found = []
        for _ in range(IN_A_BLOCK):
            found.append(await self.stamp())
            await asyncio.sleep(pause_s)
        return found

    async def call(self, request: web.Request) -> web.Response:
        method, given = request.match_info["method"], await request.post()
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
async def at_work(name: str, folder: Path, settings: dict[str, str]) -> AsyncIterator[Bot]:
    path, port = folder / f"{name}.db", unused_port()
    town = await _town(path, settings)
    async with aiohttp.ClientSession() as session:
        bot = Bot(name, town, f"http://127.0.0.1:{port}/hook", session)
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


async def _town(path: Path, settings: Mapping[str, str]) -> Town:
    migrate(path, system_clock())
    store = SqliteDatabase(path, clock=system_clock, new_id=new_id, chance_below=chance_below)
    town = await build_town(store, staff=STAFF, customers=CUSTOMERS)
    for position, number in enumerate(town.numbers):
        account = Account(bot_id=BOT_ID, user_id=UserId(FIRST_CUSTOMER + position))
        if "SMTP_URL" in settings:
            await store.write(_give_mailbox, account)
        if "GOOGLE_WALLET_ISSUER_ID" in settings:
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
        mail = {"SMTP_URL": post.url, "SMTP_FROM": "cards@example.lu"}
        wallets = {
            "APPLE_PASS_TYPE_ID": PASS_TYPE,
            "APPLE_PASS_TEAM_ID": TEAM,
            "APPLE_PASS_CERT": str(files.certificate),
            "APPLE_PASS_KEY": str(files.key),
            "APPLE_PASS_WWDR": str(files.wwdr),
            "APPLE_PASS_PUSH_URL": apns.url,
            "SSL_CERT_FILE": str(files.root),
            **{name.upper(): str(value) for name, value in cloud.settings(folder).items()},
        }
        kinds = {OFF: {}, "e-mail": mail, "wallets": wallets, "all": mail | wallets}
        bots = [await stack.enter_async_context(at_work(name, folder, on)) for name, on in kinds.items()]
        print(f"a typed stamp until its answer, {BLOCKS} blocks of {IN_A_BLOCK} in turn, medians")
        for pause_s in PAUSES_S:
            print(f"  {pause_s:g} s apart: {await _in_turn(bots, pause_s)}", flush=True)
        print(
            f"  meanwhile {len(post.mails)} mails, {len(apns.asked)} pushes,"
            f" {cloud.requests['PATCH', 'loyaltyObject']} patches at Google"
        )


async def _in_turn(bots: Sequence[Bot], pause_s: float) -> str:
    """In each round in another order, after one round that does not count."""
    seconds: dict[str, list[float]] = {bot.name: [] for bot in bots}
    for turn in range(BLOCKS + 1):
        shift = turn % len(bots)
        for bot in [*bots[shift:], *bots[:shift]]:
            found = await bot.block(pause_s)
            if turn:
                seconds[bot.name] += found
            await asyncio.sleep(SETTLES_S)
    medians = {name: statistics.median(found) * 1000 for name, found in seconds.items()}
    off = medians.pop(OFF)
    told = [f"{name} {median:.1f} ms, ratio {median / off:.2f}" for name, median in medians.items()]
    return "; ".join([f"{OFF} {off:.1f} ms", *told])


def main() -> None:
    asyncio.run(measure())


if __name__ == "__main__":
    main()
