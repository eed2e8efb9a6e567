"""What handlers need besides the update: made once by the composition root."""

from dataclasses import dataclass
from datetime import datetime

from bot.chat import Chat
from bot.clock import Clock
from bot.gate import Gate
from bot.links import Links
from bot.pins import Pins
from bot.studio import Studio
from bot.tokens import Tokens
from domain.account import Locale
from domain.ids import BotId, UserId
from domain.ports import Store
from domain.steps import Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    bot_id: BotId
    store: Store
    chat: Chat
    gate: Gate
    links: Links
    tokens: Tokens
    pins: Pins
    studio: Studio
    clock: Clock
    trace: Trace
    default_locale: Locale
    operator_ids: frozenset[UserId]
    started_at: datetime
