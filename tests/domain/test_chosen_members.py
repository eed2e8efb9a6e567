"""An invitation for one person alone: chosen by an owner or a manager, of no use to anybody else."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from domain.account import Account
from domain.ids import BotId, StaffId, TokenHash
from domain.messages import AlertReason, MessageKind, StaffAlert
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
    RoleNeedsStore,
)
from domain.staff import Actor, Role, StaffStatus
from domain.team_log import TeamChange, team_change
from domain.usecases.change_fields import change_fields
from domain.usecases.claim_invite import Claimed, ClaimInvite, claim_invite, decline_invite, own_invite
from domain.usecases.manage_team import (
    ASKED_MAX,
    Colleague,
    InviteMember,
    OfMember,
    SeeTeam,
    invite_member,
    remove_member,
    see_team,
    withdraw_from,
)
from domain.usecases.privacy import Erase, erase, my_data
from domain.usecases.set_staff import SetWorkplace, set_workplace
from domain.usecases.set_up import INVITE_VALID, InviteStaff
from domain.usecases.summarize import summarize
from tests.support.clock import Clock
from tests.support.databases import look
from tests.support.shop import Shop, Town
from tests.support.terms import editing


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
    return shop.database.write(invite_member, command).member, token_hash


def is_asked(shop: Shop, chosen: Account, *, staff_id: StaffId | None = None, ends: bool = True) -> bool:
    """Whether the bot asks who is chosen now in their own chat; ``ends`` withdraws the invitation again."""
    invite = InviteStaff(
        merchant_id=shop.merchant_id,
        store_id=shop.store_id,
        name="Anna",
        role=Role.STAFF,
        token_hash=shop.town.new_hash(),
        staff_id=staff_id or StaffId(shop.database.ids()),
        meant_for=chosen,
    )
    command = InviteMember(account=shop.owner.account, store_ids=(shop.store_id,), invite=invite)
    invited = shop.database.write(invite_member, command)
    if ends:
        shop.database.write(withdraw_from, of(shop, shop.owner.account, invited.member))
    return invited.may_be_asked


def team_of(shop: Shop) -> Sequence[Colleague]:
    return shop.database.read(see_team, SeeTeam(account=shop.owner.account, merchant_id=shop.merchant_id))


def told_of_a_no(shop: Shop) -> list[tuple[Account, str]]:
    """Who is told, and of whom."""
    told = [(each.recipient, each.facts) for each in shop.town.messages(MessageKind.STAFF_ALERT)]
    alerts = [(who, facts) for who, facts in told if isinstance(facts, StaffAlert)]
    return [(who, facts.staff_name) for who, facts in alerts if facts.reason is AlertReason.NOT_JOINING]


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
    again, _ = chooses(shop, anna)
    assert accepts(shop, anna, again).staff_name == "Anna"


def test_person_is_asked_once_a_week_whatever_became_of_it(
    town: Town, shop: Shop, anna: Account, clock: Clock
) -> None:
    """However often they are invited: whoever wants to write to them through the bot gets one message through."""
    assert is_asked(shop, anna)
    assert not is_asked(shop, anna)
    assert is_asked(town.opens_shop(name="Bakery"), anna)
    shop.database.write(summarize, shop.merchant_id)
    clock.passes(seconds=INVITE_VALID.total_seconds() - 1)
    assert not is_asked(shop, anna)
    clock.passes(seconds=INVITE_VALID.total_seconds())
    assert is_asked(shop, anna)


def test_invitation_that_is_handled_again_is_the_same_and_is_sent_again(shop: Shop, anna: Account) -> None:
    """As after a crash, when nobody knows whether it went out."""
    staff_id = StaffId(shop.database.ids())
    assert is_asked(shop, anna, staff_id=staff_id, ends=False)
    assert is_asked(shop, anna, staff_id=staff_id, ends=False)


def test_bot_asks_only_so_many_who_do_not_join(town: Town, shop: Shop, clock: Clock) -> None:
    """Whoever joins makes room for another; whoever got a link from who invited them takes a place as well."""
    joins = {account: chooses(shop, account)[0] for account in (town.somebody(), town.somebody())}
    others = [town.somebody() for _ in range(ASKED_MAX - 2)]
    assert all(is_asked(shop, each) for each in others)
    assert not is_asked(shop, town.somebody())
    for account, member in joins.items():
        accepts(shop, account, member)
    assert is_asked(shop, town.somebody())
    assert not is_asked(shop, town.somebody())
    assert is_asked(town.opens_shop(name="Bakery"), others[0])
    clock.passes(seconds=INVITE_VALID.total_seconds())
    assert is_asked(shop, others[0])


def test_who_says_no_is_off_the_list_and_who_invited_them_is_told(shop: Shop, anna: Account) -> None:
    mia = shop.hires("Mia", Role.MANAGER)
    member, link = chooses(shop, anna, by=mia)
    declined = shop.database.write(decline_invite, of(shop, anna, member))
    assert (declined.merchant_name, declined.giver.name, declined.is_told) == ("Café Knätsch", "Mia", True)
    assert told_of_a_no(shop) == [(mia.account, "Anna")]
    assert member.staff.staff_id not in [each.staff.staff_id for each in team_of(shop)]
    with pytest.raises(LinkUnknown):
        shop.claims(link, anna)
    with pytest.raises(InviteOver):
        accepts(shop, anna, member)
    assert not is_asked(shop, anna)


def test_no_that_comes_again_or_too_late_changes_nothing(shop: Shop, anna: Account, clock: Clock) -> None:
    member, _ = chooses(shop, anna)
    shop.database.write(decline_invite, of(shop, anna, member))
    assert not shop.database.write(decline_invite, of(shop, anna, member)).is_told
    again, _ = chooses(shop, anna)
    assert not shop.database.write(decline_invite, of(shop, anna, member)).is_told
    assert len(told_of_a_no(shop)) == 1
    assert again.staff.staff_id in [each.staff.staff_id for each in team_of(shop)]
    accepts(shop, anna, again)
    with pytest.raises(InviteOver):
        shop.database.write(decline_invite, of(shop, anna, again))
    assert is_on_team(shop, anna)
    bob = shop.town.somebody()
    late, _ = chooses(shop, bob, "Bob")
    clock.passes(seconds=INVITE_VALID.total_seconds())
    assert not shop.database.write(decline_invite, of(shop, bob, late)).is_told
    clock.passes(days=1)
    shop.database.write(summarize, shop.merchant_id)
    with pytest.raises(InviteOver):
        shop.database.write(decline_invite, of(shop, bob, late))
    assert len(told_of_a_no(shop)) == 1


def test_nobody_says_no_for_somebody_else(town: Town, shop: Shop, anna: Account) -> None:
    member, _ = chooses(shop, anna)
    elsewhere = Account(bot_id=BotId(anna.bot_id + 1), user_id=anna.user_id)
    for other in (town.somebody(), shop.owner.account, elsewhere):
        with pytest.raises(InviteOver):
            shop.database.write(decline_invite, of(shop, other, member))
    assert told_of_a_no(shop) == []
    assert accepts(shop, anna, member).staff_name == "Anna"


def test_who_has_not_joined_in_time_gets_a_new_invitation_or_leaves_the_list(
    shop: Shop, anna: Account, clock: Clock
) -> None:
    member, old = chooses(shop, anna)
    chooses(shop, shop.town.somebody(), "Bob")
    assert not any(each.has_lapsed for each in team_of(shop))
    clock.passes(seconds=INVITE_VALID.total_seconds())
    shop.database.write(summarize, shop.merchant_id)
    _, lapsed, other = team_of(shop)
    assert (lapsed.has_lapsed, other.has_lapsed) == (True, True)
    again, new = chooses(shop, anna, "Anna", staff_id=member.staff.staff_id)
    assert not again.has_lapsed
    with pytest.raises(LinkUnknown):
        shop.claims(old, anna)
    assert shop.claims(new, anna).staff_id == member.staff.staff_id
    assert shop.database.write(withdraw_from, of(shop, shop.owner.account, other)).has_lapsed
    assert [each.staff.name for each in team_of(shop)] == ["Paul", "Anna"]


def test_member_who_is_invited_anew_goes_by_the_name_that_is_given_now(
    shop: Shop, anna: Account, clock: Clock
) -> None:
    member, _ = chooses(shop, anna)
    clock.passes(seconds=INVITE_VALID.total_seconds())
    bob = shop.town.somebody()
    again, _ = chooses(shop, bob, "Bob", staff_id=member.staff.staff_id)
    assert accepts(shop, bob, again).staff_name == "Bob"
    assert not is_on_team(shop, anna)


def test_manager_invites_no_owner_anew(shop: Shop, anna: Account) -> None:
    """The role is the member's, whatever is asked for."""
    mia = shop.hires("Mia", Role.MANAGER)
    owner, _ = chooses(shop, anna, role=Role.OWNER)
    with pytest.raises(NotAllowed):
        chooses(shop, shop.town.somebody(), by=mia, staff_id=owner.staff.staff_id)
    assert accepts(shop, anna, owner).role is Role.OWNER


def test_who_has_no_store_left_to_work_at_is_not_invited_anew(shop: Shop, anna: Account) -> None:
    other = shop.adds_store("Gare")
    member, _ = chooses(shop, anna)
    stores = look(shop.database, lambda tx: tx.stores_of(shop.merchant_id))
    here = next(each for each in stores if each.store_id == shop.store_id)
    shop.database.write(change_fields, editing(here, active=False))
    [_, found] = team_of(shop)
    assert (found.has_lapsed, found.stores) == (True, ())
    with pytest.raises(RoleNeedsStore):
        chooses(shop, anna, staff_id=member.staff.staff_id)
    workplace = SetWorkplace(
        account=shop.owner.account,
        merchant_id=shop.merchant_id,
        staff_id=member.staff.staff_id,
        store_id=other,
        works_there=True,
    )
    shop.database.write(set_workplace, workplace)
    again, _ = chooses(shop, anna, staff_id=member.staff.staff_id)
    assert accepts(shop, anna, again).stores == ((other, "Gare"),)


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
    assert {*kept_accounts(shop)} == {anna}
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
