"""What jobs work with."""

from dataclasses import dataclass

from bot.jobs.outbox import Dispatcher
from bot.metrics import Metrics
from bot.operator.alerts import OperatorAlerts
from domain.ids import BotId
from domain.ports import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    bot_id: BotId
    store: Store
    metrics: Metrics
    dispatcher: Dispatcher
    operators: OperatorAlerts
