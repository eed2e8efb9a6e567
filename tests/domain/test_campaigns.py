"""Whom a campaign reaches, once each, and how it is paused, ended, and taken up again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from domain.account import Account
from domain.campaign import Campaign, CampaignState, Segment, Selection
from domain.coming_back import Birthday
from domain.delivery import Delivered, NotNow, RecipientGone
from domain.expiry import Unit
from domain.ids import CampaignId, StoreId
from domain.merchant import ProgramKind
from domain.messages import Broadcast, Message, MessageKind
from domain.plumbing.outbox import Made, deliveries_made
from domain.plumbing.people import Reachable, set_reachable
from domain.ports import Tx
from domain.refusals import (
    CampaignFillsNothingIn,
    CampaignInPast,
    CampaignNotFound,
    CampaignOver,
    CampaignTextEmpty,
    CampaignTextTooLong,
    MarketingOff,
    NotAllowed,
    Refusal,
    StoreNotFound,
    WordingMarkupBroken,
)
from domain.staff import Actor, Role
from domain.usecases import campaigns as usecases
from domain.usecases.campaigns import (
    AudienceCount,
    ChooseSegment,
    DraftCampaign,
    OfCampaign,
    SeeCampaigns,
    StartCampaign,
    TellProgress,
)
from domain.usecases.letters import letter_for
from domain.usecases.manage_team import OfMember
from domain.usecases.marketing import AnswerMarketing, answer_marketing
from domain.usecases.remove_staff import RemoveStaff, remove_staff
from domain.usecases.send_campaign import WAITING_MAX, WriteMore, at_work, write_more
from domain.usecases.set_staff import SetStaff, set_staff
from tests.support.clock import Clock
from tests.support.databases import do, look
from tests.support.shop import BOT, Holder, Shop, Town, delivery_of

MONTHLY_MAX = 2


class Crier:
    """A shop that writes to its customers."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.database = shop.database
        self.sam = shop.hires("Sam")
        shop.changes_merchant(marketing_monthly_max=MONTHLY_MAX)

    def guest(self, name: str = "Léa", *, stamps: int = 1, says: bool | None = True) -> Holder:
        holder = self.shop.gives_card(name)
        if stamps:
            self.shop.stamps(self.sam, holder, stamps)
        if says is not None:
            self.hears(holder, is_given=says)
        return holder

    def hears(self, holder: Holder, *, is_given: bool) -> None:
        command = AnswerMarketing(
            account=holder.account, merchant_id=self.shop.merchant_id, is_given=is_given
        )
        self.database.write(answer_marketing, command)

    def drafts(self, text: str = "Cake", *, photo: bytes | None = None, who: Actor | None = None) -> Campaign:
        command = DraftCampaign(
            account=(who or self.shop.owner).account,
            merchant_id=self.shop.merchant_id,
            campaign_id=CampaignId(self.database.ids()),
            text=text,
            photo=photo,
        )
        return self.database.write(usecases.draft_campaign, command).campaign

    def chooses(self, campaign: Campaign, segment: Segment, store_id: StoreId | None = None) -> None:
        command = ChooseSegment(
            account=self.shop.owner.account,
            merchant_id=campaign.merchant_id,
            campaign_id=campaign.campaign_id,
            selection=Selection(segment=segment, store_id=store_id),
        )
        self.database.write(usecases.choose_segment, command)

    def starts(self, campaign: Campaign, at: datetime | None = None) -> Campaign:
        command = StartCampaign(
            account=self.shop.owner.account,
            merchant_id=campaign.merchant_id,
            campaign_id=campaign.campaign_id,
            planned_at=at,
            expected_count=self.counts(campaign).will_get,
        )
        return self.database.write(usecases.start_campaign, command).campaign

    def of(self, campaign: Campaign, account: Account | None = None) -> OfCampaign:
        return OfCampaign(
            account=account or self.shop.owner.account,
            merchant_id=campaign.merchant_id,
            campaign_id=campaign.campaign_id,
        )

    def counts(self, campaign: Campaign) -> AudienceCount:
        return self.database.read(usecases.count_audience, self.of(campaign))

    def state(self, campaign: Campaign) -> Campaign:
        return self.database.read(usecases.see_campaign, self.of(campaign)).campaign

    def sends(self, campaign: Campaign) -> Campaign:
        self.starts(campaign)
        self.runs(campaign)
        return self.state(campaign)

    def runs(self, campaign: Campaign) -> None:
        """As the job does, until there is nothing more to write."""
        command = WriteMore(merchant_id=campaign.merchant_id, campaign_id=campaign.campaign_id)
        while self.database.write(write_more, command).has_more:
            pass

    def written(self, kind: MessageKind = MessageKind.BROADCAST) -> Sequence[Message]:
        mine = self.shop.merchant_id
        return [each for each in self.shop.town.messages(kind) if each.merchant_id == mine]

    def reached(self) -> list[Account]:
        return [each.recipient for each in self.written()]

    def delivers(self, message: Message) -> None:
        made = Made(delivery=delivery_of(message), outcome=Delivered("1"))
        self.database.write(deliveries_made, [made])


@pytest.fixture
def crier(town: Town) -> Crier:
    return Crier(town.opens_shop())


def refused(crier: Crier, usecase: Any, command: Any) -> type[Refusal]:
    with pytest.raises(Refusal) as refusal:
        crier.database.write(usecase, command)
    return type(refusal.value)


def test_customers_are_asked_once_after_they_earn_and_never_for_joining(crier: Crier, town: Town) -> None:
    holder = crier.guest(stamps=0, says=None)
    assert crier.written(MessageKind.MARKETING_ASKED) == []
    crier.shop.stamps(crier.sam, holder)
    crier.shop.stamps(crier.sam, holder)
    assert [each.recipient for each in crier.written(MessageKind.MARKETING_ASKED)] == [holder.account]
    quiet = town.opens_shop()
    sam = quiet.hires("Sam")
    other = quiet.gives_card()
    quiet.stamps(sam, other)
    assert len(town.messages(MessageKind.MARKETING_ASKED)) == 1
    quiet.changes_merchant(marketing_monthly_max=1)
    quiet.stamps(sam, other)
    assert len(town.messages(MessageKind.MARKETING_ASKED)) == 2


def test_points_are_earned_as_well(town: Town) -> None:
    crier = Crier(town.opens_shop(kind=ProgramKind.POINTS))
    holder = crier.guest(stamps=0, says=None)
    assert crier.shop.earns(crier.sam, holder).entry.unit is Unit.POINTS
    assert len(crier.written(MessageKind.MARKETING_ASKED)) == 1


def test_a_question_that_was_answered_meanwhile_is_not_put(crier: Crier) -> None:
    holder = crier.guest(says=None)
    [asked] = crier.written(MessageKind.MARKETING_ASKED)
    crier.hears(holder, is_given=False)
    with pytest.raises(RecipientGone):
        crier.database.read(letter_for, delivery_of(asked))


def test_only_who_said_yes_gets_it_once_and_only_of_this_shop(crier: Crier, town: Town) -> None:
    yes = crier.guest()
    crier.guest(says=False)
    crier.guest(says=None)
    elsewhere = Crier(town.opens_shop())
    elsewhere.guest()
    campaign = crier.drafts()
    assert crier.counts(campaign) == AudienceCount(chosen=3, will_get=1, not_allowed=2)
    done = crier.sends(campaign)
    crier.runs(campaign)
    assert crier.reached() == [yes.account]
    assert elsewhere.reached() == []
    assert (done.written_count, done.not_allowed_count) == (1, 2)
    [message] = crier.written()
    crier.delivers(message)
    crier.runs(campaign)
    assert crier.state(campaign).state is CampaignState.DONE


def test_it_says_what_the_draft_says_with_its_picture(crier: Crier) -> None:
    crier.guest()
    campaign = crier.drafts("<b>Cake</b> & more".replace("&", "&amp;"), photo=b"jpeg")
    crier.sends(campaign)
    letter = crier.database.read(letter_for, delivery_of(crier.written()[0]))
    assert isinstance(letter.message.facts, Broadcast)
    assert (letter.message.facts.text, letter.photo) == ("<b>Cake</b> &amp; more", b"jpeg")


def test_a_no_after_it_was_written_still_counts(crier: Crier) -> None:
    holder = crier.guest()
    crier.sends(crier.drafts())
    crier.hears(holder, is_given=False)
    with pytest.raises(RecipientGone):
        crier.database.read(letter_for, delivery_of(crier.written()[0]))


def test_the_limit_holds_over_campaigns(crier: Crier, clock: Clock) -> None:
    crier.guest()
    clock.passes(days=40)
    for _ in range(MONTHLY_MAX):
        crier.sends(crier.drafts())
    campaign = crier.drafts()
    assert crier.counts(campaign) == AudienceCount(chosen=1, capped=1)
    assert crier.sends(campaign).capped_count == 1
    assert len(crier.written()) == MONTHLY_MAX
    clock.passes(days=31)
    assert crier.sends(crier.drafts()).written_count == 1


def test_who_cannot_be_reached_or_has_no_card_in_use_is_left_out(crier: Crier) -> None:
    gone, blocked = crier.guest(), crier.guest()
    crier.database.write(set_reachable, Reachable(account=gone.account, reachable=True))
    crier.database.write(set_reachable, Reachable(account=gone.account, reachable=False))
    crier.database.switch_off_card(blocked.card_id)
    campaign = crier.drafts()
    known = crier.counts(campaign)
    assert (known.chosen, known.will_get) == (1, 1 - known.unreachable)


@pytest.fixture
def crowd(crier: Crier, clock: Clock) -> dict[str, Holder]:
    """One came two months ago, and one has not come yet; of the others one lacks a stamp, and one is full."""
    long_ago = crier.guest("Long ago")
    clock.passes(days=61)
    stamps = {"Near": 9, "Full": 10, "Begun": 1, "New": 0}
    return {"Long ago": long_ago} | {name: crier.guest(name, stamps=count) for name, count in stamps.items()}


def chosen(crier: Crier, segment: Segment, store_id: StoreId | None = None) -> list[str]:
    """Who belongs to the segment, of whom there are as many as its draft says."""
    campaign = crier.drafts()
    crier.chooses(campaign, segment, store_id)
    found, _ = look_at(crier, Selection(segment=segment, store_id=store_id))
    assert crier.counts(campaign).will_get == len(found)
    return found


@pytest.mark.usefixtures("crowd")
@pytest.mark.parametrize(
    ("segment", "names"),
    [
        (Segment.ALL, ["Long ago", "Near", "Full", "Begun", "New"]),
        (Segment.ACTIVE, ["Near", "Full", "Begun"]),
        (Segment.LAPSED, ["Long ago"]),
        (Segment.NEAR_REWARD, ["Near"]),
    ],
)
def test_segment_has_those_whom_its_name_says(crier: Crier, segment: Segment, names: list[str]) -> None:
    assert chosen(crier, segment) == names


def test_segment_of_a_store_has_who_joined_or_came_there(crier: Crier, crowd: dict[str, Holder]) -> None:
    belval = crier.shop.adds_store("Belval")
    crier.shop.stamps(crier.shop.hires("Tom", store_id=belval), crowd["New"])
    assert chosen(crier, Segment.STORE, belval) == ["New"]
    assert chosen(crier, Segment.STORE, crier.shop.store_id) == list(crowd)
    for none_of_theirs in (None, StoreId("elsewhere")):
        with pytest.raises(StoreNotFound):
            chosen(crier, Segment.STORE, none_of_theirs)


def test_segment_of_birthdays_has_those_of_this_month(
    crier: Crier, crowd: dict[str, Holder], clock: Clock
) -> None:
    this_month = clock.now.month
    for name, month in (("Near", this_month), ("Full", this_month % 12 + 1)):
        _, customer, _ = crier.shop.found(crowd[name].card)
        said = Birthday(
            merchant_id=customer.merchant_id,
            customer_id=customer.customer_id,
            month=month,
            day=12,
            said_at=clock.now,
        )
        do(crier.database, partial(save_birthday, said))
    assert chosen(crier, Segment.BIRTHDAY) == ["Near"]


def save_birthday(said: Birthday, tx: Tx) -> None:
    tx.save_birthday(said)


def look_at(crier: Crier, selection: Selection, limit: int = 100) -> tuple[list[str], object]:
    since = crier.database.clock() - timedelta(days=30)
    mine = crier.shop.merchant()
    found, more = look(crier.database, lambda tx: tx.candidates(mine, selection, since, None, limit))
    return [each.customer.name for each in found], more


def test_near_a_reward_in_points(town: Town) -> None:
    crier = Crier(town.opens_shop(kind=ProgramKind.POINTS))
    for name, amount in (("Far", 3900), ("Near", 4000), ("Rich", 10_000)):
        crier.shop.earns(crier.sam, crier.guest(name, stamps=0), amount)
    assert look_at(crier, Selection(segment=Segment.NEAR_REWARD))[0] == ["Near"]


def test_pages_go_on_where_the_last_ended(crier: Crier) -> None:
    guests = [crier.guest(f"Guest {number}") for number in range(3)]
    assert look_at(crier, Selection(), limit=2)[1] is not None
    assert look_at(crier, Selection(), limit=4)[1] is None
    crier.sends(crier.drafts())
    assert crier.reached() == [guest.account for guest in guests]


def test_a_pause_holds_what_is_owed_and_a_resumed_one_repeats_nobody(crier: Crier) -> None:
    guests = [crier.guest() for _ in range(3)]
    campaign = crier.drafts()
    crier.starts(campaign)
    command = WriteMore(merchant_id=campaign.merchant_id, campaign_id=campaign.campaign_id)
    crier.database.write(write_more, command)
    crier.database.write(usecases.pause_campaign, crier.of(campaign))
    crier.database.write(usecases.pause_campaign, crier.of(campaign))
    late = crier.guest()
    assert not crier.database.write(write_more, command).written
    with pytest.raises(NotNow):
        crier.database.read(letter_for, delivery_of(crier.written()[0]))
    crier.database.reopen()
    crier.database.write(usecases.resume_campaign, crier.of(campaign))
    crier.runs(campaign)
    assert crier.database.read(letter_for, delivery_of(crier.written()[0])).message
    assert crier.reached()[:3] == [guest.account for guest in guests]
    assert len(set(crier.reached())) == len(crier.reached()) <= 4
    assert late.account


def test_one_that_is_ended_reaches_nobody_else(crier: Crier) -> None:
    crier.guest()
    campaign = crier.drafts()
    crier.sends(campaign)
    crier.database.write(usecases.cancel_campaign, crier.of(campaign))
    with pytest.raises(RecipientGone):
        crier.database.read(letter_for, delivery_of(crier.written()[0]))
    for usecase in (usecases.pause_campaign, usecases.resume_campaign):
        assert refused(crier, usecase, crier.of(campaign)) is CampaignOver
    with pytest.raises(CampaignOver):
        crier.starts(campaign)


def test_a_plan_waits_for_its_hour(crier: Crier, clock: Clock) -> None:
    crier.guest()
    campaign = crier.drafts()
    with pytest.raises(CampaignInPast):
        crier.starts(campaign, clock.now - timedelta(hours=1))
    crier.starts(campaign, clock.now + timedelta(hours=1))
    for _ in range(2):
        crier.database.write(usecases.cancel_campaign, crier.of(campaign))
    assert crier.state(campaign).state is CampaignState.DRAFT
    crier.starts(campaign, clock.now + timedelta(hours=1))
    crier.starts(campaign, clock.now + timedelta(hours=2))
    assert crier.database.read(at_work, BOT).campaigns == []
    crier.runs(campaign)
    assert crier.reached() == []
    clock.passes(hours=1)
    found = crier.database.read(at_work, BOT)
    assert (len(found.campaigns), found.room) == (1, WAITING_MAX)
    crier.runs(campaign)
    assert len(crier.reached()) == 1
    assert crier.database.read(at_work, BOT).room == WAITING_MAX - 1


def test_a_shop_that_switches_it_off_writes_nothing_more(crier: Crier) -> None:
    crier.guest()
    campaign = crier.drafts()
    crier.starts(campaign)
    crier.shop.changes_merchant(marketing_monthly_max=None)
    crier.runs(campaign)
    assert crier.reached() == []
    assert crier.state(campaign).state is CampaignState.PAUSED
    assert refused(crier, usecases.resume_campaign, crier.of(campaign)) is MarketingOff
    with pytest.raises(MarketingOff):
        crier.starts(crier.drafts())


def test_a_card_that_moves_is_asked_anew(crier: Crier) -> None:
    holder = crier.guest()
    crier.sends(crier.drafts())
    moved = crier.shop.moves_card(holder)
    with pytest.raises(RecipientGone):
        crier.database.read(letter_for, delivery_of(crier.written()[0]))
    assert crier.counts(crier.drafts()) == AudienceCount(chosen=1, not_allowed=1)
    crier.shop.stamps(crier.sam, moved)
    assert crier.written(MessageKind.MARKETING_ASKED)[-1].recipient == moved.account


def test_a_merged_card_is_written_to_once_and_as_its_holder_said(crier: Crier) -> None:
    manager = crier.shop.hires("Mia", Role.MANAGER)
    kept, gone = crier.guest("Anna", says=False), crier.guest("Anna's other phone")
    crier.shop.merges(manager, kept, gone)
    assert crier.counts(crier.drafts()) == AudienceCount(chosen=1, not_allowed=1)


def test_what_came_of_it(crier: Crier, clock: Clock) -> None:
    back, stops, _ = crier.guest(), crier.guest(), crier.guest()
    campaign = crier.drafts()
    crier.sends(campaign)
    for message in crier.written():
        crier.delivers(message)
    clock.passes(days=3)
    crier.shop.stamps(crier.sam, back)
    crier.hears(stops, is_given=False)
    outcome = crier.database.read(usecases.see_outcome, crier.of(campaign))
    assert (outcome.reached_count, outcome.came_back_count, outcome.stopped_count) == (3, 1, 1)
    clock.passes(days=5)
    crier.shop.stamps(crier.sam, stops)
    assert crier.database.read(usecases.see_outcome, crier.of(campaign)) == outcome


@pytest.mark.parametrize(
    ("text", "photo", "refusal"),
    [
        ("  ", None, CampaignTextEmpty),
        ("Dear {name}, there is cake", None, CampaignFillsNothingIn),
        ("Dear {{ first name }}, there is cake", None, CampaignFillsNothingIn),
        ("Dear {<b>name</b>}, there is cake", None, CampaignFillsNothingIn),
        ("x" * 3801, None, CampaignTextTooLong),
        ("x" * 801, b"jpeg", CampaignTextTooLong),
        ("<b>Cake", None, WordingMarkupBroken),
    ],
)
def test_texts_that_cannot_be_sent(
    crier: Crier, text: str, photo: bytes | None, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        crier.drafts(text, photo=photo)


def test_a_campaign_is_for_owners_and_managers_of_its_own_shop(crier: Crier, town: Town) -> None:
    campaign = crier.drafts()
    stranger = town.opens_shop().owner.account
    for account in (crier.sam.account, stranger, town.somebody()):
        assert refused(crier, usecases.cancel_campaign, crier.of(campaign, account)) is NotAllowed
    other = Crier(town.opens_shop())
    of_other = OfCampaign(
        account=other.shop.owner.account,
        merchant_id=other.shop.merchant_id,
        campaign_id=campaign.campaign_id,
    )
    assert refused(other, usecases.discard_campaign, of_other) is CampaignNotFound
    crier.database.write(usecases.discard_campaign, crier.of(campaign))
    query = SeeCampaigns(account=crier.shop.owner.account, merchant_id=crier.shop.merchant_id)
    assert crier.database.read(usecases.see_campaigns, query).campaigns == []


def test_a_trial_goes_to_who_asks_and_is_no_marketing(crier: Crier) -> None:
    campaign = crier.drafts()
    crier.database.write(usecases.try_campaign, crier.of(campaign))
    [tried] = crier.written(MessageKind.BROADCAST_TEST)
    assert tried.recipient == crier.shop.owner.account
    assert crier.database.read(letter_for, delivery_of(tried)).message


@pytest.mark.parametrize("leaves", ["removed", "staff from now on"])
def test_who_may_not_send_any_more_is_not_shown_how_it_goes(crier: Crier, town: Town, leaves: str) -> None:
    mia = crier.shop.hires("Mia", Role.MANAGER)
    crier.guest()
    campaign = crier.drafts(who=mia)
    crier.starts(campaign, at=crier.database.clock() + timedelta(days=1))
    told = TellProgress(
        account=mia.account,
        merchant_id=campaign.merchant_id,
        campaign_id=campaign.campaign_id,
        message_id=7,
        has_picture=False,
    )
    crier.database.write(usecases.tell_progress, told)
    key = campaign.merchant_id, campaign.campaign_id
    assert town.database.read(usecases.look_after, key) is not None
    if leaves == "removed":
        remove = RemoveStaff(merchant_id=campaign.merchant_id, staff_id=mia.staff_id)
        town.database.write(remove_staff, remove)
    else:
        change = SetStaff(
            merchant_id=campaign.merchant_id,
            staff_id=mia.staff_id,
            role=Role.STAFF,
            store_ids=frozenset({crier.shop.store_id}),
        )
        town.database.write(set_staff, change)
    assert town.database.read(usecases.look_after, key) is None


def test_whoever_removes_somebody_hears_what_they_have_planned(crier: Crier, clock: Clock) -> None:
    mia = crier.shop.hires("Mia", Role.MANAGER)
    tomorrow = clock() + timedelta(days=1)
    crier.starts(crier.drafts(who=mia), at=tomorrow)
    crier.starts(crier.drafts(), at=tomorrow)
    crier.drafts(who=mia)
    named: dict[str, Any] = {"merchant_id": crier.shop.merchant_id, "staff_id": mia.staff_id}
    seen = crier.database.read(usecases.planned_by, OfMember(account=crier.shop.owner.account, **named))
    assert seen == [tomorrow]
    with pytest.raises(NotAllowed):
        crier.database.read(usecases.planned_by, OfMember(account=crier.sam.account, **named))
