"""What handlers need besides the update: what all bots of a process share, and what each has of its own."""

from collections.abc import Mapping
from datetime import datetime

from bot.delivery.mailer import Mailer
from bot.delivery.wallet import Wallet
from bot.kit.clock import Clock, ClockNews
from bot.kit.gathering import Gathering
from bot.kit.links import Links
from bot.kit.lull import Lull
from bot.kit.metrics import Metrics
from bot.kit.pins import Pins
from bot.kit.setting_checks import SIGN_UP_ON
from bot.kit.tokens import Tokens
from bot.kit.watch import Watch
from bot.pictures.studio import Studio
from bot.screens.outage import Outage
from bot.screens.panels import Panels
from bot.screens.second_taps import SecondTaps
from bot.telegram.chat import Chat
from bot.telegram.pacing import Budgets
from bot.telegram.rate_limit import RateLimiter
from domain.account import Account, Locale
from domain.crew import Peers
from domain.delivery import ChannelKind
from domain.ids import BotId, UserId
from domain.ports import Database
from domain.quick import dataclass
from domain.steps import Trace
from domain.usecases.who_is import Caller
from domain.wallet import WalletKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    database: Database
    tokens: Tokens
    pins: Pins
    studio: Studio
    clock: Clock
    clock_news: ClockNews
    started_at: datetime
    metrics: Metrics
    watch: Watch
    lull: Lull
    peers: Peers


@dataclass(frozen=True, slots=True, kw_only=True)
class Services(Process):
    """``old_keys`` are those whose keyboard below the chat is in the language that their app had before."""

    bot_id: BotId
    callers: Gathering[Account, Caller]
    chat: Chat
    rate_limiter: RateLimiter
    budgets: Budgets
    outage: Outage
    panels: Panels
    second_taps: SecondTaps
    old_keys: dict[UserId, None]
    links: Links
    trace: Trace
    default_locale: Locale
    operator_ids: frozenset[UserId]
    open_signup: str
    ways_on: frozenset[ChannelKind | WalletKind]
    mailer: Mailer | None
    wallets: Mapping[WalletKind, Wallet]

    @property
    def is_signup_open(self) -> bool:
        """Whether anybody may open a shop."""
        return self.open_signup == SIGN_UP_ON
