"""The state of a bot as an operator sees it."""

from collections.abc import Sequence

from domain.ids import BotId
from domain.job_run import JobRun
from domain.ports import Upkeep
from domain.quick import dataclass
from domain.wallet import WalletCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """``updates_waiting`` came in and are not answered yet, the operator's own request included.
    ``mailboxes_refused`` take no mail."""

    updates_waiting: int
    dead_letters: int
    messages_owed: int
    messages_held: int
    messages_failed: int
    jobs: Sequence[JobRun]
    wallets: WalletCounts
    mailboxes_refused: int = 0


def see_status(*, tx: Upkeep, query: BotId) -> Status:
    waiting, kept_aside = tx.count_updates(query)
    owed, failed = tx.count_deliveries(query)
    return Status(
        updates_waiting=waiting,
        dead_letters=kept_aside,
        messages_owed=owed,
        messages_held=tx.count_held(),
        messages_failed=failed,
        jobs=tx.job_runs(query),
        mailboxes_refused=tx.count_refused_mailboxes(query),
        wallets=tx.count_passes(query),
    )
