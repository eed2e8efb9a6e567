"""*Not me*: the holder of a card disputes an entry, once, and is told what came of it, once."""

from contextlib import nullcontext

import pytest

from domain.account import Account
from domain.acts import Asked, SettleDispute
from domain.delivery import Delivered, PredecessorOwed, Refused
from domain.dispute import Dispute, DisputeOutcome
from domain.ids import EntryId
from domain.kinds import EntryKind
from domain.messages import DisputeAnswered, DisputeOpened, DisputeSettled, Facts, MessageKind
from domain.plumbing.outbox import Failed, Made, deliveries_made, delivery_failed
from domain.refusals import (
    AlreadyDisputed,
    CardNotFound,
    DisputeGone,
    DisputeNotOpen,
    DisputeWasAnswered,
    NotAllowed,
    OwnActDisputed,
    PinRequired,
    Refusal,
    StaffNotFound,
)
from domain.staff import Actor, Role, StaffStatus
from domain.usecases.letters import letter_for
from domain.usecases.open_dispute import OpenDispute, open_dispute
from domain.usecases.operate_disputes import DisputeLine, SettleByOperator, list_disputes, settle_by_operator
from domain.usecases.settle_dispute import SeeDispute, Settled, see_dispute, settle_dispute
from tests.support.clock import Clock
from tests.support.databases import look
from tests.support.shop import Holder, Shop, Town, delivery_of


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop(stamps_target=2)


def disputes(shop: Shop, account: Account, entry_id: EntryId) -> str:
    command = OpenDispute(account=account, merchant_id=shop.merchant_id, entry_id=entry_id)
    return shop.database.write(open_dispute, command).merchant_name


def test_owners_and_active_managers_hear_of_a_dispute(town: Town, shop: Shop) -> None:
    anna, mia = shop.hires("Anna"), shop.hires("Mia", Role.MANAGER)
    gone = shop.hires("Gone", Role.MANAGER)
    shop.changes_staff(gone, status=StaffStatus.REMOVED)
    shop.invites("Coming", Role.MANAGER)
    lea = shop.gives_card("Léa")
    shop.stamps(anna, lea, 2)
    redeemed = shop.redeems(anna, lea)
    assert disputes(shop, lea.account, redeemed.entry.entry_id) == "Café Knätsch"
    told = {message.recipient: message.facts for message in town.messages(MessageKind.DISPUTE)}
    facts = DisputeOpened(
        card_number=lea.number,
        customer_name="Léa",
        staff_name="Anna",
        store_name="Gare",
        entry_kind=EntryKind.STAMP_REDEEMED,
        stamps_delta=-2,
        points_delta=0,
        occurred_at=shop.entries(lea)[-1].occurred_at,
        entry_id=redeemed.entry.entry_id,
        card_id=lea.card_id,
        may_take_back=True,
    )
    assert told == {shop.owner.account: facts, mia.account: facts}


def test_entry_is_disputed_once(town: Town, shop: Shop) -> None:
    anna, lea = shop.hires("Anna"), shop.gives_card()
    first, second = shop.stamps(anna, lea).entry.entry_id, shop.stamps(anna, lea).entry.entry_id
    disputes(shop, lea.account, first)
    with pytest.raises(AlreadyDisputed):
        disputes(shop, lea.account, first)
    disputes(shop, lea.account, second)
    assert len(town.messages(MessageKind.DISPUTE)) == 2


@pytest.mark.parametrize("outcome", [DisputeOutcome.RIGHT, DisputeOutcome.TAKEN_BACK])
def test_who_says_so_again_hears_that_the_shop_has_answered(shop: Shop, outcome: DisputeOutcome) -> None:
    anna, lea = shop.hires("Anna"), shop.gives_card()
    stamped = shop.stamps(anna, lea).entry.entry_id
    disputes(shop, lea.account, stamped)
    if outcome is DisputeOutcome.RIGHT:
        settles(shop, shop.owner, lea, stamped, outcome)
    else:
        shop.voids(anna, lea, entry=stamped)
    with pytest.raises(DisputeWasAnswered):
        disputes(shop, lea.account, stamped)


@pytest.mark.parametrize(
    "who", ["another customer", "a stranger", "staff", "the holder, at another merchant"]
)
def test_only_the_cards_holder_disputes(town: Town, shop: Shop, who: str) -> None:
    anna, lea, marc = shop.hires("Anna"), shop.gives_card("Léa"), shop.gives_card("Marc")
    entry_id = shop.stamps(anna, lea).entry.entry_id
    other = town.opens_shop()
    other.gives_card("Léa", lea.account)
    account = {"another customer": marc.account, "staff": anna.account}.get(who, town.somebody())
    at = other if who == "the holder, at another merchant" else shop
    with pytest.raises(CardNotFound):
        disputes(at, lea.account if at is other else account, entry_id)
    assert town.messages(MessageKind.DISPUTE) == []


def test_entry_that_never_was_is_not_disputed(shop: Shop) -> None:
    with pytest.raises(CardNotFound):
        disputes(shop, shop.gives_card().account, EntryId("none"))


def settles(shop: Shop, actor: Actor, lea: Holder, entry_id: EntryId, outcome: DisputeOutcome) -> Settled:
    act = SettleDispute(card=lea.card, entry=entry_id, outcome=outcome)
    return shop.database.write(settle_dispute, Asked(act=act, actor=actor))


def dispute_of(shop: Shop, entry_id: EntryId) -> Dispute:
    found = look(shop.database, lambda tx: tx.dispute(shop.merchant_id, entry_id))
    assert found is not None
    return found


@pytest.mark.parametrize("outcome", [DisputeOutcome.RIGHT, DisputeOutcome.PUT_RIGHT])
def test_manager_does_not_judge_what_they_did_themselves_and_an_owner_may(
    shop: Shop, outcome: DisputeOutcome
) -> None:
    mia, lea = shop.hires("Mia", Role.MANAGER), shop.gives_card("Léa")
    for actor in (mia, shop.owner):
        entry = shop.stamps(actor, lea).entry
        disputes(shop, lea.account, entry.entry_id)
        with pytest.raises(OwnActDisputed) if actor is mia else nullcontext():
            settles(shop, actor, lea, entry.entry_id, outcome)
        assert dispute_of(shop, entry.entry_id).is_settled == (actor is not mia)


@pytest.mark.parametrize("outcome", [DisputeOutcome.RIGHT, DisputeOutcome.PUT_RIGHT])
def test_manager_settles_once_and_customer_and_all_who_were_alarmed_are_told(
    town: Town, shop: Shop, outcome: DisputeOutcome
) -> None:
    anna, mia, lea = shop.hires("Anna"), shop.hires("Mia", Role.MANAGER), shop.gives_card("Léa")
    entry = shop.stamps(anna, lea).entry
    disputes(shop, lea.account, entry.entry_id)
    alarms = {alarm.recipient: alarm for alarm in town.messages(MessageKind.DISPUTE)}
    late = shop.hires("Late", Role.MANAGER)
    for _ in range(2):
        done = settles(shop, mia, lea, entry.entry_id, outcome)
        assert done == Settled(card_id=lea.card_id, outcome=outcome)
    for actor, other in ((shop.owner, outcome), (mia, DisputeOutcome.TAKEN_BACK)):
        with pytest.raises(DisputeNotOpen):
            settles(shop, actor, lea, entry.entry_id, other)
    kept = dispute_of(shop, entry.entry_id)
    assert (kept.settled_by, kept.outcome, kept.is_settled) == (mia.staff_id, outcome, True)
    assert kept.settled_at is not None
    [told] = town.messages(MessageKind.DISPUTE_ANSWERED)
    assert told.recipient == lea.account
    assert isinstance(told.facts, DisputeAnswered)
    assert (told.facts.merchant_name, told.facts.outcome) == ("Café Knätsch", outcome)
    expected: dict[Account, Facts] = {
        account: DisputeSettled(opened=alarm.facts, outcome=outcome, by="Mia", replaces=alarm.message_id)
        for account, alarm in alarms.items()
        if isinstance(alarm.facts, DisputeOpened)
    }
    assert set(expected) == {shop.owner.account, mia.account}
    assert late.account not in expected
    settled = town.messages(MessageKind.DISPUTE_SETTLED)
    assert {message.recipient: message.facts for message in settled} == expected
    assert len(settled) == 2


@pytest.mark.parametrize("how", ["in the list", "the newest act"])
def test_who_takes_a_disputed_act_back_has_settled_the_dispute(town: Town, shop: Shop, how: str) -> None:
    anna, lea = shop.hires("Anna"), shop.gives_card("Léa")
    entry_id = shop.stamps(anna, lea).entry.entry_id
    disputes(shop, lea.account, entry_id)
    named = {"entry": entry_id} if how == "in the list" else {}
    shop.voids(shop.owner, lea, reason="not hers", **named)
    kept = dispute_of(shop, entry_id)
    assert (kept.settled_by, kept.outcome) == (shop.owner.staff_id, DisputeOutcome.TAKEN_BACK)
    assert len(town.messages(MessageKind.DISPUTE_ANSWERED)) == 1
    shop.stamps(anna, lea)
    shop.voids(anna, lea)
    assert len(town.messages(MessageKind.DISPUTE_ANSWERED)) == 1


def test_act_that_was_taken_back_before_it_was_disputed_is_seen_as_that(shop: Shop) -> None:
    anna, lea = shop.hires("Anna"), shop.gives_card("Léa")
    entry_id = shop.stamps(anna, lea).entry.entry_id
    shop.voids(anna, lea)
    disputes(shop, lea.account, entry_id)
    query = SeeDispute(account=shop.owner.account, merchant_id=shop.merchant_id, entry_id=entry_id)
    assert shop.database.read(see_dispute, query).is_taken_back
    settles(shop, shop.owner, lea, entry_id, DisputeOutcome.TAKEN_BACK)
    assert dispute_of(shop, entry_id).outcome is DisputeOutcome.TAKEN_BACK


def test_void_that_is_disputed_was_not_taken_back_itself(shop: Shop) -> None:
    anna, lea = shop.hires("Anna"), shop.gives_card("Léa")
    shop.stamps(anna, lea)
    void_id = shop.voids(anna, lea).entry.entry_id
    disputes(shop, lea.account, void_id)
    query = SeeDispute(account=shop.owner.account, merchant_id=shop.merchant_id, entry_id=void_id)
    assert not shop.database.read(see_dispute, query).is_taken_back


def test_staff_and_other_merchants_settle_nothing(town: Town, shop: Shop) -> None:
    anna, lea, other = shop.hires("Anna"), shop.gives_card("Léa"), town.opens_shop()
    entry_id = shop.stamps(anna, lea).entry.entry_id
    disputes(shop, lea.account, entry_id)
    for actor in (anna, other.owner):
        with pytest.raises(Refusal):
            settles(shop, actor, lea, entry_id, DisputeOutcome.RIGHT)
        query = SeeDispute(account=actor.account, merchant_id=shop.merchant_id, entry_id=entry_id)
        with pytest.raises(NotAllowed):
            shop.database.read(see_dispute, query)
    assert not dispute_of(shop, entry_id).is_settled


def test_settling_needs_the_pin_where_the_program_does(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(require_staff_pin=True)
    anna, lea = shop.hires("Anna"), shop.gives_card("Léa")
    for member in (anna, shop.owner):
        shop.chooses_pin(member)
    shop.types_right_pin(anna)
    entry_id = shop.stamps(anna, lea).entry.entry_id
    disputes(shop, lea.account, entry_id)
    clock.passes(minutes=16)
    with pytest.raises(PinRequired):
        settles(shop, shop.owner, lea, entry_id, DisputeOutcome.RIGHT)
    shop.types_right_pin(shop.owner)
    settles(shop, shop.owner, lea, entry_id, DisputeOutcome.RIGHT)


def operates(shop: Shop, entry_id: EntryId, outcome: DisputeOutcome, by: Actor | None = None) -> DisputeLine:
    command = SettleByOperator(
        merchant_id=shop.merchant_id,
        entry_id=entry_id,
        outcome=outcome,
        staff_id=by.staff_id if by else None,
        reason="asked for by phone",
    )
    return shop.database.write(settle_by_operator, command)


def disputed_stamp(shop: Shop) -> tuple[Holder, EntryId]:
    lea = shop.gives_card("Léa")
    entry_id = shop.stamps(shop.hires("Anna"), lea).entry.entry_id
    disputes(shop, lea.account, entry_id)
    return lea, entry_id


def test_operator_settles_once_in_nobodys_name(shop: Shop) -> None:
    _, entry_id = disputed_stamp(shop)
    line = operates(shop, entry_id, DisputeOutcome.RIGHT)
    assert (line.outcome, line.settled_by) == (DisputeOutcome.RIGHT, None)
    with pytest.raises(DisputeNotOpen):
        operates(shop, entry_id, DisputeOutcome.RIGHT)
    [listed] = shop.database.read(list_disputes, shop.merchant_id)
    assert (listed.entry_id, listed.outcome) == (entry_id, DisputeOutcome.RIGHT)


def test_operator_takes_back_only_in_the_name_of_a_manager(shop: Shop) -> None:
    lea, entry_id = disputed_stamp(shop)
    for by, refusal in ((None, StaffNotFound), (shop.hires("Tom"), NotAllowed)):
        with pytest.raises(refusal):
            operates(shop, entry_id, DisputeOutcome.TAKEN_BACK, by)
    line = operates(shop, entry_id, DisputeOutcome.TAKEN_BACK, shop.owner)
    assert (line.outcome, line.settled_by) == (DisputeOutcome.TAKEN_BACK, "Paul")
    assert shop.entries(lea)[-1].note == "asked for by phone"
    [listed] = shop.database.read(list_disputes, shop.merchant_id)
    assert (listed.entry_id, listed.outcome) == (entry_id, DisputeOutcome.TAKEN_BACK)


def test_what_replaces_an_alarm_waits_until_that_is_delivered_or_given_up(town: Town, shop: Shop) -> None:
    anna, mia, lea = shop.hires("Anna"), shop.hires("Mia", Role.MANAGER), shop.gives_card("Léa")
    entry_id = shop.stamps(anna, lea).entry.entry_id
    disputes(shop, lea.account, entry_id)
    owners, mias = (
        delivery_of(each)
        for account in (shop.owner.account, mia.account)
        for each in town.messages(MessageKind.DISPUTE)
        if each.recipient == account
    )
    settles(shop, mia, lea, entry_id, DisputeOutcome.RIGHT)
    told = {each.recipient: delivery_of(each) for each in town.messages(MessageKind.DISPUTE_SETTLED)}
    with pytest.raises(PredecessorOwed):
        town.database.read(letter_for, told[mia.account])
    town.database.write(deliveries_made, [Made(delivery=mias, outcome=Delivered("77"))])
    town.database.write(delivery_failed, Failed(delivery=owners, outcome=Refused("oh")))
    assert town.database.read(letter_for, told[mia.account]).replaces == "77"
    assert town.database.read(letter_for, told[shop.owner.account]).replaces is None


def test_what_nobody_disputes_is_not_said_to_be_settled(shop: Shop) -> None:
    lea = shop.gives_card("Léa")
    entry_id = shop.stamps(shop.owner, lea).entry.entry_id
    for named in (entry_id, EntryId("none")):
        query = SeeDispute(account=shop.owner.account, merchant_id=shop.merchant_id, entry_id=named)
        with pytest.raises(DisputeGone):
            shop.database.read(see_dispute, query)
        with pytest.raises(DisputeGone):
            settles(shop, shop.owner, lea, named, DisputeOutcome.RIGHT)
