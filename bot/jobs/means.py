"""What jobs work with."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path

from bot.delivery.dispatcher import Dispatcher
from bot.delivery.wallet import Wallet
from bot.jobs.progress import Progress
from bot.kit.clock import Clock, ClockNews
from bot.kit.metrics import Metrics
from bot.operator.alerts import OperatorAlerts
from bot.telegram.chat import Chat
from bot.telegram.reception import Reception
from domain.ids import BotId
from domain.ports import Database
from domain.quick import dataclass
from domain.wallet import WalletKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    bot_id: BotId
    database: Database
    metrics: Metrics
    dispatchers: Sequence[Dispatcher]
    reception: Reception
    operators: OperatorAlerts
    clock_news: ClockNews
    clock: Clock
    chat: Chat
    wallets: Mapping[WalletKind, Wallet] = field(default_factory=dict)
    progress: Progress = field(default_factory=Progress)
    copies: Path | None = None
    """The folder for nightly copies, None where the bot makes none."""
