"""The worker that tells a wallet what has changed: whatever goes wrong, it goes on, and nothing is forgotten."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.delivery import wallet_sync
from bot.delivery.wallet_sync import WalletSync
from bot.jobs.certificates import WARNED_WITHIN, watch_certificates
from bot.kit.lull import Lull
from bot.kit.metrics import BotMetrics, Metrics
from bot.texts import Texts, texts
from bot.views.view import View
from domain.account import Account, Locale
from domain.crew import Peers
from domain.ids import CardId, UserId
from domain.steps import untraced
from domain.usecases.wallets import AddPass, PassLetter, add_pass
from domain.wallet import QUIET, NotTold, PassOffer, PassOutcome, Told, WalletKind
from tests.support.async_shop import BOT, Counter, look, opens_counter
from tests.support.clock import Chance, Clock, Ids
from tests.support.databases import lay_empty_database, sqlite_at
from tests.support.lulls import Door
from tests.support.patience import PATIENCE_S


@dataclass
class FakeWallet:
    """Says what it is told to say, then Told; ``holds`` is what it waits for before it does."""

    kind: WalletKind = WalletKind.APPLE
    trouble: str | None = None
    expires_at: datetime | None = None
    says: list[PassOutcome | Exception] = field(default_factory=list)
    told: list[int] = field(default_factory=list)
    holds: asyncio.Event | None = None
    asked: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    async def offer(self, letter: PassLetter) -> PassOffer:
        raise NotImplementedError

    async def tell(self, letter: PassLetter) -> PassOutcome:
        self.asked.release()
        if self.holds is not None:
            await self.holds.wait()
        outcome = self.says.pop(0) if self.says else Told()
        if isinstance(outcome, Exception):
            raise outcome
        assert letter.held is not None
        if isinstance(outcome, Told):
            self.told.append(letter.held.state.stamp_count)
        return outcome

    async def close(self) -> None: ...


@dataclass
class Bench:
    counter: Counter
    wallet: FakeWallet
    clock: Clock
    metrics: Metrics
    sync: WalletSync
    failures: list[str]
    looked: asyncio.Event

    async def until_asked(self, times: int = 1) -> None:
        """And until it is noted what came of it."""
        async with asyncio.timeout(PATIENCE_S):
            for _ in range(times):
                await self.wallet.asked.acquire()
            if self.wallet.holds is None:
                await asyncio.gather(*self.sync.tasks)

    async def looks(self) -> None:
        """Twice, so that the second time was after this was asked for; and until what it found is dealt with."""
        async with asyncio.timeout(PATIENCE_S):
            for _ in range(2):
                self.looked.clear()
                await self.looked.wait()
            await asyncio.gather(*self.sync.tasks)

    async def owed(self) -> int:
        return (await look(self.counter.store, lambda tx: tx.count_passes(BOT))).owed

    async def stamps(self, card: int = 0, count: int = 1) -> None:
        await self.counter.stamps(count, self.counter.cards[card])
        self.clock.passes(seconds=QUIET.total_seconds())


@pytest.fixture
async def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    monkeypatch.setattr(wallet_sync, "LOOKS_EVERY_S", 0.005)
    clock, metrics, wallet, failures = Clock(), Metrics(), FakeWallet(), list[str]()
    store = sqlite_at(lay_empty_database(tmp_path / "stempel.db"))(clock, Ids(), Chance())
    counter = await opens_counter(store, cards=3)
    for number, card in enumerate(counter.cards):
        command = AddPass(
            account=Account(bot_id=BOT, user_id=UserId(1000 + number)),
            merchant_id=counter.paul.merchant_id,
            card_id=CardId(card.value),
            wallet=WalletKind.APPLE,
        )
        await store.write(add_pass, command)
    looked = asyncio.Event()

    def looking() -> datetime:
        looked.set()
        return clock()

    sync = WalletSync(
        wallet=wallet,
        bot_id=BOT,
        database=store,
        clock=looking,
        metrics=BotMetrics(metrics, BOT, untraced),
        peers=Peers(),
        failed=lambda: failures.append("failed"),
        lull=Lull(time.monotonic),
    )
    yield Bench(counter, wallet, clock, metrics, sync, failures, looked)
    await store.close()


async def test_each_card_is_told_as_it_is(bench: Bench) -> None:
    working = asyncio.create_task(bench.sync.run())
    for card in range(3):
        await bench.stamps(card, card + 1)
        await bench.until_asked()
    assert bench.wallet.told == [1, 2, 3]
    assert 'outcome="told",wallet="apple"} 3.0' in bench.metrics.exposition().decode()
    assert await bench.owed() == 0
    bench.sync.stop()
    await asyncio.wait_for(working, PATIENCE_S)


async def test_one_that_cannot_be_told_keeps_no_other_from_it(bench: Bench) -> None:
    bench.wallet.says = [RuntimeError("what nobody expected"), NotTold(reason="apns 503")]
    working = asyncio.create_task(bench.sync.run())
    for card in range(3):
        await bench.stamps(card)
        await bench.until_asked()
    assert bench.wallet.told == [1]
    assert 'outcome="put_off",wallet="apple"} 2.0' in bench.metrics.exposition().decode()
    bench.clock.passes(minutes=1)
    await bench.until_asked(2)
    assert bench.wallet.told == [1, 1, 1]
    assert bench.failures == []
    bench.sync.stop()
    await working


async def test_a_wallet_that_wants_to_be_left_alone_is(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, wallet_sync.logger.name)
    bench.wallet.says = [NotTold(reason="down", seconds=30)]
    working = asyncio.create_task(bench.sync.run())
    await bench.stamps(0)
    await bench.until_asked()
    await bench.stamps(1)
    await bench.looks()
    assert bench.wallet.told == []
    bench.clock.passes(seconds=20)
    await bench.until_asked(2)
    assert bench.wallet.told == [1, 1]
    assert [record.getMessage() for record in caplog.records] == ["apple wallet is left alone: down"]
    bench.sync.stop()
    await working


async def test_a_wallet_is_not_left_alone_for_longer_when_the_clock_is_put_back(bench: Bench) -> None:
    """It was a year ahead (docs/decisions/0026)."""
    bench.clock.passes(days=365)
    bench.wallet.says = [NotTold(reason="down", seconds=30)]
    working = asyncio.create_task(bench.sync.run())
    await bench.stamps(0)
    await bench.until_asked()
    bench.clock.passes(days=-365)
    await bench.stamps(1)
    await bench.until_asked()
    assert bench.wallet.told == [1]
    bench.sync.stop()
    await working


async def test_what_a_worker_that_died_held_is_told_by_the_next(bench: Bench) -> None:
    bench.wallet.holds = asyncio.Event()
    dies = asyncio.create_task(bench.sync.run())
    await bench.stamps()
    await bench.until_asked()
    for task in (dies, *bench.sync.tasks):
        task.cancel()
    await asyncio.gather(dies, return_exceptions=True)
    bench.wallet.holds = None
    working = asyncio.create_task(bench.sync.run())
    await bench.until_asked()
    assert (bench.wallet.told, await bench.owed()) == ([1], 0)
    bench.sync.stop()
    await working


async def test_told_to_stop_it_brings_to_its_end_what_is_under_way(bench: Bench) -> None:
    bench.wallet.holds = asyncio.Event()
    working = asyncio.create_task(bench.sync.run())
    await bench.stamps()
    await bench.until_asked()
    bench.sync.stop()
    bench.wallet.holds.set()
    await asyncio.wait_for(working, PATIENCE_S)
    assert (bench.wallet.told, await bench.owed()) == ([1], 0)


@dataclass
class Operators:
    told: list[str] = field(default_factory=list)

    async def tell(self, view_in: Callable[[Texts], View]) -> int:
        self.told.append(view_in(texts(Locale.EN)).text)
        return 1


async def test_a_certificate_that_runs_out_within_thirty_days_is_told_each_day() -> None:
    clock, operators = Clock(), Operators()
    wallets = {WalletKind.APPLE: FakeWallet(expires_at=clock() + WARNED_WITHIN + timedelta(hours=1))}
    wallets[WalletKind.GOOGLE] = FakeWallet()
    means: Any = SimpleNamespace(clock=clock, operators=operators, wallets=wallets)
    assert await watch_certificates(means) == 0
    for _ in range(2):
        clock.passes(days=1)
        assert await watch_certificates(means) == 1
    clock.passes(days=30)
    assert await watch_certificates(means) == 1
    assert ["runs out" in said for said in operators.told] == [True, True, False]
    assert "ran out on 15 July 2026" in operators.told[-1]


async def test_a_wallet_is_told_when_whoever_is_being_served_has_been(bench: Bench) -> None:
    bench.sync.lull = door = Door()
    await bench.stamps(0, 1)
    working = asyncio.create_task(bench.sync.run())
    await asyncio.wait_for(door.asked.wait(), PATIENCE_S)
    assert bench.wallet.asked.locked()
    door.opens.set()
    await bench.until_asked()
    assert bench.wallet.told == [1]
    bench.sync.stop()
    await asyncio.wait_for(working, PATIENCE_S)
