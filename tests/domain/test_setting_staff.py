"""A member's name, role and stores change; no shop is ever without an owner."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.account import Account
from domain.ids import StaffId, StoreId
from domain.messages import AlertReason, MessageKind, StaffAlert
from domain.refusals import (
    NameMalformed,
    NotAllowed,
    OnlyOwner,
    RoleNeedsStore,
    StaffNotFound,
    StaffRemoved,
    StoreNotFound,
)
from domain.staff import Actor, Role, Staff
from domain.usecases.change_fields import change_fields
from domain.usecases.manage_team import (
    LAST_ACTS,
    InviteMember,
    OfMember,
    SeeTeam,
    invite_member,
    remove_member,
    see_team,
    withdraw_from,
)
from domain.usecases.see_settings import SeeChanges, see_changes
from domain.usecases.see_shop import see_shop
from domain.usecases.see_staff import list_staff
from domain.usecases.set_staff import (
    SetMember,
    SetStaff,
    SetWorkplace,
    set_member,
    set_staff,
    set_workplace,
)
from domain.usecases.set_up import InviteStaff
from tests.domain.test_removing_staff import invites
from tests.support.clock import Clock, local
from tests.support.databases import look
from tests.support.shop import Shop, Town
from tests.support.terms import editing


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop()


def sets(shop: Shop, member: Actor, *, by: Actor | None = None, **changes: object) -> Staff:
    change = SetStaff(merchant_id=shop.merchant_id, staff_id=member.staff_id, **changes)  # type: ignore[arg-type]
    if by is None:
        return shop.database.write(set_staff, change)
    return shop.database.write(set_member, SetMember(account=by.account, change=change))


def works_at(shop: Shop, member: Actor, store_id: StoreId, *, there: bool) -> None:
    command = SetWorkplace(
        account=shop.owner.account,
        merchant_id=shop.merchant_id,
        staff_id=member.staff_id,
        store_id=store_id,
        works_there=there,
    )
    shop.database.write(set_workplace, command)


def opens(shop: Shop, store_id: StoreId, *, active: bool) -> None:
    stores = shop.database.read(see_shop, shop.merchant_id).stores
    store = next(each for each in stores if each.store_id == store_id)
    shop.database.write(change_fields, editing(store, active=active))


def logged(shop: Shop) -> list[tuple[str, str, str, str, str | None]]:
    """The log of changes, oldest first: what happened to whom, and by whom."""
    seeing = SeeChanges(account=shop.owner.account, merchant_id=shop.merchant_id)
    return [
        (
            each.member_name or "",
            each.change.field.removeprefix("team."),
            each.change.before,
            each.change.after,
            each.staff_name,
        )
        for each in reversed(shop.database.read(see_changes, seeing).changes)
    ]


def test_owners_see_who_let_whom_in_changed_and_removed_them(shop: Shop) -> None:
    mia = shop.hires("Mia", Role.MANAGER)
    sam = shop.takes_on(invites(shop, mia, "Sam", Role.STAFF))
    old_name = shop.staff(shop.owner).name
    sets(shop, sam, by=mia, name="Sammy")
    sets(shop, sam, by=mia, name="Sammy", role=Role.STAFF)
    sets(shop, sam, by=mia, role=Role.MANAGER)
    shop.resets_pin(mia, sam)
    shop.database.write(
        remove_member, OfMember(account=mia.account, merchant_id=shop.merchant_id, staff_id=sam.staff_id)
    )
    invites(shop, mia, "Who never came", Role.STAFF)
    sets(shop, mia, role=Role.STAFF, store_ids=frozenset({shop.store_id}))
    shop.resets_pin(shop.owner, mia)
    assert logged(shop) == [
        ("Mia", "joined", "", "manager", None),
        ("Sammy", "joined", "", "staff", "Mia"),
        ("Sammy", "name", "Sam", "Sammy", "Mia"),
        ("Sammy", "role", "staff", "manager", "Mia"),
        ("Sammy", "stores", shop.store_id, "", "Mia"),
        ("Sammy", "pin", "", "", "Mia"),
        ("Sammy", "removed", "manager", "", "Mia"),
        ("Mia", "role", "manager", "staff", None),
        ("Mia", "stores", "", shop.store_id, None),
        ("Mia", "pin", "", "", old_name),
    ]


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


def test_who_worked_everywhere_goes_on_at_every_store_until_told_where(shop: Shop) -> None:
    mia, gare = shop.hires("Mia", Role.MANAGER), shop.adds_store("Gare")
    sets(shop, mia, by=shop.owner, role=Role.STAFF)
    assert stores_of(shop, mia) == {shop.store_id, gare}


def test_store_is_added_and_taken_away_whatever_it_was_before(shop: Shop) -> None:
    anna, gare = shop.hires("Anna"), shop.adds_store("Gare")
    for there in (True, True, False, False):
        works_at(shop, anna, gare, there=there)
        assert stores_of(shop, anna) == {shop.store_id, *([gare] if there else [])}
    with pytest.raises(RoleNeedsStore):
        works_at(shop, anna, shop.store_id, there=False)


def test_store_that_is_closed_for_now_is_worked_at_again_when_it_opens(shop: Shop) -> None:
    anna, gare, lido = shop.hires("Anna"), shop.adds_store("Gare"), shop.adds_store("Lido")
    works_at(shop, anna, lido, there=True)
    opens(shop, lido, active=False)
    works_at(shop, anna, gare, there=True)
    works_at(shop, anna, shop.store_id, there=False)
    assert stores_of(shop, anna) == {gare}
    with pytest.raises(RoleNeedsStore):
        works_at(shop, anna, gare, there=False)
    opens(shop, lido, active=True)
    assert stores_of(shop, anna) == {gare, lido}


def test_invitation_asked_for_again_is_one_member_with_one_open_link(shop: Shop) -> None:
    def invites(role: Role = Role.STAFF) -> None:
        invite = InviteStaff(
            merchant_id=shop.merchant_id,
            store_id=shop.store_id,
            name="Zoé",
            role=role,
            token_hash=shop.town.new_hash(),
            staff_id=StaffId("z"),
        )
        command = InviteMember(account=shop.owner.account, store_ids=(shop.store_id,), invite=invite)
        shop.database.write(invite_member, command)

    invites()
    invites()
    links = look(shop.database, lambda tx: tx.invites_of(shop.merchant_id))
    assert [link.withdrawn_at is None for link in links if link.staff_id == "z"] == [False, True]
    assert [staff.name for staff in team_of(shop) if staff.staff_id == "z"] == ["Zoé"]


def test_link_is_withdrawn_once_and_by_who_may(shop: Shop) -> None:
    mia = shop.hires("Mia", Role.MANAGER)
    shop.invites("Ida", Role.OWNER)
    [ida] = [staff for staff in team_of(shop) if staff.name == "Ida"]

    def asked(by: Actor) -> OfMember:
        return OfMember(account=by.account, merchant_id=shop.merchant_id, staff_id=ida.staff_id)

    with pytest.raises(NotAllowed):
        shop.database.write(withdraw_from, asked(mia))
    shop.database.write(withdraw_from, asked(shop.owner))
    for act in (withdraw_from, remove_member):
        with pytest.raises(StaffRemoved):
            shop.database.write(act, asked(shop.owner))


def team_of(shop: Shop) -> list[Staff]:
    return [*look(shop.database, lambda tx: tx.staff_of(shop.merchant_id))]


def stores_of(shop: Shop, member: Actor) -> set[StoreId]:
    [staff] = [each for each in team_of(shop) if each.staff_id == member.staff_id]
    return {store.store_id for store in look(shop.database, lambda tx: tx.stores_for(staff))}


@pytest.mark.parametrize("hour", [1, 23])
@pytest.mark.parametrize("timezone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_acts_lately_are_those_of_the_shops_own_days(
    town: Town, clock: Clock, timezone: str, hour: int
) -> None:
    day = date(2026, 6, 15)
    clock.is_at(local(timezone, day, hour))
    shop = town.opens_shop(timezone=timezone)
    shop.stamps(shop.hires("Anna"), shop.gives_card())

    def lately() -> date | None:
        query = SeeTeam(account=shop.owner.account, merchant_id=shop.merchant_id)
        [anna] = [each for each in shop.database.read(see_team, query) if each.staff.name == "Anna"]
        return anna.last_act_on

    for now, seen in ((day + LAST_ACTS, day), (day + LAST_ACTS + timedelta(days=1), None)):
        clock.is_at(local(timezone, now, hour))
        assert lately() == seen


def told_of_new_managers(shop: Shop) -> list[tuple[Account, str, str | None]]:
    told = shop.town.messages(MessageKind.STAFF_ALERT)
    facts = [(each.recipient, each.facts) for each in told if isinstance(each.facts, StaffAlert)]
    return [
        (who, alert.staff_name, alert.by) for who, alert in facts if alert.reason is AlertReason.NEW_MANAGER
    ]


def test_owners_are_told_of_whom_a_manager_makes_a_manager(town: Town, shop: Shop) -> None:
    mia, ida = shop.hires("Mia", Role.MANAGER), shop.hires("Ida", Role.OWNER)
    assert told_of_new_managers(shop) == []
    link = invites(shop, mia, "Bob", Role.MANAGER)
    assert told_of_new_managers(shop) == []
    account = town.somebody()
    for _ in range(2):
        shop.claims(link, account)
    owners = [shop.owner.account, ida.account]
    assert told_of_new_managers(shop) == [(owner, "Bob", "Mia") for owner in owners]
    sam = shop.hires("Sam")
    change = SetStaff(merchant_id=shop.merchant_id, staff_id=sam.staff_id, role=Role.MANAGER)
    for _ in range(2):
        town.database.write(set_member, SetMember(account=shop.owner.account, change=change))
    assert told_of_new_managers(shop)[2:] == [(ida.account, "Sam", "Paul")]
    shop.claims(invites(shop, mia, "Tom", Role.STAFF), town.somebody())
    assert len(told_of_new_managers(shop)) == 3


def test_who_was_invited_as_staff_and_is_made_a_manager_before_they_join_is_told_of_once(
    town: Town, shop: Shop
) -> None:
    mia = shop.hires("Mia", Role.MANAGER)
    link = invites(shop, mia, "Bob", Role.STAFF)
    bob = next(each for each in town.database.read(list_staff, shop.merchant_id) if each.name == "Bob")
    change = SetStaff(merchant_id=shop.merchant_id, staff_id=bob.staff_id, role=Role.MANAGER)
    town.database.write(set_member, SetMember(account=mia.account, change=change))
    shop.claims(link, town.somebody())
    assert told_of_new_managers(shop) == [(shop.owner.account, "Bob", "Mia")]
