"""Birthdays and friends who were invited, once more, in lists and dictionaries and without a look at the rules."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

YEAR, MONTH, WEEK = timedelta(days=365), timedelta(days=30), timedelta(days=7)


@dataclass
class Guest:
    """``acts`` are lists of a count of stamps that still stand, and what was given for it: to whom, how much."""

    name: str
    balance: int = 0
    invited_by: str | None = None
    is_rewarded: bool = False
    acts: dict[str, dict[str, Any]] = field(default_factory=dict)
    allows: bool = False
    birthday: tuple[int, int] | None = None
    said_on: date | None = None
    changed_on: date | None = None
    gifts: list[date] = field(default_factory=list)
    written_on: list[date] = field(default_factory=list)


@dataclass
class ComingBackModel:
    """Of one shop; dates are local, and everything happens at the same hour."""

    target: int
    bonus: int
    welcome: int
    friends_max: int
    gift: int
    letters_max: int
    guests: dict[str, Guest] = field(default_factory=dict)
    rewarded: list[tuple[str, str, date]] = field(default_factory=list)
    """Who was rewarded, for which act, when."""
    told: list[tuple[str, str]] = field(default_factory=list)

    def joins(self, name: str, by: str | None) -> None:
        """Somebody who was never here; by a friend's link, which brings them while there is something for it, or from
        the poster."""
        self.guests[name] = Guest(name, invited_by=by if self.bonus else None)

    def stamps(self, name: str, count: int, act: str, today: date) -> None:
        guest = self.guests[name]
        guest.balance += count
        guest.acts[act] = {"count": count, "given": [], "is_first": False}
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
        """All that still stands of an act; with its last stamp goes what was given for it, as far as it is there."""
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

    def redeems(self, name: str) -> None:
        self.guests[name].balance -= self.target

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
        """Gifts for birthdays of the last thirty days, then the question to who was never asked."""
        for name in sorted(self.guests):
            guest = self.guests[name]
            on = self._newest(guest, today)
            if on is None or not self._has_room(guest, today):
                continue
            was_early = guest.said_on is not None and guest.said_on + WEEK <= on
            is_apart = all(on - gift >= YEAR for gift in guest.gifts)
            if was_early and is_apart and today - on <= MONTH:
                guest.balance += self.gift
                guest.gifts.append(on)
                self._writes(guest, "birthday", today)

    def asks(self, today: date, was_asked: Callable[[str], bool]) -> None:
        for name in sorted(self.guests):
            guest = self.guests[name]
            if guest.said_on is None and not was_asked(name) and self._has_room(guest, today):
                self._writes(guest, "birthday_asked", today)

    def _newest(self, guest: Guest, today: date) -> date | None:
        for days in range(367):
            day = today - timedelta(days=days)
            is_leap_day = guest.birthday == (2, 29) and (day + timedelta(days=1)).month == 3
            if (day.month, day.day) == guest.birthday or (is_leap_day and day.month == 2):
                return day
        return None

    def _has_room(self, guest: Guest, today: date) -> bool:
        recent = [day for day in guest.written_on if today - day < MONTH]
        return guest.allows and len(recent) < self.letters_max

    def _writes(self, guest: Guest, what: str, today: date) -> None:
        guest.written_on.append(today)
        self.told.append((what, guest.name))
