"""The whole system for tests: the real bot on a real SQLite file, over real HTTP to the sandbox."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from bot.app.database import open_database
from bot.app.main import serve
from bot.app.process import Surroundings
from bot.kit.clock import new_id
from bot.kit.links import Links
from bot.kit.settings import Settings
from bot.kit.tokens import Tokens, invite_token, token_hash
from bot.sandbox import Message, Person, Sandbox
from bot.sandbox.changes import Change, ChangeKind
from bot.screens.second_taps import SECOND_TAP_S
from bot.telegram.pacing import SendingLimits
from domain.history import CardLine, LedgerLine
from domain.ids import CardNumber, MerchantId, StaffId, StoreId
from domain.invariants import Violation
from domain.ports import Database
from domain.staff import Role
from domain.steps import Step, Trace
from domain.usecases.set_up import (
    CreateStore,
    InviteStaff,
    create_merchant,
    create_store,
    invite_staff,
)
from tests.support.async_shop import violations
from tests.support.commands import opening
from tests.support.databases import lay_empty_database
from tests.support.patience import PATIENCE_S

SECRET = b"a secret for tests, long enough to be one"
PIN = "2580"
WRONG_PINS = (
    "SELECT failures FROM pin_sessions JOIN staff USING (merchant_id, staff_id, bot_id, user_id)"
    " WHERE name = ?"
)
"""Selects how many wrong PINs were counted for the member of this name on their own phone."""
UNHURRIED = SendingLimits(overall_per_second=10_000, private_chat_per_second=10_000)
"""Limits that delay no message, for tests that are not about the pace."""


def settings_for(sandbox: Sandbox, path: Path) -> Settings:
    return Settings(
        bot_token=sandbox.token,
        bot_api_url=sandbox.url,
        database_url=f"sqlite+aiosqlite:///{path}",
        secret_key=SECRET.decode(),
    )


@dataclass
class TestClock:
    """A clock that tests move; it stands still otherwise."""

    __test__: ClassVar[bool] = False

    now: datetime = field(default_factory=lambda: datetime(2026, 6, 15, 9, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **time: float) -> None:
        """`clock.passes(minutes=15)`."""
        self.now += timedelta(**time)


@dataclass(frozen=True, slots=True)
class GoingClock:
    """A clock that goes on from ``start`` by itself."""

    start: datetime
    since: float = field(default_factory=time.monotonic)

    def __call__(self) -> datetime:
        return self.start + timedelta(seconds=time.monotonic() - self.since)


@dataclass
class Shop:
    """A merchant with its first store, and the links that lead to it."""

    merchant_id: MerchantId
    store_id: StoreId
    join_link: str
    owner_link: str


@dataclass
class House:
    """The running bot with all that a test needs: the sandbox, the settings, the database, links and the clock."""

    sandbox: Sandbox
    settings: Settings
    store: Database
    links: Links
    clock: Callable[[], datetime]
    beside: sqlite3.Connection | None = None
    """The connection of `rows` while the bot is at work: a new one would first read the whole schema."""

    async def opens_shop(self, name: str = "Café Knätsch", **terms: Any) -> Shop:
        """Makes a merchant; ``terms`` replace those of an easy-going program without PIN."""
        tokens, owner_token, store_id = Tokens(SECRET), invite_token(), StoreId(new_id())
        command = opening(
            new_id,
            name=name,
            store_id=store_id,
            store_token_hash=token_hash(tokens.store_token(store_id)),
            owner_token_hash=token_hash(owner_token),
            **{"store_name": name} | terms,
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

    async def customer(self, shop: Shop, name: str, language: str = "en") -> Person:
        """A new customer who has joined and has the card on the screen."""
        person = self.sandbox.person(name, language=language)
        await person.opens(shop.join_link)
        await person.sees(has_picture)
        return person

    async def customers(self, shop: Shop, *names: str) -> list[Person]:
        return [await self.customer(shop, name) for name in names]

    async def member(
        self,
        shop: Shop,
        name: str,
        role: Role = Role.STAFF,
        *,
        pin: str | None = None,
        store_id: StoreId | None = None,
        language: str = "en",
    ) -> Person:
        """A new member who has opened their invite, and chosen this PIN if one is given."""
        _, link = await self.invites(shop, name, role, store_id)
        person = self.sandbox.person(name, language=language, role_hint="staff")
        await self.claims(person, link, pin=pin, is_terminal=role is Role.TERMINAL)
        return person

    async def owner(self, shop: Shop, *, pin: str | None = None, language: str = "en") -> Person:
        """The owner, who opens the first link; it can be opened once."""
        person = self.sandbox.person("Paul", language=language, role_hint="owner")
        await self.claims(person, shop.owner_link, pin=pin)
        return person

    async def claims(
        self, person: Person, link: str, *, pin: str | None = None, is_terminal: bool = False
    ) -> None:
        await person.opens(link)
        if is_terminal:
            await person.sees(lambda message: message.text, new=True)
            return
        await person.sees(has_keypad, new=True)
        if pin is not None:
            await chooses_pin(person, pin)

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows that a query finds in the database file, while the bot is running."""
        if self.beside is not None:
            return self.beside.execute(query, values).fetchall()
        with closing(sqlite3.connect(self.settings.database_path)) as database:
            return database.execute(query, values).fetchall()

    async def at_rest(self, *, patience_s: float = PATIENCE_S) -> None:
        """Waits until the bot has confirmed every update and brought it to its end."""
        unfinished = "SELECT count(*) FROM inbox WHERE done_at IS NULL AND failed_at IS NULL"
        await self.sandbox.until(
            lambda: not self.sandbox.world.updates.pending and self.rows(unfinished) == [(0,)],
            timeout=patience_s,
        )

    async def until_rows(self, query: str, expected: list[tuple[Any, ...]]) -> None:
        """Waits until the query finds the expected rows; looks after every commit."""
        try:
            await self.sandbox.until(lambda: self.rows(query) == expected)
        except TimeoutError:
            assert self.rows(query) == expected

    async def ledger(self, shop: Shop, number: str | None = None) -> list[LedgerLine]:
        card = CardNumber(number) if number else None
        return [line async for line in self.store.ledger(shop.merchant_id, card)]

    async def cards(self, shop: Shop) -> list[CardLine]:
        return [line async for line in self.store.cards(shop.merchant_id)]

    async def violations(self) -> list[Violation]:
        return await violations(self.store)


@asynccontextmanager
async def house(
    path: Path,
    around: Surroundings | None = None,
    sandbox: Sandbox | None = None,
    alone_after_s: float = 0.0,
    second_tap_s: float = 0.0,
    **settings: Any,
) -> AsyncIterator[House]:
    """The bot at work in a sandbox, until the block ends; in ``sandbox`` when one is there already.

    ``settings`` replace those of `settings_for`. By default the bot does not wait to be sure that no other copy asks
    for updates, and takes no tap for a second tap.
    """
    told = replace(
        around or Surroundings(limits=UNHURRIED), alone_after_s=alone_after_s, second_tap_s=second_tap_s
    )
    if sandbox is not None:
        async with _at_work(path, told, sandbox, settings) as found:
            yield found
        return
    async with Sandbox() as fresh, _at_work(path, told, fresh, settings) as found:
        yield found


@asynccontextmanager
async def _at_work(
    path: Path, around: Surroundings, sandbox: Sandbox, changes: dict[str, Any]
) -> AsyncIterator[House]:
    ready, stop = asyncio.Event(), asyncio.Event()
    settings = replace(settings_for(sandbox, path), **changes)
    lay_empty_database(path)
    told = replace(around, trace=_also_announcing(around.trace, sandbox), on_ready=ready.set)
    async with open_database(settings, told) as store:
        serving = asyncio.create_task(serve(settings, SECRET, store, stop, told))
        await _ready_or_dead(ready, serving)
        links = Links(sandbox.username, Tokens(SECRET))
        beside = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        found = House(sandbox, settings, store, links, around.clock, beside)
        try:
            yield found
        finally:
            found.beside = None
            beside.close()
            stop.set()
            await serving


def _also_announcing(trace: Trace, sandbox: Sandbox) -> Trace:
    """The trace, which also announces every commit as a change, so that `sandbox.until` looks again."""
    loop, change = asyncio.get_running_loop(), Change(ChangeKind.SURROUNDINGS)

    def announcing(step: Step) -> None:
        trace(step)
        if step is Step.GROUP_COMMITTED:
            loop.call_soon_threadsafe(sandbox.world.changes.announce, change)

    return announcing


async def _ready_or_dead(ready: asyncio.Event, serving: "asyncio.Task[None]") -> None:
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait({waiting, serving}, return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        waiting.cancel()
        serving.result()


async def a_moment() -> None:
    """Waits as long as a person needs to see a new button; a faster tap is answered by "Tap once more"."""
    await asyncio.sleep(SECOND_TAP_S + 0.1)


async def taps_calmly(person: Person, button: str) -> None:
    """Waits, taps, and taps again whenever the bot asks for it: on a busy machine the bot may learn that its button
    is there later than the person sees it."""
    await a_moment()
    await person.taps(button)
    while (await person.answered()).text == "Tap once more":
        await a_moment()
        await person.taps(button)


def has_picture(message: Message) -> bool:
    return message.photo is not None


def has_keypad(message: Message) -> bool:
    return "✓" in message.button_texts


def number_of(customer: Person) -> str:
    """The card number, as the button under the card copies it."""
    for message in reversed(customer.messages):
        for button in message.inline_buttons:
            if button.copy_text is not None:
                return button.copy_text.text
    raise AssertionError(f"{customer.name} has no card on the screen")


def shown_now(person: Person, message: Message) -> tuple[str, tuple[str, ...]]:
    """What that message says by now, and its buttons."""
    now = next(each for each in person.messages if each.id == message.id)
    return now.text, now.button_texts


async def types_pin(person: Person, digits: str = PIN) -> None:
    for digit in digits:
        await person.taps(digit)
        await person.answered()
    await person.taps("✓")


async def chooses_pin(person: Person, digits: str = PIN) -> None:
    """Types a new PIN twice, on the keypad that is open."""
    await types_pin(person, digits)
    await person.answered()
    await types_pin(person, digits)
    await person.answered()
    await person.sees(lambda message: not has_keypad(message), new=True)
