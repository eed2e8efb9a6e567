"""An owner or a manager looks after the team: who is on it, who is invited, and who leaves."""

from collections.abc import Sequence
from datetime import date, timedelta

from domain.account import Account
from domain.fields import NAME
from domain.ids import MerchantId, StaffId, StoreId
from domain.merchant import Store
from domain.ports import Staffing
from domain.quick import dataclass, replace
from domain.refusals import ChosenInvited, ChosenOnTeam, NoOpenLink, NotAllowed, RoleNeedsStore, StaffRemoved
from domain.rights import Right, entitled, may, may_look_after
from domain.rules.days import local_date
from domain.staff import Invite, InvitePurpose, Role, Staff, StaffStatus
from domain.usecases.asking import known_merchant
from domain.usecases.remove_staff import RemoveStaff, invited_by, is_only_owner, remove_staff
from domain.usecases.see_staff import WithdrawLink, withdraw_link
from domain.usecases.set_up import InviteStaff, add_invite, invite_staff

ASKED_MAX = 20
"""How many people the bot invites for a shop in their own chats, besides those who join. Everybody else gets a link
from whoever invites them."""
LAST_ACTS = timedelta(days=30)
"""How far back last acts are looked for. To go further, an index over all acts would cost every stamp one more
write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeTeam:
    account: Account
    merchant_id: MerchantId


@dataclass(frozen=True, slots=True, kw_only=True)
class OfMember:
    account: Account
    merchant_id: MerchantId
    staff_id: StaffId


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """A member of the team, with the open stores they work at and the link they have not opened yet. ``is_managed``
    says that the asking member may change them, ``is_asking`` that it is that member, ``may_take_over`` that the
    asking member may offer them the shop. The ``is_only_owner`` keeps the role. ``last_act_on`` is a local date
    within LAST_ACTS, None without an act in that time. ``invited`` are the names of those whom the member has invited
    and who have not joined yet."""

    staff: Staff
    stores: tuple[Store, ...]
    link: Invite | None
    is_managed: bool
    is_asking: bool
    is_only_owner: bool
    may_take_over: bool
    last_act_on: date | None
    invited: tuple[str, ...] = ()

    @property
    def has_lapsed(self) -> bool:
        """Whether nobody can join as this member any more: the link has expired, or ended with a store."""
        return self.link is None and self.staff.status is StaffStatus.INVITED


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteMember:
    """``store_ids`` are empty for a role that works at every store. A repeated request for a member, and one for a
    new link, bears the same ``staff_id`` in ``invite``."""

    account: Account
    store_ids: tuple[StoreId, ...]
    invite: InviteStaff


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """``may_be_asked`` says that the bot may invite who was chosen in their own chat."""

    member: Colleague
    may_be_asked: bool


def see_team(*, tx: Staffing, query: SeeTeam) -> Sequence[Colleague]:
    """Who is on the team or invited, highest role first. Raises NotAllowed."""
    manager = entitled(tx.member(query.merchant_id, query.account), Right.MANAGE_TEAM)
    roles = [*Role]
    team = [staff for staff in tx.staff_of(query.merchant_id) if staff.status is not StaffStatus.REMOVED]
    team.sort(key=lambda staff: roles.index(staff.role))
    return _colleagues(tx, manager, team)


def see_member(*, tx: Staffing, query: OfMember) -> Colleague:
    """Raises NotAllowed, also for somebody who was never on the team, and StaffRemoved."""
    _, member = _seen(tx, query)
    return member


def managed(tx: Staffing, query: OfMember) -> tuple[Staff, Colleague]:
    """The asking member, and the one whom they may change. Raises NotAllowed, also for an owner where a manager asks,
    and StaffRemoved."""
    manager, member = _seen(tx, query)
    if not member.is_managed:
        raise NotAllowed
    return manager, member


def see_workplaces(*, tx: Staffing, query: SeeTeam) -> Sequence[Store]:
    """All stores, in an order that never changes. Raises NotAllowed."""
    entitled(tx.member(query.merchant_id, query.account), Right.MANAGE_TEAM)
    return tx.stores_of(query.merchant_id)


def invitable_roles(*, tx: Staffing, query: SeeTeam) -> Sequence[Role]:
    """Highest first. Raises NotAllowed."""
    manager = entitled(tx.member(query.merchant_id, query.account), Right.MANAGE_TEAM)
    return [role for role in Role if may_look_after(manager, role)]


def invite_member(*, tx: Staffing, command: InviteMember) -> Invited:
    """For a member who has not joined yet it makes a new link, and the one before stops working; they go by the name
    that is given now. Raises NotAllowed, also for an owner where a manager asks, ChosenOnTeam, ChosenInvited,
    RoleNeedsStore, and what ``invite_staff`` raises."""
    invite = command.invite
    manager = entitled(tx.member(invite.merchant_id, command.account), Right.MANAGE_TEAM)
    if not may_look_after(manager, invite.role):
        raise NotAllowed
    if invite.meant_for is not None:
        _check_chosen(tx, invite, invite.meant_for)
    invite = replace(invite, given_by=manager.staff_id)
    staff = tx.staff(invite.merchant_id, invite.staff_id) if invite.staff_id else None
    if staff is None:
        staff = invite_staff(tx=tx, command=invite)
        tx.assign_stores(staff, command.store_ids)
    elif staff.status is StaffStatus.INVITED and may_look_after(manager, staff.role):
        staff = _invite_again(tx, staff, invite)
    else:
        raise NotAllowed
    [member] = _colleagues(tx, manager, [staff])
    return Invited(member=member, may_be_asked=_may_be_asked(tx, staff, invite.meant_for))


def _invite_again(tx: Staffing, staff: Staff, invite: InviteStaff) -> Staff:
    """Raises RoleNeedsStore where all their stores have closed."""
    if not tx.stores_for(staff):
        raise RoleNeedsStore
    staff = replace(staff, name=NAME.check(invite.name))
    tx.save_staff(staff)
    add_invite(
        tx,
        staff,
        InvitePurpose.JOIN_TEAM,
        invite.token_hash,
        given_by=invite.given_by,
        meant_for=invite.meant_for,
    )
    return staff


def _may_be_asked(tx: Staffing, staff: Staff, chosen: Account | None) -> bool:
    """A shop asks the same person once in INVITE_VALID, whatever became of that, and ASKED_MAX people besides those
    who join (docs/decisions/0115)."""
    asked = {
        each.meant_for
        for each in tx.invites_of(staff.merchant_id)
        if each.meant_for and each.staff_id != staff.staff_id and tx.now < each.expires_at
    }
    return chosen is not None and chosen not in asked and len(asked) < ASKED_MAX


def _check_chosen(tx: Staffing, invite: InviteStaff, chosen: Account) -> None:
    """Raises ChosenOnTeam, and ChosenInvited where another invitation waits for the account."""
    member = tx.member(invite.merchant_id, chosen)
    if member is not None:
        raise ChosenOnTeam(name=member.name)
    for each in tx.invites_of(invite.merchant_id):
        invited = tx.staff(each.merchant_id, each.staff_id) if each.meant_for == chosen else None
        if invited is not None and invited.staff_id != invite.staff_id and each.is_pending(tx.now):
            raise ChosenInvited(name=invited.name)


def withdraw_from(*, tx: Staffing, command: OfMember) -> Colleague:
    """The member's open link stops working; a member who was only invited leaves the team, with a link or without.
    Returns the member as they were before.

    Raises NoOpenLink, and what ``managed`` raises.
    """
    _, member = managed(tx, command)
    merchant_id, staff_id = command.merchant_id, command.staff_id
    if member.has_lapsed:
        remove_staff(tx=tx, command=RemoveStaff(merchant_id=merchant_id, staff_id=staff_id))
    elif member.link is None:
        raise NoOpenLink
    else:
        withdraw_link(tx=tx, command=WithdrawLink(merchant_id=merchant_id, staff_id=staff_id))
    return member


def remove_member(*, tx: Staffing, command: OfMember) -> Staff:
    """Removes the member, and returns them as they were before. Raises OnlyOwner, and what ``managed`` raises."""
    manager, member = managed(tx, command)
    removal = RemoveStaff(merchant_id=command.merchant_id, staff_id=command.staff_id, by=manager.staff_id)
    remove_staff(tx=tx, command=removal)
    return member.staff


def _seen(tx: Staffing, query: OfMember) -> tuple[Staff, Colleague]:
    """The asking member, and the one they ask about."""
    manager = entitled(tx.member(query.merchant_id, query.account), Right.MANAGE_TEAM)
    staff = tx.staff(query.merchant_id, query.staff_id)
    if staff is None:
        raise NotAllowed
    if staff.status is StaffStatus.REMOVED:
        raise StaffRemoved(name=staff.name)
    [member] = _colleagues(tx, manager, [staff])
    return manager, member


def _colleagues(tx: Staffing, manager: Staff, team: Sequence[Staff]) -> Sequence[Colleague]:
    merchant_id = manager.merchant_id
    links = {link.staff_id: link for link in tx.invites_of(merchant_id) if link.is_pending(tx.now)}
    today = local_date(tx.now, known_merchant(tx, merchant_id).timezone)
    acts = tx.last_acts_since(merchant_id, today - LAST_ACTS)
    return [_colleague(tx, manager, each, links.get(each.staff_id), acts.get(each.staff_id)) for each in team]


def _colleague(
    tx: Staffing, manager: Staff, staff: Staff, link: Invite | None, last_act_on: date | None
) -> Colleague:
    """Only owners see an offer of the shop."""
    is_owner = may(manager.role, Right.MANAGE_OWNERS)
    is_shown = link is not None and (is_owner or not link.is_offer)
    has_chat = staff.is_active and staff.account is not None
    return Colleague(
        staff=staff,
        stores=tuple(tx.stores_for(staff)),
        link=link if is_shown else None,
        is_managed=may_look_after(manager, staff.role),
        is_asking=staff.staff_id == manager.staff_id,
        is_only_owner=staff.role is Role.OWNER and is_only_owner(tx, staff),
        may_take_over=is_owner and has_chat and staff.role in (Role.MANAGER, Role.STAFF),
        last_act_on=last_act_on,
        invited=tuple(each.name for each in invited_by(tx, staff)),
    )
