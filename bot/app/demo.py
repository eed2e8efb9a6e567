"""``python -m bot demo``: the same bot against the built-in sandbox, with a café that is about to open.

Nothing here is a rehearsal of its own: owner and staff open their links and tap their PINs through the sandbox, as
people would.
"""

import asyncio
import contextlib
import tempfile
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import click

from bot.app.main import open_database, serve, set_by_signals
from bot.app.process import Surroundings
from bot.kit.clock import new_id
from bot.kit.links import Links
from bot.kit.settings import Settings
from bot.kit.tokens import Tokens, invite_token, token_hash
from bot.pictures.poster import draw_poster_png
from bot.sandbox import GuideStep, Person, Sandbox
from bot.texts import texts
from bot.views.faces import poster_face
from domain.account import Locale
from domain.ids import MerchantId, ProgramId, StoreId
from domain.merchant import PointReward, ProgramKind
from domain.ports import Database
from domain.staff import Role
from domain.usecases.see_shop import Shop, see_shop
from domain.usecases.set_up import CreateMerchant, InviteStaff, create_merchant, invite_staff

PORT = 8765
PIN = "2580"
SECRET = "the demo's secret opens nothing: its database is gone when it ends"  # noqa: S105
POSTER_WIDTH_PX = 700
POINTS: dict[str, Any] = {
    "welcome_bonus": 10,
    "point_rewards": (
        PointReward(cost=30, name="An espresso"),
        PointReward(cost=50, name="A coffee and a croissant"),
    ),
}


async def demo(*, port: int | None, open_browser: bool, program: ProgramKind) -> None:
    """Runs until Ctrl-C; the page keeps its state over a reload, and all is gone at the end."""
    stop = set_by_signals()
    sandbox = Sandbox()
    await _listen(sandbox, port)
    try:
        with tempfile.TemporaryDirectory(prefix="stempel-demo-") as folder:
            async with at_work(sandbox, Path(folder), stop) as (database, serving):
                if not serving.done():
                    await seed(sandbox, database, program)
                    _announce(sandbox, open_browser=open_browser)
                await asyncio.wait({serving})
    finally:
        await sandbox.stop()


async def _listen(sandbox: Sandbox, port: int | None) -> None:
    """On the usual port where it is free, else on any."""
    try:
        await sandbox.start(port=PORT if port is None else port)
    except OSError:
        if port is not None:
            raise
        await sandbox.start()


@asynccontextmanager
async def at_work(
    sandbox: Sandbox, folder: Path, stop: asyncio.Event
) -> AsyncIterator[tuple[Database, "asyncio.Task[None]"]]:
    """The bot with an empty database, until the block ends; the task is done before when ``stop`` is set."""
    settings = Settings(
        bot_token=sandbox.token,
        bot_api_url=sandbox.url,
        bot_username=sandbox.username,
        database_url=f"sqlite+aiosqlite:///{folder / 'demo.db'}",
        secret_key=SECRET,
        webhook_url=None,
        health_listen=None,
    )
    ready = asyncio.Event()
    async with open_database(settings) as database:
        around = Surroundings(alone_after_s=0.0, on_ready=ready.set)
        serving = asyncio.create_task(serve(settings, SECRET.encode(), database, stop, around))
        await _first(ready.wait(), serving)
        try:
            yield database, serving
        finally:
            stop.set()
            await serving


async def seed(
    sandbox: Sandbox, database: Database, program: ProgramKind = ProgramKind.STAMPS
) -> tuple[Person, Person, Person]:
    """A café with its owner and staff at work, and a customer who is just coming in."""
    owner_link, staff_link = await _open_cafe(sandbox, database, program)
    marie = sandbox.person("Marie", role_hint="customer")
    anna = sandbox.person("Anna", role_hint="staff")
    paul = sandbox.person("Paul", role_hint="owner")
    await paul.opens(owner_link)
    await _chooses_pin(paul)
    await anna.opens(staff_link)
    await _chooses_pin(anna)
    sandbox.set_guide(_guide(program, marie, anna, paul))
    return marie, anna, paul


async def _open_cafe(sandbox: Sandbox, database: Database, program: ProgramKind) -> tuple[str, str]:
    """The links for its owner and its staff."""
    tokens = Tokens(SECRET.encode())
    links = Links(sandbox.username, tokens)
    owner, staff, store_id = invite_token(), invite_token(), StoreId(new_id())
    command = CreateMerchant(
        merchant_id=MerchantId(new_id()),
        merchant={"name": "Café Knätsch", "default_locale": Locale.EN},
        program_id=ProgramId(new_id()),
        program={
            "kind": program,
            "stamps_target": 5,
            "reward": "A coffee of your choice",
            **(POINTS if program.has_points else {}),
        },
        store_id=store_id,
        store_name="Gare",
        store_token_hash=token_hash(tokens.store_token(store_id)),
        owner_name="Paul",
        owner_token_hash=token_hash(owner),
    )
    merchant = await database.write(create_merchant, command)
    invite = InviteStaff(
        merchant_id=merchant.merchant_id,
        store_id=store_id,
        name="Anna",
        role=Role.STAFF,
        token_hash=token_hash(staff),
    )
    await database.write(invite_staff, invite)
    shop = await database.read(see_shop, merchant.merchant_id)
    sandbox.add_poster("The poster on the counter", links.join(store_id), _poster(shop, links.join(store_id)))
    return links.invite(owner), links.invite(staff)


def _poster(shop: Shop, link: str) -> bytes:
    [store], [program] = shop.stores, shop.programs
    face = poster_face([texts(Locale.EN)], shop.merchant, store, program, link, is_coloured=True)
    return draw_poster_png(face, POSTER_WIDTH_PX)


async def _chooses_pin(person: Person) -> None:
    """On the keypad, twice."""
    await person.sees("choose a PIN")
    await _types_pin(person)
    await person.sees("once more")
    await _types_pin(person)
    await person.sees("Your PIN is set")


async def _types_pin(person: Person) -> None:
    for digit in PIN:
        await person.taps(digit)
        await person.answered()
    await person.taps("✓")


def _guide(program: ProgramKind, marie: Person, anna: Person, paul: Person) -> list[GuideStep]:
    def shows(person: Person, text: str) -> bool:
        return any(text in message.content.body.text for message in person.messages if message.from_bot)

    def step(who: Person, text: str, seen_by: Person, seen: str) -> GuideStep:
        return GuideStep(who=who.name, text=text, done=lambda: shows(seen_by, seen))

    if_asked = f"(Her PIN, if asked: {PIN} ✓)"
    a_stamp = step(anna, f"taps +1. {if_asked}", marie, "✅ +")
    full_card = step(
        anna, "sends /stamp, Marie's card number and 4: the card is full.", marie, "Your reward is ready"
    )
    a_purchase = step(anna, f"taps + Purchase, types 12.50 and ✓. {if_asked}", marie, "✅ +")
    enough_points = step(
        anna, "sends /earn, Marie's card number and 40: enough for a reward.", marie, "You have enough points"
    )
    return [
        GuideStep(
            who=marie.name,
            text="presses Scan, chooses the poster, taps START: her card appears.",
            done=lambda: any(message.photo for message in marie.messages),
        ),
        step(anna, "presses Scan, chooses Marie's card, taps START.", anna, marie.name),
        *((a_stamp,) if program.has_stamps else ()),
        *((a_purchase,) if program is ProgramKind.POINTS else ()),
        step(marie, "gets a receipt. Not me would tell the owner.", marie, "✅ +"),
        *((full_card,) if program.has_stamps else ()),
        *((enough_points,) if program.has_points else ()),
        step(anna, "taps Redeem and hands it out. Undo works for a minute.", marie, "Enjoy"),
        step(paul, "has the poster to print; he sends /today.", paul, "Today at"),
    ]


def _announce(sandbox: Sandbox, *, open_browser: bool) -> None:
    click.echo(f"\n  The café is open: {sandbox.page_url}\n")
    click.echo("  Marie is the customer, Anna stamps, Paul owns the place; the page says what to try.")
    click.echo(f"  Anna's and Paul's PIN is {PIN}. Ctrl-C ends the demo and forgets everything.\n")
    if open_browser:
        with contextlib.suppress(webbrowser.Error):
            webbrowser.open(sandbox.page_url)


async def _first(ready: object, serving: "asyncio.Task[None]") -> None:
    waiting = asyncio.ensure_future(ready)  # type: ignore[call-overload]
    await asyncio.wait({waiting, serving}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
