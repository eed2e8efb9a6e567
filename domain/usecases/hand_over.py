"""An owner hands the shop over: the other member is asked in their own chat, and nothing changes unless they
accept."""

from domain.account import Account
from domain.ids import InviteId, MerchantId, MessageId
from domain.messages import HandOver, MessageKind
from domain.ports import Staffing
from domain.quick import dataclass, replace
from domain.refusals import NotAllowed, OfferOver
from domain.rights import Right, entitled
from domain.staff import Invite, InvitePurpose, Role, Staff
from domain.usecases.manage_team import Colleague, OfMember, see_member
from domain.usecases.posting import send
from domain.usecases.remove_staff import end_invitations
from domain.usecases.set_up import INVITE_VALID, withdraw_links


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOver:
    account: Account
    merchant_id: MerchantId
    invite_id: InviteId


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    merchant_name: str
    giver: Staff
    taker: Staff


def see_taker(*, tx: Staffing, query: OfMember) -> Colleague:
    """Raises NotAllowed, also for a member who cannot take the shop over, and StaffRemoved."""
    asked = see_member(tx=tx, query=query)
    if not asked.may_take_over:
        raise NotAllowed
    return asked


def offer_shop(*, tx: Staffing, command: OfMember) -> Colleague:
    """Asks the member, who has INVITE_VALID to accept; a link that they had not opened ends. Repeating it does
    nothing more. Raises NotAllowed, StaffRemoved."""
    owner = entitled(tx.member(command.merchant_id, command.account), Right.MANAGE_OWNERS)
    asked = see_taker(tx=tx, query=command)
    if asked.staff.account is None:
        raise NotAllowed
    if asked.link is not None and asked.link.given_by == owner.staff_id:
        return asked
    withdraw_links(tx, asked.staff)
    offer = Invite(
        merchant_id=command.merchant_id,
        invite_id=InviteId(tx.new_id()),
        staff_id=command.staff_id,
        purpose=InvitePurpose.HAND_OVER,
        expires_at=tx.now + INVITE_VALID,
        given_by=owner.staff_id,
    )
    tx.add_invite(offer)
    facts = HandOver(merchant_name=_name(tx, command.merchant_id), name=owner.name, is_accepted=False)
    message_id = MessageId(offer.invite_id)
    send(tx, command.merchant_id, asked.staff.account, MessageKind.HAND_OVER, facts, message_id)
    return see_member(tx=tx, query=command)


def take_over(*, tx: Staffing, command: TakeOver) -> HandedOver:
    """Makes the member an owner and the owner who asked a manager, and withdraws the latter's other offers, and
    invitations of owners, in one transaction. Repeating it does nothing more.

    Raises NotAllowed for anybody but the member, and OfferOver, also where the other is no owner any more.
    """
    offer = tx.invite(command.merchant_id, command.invite_id)
    taker = tx.staff(command.merchant_id, offer.staff_id) if offer else None
    giver = tx.staff(command.merchant_id, offer.given_by) if offer and offer.given_by else None
    if offer is None or taker is None or giver is None:
        raise NotAllowed
    if not taker.is_active or taker.account != command.account:
        raise NotAllowed
    name = _name(tx, command.merchant_id)
    if offer.used_at is not None:
        return HandedOver(merchant_name=name, giver=giver, taker=taker)
    if not offer.is_pending(tx.now) or not giver.is_active or giver.role is not Role.OWNER:
        raise OfferOver
    taker, giver = replace(taker, role=Role.OWNER), replace(giver, role=Role.MANAGER)
    tx.assign_stores(taker, [])
    tx.save_staff(taker)
    tx.save_staff(giver)
    tx.save_invite(replace(offer, used_by=command.account, used_at=tx.now))
    _withdraw_offers(tx, giver)
    end_invitations(tx, giver)
    if giver.account is not None:
        facts = HandOver(merchant_name=name, name=taker.name, is_accepted=True)
        send(tx, command.merchant_id, giver.account, MessageKind.HAND_OVER, facts)
    return HandedOver(merchant_name=name, giver=giver, taker=taker)


def _withdraw_offers(tx: Staffing, giver: Staff) -> None:
    for each in tx.invites_of(giver.merchant_id):
        is_theirs = each.given_by == giver.staff_id and each.is_pending(tx.now)
        if is_theirs and each.purpose is InvitePurpose.HAND_OVER:
            tx.save_invite(replace(each, withdrawn_at=tx.now))


def _name(tx: Staffing, merchant_id: MerchantId) -> str:
    merchant = tx.merchant(merchant_id)
    return merchant.name if merchant else ""
