"""The processes that work on one database, and which of them serves which chat.

Chats are shared out by the last two digits of their ids. Each of these hundred places belongs to the process whose
instance id, hashed with the place, gives the largest value (rendezvous hashing), so that a process that comes or goes
moves only its own share. A chat stays with one process, so that a person's second message meets the same caches and
the same pacing as the first. Correctness never depends on it: while a process has unfinished work of a person, it
gets everything else that comes from them.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from domain.ids import BotId
from domain.quick import dataclass

PLACES = tuple(f"{number:02}" for number in range(100))
UNSURE_WAIT_S = 0.1
"""How long a process that may have been taken for dead waits before it checks again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mate:
    """A process at work. ``rank`` grows with each process that joins; ``name`` is for people; a process that
    ``is_leaving`` takes nothing new."""

    instance_id: str
    bot_id: BotId
    rank: int
    name: str
    is_leaving: bool = False


@dataclass(frozen=True, slots=True)
class Crew:
    """The processes that were at work when this one last looked; ``me`` is empty where there can be no other
    process."""

    me: str = ""
    mates: Sequence[Mate] = ()
    _whose: Mapping[str, str] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        staying = [mate.instance_id for mate in self.sharing]
        whose = {place: max(staying, key=lambda one: _draw(place, one)) for place in PLACES if staying}
        object.__setattr__(self, "_whose", whose)

    @property
    def beside(self) -> Sequence[Mate]:
        """The processes of my bot, myself and those that are leaving included."""
        mine = {mate.bot_id for mate in self.mates if mate.instance_id == self.me}
        return [mate for mate in self.mates if mate.bot_id in mine]

    @property
    def sharing(self) -> Sequence[Mate]:
        """Those among which the chats and the limits of my bot are divided."""
        return [mate for mate in self.beside if not mate.is_leaving]

    @property
    def is_shared(self) -> bool:
        """Whether another process has some of my bot's chats, or is not done with them yet."""
        return len(self.beside) > 1

    def owner_of(self, address: str) -> str:
        """The instance id of the process that serves a chat."""
        return self._whose.get(address[-2:].rjust(2, "0"), self.me)

    def places_of_mine(self) -> Sequence[str]:
        return [place for place, owner in self._whose.items() if owner == self.me]

    def leads(self, bot_id: BotId | None = None) -> bool:
        """Whether I am the oldest process of a bot, or of all bots where ``bot_id`` is None: the oldest one polls and
        runs the timetable."""
        if not self.me:
            return True
        able = [mate for mate in self.mates if not mate.is_leaving and bot_id in (None, mate.bot_id)]
        return bool(able) and min(able, key=lambda mate: mate.rank).instance_id == self.me


def _draw(place: str, instance_id: str) -> bytes:
    return hashlib.sha256(f"{place} {instance_id}".encode()).digest()


class Peers:
    """This process among those on its database. This base class is for a process that is alone."""

    @property
    def crew(self) -> Crew:
        return ALONE

    def share_count(self) -> int:
        """Among how many processes Telegram's limits are divided, this one included."""
        return max(1, len(self.crew.sharing))

    def is_sure(self) -> bool:
        """False while others may have taken this process for dead; it begins nothing then."""
        return True

    def leads(self, bot_id: BotId | None = None) -> bool:
        """Whether this process is the oldest of a bot, or of all, and can be sure of it."""
        return self.is_sure() and self.crew.leads(bot_id)

    def on_called(self, call: Callable[[], None]) -> None:
        """``call`` is called in the event loop when another process has left work for this one."""

    def on_lost(self, tell: Callable[[], None]) -> None:
        """``tell`` is called in the event loop when this process was taken for dead and others have taken over its
        work."""

    async def leave(self) -> None:
        """Announces that this process takes nothing new. Does not raise when the database cannot be reached."""


ALONE = Crew()
