"""Invite links: for one member, once, for a week; who opened one may open it again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.ids import InviteId, StaffId
from domain.refusals import (
    AlreadyOnTeam,
    InviteExpired,
    InviteUsed,
    LinkUnknown,
    NotAllowed,
    OwnPhoneNeeded,
)
from domain.staff import InvitePurpose, PinSession, Role, StaffStatus
from domain.usecases.claim_invite import ClaimInvite, PinTask, claim_invite
from domain.usecases.who_is import who_is
from tests.support.clock import Clock
from tests.support.databases import look
from tests.support.shop import Shop, Town


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop()


def test_link_binds_the_account_to_the_member(town: Town, shop: Shop) -> None:
    account = town.somebody()
    claimed = shop.claims(shop.invites("Anna"), account)
    anna = shop.staff(shop.actor(claimed.staff_id, account))
    assert (anna.name, anna.role, anna.status, anna.account) == (
        "Anna",
        Role.STAFF,
        StaffStatus.ACTIVE,
        account,
    )
    assert (claimed.merchant_name, claimed.stores) == ("Café Knätsch", ((shop.store_id, "Gare"),))


def test_same_account_may_open_the_link_again_and_finds_the_same_answer(
    town: Town, shop: Shop, clock: Clock
) -> None:
    link, account = shop.invites("Anna"), town.somebody()
    first = shop.claims(link, account)
    clock.passes(days=30)
    assert shop.claims(link, account) == first


def test_link_that_was_used_is_refused_to_another_account(town: Town, shop: Shop) -> None:
    link = shop.invites("Anna")
    claimed = shop.claims(link, town.somebody())
    stranger = town.somebody()
    with pytest.raises(InviteUsed):
        shop.claims(link, stranger)
    assert look(town.database, lambda tx: tx.member(shop.merchant_id, stranger)) is None
    assert shop.staff(shop.actor(claimed.staff_id, stranger)).account != stranger


@pytest.mark.parametrize(
    ("later", "accepted"), [(timedelta(days=7, seconds=-1), True), (timedelta(days=7), False)]
)
def test_link_is_valid_for_a_week(
    town: Town, shop: Shop, clock: Clock, later: timedelta, accepted: bool
) -> None:
    link = shop.invites("Anna")
    clock.is_at(clock.now + later)
    if accepted:
        assert shop.claims(link, town.somebody()).staff_name == "Anna"
    else:
        with pytest.raises(InviteExpired):
            shop.claims(link, town.somebody())


def test_unknown_link_and_that_of_a_removed_member_lead_nowhere(town: Town, shop: Shop) -> None:
    with pytest.raises(LinkUnknown):
        town.database.write(
            claim_invite,
            ClaimInvite(account=town.somebody(), merchant_id=shop.merchant_id, invite_id=InviteId("none")),
        )
    link, account = shop.invites("Anna"), town.somebody()
    anna = shop.takes_on(link, account)
    shop.changes_staff(anna, status=StaffStatus.REMOVED)
    with pytest.raises(LinkUnknown):
        shop.claims(link, account)


@pytest.mark.parametrize(
    ("present", "invited"),
    [
        (Role.STAFF, Role.STAFF),
        (Role.OWNER, Role.STAFF),
        (Role.STAFF, Role.MANAGER),
        (Role.STAFF, Role.TERMINAL),
        (Role.TERMINAL, Role.TERMINAL),
    ],
)
def test_account_has_one_role_at_a_merchant(town: Town, shop: Shop, present: Role, invited: Role) -> None:
    account = shop.hires("First", present).account
    link = shop.invites("Second", invited)
    with pytest.raises(AlreadyOnTeam) as refused:
        shop.claims(link, account)
    assert (refused.value.merchant_name, refused.value.role) == ("Café Knätsch", present)


@pytest.mark.parametrize("invited", [Role.OWNER, Role.MANAGER, Role.STAFF])
def test_link_opened_at_a_terminal_stays_unused_for_the_members_own_phone(
    town: Town, shop: Shop, invited: Role
) -> None:
    terminal, link = shop.hires("Till", Role.TERMINAL), shop.invites("Anna", invited)
    with pytest.raises(OwnPhoneNeeded):
        shop.claims(link, terminal.account)
    anna = shop.takes_on(link, town.somebody())
    assert shop.staff(anna).account == anna.account
    with pytest.raises(OwnPhoneNeeded):
        shop.claims(link, terminal.account)


def test_refused_claim_leaves_the_link_unused(town: Town, shop: Shop) -> None:
    link = shop.invites("Bob")
    with pytest.raises(AlreadyOnTeam):
        shop.claims(link, shop.hires("Anna").account)
    assert shop.claims(link, town.somebody()).staff_name == "Bob"


def test_same_account_may_work_for_two_merchants(town: Town, shop: Shop) -> None:
    anna = shop.hires("Anna")
    other = town.opens_shop(name="Bäckerei")
    other.hires("Anna", account=anna.account)
    caller = town.database.read(who_is, anna.account)
    assert {membership.merchant_name for membership in caller.memberships} == {"Café Knätsch", "Bäckerei"}


def test_customer_may_become_staff(town: Town, shop: Shop) -> None:
    account = town.somebody()
    shop.gives_card("Anna", account)
    assert shop.claims(shop.invites("Anna"), account).staff_name == "Anna"


@pytest.mark.parametrize(
    ("role", "require_staff_pin", "task"),
    [
        (Role.STAFF, True, PinTask.MUST_CHOOSE),
        (Role.STAFF, False, PinTask.MAY_CHOOSE),
        (Role.MANAGER, True, PinTask.MUST_CHOOSE),
        (Role.TERMINAL, True, PinTask.NONE),
        (Role.TERMINAL, False, PinTask.NONE),
    ],
)
def test_what_a_new_member_has_to_do_about_a_pin(
    town: Town, role: Role, require_staff_pin: bool, task: PinTask
) -> None:
    shop = town.opens_shop(require_staff_pin=require_staff_pin)
    link, account = shop.invites("Anna", role), town.somebody()
    claimed = shop.claims(link, account)
    assert claimed.pin_task is task
    if task is not PinTask.NONE:
        shop.chooses_pin(shop.actor(claimed.staff_id, account))
        assert shop.claims(link, account).pin_task is PinTask.NONE


def test_manager_resets_a_pin_by_a_link_that_only_the_member_can_use(town: Town, shop: Shop) -> None:
    anna, bob = shop.hires("Anna"), shop.hires("Bob")
    shop.chooses_pin(anna)
    link = shop.resets_pin(shop.owner, anna)
    assert shop.staff(anna).pin.hash is not None
    for account in (bob.account, shop.owner.account, town.somebody()):
        with pytest.raises(LinkUnknown):
            shop.claims(link, account)
    generation = shop.staff(anna).pin.generation
    claimed = shop.claims(link, anna.account)
    assert (claimed.purpose, claimed.pin_task) == (InvitePurpose.RESET_PIN, PinTask.MAY_CHOOSE)
    pin = shop.staff(anna).pin
    assert pin.hash is None
    assert shop.pin_session(anna) == PinSession()
    assert pin.generation > generation


def test_reset_link_works_once_and_does_not_undo_the_new_pin(town: Town, shop: Shop) -> None:
    anna = shop.hires("Anna")
    shop.chooses_pin(anna)
    link = shop.resets_pin(shop.owner, anna)
    shop.claims(link, anna.account)
    shop.chooses_pin(anna, "the new one")
    assert shop.claims(link, anna.account).pin_task is PinTask.NONE
    assert shop.staff(anna).pin.hash == "the new one"


@pytest.mark.parametrize("who", ["staff", "stranger", "removed manager", "owner of another"])
def test_only_managers_reset_pins(town: Town, shop: Shop, who: str) -> None:
    anna, mia = shop.hires("Anna"), shop.hires("Mia", Role.MANAGER)
    shop.changes_staff(mia, status=StaffStatus.REMOVED)
    account = {
        "staff": shop.hires("Bob").account,
        "stranger": town.somebody(),
        "removed manager": mia.account,
        "owner of another": town.opens_shop().owner.account,
    }[who]
    with pytest.raises(NotAllowed):
        shop.resets_pin(replace(mia, account=account), anna)


@pytest.mark.parametrize("whose", ["removed", "terminal", "nobody"])
def test_only_the_pin_of_active_people_is_reset(town: Town, shop: Shop, whose: str) -> None:
    removed, terminal = shop.hires("Anna"), shop.hires("Till", Role.TERMINAL)
    shop.changes_staff(removed, status=StaffStatus.REMOVED)
    nobody = replace(removed, staff_id=StaffId("none"))
    with pytest.raises(NotAllowed):
        shop.resets_pin(shop.owner, {"removed": removed, "terminal": terminal, "nobody": nobody}[whose])


def test_account_is_remembered_at_the_merchant_by_its_claim(town: Town, shop: Shop) -> None:
    account = town.somebody()
    assert look(town.database, lambda tx: tx.merchants_of(account)) == []
    shop.claims(shop.invites("Anna"), account)
    assert look(town.database, lambda tx: tx.merchants_of(account)) == [shop.merchant_id]


def test_member_of_one_store_stands_at_its_desk_at_once(town: Town, shop: Shop) -> None:
    anna = shop.hires("Anna")
    desk = look(town.database, lambda tx: tx.desk(anna.account))
    assert desk is not None
    assert (desk.store_id, desk.staff_id) == (shop.store_id, anna.staff_id)
    shop.adds_store("Belval")
    mia = shop.hires("Mia", Role.MANAGER)
    assert look(town.database, lambda tx: tx.desk(mia.account)) is None
