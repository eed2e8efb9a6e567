"""A member's name, role and stores change; no shop is ever without an owner."""

from dataclasses import replace

import pytest

from domain.ids import StoreId
from domain.refusals import (
    NameMalformed,
    NotAllowed,
    OnlyOwner,
    RoleNeedsStore,
    StaffNotFound,
    StoreNotFound,
)
from domain.staff import Actor, Role, Staff
from domain.usecases.set_staff import SetMember, SetStaff, set_member, set_staff
from tests.support.shop import Shop, Town


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop()


def sets(shop: Shop, member: Actor, *, by: Actor | None = None, **changes: object) -> Staff:
    change = SetStaff(merchant_id=shop.merchant_id, staff_id=member.staff_id, **changes)  # type: ignore[arg-type]
    if by is None:
        return shop.database.write(set_staff, change)
    return shop.database.write(set_member, SetMember(account=by.account, change=change))


def test_role_decides_at_once(shop: Shop) -> None:
    mia = shop.hires("Mia", Role.MANAGER)
    anna = shop.hires("Anna")
    sets(shop, mia, by=shop.owner, role=Role.STAFF, store_ids=frozenset({shop.store_id}))
    with pytest.raises(NotAllowed):
        sets(shop, anna, by=mia, name="Anne")
    sets(shop, mia, by=shop.owner, role=Role.MANAGER)
    assert sets(shop, anna, by=mia, name="Anne").name == "Anne"


def test_manager_changes_all_but_ownership(shop: Shop) -> None:
    mia, anna = shop.hires("Mia", Role.MANAGER), shop.hires("Anna")
    assert sets(shop, anna, by=mia, role=Role.MANAGER).role is Role.MANAGER
    for member, change in ((shop.owner, {"name": "Eve"}), (shop.owner, {"role": Role.MANAGER})):
        with pytest.raises(NotAllowed):
            sets(shop, member, by=mia, **change)
    for by in (mia, shop.owner):
        with pytest.raises(NotAllowed):
            sets(shop, anna, by=by, role=Role.OWNER)


def test_only_owner_stays_owner_until_there_is_another(shop: Shop) -> None:
    ida = shop.hires("Ida")
    with pytest.raises(OnlyOwner):
        sets(shop, shop.owner, role=Role.MANAGER)
    sets(shop, ida, role=Role.OWNER)
    sets(shop, shop.owner, role=Role.MANAGER)
    with pytest.raises(OnlyOwner):
        sets(shop, ida, role=Role.MANAGER)


def test_staff_work_where_they_are_put_and_nowhere_else(shop: Shop) -> None:
    anna, mia = shop.hires("Anna"), shop.hires("Mia", Role.MANAGER)
    for role, stores, refusal in (
        (None, frozenset[StoreId](), RoleNeedsStore),
        (None, frozenset({StoreId("elsewhere")}), StoreNotFound),
    ):
        with pytest.raises(refusal):
            sets(shop, anna, role=role, store_ids=stores)
    with pytest.raises(RoleNeedsStore):
        sets(shop, mia, role=Role.STAFF)
    shop.database.switch_off_store(shop.store_id)
    with pytest.raises(StoreNotFound):
        sets(shop, anna, store_ids=frozenset({shop.store_id}))


def test_shared_phone_stays_one(shop: Shop) -> None:
    till, anna = shop.hires("Till", Role.TERMINAL), shop.hires("Anna")
    assert sets(shop, till, name="Counter").name == "Counter"
    for member, role in ((till, Role.STAFF), (anna, Role.TERMINAL)):
        with pytest.raises(StaffNotFound):
            sets(shop, member, role=role)


def test_name_without_a_letter_is_refused(shop: Shop) -> None:
    with pytest.raises(NameMalformed):
        sets(shop, shop.hires("Anna"), name=" ")


def test_staff_who_are_moved_act_at_the_new_store_only(shop: Shop) -> None:
    anna, card = shop.hires("Anna"), shop.gives_card()
    gare = shop.adds_store("Gare")
    sets(shop, anna, by=shop.owner, store_ids=frozenset({gare}))
    with pytest.raises(NotAllowed):
        shop.stamps(anna, card)
    assert shop.stamps(replace(anna, store_id=gare), card).card.stamp_count == 1
