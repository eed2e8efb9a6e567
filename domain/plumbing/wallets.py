"""What wallets have to be told of: each pass leased to one worker, told, put off or given up visibly.

A pass is told as it is then, so that repeats do no harm, nor does an old one that comes after a newer.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.ids import BotId
from domain.ports import Wallets
from domain.quick import dataclass
from domain.wallet import (
    LEASE,
    PATIENCE,
    NotTold,
    Told,
    WalletKind,
    WalletPass,
)

SPREAD_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletOf:
    bot_id: BotId
    wallet: WalletKind


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasePasses:
    of: WalletOf
    holder: str
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PassTold:
    wallet_pass: WalletPass
    outcome: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class PassNotTold:
    wallet_pass: WalletPass
    outcome: NotTold


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletWork:
    """``due_at`` is when the next pass is, None when nothing is owed; ``is_spreading`` says that terms were changed
    of which not all passes know."""

    due_at: datetime | None
    is_spreading: bool


def wallet_work(*, tx: Wallets, query: WalletOf) -> WalletWork:
    return WalletWork(
        due_at=tx.next_pass_due_at(query.bot_id, query.wallet), is_spreading=tx.has_passes_to_mark()
    )


def spread_terms(*, tx: Wallets, command: None) -> int:  # noqa: ARG001
    """Some passes of a shop whose terms were changed have to be told, so that others may write in between."""
    return tx.mark_some_passes(SPREAD_AT_ONCE)


def lease_passes(*, tx: Wallets, command: LeasePasses) -> Sequence[WalletPass]:
    """Those due, nobody else's until the lease ends: what happened on one card before what happened to all."""
    of = command.of
    return tx.lease_passes(of.bot_id, of.wallet, command.holder, tx.now + LEASE, command.limit)


def release_passes(*, tx: Wallets, command: WalletOf) -> int:
    """Takes back what a worker that died held; for when there can be no other."""
    return tx.release_passes(command.bot_id, command.wallet)


def pass_told(*, tx: Wallets, command: PassTold) -> bool:
    """False where it has changed meanwhile, and is to be told again."""
    for device in command.outcome.gone:
        tx.forget_device(device)
    return tx.pass_told(command.wallet_pass)


def pass_not_told(*, tx: Wallets, command: PassNotTold) -> bool:
    """Backs off, and gives up after so many tries, or at once where that is in vain; whether it gave up."""
    wallet_pass, outcome = command.wallet_pass, command.outcome
    for device in outcome.gone:
        tx.forget_device(device)
    if outcome.seconds is not None:
        due_at = tx.now + timedelta(seconds=outcome.seconds)
        tx.pass_postponed(wallet_pass, due_at, attempts=wallet_pass.attempts, error=outcome.reason)
        return False
    attempts = wallet_pass.attempts + 1
    wait = None if outcome.is_for_good else PATIENCE.wait(attempts)
    if wait is None:
        return tx.pass_given_up(wallet_pass, outcome.reason)
    tx.pass_postponed(wallet_pass, tx.now + wait, attempts=attempts, error=outcome.reason)
    return False
