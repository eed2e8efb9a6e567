"""The outbox: leased to one dispatcher at a time, tried again more and more slowly, given up visibly."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.delivery import (
    ChannelKind,
    Delivered,
    Delivery,
    Later,
    RecipientGone,
    Refused,
    Unreachable,
    addresses_of,
)
from domain.ids import BotId, MessageId
from domain.messages import MESSAGES, Message, MessageKind, RewardReady
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
from domain.plumbing.people import GONE_AFTER
from domain.staff import Role, StaffStatus
from domain.usecases.letters import letter_for
from domain.usecases.open_dispute import OpenDispute, open_dispute
from tests.support.clock import Clock
from tests.support.databases import do, look
from tests.support.nights import Nights
from tests.support.shop import BOT, Holder, Shop, Town, delivery_of

CHAT = ChannelKind.TELEGRAM


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop()


@pytest.fixture
def lea(shop: Shop) -> Holder:
    """Has one receipt to come."""
    lea = shop.gives_card()
    shop.stamps(shop.hires("Anna"), lea)
    return lea


def leases(town: Town, holder: str = "one", limit: int = 10, bot_id: BotId = BOT) -> list[Delivery]:
    command = LeaseDeliveries(bot_id=bot_id, channel=CHAT, holder=holder, limit=limit)
    return list(town.database.write(lease_deliveries, command))


def releases(town: Town) -> int:
    return town.database.write(release_leases, (BOT, CHAT))


def fails(town: Town, leased: Delivery, *, permanent: bool = False) -> Delivery | None:
    outcome = Refused("oh") if permanent else Later("oh")
    return town.database.write(delivery_failed, Failed(delivery=leased, outcome=outcome))


def due_at(town: Town) -> datetime:
    [due_at] = town.owed_at()
    return due_at


def is_empty(town: Town) -> bool:
    return town.owed_at() == []


def test_leased_message_is_nobody_elses_for_a_minute(town: Town, lea: Holder, clock: Clock) -> None:
    assert len(leases(town, "one")) == 1
    assert leases(town, "two") == []
    clock.passes(seconds=59)
    assert leases(town, "two") == []
    clock.passes(seconds=1)
    assert len(leases(town, "two")) == 1


def test_lease_that_ended_is_no_failed_try(town: Town, lea: Holder, clock: Clock) -> None:
    leases(town)
    clock.passes(minutes=1)
    assert [leased.attempts for leased in leases(town)] == [0]


def test_what_a_dead_dispatcher_held_is_taken_back(town: Town, lea: Holder) -> None:
    leases(town, "dead")
    assert releases(town) == 1
    assert releases(town) == 0
    assert len(leases(town, "new")) == 1


def test_at_most_so_many_are_leased_oldest_first(town: Town, shop: Shop, clock: Clock) -> None:
    anna, lea = shop.hires("Anna"), shop.gives_card()
    entries = []
    for _ in range(5):
        entries.append(str(shop.stamps(anna, lea).entry.entry_id))
        clock.passes(seconds=1)
    assert [leased.message_id for leased in leases(town, limit=3)] == entries[:3]
    assert [leased.message_id for leased in leases(town, limit=3)] == entries[3:]


def test_marketing_waits_until_everything_else_is_leased(
    town: Town, shop: Shop, lea: Holder, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared = replace(MESSAGES[MessageKind.REWARD_READY], is_marketing=True)
    monkeypatch.setitem(MESSAGES, MessageKind.BROADCAST, declared)
    broadcast = Message(
        merchant_id=shop.merchant_id,
        message_id=MessageId("0"),
        kind=MessageKind.BROADCAST,
        recipient=lea.account,
        facts=RewardReady(
            merchant_name="Café", card_number=lea.number, reward="A coffee", rewards_available=1
        ),
        created_at=clock.now - timedelta(hours=1),
    )
    do(town.database, lambda tx: tx.enqueue(broadcast, addresses_of(broadcast, tx.channels_on)))
    kinds = {message.message_id: message.kind for message in town.messages()}
    assert [kinds[each.message_id] for each in leases(town, limit=1)] == [MessageKind.RECEIPT]
    assert [kinds[each.message_id] for each in leases(town, limit=1)] == [MessageKind.BROADCAST]


def test_each_bot_leases_its_own(town: Town, lea: Holder) -> None:
    assert leases(town, bot_id=BotId(BOT + 1)) == []
    assert len(leases(town)) == 1


def test_sent_message_is_owed_no_more(town: Town, lea: Holder, clock: Clock) -> None:
    [leased] = leases(town)
    town.database.write(deliveries_made, [Made(delivery=leased, outcome=Delivered("7"))])
    clock.passes(days=2)
    assert leases(town) == []
    assert is_empty(town)
    assert releases(town) == 0


def test_telegrams_wait_is_no_failed_try(town: Town, lea: Holder, clock: Clock) -> None:
    until = clock.now + timedelta(seconds=35)
    for _ in range(30):
        [leased] = leases(town)
        until = clock.now + timedelta(seconds=35)
        town.database.write(deliveries_wait, [Waits(delivery=leased, until=until)])
        assert due_at(town) == until
        assert leases(town) == []
        clock.is_at(until)
    [leased] = leases(town)
    assert leased.attempts == 0


def test_failures_back_off_from_a_minute_doubling_to_an_hour(town: Town, lea: Holder, clock: Clock) -> None:
    waits = []
    for attempts in range(9):
        [leased] = leases(town)
        assert leased.attempts == attempts
        assert fails(town, leased) is None
        waits.append((due_at(town) - clock.now) // timedelta(minutes=1))
        clock.is_at(due_at(town))
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_message_is_given_up_after_a_day_and_its_reader_is_named(
    town: Town, lea: Holder, clock: Clock
) -> None:
    enqueued_at = clock.now
    tries = 0
    gave_up: Delivery | None = None
    while gave_up is None:
        if tries:
            clock.is_at(due_at(town))
        [leased] = leases(town)
        gave_up = fails(town, leased)
        tries += 1
    assert (gave_up.bot_id, gave_up.address) == (lea.account.bot_id, str(lea.account.user_id))
    assert timedelta(days=1) <= clock.now - enqueued_at < timedelta(days=1, hours=1)
    assert 25 <= tries <= 31
    clock.passes(days=30)
    assert leases(town) == []


def test_message_that_waited_for_days_is_tried_as_often_as_any(town: Town, lea: Holder, clock: Clock) -> None:
    """The bot was down: nobody has tried to deliver it in that time."""
    clock.passes(days=3)
    [leased] = leases(town)
    assert fails(town, leased) is None
    assert due_at(town) == clock.now + timedelta(minutes=1)


def test_permanent_failure_is_given_up_at_once(town: Town, lea: Holder, clock: Clock) -> None:
    [leased] = leases(town)
    assert fails(town, leased, permanent=True) == leased
    clock.passes(days=1)
    assert leases(town) == []
    assert is_empty(town)


CHAT_NOT_FOUND = Refused("Chat not found", is_of_address=True)


def ends(town: Town, shop: Shop, lea: Holder, outcome: Refused | Unreachable | None) -> bool:
    """What becomes of the next receipt, None that it arrives; whether its reader counts as reachable then."""
    shop.stamps(shop.hires("Anna"), lea)
    for leased in leases(town):
        if outcome is None:
            town.database.write(deliveries_made, [Made(delivery=leased, outcome=Delivered("7"))])
        else:
            town.database.write(delivery_failed, Failed(delivery=leased, outcome=outcome))
    person = look(town.database, lambda tx: tx.person(lea.account))
    assert person is not None
    return person.unreachable_since is None


@pytest.mark.parametrize(
    ("outcome", "days", "is_reachable"),
    [
        (CHAT_NOT_FOUND, 0, True),
        (CHAT_NOT_FOUND, GONE_AFTER.days - 0.01, True),
        (CHAT_NOT_FOUND, GONE_AFTER.days, False),
        (Refused("message is too long"), GONE_AFTER.days, True),
        (Unreachable(), 0, False),
    ],
)
def test_who_has_been_refused_everything_for_a_week_is_unreachable_and_who_blocks_at_once(
    town: Town, shop: Shop, lea: Holder, clock: Clock, outcome: Refused, days: float, is_reachable: bool
) -> None:
    Nights(town).knows(lea.account)
    ends(town, shop, lea, outcome)
    clock.passes(days=days)
    assert ends(town, shop, lea, outcome) is is_reachable


def test_week_of_refusals_begins_anew_with_whatever_arrives(
    town: Town, shop: Shop, lea: Holder, clock: Clock
) -> None:
    Nights(town).knows(lea.account)
    for outcome in (CHAT_NOT_FOUND, None, CHAT_NOT_FOUND):
        assert ends(town, shop, lea, outcome)
        clock.passes(days=GONE_AFTER.days - 1)
    assert ends(town, shop, lea, CHAT_NOT_FOUND)


@pytest.mark.parametrize("outcome", [CHAT_NOT_FOUND, Unreachable()])
def test_chat_that_takes_a_message_is_reachable_again(
    town: Town, shop: Shop, lea: Holder, clock: Clock, outcome: Refused
) -> None:
    Nights(town).knows(lea.account)
    ends(town, shop, lea, outcome)
    clock.passes(days=GONE_AFTER.days)
    assert not ends(town, shop, lea, outcome)
    assert ends(town, shop, lea, None)


@pytest.mark.parametrize("who", ["removed", "no manager any more"])
def test_what_is_owed_to_somebody_who_is_no_manager_any_more_is_given_up_quietly(
    town: Town, shop: Shop, clock: Clock, who: str
) -> None:
    mia, lea = shop.hires("Mia", Role.MANAGER), shop.gives_card()
    entry_id = shop.stamps(shop.hires("Anna"), lea).entry.entry_id
    command = OpenDispute(account=lea.account, merchant_id=shop.merchant_id, entry_id=entry_id)
    town.database.write(open_dispute, command)
    alarms = {alarm.recipient: delivery_of(alarm) for alarm in town.messages(MessageKind.DISPUTE)}
    owed = alarms[mia.account]
    assert town.database.read(letter_for, owed).message.recipient == mia.account
    if who == "removed":
        shop.changes_staff(mia, status=StaffStatus.REMOVED, account=None)
    else:
        shop.changes_staff(mia, role=Role.STAFF)
    with pytest.raises(RecipientGone) as gone:
        town.database.read(letter_for, owed)
    assert town.database.read(letter_for, alarms[shop.owner.account]).message.recipient == shop.owner.account
    leases(town)
    assert town.database.write(delivery_failed, Failed(delivery=owed, outcome=gone.value)) == owed
    clock.passes(minutes=2)
    assert owed not in leases(town)
    since, until = clock() - timedelta(days=1), clock()
    assert look(town.database, lambda tx: tx.failed_between(shop.merchant_id, since, until)) == 0
    assert look(town.database, lambda tx: tx.unreported_deliveries(BOT)) == []
