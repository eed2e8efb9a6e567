"""Other processes on the database, as a test wants them."""

from collections.abc import Callable

from domain.crew import Crew, Mate, Peers
from domain.ids import BotId

ME, OTHER = "me", "other"


def mate(instance_id: str, bot_id: BotId, rank: int) -> Mate:
    return Mate(instance_id=instance_id, bot_id=bot_id, rank=rank, name=instance_id)


class Others(Peers):
    """No other process until ``comes``."""

    def __init__(self, bot_id: BotId) -> None:
        self.bot_id = bot_id
        self.is_alive = True
        self.losses: list[Callable[[], None]] = []
        self.goes()

    def comes(self) -> None:
        """Another process comes, which is older."""
        self.seen = Crew(ME, [mate(OTHER, self.bot_id, 0), mate(ME, self.bot_id, 1)])

    def goes(self) -> None:
        self.seen = Crew(ME, [mate(ME, self.bot_id, 1)])

    @property
    def crew(self) -> Crew:
        return self.seen

    def is_sure(self) -> bool:
        return self.is_alive

    def on_lost(self, tell: Callable[[], None]) -> None:
        self.losses.append(tell)
