"""Acts in any order, by anybody, at any time, repeated, and across restarts: the store and the model must agree.

``SOAK_EXAMPLES`` asks for that many random runs of a hundred steps, instead of a few short ones that are always the
same.
"""

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.account import Account
from domain.approval import ApprovalState
from domain.expiry import Unit
from domain.ids import OperationKey
from domain.kinds import EntryKind
from domain.merchant import InterimReward
from domain.messages import OVER
from domain.multipliers import read_multiplier
from domain.refusals import Refusal
from domain.rules.interim import interim_ready
from domain.staff import Actor, Role
from domain.usecases.posting import Posted
from tests.support.clock import Clock
from tests.support.ledger_model import LedgerModel, Refused
from tests.support.one_thread import OneThread
from tests.support.shop import Holder, Shop, Town

SOAK_EXAMPLES = int(os.environ.get("SOAK_EXAMPLES", "0"))

START = {
    "an ordinary day": datetime(2026, 6, 15, 9, tzinfo=UTC),
    "before clocks go forward": datetime(2026, 3, 28, 21, tzinfo=UTC),
    "before clocks go back": datetime(2026, 10, 24, 20, tzinfo=UTC),
}
TIMEZONES = ["Europe/Luxembourg", "UTC", "America/New_York", "Pacific/Auckland", "Asia/Kathmandu"]

# Most acts are on one card, so that much happens on it.
cards = st.sampled_from(["Léa", "Léa", "Léa", "Marc"])
people = st.sampled_from(["Anna", "Anna", "Bob", "Mia"])
notes = st.sampled_from(["a slip", "a slip", "", None])
counts = st.sampled_from([1, 2, 3, 5])
CENTS = {1: 7_00, 2: 3_50, 3: 10_99, 5: 23_50}
"""What is paid in place of a number of stamps, where a stamp is given for each 7.00."""
minutes_ago = st.sampled_from([0, 0, 2, 90])
HAPPY: dict[tuple[str, ...], list[tuple[int, int, int]]] = {
    (): [],
    ("Mon-Sun 10-12 2", "Mon-Sun 11-15 3"): [(10, 12, 2), (11, 15, 3)],
}
"""The multipliers of the shop, and the same for the model."""
places = st.integers(0, 30)


def machine_settings(*, examples: int, steps: int) -> settings:
    if SOAK_EXAMPLES:
        return settings(
            max_examples=SOAK_EXAMPLES,
            stateful_step_count=100,
            deadline=None,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        )
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )


@dataclass
class Request:
    """An act: ``ask`` asks the store for it, ``expect`` the model; ``card`` and ``what`` tell two requests apart."""

    card: str
    what: tuple[Any, ...]
    key: OperationKey
    ask: Callable[[OperationKey], Posted]
    expect: Callable[[], Any]


class LedgerMachine(RuleBasedStateMachine):
    @initialize(
        timezone=st.sampled_from(TIMEZONES),
        start=st.sampled_from(sorted(START)),
        stamps_target=st.sampled_from([1, 2, 3, 5]),
        cooldown_minutes=st.sampled_from([0, 0, 0, 1, 120]),
        daily_limit=st.sampled_from([None, None, 5, 8, 20]),
        price=st.sampled_from([None, None, 7_00]),
        happy=st.sampled_from([*HAPPY]),
        cookie_at=st.sampled_from([None, 1, 2, 4]),
        paper_max=st.sampled_from([0, 2, 9]),
    )
    def opens_shop(
        self,
        timezone: str,
        start: str,
        stamps_target: int,
        cooldown_minutes: int,
        daily_limit: int | None,
        price: int | None,
        happy: tuple[str, ...],
        cookie_at: int | None,
        paper_max: int,
    ) -> None:
        if cookie_at is not None and cookie_at >= stamps_target:
            cookie_at = None
        cookie = InterimReward(stamps=cookie_at, name="A cookie") if cookie_at else None
        self.clock = Clock(START[start])
        self.database = OneThread(self.clock)
        self.town = Town(self.database)
        self.shop: Shop = self.town.opens_shop(
            timezone=timezone,
            stamps_target=stamps_target,
            cooldown_minutes=cooldown_minutes,
            max_daily_stamps=daily_limit,
            stamp_per_minor=price,
            multipliers=tuple(map(read_multiplier, happy)) or None,
            interim_rewards=(cookie,) if cookie else None,
            paper_stamps_max=paper_max,
            paper_cards_daily_max=1000,
        )
        self.team: dict[str, Actor] = {
            "Anna": self.shop.hires("Anna"),
            "Bob": self.shop.hires("Bob"),
            "Mia": self.shop.hires("Mia", Role.MANAGER),
            "Paul": self.shop.owner,
        }
        self.holders: dict[str, Holder] = {name: self.shop.gives_card(name) for name in ("Léa", "Marc")}
        self.names = {name: name for name in self.holders}
        self.left: dict[Account, str] = {}
        self.model = LedgerModel(
            timezone=timezone,
            target=stamps_target,
            cooldown_minutes=cooldown_minutes,
            daily_limit=daily_limit,
            managers={"Mia", "Paul"},
            cookie_at=cookie_at,
            acts={name: [] for name in self.holders},
            price=price,
            happy=HAPPY[happy],
            made=dict.fromkeys(self.holders, self.clock.now),
            paper_max=paper_max,
        )
        self.asked: list[Request] = []
        self.restarts = 0

    @rule(card=cards, who=people, count=counts, ago=minutes_ago)
    def stamps(self, card: str, who: str, count: int, ago: int) -> None:
        """Gives stamps by number, or for an amount where the shop does so."""
        card, asked_at = self.names[card], self.clock.now - timedelta(minutes=ago)
        if self.model.price is not None:
            self._buys(card, who, CENTS[count], asked_at)
            return
        self._asks(
            card,
            ("stamp", who, count),
            lambda key: self.shop.stamps(
                self.team[who], self.holders[card], count, key=key, asked_at=asked_at
            ),
            lambda: self.model.stamp(card, who, count, self.clock.now, asked_at),
        )

    def _buys(self, card: str, who: str, cents: int, asked_at: datetime) -> None:
        self._asks(
            card,
            ("buy", who, cents),
            lambda key: self.shop.earns(
                self.team[who], self.holders[card], cents, key=key, asked_at=asked_at
            ),
            lambda: self.model.buy(card, who, cents, self.clock.now, asked_at),
        )

    @rule(card=cards, who=people, count=counts, times=st.integers(2, 4), minutes=st.sampled_from([0, 2, 180]))
    def stamps_again_and_again(self, card: str, who: str, count: int, times: int, minutes: int) -> None:
        for _ in range(times):
            self.stamps(card, who, count, 0)
            self.clock.passes(minutes=minutes)

    @rule(card=cards, who=people)
    def redeems(self, card: str, who: str) -> None:
        card = self.names[card]
        self._asks(
            card,
            ("redeem", who),
            lambda key: self.shop.redeems(self.team[who], self.holders[card], key=key),
            lambda: self.model.redeem(card, who, self.clock.now),
        )

    @rule(card=cards, who=people, count=st.sampled_from([1, 2, 4]))
    def begins_from_paper(self, card: str, who: str, count: int) -> None:
        card = self.names[card]
        self._asks(
            card,
            ("paper", who, count),
            lambda key: self.shop.takes_over(self.team[who], self.holders[card], count, key=key),
            lambda: self.model.take_over(card, who, count, self.clock.now),
        )

    @rule(card=cards, who=people)
    def hands_out_a_cookie(self, card: str, who: str) -> None:
        card = self.names[card]
        stamps = self.model.cookie_at or 0
        self._asks(
            card,
            ("cookie", who),
            lambda key: self.shop.hands_out(self.team[who], self.holders[card], stamps=stamps, key=key),
            lambda: self.model.hand_out_cookie(card, who, self.clock.now),
        )

    @rule(card=cards, who=people, place=places, note=notes)
    def voids_an_entry(self, card: str, who: str, place: int, note: str | None) -> None:
        card = self.names[card]
        if not (acts := self.model.history(card)):
            return
        number = place % len(acts)
        self._voids(
            card,
            who,
            {"entry": self._entry_id(card, number)},
            note,
            lambda: self.model.void_act(card, who, number, note, self.clock.now),
        )

    @rule(card=cards, who=people, ago=st.integers(1, 3))
    def undoes(self, card: str, who: str, ago: int) -> None:
        card = self.names[card]
        number = len(self.model.history(card)) - ago
        if number < 0:
            return
        self._voids(
            card,
            who,
            {"entry": self._entry_id(card, number), "is_undo": True},
            None,
            lambda: self.model.undo(card, who, number, self.clock.now),
        )

    @rule(card=cards, who=people, note=notes)
    def voids_the_newest(self, card: str, who: str, note: str | None) -> None:
        card = self.names[card]
        self._voids(card, who, {}, note, lambda: self.model.void_newest(card, who, note, self.clock.now))

    @rule(card=cards, who=people, count=counts, note=notes)
    def voids_a_number(self, card: str, who: str, count: int, note: str | None) -> None:
        card = self.names[card]
        self._voids(
            card,
            who,
            {"count": count},
            note,
            lambda: self.model.void_number(card, who, count, note, self.clock.now),
        )

    @rule(card=cards, who=people, approver=st.sampled_from(["Mia", "Paul"]), count=counts)
    def stamps_with_a_managers_yes(self, card: str, who: str, approver: str, count: int) -> None:
        card = self.names[card]

        def ask(key: OperationKey) -> Posted:
            was_recorded = self._is_approved(card, who, approver, key, count=count)
            done = self.shop.stamps(self.team[who], self.holders[card], count, key=key)
            return replace(done, replayed=was_recorded)

        self._asks(
            card,
            ("stamp", who, count),
            ask,
            lambda: self.model.stamp_approved(card, who, count, self.clock.now),
        )

    @rule(card=cards, who=people, approver=st.sampled_from(["Mia", "Paul"]), place=places)
    def voids_with_a_managers_yes(self, card: str, who: str, approver: str, place: int) -> None:
        card = self.names[card]
        if not (acts := self.model.history(card)):
            return
        number = place % len(acts)
        target = {"entry": self._entry_id(card, number)}

        def ask(key: OperationKey) -> Posted:
            was_recorded = self._is_approved(card, who, approver, key, **target)
            done = self.shop.voids(self.team[who], self.holders[card], **target, key=key)
            return replace(done, replayed=was_recorded)

        self._asks(
            card,
            ("void", who, str(target)),
            ask,
            lambda: self.model.void_approved(card, who, number, self.clock.now),
        )

    def _is_approved(self, card: str, who: str, approver: str, key: OperationKey, **what: Any) -> bool:
        """Has a manager approve it, another one than the asker. Returns whether it was approved before."""
        by = self.team["Paul" if who == approver else approver]
        requested = self.shop.asks_manager(self.team[who], self.holders[card], key=key, **what)
        self.shop.decides(by, requested)
        return requested.approval.state is ApprovalState.APPROVED

    @rule(card=cards, who=people)
    def merges_the_other_card(self, card: str, who: str) -> None:
        """What was on the other card is on this one; its holder gets a new card with another account."""
        other_name = {"Léa": "Marc", "Marc": "Léa"}[card]
        card, other = self.names[card], self.names[other_name]
        self._asks(
            card,
            ("merge", who, other),
            lambda key: self.shop.merges(self.team[who], self.holders[card], self.holders[other], key=key),
            lambda: self.model.merge(card, other, who, self.clock.now),
        )
        if self.model.acts[other] and self.model.acts[other][-1]["what"] == "out":
            again = f"{other_name} {len(self.holders)}"
            self.names[other_name] = again
            self.holders[again] = self.shop.gives_card(again)
            self.model.acts[again] = []
            self.model.made[again] = self.clock.now
            # A request that was refused before would be about another card or act from now on.
            self.asked = [request for request in self.asked if request.key in self.model.outcomes]

    @rule(card=cards, who=people, place=places)
    def stamps_by_the_number_of_a_merged_card(self, card: str, who: str, place: int) -> None:
        card = self.names[card]
        merged = [name for name, _, act in self.model.history(card) if act["what"] == "out"]
        if merged:
            named = self.holders[merged[place % len(merged)]]
            self._asks(
                card,
                ("stamp", who, named.number),
                lambda key: self.shop.stamps(self.team[who], named, 1, key=key),
                lambda: self.model.stamp(card, who, 1, self.clock.now),
            )

    @rule(card=cards)
    def moves_a_card(self, card: str) -> None:
        """Messages that wait for the holder follow the card. The old account is told, and gets no more."""
        card = self.names[card]
        self.left[self.holders[card].account] = f"{card}, before"
        self.holders[card] = self.shop.moves_card(self.holders[card])
        self.model.messages.append(("card_moved", f"{card}, before"))
        self.model.messages += [("move_answered", manager) for manager in self.model.managers]

    @rule(place=places)
    def asks_again(self, place: int) -> None:
        """Repeats a request, unless it was refused and its card is merged by now: it would be asked of the other
        card."""
        if not self.asked:
            return
        request = self.asked[place % len(self.asked)]
        is_merged = any(act["what"] == "out" for act in self.model.acts[request.card])
        if request.key in self.model.outcomes or not is_merged:
            self._compare(request)

    @rule(place=places, card=cards, who=people)
    def uses_an_old_key_for_a_stamp(self, place: int, card: str, who: str) -> None:
        if not self.asked:
            return
        card = self.names[card]
        old = self.asked[place % len(self.asked)]
        request = Request(
            card,
            ("stamp", who, 1),
            old.key,
            lambda key: self.shop.stamps(self.team[who], self.holders[card], 1, key=key),
            lambda: self.model.stamp(card, who, 1, self.clock.now),
        )
        self._compare(request)

    @rule(seconds=st.sampled_from([1, 59, 61, 300, 840, 901, 3600, 7200, 21_600, 86_400, 2_600_000]))
    def time_passes(self, seconds: int) -> None:
        self.clock.passes(seconds=seconds)

    @rule(seconds=st.sampled_from([1, 60, 3600, 86_400, 700_000]))
    def clock_goes_back(self, seconds: int) -> None:
        self.clock.passes(seconds=-seconds)

    @rule(seconds=st.sampled_from([-1, 0, 1]))
    def midnight_comes(self, seconds: int) -> None:
        wall = self.clock.now.astimezone(ZoneInfo(self.model.timezone))
        midnight = datetime(wall.year, wall.month, wall.day, tzinfo=wall.tzinfo) + timedelta(days=1)
        self.clock.is_at(midnight.astimezone(UTC) + timedelta(seconds=seconds))

    @precondition(lambda self: self.restarts < 3)
    @rule()
    def restarts_the_bot(self) -> None:
        self.restarts += 1
        self.database.reopen()

    @invariant()
    def cards_are_as_the_model_says(self) -> None:
        for name, holder in self.holders.items():
            card = self.shop.card(holder)
            assert card.stamp_count == self.model.balance(name)
            assert card.entry_count == len(self.model.acts[name])
            ready = len(interim_ready(card, self.shop.program()))
            assert ready == (0 if card.merged_into else max(0, self.model.cookies(name)))

    def teardown(self) -> None:
        if not hasattr(self, "model"):
            return
        try:
            self._check_entries()
            self._check_messages()
            assert self.database.violations() == []
        finally:
            self.database.close()

    def _check_entries(self) -> None:
        kinds = {
            EntryKind.STAMP_EARNED: "stamp",
            EntryKind.STAMP_REDEEMED: "redeem",
            EntryKind.INTERIM_REDEEMED: "cookie",
            EntryKind.PAPER_STAMPS: "paper",
            EntryKind.MERGED_OUT: "out",
            EntryKind.MERGED_IN: "in",
        }
        for name, holder in self.holders.items():
            found = [
                (kinds.get(entry.kind, "void"), entry.stamps_delta, entry.staff_id, entry.occurred_at)
                for entry in self.shop.entries(holder)
            ]
            assert found == [
                (act["what"], act["change"], self.team[act["by"]].staff_id, act["at"])
                for act in self.model.acts[name]
            ]

    def _check_messages(self) -> None:
        self.clock.is_at(datetime(2100, 1, 1, tzinfo=UTC))
        names = {actor.account: name for name, actor in self.team.items()}
        names |= self.left | {holder.account: name for name, holder in self.holders.items()}
        told = [message for message in self.town.messages() if message.kind not in OVER]
        found = Counter((message.kind.value, names[message.recipient]) for message in told)
        assert found == Counter(self.model.messages)

    def _voids(
        self, card: str, who: str, target: dict[str, Any], note: str | None, expect: Callable[[], Any]
    ) -> None:
        self._asks(
            card,
            ("void", who, str(target)),
            lambda key: self.shop.voids(self.team[who], self.holders[card], **target, reason=note, key=key),
            expect,
        )

    def _asks(
        self,
        card: str,
        what: tuple[Any, ...],
        ask: Callable[[OperationKey], Posted],
        expect: Callable[[], Any],
    ) -> None:
        request = Request(card, what, self.town.new_key(), ask, expect)
        self.asked.append(request)
        self._compare(request)

    def _compare(self, request: Request) -> None:
        was_recorded = request.key in self.model.outcomes
        try:
            expected = self.model.once(request.key, (request.card, request.what), request.expect)
        except Refused as refused:
            self._compare_refusal(request, refused)
            return
        outcome = request.ask(request.key)
        stands = self._stands_for(request.card)
        assert outcome.replayed is was_recorded
        assert outcome.entry == self.shop.entries(self.holders[request.card])[expected["number"]]
        assert outcome.entry.stamps_delta == expected["change"]
        assert outcome.entry.stamps_balance_after == expected["stamps"]
        assert outcome.entry.stamps_shortfall == expected["shortfall"]
        assert outcome.entry.carried(Unit.STAMPS) == expected["rest"]
        left_over = self.shop.card(self.holders[stands]).carried(Unit.STAMPS)
        assert left_over == self.model.left_over.get(stands, 0)
        assert outcome.card.stamp_count == self.model.balance(stands)
        assert outcome.card.stamps_today == self.model.shown_today(stands, self.clock.now)

    def _compare_refusal(self, request: Request, refused: Refused) -> None:
        with pytest.raises(Refusal) as told:
            request.ask(request.key)
        assert (told.value.code, vars(told.value)) == (refused.code, refused.facts)

    def _entry_id(self, card: str, number: int) -> Any:
        """``number`` is the act's place in the card's history."""
        on, number, _ = self.model.history(card)[number]
        newest = len(self.model.acts[on]) - number
        return self.shop.entries(self.holders[on], newest=newest)[0].entry_id

    def _stands_for(self, card: str) -> str:
        return next(
            name
            for name in self.names.values()
            if any(on == card for on, _, _ in self.model.history(name)) or name == card
        )
