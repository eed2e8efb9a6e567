"""Where an account works now, and who stands at a terminal."""

import pytest

from domain.account import Account
from domain.ids import StoreId
from domain.refusals import NotAllowed, PinRequired, StoreNotChosen
from domain.staff import Actor, Role, StaffStatus
from domain.usecases.choose_desk import (
    ChooseStore,
    LeaveTerminal,
    SeeTeamAt,
    choose_store,
    leave_terminal,
    see_team,
)
from domain.usecases.who_is import Caller, actor_at_desk, who_is
from tests.support.clock import Clock
from tests.support.shop import Shop, Town


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop()


def caller(town: Town, account: Account) -> Caller:
    return town.database.read(who_is, account)


def chooses(shop: Shop, account: Account, store_id: StoreId) -> str:
    command = ChooseStore(account=account, merchant_id=shop.merchant_id, store_id=store_id)
    return shop.database.write(choose_store, command)


def test_stranger_and_customer_work_nowhere(town: Town, shop: Shop) -> None:
    for account in (town.somebody(), shop.gives_card().account):
        known = caller(town, account)
        assert (known.is_staff, known.desk, known.standing) == (False, None, None)
        with pytest.raises(NotAllowed):
            actor_at_desk(known)


def test_member_of_one_store_needs_not_say_where(town: Town, shop: Shop) -> None:
    anna = shop.hires("Anna")
    assert actor_at_desk(caller(town, anna.account)) == anna


def test_member_of_several_stores_says_where(town: Town, shop: Shop) -> None:
    belval = shop.adds_store("Belval")
    mia = shop.hires("Mia", Role.MANAGER)
    with pytest.raises(StoreNotChosen):
        actor_at_desk(caller(town, mia.account))
    assert chooses(shop, mia.account, belval) == "Belval"
    assert actor_at_desk(caller(town, mia.account)).store_id == belval
    assert chooses(shop, mia.account, shop.store_id) == "Gare"
    assert actor_at_desk(caller(town, mia.account)).store_id == shop.store_id


def test_store_must_be_one_of_the_members(town: Town, shop: Shop) -> None:
    anna, belval = shop.hires("Anna"), shop.adds_store("Belval")
    other = town.opens_shop()
    for store_id in (belval, other.store_id, StoreId("none")):
        with pytest.raises(NotAllowed):
            chooses(shop, anna.account, store_id)
    for account in (town.somebody(), other.owner.account):
        with pytest.raises(NotAllowed):
            chooses(shop, account, shop.store_id)


def test_removed_member_chooses_no_store_and_is_staff_no_more(town: Town, shop: Shop) -> None:
    anna = shop.hires("Anna")
    shop.changes_staff(anna, status=StaffStatus.REMOVED)
    with pytest.raises(NotAllowed):
        chooses(shop, anna.account, shop.store_id)
    assert not caller(town, anna.account).is_staff


def test_desk_at_a_store_that_closed_is_no_desk(town: Town, shop: Shop) -> None:
    anna = shop.hires("Anna")
    shop.database.switch_off_store(shop.store_id)
    assert caller(town, anna.account).desk is None
    with pytest.raises(NotAllowed):
        chooses(shop, anna.account, shop.store_id)


def test_member_at_two_merchants_has_one_desk_at_a_time(town: Town, shop: Shop) -> None:
    anna = shop.hires("Anna")
    other = town.opens_shop()
    other.hires("Anna", account=anna.account)
    assert actor_at_desk(caller(town, anna.account)).merchant_id == other.merchant_id
    chooses(shop, anna.account, shop.store_id)
    known = caller(town, anna.account)
    assert actor_at_desk(known).merchant_id == shop.merchant_id
    assert known.membership is not None
    assert known.membership.staff.merchant_id == shop.merchant_id
    assert known.membership_at(other.merchant_id) is not None


@pytest.fixture
def terminal(shop: Shop) -> Actor:
    return shop.hires("Till", Role.TERMINAL)


@pytest.fixture
def anna(shop: Shop) -> Actor:
    anna = shop.hires("Anna")
    shop.chooses_pin(anna)
    return anna


def at_till(shop: Shop, anna: Actor, terminal: Actor) -> Actor:
    return shop.actor(anna.staff_id, terminal.account)


def test_nobody_stands_at_a_new_terminal(town: Town, terminal: Actor) -> None:
    known = caller(town, terminal.account)
    assert (known.is_terminal, known.is_unattended, known.standing) == (True, True, None)
    with pytest.raises(PinRequired):
        actor_at_desk(known)


def test_who_types_the_pin_stands_at_the_terminal(
    town: Town, shop: Shop, anna: Actor, terminal: Actor
) -> None:
    shop.types_right_pin(at_till(shop, anna, terminal))
    known = caller(town, terminal.account)
    assert known.standing is not None
    assert (known.standing.name, known.is_unattended) == ("Anna", False)
    assert actor_at_desk(known) == at_till(shop, anna, terminal)
    assert caller(town, anna.account).is_terminal is False


def test_next_pin_takes_the_place_of_who_stood_there(
    town: Town, shop: Shop, anna: Actor, terminal: Actor
) -> None:
    bob = shop.hires("Bob")
    shop.chooses_pin(bob)
    shop.types_right_pin(at_till(shop, anna, terminal))
    shop.types_right_pin(at_till(shop, bob, terminal))
    assert actor_at_desk(caller(town, terminal.account)).staff_id == bob.staff_id


def test_leaving_the_terminal_leaves_it_to_nobody(
    town: Town, shop: Shop, anna: Actor, terminal: Actor
) -> None:
    shop.types_right_pin(at_till(shop, anna, terminal))
    town.database.write(leave_terminal, LeaveTerminal(account=terminal.account))
    assert caller(town, terminal.account).is_unattended


def test_only_a_terminal_is_left(town: Town, shop: Shop, anna: Actor) -> None:
    for account in (anna.account, town.somebody(), shop.gives_card().account):
        with pytest.raises(NotAllowed):
            town.database.write(leave_terminal, LeaveTerminal(account=account))
    assert actor_at_desk(caller(town, anna.account)) == anna


def test_moving_the_terminal_to_another_store_leaves_it_to_nobody(
    town: Town, shop: Shop, anna: Actor, terminal: Actor
) -> None:
    shop.types_right_pin(at_till(shop, anna, terminal))
    chooses(shop, terminal.account, shop.store_id)
    assert caller(town, terminal.account).is_unattended


def test_terminal_shows_the_active_people_of_its_store(
    town: Town, shop: Shop, anna: Actor, terminal: Actor
) -> None:
    belval = shop.adds_store("Belval")
    shop.hires("Elsewhere", store_id=belval)
    shop.hires("Bob")
    gone = shop.hires("Gone")
    shop.changes_staff(gone, status=StaffStatus.REMOVED)
    shop.invites("Coming")
    query = SeeTeamAt(account=terminal.account, merchant_id=shop.merchant_id, store_id=shop.store_id)
    team = town.database.read(see_team, query)
    assert [(member.name, member.has_pin) for member in team] == [
        ("Anna", True),
        ("Bob", False),
        ("Paul", False),
    ]


@pytest.mark.parametrize("who", ["staff", "stranger", "another store's terminal", "a removed terminal"])
def test_team_is_shown_to_that_stores_terminal_only(
    town: Town, shop: Shop, terminal: Actor, who: str
) -> None:
    belval = shop.adds_store("Belval")
    account = {
        "staff": shop.hires("Anna").account,
        "stranger": town.somebody(),
        "another store's terminal": shop.hires("Till 2", Role.TERMINAL, belval).account,
        "a removed terminal": terminal.account,
    }[who]
    shop.changes_staff(terminal, status=StaffStatus.REMOVED)
    query = SeeTeamAt(account=account, merchant_id=shop.merchant_id, store_id=shop.store_id)
    with pytest.raises(NotAllowed):
        town.database.read(see_team, query)


def test_who_stood_at_the_terminal_acts_in_their_own_name(
    town: Town, shop: Shop, anna: Actor, terminal: Actor, clock: Clock
) -> None:
    lea = shop.gives_card()
    shop.types_right_pin(at_till(shop, anna, terminal))
    shop.stamps(actor_at_desk(caller(town, terminal.account)), lea)
    assert shop.entries(lea)[0].staff_id == anna.staff_id
