"""What every store promises of the team: who works where, and with which links they come in."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from domain.account import Account, Person
from domain.approval import Approval
from domain.dialogue import Dialogue
from domain.ids import BotId, InviteId, MerchantId, StaffId, StoreId, UserId
from domain.plumbing.people import Meet, meet
from domain.ports import Tx
from domain.staff import Actor, Desk, Invite, InvitePurpose, Pin, PinSession, Role, Staff, StaffStatus
from storage.postgres.tx import DistributedTx
from storage.tx import Tx as StoredTx
from tests.support.clock import Clock
from tests.support.databases import do, look
from tests.support.shop import Shop, Town
from tests.support.violations import BROKEN

LARGE = Account(bot_id=BotId(2**52), user_id=UserId(2**52 - 1))


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop()


def as_distributed(tx: Tx) -> Tx:
    """On the same session."""
    assert isinstance(tx, StoredTx)
    return DistributedTx(tx.session, tx.new_id, tx.chance_below).begin(tx.now)


def a_member(shop: Shop, name: str = "Anna", **changes: Any) -> Staff:
    member = Staff(
        merchant_id=shop.merchant_id,
        staff_id=StaffId(shop.database.ids()),
        name=name,
        role=Role.STAFF,
        status=StaffStatus.ACTIVE,
        account=None,
        pin=Pin(hash=None, generation=0),
        created_at=shop.database.clock.now,
    )
    return replace(member, **changes)


def adds(shop: Shop, member: Staff, *store_ids: StoreId) -> Staff:
    do(shop.database, lambda tx: tx.add_staff(member, store_ids))
    return member


def again(shop: Shop, member: Staff) -> Staff | None:
    return look(shop.database, lambda tx: tx.staff(member.merchant_id, member.staff_id))


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("status", StaffStatus)
def test_member_comes_back_as_added(shop: Shop, role: Role, status: StaffStatus) -> None:
    member = adds(shop, a_member(shop, "Änna 'A'", role=role, status=status, account=LARGE))
    assert again(shop, member) == member
    assert look(shop.database, lambda tx: tx.member(shop.merchant_id, LARGE)) == member
    assert (
        look(shop.database, lambda tx: tx.member(shop.merchant_id, replace(LARGE, bot_id=BotId(1)))) is None
    )


def test_saved_member_takes_the_place_of_the_old(shop: Shop, clock: Clock) -> None:
    member = adds(shop, a_member(shop))
    bystander = adds(shop, a_member(shop, "Bob"))
    pin = Pin(hash="$argon2id$", generation=3)
    changed = replace(member, name="Anne", status=StaffStatus.REMOVED, account=LARGE, pin=pin)
    do(shop.database, lambda tx: tx.save_staff(changed))
    assert (again(shop, member), again(shop, bystander)) == (changed, bystander)


def test_saved_pin_changes_the_pin_and_nothing_else(shop: Shop, clock: Clock) -> None:
    member = adds(shop, a_member(shop))
    pin = Pin(hash="hash", generation=1)
    told = replace(member, name="Not Anna")
    do(shop.database, lambda tx: tx.save_pin(told, pin))
    assert again(shop, member) == replace(member, pin=pin)


def test_account_is_one_member_of_a_merchant(town: Town, shop: Shop) -> None:
    adds(shop, a_member(shop, account=LARGE))
    with pytest.raises(BROKEN):
        adds(shop, a_member(shop, account=LARGE))
    unbound = adds(shop, a_member(shop))
    adds(shop, a_member(shop))
    with pytest.raises(BROKEN):
        do(shop.database, lambda tx: tx.save_staff(replace(unbound, account=LARGE)))
    other = town.opens_shop()
    adds(other, a_member(other, account=LARGE))


def test_member_works_for_a_merchant_and_at_its_stores(town: Town, shop: Shop) -> None:
    with pytest.raises(BROKEN):
        adds(shop, a_member(shop, merchant_id=MerchantId("none")))
    for store_id in (StoreId("none"), town.opens_shop().store_id):
        with pytest.raises(BROKEN):
            adds(shop, a_member(shop), store_id)
    assert len(look(town.database, lambda tx: tx.staff_of(shop.merchant_id))) == 1


def test_team_is_listed_in_the_order_of_invitation(town: Town, shop: Shop) -> None:
    members = [adds(shop, a_member(shop, name)) for name in ("Zoé", "Anna", "Mia")]
    town.opens_shop()
    assert look(town.database, lambda tx: tx.staff_of(shop.merchant_id))[1:] == members


def test_team_at_a_store_is_everybody_active_who_may_act_there_by_name(town: Town, shop: Shop) -> None:
    belval = shop.adds_store("Belval")
    zoe = adds(shop, a_member(shop, "Zoé"), shop.store_id, belval)
    anna = adds(shop, a_member(shop, "Anna"), shop.store_id)
    mia = adds(shop, a_member(shop, "Mia", role=Role.MANAGER))
    adds(shop, a_member(shop, "Till", role=Role.TERMINAL), shop.store_id)
    adds(shop, a_member(shop, "Bob", status=StaffStatus.INVITED), shop.store_id)
    adds(shop, a_member(shop, "Tom", status=StaffStatus.REMOVED, role=Role.MANAGER))
    adds(shop, a_member(shop, "Nowhere"))
    owner = shop.staff(shop.owner)

    def team(store_id: StoreId) -> list[Staff]:
        return list(look(town.database, lambda tx: tx.team_at(shop.merchant_id, store_id)))

    assert team(shop.store_id) == [anna, mia, owner, zoe]
    assert team(belval) == [mia, owner, zoe]
    assert team(StoreId("none")) == []
    shop.database.switch_off_store(belval)
    assert team(belval) == []


def test_stores_of_a_member_are_the_active_ones_by_name(town: Town, shop: Shop) -> None:
    belval, ansembourg = shop.adds_store("Belval"), shop.adds_store("Ansembourg")
    closed = shop.adds_store("Closed")
    shop.database.switch_off_store(closed)
    town.opens_shop()
    anna = adds(shop, a_member(shop), shop.store_id, ansembourg, closed)
    mia = adds(shop, a_member(shop, role=Role.MANAGER))

    def stores(member: Staff) -> list[StoreId]:
        return [store.store_id for store in look(town.database, lambda tx: tx.stores_for(member))]

    assert stores(anna) == [ansembourg, shop.store_id]
    assert stores(mia) == [ansembourg, belval, shop.store_id]
    assert stores(a_member(shop)) == []


def test_member_is_assigned_to_closed_stores_too(town: Town, shop: Shop) -> None:
    closed = shop.adds_store("Closed")
    shop.database.switch_off_store(closed)
    other = town.opens_shop()
    anna = adds(shop, a_member(shop), shop.store_id, closed)
    mia = adds(shop, a_member(shop, role=Role.MANAGER))
    adds(other, a_member(other), other.store_id)
    assert look(town.database, lambda tx: tx.assigned_to(anna)) == {shop.store_id, closed}
    assert look(town.database, lambda tx: tx.assigned_to(mia)) == frozenset()


def test_managers_are_active_owners_and_managers_with_an_account(town: Town, shop: Shop) -> None:
    town.opens_shop()
    accounts = [Account(bot_id=BotId(1), user_id=UserId(number)) for number in range(4)]
    adds(shop, a_member(shop, role=Role.MANAGER, account=accounts[0]))
    adds(shop, a_member(shop, role=Role.MANAGER, account=accounts[1], status=StaffStatus.REMOVED))
    adds(shop, a_member(shop, role=Role.STAFF, account=accounts[2]))
    adds(shop, a_member(shop, role=Role.TERMINAL, account=accounts[3]))
    adds(shop, a_member(shop, role=Role.MANAGER))
    found = look(town.database, lambda tx: tx.managers_of(shop.merchant_id))
    assert sorted(found) == sorted([shop.owner.account, accounts[0]])


def test_memberships_are_those_at_remembered_merchants_with_their_open_stores(town: Town, shop: Shop) -> None:
    bakery = town.opens_shop(name="Bakery", timezone="Europe/Paris", store_name="Rive")
    unknown = town.opens_shop()
    adds(unknown, a_member(unknown, account=LARGE))
    manager = adds(bakery, a_member(bakery, role=Role.MANAGER, account=LARGE))
    belval = bakery.adds_store("Belval")
    anna = adds(shop, a_member(shop, account=LARGE), shop.store_id)
    gone = town.opens_shop()
    adds(gone, a_member(gone, account=LARGE, status=StaffStatus.REMOVED), gone.store_id)
    remembered = (bakery.merchant_id, shop.merchant_id, gone.merchant_id, MerchantId("none"))

    def remembers(tx: Tx) -> None:
        for merchant_id in remembered:
            tx.remember_merchant(LARGE, merchant_id)

    do(town.database, remembers)
    found = look(town.database, lambda tx: tx.memberships_of(LARGE))
    assert found == look(town.database, lambda tx: as_distributed(tx).memberships_of(LARGE))
    assert [(one.staff, one.merchant_name, one.timezone, one.stores) for one in found] == [
        (anna, "Café Knätsch", "Europe/Luxembourg", ((shop.store_id, "Gare"),)),
        (manager, "Bakery", "Europe/Paris", ((belval, "Belval"), (bakery.store_id, "Rive"))),
    ]
    shop.database.switch_off_store(shop.store_id)
    assert look(town.database, lambda tx: tx.memberships_of(LARGE))[0].stores == ()


@pytest.mark.parametrize("purpose", InvitePurpose)
def test_invite_comes_back_as_saved_last(shop: Shop, clock: Clock, purpose: InvitePurpose) -> None:
    invite = Invite(
        merchant_id=shop.merchant_id,
        invite_id=InviteId("i"),
        staff_id=adds(shop, a_member(shop)).staff_id,
        purpose=purpose,
        expires_at=clock.now,
        used_by=None,
        used_at=None,
    )
    do(shop.database, lambda tx: tx.add_invite(invite))
    assert look(shop.database, lambda tx: tx.invite(shop.merchant_id, invite.invite_id)) == invite
    with pytest.raises(BROKEN):
        do(shop.database, lambda tx: tx.add_invite(invite))
    used = replace(invite, used_by=LARGE, used_at=clock.now)
    do(shop.database, lambda tx: tx.save_invite(used))
    assert look(shop.database, lambda tx: tx.invite(shop.merchant_id, invite.invite_id)) == used
    assert look(shop.database, lambda tx: tx.invite(MerchantId("none"), invite.invite_id)) is None


def test_invite_needs_a_member_of_its_merchant(town: Town, shop: Shop, clock: Clock) -> None:
    other = town.opens_shop()
    invite = Invite(
        merchant_id=other.merchant_id,
        invite_id=InviteId("i"),
        staff_id=shop.owner.staff_id,
        purpose=InvitePurpose.JOIN_TEAM,
        expires_at=clock.now,
        used_by=None,
        used_at=None,
    )
    with pytest.raises(BROKEN):
        do(shop.database, lambda tx: tx.add_invite(invite))


def test_account_has_one_desk_the_last_it_was_given(shop: Shop) -> None:
    desk = Desk(account=LARGE, merchant_id=shop.merchant_id, store_id=shop.store_id, staff_id=None)
    other = replace(desk, store_id=StoreId("another"), staff_id=StaffId("s"))
    assert look(shop.database, lambda tx: tx.desk(LARGE)) is None
    do(shop.database, lambda tx: tx.save_desk(desk))
    assert look(shop.database, lambda tx: tx.desk(LARGE)) == desk
    do(shop.database, lambda tx: tx.save_desk(other))
    assert look(shop.database, lambda tx: tx.desk(LARGE)) == other
    do(shop.database, lambda tx: tx.save_desk(desk))
    assert look(shop.database, lambda tx: tx.desk(LARGE)) == desk
    assert look(shop.database, lambda tx: tx.desk(replace(LARGE, bot_id=BotId(1)))) is None


def test_presence_is_what_there_is_of_one_account(shop: Shop, clock: Clock) -> None:
    locale = {"telegram_locale": None, "chosen_locale": None, "unreachable_since": None}
    person = Person(account=LARGE, name="Léa", **locale)
    desk = Desk(account=LARGE, merchant_id=shop.merchant_id, store_id=shop.store_id, staff_id=None)
    dialogue = Dialogue(
        account=LARGE, nonce="n", state="{}", keys="", last_update_id=None, expires_at=clock.now
    )
    saved: tuple[Person | None, Desk | None, Dialogue | None] = (None, None, None)
    assert look(shop.database, lambda tx: tx.presences([LARGE])) == [saved]
    do(shop.database, lambda tx: tx.save_dialogue(dialogue))
    assert look(shop.database, lambda tx: tx.presences([LARGE])) == [(None, None, dialogue)]
    do(shop.database, lambda tx: tx.save_desk(desk))
    do(shop.database, lambda tx: tx.save_person(person))
    assert look(shop.database, lambda tx: tx.presences([LARGE])) == [(person, desk, dialogue)]
    assert look(shop.database, lambda tx: tx.presences([replace(LARGE, bot_id=BotId(1))])) == [saved]


def test_presences_are_in_the_order_in_which_they_are_asked_for(shop: Shop) -> None:
    known = {each: shop.town.somebody() for each in ("Léa", "Tom")}
    for name, account in known.items():
        meeting = Meet(account=account, name=name, telegram_locale=None)
        shop.database.write(meet, meeting)
    stranger, elsewhere = shop.town.somebody(), replace(known["Léa"], bot_id=BotId(1))
    asked = [known["Tom"], stranger, elsewhere, known["Léa"], known["Tom"]]
    found = look(shop.database, lambda tx: tx.presences(asked))
    assert [person and person.name for person, _, _ in found] == ["Tom", None, None, "Léa", "Tom"]
    assert look(shop.database, lambda tx: tx.presences([])) == []


def test_pin_session_is_each_members_on_each_account_and_the_newest_counts(shop: Shop, clock: Clock) -> None:
    anna, bob, lea = shop.hires("Anna"), shop.hires("Bob"), shop.gives_card()
    member = shop.staff(anna)
    first = clock.now
    do(shop.database, lambda tx: tx.save_pin_session(member, anna.account, PinSession(verified_at=first)))
    second = first + timedelta(microseconds=1)
    do(shop.database, lambda tx: tx.save_pin_session(member, anna.account, PinSession(verified_at=second)))

    def verified_at(actor: Actor) -> datetime | None:
        return look(shop.database, lambda tx: tx.counter(actor, lea.card)).pin_session.verified_at

    assert verified_at(anna) == second
    for other in (bob, replace(anna, account=bob.account), replace(bob, account=anna.account)):
        assert verified_at(other) is None
    stranger = a_member(shop)
    with pytest.raises(BROKEN):
        do(shop.database, lambda tx: tx.save_pin_session(stranger, LARGE, PinSession(verified_at=first)))


def test_pin_session_comes_back_as_saved_until_the_sessions_end(shop: Shop, clock: Clock) -> None:
    anna, bob = shop.staff(shop.hires("Anna")), shop.staff(shop.hires("Bob"))
    saved = PinSession(failures=20, locked_until=clock.now)

    def session_of(member: Staff, account: Account) -> PinSession:
        return look(shop.database, lambda tx: tx.pin_session(member, account))

    assert session_of(anna, LARGE) == PinSession()
    for member in (anna, bob):
        do(shop.database, lambda tx, member=member: tx.save_pin_session(member, LARGE, saved))  # type: ignore[misc]
    assert session_of(anna, LARGE) == saved
    assert session_of(anna, replace(LARGE, bot_id=BotId(1))) == PinSession()
    do(shop.database, lambda tx: tx.end_pin_sessions(anna))
    assert (session_of(anna, LARGE), session_of(bob, LARGE)) == (PinSession(), saved)


def test_pin_window_is_moved_beside_the_tries_and_only_where_there_is_a_session(
    shop: Shop, clock: Clock
) -> None:
    anna = shop.staff(shop.hires("Anna"))
    saved = PinSession(verified_at=clock.now, failures=3, locked_until=clock.now)
    do(shop.database, lambda tx: tx.save_pin_window(anna, LARGE, clock.now))
    assert look(shop.database, lambda tx: tx.pin_session(anna, LARGE)) == PinSession()
    do(shop.database, lambda tx: tx.save_pin_session(anna, LARGE, saved))
    for moved in (clock.now + timedelta(minutes=1), None):
        do(shop.database, lambda tx, moved=moved: tx.save_pin_window(anna, LARGE, moved))  # type: ignore[misc]
        found = look(shop.database, lambda tx: tx.pin_session(anna, LARGE))
        assert found == replace(saved, verified_at=moved)


def test_invites_are_those_of_the_merchant_oldest_first(town: Town, shop: Shop) -> None:
    town.opens_shop().invites("Zoé")
    made = [shop.invite_behind(shop.invites(name)) for name in ("Tom", "Lou")]
    found = look(town.database, lambda tx: tx.invites_of(shop.merchant_id))
    assert [invite.invite_id for invite in found][1:] == made


def test_last_act_of_each_is_the_newest_since_a_date(shop: Shop, clock: Clock) -> None:
    anna, tom, card = shop.hires("Anna"), shop.hires("Tom"), shop.gives_card()
    shop.stamps(tom, card)
    first = clock.now.date()
    for _ in range(2):
        clock.passes(days=1)
        shop.stamps(anna, card)
    last = clock.now.date()

    def acts(since: date) -> Mapping[StaffId, date]:
        return look(shop.database, lambda tx: tx.last_acts_since(shop.merchant_id, since))

    assert acts(first) == {tom.staff_id: first, anna.staff_id: last}
    assert acts(last) == {anna.staff_id: last}


def test_requests_that_nobody_has_answered_are_found(town: Town) -> None:
    shop, other = town.opens_shop(max_daily_stamps=1), town.opens_shop(max_daily_stamps=1)
    asked = []
    for each in (shop, other):
        member, holder = each.hires("Anna"), each.gives_card()
        asked.append(each.asks_manager(member, holder, count=2))
        shop.database.clock.passes(minutes=1)
        asked.append(each.asks_manager(member, each.gives_card("Marc"), count=3))
    first, second, *_ = (each.approval for each in asked)

    def found() -> Sequence[Approval]:
        return look(shop.database, lambda tx: tx.open_approvals(shop.merchant_id))

    assert found() == [first, second]
    shop.decides(shop.owner, asked[0], is_approved=False)
    assert found() == [second]
