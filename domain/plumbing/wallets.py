"""What wallets must be told: each pass is leased to one worker, then told, postponed or visibly given up.

A wallet is always told the present state of a pass, so neither repeats nor late deliveries do harm.
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
    """``due_at`` is when the next pass is due, None when nothing is owed; ``is_spreading`` says that terms were
    changed and not all passes are marked for it yet."""

    due_at: datetime | None
    is_spreading: bool


def wallet_work(*, tx: Wallets, query: WalletOf) -> WalletWork:
    return WalletWork(
        due_at=tx.next_pass_due_at(query.bot_id, query.wallet), is_spreading=tx.has_passes_to_mark()
    )


def spread_terms(*, tx: Wallets, command: None) -> int:  # noqa: ARG001
    """Marks some passes of a shop whose terms were changed, few enough that others may write in between."""
    return tx.mark_some_passes(SPREAD_AT_ONCE)


def lease_passes(*, tx: Wallets, command: LeasePasses) -> Sequence[WalletPass]:
    """Leases what is due; nobody else gets it until the lease ends. Changes of one card come before those of all
    cards."""
    of = command.of
    return tx.lease_passes(of.bot_id, of.wallet, command.holder, tx.now + LEASE, command.limit)


def release_passes(*, tx: Wallets, command: WalletOf) -> int:
    """Ends the leases of a worker that died: of this process, or of one that is not at work any more."""
    return tx.release_passes(command.bot_id, command.wallet)


def pass_told(*, tx: Wallets, command: PassTold) -> bool:
    """False where the pass has changed meanwhile and must be told again."""
    for device in command.outcome.gone:
        tx.forget_device(device)
    return tx.pass_told(command.wallet_pass)


def pass_not_told(*, tx: Wallets, command: PassNotTold) -> bool:
    """Postpones, and gives up after too many tries, or at once where trying is pointless; returns whether it gave
    up."""
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
