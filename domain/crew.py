"""The processes that work on one database, and which of them each chat belongs to.

The last two digits of a chat's id put it into one of a hundred places. A place belongs to the process whose name,
hashed together with it, gives the largest number (rendezvous hashing): when a process comes or goes, only its own
places move. So a person's second message meets the same process as the first, with what it remembers and its pace.
Correctness never rests on that: a process that has an update of somebody unfinished gets what they send meanwhile.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from domain.ids import BotId
from domain.quick import dataclass

PLACES = tuple(f"{number:02}" for number in range(100))
UNSURE_WAIT_S = 0.1
"""Until whoever may have been taken for dead looks again whether it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mate:
    """A process at work. ``rank`` grows with each that joins; ``name`` is for people; one that ``is_leaving`` takes
    nothing new."""

    instance_id: str
    bot_id: BotId
    rank: int
    name: str
    is_leaving: bool = False


@dataclass(frozen=True, slots=True)
class Crew:
    """Who was at work when this process looked last; ``me`` is empty where there can be no other process."""

    me: str = ""
    mates: Sequence[Mate] = ()
    _whose: Mapping[str, str] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        staying = [mate.instance_id for mate in self.sharing]
        whose = {place: max(staying, key=lambda one: _draw(place, one)) for place in PLACES if staying}
        object.__setattr__(self, "_whose", whose)

    @property
    def beside(self) -> Sequence[Mate]:
        """Those of my bot, myself and whoever is leaving included."""
        mine = {mate.bot_id for mate in self.mates if mate.instance_id == self.me}
        return [mate for mate in self.mates if mate.bot_id in mine]

    @property
    def sharing(self) -> Sequence[Mate]:
        return [mate for mate in self.beside if not mate.is_leaving]

    @property
    def is_shared(self) -> bool:
        """Whether another process has some of my bot's chats, or is not done with them yet."""
        return len(self.beside) > 1

    def owner_of(self, address: str) -> str:
        """Who is to serve a chat."""
        return self._whose.get(address[-2:].rjust(2, "0"), self.me)

    def places_of_mine(self) -> Sequence[str]:
        return [place for place, owner in self._whose.items() if owner == self.me]

    def leads(self, bot_id: BotId | None = None) -> bool:
        """Whether I am the eldest of a bot, or of all: one polls, and keeps the timetable."""
        if not self.me:
            return True
        able = [mate for mate in self.mates if not mate.is_leaving and bot_id in (None, mate.bot_id)]
        return bool(able) and min(able, key=lambda mate: mate.rank).instance_id == self.me


def _draw(place: str, instance_id: str) -> bytes:
    return hashlib.sha256(f"{place} {instance_id}".encode()).digest()


class Peers:
    """This process among those on its database. As it stands here, there are no others."""

    @property
    def crew(self) -> Crew:
        return ALONE

    def is_sure(self) -> bool:
        """Whether nobody can have taken this process for dead. While it is not, it begins nothing."""
        return True

    def leads(self, bot_id: BotId | None = None) -> bool:
        """Whether this process is the eldest of a bot, or of all, and can be sure of it."""
        return self.is_sure() and self.crew.leads(bot_id)

    def on_called(self, call: Callable[[], None]) -> None:
        """``call`` is called in the event loop when another process has left something to this one."""

    def on_lost(self, tell: Callable[[], None]) -> None:
        """``tell`` is called in the event loop when this process was taken for dead: others have what it had."""

    async def leave(self) -> None:
        """From now on nothing new comes here. Never raises for a database that is away."""


ALONE = Crew()
