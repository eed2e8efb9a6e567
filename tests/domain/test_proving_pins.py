"""Typing a PIN: each try is counted before it is judged, and what was begun before a change proves nothing."""

from dataclasses import replace

import pytest

from domain.messages import AlertReason, MessageKind, StaffAlert
from domain.refusals import (
    NotAllowed,
    OwnCardRefused,
    PinBlocked,
    PinLocked,
    PinNotSet,
    PinRequired,
    PinWrong,
)
from domain.staff import Actor, Role, StaffStatus
from domain.usecases.prove_pin import ChoosePin, JudgedPin, accept_pin, begin_attempt, choose_pin, reject_pin
from tests.support.clock import Clock
from tests.support.databases import look
from tests.support.shop import Shop, Town, pin_holder

HASH = "hash of 2580"


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop(require_staff_pin=True)


@pytest.fixture
def anna(shop: Shop) -> Actor:
    anna = shop.hires("Anna")
    shop.chooses_pin(anna, HASH)
    return anna


def test_try_is_counted_even_if_it_is_never_judged(shop: Shop, anna: Actor) -> None:
    """As after a crash between the two."""
    for _ in range(5):
        shop.database.write(begin_attempt, pin_holder(anna))
    with pytest.raises(PinLocked):
        shop.database.write(begin_attempt, pin_holder(anna))


def test_try_is_judged_against_the_hash_of_the_moment_it_was_counted(shop: Shop, anna: Actor) -> None:
    assert shop.database.write(begin_attempt, pin_holder(anna)).hash == HASH


def test_right_pin_does_not_count_after_all(shop: Shop, anna: Actor) -> None:
    for _ in range(50):
        shop.types_right_pin(anna)
    assert shop.pin_session(anna).failures == 0


@pytest.mark.parametrize("tries", range(1, 21))
def test_what_is_told_after_each_wrong_pin(shop: Shop, anna: Actor, clock: Clock, tries: int) -> None:
    for _ in range(tries):
        told = shop.types_wrong_pin(anna)
        if isinstance(told, PinLocked):
            clock.is_at(told.until)
    if tries == 20:
        assert isinstance(told, PinBlocked)
    elif tries % 5 == 0:
        assert isinstance(told, PinLocked)
    else:
        assert isinstance(told, PinWrong)
        assert told.attempts_left == 5 - tries % 5


def test_managers_hear_of_every_lock_and_of_the_block_but_not_of_their_own(
    town: Town, shop: Shop, anna: Actor, clock: Clock
) -> None:
    mia = shop.hires("Mia", Role.MANAGER)
    shop.chooses_pin(mia)
    untils = []
    for _ in range(20):
        told = shop.types_wrong_pin(anna)
        if isinstance(told, PinLocked):
            untils.append(told.until)
            clock.is_at(told.until)
    for manager in (shop.owner, mia):
        heard = [m.facts for m in town.messages(MessageKind.STAFF_ALERT) if m.recipient == manager.account]
        alerts = [facts for facts in heard if isinstance(facts, StaffAlert)]
        assert [(alert.reason, alert.until) for alert in alerts] == [
            *((AlertReason.PIN_LOCKED, until) for until in untils),
            (AlertReason.PIN_BLOCKED, None),
        ]
        assert {alert.staff_name for alert in alerts} == {"Anna"}
    before = len(town.messages())
    for _ in range(5):
        shop.types_wrong_pin(mia)
    assert [message.recipient for message in town.messages()[before:]] == [shop.owner.account]


def test_wrong_try_beside_a_right_one_leaves_all_five(shop: Shop, anna: Actor) -> None:
    """Two keypads at once: the right PIN was judged first and has forgotten the other try."""
    holder = pin_holder(anna)
    shop.database.write(begin_attempt, holder)
    pin = shop.database.write(begin_attempt, holder)
    judged = JudgedPin(holder=holder, generation=pin.generation)
    shop.database.write(accept_pin, judged)
    told = shop.database.write(reject_pin, judged)
    assert isinstance(told, PinWrong)
    assert told.attempts_left == 5


def test_try_begun_before_the_pin_changed_proves_nothing(shop: Shop, anna: Actor) -> None:
    pin = shop.database.write(begin_attempt, pin_holder(anna))
    shop.changes_staff(anna, pin=replace(pin, hash=None))
    shop.chooses_pin(anna, "hash of another")
    with pytest.raises(NotAllowed):
        shop.database.write(accept_pin, JudgedPin(holder=pin_holder(anna), generation=pin.generation))


def test_pin_that_is_set_cannot_be_chosen_again(shop: Shop, anna: Actor) -> None:
    with pytest.raises(NotAllowed):
        shop.database.write(choose_pin, ChoosePin(holder=pin_holder(anna), pin_hash="another"))
    assert shop.staff(anna).pin.hash == HASH


def test_pin_that_was_typed_just_now_gives_way_to_another(shop: Shop, anna: Actor) -> None:
    """What it had opened elsewhere ends, and an earlier one's place is nobody's any more."""
    pin = shop.database.write(begin_attempt, pin_holder(anna))
    shop.database.write(accept_pin, JudgedPin(holder=pin_holder(anna), generation=pin.generation))
    counter = shop.hires("Counter", Role.TERMINAL)
    at_counter = pin_holder(shop.actor(anna.staff_id, counter.account))
    shop.database.write(begin_attempt, at_counter)
    shop.database.write(accept_pin, JudgedPin(holder=at_counter, generation=pin.generation))
    another = ChoosePin(holder=pin_holder(anna), pin_hash="another", replaces=pin.generation)
    shop.database.write(choose_pin, another)
    assert shop.staff(anna).pin.hash == "another"
    staff = shop.staff(anna)
    assert look(shop.database, lambda tx: tx.pin_session(staff, counter.account)).verified_at is None
    with pytest.raises(NotAllowed):
        shop.database.write(choose_pin, replace(another, pin_hash="a third"))
    assert shop.staff(anna).pin.hash == "another"


def test_without_a_pin_there_is_nothing_to_try(shop: Shop) -> None:
    with pytest.raises(PinNotSet):
        shop.database.write(begin_attempt, pin_holder(shop.hires("Bob")))


def test_nobody_types_the_pin_of_another_on_their_own_phone(shop: Shop, anna: Actor) -> None:
    bob = shop.hires("Bob")
    with pytest.raises(NotAllowed):
        shop.database.write(begin_attempt, pin_holder(shop.actor(anna.staff_id, bob.account)))
    for account in (anna.account, bob.account):
        assert shop.pin_session(shop.actor(anna.staff_id, account)).failures == 0


def test_stranger_may_not_even_try(town: Town, shop: Shop, anna: Actor) -> None:
    with pytest.raises(NotAllowed):
        shop.database.write(begin_attempt, pin_holder(shop.actor(anna.staff_id, town.somebody())))


def test_removed_member_may_not_try(shop: Shop, anna: Actor) -> None:
    shop.changes_staff(anna, status=StaffStatus.REMOVED)
    with pytest.raises(NotAllowed):
        shop.database.write(begin_attempt, pin_holder(anna))


def test_terminal_that_was_taken_away_may_not_try_pins_any_more(shop: Shop, anna: Actor) -> None:
    terminal = shop.hires("Till", Role.TERMINAL)
    at_till = pin_holder(shop.actor(anna.staff_id, terminal.account))
    shop.database.write(begin_attempt, at_till)
    shop.changes_staff(terminal, status=StaffStatus.REMOVED)
    with pytest.raises(NotAllowed):
        shop.database.write(begin_attempt, at_till)
    assert shop.pin_session(shop.actor(anna.staff_id, terminal.account)).failures == 1


def test_terminal_itself_has_no_pin(shop: Shop) -> None:
    terminal = shop.hires("Till", Role.TERMINAL)
    with pytest.raises(NotAllowed):
        shop.database.write(begin_attempt, pin_holder(terminal))


@pytest.mark.parametrize(
    ("window_minutes", "seconds_later", "accepted"),
    [(15, 0, True), (15, 899, True), (15, 900, False), (0, 0, False), (1, 59, True), (1, 60, False)],
)
def test_typed_pin_opens_the_window(
    town: Town, clock: Clock, window_minutes: int, seconds_later: int, accepted: bool
) -> None:
    shop = town.opens_shop(require_staff_pin=True, pin_window_minutes=window_minutes)
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.chooses_pin(anna)
    clock.passes(days=1)
    shop.types_right_pin(anna)
    clock.passes(seconds=seconds_later)
    if accepted:
        assert shop.stamps(anna, lea).card.stamp_count == 1
    else:
        with pytest.raises(PinRequired):
            shop.stamps(anna, lea)
        assert shop.stamps(anna, lea, pin_typed=True).card.stamp_count == 1


def test_choosing_a_pin_counts_as_typing_it(shop: Shop) -> None:
    bob, lea = shop.hires("Bob"), shop.gives_card()
    with pytest.raises(PinNotSet):
        shop.stamps(bob, lea)
    shop.chooses_pin(bob)
    assert shop.stamps(bob, lea).card.stamp_count == 1


def test_window_is_open_on_the_account_on_which_the_pin_was_typed_and_on_no_other(
    shop: Shop, anna: Actor, clock: Clock
) -> None:
    terminal = shop.hires("Till", Role.TERMINAL)
    lea = shop.gives_card()
    clock.passes(days=1)
    at_till = shop.actor(anna.staff_id, terminal.account)
    shop.types_right_pin(at_till)
    assert shop.stamps(at_till, lea).card.stamp_count == 1
    with pytest.raises(PinRequired):
        shop.stamps(anna, lea)


def test_open_window_outlives_a_lock_that_somebody_else_brought_about(shop: Shop, anna: Actor) -> None:
    terminal, lea = shop.hires("Till", Role.TERMINAL), shop.gives_card()
    for _ in range(5):
        shop.types_wrong_pin(shop.actor(anna.staff_id, terminal.account))
    assert shop.stamps(anna, lea).card.stamp_count == 1


def test_terminal_asks_for_the_pin_whatever_the_program_says(town: Town, clock: Clock) -> None:
    shop = town.opens_shop(require_staff_pin=False)
    anna, terminal, lea = shop.hires("Anna"), shop.hires("Till", Role.TERMINAL), shop.gives_card()
    at_till = shop.actor(anna.staff_id, terminal.account)
    with pytest.raises(PinNotSet):
        shop.stamps(at_till, lea)
    shop.chooses_pin(anna)
    assert shop.stamps(anna, lea).card.stamp_count == 1
    with pytest.raises(PinRequired):
        shop.stamps(at_till, lea)
    shop.types_right_pin(at_till)
    assert shop.stamps(at_till, lea).card.stamp_count == 2


def test_customers_own_phone_as_the_terminal_is_refused(shop: Shop, anna: Actor) -> None:
    terminal = shop.hires("Till", Role.TERMINAL)
    own = shop.gives_card("Till", terminal.account)
    at_till = shop.actor(anna.staff_id, terminal.account)
    with pytest.raises(OwnCardRefused):
        shop.stamps(at_till, own, pin_typed=True)
