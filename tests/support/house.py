"""A whole house for tests: the real bot on a real SQLite file, over real HTTP to the sandbox."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.clock import new_id
from bot.links import Links
from bot.main import open_store
from bot.process import Surroundings, serve
from bot.sandbox import Sandbox
from bot.sandbox.people import Person
from bot.settings import Settings
from bot.tokens import Tokens, invite_token, token_hash
from domain.account import Locale
from domain.history import CardLine, LedgerLine
from domain.ids import CardNumber, MerchantId, ProgramId, StaffId, StoreId
from domain.invariants import Violation, check
from domain.merchant import ProgramKind
from domain.ports import Store
from domain.staff import Role
from domain.usecases.set_up import (
    CreateMerchant,
    CreateStore,
    InviteStaff,
    create_merchant,
    create_store,
    invite_staff,
)

SECRET = b"a secret for tests, long enough to be one"
PIN = "2580"


def settings_for(sandbox: Sandbox, path: Path) -> Settings:
    return Settings(
        _env_file=None,
        bot_token=sandbox.token,
        bot_api_url=sandbox.url,
        database_url=f"sqlite+aiosqlite:///{path}",
        secret_key=SECRET.decode(),
    )


@dataclass
class TestClock:
    """A clock that tests move; it stands still otherwise."""

    now: datetime = field(default_factory=lambda: datetime(2026, 6, 15, 9, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Shop:
    """A merchant with its first store, and the links that lead to it."""

    merchant_id: MerchantId
    store_id: StoreId
    join_link: str
    owner_link: str


@dataclass
class House:
    """Everything a test needs to live in it."""

    sandbox: Sandbox
    settings: Settings
    store: Store
    links: Links
    clock: Callable[[], datetime]

    async def opens_shop(self, name: str = "Café Knätsch", **terms: Any) -> Shop:
        """A merchant; ``terms`` replace those of an easy-going program without PIN."""
        tokens, owner_token, store_id = Tokens(SECRET), invite_token(), StoreId(new_id())
        chosen: dict[str, Any] = {
            "stamps_target": 10,
            "reward": "A coffee",
            "cooldown_minutes": 0,
            "max_daily_stamps": None,
            "require_staff_pin": False,
            "pin_window_minutes": 15,
            "allow_void": True,
            "default_locale": Locale.EN,
            "store_name": name,
        } | terms
        command = CreateMerchant(
            merchant_id=MerchantId(new_id()),
            name=name,
            colour="#6f4e37",
            timezone="Europe/Luxembourg",
            currency="EUR",
            summary_hour=20,
            program_id=ProgramId(new_id()),
            kind=ProgramKind.STAMPS,
            store_id=store_id,
            store_token_hash=token_hash(tokens.store_token(store_id)),
            owner_name="Paul",
            owner_token_hash=token_hash(owner_token),
            **chosen,
        )
        merchant = await self.store.write(create_merchant, command)
        return Shop(
            merchant_id=merchant.merchant_id,
            store_id=store_id,
            join_link=self.links.join(store_id),
            owner_link=self.links.invite(owner_token),
        )

    async def adds_store(self, shop: Shop, name: str) -> tuple[StoreId, str]:
        store_id = StoreId(new_id())
        token = Tokens(SECRET).store_token(store_id)
        await self.store.write(
            create_store,
            CreateStore(
                merchant_id=shop.merchant_id,
                store_id=store_id,
                name=name,
                token_hash=token_hash(token),
            ),
        )
        return store_id, self.links.join(store_id)

    async def invites(
        self, shop: Shop, name: str, role: Role = Role.STAFF, store_id: StoreId | None = None
    ) -> tuple[StaffId, str]:
        token = invite_token()
        staff = await self.store.write(
            invite_staff,
            InviteStaff(
                merchant_id=shop.merchant_id,
                store_id=store_id or shop.store_id,
                name=name,
                role=role,
                token_hash=token_hash(token),
            ),
        )
        return staff.staff_id, self.links.invite(token)

    async def ledger(self, shop: Shop, number: str | None = None) -> list[LedgerLine]:
        card = CardNumber(number) if number else None
        return [line async for line in self.store.ledger(shop.merchant_id, card)]

    async def cards(self, shop: Shop) -> list[CardLine]:
        return [line async for line in self.store.cards(shop.merchant_id)]

    async def violations(self) -> list[Violation]:
        return [found async for history in self.store.histories() for found in check(history)]


@asynccontextmanager
async def house(path: Path, around: Surroundings | None = None) -> AsyncIterator[House]:
    """The bot at work in a sandbox, until the block ends."""
    around = around or Surroundings()
    ready, stop = asyncio.Event(), asyncio.Event()
    async with Sandbox() as sandbox:
        settings = settings_for(sandbox, path)
        async with open_store(settings, around) as store:
            told = Surroundings(
                clock=around.clock, trace=around.trace, limits=around.limits, on_ready=ready.set
            )
            serving = asyncio.create_task(serve(settings, SECRET, store, stop, told))
            await _ready_or_dead(ready, serving)
            links = Links(sandbox.username, Tokens(SECRET))
            yield House(sandbox, settings, store, links, around.clock)
            stop.set()
            await serving


async def _ready_or_dead(ready: asyncio.Event, serving: "asyncio.Task[None]") -> None:
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait({waiting, serving}, return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        waiting.cancel()
        serving.result()


async def types_pin(person: Person, digits: str = PIN) -> None:
    """On the keypad, key by key, then enter."""
    for digit in digits:
        await person.taps(digit)
        await person.answered()
    await person.taps("✓")
