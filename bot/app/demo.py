"""``python -m bot demo``: the same bot against the built-in sandbox, with a café that is about to open.

Time is the sandbox's: the page has buttons that move it on, and the bot goes by it.
"""

import asyncio
import contextlib
import socket
import tempfile
import webbrowser
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from bot.app.database import open_database
from bot.app.demo_passes import demo_google, demo_passes
from bot.app.demo_shops import PIN, SECRET, TIMEZONE, Place, Shops
from bot.app.main import serve, set_by_signals
from bot.app.process import Surroundings
from bot.jobs.expiry import expire_balances
from bot.jobs.summaries import summarize
from bot.kit.setting_checks import SIGN_UP_ON
from bot.kit.settings import load_settings
from bot.sandbox import Action, GuideStep, Person, Sandbox
from domain.merchant import Merchant, ProgramKind
from domain.ports import Database
from domain.rules.summaries import first_plan
from domain.staff import Role

PORT = 8765
MAIL_FROM = "cards@stempel.example"
ABOUT = (
    "Stempel is a loyalty card in a Telegram chat: customers scan a poster, staff stamp the card they show,"
    " and the owner hears every evening how the day went."
)
AN_HOUR, EVENING, TWO_WEEKS = "An hour on", "To the evening", "Two weeks on"
BAKERY = {
    "name": "Boulangerie Thill",
    "store": "Place d'Armes",
    "owner": "Lucie",
    "reward": "A croissant",
    "poster": "The bakery's poster",
}


async def demo(*, port: int | None, open_browser: bool, program: ProgramKind) -> None:
    """Runs until Ctrl-C; the page keeps its state over a reload, and all is gone at the end."""
    stop = set_by_signals()
    sandbox = Sandbox(timezone=TIMEZONE)
    await _listen(sandbox, port)
    try:
        with tempfile.TemporaryDirectory(prefix="stempel-demo-") as folder:
            async with at_work(sandbox, Path(folder), stop) as (database, serving):
                if not serving.done():
                    click.echo("\n  Opening the café…")
                    await seed(sandbox, database, program)
                    _announce(sandbox, open_browser=open_browser)
                await asyncio.wait({serving})
    finally:
        await sandbox.stop()


async def _listen(sandbox: Sandbox, port: int | None) -> None:
    """Listens on the usual port where it is free, else on any."""
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
    listen = f"127.0.0.1:{_free_port()}"
    settings = load_settings(
        bot_token=sandbox.token,
        bot_api_url=sandbox.url,
        bot_username=sandbox.username,
        database_url=f"sqlite+aiosqlite:///{folder / 'demo.db'}",
        secret_key=SECRET,
        webhook_url=f"http://{listen}/hook",
        webhook_listen=listen,
        health_listen=None,
        open_signup=SIGN_UP_ON,
        smtp_url=await sandbox.receive_mail(),
        smtp_from=MAIL_FROM,
        **demo_passes(folder, _now(sandbox)),
        **demo_google(folder, sandbox),
    )
    ready = asyncio.Event()
    around = Surroundings(clock=lambda: _now(sandbox), alone_after_s=0.0, on_ready=ready.set)
    async with open_database(settings, around) as database:
        serving = asyncio.create_task(serve(settings, SECRET.encode(), database, stop, around))
        await _first(ready.wait(), serving)
        try:
            yield database, serving
        finally:
            stop.set()
            await serving


def _free_port() -> int:
    """A port for the bot's own listener, which phones ask for newer passes."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
        return port


def _now(sandbox: Sandbox) -> datetime:
    return datetime.fromtimestamp(sandbox.now(), UTC)


async def seed(
    sandbox: Sandbox, database: Database, program: ProgramKind = ProgramKind.STAMPS
) -> tuple[Person, Person, Person]:
    """A café with its owner and staff at work, and a customer who is just coming in."""
    marie, shops = sandbox.person("Marie", role_hint="customer"), Shops(sandbox, database)
    cafe = Place(
        name="Café Knätsch",
        store="Gare",
        owner="Paul",
        reward="A coffee of your choice",
        program=program,
        poster="The poster on the counter",
    )
    merchant, [anna, paul] = await shops.opens(cafe, "Anna")
    sandbox.set_guide(_guide(sandbox, program, marie, anna, paul), ABOUT)
    sandbox.set_actions(
        [*_of_the_clock(sandbox, database, merchant), *_of_the_shops(sandbox, shops, merchant, program)]
    )
    return marie, anna, paul


def _of_the_clock(sandbox: Sandbox, database: Database, merchant: Merchant) -> list[Action]:
    async def move(by: timedelta) -> None:
        """Whatever falls due meanwhile is done at once, not at its job's next minute."""
        sandbox.passes(by.total_seconds())
        await expire_balances(database)
        await summarize(database)

    def until_evening() -> timedelta:
        now = _now(sandbox)
        return first_plan(merchant, now).due_at - now

    def action(label: str, by: Callable[[], timedelta]) -> Action:
        return Action(label=label, group="Move the clock", run=lambda: move(by()))

    return [
        action(AN_HOUR, lambda: timedelta(hours=1)),
        action(EVENING, until_evening),
        action(TWO_WEEKS, lambda: timedelta(weeks=2)),
    ]


def _of_the_shops(sandbox: Sandbox, shops: Shops, merchant: Merchant, program: ProgramKind) -> list[Action]:
    other = ProgramKind.STAMPS if program.has_points else ProgramKind.POINTS

    async def add_staff() -> None:
        await shops.joins(merchant.merchant_id, sandbox.made_up_person(role_hint="staff"))

    async def add_terminal() -> None:
        counter = sandbox.person("Counter", role_hint="terminal")
        await shops.joins(merchant.merchant_id, counter, Role.TERMINAL)

    async def open_bakery() -> None:
        await shops.opens(Place(**BAKERY, program=other))

    def action(label: str, run: Callable[[], Awaitable[None]], *, once: bool = True) -> Action:
        return Action(label=label, group="Add", run=run, once=once)

    return [
        action("A member of staff", add_staff, once=False),
        action("A terminal", add_terminal),
        action("A second shop", open_bakery),
    ]


def _guide(
    sandbox: Sandbox, program: ProgramKind, marie: Person, anna: Person, paul: Person
) -> list[GuideStep]:
    opened = sandbox.now()

    def shows(person: Person, text: str) -> bool:
        return any(text in message.content.body.text for message in person.messages if message.from_bot)

    def step(who: Person, text: str, seen_by: Person, seen: str) -> GuideStep:
        return GuideStep(who=who.name, text=text, done=lambda: shows(seen_by, seen))

    def clock(text: str, done: Callable[[], bool]) -> GuideStep:
        return GuideStep(who="The clock", text=text, done=done)

    a_stamp = step(anna, f"taps +1. Her PIN is {PIN} ✓.", marie, "✅ +")
    full_card = step(
        anna, "sends /stamp, Marie's card number and 5: the card is full.", marie, "Your reward is ready"
    )
    a_purchase = step(anna, f"taps + Purchase, types 12.50 and ✓. Her PIN is {PIN} ✓.", marie, "✅ +")
    enough_points = step(
        anna, "sends /earn, Marie's card number and 40: enough for a reward.", marie, "You have enough points"
    )
    return [
        GuideStep(
            who=marie.name,
            text="presses Scan, chooses the poster, taps START: her card appears.",
            done=lambda: any(message.photo for message in marie.messages),
        ),
        step(anna, "presses Scan, chooses Marie's phone, taps START.", anna, marie.name),
        *((a_stamp,) if program.has_stamps else ()),
        *((a_purchase,) if program is ProgramKind.POINTS else ()),
        step(marie, "gets a receipt. Not me would tell the owner.", marie, "✅ +"),
        clock(
            f"{AN_HOUR}: the half hour between two stamps is over, and so are the minutes without a PIN.",
            lambda: sandbox.now() - opened >= timedelta(hours=1).total_seconds(),
        ),
        *((full_card,) if program.has_stamps else ()),
        *((enough_points,) if program.has_points else ()),
        step(anna, "taps Redeem and hands it out. Undo works for a minute.", marie, "Enjoy"),
        step(
            marie,
            "sends /email, types any address and the code that comes to the inbox.",
            marie,
            "What shops send you comes by",
        ),
        step(paul, "has the poster to print; he sends /today.", paul, "Today at"),
        clock(f"{EVENING}: Paul hears how the day went.", lambda: shows(paul, "Café Knätsch · ")),
        clock(
            f"{TWO_WEEKS}, twice: Marie is warned that what she has left expires. Once more, and it is gone.",
            lambda: shows(marie, "expire"),
        ),
    ]


def _announce(sandbox: Sandbox, *, open_browser: bool) -> None:
    click.echo(f"\n  The café is open: {sandbox.page_url}\n")
    click.echo("  Marie is the customer, Anna stamps, Paul owns the place; the page says what to try.")
    click.echo(f"  Everybody's PIN is {PIN}. Ctrl-C ends the demo and forgets everything.\n")
    if open_browser:
        with contextlib.suppress(webbrowser.Error):
            webbrowser.open(sandbox.page_url)


async def _first(ready: object, serving: "asyncio.Task[None]") -> None:
    waiting = asyncio.ensure_future(ready)  # type: ignore[call-overload]
    await asyncio.wait({waiting, serving}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
