"""What jobs work with."""

from dataclasses import dataclass

from bot.delivery.dispatcher import Dispatcher
from bot.kit.metrics import Metrics
from bot.operator.alerts import OperatorAlerts
from bot.telegram.reception import Reception
from domain.ids import BotId
from domain.ports import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    bot_id: BotId
    database: Database
    metrics: Metrics
    dispatcher: Dispatcher
    reception: Reception
    operators: OperatorAlerts
