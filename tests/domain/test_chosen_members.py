"""An invitation for one person alone: chosen by an owner or a manager, of no use to anybody else."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from domain.account import Account
from domain.ids import BotId, StaffId, TokenHash
from domain.refusals import (
    ChosenInvited,
    ChosenOnTeam,
    InviteExpired,
    InviteNotYours,
    InviteOver,
    InviteUsed,
    JoinedAlready,
    LinkUnknown,
    NotAllowed,
    OwnPhoneNeeded,
)
from domain.staff import Actor, Role, StaffStatus
from domain.team_log import TeamChange, team_change
from domain.usecases.claim_invite import Claimed, ClaimInvite, claim_invite, own_invite
from domain.usecases.manage_team import (
    Colleague,
    InviteMember,
    OfMember,
    invite_member,
    remove_member,
    withdraw_from,
)
from domain.usecases.privacy import Erase, erase, my_data
from domain.usecases.set_up import INVITE_VALID, InviteStaff
from domain.usecases.summarize import summarize
from tests.support.clock import Clock
from tests.support.databases import look
from tests.support.shop import Shop, Town


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop()


@pytest.fixture
def anna(town: Town) -> Account:
    return town.somebody()


def chooses(
    shop: Shop,
    chosen: Account,
    name: str = "Anna",
    *,
    role: Role = Role.STAFF,
    by: Actor | None = None,
    staff_id: StaffId | None = None,
) -> tuple[Colleague, TokenHash]:
    """The invited member, and the hash of the link."""
    token_hash = shop.town.new_hash()
    invite = InviteStaff(
        merchant_id=shop.merchant_id,
        store_id=None if role.is_merchant_wide else shop.store_id,
        name=name,
        role=role,
        token_hash=token_hash,
        staff_id=staff_id or StaffId(shop.database.ids()),
        meant_for=chosen,
    )
    stores = () if role.is_merchant_wide else (shop.store_id,)
    command = InviteMember(account=(by or shop.owner).account, store_ids=stores, invite=invite)
    return shop.database.write(invite_member, command), token_hash


def of(shop: Shop, account: Account, member: Colleague) -> OfMember:
    return OfMember(account=account, merchant_id=shop.merchant_id, staff_id=member.staff.staff_id)


def accepts(shop: Shop, account: Account, member: Colleague) -> Claimed:
    """As the button does it, which bears no link."""
    invite_id = shop.database.read(own_invite, of(shop, account, member))
    command = ClaimInvite(account=account, merchant_id=shop.merchant_id, invite_id=invite_id)
    return shop.database.write(claim_invite, command)


def is_on_team(shop: Shop, account: Account) -> bool:
    found = look(shop.database, lambda tx: tx.member(shop.merchant_id, account))
    return found is not None and found.is_active


def kept_accounts(shop: Shop) -> list[Account]:
    """Of whom it is kept that they were chosen."""
    found = look(shop.database, lambda tx: tx.invites_of(shop.merchant_id))
    return [each.meant_for for each in found if each.meant_for is not None]


def test_nobody_else_can_use_the_link(town: Town, shop: Shop, anna: Account) -> None:
    _, link = chooses(shop, anna)
    for other in (town.somebody(), Account(bot_id=BotId(anna.bot_id + 1), user_id=anna.user_id)):
        with pytest.raises(InviteNotYours):
            shop.claims(link, other)
        assert not is_on_team(shop, other)
    with pytest.raises(InviteNotYours):
        shop.claims(link, shop.owner.account)
    assert shop.claims(link, anna).staff_name == "Anna"
    assert is_on_team(shop, anna)
    with pytest.raises(InviteUsed):
        shop.claims(link, town.somebody())


def test_only_who_was_chosen_finds_the_invitation_behind_the_button(
    town: Town, shop: Shop, anna: Account
) -> None:
    member, _ = chooses(shop, anna)
    for other in (town.somebody(), shop.owner.account):
        with pytest.raises(InviteOver):
            accepts(shop, other, member)
    first = accepts(shop, anna, member)
    assert first == accepts(shop, anna, member)
    assert is_on_team(shop, anna)


def test_button_accepts_no_invitation_that_is_for_whoever_has_the_link(
    town: Town, shop: Shop, anna: Account
) -> None:
    invite_id = shop.invite_behind(shop.invites("Bob"))
    bob = look(shop.database, lambda tx: tx.invite(shop.merchant_id, invite_id))
    assert bob is not None
    query = OfMember(account=anna, merchant_id=shop.merchant_id, staff_id=bob.staff_id)
    with pytest.raises(InviteOver):
        shop.database.read(own_invite, query)


def test_joining_is_logged_as_of_who_invited(shop: Shop, anna: Account) -> None:
    mia = shop.hires("Mia", Role.MANAGER)
    member, _ = chooses(shop, anna, by=mia)
    accepts(shop, anna, member)
    [change, *_] = look(shop.database, lambda tx: tx.changes_of(shop.merchant_id, 1))
    told = (team_change(change.field), change.target_id, change.staff_id)
    assert told == (TeamChange.JOINED, member.staff.staff_id, mia.staff_id)


@pytest.mark.parametrize("ends", ["withdrawn", "removed"])
def test_invitation_that_was_taken_back_is_over(shop: Shop, anna: Account, ends: str) -> None:
    member, link = chooses(shop, anna)
    end = {"withdrawn": withdraw_from, "removed": remove_member}[ends]
    shop.database.write(end, of(shop, shop.owner.account, member))
    with pytest.raises(LinkUnknown):
        shop.claims(link, anna)
    with pytest.raises(InviteOver):
        accepts(shop, anna, member)
    assert kept_accounts(shop) == []
    again, _ = chooses(shop, anna)
    assert accepts(shop, anna, again).staff_name == "Anna"


def test_invitation_holds_for_a_week(shop: Shop, anna: Account, clock: Clock) -> None:
    member, link = chooses(shop, anna)
    clock.passes(seconds=INVITE_VALID.total_seconds())
    with pytest.raises(InviteExpired):
        shop.claims(link, anna)
    with pytest.raises(InviteOver):
        accepts(shop, anna, member)
    again, _ = chooses(shop, anna)
    assert accepts(shop, anna, again).staff_name == "Anna"


def test_who_was_chosen_is_forgotten_once_that_is_settled(shop: Shop, anna: Account, clock: Clock) -> None:
    """By the evening after the week; what has lapsed is open to nobody then."""
    member, _ = chooses(shop, anna)
    assert kept_accounts(shop) == [anna]
    accepts(shop, anna, member)
    assert kept_accounts(shop) == []
    bob = shop.town.somebody()
    _, link = chooses(shop, bob, "Bob")
    shop.database.write(summarize, shop.merchant_id)
    clock.passes(days=1)
    shop.database.write(summarize, shop.merchant_id)
    assert kept_accounts(shop) == [bob]
    clock.passes(days=8)
    shop.database.write(summarize, shop.merchant_id)
    assert kept_accounts(shop) == []
    for account in (bob, shop.town.somebody()):
        clock.is_at(clock.now - timedelta(days=5))
        with pytest.raises(LinkUnknown):
            shop.claims(link, account)


@pytest.mark.parametrize(
    "who",
    [
        lambda shop: shop.owner,
        lambda shop: shop.hires("Sam"),
        lambda shop: shop.hires("Mia", Role.MANAGER),
        lambda shop: shop.hires("Till", Role.TERMINAL),
    ],
    ids=["themselves", "staff", "a manager", "a shared phone"],
)
def test_who_is_on_the_team_cannot_be_chosen(shop: Shop, who: Callable[[Shop], Actor]) -> None:
    there = who(shop)
    with pytest.raises(ChosenOnTeam) as refused:
        chooses(shop, there.account)
    assert refused.value.name == shop.staff(there).name


def test_who_was_removed_may_be_chosen_again_and_is_somebody_new(shop: Shop, anna: Account) -> None:
    before = shop.hires("Anna", account=anna)
    removal = OfMember(account=shop.owner.account, merchant_id=shop.merchant_id, staff_id=before.staff_id)
    shop.database.write(remove_member, removal)
    member, _ = chooses(shop, anna)
    assert accepts(shop, anna, member).staff_id != before.staff_id
    assert shop.staff(before).status is StaffStatus.REMOVED


def test_who_is_invited_already_is_not_invited_twice(shop: Shop, anna: Account) -> None:
    chooses(shop, anna)
    with pytest.raises(ChosenInvited) as refused:
        chooses(shop, anna, "Annabel", role=Role.MANAGER)
    assert refused.value.name == "Anna"


def test_same_request_again_changes_nothing_but_the_link(shop: Shop, anna: Account) -> None:
    staff_id = StaffId(shop.database.ids())
    (first, old), (second, new) = (chooses(shop, anna, staff_id=staff_id) for _ in range(2))
    assert first.staff == second.staff
    assert kept_accounts(shop) == [anna]
    with pytest.raises(LinkUnknown):
        shop.claims(old, anna)
    with pytest.raises(InviteNotYours):
        shop.claims(new, shop.town.somebody())
    assert accepts(shop, anna, first).staff_name == "Anna"


def test_person_is_chosen_for_each_shop_apart(town: Town, shop: Shop, anna: Account) -> None:
    """One owner with two shops; and the account of the same person at another bot is another."""
    bakery = town.opens_shop(name="Bakery")
    elsewhere = Account(bot_id=BotId(anna.bot_id + 1), user_id=anna.user_id)
    here, _ = chooses(shop, anna)
    there, _ = chooses(bakery, anna)
    chooses(shop, elsewhere, "Anna")
    with pytest.raises(InviteOver):
        accepts(bakery, anna, here)
    accepts(shop, anna, here)
    accepts(bakery, anna, there)
    assert is_on_team(shop, anna)
    assert is_on_team(bakery, anna)
    assert not is_on_team(shop, elsewhere)


def test_who_has_joined_by_another_link_meanwhile_is_told_so(shop: Shop, anna: Account) -> None:
    """Of a link for one person it would be wrong to say that somebody else may still use it."""
    member, link = chooses(shop, anna)
    shop.hires("Anna", account=anna)
    with pytest.raises(JoinedAlready):
        shop.claims(link, anna)
    with pytest.raises(JoinedAlready):
        accepts(shop, anna, member)


def test_shared_phone_leads_to_the_phone_of_who_was_chosen(shop: Shop, anna: Account) -> None:
    till = shop.hires("Till", Role.TERMINAL)
    _, link = chooses(shop, anna)
    with pytest.raises(OwnPhoneNeeded):
        shop.claims(link, till.account)
    shop.claims(link, anna)
    assert is_on_team(shop, anna)


def test_manager_chooses_no_owner(shop: Shop, anna: Account) -> None:
    mia = shop.hires("Mia", Role.MANAGER)
    with pytest.raises(NotAllowed):
        chooses(shop, anna, role=Role.OWNER, by=mia)
    with pytest.raises(NotAllowed):
        chooses(shop, anna, by=shop.hires("Sam"))
    assert kept_accounts(shop) == []


def test_who_was_chosen_is_told_so_in_their_data_and_may_erase_it(
    town: Town, shop: Shop, anna: Account
) -> None:
    """An erasure ends the invitation: without the account it would be anybody's."""
    member, link = chooses(shop, anna)
    [told] = town.database.read(my_data, anna).team["invites"]
    assert (told["meant_for_user_id"], told["purpose"]) == (anna.user_id, "join_team")
    assert "staff_id" not in told
    town.database.write(erase, Erase(account=anna, merchant_id=None, account_hash=lambda *_: ""))
    assert kept_accounts(shop) == []
    assert town.database.read(my_data, anna).team["invites"] == []
    for account in (anna, town.somebody()):
        with pytest.raises(LinkUnknown):
            shop.claims(link, account)
    with pytest.raises(InviteOver):
        accepts(shop, anna, member)
