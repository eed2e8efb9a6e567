"""A walk through a shop's years: acts, jobs, messages that arrive or do not, new terms, clocks that jump, restarts.

``Picks`` chooses each step; the store and the model must agree after every one.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any, TypeVar

import pytest

from domain.entry import Entry
from domain.expiry import ExpiryKind, Unit
from domain.merchant import PointReward, ProgramKind
from domain.multipliers import read_multiplier
from domain.refusals import Refusal
from domain.usecases.posting import Posted
from tests.support.balance_model import UNITS, Act, BalanceModel, Refused
from tests.support.clock import Clock
from tests.support.databases import SyncDatabase
from tests.support.nights import Nights, gives_bonus
from tests.support.shop import Holder, Town, count_of, shortfall_of

ChoiceT = TypeVar("ChoiceT")
COSTS = (5, 12, 40)
POLICIES = [("never", 1), ("lot", 1), ("lot", 2), ("lot", 3), ("inactivity", 1), ("inactivity", 2)]
STARTS = [
    datetime(2026, 6, 15, 9, tzinfo=UTC),
    datetime(2026, 3, 28, 21, tzinfo=UTC),
    datetime(2026, 10, 24, 20, tzinfo=UTC),
    datetime(2027, 12, 31, 22, tzinfo=UTC),
    datetime(2028, 1, 31, 11, tzinfo=UTC),
]
TIMEZONES = ["Europe/Luxembourg", "UTC", "America/New_York", "Pacific/Auckland", "America/Havana"]
RATES = [1000, 1000, 333, 20, 1500]
HAPPY: dict[tuple[str, ...], list[tuple[set[int], int, int, int]]] = {
    (): [],
    ("Mon-Fri 8-12 2", "Wed-Sun 10-20 3"): [({0, 1, 2, 3, 4}, 8, 12, 2), ({2, 3, 4, 5, 6}, 10, 20, 3)],
    ("Mon-Sun 2", "Sat 7"): [({0, 1, 2, 3, 4, 5, 6}, 0, 24, 2), ({5}, 0, 24, 7)],
}
"""The multipliers of the shop, and the same for the model."""
ADJUSTMENTS = [-20, -3, -1, 1, 7, 50]
HOURS = [1, 6, 24, 24, 24, 48, 24 * 7, 24 * 13, 24 * 14, 24 * 15, 24 * 31, 24 * 100]
REWARD_DAYS = [None, None, 30, 45, 90]
BONUS_DAYS = [0, 1, 3, 7, 13, 14, 15, 30, 75]
HOURS_BACK = [1, 24, 24 * 40]


class Picks:
    """Where the walk's decisions come from."""

    def __init__(self, one_of: Callable[[Sequence[Any]], Any]) -> None:
        self._one_of = one_of

    def of(self, choices: Sequence[ChoiceT]) -> ChoiceT:
        picked: ChoiceT = self._one_of(choices)
        return picked


class BalanceWalk:
    def __init__(self, open_database: Callable[[Clock], SyncDatabase], picks: Picks) -> None:
        self.picks = picks
        self.clock = Clock(picks.of(STARTS))
        self.database = open_database(self.clock)
        self.town = Town(self.database)
        self.nights = Nights(self.town, page=picks.of([1, 2, 100]))
        policy = picks.of(POLICIES)
        timezone = picks.of(TIMEZONES)
        bonus = picks.of([0, 0, 4])
        rate, carries, happy = picks.of(RATES), picks.of([True, True, False]), picks.of([*HAPPY])
        reward_days = picks.of(REWARD_DAYS)
        self.shop = self.town.opens_shop(
            points_per_unit_milli=rate,
            carry_over=carries,
            multipliers=tuple(map(read_multiplier, happy)) or None,
            kind=ProgramKind.HYBRID,
            timezone=timezone,
            stamps_target=3,
            point_rewards=tuple(PointReward(cost=cost, name=f"For {cost}") for cost in COSTS),
            welcome_bonus=bonus,
            paper_stamps_max=9,
            paper_cards_daily_max=1000,
            expiry_kind=ExpiryKind(policy[0]),
            expiry_months=policy[1],
            reward_valid_days=reward_days,
        )
        self.model = BalanceModel(
            timezone=timezone,
            target=3,
            costs=COSTS,
            policy=policy,
            policy_since=self.clock.now,
            rate=Fraction(rate, 1000),
            carries=carries,
            happy=HAPPY[happy],
            reward_days=reward_days,
        )
        self.anna = self.shop.hires("Anna")
        self.bonus = bonus
        self.holders: dict[str, Holder] = {}
        self.merged: dict[str, Holder] = {}
        self.looked_at: dict[str, datetime] = {}
        self.is_spread = True
        for name in ("Léa", "Marc"):
            self._joins(name)

    def _joins(self, name: str) -> None:
        self.holders[name] = self.shop.gives_card(name)
        self.looked_at[name] = self.clock.now
        self.model.open_card(name, self.clock.now)
        self.nights.knows(self.holders[name].account)
        if self.bonus:
            self.model.award(name, "bonus", "points", self.bonus, self.clock.now)

    def steps(self, count: int) -> None:
        """Takes so many steps, then proves everything. The database is closed in any case."""
        try:
            for _ in range(count):
                self.step()
            self.proves()
        finally:
            self.database.close()

    def step(self) -> None:
        what = self.picks.of(STEPS)
        what(self)
        self.agrees()

    # At the counter

    def stamps(self) -> None:
        card, count = self._card(), self.picks.of([1, 2, 3, 5])
        asked_at = self._asked_at()
        self._compare(
            lambda: self.model.stamp(card, count, asked_at, self.clock.now),
            lambda: self.shop.stamps(self.anna, self.holders[card], count, asked_at=asked_at),
        )

    def begins_from_paper(self) -> None:
        card, count = self.picks.of([*self.holders]), self.picks.of([1, 2, 2, 3])
        self._compare(
            lambda: self.model.take_over(card, count, self.clock.now),
            lambda: self.shop.takes_over(self.anna, self.holders[card], count),
        )

    def earns(self) -> None:
        card, cents = self._card(), self.picks.of([1_00, 4_00, 10_00, 33_00, 1, 50, 3_33, 19_99])
        asked_at = self._asked_at()
        self._compare(
            lambda: self.model.earn(card, cents, asked_at, self.clock.now),
            lambda: self.shop.earns(self.anna, self.holders[card], cents, asked_at=asked_at),
        )

    def earning_terms_change(self) -> None:
        """What is left over of purchases does not change with the terms."""
        rate, carries, happy = self.picks.of(RATES), self.picks.of([True, False]), self.picks.of([*HAPPY])
        self.shop.changes_terms(
            points_per_unit_milli=rate,
            carry_over=carries,
            multipliers=tuple(map(read_multiplier, happy)) or None,
        )
        self.model.rate, self.model.carries, self.model.happy = Fraction(rate, 1000), carries, HAPPY[happy]

    def _asked_at(self) -> datetime:
        """Now, or as long ago as a PIN, a queue or an outage takes."""
        return self.clock.now - timedelta(minutes=self.picks.of([0, 0, 1, 10, 180]))

    def redeems(self) -> None:
        card = self._card()
        self._compare(
            lambda: self.model.redeem(card, "stamps", 3, self.clock.now),
            lambda: self.shop.redeems(self.anna, self.holders[card]),
        )

    def redeems_points(self) -> None:
        card, position = self._card(), self.picks.of(range(len(COSTS)))
        self._compare(
            lambda: self.model.redeem(card, "points", COSTS[position], self.clock.now),
            lambda: self.shop.redeems_points(self.anna, self.holders[card], position),
        )

    def adjusts(self) -> None:
        card, points = self._card(), self.picks.of(ADJUSTMENTS)
        self._compare(
            lambda: self.model.adjust(card, points, self.clock.now),
            lambda: self.shop.adjusts(self.shop.owner, self.holders[card], points),
        )

    def gets_a_bonus(self) -> None:
        """The bonus has an end of its own."""
        card, unit, count = self._card(), self.picks.of(UNITS), self.picks.of([1, 4, 9])
        days = self.picks.of(BONUS_DAYS)
        gives_bonus(self.shop, self.holders[card], Unit(unit), count, days)
        self.model.bonus(card, unit, count, days, self.clock.now)

    def voids_a_recent_act(self) -> None:
        """Names the card that the act was on, which may be merged by now."""
        card, ago = self._card(), self.picks.of([1, 1, 2, 3, 5, 8])
        history = self.model.history(card)
        number = len(history) - ago
        if number >= 0:
            on, place, _ = history[number]
            named = self.merged.get(on, self.holders[card])
            entry_id = self.shop.entries(named)[place].entry_id
            self._compare(
                lambda: self.model.void(card, number, self.clock.now),
                lambda: self.shop.voids(self.shop.owner, named, entry=entry_id, reason="a slip"),
            )

    def voids_a_number(self) -> None:
        card, count = self._card(), self.picks.of([1, 2, 4])
        self._compare(
            lambda: self.model.void_number(card, count, self.clock.now),
            lambda: self.shop.voids(self.shop.owner, self.holders[card], count=count, reason="a slip"),
        )

    # Without anybody at the counter

    def looks_at_all(self) -> None:
        self._looks(list(self.holders), lambda: self.nights.looks_at(self.shop, *self.holders.values()))

    def looks_at_what_is_due(self) -> None:
        due = []
        for name, holder in self.holders.items():
            look_at = self.shop.card(holder).expiry_look_at
            if look_at is not None and look_at <= self.clock.now:
                due.append(name)
        self._looks(due, self.nights.looks)

    def nights_pass(self) -> None:
        """Nights on which everything works."""
        for _ in range(self.picks.of([2, 15])):
            self.clock.passes(days=1)
            self.looks_at_what_is_due()
            self.messages_arrive()

    def messages_arrive(self) -> None:
        self.nights.delivers()
        self.model.deliver(self.clock.now)

    def messages_are_given_up(self) -> None:
        self.nights.gives_up()
        self.model.give_up(self.clock.now)

    def holder_blocks_or_unblocks(self) -> None:
        card = self._card()
        if card in self.model.unreachable:
            self.nights.is_unblocked_by(self.holders[card])
            self.model.unreachable.remove(card)
        else:
            self.nights.is_blocked_by(self.holders[card])
            self.model.unreachable.add(card)

    def card_moves(self) -> None:
        """Nothing on the card changes, and messages that wait for its holder arrive on the new account."""
        card = self._card()
        self.holders[card] = self.shop.moves_card(self.holders[card])
        self.nights.knows(self.holders[card].account)
        self.model.unreachable.discard(card)

    def cards_merge(self) -> None:
        """The other card is closed; its holder gets a new one with another account."""
        card = self._card()
        [other] = set(self.holders) - {card}
        self.shop.merges(self.shop.owner, self.holders[card], self.holders[other])
        closed = f"{other} {len(self.merged)}"
        self.merged[closed] = self.holders[other]
        self.model.is_called(other, closed)
        self.model.merge(card, closed, self.clock.now)
        self.looked_at[card] = self.clock.now
        self._joins(other)

    def policy_changes(self) -> None:
        policy = self.picks.of(POLICIES)
        self.shop.changes_terms(expiry_kind=ExpiryKind(policy[0]), expiry_months=policy[1])
        self.model.change_policy(policy, self.clock.now)
        self.is_spread = False

    def reward_terms_change(self) -> None:
        """Rewards that are ready keep the days that they were promised."""
        days = self.picks.of(REWARD_DAYS)
        self.shop.changes_terms(reward_valid_days=days)
        self.model.change_reward_days(days, self.clock.now)
        self.is_spread = False

    def terms_spread(self) -> None:
        self.nights.spreads()
        self.is_spread = True

    # Time and restarts

    def time_passes(self) -> None:
        self.clock.passes(hours=self.picks.of(HOURS))

    def expiry_comes(self) -> None:
        """Sets the clock to the instant at which something expires or has to be warned of, or to just before it."""
        card, unit = self._card(), self.picks.of([*UNITS, "reward"])
        if due := self.model.due(card, unit):
            next_one = self.picks.of(due)
            before = self.picks.of([timedelta(), next_one["notice"]])
            moment = next_one["at"] - before - timedelta(microseconds=self.picks.of([0, 1]))
            self.clock.is_at(max(self.clock.now, moment))

    def clock_goes_back(self) -> None:
        self.clock.passes(hours=-self.picks.of(HOURS_BACK))

    def bot_restarts(self) -> None:
        self.database.reopen()

    # What must hold

    def agrees(self) -> None:
        """Balances are as the model says, and no card would be looked at too late."""
        for name, holder in self.holders.items():
            card = self.shop.card(holder)
            assert card.stamp_count == self.model.balance(name, "stamps")
            assert card.points_balance == self.model.balance(name, "points")
            assert Fraction(card.points_carried_nano or 0, 10**9) == self.model.left[name]
            assert card.entry_count == len(self.model.acts[name])
            if not self.is_spread:
                continue
            for unit in (*UNITS, "reward"):
                for due in self.model.due(name, unit):
                    opens_at = due["at"] - due["notice"]
                    hint = card.reward_ends_at if unit == "reward" else card.expires_at(Unit(unit))
                    assert hint is not None
                    assert unit == "reward" or hint <= due["at"]
                    gate = self.model.gate(name, unit, due, self.clock.now) or opens_at
                    again = self.looked_at[name] + timedelta(days=1)
                    assert card.expiry_look_at is not None
                    assert card.expiry_look_at <= max(gate, again, opens_at)

    def proves(self) -> None:
        """Every entry is as the model says, and ``verify`` finds nothing."""
        for name, holder in (self.holders | self.merged).items():
            found = [_told(entry) for entry in self.shop.entries(holder)]
            assert found == [_expected(act) for act in self.model.acts[name]]
        assert self.database.violations() == []

    def _card(self) -> str:
        """Mostly the same card, so that much happens on it."""
        return self.picks.of(["Léa", "Léa", "Léa", "Marc"])

    def _looks(self, due: Sequence[str], look: Callable[[], Any]) -> None:
        expected = [self.model.look(name, self.clock.now) for name in due]
        for name in due:
            self.looked_at[name] = self.clock.now
        found = look()
        warned, expired = sum(one[0] for one in expected), sum(one[1] for one in expected)
        assert (found.warned, found.expired) == (warned, expired)

    def _compare(self, expect: Callable[[], Act], ask: Callable[[], Posted]) -> None:
        try:
            expected = expect()
        except Refused as refused:
            code = str(refused)
        else:
            _compare_outcome(expected, ask())
            return
        with pytest.raises(Refusal) as told:
            ask()
        assert told.value.code == code


def _compare_outcome(expected: Act, outcome: Posted) -> None:
    if "shortfall" in expected:
        assert (count_of(outcome), shortfall_of(outcome)) == (abs(expected["change"]), expected["shortfall"])


def _told(entry: Entry) -> tuple[int, int, int, datetime, Fraction]:
    rest = Fraction(entry.points_carried_nano or 0, 10**9)
    return entry.stamps_delta, entry.points_delta, entry.shortfall(entry.unit), entry.occurred_at, rest


def _expected(act: Act) -> tuple[int, int, int, datetime, Fraction]:
    rest = act.get("rest", Fraction(0))
    if act["what"] in ("in", "out"):
        return act["change"], act["points"], 0, act["at"], rest
    stamps, points = (act["change"], 0) if act["unit"] == "stamps" else (0, act["change"])
    return stamps, points, act.get("shortfall", 0), act["at"], rest


STEPS: list[Callable[[BalanceWalk], None]] = [
    *[BalanceWalk.stamps] * 3,
    *[BalanceWalk.earns] * 3,
    *[BalanceWalk.begins_from_paper] * 2,
    *[BalanceWalk.redeems] * 2,
    *[BalanceWalk.redeems_points] * 2,
    BalanceWalk.adjusts,
    *[BalanceWalk.gets_a_bonus] * 2,
    *[BalanceWalk.voids_a_recent_act] * 3,
    BalanceWalk.voids_a_number,
    *[BalanceWalk.looks_at_all] * 2,
    *[BalanceWalk.looks_at_what_is_due] * 2,
    *[BalanceWalk.nights_pass] * 2,
    *[BalanceWalk.messages_arrive] * 2,
    BalanceWalk.messages_are_given_up,
    BalanceWalk.holder_blocks_or_unblocks,
    BalanceWalk.card_moves,
    BalanceWalk.cards_merge,
    BalanceWalk.policy_changes,
    BalanceWalk.reward_terms_change,
    BalanceWalk.earning_terms_change,
    *[BalanceWalk.terms_spread] * 2,
    *[BalanceWalk.time_passes] * 3,
    *[BalanceWalk.expiry_comes] * 4,
    BalanceWalk.clock_goes_back,
    BalanceWalk.bot_restarts,
]
