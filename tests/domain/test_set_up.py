"""The operator sets up a merchant: whole, or not at all."""

from typing import Any

import pytest

from domain.ids import MerchantId, StoreId
from domain.link import LinkKind
from domain.refusals import (
    ColourMalformed,
    CurrencyMalformed,
    MerchantNotFound,
    NameMalformed,
    NumberOutOfRange,
    Refusal,
    RewardMalformed,
    RoleNeedsStore,
    StaffNotFound,
    StoreNotFound,
    TimezoneUnknown,
)
from domain.staff import InvitePurpose, Role, StaffStatus
from domain.usecases.reset_pin import ResetPinByOperator, reset_pin_by_operator
from domain.usecases.see_staff import list_staff
from domain.usecases.set_up import CreateStore, InviteStaff, create_store, invite_staff, merchant_name
from tests.support.databases import look
from tests.support.shop import Town


@pytest.mark.parametrize(
    ("term", "refusal"),
    [
        ({"name": ""}, NameMalformed),
        ({"store_name": " "}, NameMalformed),
        ({"owner_name": "a\nb"}, NameMalformed),
        ({"reward": ""}, RewardMalformed),
        ({"timezone": "Mars/Olympus"}, TimezoneUnknown),
        ({"currency": "euro"}, CurrencyMalformed),
        ({"colour": "brown"}, ColourMalformed),
        ({"stamps_target": 0}, NumberOutOfRange),
        ({"cooldown_minutes": -1}, NumberOutOfRange),
        ({"max_daily_stamps": 0}, NumberOutOfRange),
        ({"pin_window_minutes": 1441}, NumberOutOfRange),
        ({"summary_hour": 24}, NumberOutOfRange),
    ],
)
def test_malformed_term_leaves_nothing_behind(
    town: Town, term: dict[str, Any], refusal: type[Refusal]
) -> None:
    merchant_id, store_id = MerchantId("the merchant"), StoreId("the store")
    with pytest.raises(refusal):
        town.opens_shop(merchant_id=merchant_id, store_id=store_id, **term)
    assert town.database.read(merchant_name, merchant_id) is None
    assert look(town.database, lambda tx: tx.store(merchant_id, store_id)) is None
    assert look(town.database, lambda tx: tx.staff_of(merchant_id)) == []


def test_new_merchant_has_a_program_a_store_with_a_link_and_an_owner_to_come(town: Town) -> None:
    store_hash, owner_hash = town.new_hash(), town.new_hash()
    shop = town.opens_shop(
        name=" Café ", store_token_hash=store_hash, owner_token_hash=owner_hash, max_daily_stamps=None
    )
    assert town.database.read(merchant_name, shop.merchant_id) == "Café"
    assert (shop.program().version, shop.program().active, shop.program().max_daily_stamps) == (1, True, None)
    route = look(town.database, lambda tx: tx.route(store_hash))
    assert route is not None
    assert (route.kind, route.merchant_id, route.target_id) == (
        LinkKind.JOIN,
        shop.merchant_id,
        shop.store_id,
    )
    owner = shop.staff(shop.owner)
    assert (owner.role, owner.status, owner.name) == (Role.OWNER, StaffStatus.ACTIVE, "Paul")


def test_store_needs_a_merchant(town: Town) -> None:
    command = CreateStore(
        merchant_id=MerchantId("none"), store_id=StoreId("s"), name="Gare", token_hash=town.new_hash()
    )
    with pytest.raises(MerchantNotFound):
        town.database.write(create_store, command)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        pytest.param({"merchant_id": MerchantId("none")}, MerchantNotFound, id="no such merchant"),
        pytest.param({"store_id": StoreId("none")}, StoreNotFound, id="no such store"),
        pytest.param({"store_id": None}, None, id="staff at the only store"),
        pytest.param({"store_id": None, "role": Role.MANAGER}, None, id="a manager at no store"),
        pytest.param({"name": ""}, NameMalformed, id="no name"),
        pytest.param({}, None, id="staff at a store"),
    ],
)
def test_invites_lead_to_a_store_of_the_merchant(
    town: Town, change: dict[str, Any], refusal: type[Refusal] | None
) -> None:
    shop = town.opens_shop()
    command: dict[str, Any] = {
        "merchant_id": shop.merchant_id,
        "store_id": shop.store_id,
        "name": "Anna",
        "role": Role.STAFF,
        "token_hash": town.new_hash(),
    }
    if refusal is None:
        staff = town.database.write(invite_staff, InviteStaff(**command | change))
        assert (staff.status, staff.account, staff.pin.hash) == (StaffStatus.INVITED, None, None)
    else:
        with pytest.raises(refusal):
            town.database.write(invite_staff, InviteStaff(**command | change))


@pytest.mark.parametrize("role", [Role.STAFF, Role.TERMINAL])
def test_where_there_are_several_stores_one_is_named(town: Town, role: Role) -> None:
    """Of those that are open."""
    shop = town.opens_shop()
    gare = shop.adds_store("Gare")
    invite = InviteStaff(
        merchant_id=shop.merchant_id, store_id=None, name="Anna", role=role, token_hash=town.new_hash()
    )
    with pytest.raises(RoleNeedsStore):
        town.database.write(invite_staff, invite)
    town.database.switch_off_store(gare)
    staff = town.database.write(invite_staff, invite)
    stores = look(town.database, lambda tx: tx.stores_for(staff))
    assert [store.store_id for store in stores] == [shop.store_id]


def test_store_of_another_merchant_is_not_found(town: Town) -> None:
    shop, other = town.opens_shop(), town.opens_shop()
    with pytest.raises(StoreNotFound):
        shop.invites("Anna", store_id=other.store_id)


def test_operator_sees_the_whole_team_in_the_order_of_invitation(town: Town) -> None:
    shop = town.opens_shop()
    anna = shop.hires("Anna")
    shop.invites("Bob")
    shop.changes_staff(anna, status=StaffStatus.REMOVED)
    assert [(line.name, line.status) for line in town.database.read(list_staff, shop.merchant_id)] == [
        ("Paul", StaffStatus.ACTIVE),
        ("Anna", StaffStatus.REMOVED),
        ("Bob", StaffStatus.INVITED),
    ]
    with pytest.raises(MerchantNotFound):
        town.database.read(list_staff, MerchantId("none"))


@pytest.mark.parametrize("who", ["invited", "removed", "terminal", "of another merchant"])
def test_operator_resets_the_pin_of_active_people_only(town: Town, who: str) -> None:
    shop, other = town.opens_shop(), town.opens_shop()
    anna = shop.hires("Anna", Role.TERMINAL if who == "terminal" else Role.STAFF)
    if who in ("invited", "removed"):
        shop.changes_staff(anna, status=StaffStatus(who))
    command = ResetPinByOperator(
        merchant_id=other.merchant_id if who == "of another merchant" else shop.merchant_id,
        staff_id=anna.staff_id,
        token_hash=town.new_hash(),
    )
    with pytest.raises(StaffNotFound):
        town.database.write(reset_pin_by_operator, command)


def test_operators_reset_is_a_link_for_that_member(town: Town) -> None:
    shop, token_hash = town.opens_shop(), town.new_hash()
    command = ResetPinByOperator(
        merchant_id=shop.merchant_id, staff_id=shop.owner.staff_id, token_hash=token_hash
    )
    town.database.write(reset_pin_by_operator, command)
    claimed = shop.claims(token_hash, shop.owner.account)
    assert (claimed.purpose, claimed.staff_id) == (InvitePurpose.RESET_PIN, shop.owner.staff_id)
