"""Somebody is taken off the team: all that was theirs ends at once, and what they did stays."""

import pytest

from domain.ids import StaffId, TokenHash
from domain.refusals import LinkUnknown, NotAllowed, OnlyOwner, PinRequired, StaffNotFound
from domain.staff import Actor, Role, Staff, StaffStatus
from domain.usecases.manage_team import InviteMember, OfMember, SeeTeam, invite_member, see_member, see_team
from domain.usecases.remove_staff import RemoveStaff, remove_staff
from domain.usecases.see_staff import list_staff
from domain.usecases.set_staff import SetStaff, set_staff
from domain.usecases.set_up import InviteStaff
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


def invites(shop: Shop, by: Actor, name: str, role: Role) -> TokenHash:
    """As an owner or a manager does. Returns the hash of the link."""
    token_hash = shop.town.new_hash()
    stores = () if role.is_merchant_wide else (shop.store_id,)
    invite = InviteStaff(
        merchant_id=shop.merchant_id,
        store_id=stores[0] if stores else None,
        name=name,
        role=role,
        token_hash=token_hash,
        staff_id=StaffId(shop.database.ids()),
    )
    command = InviteMember(account=by.account, store_ids=stores, invite=invite)
    shop.database.write(invite_member, command)
    return token_hash


def test_invitations_of_who_was_removed_end_with_them(town: Town, shop: Shop) -> None:
    mia, tom = shop.hires("Mia", Role.MANAGER), shop.hires("Tom", Role.MANAGER)
    theirs = invites(shop, mia, "Bob", Role.MANAGER)
    of_another, of_owner = invites(shop, tom, "Sam", Role.STAFF), invites(shop, shop.owner, "Eve", Role.OWNER)
    opened = invites(shop, mia, "Ida", Role.STAFF)
    shop.claims(opened, town.somebody())
    asked = OfMember(account=shop.owner.account, merchant_id=shop.merchant_id, staff_id=mia.staff_id)
    assert town.database.read(see_member, asked).invited == ("Bob",)
    removes(shop, mia.staff_id)
    with pytest.raises(LinkUnknown):
        shop.claims(theirs, mia.account)
    for link in (of_another, of_owner):
        shop.claims(link, town.somebody())
    team = town.database.read(see_team, SeeTeam(account=shop.owner.account, merchant_id=shop.merchant_id))
    assert {each.staff.name for each in team} == {"Paul", "Eve", "Tom", "Sam", "Ida"}


def test_link_that_somebody_else_made_anew_is_theirs(town: Town, shop: Shop) -> None:
    mia = shop.hires("Mia", Role.MANAGER)
    invites(shop, mia, "Bob", Role.STAFF)
    [bob] = [line for line in town.database.read(list_staff, shop.merchant_id) if line.name == "Bob"]
    token_hash = town.new_hash()
    invite = InviteStaff(
        merchant_id=shop.merchant_id,
        store_id=shop.store_id,
        name="Bob",
        role=Role.STAFF,
        token_hash=token_hash,
        staff_id=bob.staff_id,
    )
    command = InviteMember(account=shop.owner.account, store_ids=(shop.store_id,), invite=invite)
    town.database.write(invite_member, command)
    removes(shop, mia.staff_id)
    assert shop.claims(token_hash, town.somebody()).staff_name == "Bob"


def test_invitations_end_with_the_right_to_make_them(town: Town, shop: Shop) -> None:
    mia = shop.hires("Mia", Role.MANAGER)
    theirs = invites(shop, mia, "Bob", Role.STAFF)
    demoted = SetStaff(
        merchant_id=shop.merchant_id,
        staff_id=mia.staff_id,
        role=Role.STAFF,
        store_ids=frozenset({shop.store_id}),
    )
    town.database.write(set_staff, demoted)
    with pytest.raises(LinkUnknown):
        shop.claims(theirs, town.somebody())
