"""Many cards in wallets under many changes, while the push service and Google fail and the bot is killed: in the end
each phone shows its card exactly as it is, and so does Google.

The bot's part lives in a process of its own (``--life``), is fed its changes through standard input, and answers the
phones over HTTP; its time runs faster, so that nobody waits a minute for another try.
"""

import argparse
import asyncio
import gc
import json
import logging
import signal
import sqlite3
import sys
import tempfile
import time
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import aiohttp
from aiohttp import web

from bot.delivery import google_api, wallet_sync
from bot.delivery.passkit import passkit_routes
from bot.delivery.wallet_sync import WalletSync
from bot.delivery.wallets import WalletParts, apple
from bot.delivery.wallets import google as google_wallet
from bot.delivery.wallets.apple import AppleWallet
from bot.delivery.wallets.google import GoogleWallet
from bot.kit.clock import chance_below, new_id
from bot.kit.links import PASSES_PATH, Links, key_of_serial, serial_of
from bot.kit.lull import Lull
from bot.kit.metrics import BotMetrics, Metrics
from bot.kit.settings import Settings
from bot.kit.tokens import Tokens, token_hash
from bot.pictures.studio import Studio
from domain.account import Account
from domain.acts import Asked, Stamp
from domain.card import CardRef
from domain.crew import Peers
from domain.ids import BotId, CardId, InviteId, MerchantId, OperationKey, StoreId, TokenHash, UserId
from domain.refusals import Refusal, WalletSilent
from domain.staff import Actor
from domain.steps import untraced
from domain.usecases.claim_invite import ClaimInvite, claim_invite
from domain.usecases.join_store import JoinStore, join_store
from domain.usecases.my_cards import RotateCode, rotate_code
from domain.usecases.privacy import Erase, erase
from domain.usecases.set_up import create_merchant
from domain.usecases.stamp_card import stamp_card
from domain.usecases.wallets import AddPass, PassLetter, add_pass, pass_letter
from domain.wallet import PassKey, WalletKind
from storage.sqlite.database import SqliteDatabase
from tests.support.apns import OK, Answer, push_service
from tests.support.apns import Asked as Pushed
from tests.support.async_shop import look
from tests.support.authority import PASS_TYPE, lay
from tests.support.commands import opening
from tests.support.databases import lay_empty_database
from tests.support.google import ISSUER, KEY_FILE, Fault, Google, google, lay_key_file
from tests.support.ports import unused_port

SECRET = b"a secret for tests, long enough to be one"
BOT = BotId(42)
SPEED = 60
"""Seconds of the bot in one of the phones'."""
EPOCH = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
PROGRESS_EVERY_S = 10.0
PHONES_AT_ONCE = 8
OWED = "SELECT count(*) FROM wallet_passes WHERE due_at IS NOT NULL"
FAILURES: Sequence[Answer] = ((500, "InternalServerError"), (503, ""), (429, "TooManyRequests"), (0, ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    cards: int
    changes: int
    kills: int
    failing: float = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of what the bot is fed; fed again after a crash, it happens once."""

    key: str
    kind: str
    card: int
    codes: int
    """How many new codes the card had before."""

    @property
    def line(self) -> str:
        return json.dumps(asdict(self))


@dataclass
class Place:
    """Where a life is lived: its files, its address, and when time began."""

    folder: Path
    port: int
    push_url: str
    google_port: int
    speed: int = SPEED
    began: float = field(default_factory=time.time)

    @property
    def database(self) -> Path:
        return self.folder / "stempel.db"

    def clock(self) -> datetime:
        return EPOCH + timedelta(seconds=(time.time() - self.began) * self.speed)

    def settings(self) -> Settings:
        files: dict[str, Any] = {
            "apple_pass_type_id": PASS_TYPE,
            "apple_pass_team_id": "A1B2C3D4E5",
            "apple_pass_cert": self.folder / "pass.pem",
            "apple_pass_key": self.folder / "pass.key",
            "apple_pass_wwdr": self.folder / "wwdr.pem",
        }
        at_google = Google(port=self.google_port).settings_with(self.folder / KEY_FILE)
        hook = f"http://127.0.0.1:{self.port}/hook"
        return Settings(
            bot_token=f"{BOT}:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc",
            bot_api_url="http://127.0.0.1:8081",
            webhook_url=hook,
            apple_pass_push_url=self.push_url,
            **files,
            **at_google,
        )


@dataclass
class Shop:
    """A café and its customers' cards, by their numbers."""

    merchant_id: MerchantId
    store_id: StoreId
    paul: Actor
    cards: Sequence[CardId]
    accounts: Sequence[Account]

    @property
    def said(self) -> str:
        return json.dumps(
            [
                self.merchant_id,
                self.store_id,
                self.paul.staff_id,
                list(self.cards),
                [a.user_id for a in self.accounts],
            ]
        )

    @classmethod
    def of(cls, said: str) -> "Shop":
        merchant_id, store_id, staff_id, cards, users = json.loads(said)
        paul = Actor(
            merchant_id=merchant_id,
            staff_id=staff_id,
            store_id=store_id,
            account=Account(bot_id=BOT, user_id=UserId(1)),
        )
        return cls(
            merchant_id, store_id, paul, cards, [Account(bot_id=BOT, user_id=UserId(u)) for u in users]
        )


def opened(place: Place) -> SqliteDatabase:
    return SqliteDatabase(place.database, clock=place.clock, new_id=new_id, chance_below=chance_below)


async def sets_up(place: Place, cards: int) -> tuple[Shop, Sequence[str], Sequence[PassKey]]:
    """With the serial of each card's pass at Apple, and the key of that at Google."""
    lay_empty_database(place.database)
    database, tokens = opened(place), Tokens(SECRET)
    merchant_id, store_id = MerchantId(new_id()), StoreId(new_id())
    hashes = {"store_token_hash": "a poster", "owner_token_hash": "an owner"}
    await database.write(
        create_merchant,
        opening(new_id, merchant_id=merchant_id, store_id=store_id, stamps_target=10, **hashes),
    )
    route = await look(database, lambda tx: tx.route(TokenHash("an owner")))
    assert route is not None
    owner = Account(bot_id=BOT, user_id=UserId(1))
    claim = ClaimInvite(account=owner, merchant_id=merchant_id, invite_id=InviteId(route.target_id))
    claimed = await database.write(claim_invite, claim)
    paul = Actor(merchant_id=merchant_id, staff_id=claimed.staff_id, store_id=store_id, account=owner)
    ids, accounts, serials, at_google = [], [], [], []
    for number in range(cards):
        card_id, account = CardId(new_id()), Account(bot_id=BOT, user_id=UserId(1000 + number))
        join = JoinStore(
            account=account,
            name=f"Customer {number}",
            merchant_id=merchant_id,
            store_id=store_id,
            card_id=card_id,
            card_token_hash=token_hash(tokens.card_token(card_id, 0)),
            account_hash="",
        )
        await database.write(join_store, join)
        put = AddPass(account=account, merchant_id=merchant_id, card_id=card_id, wallet=WalletKind.APPLE)
        letter = await database.write(add_pass, put)
        serials.append(serial_of(letter.wallet_pass.key))
        letter = await database.write(add_pass, replace(put, wallet=WalletKind.GOOGLE))
        at_google.append(letter.wallet_pass.key)
        ids.append(card_id)
        accounts.append(account)
    await database.close()
    return Shop(merchant_id, store_id, paul, ids, accounts), serials, at_google


# The bot's part


@dataclass
class Life:
    """From opening the database to its end; ``dies`` is what a kill leaves behind, in the same process."""

    place: Place
    shop: Shop

    async def begins(self) -> None:
        self.database = opened(self.place)
        settings, tokens = self.place.settings(), Tokens(SECRET)
        parts = WalletParts(
            settings=settings,
            studio=Studio(),
            links=Links("stempel_bot", tokens, settings.public_url),
            tokens=tokens,
            clock=self.place.clock,
            authorities=self.place.folder / "root.pem",
        )
        self.wallet: AppleWallet = apple.wallet(parts)
        self.google: GoogleWallet = google_wallet.wallet(parts)
        metrics = BotMetrics(Metrics(), BOT, untraced)
        self.syncs = [
            WalletSync(
                wallet=each,
                bot_id=BOT,
                database=self.database,
                clock=self.place.clock,
                metrics=metrics,
                peers=Peers(),
                failed=lambda: None,
                lull=Lull(time.monotonic),
            )
            for each in (self.wallet, self.google)
        ]
        app = web.Application()
        app.add_routes(
            passkit_routes(self.database, self.wallet, self.place.clock, lambda: time.monotonic() * SPEED)
        )
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", self.place.port, reuse_address=True).start()
        self.working = [asyncio.create_task(sync.run()) for sync in self.syncs]

    async def does(self, change: Change) -> None:
        """Again, it changes nothing."""
        shop, card_id, account = self.shop, self.shop.cards[change.card], self.shop.accounts[change.card]
        match change.kind:
            case "offer":
                put = AddPass(
                    account=account,
                    merchant_id=shop.merchant_id,
                    card_id=card_id,
                    wallet=WalletKind.GOOGLE,
                )
                await self.offers(await self.database.write(add_pass, put))
            case "stamp":
                act = Stamp(card=CardRef("id", card_id), key=OperationKey(change.key), count=1)
                with suppress(Refusal):
                    await self.database.write(stamp_card, Asked(act=act, actor=shop.paul))
            case "code":
                token = Tokens(SECRET).card_token(card_id, change.codes + 1)
                rotate = RotateCode(
                    account=account,
                    merchant_id=shop.merchant_id,
                    card_id=card_id,
                    rotation=change.codes,
                    token_hash=token_hash(token),
                )
                with suppress(Refusal):
                    await self.database.write(rotate_code, rotate)
            case "erase":
                gone = Erase(account=account, merchant_id=None, account_hash=lambda *_: "")
                await self.database.write(erase, gone)

    async def offers(self, letter: PassLetter) -> None:
        """Somebody asks until Google answers."""
        while True:
            with suppress(WalletSilent):
                await self.google.offer(letter)
                return
            await asyncio.sleep(0.01)

    async def dies(self) -> None:
        """Nothing is brought to its end."""
        await self._breaks_off()
        await self.runner.cleanup()
        await self.wallet.close()
        await self.google.close()
        await self.database.close()
        self.wallet.studio.close()
        sweeps()

    async def _breaks_off(self) -> None:
        under_way = [*self.working, *(task for sync in self.syncs for task in sync.tasks)]
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


def sweeps() -> None:
    """httpcore leaves a connection open whose handshake is broken off by a cancellation, which here stands for a
    kill. Nobody has it any more: unswept, it would be complained of in whatever test is running when it is found."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


class InAProcess:
    """The same life in a process, which a signal ends."""

    def __init__(self, place: Place, shop: Shop) -> None:
        self.place, self.shop = place, shop

    async def begins(self) -> None:
        place = self.place
        told = [place.folder, place.port, place.push_url, place.google_port, place.speed, place.began]
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.soak.wallets", "--life", *map(str, told)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        await self._says(self.shop.said)

    async def does(self, change: Change) -> None:
        await self._says(change.line)

    async def dies(self) -> None:
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def _says(self, line: str) -> None:
        """And waits until it is done. Raises ConnectionError where the life has ended."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{line}\n".encode())
        await self.process.stdin.drain()
        if not await self.process.stdout.readline():
            raise ConnectionResetError


async def lives(told: Sequence[str]) -> None:
    """What ``InAProcess`` starts: a line comes, and one goes back when it is done."""
    folder, port, push_url, google_port, speed, began = told
    place = Place(Path(folder), int(port), push_url, int(google_port), int(speed), float(began))
    with in_haste():
        logging.disable(logging.CRITICAL)
        lines = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(lines)
        await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
        life = Life(place, Shop.of((await lines.readline()).decode()))
        await life.begins()
        while True:
            print("done", flush=True)
            line = await lines.readline()
            if not line:
                break
            await life.does(Change(**json.loads(line)))
        await life.dies()


@contextmanager
def in_haste() -> Iterator[None]:
    """Within the block nobody waits as long as in life."""
    with (
        patch.object(wallet_sync, "LOOKS_EVERY_S", 0.02),
        patch.object(google_api, "REQUESTS_PER_SECOND", 1000.0),
    ):
        yield


# The phones


@dataclass
class Phone:
    serial: str
    token: str
    device: str
    tag: str = "0"
    modified: str = ""
    content: dict[str, Any] = field(default_factory=dict)


class Phones:
    """They ask what has changed when they are pushed, and again until they are answered."""

    def __init__(self, root: str, http: aiohttp.ClientSession, serials: Sequence[str]) -> None:
        tokens = Tokens(SECRET)
        self._root = f"{root}/v1"
        self._http = http
        self.phones = [
            Phone(serial, tokens.pass_token(key.pass_id), f"device-{number}")
            for number, serial in enumerate(serials)
            if (key := key_of_serial(serial)) is not None
        ]
        self._pushed: asyncio.Queue[Phone] = asyncio.Queue()
        self.asking = 0
        self.unanswered = 0

    @property
    def is_at_rest(self) -> bool:
        return not self.asking and self._pushed.empty()

    def push(self, token: str) -> None:
        self._pushed.put_nowait(self.phones[int(token, 16)])

    async def register(self) -> None:
        for number, phone in enumerate(self.phones):
            url = f"{self._root}/devices/{phone.device}/registrations/{PASS_TYPE}/{phone.serial}"
            body, head = {"pushToken": push_token(number)}, {"Authorization": f"ApplePass {phone.token}"}
            async with self._http.post(url, json=body, headers=head) as answer:
                assert answer.status == 201, answer.status
            await self._fetch(phone)

    async def ask(self) -> None:
        while True:
            phone = await self._pushed.get()
            self.asking += 1
            while not await self._is_answered(phone):
                self.unanswered += 1
                await asyncio.sleep(0.05)
            self.asking -= 1

    async def _is_answered(self, phone: Phone) -> bool:
        with suppress(aiohttp.ClientError, ConnectionError, TimeoutError):
            url = f"{self._root}/devices/{phone.device}/registrations/{PASS_TYPE}"
            async with self._http.get(url, params={"passesUpdatedSince": phone.tag}) as answer:
                if answer.status == 204:
                    return True
                if answer.status != 200:
                    return False
                told = await answer.json()
            assert told["serialNumbers"] == [phone.serial], told
            if await self._fetch(phone):
                phone.tag = told["lastUpdated"]
                return True
        return False

    async def _fetch(self, phone: Phone) -> bool:
        head = {"Authorization": f"ApplePass {phone.token}"}
        head |= {"If-Modified-Since": phone.modified} if phone.modified else {}
        async with self._http.get(f"{self._root}/passes/{PASS_TYPE}/{phone.serial}", headers=head) as answer:
            if answer.status == 200:
                phone.content = content_of(await answer.read())
                phone.modified = answer.headers["Last-Modified"]
            return answer.status in (200, 304)


def push_token(number: int) -> str:
    return f"{number:064x}"


def content_of(file: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(BytesIO(file)) as archive:
        found: dict[str, Any] = json.loads(archive.read("pass.json"))
        return found


# The run


@dataclass
class Found:
    pushes: int = 0
    failed: int = 0
    asked: int = 0
    refused: int = 0
    unanswered: int = 0
    changes: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)


def changes_of(scale: Scale, chance: Random) -> Sequence[Change]:
    """First each card is put into Google's wallet. Then mostly stamps; now and then a new code, seldom somebody who
    wants to be forgotten."""
    codes = [0] * scale.cards
    made = [Change(key=f"offer {card}", kind="offer", card=card, codes=0) for card in range(scale.cards)]
    for number in range(scale.changes):
        card = chance.randrange(scale.cards)
        kind = chance.choices(["stamp", "code", "erase"], weights=[90, 9, 1])[0]
        made.append(Change(key=f"change {number}", kind=kind, card=card, codes=codes[card]))
        codes[card] += kind == "code"
    return made


@dataclass
class Trouble:
    """What goes wrong at Apple and at Google."""

    found: Found
    chance: Random
    share: float
    phones: Phones

    def of_push(self, asked: Pushed) -> Answer:
        """The first fails in any case, so that few are no run without a failure."""
        self.found.pushes += 1
        if self.chance.random() < self.share or self.found.pushes == 1:
            self.found.failed += 1
            return self.chance.choice(FAILURES)
        self.phones.push(asked.token)
        return OK

    def of_google(self) -> Fault | None:
        self.found.asked += 1
        if self.chance.random() >= self.share:
            return None
        self.found.refused += 1
        return self.chance.choice(list(Fault))


async def run(
    folder: Path,
    scale: Scale,
    seed: int,
    life_of: Callable[[Place, Shop], Life | InAProcess],
    tell: Callable[[str], None] = lambda _: None,
) -> Found:
    with in_haste():
        return await _run(folder, scale, seed, life_of, tell)


async def _run(
    folder: Path,
    scale: Scale,
    seed: int,
    life_of: Callable[[Place, Shop], Life | InAProcess],
    tell: Callable[[str], None],
) -> Found:
    chance, found, began = Random(seed), Found(), time.monotonic()
    async with push_service(lay(folder)) as service, google() as cloud, aiohttp.ClientSession() as http:
        place = Place(folder, unused_port(), service.url, cloud.port)
        lay_key_file(folder, cloud.token_url)
        shop, serials, at_google = await sets_up(place, scale.cards)
        phones = Phones(f"http://127.0.0.1:{place.port}{PASSES_PATH}", http, serials)

        trouble = Trouble(found, chance, scale.failing, phones)
        service.answer, cloud.faults, cloud.clock = trouble.of_push, trouble.of_google, place.clock
        life = life_of(place, shop)
        await life.begins()
        await phones.register()
        asking = [asyncio.create_task(phones.ask()) for _ in range(PHONES_AT_ONCE)]
        told_at = time.monotonic()
        deaths = {
            scale.cards + round(scale.changes * (n + 1) / (scale.kills + 1)) for n in range(scale.kills)
        }
        for number, change in enumerate(changes_of(scale, chance)):
            if number in deaths:
                await asyncio.gather(life.does(change), life.dies(), return_exceptions=True)
                life = life_of(place, shop)
                await life.begins()
            await life.does(change)
            found.changes += 1
            if time.monotonic() - told_at > PROGRESS_EVERY_S:
                told_at = time.monotonic()
                tell(
                    f"{told_at - began:4.0f} s  {found.changes} changes, {found.pushes} pushes, {found.failed} failed"
                )
        await _at_rest(place, phones)
        await life.dies()
        for task in asking:
            task.cancel()
        found.unanswered, found.seconds = phones.unanswered, time.monotonic() - began
        found.wrong = [*await _judge(place, shop, phones), *await _judge_google(place, at_google, cloud)]
    return found


async def _at_rest(place: Place, phones: Phones) -> None:
    with closing(sqlite3.connect(place.database)) as beside:
        while beside.execute(OWED).fetchone()[0] or not phones.is_at_rest:  # noqa: ASYNC110
            await asyncio.sleep(0.05)  # a file and phones, not an event


async def _judge(place: Place, shop: Shop, phones: Phones) -> list[str]:
    """Each phone against the card as it is in the database."""
    life = Life(place, shop)
    await life.begins()
    wrong = []
    for number, phone in enumerate(phones.phones):
        key = key_of_serial(phone.serial)
        assert key is not None
        letter = await life.database.read(pass_letter, key)
        if content_of(await life.wallet.file(letter)) != phone.content:
            wrong.append(f"card {number}: {phone.content['storeCard'].get('headerFields')}")
    await life.dies()
    return wrong


async def _judge_google(place: Place, keys: Sequence[PassKey], cloud: Google) -> list[str]:
    """Each object against the card as it is in the database."""
    database, links = opened(place), Links("stempel_bot", Tokens(SECRET))
    wrong = [f"refused: {said}" for said in cloud.refusals]
    for number, key in enumerate(keys):
        letter, name = await database.read(pass_letter, key), f"{ISSUER}.{serial_of(key)}"
        shown = cloud.objects.get(name, {})
        if letter.held is None:
            is_right = set(shown) == {"id", "classId", "state"} and shown["state"] == "EXPIRED"
        else:
            state = letter.held.state
            code = links.card(state.card_id, letter.held.token_rotation)
            count = {"string": f"{state.progress.on_card} / {state.progress.target}"}
            is_right = (
                shown.get("state") == "ACTIVE"
                and shown["loyaltyPoints"]["balance"] == count
                and shown["barcode"]["value"] == code
            )
        if not is_right:
            wrong.append(f"card {number} at Google: {shown.get('state')}")
    await database.close()
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=1_000)
    parser.add_argument("--changes", type=int, default=5_000)
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--seed", type=int, default=20260615)
    parser.add_argument("--life", nargs=6, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.life:
        asyncio.run(lives(asked.life))
        return 0
    scale = Scale(cards=asked.cards, changes=asked.changes, kills=asked.kills)
    print(
        f"PLAN  {scale.cards} cards in both wallets, {scale.changes} changes, {scale.failing:.0%} of pushes and of"
        f" requests fail, {scale.kills} times kill -9 (seed {asked.seed})",
        flush=True,
    )
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(
            run(Path(folder), scale, asked.seed, InAProcess, lambda line: print(line, flush=True))
        )
    print(
        f"{found.changes} changes in {found.seconds:.0f} s, {found.pushes} pushes of which {found.failed} failed,"
        f" {found.unanswered} times a phone was not answered, {found.asked} requests to Google of which"
        f" {found.refused} failed"
    )
    wrong = f"wrong: {'; '.join(found.wrong[:5])}" if found.wrong else ""
    print(f"VERDICT {wrong or 'well: each phone and Google show each card as it is'}")
    return bool(found.wrong)


if __name__ == "__main__":
    sys.exit(main())
