"""What handlers need besides the update: made once by the composition root."""

from dataclasses import dataclass
from datetime import datetime

from bot.kit.clock import Clock
from bot.kit.links import Links
from bot.kit.pins import Pins
from bot.kit.tokens import Tokens
from bot.pictures.studio import Studio
from bot.telegram.chat import Chat
from bot.telegram.rate_limit import RateLimiter
from domain.account import Locale
from domain.ids import BotId, UserId
from domain.ports import Database
from domain.steps import Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    bot_id: BotId
    database: Database
    chat: Chat
    rate_limiter: RateLimiter
    links: Links
    tokens: Tokens
    pins: Pins
    studio: Studio
    clock: Clock
    trace: Trace
    default_locale: Locale
    operator_ids: frozenset[UserId]
    started_at: datetime
