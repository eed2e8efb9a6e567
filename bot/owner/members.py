"""``/team``: the members, their roles and stores; inviting, changing and removing them, and handing the shop over."""

import logging
from collections.abc import Sequence
from typing import ClassVar

from telegram.error import Forbidden

from bot.kit.clock import new_id, new_key
from bot.kit.tokens import invite_token, token_hash
from bot.owner.asking import is_prose, merchant_asked, merchant_pressed
from bot.screens import questions
from bot.screens.menus import show_menu_of
from bot.screens.turn import Turn
from bot.views import members as views
from bot.views.messages import DECLINED
from bot.views.team import role_is
from bot.views.view import View
from domain.fields import NAME
from domain.ids import InviteId, MerchantId, StaffId, StoreId
from domain.merchant import Store
from domain.refusals import OfferOver, StoreNotFound
from domain.staff import Role, Staff
from domain.usecases.campaigns import planned_by
from domain.usecases.hand_over import AnswerOffer, decline_shop, offer_shop, see_taker, take_over
from domain.usecases.manage_team import (
    InviteMember,
    OfMember,
    SeeTeam,
    invitable_roles,
    invite_member,
    remove_member,
    see_member,
    see_team,
    see_workplaces,
    withdraw_from,
)
from domain.usecases.set_staff import SetMember, SetStaff, SetWorkplace, set_member, set_workplace
from domain.usecases.set_up import InviteStaff

logger = logging.getLogger(__name__)


class MemberNameAsked(questions.Question, frozen=True, tag="member_name"):
    """What is the member to be called?"""

    passed_over: ClassVar[bool] = True
    merchant_id: MerchantId
    staff_id: StaffId


class InvitedAsked(questions.Question, frozen=True, tag="invited"):
    """What is the new member called, who works in this role at these stores?"""

    passed_over: ClassVar[bool] = True
    merchant_id: MerchantId
    staff_id: StaffId
    role: Role
    store_ids: tuple[StoreId, ...]


async def team_command(turn: Turn) -> None:
    await _show_team(turn, merchant_asked(turn), 0)


async def team_button(turn: Turn) -> None:
    await _show_team(turn, merchant_pressed(turn), turn.pressed.number(1))


async def member_button(turn: Turn) -> None:
    await _show_member(turn, _asked(turn))


async def name_button(turn: Turn) -> None:
    asked = _asked(turn)
    await turn.show(views.ask_member_name(turn.t, await turn.read(see_member, asked)))
    await questions.remember(turn, MemberNameAsked(asked.merchant_id, asked.staff_id), new_key())


async def take_name(turn: Turn, asked: MemberNameAsked) -> None:
    """A name that is refused may be sent again."""
    name = NAME.parse(turn.words, "")
    change = SetStaff(merchant_id=asked.merchant_id, staff_id=asked.staff_id, name=name)
    await turn.write(set_member, SetMember(account=turn.account, change=change))
    await questions.forget(turn, turn.nonce)
    member = OfMember(account=turn.account, merchant_id=asked.merchant_id, staff_id=asked.staff_id)
    await _show_member(turn, member)


async def role_button(turn: Turn) -> None:
    await turn.show(views.member_role(turn.t, await turn.read(see_member, _asked(turn))))


async def set_role_button(turn: Turn) -> None:
    asked, role = _asked(turn), turn.pressed.one_of(Role, 2)
    change = SetStaff(merchant_id=asked.merchant_id, staff_id=asked.staff_id, role=role)
    staff = await turn.write(set_member, SetMember(account=turn.account, change=change))
    if staff.account is not None:
        t, _ = await show_menu_of(turn, staff.account)
        if staff.account != turn.account:
            await _tell(turn, staff, role_is(t, staff.role, _merchant_name(turn, asked.merchant_id)))
    await _show_member(turn, asked)


async def stores_button(turn: Turn) -> None:
    asked = _asked(turn)
    member = await turn.read(see_member, asked)
    stores = await _stores(turn, asked.merchant_id)
    await turn.show(views.member_stores(turn.t, member, stores, turn.pressed.number(2)))


async def set_store_button(turn: Turn) -> None:
    asked = _asked(turn)
    command = SetWorkplace(
        account=turn.account,
        merchant_id=asked.merchant_id,
        staff_id=asked.staff_id,
        store_id=(await _store_pressed(turn, asked.merchant_id)).store_id,
        works_there=turn.pressed.number(3) == 1,
    )
    await turn.write(set_workplace, command)
    await _show_member(turn, asked)


async def invite_button(turn: Turn) -> None:
    merchant_id = merchant_pressed(turn)
    roles = await turn.read(invitable_roles, SeeTeam(account=turn.account, merchant_id=merchant_id))
    await turn.show(views.invite_role(turn.t, merchant_id, roles))


async def invite_as_button(turn: Turn) -> None:
    """A role was chosen for the invitation; the store is asked for where there is a choice."""
    merchant_id, role = merchant_pressed(turn), turn.pressed.one_of(Role, 1)
    stores = await _stores(turn, merchant_id)
    open_ids = tuple(store.store_id for store in stores if store.active)
    if role.is_merchant_wide or len(open_ids) == 1:
        await _ask_name(turn, merchant_id, role, () if role.is_merchant_wide else open_ids)
    else:
        await turn.show(views.invite_store(turn.t, merchant_id, role, stores, turn.pressed.number(2)))


async def invite_at_button(turn: Turn) -> None:
    merchant_id, role = merchant_pressed(turn), turn.pressed.one_of(Role, 1)
    if turn.pressed.text(2) == views.EVERYWHERE:
        stores = [store for store in await _stores(turn, merchant_id) if store.active]
    else:
        stores = [await _store_pressed(turn, merchant_id)]
    await _ask_name(turn, merchant_id, role, tuple(store.store_id for store in stores))


async def take_invited(turn: Turn, asked: InvitedAsked) -> None:
    """A name that is refused may be sent again."""
    token = invite_token()
    invite = InviteStaff(
        merchant_id=asked.merchant_id,
        store_id=asked.store_ids[0] if asked.store_ids else None,
        name=NAME.parse(turn.words, ""),
        role=asked.role,
        token_hash=token_hash(token),
        staff_id=asked.staff_id,
    )
    command = InviteMember(account=turn.account, store_ids=asked.store_ids, invite=invite)
    invited = await turn.write(invite_member, command)
    await questions.forget(turn, turn.nonce)
    link, timezone = turn.services.links.invite(token), _timezone(turn, asked.merchant_id)
    await turn.say(views.invited(turn.t, invited, link, timezone))


async def withdraw_button(turn: Turn) -> None:
    asked = _asked(turn)
    staff = await turn.write(withdraw_from, asked)
    said = turn.t("✅ What was sent to <b>{name}</b> does not work any more.", name=staff.name)
    await _show_team(turn, asked.merchant_id, 0, said)


async def hand_over_button(turn: Turn) -> None:
    await turn.show(views.confirm_hand_over(turn.t, await turn.read(see_taker, _asked(turn))))


async def hand_over_meant_button(turn: Turn) -> None:
    asked = _asked(turn)
    await turn.write(offer_shop, asked)
    await _show_member(turn, asked)


async def take_over_button(turn: Turn) -> None:
    """The member takes the shop over, or declines it: the buttons below the message that asks them, which it loses if
    the offer no longer holds."""
    merchant_id, invite_id = merchant_pressed(turn), InviteId(turn.pressed.id(1))
    command = AnswerOffer(account=turn.account, merchant_id=merchant_id, invite_id=invite_id)
    try:
        if turn.pressed.arguments[2:] == (DECLINED,):
            await turn.show(views.declined(turn.t, await turn.write(decline_shop, command)))
            return
        done = await turn.write(take_over, command)
    except OfferOver as refusal:
        await turn.show(View(text=turn.said(refusal)))
        return
    for member in (done.giver, done.taker):
        if member.account is not None:
            await show_menu_of(turn, member.account)
    await turn.show(views.taken_over(turn.t, done))


async def remove_button(turn: Turn) -> None:
    asked = _asked(turn)
    found, planned = await turn.read(see_member, asked), await turn.read(planned_by, asked)
    await turn.show(views.confirm_removal(turn.t, found, planned, _timezone(turn, asked.merchant_id)))


async def remove_meant_button(turn: Turn) -> None:
    removed = await turn.write(remove_member, _asked(turn))
    await _take_tools_from(turn, removed)
    if removed.account == turn.account:
        await turn.show(views.left(turn.t))
    else:
        said = turn.t("✅ <b>{name}</b> is not on the team any more.", name=removed.name)
        await _show_team(turn, removed.merchant_id, 0, said)


async def _take_tools_from(turn: Turn, removed: Staff) -> None:
    """Takes back a former member's commands and, unless they work elsewhere, the keyboard below their chat."""
    if removed.account is None or turn.caller.membership_at(removed.merchant_id) is None:
        return
    t, is_staff = await show_menu_of(turn, removed.account)
    if not is_staff:
        await _tell(turn, removed, views.off(t, _merchant_name(turn, removed.merchant_id)))


async def _tell(turn: Turn, member: Staff, view: View) -> None:
    if member.account is None:
        return
    try:
        await turn.services.chat.send(member.account.user_id, view)
    except Forbidden:
        logger.info("a member cannot be told what was changed for them")


async def _ask_name(turn: Turn, merchant_id: MerchantId, role: Role, store_ids: tuple[StoreId, ...]) -> None:
    await turn.show(views.ask_invited_name(turn.t, merchant_id, role))
    question = InvitedAsked(merchant_id, StaffId(new_id()), role, store_ids)
    await questions.remember(turn, question, new_key())


def _asked(turn: Turn) -> OfMember:
    merchant_id, staff_id = merchant_pressed(turn), StaffId(turn.pressed.id(1))
    return OfMember(account=turn.account, merchant_id=merchant_id, staff_id=staff_id)


async def _stores(turn: Turn, merchant_id: MerchantId) -> Sequence[Store]:
    return await turn.read(see_workplaces, SeeTeam(account=turn.account, merchant_id=merchant_id))


async def _store_pressed(turn: Turn, merchant_id: MerchantId) -> Store:
    """The store that a button names by its number: it has no room for the id, and stores are never deleted. Raises
    StoreNotFound."""
    stores, number = await _stores(turn, merchant_id), turn.pressed.number(2)
    if number >= len(stores):
        raise StoreNotFound
    return stores[number]


def _merchant_name(turn: Turn, merchant_id: MerchantId) -> str:
    membership = turn.caller.membership_at(merchant_id)
    return membership.merchant_name if membership else ""


def _timezone(turn: Turn, merchant_id: MerchantId) -> str:
    membership = turn.caller.membership_at(merchant_id)
    return membership.timezone if membership else turn.timezone


async def _show_team(turn: Turn, merchant_id: MerchantId, page: int, said: str = "") -> None:
    found = await turn.read(see_team, SeeTeam(account=turn.account, merchant_id=merchant_id))
    await turn.show(views.team(turn.t, merchant_id, found, page, _timezone(turn, merchant_id), said))


async def _show_member(turn: Turn, asked: OfMember) -> None:
    found = await turn.read(see_member, asked)
    await turn.show(views.member(turn.t, found, _timezone(turn, asked.merchant_id)))


questions.add(MemberNameAsked, take_name, lambda turn, _question: is_prose(turn))
questions.add(InvitedAsked, take_invited, lambda turn, _question: is_prose(turn))
