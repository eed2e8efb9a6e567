"""A walk through birthdays, referrals and win-backs, on the real rules and on a model."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from domain.ids import CardId, CustomerId, EntryId
from domain.messages import MessageKind
from domain.refusals import BirthdayChangedBefore, NotEnoughStamps, OwnInvitation
from domain.rules.days import local_date
from domain.staff import Role
from domain.usecases.birthdays import (
    SayBirthday,
    ask_birthdays,
    birthdays_due,
    look_at_birthdays,
    say_birthday,
    to_ask,
)
from domain.usecases.bring_back import DueCustomers, SomeCustomers
from domain.usecases.bring_friend import JoinByFriend, JoinedByFriend, join_by_friend
from domain.usecases.marketing import answer
from domain.usecases.win_back import look_at_absences, perhaps_absent
from tests.support.balance_walk import Picks
from tests.support.clock import Clock, local
from tests.support.coming_back_model import ComingBackModel
from tests.support.databases import SyncDatabase, do
from tests.support.shop import Holder, Town

ZONE = "Europe/Luxembourg"
STARTS = [date(2026, 1, 5), date(2027, 12, 20), date(2028, 2, 1)]
GUESTS_MAX = 8
BIRTHDAYS = [(2, 28), (2, 29), (3, 1), (3, 15), (6, 30), (12, 31), (1, 1), (1, 20)]
DAYS = [1, 1, 2, 7, 8, 29, 31, 90, 200, 365]
KINDS = (
    MessageKind.BIRTHDAY,
    MessageKind.BIRTHDAY_ASKED,
    MessageKind.REFERRAL_REWARD,
    MessageKind.REFERRAL_WELCOME,
    MessageKind.REFERRAL_VOIDED,
    MessageKind.WIN_BACK,
)


class ComingBackWalk:
    def __init__(self, open_database: Callable[[Clock], SyncDatabase], picks: Picks) -> None:
        self.picks = picks
        self.today = picks.of(STARTS)
        self.clock = Clock(local(ZONE, self.today, 10))
        self.database = open_database(self.clock)
        self.town = Town(self.database)
        self.model = ComingBackModel(
            target=4,
            bonus=3,
            welcome=picks.of([0, 2]),
            friends_max=picks.of([1, 2]),
            gift=2,
            letters_max=picks.of([1, 2]),
            away_days=30,
            away_bonus=picks.of([0, 1]),
            now=self.clock.now,
        )
        self.shop = self.town.opens_shop(
            timezone=ZONE,
            stamps_target=4,
            birthday_bonus=2,
            win_back_days=30,
            win_back_bonus=self.model.away_bonus,
            referral_bonus=3,
            referral_welcome=self.model.welcome,
            referrals_monthly_max=self.model.friends_max,
        )
        self.shop.changes_merchant(marketing_monthly_max=self.model.letters_max)
        self.mia = self.shop.hires("Mia", Role.MANAGER)
        self.holders: dict[str, Holder] = {}
        self.names: dict[CustomerId, str] = {}
        self.acts: dict[str, EntryId] = {}
        self.asked: set[str] = set()
        self.joins()

    def steps(self, count: int) -> None:
        try:
            for _ in range(count):
                self.picks.of(STEPS)(self)
                self.compares()
            self.proves()
        finally:
            self.database.close()

    def joins(self) -> None:
        """A guest joins, from the poster or by the link of one who is there."""
        if len(self.holders) >= GUESTS_MAX:
            return
        name = f"guest {len(self.holders)}"
        by = self.picks.of([None, *self.holders])
        if by is None:
            holder = self.shop.gives_card(name)
        else:
            account = self.town.somebody()
            state = self._opens(by, account).joined.held.state
            holder = Holder(
                account=account,
                card_id=state.card_id,
                number=state.card_number,
                token_hash=self.town.new_hash(),
            )
        self.holders[name] = holder
        self.names[self.shop.found(holder.card)[1].customer_id] = name
        self.model.joins(name, by, self.today)

    def opens_a_link_again(self) -> None:
        name, by = self._guest(), self._guest()
        if name == by:
            with pytest.raises(OwnInvitation):
                self._opens(by, self.holders[name].account)
        else:
            self._opens(by, self.holders[name].account)

    def stamps(self) -> None:
        name, count = self._guest(), self.picks.of([1, 1, 2, 3])
        done = self.shop.stamps(self.mia, self.holders[name], count)
        self.model.stamps(name, count, done.entry.entry_id, self.today)
        self.acts[done.entry.entry_id] = done.entry.entry_id
        assert done.card.stamp_count == self.model.guests[name].balance

    def voids(self) -> None:
        name = self._guest()
        if acts := [*self.model.guests[name].acts]:
            act = self.picks.of(acts)
            done = self.shop.voids(self.mia, self.holders[name], entry=self.acts[act], reason="a slip")
            self.model.voids(name, act)
            assert done.card.stamp_count == self.model.guests[name].balance

    def redeems(self) -> None:
        name = self._guest()
        if self.model.may_redeem(name):
            self.shop.redeems(self.mia, self.holders[name])
            self.model.redeems(name, self.today)
        else:
            with pytest.raises(NotEnoughStamps):
                self.shop.redeems(self.mia, self.holders[name])

    def says_a_birthday(self) -> None:
        name, birthday = self._guest(), self.picks.of(BIRTHDAYS)
        may = self.model.may_say(name, birthday, self.today)
        if may:
            self._says(name, birthday)
            self.model.says(name, birthday, self.today)
        else:
            with pytest.raises(BirthdayChangedBefore):
                self._says(name, birthday)

    def takes_a_birthday_back(self) -> None:
        name = self._guest()
        self._says(name, None)
        self.model.takes_back(name)
        self.asked.add(name)

    def answers(self) -> None:
        name, is_given = self._guest(), self.picks.of([True, True, False])
        _, customer, _ = self.shop.found(self.holders[name].card)
        do(self.database, lambda tx: answer(tx, customer, is_given=is_given))
        self.model.guests[name].allows = is_given

    def terms_change(self) -> None:
        """A friend's bonus is by the terms at the time of their first act."""
        self.model.bonus = self.picks.of([0, 3])
        self.shop.changes_terms(referral_bonus=self.model.bonus)

    def morning_comes(self) -> None:
        self.today += timedelta(days=self.picks.of(DAYS))
        self.clock.is_at(local(ZONE, self.today, 10))
        assert local_date(self.clock.now, ZONE) == self.today
        jobs = (birthdays_due, look_at_birthdays), (to_ask, ask_birthdays), (perhaps_absent, look_at_absences)
        for due, look in jobs:
            for _ in range(2):
                page = DueCustomers(merchant_id=self.shop.merchant_id, after=CustomerId(""), limit=100)
                found: Any = self.database.read(due, page)
                command = SomeCustomers(merchant_id=self.shop.merchant_id, customer_ids=found)
                self.database.write(look, command)
        self.model.now = self.clock.now
        self.model.morning(self.today)
        before = len(self.model.told)
        self.model.asks(lambda name: name in self.asked)
        self.asked |= {name for what, name in self.model.told[before:] if what == "birthday_asked"}
        self.model.misses(self.today)

    def restarts(self) -> None:
        self.database.reopen()

    def compares(self) -> None:
        found = {name: self.shop.card(holder).stamp_count for name, holder in self.holders.items()}
        assert found == {name: guest.balance for name, guest in self.model.guests.items()}

    def proves(self) -> None:
        self.clock.passes(days=365)
        names = {holder.account: name for name, holder in self.holders.items()}
        told = Counter(
            (each.kind.value, names[each.recipient]) for each in self.town.messages() if each.kind in KINDS
        )
        assert told == Counter(self.model.told)
        assert self.database.violations() == []

    def _guest(self) -> str:
        return self.picks.of([*self.holders])

    def _opens(self, by: str, account: Any) -> JoinedByFriend:
        command = JoinByFriend(
            account=account,
            name="A friend",
            merchant_id=self.shop.merchant_id,
            referrer_id=self.shop.found(self.holders[by].card)[1].customer_id,
            card_id=CardId(self.database.ids()),
            card_token_hash=self.town.new_hash(),
            account_hash="",
        )
        return self.database.write(join_by_friend, command)

    def _says(self, name: str, birthday: tuple[int, int] | None) -> None:
        command = SayBirthday(
            account=self.holders[name].account,
            merchant_id=self.shop.merchant_id,
            month_and_day=birthday,
        )
        self.database.write(say_birthday, command)


STEPS: list[Callable[[ComingBackWalk], None]] = [
    *[ComingBackWalk.joins] * 2,
    ComingBackWalk.opens_a_link_again,
    *[ComingBackWalk.stamps] * 5,
    *[ComingBackWalk.voids] * 3,
    *[ComingBackWalk.redeems] * 2,
    *[ComingBackWalk.says_a_birthday] * 2,
    ComingBackWalk.takes_a_birthday_back,
    *[ComingBackWalk.answers] * 2,
    ComingBackWalk.terms_change,
    *[ComingBackWalk.morning_comes] * 4,
    ComingBackWalk.restarts,
]
