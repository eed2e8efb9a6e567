"""Tells one kind of wallet of what has changed: one worker, beside the dispatchers of messages.

A wallet is told of a pass as it is at that time, so the order does not matter, and telling twice does no harm. A
crash leaves leases, which the next start takes back.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.delivery.wallet import Wallet
from bot.kit.clock import Clock
from bot.kit.lull import Lull
from bot.kit.metrics import BotMetrics
from bot.kit.watch import ended_within, is_set_within
from domain.crew import Peers
from domain.ids import BotId
from domain.plumbing import wallets as usecases
from domain.ports import Database, DatabaseUnavailable
from domain.quick import dataclass
from domain.usecases.wallets import pass_letter
from domain.wallet import NotTold, PassOutcome, Told, WalletPass

logger = logging.getLogger(__name__)

IN_FLIGHT_MAX = 16
"""Passes that are being told at once."""
LOOKS_EVERY_S = 1.0
HELD_MAX = timedelta(hours=1)
ENDS_WITHIN_S = 2.0
"""When told to stop. What takes longer is told again at the next start."""


@dataclass(kw_only=True)
class WalletSync:
    """``peers`` say under which name it leases; ``failed`` is called after an unexpected error, and it goes on."""

    wallet: Wallet
    bot_id: BotId
    database: Database
    clock: Clock
    metrics: BotMetrics
    peers: Peers
    failed: Callable[[], None]
    lull: Lull

    def __post_init__(self) -> None:
        self._of = usecases.WalletOf(bot_id=self.bot_id, wallet=self.wallet.kind)
        self.tasks: set[asyncio.Task[None]] = set()
        self._stirs = asyncio.Event()
        self._stops = asyncio.Event()
        self._held_until: datetime | None = None

    async def run(self) -> None:
        """Runs until ``stop``; then brings to its end what is being told."""
        await self._take_over()
        while not self._stops.is_set():
            await self.lull.comes(self._stops)
            await self._rest(LOOKS_EVERY_S if not await self._turn() else 0.0)
        await ended_within(self.tasks, ENDS_WITHIN_S)

    def stop(self) -> None:
        self._stops.set()
        self._stirs.set()

    async def _take_over(self) -> None:
        """Ends the leases of a worker that died; if that fails, each ends by itself."""
        try:
            await self.database.write(usecases.release_passes, self._of)
        except Exception as error:
            self._complain("leases of before are left to lapse", error)

    async def _turn(self) -> bool:
        """Returns whether there may be more to do at once. Errors are logged."""
        if not self.peers.is_sure():
            return False
        try:
            work = await self.database.read(usecases.wallet_work, self._of)
            if work.is_spreading:
                await self.database.write(usecases.spread_terms, None)
            room = IN_FLIGHT_MAX - len(self.tasks)
            if room <= 0 or self._is_held() or work.due_at is None or work.due_at > self.clock():
                return work.is_spreading
            wanted = usecases.LeasePasses(of=self._of, holder=self.peers.crew.me, limit=room)
            leased = await self.database.write(usecases.lease_passes, wanted)
        except Exception as error:
            self._complain("what has changed could not be looked through", error)
            return False
        for each in leased:
            self._starts(each)
        return work.is_spreading

    def _is_held(self) -> bool:
        """Whether the wallet is to be left alone. More than HELD_MAX ahead is from before the clock was put back, and
        does not count."""
        if self._held_until is None:
            return False
        return timedelta() < self._held_until - self.clock() <= HELD_MAX

    async def _rest(self, seconds: float) -> None:
        """Waits so long, or until a pass is dealt with, which makes room for another."""
        await is_set_within(self._stirs, seconds)
        self._stirs.clear()

    def _starts(self, wallet_pass: WalletPass) -> None:
        task = asyncio.create_task(self._deal_with(wallet_pass))
        self.tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        self._stirs.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            self._complain("a pass could not be dealt with; its lease will end", error)

    async def _deal_with(self, wallet_pass: WalletPass) -> None:
        match await self._outcome(wallet_pass):
            case Told() as told:
                command = usecases.PassTold(wallet_pass=wallet_pass, outcome=told)
                await self.database.write(usecases.pass_told, command)
                self._count("told")
            case NotTold() as failure:
                failed = usecases.PassNotTold(wallet_pass=wallet_pass, outcome=failure)
                is_given_up = await self.database.write(usecases.pass_not_told, failed)
                self._count("given_up" if is_given_up else "put_off")
                self._say(wallet_pass, failure, is_given_up=is_given_up)

    def _say(self, wallet_pass: WalletPass, failure: NotTold, *, is_given_up: bool) -> None:
        """Logs a failure; one that ails the whole wallet is logged once, and the wallet left alone."""
        if is_given_up:
            logger.error("pass %s given up: %s", wallet_pass.pass_id, failure.reason)
        elif failure.seconds is None:
            logger.warning("pass %s put off: %s", wallet_pass.pass_id, failure.reason)
        else:
            if not self._is_held():
                logger.warning("%s wallet is left alone: %s", self.wallet.kind.value, failure.reason)
            self._held_until = self.clock() + timedelta(seconds=failure.seconds)

    async def _outcome(self, wallet_pass: WalletPass) -> PassOutcome:
        try:
            return await self.wallet.tell(await self.database.read(pass_letter, wallet_pass.key))
        except Exception as error:
            logger.exception("pass %s cannot be told", wallet_pass.pass_id)
            return NotTold(reason=type(error).__name__)

    def _count(self, outcome: str) -> None:
        self.metrics.count_pass(self.wallet.kind.value, outcome)

    def _complain(self, what: str, error: BaseException) -> None:
        if isinstance(error, DatabaseUnavailable):
            logger.warning("%s: %s", what, error)
        else:
            logger.error("%s", what, exc_info=error)
            self.failed()
