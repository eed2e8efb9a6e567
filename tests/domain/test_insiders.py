"""What somebody of the team gains by cheating: nothing in another's name, and nothing that is not seen."""

import pytest

from domain.card import FlagReason
from domain.messages import MessageKind, PinTried, StaffAlert
from domain.refusals import PinBlocked, PinLocked, PinRequired, Refusal
from domain.staff import Actor, Role
from domain.usecases.flagged_cards import flagged_cards
from domain.usecases.prove_pin import JudgedPin, begin_attempt, reject_pin
from domain.usecases.remove_staff import RemoveStaff, remove_staff
from tests.support.clock import Clock
from tests.support.shop import Shop, Town, pin_holder


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop(require_staff_pin=True)


@pytest.fixture
def till(shop: Shop) -> Actor:
    return shop.hires("Till", Role.TERMINAL)


def test_manager_does_not_act_as_the_owner(shop: Shop, till: Actor) -> None:
    mia, lea = shop.hires("Mia", Role.MANAGER), shop.gives_card()
    shop.chooses_pin(shop.owner)
    with pytest.raises(Refusal):
        takes_over(shop, mia, shop.owner, till)
    assert shop.staff(shop.owner).pin.hash == "hash of 2580"
    with pytest.raises(Refusal):
        shop.stamps(shop.actor(shop.owner.staff_id, till.account), lea)


def test_manager_does_not_act_as_a_member_by_a_reset_at_the_terminal(shop: Shop, till: Actor) -> None:
    mia, anna = shop.hires("Mia", Role.MANAGER), shop.hires("Anna")
    shop.chooses_pin(anna)
    with pytest.raises(Refusal):
        takes_over(shop, mia, anna, till)
    assert shop.staff(anna).pin.hash == "hash of 2580"


def test_nobody_joins_without_an_account_of_their_own(shop: Shop, till: Actor) -> None:
    link = shop.invites("Tom")
    with pytest.raises(Refusal):
        shop.claims(link, till.account)


def test_wrong_pins_at_a_terminal_lock_nobody_elsewhere(shop: Shop, till: Actor, clock: Clock) -> None:
    anna = shop.hires("Anna")
    shop.chooses_pin(anna)
    assert hammers(shop, shop.actor(anna.staff_id, till.account), clock, days=30) == 20
    other = shop.hires("Other till", Role.TERMINAL)
    for place in (anna, shop.actor(anna.staff_id, other.account)):
        shop.types_right_pin(place)
        assert shop.stamps(place, shop.gives_card()).card.stamp_count == 1


def flags(shop: Shop) -> list[tuple[str, str, FlagReason]]:
    found = shop.database.read(flagged_cards, shop.merchant_id)
    return [(flag.customer_name, flag.staff_name, flag.reason) for flag in found]


@pytest.mark.parametrize("when", ["before", "while", "after", "at the terminal"])
def test_card_joined_from_a_phone_that_was_ever_the_teams_is_flagged(
    town: Town, shop: Shop, till: Actor, when: str
) -> None:
    account = till.account if when == "at the terminal" else town.somebody()
    elsewhere = town.opens_shop()
    elsewhere.gives_card("Anna", account)
    shop.gives_card()
    if when == "before":
        shop.gives_card("Anna's card", account)
    if when != "at the terminal":
        anna = shop.hires("Anna", account=account)
        shop.chooses_pin(anna)
        shop.claims(shop.resets_pin(shop.owner, anna), account)
        if when == "after":
            command = RemoveStaff(merchant_id=shop.merchant_id, staff_id=anna.staff_id)
            shop.database.write(remove_staff, command)
    if when != "before":
        shop.gives_card("Anna's card", account)
    name = "Till" if when == "at the terminal" else "Anna"
    assert flags(shop) == [("Anna's card", name, FlagReason.TEAMS_PHONE)]
    assert flags(elsewhere) == []


def test_card_that_one_person_alone_has_stamped_is_flagged(town: Town, clock: Clock) -> None:
    shop = town.opens_shop()
    anna, bob = shop.hires("Anna"), shop.hires("Bob")
    friend, fewer, shared = shop.gives_card("Friend"), shop.gives_card("Fewer"), shop.gives_card("Shared")
    for number in range(5):
        clock.passes(days=1)
        shop.stamps(anna, friend)
        shop.stamps(bob if number == 4 else anna, shared)
        if number < 4:
            shop.stamps(anna, fewer)
    assert flags(shop) == [("Friend", "Anna", FlagReason.ONE_PERSON)]


def test_where_one_person_works_alone_their_stamps_are_no_sign(town: Town) -> None:
    shop = town.opens_shop()
    shop.hires("Bob")
    lea = shop.gives_card()
    for _ in range(9):
        shop.stamps(shop.owner, lea)
    assert flags(shop) == []


def takes_over(shop: Shop, manager: Actor, victim: Actor, till: Actor) -> None:
    """The manager makes a link, opens it at the terminal and chooses the victim's PIN there."""
    shop.claims(shop.resets_pin(manager, victim), till.account)
    shop.chooses_pin(shop.actor(victim.staff_id, till.account), "hash of the manager's")


def hammers(shop: Shop, actor: Actor, clock: Clock, days: int) -> int:
    """Guesses as fast as it is let; how many guesses were judged."""
    guesses, until = 0, clock.now.timestamp() + days * 86_400
    while clock.now.timestamp() < until:
        try:
            pin = shop.database.write(begin_attempt, pin_holder(actor))
        except PinLocked as locked:
            clock.is_at(locked.until)
            continue
        except PinBlocked:
            clock.passes(days=1)
            continue
        guesses += 1
        shop.database.write(reject_pin, JudgedPin(holder=pin_holder(actor), generation=pin.generation))
    return guesses


def test_guesses_are_bounded_on_each_phone_until_a_new_pin(shop: Shop, till: Actor, clock: Clock) -> None:
    """20 in a row on the member's own phone, and 20 on each shared one: of 10,000 PINs of four digits."""
    anna, other = shop.hires("Anna"), shop.hires("Other till", Role.TERMINAL)
    shop.chooses_pin(anna)
    places = [shop.actor(anna.staff_id, account) for account in (anna.account, till.account, other.account)]
    for place in places:
        assert hammers(shop, place, clock, days=365) == 20
    for place in places:
        with pytest.raises(PinBlocked):
            shop.types_right_pin(place)
    shop.claims(shop.resets_pin(shop.owner, anna), anna.account)
    shop.chooses_pin(anna)
    for place in places:
        shop.types_right_pin(place)


def test_right_pin_on_ones_own_phone_gives_no_more_guesses_at_a_terminal(
    shop: Shop, till: Actor, clock: Clock
) -> None:
    anna = shop.hires("Anna")
    shop.chooses_pin(anna)
    at_till = shop.actor(anna.staff_id, till.account)
    for _ in range(30):
        hammers(shop, at_till, clock, days=1)
        shop.types_right_pin(anna)
    assert shop.pin_session(at_till).failures == 20


def test_managers_hear_on_which_phone_a_pin_was_locked(
    town: Town, shop: Shop, till: Actor, clock: Clock
) -> None:
    anna = shop.hires("Anna")
    shop.chooses_pin(anna)
    for place in (anna, shop.actor(anna.staff_id, till.account)):
        hammers(shop, place, clock, days=30)
    told = [facts for facts in town.facts(MessageKind.STAFF_ALERT) if isinstance(facts, StaffAlert)]
    assert [facts.device_name for facts in told] == [None] * 4 + ["Till"] * 4


def test_lock_on_a_shared_phone_is_told_there_before_the_pin_is_asked_for(
    shop: Shop, till: Actor, clock: Clock
) -> None:
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.chooses_pin(anna)
    clock.passes(days=1)
    at_till = shop.actor(anna.staff_id, till.account)
    with pytest.raises(PinRequired):
        shop.stamps(at_till, lea)
    hammers(shop, at_till, clock, days=30)
    with pytest.raises(PinBlocked):
        shop.stamps(at_till, lea)
    with pytest.raises(PinRequired):
        shop.stamps(anna, lea)


def test_sole_owner_hears_that_their_pin_is_guessed_on_a_shared_phone(
    town: Town, shop: Shop, till: Actor
) -> None:
    shop.chooses_pin(shop.owner)
    for _ in range(5):
        shop.types_wrong_pin(shop.actor(shop.owner.staff_id, till.account))
    assert shop.owner.account in [message.recipient for message in town.messages()]


def test_member_hears_of_a_lock_on_a_shared_phone_and_needs_not_of_one_on_their_own(
    town: Town, shop: Shop, till: Actor
) -> None:
    anna = shop.hires("Anna")
    shop.chooses_pin(anna)
    for place, told in ((anna, []), (shop.actor(anna.staff_id, till.account), [anna.account])):
        for _ in range(5):
            shop.types_wrong_pin(place)
        assert [message.recipient for message in town.messages() if message.recipient == anna.account] == told


def test_guesses_between_ones_own_pins_are_told_once(town: Town, shop: Shop, till: Actor) -> None:
    """Four wrong tries bring no lock, and the right PIN forgets them."""
    anna = shop.hires("Anna")
    shop.chooses_pin(anna)
    for place in (shop.actor(anna.staff_id, till.account), anna):
        for _ in range(4):
            shop.types_wrong_pin(place)
        for _ in range(2):
            shop.types_right_pin(place)
    told = [message for message in town.messages() if message.recipient == anna.account]
    assert [message.facts for message in told] == [
        PinTried(merchant_name="Café Knätsch", device_name="Till", wrong_tries=4),
        PinTried(merchant_name="Café Knätsch", device_name=None, wrong_tries=4),
    ]
