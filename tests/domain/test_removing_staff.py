"""Somebody is taken off the team: all that was theirs ends at once, and what they did stays."""

import pytest

from domain.ids import StaffId
from domain.refusals import LinkUnknown, NotAllowed, OnlyOwner, PinRequired, StaffNotFound
from domain.staff import Role, Staff, StaffStatus
from domain.usecases.remove_staff import RemoveStaff, remove_staff
from domain.usecases.see_staff import list_staff
from domain.usecases.who_is import actor_at_desk, who_is
from tests.support.shop import Shop, Town


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop()


def removes(shop: Shop, staff_id: StaffId) -> Staff:
    command = RemoveStaff(merchant_id=shop.merchant_id, staff_id=staff_id)
    return shop.database.write(remove_staff, command)


def test_who_was_removed_does_nothing_more_and_what_they_did_stays(shop: Shop) -> None:
    anna, lea = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, lea)
    removes(shop, anna.staff_id)
    with pytest.raises(NotAllowed):
        shop.stamps(anna, lea)
    assert shop.card(lea).stamp_count == 1
    assert not shop.database.read(who_is, anna.account).is_staff
    assert shop.staff(anna).status is StaffStatus.REMOVED


def test_terminal_has_nobody_standing_at_it_when_they_are_removed(shop: Shop) -> None:
    shop.changes_terms(require_staff_pin=True)
    till = shop.hires("Counter", Role.TERMINAL)
    own = shop.hires("Bob")
    shop.chooses_pin(own)
    bob = shop.actor(own.staff_id, till.account)
    shop.types_right_pin(bob)
    assert actor_at_desk(shop.database.read(who_is, till.account)).staff_id == bob.staff_id
    removes(shop, bob.staff_id)
    with pytest.raises(PinRequired):
        actor_at_desk(shop.database.read(who_is, till.account))
    with pytest.raises(NotAllowed):
        shop.stamps(bob, shop.gives_card())


def test_links_of_who_was_removed_lead_nowhere(town: Town, shop: Shop) -> None:
    used, unused, account = shop.invites("Anna"), shop.invites("Bob"), town.somebody()
    removes(shop, shop.takes_on(used, account).staff_id)
    [bob] = [line for line in town.database.read(list_staff, shop.merchant_id) if line.name == "Bob"]
    removes(shop, bob.staff_id)
    for link in (used, unused):
        with pytest.raises(LinkUnknown):
            shop.claims(link, account)


def test_account_of_who_was_removed_may_join_again_as_somebody_new(shop: Shop) -> None:
    anna = shop.hires("Anna")
    removes(shop, anna.staff_id)
    again = shop.hires("Anna", account=anna.account)
    assert again.staff_id != anna.staff_id
    assert shop.stamps(again, shop.gives_card()).card.stamp_count == 1


def test_only_owner_stays_until_there_is_another(shop: Shop) -> None:
    with pytest.raises(OnlyOwner):
        removes(shop, shop.owner.staff_id)
    shop.invites("Eve", Role.OWNER)
    with pytest.raises(OnlyOwner):
        removes(shop, shop.owner.staff_id)
    shop.hires("Ida", Role.OWNER)
    assert removes(shop, shop.owner.staff_id).status is StaffStatus.REMOVED


def test_nobody_is_removed_twice_nor_from_another_shop(town: Town, shop: Shop) -> None:
    anna, elsewhere = shop.hires("Anna"), town.opens_shop()
    with pytest.raises(StaffNotFound):
        removes(elsewhere, anna.staff_id)
    removes(shop, anna.staff_id)
    with pytest.raises(StaffNotFound):
        removes(shop, anna.staff_id)
