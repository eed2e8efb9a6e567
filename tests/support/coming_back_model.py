"""A second implementation of birthdays, referrals and win-backs, without using the rules."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

YEAR, MONTH, WEEK = timedelta(days=365), timedelta(days=30), timedelta(days=7)
FORTNIGHT = timedelta(days=14)


@dataclass
class Guest:
    """``acts`` has for each act the stamps that it gave, and the bonuses that came of it: to whom, how much.
    ``missed_since`` is the last visit after which they were told that they are missed."""

    name: str
    joined_on: date
    balance: int = 0
    invited_by: str | None = None
    is_rewarded: bool = False
    acts: dict[str, dict[str, Any]] = field(default_factory=dict)
    allows: bool = False
    birthday: tuple[int, int] | None = None
    said_on: date | None = None
    changed_on: date | None = None
    gifts: list[date] = field(default_factory=list)
    written_at: list[datetime] = field(default_factory=list)
    redeemed_on: list[date] = field(default_factory=list)
    missed_since: date | None = None
    looked_at_next: date | None = None


@dataclass
class ComingBackModel:
    """One shop. Dates are local; everything happens at the same local hour, which ``now`` gives in UTC."""

    target: int
    bonus: int
    welcome: int
    friends_max: int
    gift: int
    letters_max: int
    away_days: int
    away_bonus: int
    now: datetime
    guests: dict[str, Guest] = field(default_factory=dict)
    rewarded: list[tuple[str, str, date]] = field(default_factory=list)
    """The referrer, the act for which they were rewarded, and the day."""
    told: list[tuple[str, str]] = field(default_factory=list)

    def joins(self, name: str, by: str | None, today: date) -> None:
        """A new guest joins, from the poster or by a friend's link. The friend counts only while there is a bonus."""
        self.guests[name] = Guest(name, today, invited_by=by if self.bonus else None)

    def stamps(self, name: str, count: int, act: str, today: date) -> None:
        guest = self.guests[name]
        guest.balance += count
        guest.acts[act] = {"count": count, "given": [], "is_first": False, "on": today}
        if guest.invited_by is None or guest.is_rewarded or not self.bonus:
            return
        guest.is_rewarded = guest.acts[act]["is_first"] = True
        given = guest.acts[act]["given"]
        if self.welcome:
            guest.balance += self.welcome
            given.append((name, self.welcome))
            self.told.append(("referral_welcome", name))
        month = (today.year, today.month)
        so_far = [each for each in self.rewarded if each[0] == guest.invited_by]
        if len([each for each in so_far if (each[2].year, each[2].month) == month]) < self.friends_max:
            self.guests[guest.invited_by].balance += self.bonus
            given.append((guest.invited_by, self.bonus))
            self.rewarded.append((guest.invited_by, act, today))
            self.told.append(("referral_reward", guest.invited_by))

    def voids(self, name: str, act: str) -> None:
        """Takes back a whole act, and with it the bonuses that came of it, as far as they are still there."""
        guest = self.guests[name]
        made = guest.acts.pop(act)
        guest.balance -= min(guest.balance, made["count"])
        if made["is_first"]:
            guest.is_rewarded = False
        for whom, count in made["given"]:
            other = self.guests[whom]
            other.balance -= min(other.balance, count)
            self.told.append(("referral_voided", whom))
        self.rewarded = [each for each in self.rewarded if each[1] != act]

    def may_redeem(self, name: str) -> bool:
        return self.guests[name].balance >= self.target

    def redeems(self, name: str, today: date) -> None:
        self.guests[name].balance -= self.target
        self.guests[name].redeemed_on.append(today)

    def may_say(self, name: str, birthday: tuple[int, int], today: date) -> bool:
        guest = self.guests[name]
        if birthday == guest.birthday or guest.said_on is None or guest.changed_on is None:
            return True
        return today - guest.changed_on >= YEAR

    def says(self, name: str, birthday: tuple[int, int], today: date) -> None:
        guest = self.guests[name]
        if birthday == guest.birthday:
            return
        if guest.said_on is not None:
            guest.changed_on = today
        guest.birthday, guest.said_on = birthday, today

    def takes_back(self, name: str) -> None:
        self.guests[name].birthday = None

    def morning(self, today: date) -> None:
        """Gives the gifts for birthdays of the last thirty days."""
        for name in sorted(self.guests):
            guest = self.guests[name]
            on = self._newest(guest, today)
            if on is None or not self._has_room(guest):
                continue
            was_early = guest.said_on is not None and guest.said_on + WEEK <= on
            is_apart = all(on - gift >= YEAR for gift in guest.gifts)
            if was_early and is_apart and today - on <= MONTH:
                guest.balance += self.gift
                guest.gifts.append(on)
                self._writes(guest, "birthday")

    def asks(self, was_asked: Callable[[str], bool]) -> None:
        for name in sorted(self.guests):
            guest = self.guests[name]
            if guest.said_on is None and not was_asked(name) and self._has_room(guest):
                self._writes(guest, "birthday_asked")

    def misses(self, today: date) -> None:
        """Tells guests who have not come for so long, once for each absence. Nobody is looked at more often than
        needed."""
        for name in sorted(self.guests):
            guest = self.guests[name]
            if not guest.allows or (guest.looked_at_next is not None and guest.looked_at_next > today):
                continue
            visits = [*guest.redeemed_on, *(act["on"] for act in guest.acts.values())]
            came = max(visits, default=guest.joined_on)
            due, again = came + timedelta(days=self.away_days), today + timedelta(days=self.away_days)
            if guest.missed_since is not None and came <= guest.missed_since:
                due = again
            elif today >= due and self._has_room(guest):
                guest.balance += self.away_bonus
                guest.missed_since, due = came, again
                self._writes(guest, "win_back")
            guest.looked_at_next = min(max(due, today + timedelta(days=1)), today + FORTNIGHT)

    def _newest(self, guest: Guest, today: date) -> date | None:
        for days in range(367):
            day = today - timedelta(days=days)
            is_leap_day = guest.birthday == (2, 29) and (day + timedelta(days=1)).month == 3
            if (day.month, day.day) == guest.birthday or (is_leap_day and day.month == 2):
                return day
        return None

    def _has_room(self, guest: Guest) -> bool:
        recent = [at for at in guest.written_at if self.now - at < MONTH]
        return guest.allows and len(recent) < self.letters_max

    def _writes(self, guest: Guest, what: str) -> None:
        guest.written_at.append(self.now)
        self.told.append((what, guest.name))
