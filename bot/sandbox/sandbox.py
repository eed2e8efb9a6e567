"""A small, strict Telegram on loopback: the Bot API over HTTP and a page with the chats of several people."""

import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

from aiohttp import web

from bot.sandbox.changes import Change, ChangeKind
from bot.sandbox.faults import Faults
from bot.sandbox.google import API
from bot.sandbox.incoming import REQUEST_BYTES_MAX
from bot.sandbox.limits import Limiter, Limits
from bot.sandbox.page_actions import PageActions
from bot.sandbox.page_guard import guard, is_loopback
from bot.sandbox.page_routes import Page
from bot.sandbox.people import SECONDS_TO_WAIT, Person
from bot.sandbox.server import BotApiServer, Call
from bot.sandbox.stage import Action, GuideStep, Stage
from bot.sandbox.wallet import Wallet
from bot.sandbox.world import World

TOKEN = "110201543:SANDBOX-this-token-opens-nothing-else"  # noqa: S105  it is worth nothing anywhere
_SHUTDOWN_SECONDS = 1.0

T = TypeVar("T")


class Sandbox:
    """Starts on a free port of this machine; `url` is what goes into BOT_API_URL.

    `limits` enforces Telegram's sending limits (off by default). `guide` and `posters` are what the page shows
    beside the phones; a poster without a picture gets a plain QR code. `languages` are those that a person on
    the page can choose. `clock` returns Unix seconds; `timezone` (an IANA name) is the one in which the page shows
    times, without it the browser's. `messages_before` is how many earlier messages each chat has had that are not
    here: their ids are not used again.
    """

    def __init__(
        self,
        *,
        token: str = TOKEN,
        username: str = "stempel_demo_bot",
        bot_name: str = "Stempel",
        limits: Limits | None = None,
        guide: Sequence[GuideStep | str] = (),
        posters: Sequence[tuple[str, str, bytes | None]] = (),
        languages: Sequence[str] = ("en", "fr", "de", "lb"),
        clock: Callable[[], float] = time.time,
        timezone: str | None = None,
        webhook_retry_seconds: float = 1.0,
        messages_before: int = 0,
    ) -> None:
        self.token = token
        self.username = username
        self._clock, self._ahead_seconds = clock, 0.0
        self.world = World(
            bot_id=int(token.partition(":")[0]),
            username=username,
            bot_name=bot_name,
            clock=self.now,
            webhook_retry_seconds=webhook_retry_seconds,
            messages_before=messages_before,
        )
        self.stage = Stage(self.world, timezone)
        self.faults = Faults()
        self.limiter = Limiter(limits, time.monotonic) if limits else None
        self._languages = tuple(languages)
        self._api = BotApiServer(self.world, token, self.faults, self.limiter)
        self._runner: web.AppRunner | None = None
        self._address = ("", 0)
        self.set_guide(guide)
        for label, link, picture in posters:
            self.add_poster(label, link, picture)

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Begins to listen; on loopback only, because anybody who reaches the page can act for everyone on it.

        Starting again on the same port after `stop()` ends an outage: the people and their chats are still there.
        """
        if not is_loopback(host):
            raise ValueError(f"the sandbox listens on loopback only, not on {host}")
        self.world.updates.open()
        app = web.Application(middlewares=[guard], client_max_size=REQUEST_BYTES_MAX)
        app.add_routes(self._api.routes())
        app.add_routes(Page(self.stage, self._languages).routes())
        app.add_routes(Wallet(self.stage).routes())
        app.add_routes(self.stage.google.routes())
        app.add_routes(PageActions(self.stage, self.faults, self._languages).routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        self._address = (host, self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Ends polls, stalls, streams and deliveries, and closes the port."""
        self.world.updates.close()
        self.faults.clear()
        self.world.changes.close()
        await self.world.webhook.stop()
        self.stage.post.close()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def receive_mail(self) -> str:
        """Takes mail from now on, and shows it on the page beside the phones. Returns the address that takes it."""
        return await self.stage.post.open()

    def google_account(self) -> dict[str, Any]:
        """The key file of an account that issues cards at `google_api_url`; from now on the page shows what its links
        put into a phone."""
        return self.stage.google.account(self.url)

    @property
    def google_api_url(self) -> str:
        return f"{self.url}{API}"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    # -- where ---------------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Scheme, host and port: what the bot puts before `/bot<token>/<method>`."""
        host, port = self._address
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    @property
    def page_url(self) -> str:
        return f"{self.url}/"

    def link(self, payload: str = "") -> str:
        """The t.me deep link into the chat with the bot."""
        return f"https://t.me/{self.username}" + (f"?start={payload}" if payload else "")

    # -- who and what --------------------------------------------------------------------------------------

    def person(
        self,
        name: str,
        *,
        language: str = "en",
        user_id: int | None = None,
        username: str | None = None,
        role_hint: str = "customer",
    ) -> Person:
        """A new person with a phone; `role_hint` (customer, staff, terminal, owner) is only what the page shows."""
        return self.stage.add_person(
            name, language=language, user_id=user_id, username=username, role_hint=role_hint
        )

    def made_up_person(self, *, role_hint: str) -> Person:
        """A new person with a made-up name that nobody here has."""
        return self.stage.add_person(None, language="en", role_hint=role_hint)

    @property
    def people(self) -> list[Person]:
        return list(self.stage.people.values())

    def add_poster(self, label: str, link: str, picture: bytes | None = None) -> None:
        """Puts a poster (PNG or JPEG) where every phone can scan it; without one, a plain QR code."""
        self.stage.add_poster(label, link, picture)

    def set_guide(self, steps: Sequence[GuideStep | str], about: str = "") -> None:
        """What the page says to try; `about` is a sentence that says of what."""
        self.stage.set_guide(steps, about)

    def set_actions(self, actions: Sequence[Action]) -> None:
        """The buttons of the page that are nobody's phone."""
        self.stage.set_actions(actions)

    # -- time ----------------------------------------------------------------------------------------------

    def now(self) -> float:
        """Unix seconds, by the clock of the chats."""
        return self._clock() + self._ahead_seconds

    def passes(self, seconds: float) -> None:
        """Moves the clock of the chats ahead. Raises ValueError for a negative number."""
        if seconds < 0:
            raise ValueError("time does not go back")
        self._ahead_seconds += seconds
        self.world.changes.announce(Change(ChangeKind.SURROUNDINGS))

    # -- what happened -------------------------------------------------------------------------------------

    @property
    def calls(self) -> list[Call]:
        """The Bot API calls received, the oldest first (the last 10,000)."""
        return list(self._api.calls)

    def calls_of(self, method: str) -> list[Call]:
        return [call for call in self._api.calls if call.method == method]

    async def until(
        self,
        check: Callable[[], T | None],
        *,
        timeout: float | None = SECONDS_TO_WAIT,  # noqa: ASYNC109  in seconds; the world wakes the waiter
    ) -> T:
        """What `check` returns once that is true; looks after every change, never by the clock.

        Raises TimeoutError.
        """
        return await self.world.changes.until(check, timeout_seconds=timeout)

    async def until_confirmed(self, *, timeout: float = SECONDS_TO_WAIT) -> None:  # noqa: ASYNC109  in seconds
        """Waits until the bot has confirmed (or taken by webhook) every update."""
        await self.until(lambda: not self.world.updates.pending, timeout=timeout)
