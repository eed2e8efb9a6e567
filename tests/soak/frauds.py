"""What a thief behind the counter does among the acts of the café, and whether it was noticed."""

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.acts import TakeBack
from domain.flags import FlagKind
from domain.ids import EntryId
from domain.ports import Database
from domain.staff import Actor
from domain.usecases.void import void_act
from tests.soak.cafe import ZONE, Act, Cafe, asked, carry_out
from tests.support.clock import Clock

HONEST_SHARE_MAX = 0.01
"""Of the honest members' days, flagged."""
DAY_HOUR, NIGHT_HOUR, ALL_DAY = 12, 22, range(9, 19)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fraud:
    """``begins`` is when in the simulated time, 0 to 1; it is repeated on ``days`` days in a row."""

    kind: FlagKind
    begins: float
    days: int
    hours: Sequence[int] = (DAY_HOUR,)


PLANTED = (
    Fraud(kind=FlagKind.PAIR, begins=0.35, days=2),
    Fraud(kind=FlagKind.BURST, begins=0.5, days=1),
    Fraud(kind=FlagKind.ODD_HOUR, begins=0.55, days=3, hours=(NIGHT_HOUR,)),
    Fraud(kind=FlagKind.UNSEEN_CARDS, begins=0.68, days=9),
    Fraud(kind=FlagKind.SHORTFALL, begins=0.8, days=1),
    Fraud(kind=FlagKind.TAKINGS, begins=0.86, days=3, hours=ALL_DAY),
    Fraud(kind=FlagKind.PURCHASES, begins=0.93, days=1, hours=ALL_DAY),
)


@dataclass
class Thief:
    """One of the team, with cards of nobody."""

    cafe: Cafe
    clock: Clock
    days: int
    cards: int = 0
    friend: int | None = None
    friends: list[int] = field(default_factory=list)
    done: set[FlagKind] = field(default_factory=set)

    @property
    def actor(self) -> Actor:
        return self.cafe.team[5]

    async def steals(self, store: Database, number: int, hour: int) -> None:
        """What is planted at this hour of the day with this number."""
        ways: dict[FlagKind, Callable[[Database], Awaitable[None]]] = {
            FlagKind.PAIR: self._serves_a_friend_all_day,
            FlagKind.BURST: self._serves_many_at_once,
            FlagKind.ODD_HOUR: self._comes_at_night,
            FlagKind.UNSEEN_CARDS: self._uses_a_card_up,
            FlagKind.SHORTFALL: self._takes_back_what_was_spent,
            FlagKind.TAKINGS: self._stamps_where_nothing_was_sold,
            FlagKind.PURCHASES: self._enters_what_nobody_bought,
        }
        for fraud in PLANTED:
            begins = round(self.days * fraud.begins)
            if hour in fraud.hours and begins <= number < begins + fraud.days:
                await ways[fraud.kind](store)
                self.done.add(fraud.kind)

    async def _serves_a_friend_all_day(self, store: Database) -> None:
        if self.friend is None:
            self.friend = await self._new_card(store)
        for _ in range(10):
            await self._serves(store, self.friend, "earn", minutes=5)

    async def _serves_many_at_once(self, store: Database) -> None:
        for _ in range(25):
            await self._serves(store, await self._new_card(store), "earn", minutes=0.2)

    async def _comes_at_night(self, store: Database) -> None:
        await self._serves(store, await self._new_card(store), "earn", minutes=10)

    async def _uses_a_card_up(self, store: Database) -> None:
        card = await self._new_card(store)
        for kind in ("earn", "redeem points"):
            await self._serves(store, card, kind, minutes=1)

    async def _takes_back_what_was_spent(self, store: Database) -> None:
        card = await self._new_card(store)
        earned = await self._serves(store, card, "earn", minutes=1)
        await self._serves(store, card, "redeem points", minutes=1)
        what = asked(self._act(card, "void"))
        back = TakeBack(card=what.act.card, key=self.cafe.new_key(), entry=earned, reason="a slip")
        await store.write(void_act, what.instead(back))

    async def _stamps_where_nothing_was_sold(self, store: Database) -> None:
        """Three friends an hour, with as many stamps as a card may have in a day."""
        await self._meets_friends(store)
        for _ in range(3):
            await self._serves(store, self._next_friend(), "stamp", minutes=4, count=3)

    async def _enters_what_nobody_bought(self, store: Database) -> None:
        """As much in a day as the whole store takes."""
        await self._meets_friends(store)
        for _ in range(5):
            await self._serves(store, self._next_friend(), "earn", minutes=3, amount_minor=19_500)

    async def _meets_friends(self, store: Database) -> None:
        while len(self.friends) < 3 * len(ALL_DAY):
            self.friends.append(await self._new_card(store))

    def _next_friend(self) -> int:
        self.friends.append(self.friends.pop(0))
        return self.friends[-1]

    async def _new_card(self, store: Database) -> int:
        """Of no customer who ever comes."""
        self.cards += 1
        await self.cafe.enrols(store, 50_000 + self.cards)
        return 50_000 + self.cards

    async def _serves(self, store: Database, card: int, kind: str, *, minutes: float, **how: Any) -> EntryId:
        self.clock.passes(minutes=minutes)
        return (await carry_out(store, replace(self._act(card, kind), **how))).entry.entry_id

    def _act(self, card: int, kind: str) -> Act:
        """A purchase that is good for an espresso."""
        return Act(
            at=self.clock.now,
            kind=kind,
            actor=self.actor,
            customer=card,
            key=self.cafe.new_key(),
            amount_minor=3_900 if kind == "earn" else 0,
        )


def judge_flags(database: sqlite3.Connection, thief: Thief) -> str:
    """Says what was found. Raises AssertionError for a planted fraud that was not flagged, and for too many honest
    days that were."""
    assert thief.done == {fraud.kind for fraud in PLANTED}
    theirs: set[FlagKind] = set()
    honest: set[tuple[str, date]] = set()
    for kind, staff_id, last_at in database.execute("SELECT kind, staff_id, last_at FROM flags"):
        if staff_id == thief.actor.staff_id:
            theirs.add(FlagKind(kind))
        else:
            at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=last_at)
            honest.add((staff_id, at.astimezone(ZoneInfo(ZONE)).date()))
    assert thief.done <= theirs, thief.done - theirs
    [[days]] = database.execute(
        "SELECT count(*) FROM (SELECT DISTINCT staff_id, local_date FROM entries WHERE staff_id IS NOT NULL AND"
        " staff_id != ?)",
        [thief.actor.staff_id],
    ).fetchall()
    assert len(honest) <= HONEST_SHARE_MAX * days, sorted(honest)
    return (
        f"{len(thief.done)} of {len(PLANTED)} planted frauds flagged; {len(honest)} of {days:,} honest staff-days"
        f" flagged ({100 * len(honest) / days:.2f} %)"
    )
