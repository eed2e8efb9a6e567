"""An owner hands the shop over: the other member is asked in their own chat, and nothing changes unless they
accept."""

from typing import Protocol

from domain.account import Account
from domain.ids import InviteId, MerchantId, MessageId
from domain.merchant import Merchant
from domain.messages import HandOver, MessageKind
from domain.ports import Outbox, Staffing, Team
from domain.quick import dataclass, replace
from domain.refusals import NotAllowed, OfferOver
from domain.rights import Right, entitled
from domain.staff import Invite, InvitePurpose, OfferEnd, Role, Staff
from domain.team_log import TeamChange
from domain.usecases.manage_team import Colleague, OfMember, see_member
from domain.usecases.recording import record_member
from domain.usecases.remove_staff import end_invitations
from domain.usecases.sending import send
from domain.usecases.set_up import INVITE_VALID, withdraw_links, withdraw_offers


class Offers(Team, Outbox, Protocol):
    """Links, and what members are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOffer:
    account: Account
    merchant_id: MerchantId
    invite_id: InviteId


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    merchant_name: str
    giver: Staff
    taker: Staff


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined:
    """``is_told`` says whether the owner who asked is told by it."""

    merchant_name: str
    giver: Staff
    is_told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offer:
    invite: Invite
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


def take_over(*, tx: Staffing, command: AnswerOffer) -> HandedOver:
    """Makes the member an owner and the owner who asked a manager, and withdraws the latter's other offers, and
    invitations of owners, in one transaction. Repeating it does nothing more.

    Raises NotAllowed for anybody but the member, and OfferOver, also where the other is no owner any more.
    """
    found = _made_to(tx, command)
    offer, giver, taker = found.invite, found.giver, found.taker
    name = _name(tx, command.merchant_id)
    if offer.used_at is not None:
        return HandedOver(merchant_name=name, giver=giver, taker=taker)
    if not offer.is_pending(tx.now) or not giver.is_active or giver.role is not Role.OWNER:
        raise OfferOver
    record_member(tx, taker, TeamChange.ROLE, giver.staff_id, taker.role, Role.OWNER)
    record_member(tx, giver, TeamChange.ROLE, giver.staff_id, giver.role, Role.MANAGER)
    taker, giver = replace(taker, role=Role.OWNER), replace(giver, role=Role.MANAGER)
    tx.assign_stores(taker, [])
    tx.save_staff(taker)
    tx.save_staff(giver)
    tx.save_invite(replace(offer, used_by=command.account, used_at=tx.now))
    withdraw_offers(tx, giver)
    end_invitations(tx, giver)
    _tell(tx, giver, HandOver(merchant_name=name, name=taker.name, is_accepted=True))
    return HandedOver(merchant_name=name, giver=giver, taker=taker)


def decline_shop(*, tx: Staffing, command: AnswerOffer) -> Declined:
    """Ends the offer and tells the owner who asked. Repeating it, or declining what is over, changes nothing. Raises
    NotAllowed for anybody but the member, and OfferOver once they have accepted."""
    found = _made_to(tx, command)
    offer, giver = found.invite, found.giver
    if offer.used_at is not None:
        raise OfferOver
    name, is_told = _name(tx, command.merchant_id), offer.is_pending(tx.now)
    if is_told:
        _end(tx, name, found, OfferEnd.DECLINED)
    return Declined(merchant_name=name, giver=giver, is_told=is_told)


def lapse_offers(tx: Offers, merchant: Merchant) -> None:
    """Ends the offers that nobody has answered in time, and tells the owners who made them."""
    team = {each.staff_id: each for each in tx.staff_of(merchant.merchant_id)}
    for invite in tx.invites_of(merchant.merchant_id):
        giver = team.get(invite.given_by) if invite.given_by else None
        taker, is_over = team.get(invite.staff_id), invite.is_open and not invite.is_pending(tx.now)
        if invite.is_offer and is_over and giver and taker:
            offer = _Offer(invite=invite, giver=giver, taker=taker)
            _end(tx, merchant.name, offer, OfferEnd.LAPSED)


def _made_to(tx: Staffing, command: AnswerOffer) -> _Offer:
    """Raises NotAllowed for anybody but the member."""
    offer = tx.invite(command.merchant_id, command.invite_id)
    taker = tx.staff(command.merchant_id, offer.staff_id) if offer else None
    giver = tx.staff(command.merchant_id, offer.given_by) if offer and offer.given_by else None
    if offer is None or taker is None or giver is None:
        raise NotAllowed
    if not taker.is_active or taker.account != command.account:
        raise NotAllowed
    return _Offer(invite=offer, giver=giver, taker=taker)


def _end(tx: Offers, merchant_name: str, offer: _Offer, end: OfferEnd) -> None:
    tx.save_invite(replace(offer.invite, withdrawn_at=tx.now))
    facts = HandOver(merchant_name=merchant_name, name=offer.taker.name, is_accepted=False, ended=end)
    _tell(tx, offer.giver, facts)


def _tell(tx: Outbox, giver: Staff, facts: HandOver) -> None:
    if giver.account is not None:
        send(tx, giver.merchant_id, giver.account, MessageKind.HAND_OVER, facts)


def _name(tx: Staffing, merchant_id: MerchantId) -> str:
    merchant = tx.merchant(merchant_id)
    return merchant.name if merchant else ""
