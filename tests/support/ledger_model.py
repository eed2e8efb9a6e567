"""A second implementation of the ledger, in dictionaries and lists and without using the rules.

It keeps no sums: a card's balance and today's count are counted from its acts each time they are needed.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
A_WEEK = timedelta(days=7)
"""What a wrong clock dated further ahead than this blocks nothing."""


class Refused(Exception):
    """``code`` and facts of the refusal."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass
class LedgerModel:
    """One merchant. An act is a dictionary; its number is its place in ``acts`` of the card."""

    timezone: str
    target: int
    cooldown_minutes: int
    daily_limit: int | None
    managers: set[str]
    cookie_at: int | None = None
    """The number of stamps at which a card has an interim reward, a cookie."""
    cookies_settled: dict[str, int] = field(default_factory=dict)
    """By card, how many full cards were redeemed, less the cookies handed out."""
    acts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    stamps: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Every single stamp of a card, oldest first: its act, where it is now (on the card, spent, gone), and whether it
    is owed: voided after it was spent."""
    outcomes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    messages: list[tuple[str, str]] = field(default_factory=list)
    asked: dict[str, list[datetime]] = field(default_factory=dict)
    """By member, when they asked a manager."""
    turns: int = 0
    price: int | None = None
    """Cents for a stamp, where stamps are given for amounts."""
    made: dict[str, datetime] = field(default_factory=dict)
    """By card, when it was made."""
    paper_max: int = 0
    left_over: dict[str, int] = field(default_factory=dict)
    happy: list[tuple[int, int, int]] = field(default_factory=list)
    """Multipliers: first hour, hour of the end, factor."""

    def balance(self, card: str) -> int:
        total = 0
        for act in self.acts[card]:
            total += act["change"]
        return total

    def history(self, card: str) -> list[tuple[str, int, dict[str, Any]]]:
        """All acts of a card and of those merged into it, in order: the card of each, its number there, the act."""
        found = [(card, number, act) for number, act in enumerate(self.acts[card])]
        for act in self.acts[card]:
            if act["what"] == "in":
                found += self.history(act["other"])
        return sorted(found, key=lambda each: each[2]["turn"])

    def newest_standing(self, card: str, now: datetime) -> Any:
        """Without what a wrong clock dated far ahead."""
        return self._newest(card, self._latest(now))

    def _latest(self, now: datetime) -> date:
        return now.astimezone(ZoneInfo(self.timezone)).date() + A_WEEK

    def _newest(self, card: str, latest: date) -> Any:
        newest: Any = None
        for act in self.acts[card]:
            if act["what"] == "stamp" and act["left"] > 0 and act["day"] <= latest:
                newest = act
            if act["what"] == "in":
                there = self._newest(act["other"], latest)
                if newest is None or (
                    there is not None and (there["day"], there["at"]) > (newest["day"], newest["at"])
                ):
                    newest = there
        return newest

    def day(self, card: str, now: datetime) -> date:
        """The day for which one more stamp counts."""
        today = now.astimezone(ZoneInfo(self.timezone)).date()
        newest = self.newest_standing(card, now)
        return today if newest is None or newest["day"] < today else newest["day"]

    def today(self, card: str, now: datetime) -> int:
        """Without stamps that a clock which was far ahead dated with this day before it came: those before one of an
        earlier day."""
        day, of_day = self.day(card, now), dict.fromkeys(self.acts, 0)
        for on, _, act in self.history(card):
            if act["what"] == "in":
                of_day[on] += of_day[act["other"]]
            elif act["what"] == "stamp" and act["left"] > 0 and act["day"] <= day:
                of_day[on] = of_day[on] + self._given(act["left"], act["times"]) if act["day"] == day else 0
        return of_day[card]

    def shown_today(self, card: str, now: datetime) -> int:
        """What a screen says: nothing of a card whose newest stamp a wrong clock dated far ahead. What counts for the
        limit is looked for with the next stamp."""
        newest = self._newest(card, date.max)
        if newest is not None and newest["day"] > self._latest(now):
            return 0
        return self.today(card, now)

    def _given(self, stamps: int, times: int) -> int:
        """How many stamps these were before the factor; a part of one counts as one."""
        return sum(1 for first in range(0, stamps, times))

    def times(self, now: datetime, asked_at: datetime | None = None) -> int:
        """The factor when the act was asked for. A time in the future, or more than a day ago, counts as now."""
        at = now
        if asked_at is not None and now - timedelta(days=1) <= asked_at <= now:
            at = asked_at
        hour = at.astimezone(ZoneInfo(self.timezone)).hour
        return max([1, *(times for since, until, times in self.happy if since <= hour < until)])

    def once(self, key: str, request: Any, act: Any) -> Any:
        if key in self.outcomes:
            first_request, outcome = self.outcomes[key]
            if first_request != request:
                raise Refused("operation_key_reused")
            return outcome
        outcome = act()
        self.outcomes[key] = (request, outcome)
        return outcome

    def stamp(self, card: str, who: str, count: int, now: datetime, asked_at: datetime | None = None) -> Any:
        if self.price is not None:
            raise Refused("stamps_by_amount")
        self._check_limits(card, count, now)
        times = self.times(now, asked_at)
        return self._give(card, who, count * times, now, times)

    def buy(self, card: str, who: str, cents: int, now: datetime, asked_at: datetime) -> Any:
        if self.price is None:
            raise Refused("points_not_enabled")
        times = self.times(now, asked_at)
        paid = self.left_over.get(card, 0) + cents * times
        stamps, rest = 0, paid
        while rest >= self.price:
            stamps, rest = stamps + 1, rest - self.price
        if stamps:
            self._check_limits(card, self._given(stamps, times), now)
        before, self.left_over[card] = self.left_over.get(card, 0), rest
        return self._give(card, who, stamps, now, times, rest - before)

    def _check_limits(self, card: str, count: int, now: datetime) -> None:
        newest = self.newest_standing(card, now)
        if self.cooldown_minutes and newest is not None and newest["at"] <= now + A_WEEK:
            free_at = newest["at"] + self.cooldown_minutes * MINUTE
            if now < free_at:
                raise Refused("cooldown_active", until=free_at)
        day = self.day(card, now)
        if self.daily_limit is not None and self.today(card, now) + count > self.daily_limit:
            midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(self.timezone)) + timedelta(
                days=1
            )
            raise Refused("daily_limit_reached", limit=self.daily_limit, resets_at=midnight.astimezone(UTC))

    def stamp_approved(self, card: str, who: str, count: int, now: datetime) -> Any:
        """A manager has approved: limit and cooldown are not checked, but the stamps count for later ones."""
        self._ask(who, now)
        times = self.times(now)
        return self._give(card, who, count * times, now, times)

    def void_approved(self, card: str, who: str, number: int, now: datetime) -> Any:
        """A manager has approved: it does not matter whose act it is, nor how old."""
        act = self._named(card, number)
        if act["over"]:
            raise Refused("entry_already_voided")
        self._ask(who, now)
        return self._take_whole(card, who, act, now)

    def _ask(self, who: str, now: datetime) -> None:
        before = [at for at in self.asked.get(who, []) if now - at <= 60 * MINUTE]
        if len(before) >= 10:
            raise Refused("requests_too_many", highest=10)
        self.asked.setdefault(who, []).append(now)
        for manager in self.managers - {who}:
            self.messages += [("approval_asked", manager), ("approval_settled", manager)]
        self.messages.append(("approval_answered", who))

    def take_over(self, card: str, who: str, count: int, now: datetime) -> Any:
        """Stamps from paper: once, on the card's first day, and never a whole card."""
        zone, most = ZoneInfo(self.timezone), min(self.paper_max, self.target - 1)
        is_new = self.made[card].astimezone(zone).date() == now.astimezone(zone).date()
        before = [act for _, _, act in self.history(card) if act["what"] == "paper" and not act["over"]]
        if before or not is_new or most < 1:
            raise Refused("paper_over")
        if count > most:
            raise Refused("paper_too_many", highest=most)
        return self._give(card, who, count, now, 1, what="paper")

    def _give(
        self,
        card: str,
        who: str,
        count: int,
        now: datetime,
        times: int,
        rest: int = 0,
        what: str = "stamp",
    ) -> Any:
        day = self.day(card, now)
        before = self.stamps.setdefault(card, [])
        since = max([now, *(stamp["since"] for stamp in before)])
        given = [
            {"of": self.turns + 1, "is": "on the card", "owed": False, "since": since} for _ in range(count)
        ]
        before.extend(given)
        return self._append(
            card,
            what=what,
            by=who,
            at=now,
            day=day,
            change=count,
            left=count,
            times=times,
            rest=rest,
            over=False,
        )

    def redeem(self, card: str, who: str, now: datetime) -> Any:
        if self.balance(card) < self.target:
            raise Refused("not_enough_stamps", have=self.balance(card), need=self.target)
        spent = [stamp for stamp in self.stamps[card] if stamp["is"] == "on the card"][: self.target]
        for stamp in spent:
            stamp["is"] = "spent"
        self._settle_cookies(card, 1)
        return self._append(
            card,
            what="redeem",
            by=who,
            at=now,
            change=-self.target,
            left=self.target,
            spent=spent,
            over=False,
        )

    def cookies(self, card: str, stamps: int | None = None) -> int:
        """How many cookies are still to be handed out; negative if stamps were taken back after one was."""
        if self.cookie_at is None:
            return 0
        stamps = self.balance(card) if stamps is None else stamps
        so_far = (stamps + self.target - self.cookie_at) // self.target
        return so_far + self.cookies_settled.get(card, 0)

    def hand_out_cookie(self, card: str, who: str, now: datetime) -> Any:
        if self.cookie_at is None:
            raise Refused("reward_changed")
        if self.cookies(card) <= 0:
            if self.balance(card) % self.target >= self.cookie_at or self.balance(card) >= self.target:
                raise Refused("interim_reward_taken", reward="A cookie")
            raise Refused("not_enough_stamps", have=self.balance(card), need=self.cookie_at)
        self._settle_cookies(card, -1)
        return self._append(card, what="cookie", by=who, at=now, change=0, left=1, over=False)

    def _settle_cookies(self, card: str, by: int) -> None:
        if self.cookie_at is not None:
            self.cookies_settled[card] = self.cookies_settled.get(card, 0) + by

    def merge(self, card: str, other: str, who: str, now: datetime) -> Any:
        if who not in self.managers:
            raise Refused("not_allowed")
        count, rest = self.balance(other), self.left_over.pop(other, 0)
        self.left_over[card] = self.left_over.get(card, 0) + rest
        ready = max(0, self.cookies(card)) + max(0, self.cookies(other))
        self._settle_cookies(card, self.cookies_settled.pop(other, 0))
        if ready > 0 and self.cookies(card, self.balance(card) + count) < ready:
            self._settle_cookies(card, ready - self.cookies(card, self.balance(card) + count))
        both = self.stamps.get(card, []) + self.stamps.pop(other, [])
        self.stamps[card] = sorted(both, key=lambda stamp: stamp["since"])
        self.acts[other].append(
            self._next({"what": "out", "by": who, "at": now, "change": -count, "left": 0})
        )
        come = self._next({"what": "in", "by": who, "at": now, "change": count, "left": 0, "other": other})
        self.acts[card].append(come)
        self.messages += [("cards_merged", card), ("cards_merged", other), ("move_asked", other)]
        self.messages += [("move_answered", manager) for manager in self.managers]
        return {
            "number": len(self.acts[card]) - 1,
            "change": count,
            "shortfall": 0,
            "stamps": self.balance(card),
            "rest": rest,
        }

    def _next(self, act: dict[str, Any]) -> dict[str, Any]:
        self.turns += 1
        return act | {"turn": self.turns}

    def void_act(self, card: str, who: str, number: int, note: str | None, now: datetime) -> Any:
        """``number`` is the act's place in the card's history."""
        act = self._named(card, number)
        if act["over"]:
            raise Refused("entry_already_voided")
        self._check_right(act, who, note, now)
        return self._take_whole(card, who, act, now)

    def undo(self, card: str, who: str, number: int, now: datetime) -> Any:
        act = self._named(card, number)
        if act["by"] != who:
            raise Refused("not_allowed")
        if now - act["at"] > MINUTE:
            raise Refused("undo_too_late")
        if act["over"]:
            raise Refused("entry_already_voided")
        return self._take_whole(card, who, act, now)

    def void_newest(self, card: str, who: str, note: str | None, now: datetime) -> Any:
        for _, _, act in reversed(self.history(card)):
            if act["what"] in ("void", "out", "in") or act["over"]:
                continue
            if who in self.managers or self._is_own_and_recent(act, who, now):
                self._check_right(act, who, note, now)
                return self._take_whole(card, who, act, now)
        raise Refused("nothing_to_void")

    def void_number(self, card: str, who: str, count: int, note: str | None, now: datetime) -> Any:
        stamps = [
            act for _, _, act in self.history(card) if act["what"] == "stamp" for _ in range(act["left"])
        ]
        if not stamps:
            raise Refused("nothing_to_void")
        if len(stamps) < count:
            raise Refused("not_enough_stamps", have=len(stamps), need=count)
        taken = stamps[len(stamps) - count :]
        for act in reversed(taken):
            self._check_right(act, who, note, now)
        if taken[-1]["left"] == count:
            return self._take_whole(card, who, taken[-1], now)
        for act in taken:
            act["left"] -= 1
            act["over"] = act["left"] == 0
        return self._void_stamps(card, who, count, self.stamps[card][::-1], now)

    def _named(self, card: str, number: int) -> dict[str, Any]:
        _, _, act = self.history(card)[number]
        if act["what"] in ("void", "out", "in"):
            raise Refused("nothing_to_void")
        return act

    def _is_own_and_recent(self, act: dict[str, Any], who: str, now: datetime) -> bool:
        return bool(act["by"] == who and now - act["at"] <= 15 * MINUTE)

    def _check_right(self, act: dict[str, Any], who: str, note: str | None, now: datetime) -> None:
        if self._is_own_and_recent(act, who, now):
            return
        if who in self.managers:
            if not note:
                raise Refused("void_reason_missing")
        elif act["by"] == who:
            raise Refused("void_too_late", minutes=15)
        else:
            raise Refused("not_allowed")

    def _take_whole(self, card: str, who: str, act: dict[str, Any], now: datetime) -> Any:
        left, act["left"], act["over"] = act["left"], 0, True
        if act["what"] in ("stamp", "paper"):
            turn = act["turn"]
            own_first = sorted(self.stamps[card], key=lambda stamp: stamp["of"] != turn)
            before = self.left_over.get(card, 0)
            left = self._without(card, act["rest"], left)
            rest = self.left_over.get(card, 0) - before
            return self._void_stamps(card, who, left, own_first, now, of=turn, rest=rest)
        if act["what"] == "cookie":
            self._settle_cookies(card, 1)
            return self._append(card, what="void", by=who, at=now, change=0, left=0)
        self._settle_cookies(card, -1)
        self._settle_owed(card, act["spent"])
        back = [stamp for stamp in act["spent"] if not stamp["owed"]]
        for stamp in act["spent"]:
            stamp["is"] = "gone" if stamp["owed"] else "on the card"
        return self._append(
            card, what="void", by=who, at=now, change=len(back), left=0, shortfall=left - len(back)
        )

    def _settle_owed(self, card: str, spent: list[dict[str, Any]]) -> None:
        """What is owed for an act is kept back from whichever of its redemptions is voided first."""
        here = {id(stamp) for stamp in spent}
        elsewhere = [stamp for stamp in self.stamps[card] if stamp["owed"] and stamp["is"] == "spent"]
        for stamp in spent:
            for other in elsewhere:
                if (
                    id(other) not in here
                    and other["of"] == stamp["of"]
                    and other["owed"]
                    and not stamp["owed"]
                ):
                    stamp["owed"], other["owed"] = True, False

    def _without(self, card: str, rest: int, stamps: int) -> int:
        """How many stamps go when ``rest`` is not left over any more: one more if later purchases had made a stamp of
        it, one less if what they left makes that stamp without it."""
        if rest and self.price is not None:
            self.left_over[card] -= rest
            while self.left_over[card] < 0:
                self.left_over[card] += self.price
                stamps += 1
            while self.left_over[card] >= self.price and stamps:
                self.left_over[card] -= self.price
                stamps -= 1
        return stamps

    def _void_stamps(
        self,
        card: str,
        who: str,
        wanted: int,
        order: list[dict[str, Any]],
        now: datetime,
        of: int | None = None,
        rest: int = 0,
    ) -> Any:
        """Takes stamps from the card in this ``order``. Those that were spent already are owed."""
        taken = [stamp for stamp in order if stamp["is"] == "on the card"][:wanted]
        for stamp in taken:
            stamp["is"] = "gone"
        short = wanted - len(taken)
        spent = [stamp for stamp in order if stamp["is"] == "spent" and not stamp["owed"]]
        for stamp in [stamp for stamp in spent if of in (None, stamp["of"])][:short]:
            stamp["owed"] = True
        if short:
            self._alert_managers()
        had_for_nothing = max(0, -self.cookies(card))
        done = self._append(
            card, what="void", by=who, at=now, change=-len(taken), left=0, shortfall=short, rest=rest
        )
        if max(0, -self.cookies(card)) > had_for_nothing:
            self._alert_managers()
        return done

    def _alert_managers(self) -> None:
        self.messages += [("staff_alert", manager) for manager in self.managers]

    def _append(self, card: str, **act: Any) -> Any:
        before = self.balance(card)
        self.acts[card].append(self._next(act))
        after = self.balance(card)
        self.messages.append(("receipt", card))
        had = before // self.target + max(0, self.cookies(card, before))
        if after // self.target + max(0, self.cookies(card, after)) > had:
            self.messages.append(("reward_ready", card))
        return {
            "number": len(self.acts[card]) - 1,
            "change": act["change"],
            "shortfall": act.get("shortfall", 0),
            "stamps": after,
            "rest": act.get("rest", 0),
        }
