"""A second implementation of stamps, points and their expiry, in dictionaries and without using the rules.

Each act changes the lots at once; nothing is derived again from the history.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import floor
from typing import Any
from zoneinfo import ZoneInfo

UNITS = ("stamps", "points")
FORTNIGHT = timedelta(days=14)
LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
Act = dict[str, Any]


class Refused(Exception):
    """Its text is the code of the refusal."""


@dataclass
class BalanceModel:
    """One merchant. An act is a dictionary; its number is its place in ``acts`` of the card."""

    timezone: str
    target: int
    costs: tuple[int, ...]
    policy: tuple[str, int]
    policy_since: datetime
    acts: dict[str, list[Act]] = field(default_factory=dict)
    lots: dict[tuple[str, str], list[Act]] = field(default_factory=dict)
    lapses: dict[tuple[str, str], list[datetime]] = field(default_factory=dict)
    begun: dict[tuple[str, str], datetime] = field(default_factory=dict)
    warnings: dict[tuple[str, str, datetime], Act] = field(default_factory=dict)
    messages: list[Act] = field(default_factory=list)
    unreachable: set[str] = field(default_factory=set)
    turns: int = 0
    rate: Fraction = Fraction(1)
    """Points for one euro."""
    carries: bool = False
    left: dict[str, Fraction] = field(default_factory=dict)
    """By card, what is left over below a point."""
    happy: list[tuple[set[int], int, int, int]] = field(default_factory=list)
    """Multipliers: weekdays, first hour, hour of the end, factor."""
    reward_days: int | None = None
    reward_terms: list[tuple[datetime, int | None]] = field(default_factory=list)
    """Earlier values of ``reward_days``, each with the time until which it held."""

    made: dict[str, datetime] = field(default_factory=dict)
    """By card, when it was made."""

    def open_card(self, card: str, now: datetime) -> None:
        self.acts[card] = []
        self.made[card] = now
        self.left[card] = Fraction(0)
        for unit in UNITS:
            self.lots[card, unit] = []
            self.lapses[card, unit] = []

    def history(self, card: str) -> list[tuple[str, int, Act]]:
        """All acts of a card and of those merged into it, in order: the card of each, its number there, the act."""
        found = [(card, number, act) for number, act in enumerate(self.acts[card])]
        for act in self.acts[card]:
            if act["what"] == "in":
                found += self.history(act["other"])
        return sorted(found, key=lambda each: each[2]["turn"])

    def is_called(self, card: str, name: str) -> None:
        """Renames a card."""
        kept: list[dict[Any, Any]] = [self.lots, self.lapses, self.begun, self.warnings]
        for facts in kept:
            for key in [key for key in facts if key[0] == card]:
                facts[(name, *key[1:])] = facts.pop(key)
        self.acts[name] = self.acts.pop(card)
        self.left[name] = self.left.pop(card)
        self.made[name] = self.made.pop(card)
        self.unreachable.discard(card)

    def merge(self, card: str, other: str, now: datetime) -> None:
        """Moves everything on the other card over as it is, with its dates and warnings."""
        have = [self.balance(other, unit) for unit in UNITS]
        for unit in UNITS:
            sources = [name for name in (card, other) if self._ordinary(name, unit)] or [card, other]
            begun = [self.begun[name, unit] for name in sources if (name, unit) in self.begun]
            if begun:
                self.begun[card, unit] = min(begun)
            both = self.lots[card, unit] + self.lots[other, unit]
            self.lots[card, unit] = sorted(both, key=lambda lot: lot["since"])
            self.lots[other, unit] = []
            self.lapses[card, unit] += self.lapses[other, unit]
        for (name, unit, at), warning in list(self.warnings.items()):
            if name == other and not warning["used"]:
                self._say_too(card, unit, at, warning)
        stamps, points = have
        rest = self.left[other]
        self.left[other], self.left[card] = Fraction(0), self.left[card] + rest
        gone = {"unit": "points" if points else "stamps", "stands": 0, "at": now}
        self._note(other, what="out", change=-stamps, points=-points, rest=-rest, **gone)
        self._note(card, what="in", change=stamps, points=points, rest=rest, other=other, **gone)

    def balance(self, card: str, unit: str) -> int:
        return sum(lot["left"] for lot in self.lots[card, unit])

    def _ordinary(self, card: str, unit: str) -> list[Act]:
        """The lots that have something left and no end of their own."""
        return [lot for lot in self.lots[card, unit] if lot["left"] and lot["own_end"] is None]

    # At the counter

    def award(self, card: str, what: str, unit: str, count: int, now: datetime) -> Act:
        return self._award(card, what, unit, count, now, None)

    def bonus(self, card: str, unit: str, count: int, days: int, now: datetime) -> Act:
        """Gives a bonus with an end of its own; its message counts as the warning if the end is near."""
        today = now.astimezone(ZoneInfo(self.timezone)).date()
        end = self._midnight(today + timedelta(days=days + 1))
        done = self._award(card, "bonus", unit, count, now, end)
        if end - now <= FORTNIGHT + timedelta(days=1):
            self._say_too(card, unit, end, {"count": count, "message": self._message(now), "used": False})
        return done

    def _award(
        self, card: str, what: str, unit: str, count: int, now: datetime, own_end: datetime | None
    ) -> Act:
        lots = self.lots[card, unit]
        since = max([now, *self.lapses[card, unit], *(lot["since"] for lot in lots[-1:])])
        lot = {"since": since, "left": count, "lapsed": False, "spent": 0, "owed": 0, "gone": 0}
        lot |= {"own_end": own_end, "notice": FORTNIGHT}
        if own_end is not None:
            lot["notice"] = timedelta(days=min(14, max(0, (own_end - now) // timedelta(days=1))))
        elif count and not self._ordinary(card, unit):
            self.begun[card, unit] = since
        if count:
            lots.append(lot)
        return self._note(
            card, what=what, unit=unit, change=count, stands=count, is_open=True, lot=lot, at=now
        )

    def factor(self, at: datetime) -> int:
        """The highest factor at that hour; they do not add up."""
        wall, best = at.astimezone(ZoneInfo(self.timezone)), 1
        for days, since, until, times in self.happy:
            if wall.weekday() in days and since <= wall.hour < until and times > best:
                best = times
        return best

    def stamp(self, card: str, count: int, asked_at: datetime, now: datetime) -> Act:
        return self.award(card, "stamp", "stamps", count * self.factor(asked_at), now)

    def take_over(self, card: str, count: int, now: datetime) -> Act:
        """Stamps from paper: once, on the card's first day, and never a whole card. It is not a visit."""
        zone = ZoneInfo(self.timezone)
        papers = [act for _, _, act in self.history(card) if act["what"] == "paper" and act["is_open"]]
        if papers or self.made[card].astimezone(zone).date() != now.astimezone(zone).date():
            raise Refused("paper_over")
        if count >= self.target:
            raise Refused("paper_too_many")
        return self.award(card, "paper", "stamps", count, now)

    def earn(self, card: str, cents: int, asked_at: datetime, now: datetime) -> Act:
        worth = Fraction(cents, 100) * self.rate * self.factor(asked_at)
        points, rest = floor(self.left[card] + worth), Fraction(0)
        if self.carries:
            rest = worth - points
        elif points > floor(worth):
            rest = -self.left[card]
        if points == 0 and rest == 0:
            raise Refused("purchase_too_small")
        self.left[card] += rest
        act = self.award(card, "earn", "points", points, now)
        act["rest"] = rest
        return act

    def redeem(self, card: str, unit: str, cost: int, now: datetime) -> Act:
        if self.balance(card, unit) < cost:
            raise Refused(f"not_enough_{unit}")
        lots = self._in_order(card, unit, now)
        each_by_itself = lots is not self.lots[card, unit]
        taken = self._take(lots, cost)
        for lot, part in taken:
            lot["spent"] += part
        facts = {"taken": taken, "each": each_by_itself}
        return self._note(
            card, what="redeem", unit=unit, change=-cost, stands=cost, is_open=True, at=now, **facts
        )

    def _in_order(self, card: str, unit: str, came: datetime | None) -> list[Act]:
        """The lots in the order in which they expire. ``came`` is the time of a visit that is about to count, which
        moves the expiry by inactivity."""
        lots = self.lots[card, unit]
        if not any(lot["left"] and lot["own_end"] for lot in lots):
            return lots
        at = NEVER
        if self.policy[0] == "inactivity" and self._ordinary(card, unit):
            at = self._inactive_at(card, unit, came)
        ends = {
            id(lot): lot["own_end"] or (self.lot_ends(lot) if self.policy[0] == "lot" else at) for lot in lots
        }
        return sorted(lots, key=lambda lot: ends[id(lot)])

    def adjust(self, card: str, points: int, now: datetime) -> Act:
        if points > 0:
            return self.award(card, "adjust", "points", points, now)
        if self.balance(card, "points") < -points:
            raise Refused("not_enough_points")
        self._take(self._in_order(card, "points", None), -points)
        return self._note(card, what="take", unit="points", change=points, stands=0, at=now)

    def void(self, card: str, number: int, now: datetime) -> Act:
        """``number`` is the act's place in ``history``."""
        before = [self.due_by_policy(card, unit) for unit in UNITS]
        done = self._void(card, number, now)
        self._unsay(card, before, now)
        return done

    def _unsay(self, card: str, before: list[datetime | None], now: datetime) -> None:
        """Forgets the warnings of a balance that is overdue only because its visit was taken back: it has to be
        warned of again."""
        for unit, was in zip(UNITS, before, strict=True):
            is_now = self.due_by_policy(card, unit)
            if self.policy[0] == "inactivity" and was and is_now and is_now <= now < was:
                self.warnings.pop((card, unit, is_now), None)

    def _void(self, card: str, number: int, now: datetime) -> Act:
        _, _, act = self.history(card)[number]
        if act["what"] not in ("stamp", "earn", "redeem", "paper"):
            raise Refused("nothing_to_void")
        if not act["is_open"]:
            raise Refused("entry_already_voided")
        wanted = act["stands"]
        if act["what"] == "redeem":
            act["stands"], act["is_open"] = 0, False
            back = self._give_back(card, act, now)
            return self._note(
                card, what="void", unit=act["unit"], change=back, stands=0, shortfall=wanted - back, at=now
            )
        lot = act["lot"]
        wanted, rest = wanted - lot["gone"], act.get("rest", Fraction(0))
        if wanted <= 0 and rest <= 0:
            raise Refused("nothing_to_void")
        act["stands"], act["is_open"] = 0, False
        before = self.left[card]
        wanted = self._without(card, rest, max(wanted, 0))
        own = [lot] if act["change"] else []
        void = self._void_from(
            card, act["unit"], [*own, *self._in_order(card, act["unit"], None)], wanted, now
        )
        void["rest"] = self.left[card] - before
        self._owe(own, void["shortfall"])
        return void

    def _without(self, card: str, rest: Fraction, wanted: int) -> int:
        """How many points go when ``rest`` is not left over any more: one more if later purchases had made a point of
        it, one less if what they left makes that point without it."""
        if not rest:
            return wanted
        self.left[card] -= rest
        while self.left[card] < 0:
            self.left[card] += 1
            wanted += 1
        while self.left[card] >= 1 and wanted:
            self.left[card] -= 1
            wanted -= 1
        return wanted

    def void_number(self, card: str, count: int, now: datetime) -> Act:
        history = [act for _, _, act in self.history(card)]
        stamps = [act for act in history if act["what"] == "stamp" and act["stands"]]
        if not stamps:
            raise Refused("nothing_to_void")
        if sum(act["stands"] for act in stamps) < count:
            raise Refused("not_enough_stamps")
        if stamps[-1]["stands"] == count:
            [number] = [no for no, act in enumerate(history) if act is stamps[-1]]
            return self.void(card, number, now)
        before = [self.due_by_policy(card, unit) for unit in UNITS]
        wanted = count
        for act in reversed(stamps):
            part = min(act["stands"], wanted)
            act["stands"] -= part
            act["is_open"] = act["stands"] > 0
            wanted -= part
        newest_first = self.lots[card, "stamps"][::-1]
        bonuses_last = [lot for lot in newest_first if not lot["own_end"]] + [
            lot for lot in self._in_order(card, "stamps", None)[::-1] if lot["own_end"]
        ]
        void = self._void_from(card, "stamps", bonuses_last, count, now)
        self._owe(newest_first, void["shortfall"])
        self._unsay(card, before, now)
        return void

    def _give_back(self, card: str, redemption: Act, now: datetime) -> int:
        """How much comes back of a redemption. What a void of the award could not take stays away. So does what has
        expired and everything older; if a lot had an end of its own, only what has expired."""
        back, is_over = 0, True
        for lot, count in redemption["taken"]:
            if not count:
                continue
            is_over = (is_over or redemption["each"]) and self._is_over(card, lot, redemption, now)
            debt = min(lot["owed"], count)
            lot["owed"] -= debt
            lot["spent"] -= count
            if not is_over:
                lot["left"] += count - debt
                back += count - debt
        return back

    def _is_over(self, card: str, lot: Act, redemption: Act, now: datetime) -> bool:
        if lot["lapsed"] or (self.policy[0] != "lot" and lot["own_end"] is None):
            return bool(lot["lapsed"])
        end = lot["own_end"] or self.lot_ends(lot)
        warning = self.warnings.get((card, redemption["unit"], end))
        said = warning["message"]["delivered"] if warning and not warning["used"] else None
        until: datetime = max(end, (said or redemption["at"]) + lot["notice"])
        return now >= until

    def _owe(self, lots: list[Act], shortfall: int) -> None:
        for lot in lots:
            part = min(lot["spent"] - lot["owed"], shortfall)
            lot["owed"] += part
            shortfall -= part

    # Without anybody at the counter

    def look(self, card: str, now: datetime) -> tuple[int, int]:
        """Looks at a card. Returns how many warnings were written, and how many balances expired."""
        warned = expired = 0
        for unit in (*UNITS, "reward"):
            to_come = self.due(card, unit)
            while to_come:
                due = to_come.pop(0)
                gate = self.gate(card, unit, due, now)
                if gate is not None and now >= gate:
                    self._lapse(card, unit, due, now)
                    expired += 1
                    to_come = self.due(card, unit)
                elif gate is None and now >= due["at"] - due["notice"]:
                    said = {"count": due["count"], "message": self._message(now), "used": False}
                    self.warnings[card, unit, due["at"]] = said
                    warned += 1
        return warned, expired

    def due(self, card: str, unit: str) -> list[Act]:
        """What expires when, soonest first, whether or not it was warned of: the next by the policy, and all lots
        with an end of their own; of waiting rewards only the first."""
        if unit == "reward":
            return self._due_reward(card)
        every = self.lots[card, unit]
        by_policy, ordinary = self.due_by_policy(card, unit), list[Act]()
        if by_policy:
            ordinary = [
                lot
                for lot in every
                if lot["own_end"] is None
                and (self.policy[0] == "inactivity" or self.lot_ends(lot) <= by_policy)
            ]
        ends = {lot["own_end"] for lot in every if lot["own_end"] and lot["left"]} | {by_policy}
        found = []
        for at in sorted(end for end in ends if end):
            lots = [lot for lot in every if lot["own_end"] == at] + (ordinary if at == by_policy else [])
            left = [lot for lot in lots if lot["left"]]
            notice = max(lot["notice"] for lot in left)
            is_policy = at == by_policy
            found.append(
                {"at": at, "count": sum(lot["left"] for lot in left), "notice": notice, "lots": lots}
            )
            found[-1]["begins_anew"] = is_policy
        return found

    def due_by_policy(self, card: str, unit: str) -> datetime | None:
        lots = self._ordinary(card, unit)
        if not lots or self.policy[0] == "never":
            return None
        return (
            self._inactive_at(card, unit, None) if self.policy[0] == "inactivity" else self.lot_ends(lots[0])
        )

    def gate(self, card: str, unit: str, due: Act, now: datetime) -> datetime | None:
        """When it may expire according to its warning; None when it has to be warned of (again)."""
        warning = self.warnings.get((card, unit, due["at"]))
        if warning is None or warning["used"] or warning["count"] < due["count"]:
            return None
        said = warning["message"]
        if said["written"] < due.get("before", LONG_AGO):
            return None
        at: datetime = due["at"]
        delivered: datetime | None = said["delivered"]
        if delivered is not None:
            notice: timedelta = due["notice"]
            return max(at, delivered + notice)
        if card in self.unreachable:
            return at
        return None if said["failed"] else now + timedelta(days=1)

    def lot_ends(self, lot: Act) -> datetime:
        day = max(lot["since"], self.policy_since).astimezone(ZoneInfo(self.timezone))
        months = day.year * 12 + day.month + self.policy[1]
        return self._midnight(date(months // 12, months % 12 + 1, 1))

    def deliver(self, now: datetime) -> None:
        """Delivers all that waits. A message written before the clock went back waits until that time comes again."""
        for said in self._waiting(now):
            said["delivered"] = now

    def give_up(self, now: datetime) -> None:
        for said in self._waiting(now):
            said["failed"] = True

    def _waiting(self, now: datetime) -> list[Act]:
        return [
            said
            for said in self.messages
            if said["written"] <= now and said["delivered"] is None and not said["failed"]
        ]

    def change_reward_days(self, days: int | None, now: datetime) -> None:
        if days != self.reward_days:
            until = max([now, *(until for until, _ in self.reward_terms)])
            self.reward_terms = [*self.reward_terms, (until, self.reward_days)] if days else []
            self.reward_days = days

    def _due_reward(self, card: str) -> list[Act]:
        """When the oldest full card's stamps expire: counted from the last of them, or from a later merge."""
        stamps = [lot for lot in self.lots[card, "stamps"] for _ in range(lot["left"])]
        if self.reward_days is None or len(stamps) < self.target:
            return []
        since = stamps[self.target - 1]["since"]
        days = [self.reward_days, *(days for until, days in self.reward_terms if since < until)]
        if None in days:
            return []
        history = [act for _, _, act in self.history(card)]
        began = max([since, *(act["at"] for act in history if act["what"] == "in")])
        day = began.astimezone(ZoneInfo(self.timezone)).date()
        at = self._midnight(day + timedelta(days=1 + max(each for each in days if each)))
        had = [
            act["at"]
            for act in history
            if (act["what"], act["unit"]) == ("redeem", "stamps") and act["is_open"]
        ]
        return [{"at": at, "count": self.target, "notice": FORTNIGHT, "before": max(had, default=LONG_AGO)}]

    def change_policy(self, policy: tuple[str, int], now: datetime) -> None:
        if policy != self.policy:
            self.policy, self.policy_since = policy, now

    def _inactive_at(self, card: str, unit: str, coming: datetime | None) -> datetime:
        """When all expires by inactivity. Earning and redeeming are visits; gifts and corrections are not."""
        came = [
            act["at"]
            for _, _, act in self.history(card)
            if act["what"] in ("stamp", "earn", "redeem") and act["is_open"]
        ]
        if coming:
            came.append(coming)
        begun = min(self._ordinary(card, unit)[0]["since"], self.begun[card, unit])
        last = max([begun, self.policy_since, LONG_AGO, *came, *self.lapses[card, unit]])
        day = last.astimezone(ZoneInfo(self.timezone)).date()
        months = day.year * 12 + day.month - 1 + self.policy[1]
        for day_of_month in range(day.day, 27, -1):
            try:
                return self._midnight(date(months // 12, months % 12 + 1, day_of_month) + timedelta(days=1))
            except ValueError:
                continue
        return self._midnight(date(months // 12, months % 12 + 1, day.day) + timedelta(days=1))

    def _midnight(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(self.timezone)).astimezone(UTC)

    def _lapse(self, card: str, unit: str, due: Act, now: datetime) -> None:
        if unit == "reward":
            self.warnings[card, unit, due["at"]]["used"] = True
            for lot, part in self._take(self._in_order(card, "stamps", None), due["count"]):
                lot["gone"] += part
            self._note(card, what="lapse", unit="stamps", change=-due["count"], stands=0, at=now)
            return
        for lot in due["lots"]:
            lot["gone"] += lot["left"]
            lot["left"], lot["lapsed"] = 0, True
        if (card, unit, due["at"]) in self.warnings:
            self.warnings[card, unit, due["at"]]["used"] = True
        if due["begins_anew"]:
            self.lapses[card, unit].append(now)
        self._note(card, what="lapse", unit=unit, change=-due["count"], stands=0, at=now)

    def _message(self, now: datetime) -> Act:
        message = {"written": now, "delivered": None, "failed": False, "turn": len(self.messages)}
        self.messages.append(message)
        return message

    def _say_too(self, card: str, unit: str, at: datetime, warning: Act) -> None:
        """Adds a warning to the one that there is for the same instant; the later message of the two counts."""
        own = self.warnings.get((card, unit, at))
        both_said = [each for each in (own, warning) if each and not each["used"]]
        worst = max(both_said, key=lambda each: _lateness(each["message"]))
        count = sum(each["count"] for each in both_said)
        self.warnings[card, unit, at] = {"count": count, "message": worst["message"], "used": False}

    def _void_from(self, card: str, unit: str, lots: list[Act], wanted: int, now: datetime) -> Act:
        taken = min(wanted, self.balance(card, unit))
        self._take(lots, taken)
        return self._note(
            card, what="void", unit=unit, change=-taken, stands=0, shortfall=wanted - taken, at=now
        )

    def _take(self, lots: list[Act], count: int) -> list[tuple[Act, int]]:
        taken = []
        for lot in lots:
            part = min(lot["left"], count)
            lot["left"] -= part
            count -= part
            taken.append((lot, part))
        return taken

    def _note(self, card: str, **act: Any) -> Act:
        self.turns += 1
        act["turn"] = self.turns
        self.acts[card].append(act)
        return act


def _lateness(message: Act) -> tuple[bool, bool, datetime, int]:
    """Sorts messages by arrival: those that never arrive are the last, before them those that have not arrived
    yet."""
    at = message["delivered"]
    return message["failed"], at is None, at or LONG_AGO, message["turn"]
