"""Nothing of marketing reaches anyone who has not said yes: under any order of joining, earning, answers, stops,
moves, broadcasts, pauses, hours and restarts."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from domain.account import Account
from domain.campaign import Campaign, CampaignState, Segment
from domain.delivery import ALWAYS_ON, ChannelKind, Delivered, Delivery, NotNow, RecipientGone
from domain.ids import MerchantId
from domain.messages import MESSAGES
from domain.plumbing.outbox import (
    Failed,
    LeaseDeliveries,
    Made,
    Waits,
    deliveries_made,
    deliveries_wait,
    delivery_failed,
    lease_deliveries,
    release_leases,
)
from domain.refusals import Refusal
from domain.usecases import campaigns as usecases
from domain.usecases.letters import letter_for
from domain.usecases.marketing import AllowAgain, allow_again, stop_marketing
from domain.usecases.send_campaign import WriteMore, write_more
from tests.domain.test_campaigns import MONTHLY_MAX, Crier
from tests.support.clock import Clock
from tests.support.ledger_machine import machine_settings
from tests.support.one_thread import OneThread
from tests.support.shop import BOT, Holder, Town

Key = tuple[MerchantId, Account]
whom = st.integers(0, 3)
which = st.integers(0, 1)


@dataclass
class Heard:
    """What the model knows: who says yes, and when each was reached."""

    yes: set[Key] = field(default_factory=set)
    reached: dict[Key, list[datetime]] = field(default_factory=dict)
    once: Counter[tuple[str, Account]] = field(default_factory=Counter)


class Consents(RuleBasedStateMachine):
    @initialize()
    def opens(self) -> None:
        self.clock = Clock()
        self.database = OneThread(self.clock)
        town = Town(self.database)
        self.criers = [Crier(town.opens_shop()), Crier(town.opens_shop())]
        self.people = [town.somebody() for _ in range(4)]
        self.cards: dict[Key, Holder] = {}
        self.campaigns: list[tuple[Crier, Campaign]] = []
        self.heard = Heard()
        self.stopped_at: dict[Account, tuple[datetime, set[Key]]] = {}
        for at, who in ((0, 0), (0, 1), (1, 0)):
            self.joins(at, who)
            self.earns(at, who)
            self.answers(at, who, is_given=who == 0)

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()

    @rule(at=which, who=whom)
    def joins(self, at: int, who: int) -> None:
        crier, account = self.criers[at], self.people[who]
        key = crier.shop.merchant_id, account
        if key not in self.cards:
            self.cards[key] = crier.shop.gives_card("Léa", account)

    @rule(at=which, who=whom)
    def earns(self, at: int, who: int) -> None:
        crier = self.criers[at]
        holder = self.cards.get((crier.shop.merchant_id, self.people[who]))
        if holder is not None:
            crier.shop.stamps(crier.sam, holder)

    @rule(at=which, who=whom, is_given=st.booleans())
    def answers(self, at: int, who: int, is_given: bool) -> None:
        crier = self.criers[at]
        key = crier.shop.merchant_id, self.people[who]
        if key in self.cards:
            crier.hears(self.cards[key], is_given=is_given)
            self.heard.yes = self.heard.yes | {key} if is_given else self.heard.yes - {key}

    @rule(who=whom)
    def stops(self, who: int) -> None:
        account = self.people[who]
        self.clock.passes(seconds=1)
        stopped = self.database.write(stop_marketing, account)
        mine = {key for key in self.heard.yes if key[1] == account}
        assert {each.merchant_id for each in stopped.merchants} == {key[0] for key in mine}
        self.stopped_at[account] = stopped.stopped_at, mine
        self.heard.yes -= mine

    @rule(who=whom)
    def undoes(self, who: int) -> None:
        account = self.people[who]
        if account in self.stopped_at:
            stopped_at, mine = self.stopped_at.pop(account)
            command = AllowAgain(account=account, stopped_at=stopped_at)
            again = self.database.write(allow_again, command)
            keys = {(each.merchant_id, account) for each in again}
            assert keys <= mine
            self.heard.yes |= keys

    @rule(at=which, who=whom)
    def moves(self, at: int, who: int) -> None:
        """To an account that nobody has asked yet."""
        crier, before = self.criers[at], self.people[who]
        key = crier.shop.merchant_id, before
        if key in self.cards:
            moved = crier.shop.moves_card(self.cards.pop(key))
            self.people.append(moved.account)
            self.cards[key[0], moved.account] = moved
            self.heard.yes.discard(key)

    @rule(at=which, segment=st.sampled_from([Segment.ALL, Segment.ACTIVE, Segment.NEAR_REWARD]))
    def broadcasts(self, at: int, segment: Segment) -> None:
        crier = self.criers[at]
        campaign = crier.drafts()
        crier.chooses(campaign, segment)
        crier.starts(campaign)
        self.campaigns.append((crier, campaign))

    @precondition(lambda self: self.campaigns)
    @rule(
        turn=st.sampled_from(["pause_campaign", "resume_campaign", "cancel_campaign"]),
        newest=st.integers(1, 3),
    )
    def turns(self, turn: str, newest: int) -> None:
        crier, campaign = self.campaigns[-newest:][0]
        try:
            self.database.write(getattr(usecases, turn), crier.of(campaign))
        except Refusal:
            assert crier.state(campaign).state.is_over or turn == "resume_campaign"

    @precondition(lambda self: self.campaigns)
    @rule()
    def writes(self) -> None:
        for _, campaign in self.campaigns:
            command = WriteMore(merchant_id=campaign.merchant_id, campaign_id=campaign.campaign_id)
            self.database.write(write_more, command)

    @rule(is_killed=st.booleans())
    def sends(self, is_killed: bool) -> None:
        """What is killed has leased, and sends it after the next start."""
        lease = LeaseDeliveries(bot_id=BOT, channel=ChannelKind.TELEGRAM, holder="a", limit=100)
        for delivery in self.database.write(lease_deliveries, lease):
            if not is_killed:
                self._deliver(delivery)
        if is_killed:
            self.database.reopen()
            for channel in ALWAYS_ON:
                self.database.write(release_leases, (BOT, channel))

    @rule(days=st.sampled_from([0, 1, 31]))
    def time_passes(self, days: int) -> None:
        self.clock.passes(days=days, minutes=1)

    @precondition(lambda self: self.campaigns)
    @rule()
    def all_are_reached(self) -> None:
        """Who says yes and has had less than the limit has the newest, once it is done."""
        crier, campaign = self.campaigns[-1]
        self.writes()
        self.sends(is_killed=False)
        state = crier.state(campaign)
        assert state.written_count >= sum(
            count for (key, _), count in self.heard.once.items() if key == campaign.campaign_id
        )
        if state.state is CampaignState.SENDING:
            assert state.is_written

    def _deliver(self, delivery: Delivery) -> None:
        try:
            letter = self.database.read(letter_for, delivery)
        except RecipientGone as gone:
            self.database.write(delivery_failed, Failed(delivery=delivery, outcome=gone))
            return
        except NotNow:
            waits = Waits(delivery=delivery, until=self.clock() + timedelta(seconds=15))
            self.database.write(deliveries_wait, [waits])
            return
        message = letter.message
        if MESSAGES[message.kind].is_marketing:
            key = message.merchant_id, message.recipient
            assert key in self.heard.yes
            times = self.heard.reached.setdefault(key, [])
            times.append(message.created_at)
            assert sum(each > message.created_at - timedelta(days=30) for each in times) <= MONTHLY_MAX
            about = getattr(message.facts, "campaign_id", ""), message.recipient
            self.heard.once[about] += 1
            assert self.heard.once[about] == 1
        self.database.write(deliveries_made, [Made(delivery=delivery, outcome=Delivered("1"))])


Consents.TestCase.settings = machine_settings(examples=25, steps=40)
TestConsents = Consents.TestCase
