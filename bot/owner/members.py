"""``/team``: the members, their roles and stores; inviting, changing and removing them, and handing the shop over."""

import logging
from collections.abc import Sequence
from typing import ClassVar

from telegram.error import Forbidden, TelegramError

from bot.kit.clock import new_id, new_key
from bot.kit.tokens import invite_token, token_hash
from bot.owner.asking import is_prose, merchant_asked, merchant_pressed
from bot.screens import questions
from bot.screens.menus import keys_below, show_menu_of
from bot.screens.turn import Turn
from bot.texts import texts
from bot.views import members as views
from bot.views.members import Asking
from bot.views.messages import DECLINED
from bot.views.team import STAND_IN, role_is
from bot.views.view import View
from domain.account import Account
from domain.fields import NAME
from domain.ids import InviteId, MerchantId, StaffId, StoreId, UserId
from domain.merchant import Store
from domain.refusals import DialogueOver, OfferOver, StoreNotFound
from domain.rules.names import NAMELESS, clean_name
from domain.staff import Role, Staff
from domain.usecases.campaigns import planned_by
from domain.usecases.hand_over import AnswerOffer, decline_shop, offer_shop, see_taker, take_over
from domain.usecases.manage_team import (
    Colleague,
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
from domain.usecases.who_is import who_is

logger = logging.getLogger(__name__)

REQUEST_IDS = 2**31
"""https://core.telegram.org/bots/api#keyboardbuttonrequestusers: 32 bits with a sign."""


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


class PersonAsked(InvitedAsked, frozen=True, tag="person"):
    """Who is the new member, chosen with the key below the chat? ``request_id`` tells that key from an older one. A
    tap on something else does not end it: the key would stay there, and be of no use."""

    passed_over: ClassVar[bool] = False
    has_keys: ClassVar[bool] = True
    request_id: int


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


async def choose_person_button(turn: Turn) -> None:
    await _ask_person(turn, questions.expected(turn, InvitedAsked, turn.pressed.text(0)))


async def choose_again_button(turn: Turn) -> None:
    """Somebody is chosen for a member whose invitation is over: the same person, or another."""
    found = await turn.read(see_member, _asked(turn))
    if found.is_managed and found.has_lapsed:
        await _ask_person(turn, _as_before(found))
    else:
        await _show_member(turn, _asked(turn))


async def new_link_button(turn: Turn) -> None:
    """For a member whose invitation is over. Pressed twice, the second link takes the place of the first, in the
    message too."""
    found = await turn.read(see_member, _asked(turn))
    if found.staff.is_active:
        await _show_member(turn, _asked(turn))
    else:
        await turn.show(await _invite(turn, _as_before(found), found.staff.name, None))


def _as_before(found: Colleague) -> InvitedAsked:
    """What was asked when the member was invited."""
    staff = found.staff
    stores = () if staff.role.is_merchant_wide else tuple(store.store_id for store in found.stores)
    return InvitedAsked(staff.merchant_id, staff.staff_id, staff.role, stores)


async def _ask_person(turn: Turn, asked: InvitedAsked) -> None:
    """Puts a key below the chat behind which Telegram shows the people of the owner's chats."""
    request_id, place = turn.update.update_id % REQUEST_IDS, turn.place
    turn.show_below()
    await turn.say(views.ask_person(turn.t, request_id))
    question = PersonAsked(asked.merchant_id, asked.staff_id, asked.role, asked.store_ids, request_id)
    await questions.remember(turn, question, new_key())
    if place is not None:
        await turn.services.chat.take_buttons(place)


async def person_chosen(turn: Turn) -> None:
    """Telegram tells whom an owner has chosen. Whoever is refused leaves the question open, for somebody else."""
    shared, asked = turn.message.users_shared if turn.message else None, turn.question
    if not (
        isinstance(asked, PersonAsked) and shared and shared.users and shared.request_id == asked.request_id
    ):
        await turn.say(View(text=turn.said(DialogueOver()), menu=await keys_below(turn)))
        return
    user = shared.users[0]
    chosen = Account(bot_id=turn.account.bot_id, user_id=UserId(user.user_id))
    name = clean_name(f"{user.first_name or ''} {user.last_name or ''}")
    await _invite_as_asked(turn, asked, turn.t(STAND_IN) if name == NAMELESS else name, chosen)


async def stop_choosing(turn: Turn) -> None:
    """The key below the chat, which may have outlived its question."""
    if isinstance(turn.question, PersonAsked):
        await questions.forget(turn, turn.nonce)
    await turn.say(View(text=turn.t("Cancelled."), menu=await keys_below(turn)))


async def take_invited(turn: Turn, asked: InvitedAsked) -> None:
    """A name that is refused may be sent again."""
    await _invite_as_asked(turn, asked, NAME.parse(turn.words, ""), None)


async def _invite_as_asked(turn: Turn, asked: InvitedAsked, name: str, chosen: Account | None) -> None:
    """The answer to the question; the key for choosing makes way for what was below the chat."""
    view = await _invite(turn, asked, name, chosen)
    if isinstance(asked, PersonAsked):
        await turn.say(views.inviting(turn.t, name, await keys_below(turn)))
    await turn.say(view)
    await questions.forget(turn, turn.nonce)


async def _invite(turn: Turn, asked: InvitedAsked, name: str, chosen: Account | None) -> View:
    """What whoever invites is told, with the link. Handled again after a crash, the new link takes the place of one
    that nobody has seen: the question ends only with the answer."""
    token = invite_token()
    invite = InviteStaff(
        merchant_id=asked.merchant_id,
        store_id=asked.store_ids[0] if asked.store_ids else None,
        name=name,
        role=asked.role,
        token_hash=token_hash(token),
        staff_id=asked.staff_id,
        meant_for=chosen,
    )
    command = InviteMember(account=turn.account, store_ids=asked.store_ids, invite=invite)
    invited = await turn.write(invite_member, command)
    link, timezone = turn.services.links.invite(token), _timezone(turn, asked.merchant_id)
    asking = None
    if chosen is not None:
        asking = await _ask_to_join(turn, invited.member, chosen) if invited.may_be_asked else Asking.SPARED
    return views.invited(turn.t, invited.member, link, timezone, asking)


async def _ask_to_join(turn: Turn, invited: Colleague, chosen: Account) -> Asking:
    """Invites who was chosen in their own chat, in their language."""
    caller = await turn.read(who_is, chosen)
    membership = turn.caller.membership_at(invited.staff.merchant_id)
    if caller.person is None or caller.person.unreachable_since is not None or membership is None:
        return Asking.OUT_OF_REACH
    t = texts(caller.person.locale or turn.services.default_locale)
    merchant_name, timezone = membership.merchant_name, membership.timezone
    view = views.asked_to_join(t, invited, membership.staff.name, merchant_name, timezone)
    try:
        await turn.services.chat.send(chosen.user_id, view)
    except TelegramError as error:
        logger.info("who was chosen for a team cannot be written to: %s", error.message)
        return Asking.OUT_OF_REACH
    return Asking.ASKED


async def withdraw_button(turn: Turn) -> None:
    asked = _asked(turn)
    before = await turn.write(withdraw_from, asked)
    said = (
        views.removed(turn.t, before.staff)
        if before.has_lapsed
        else turn.t("✅ What was sent to <b>{name}</b> does not work any more.", name=before.staff.name)
    )
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
        await _show_team(turn, removed.merchant_id, 0, views.removed(turn.t, removed))


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
    nonce = new_key()
    await turn.show(views.ask_invited_name(turn.t, merchant_id, role, nonce))
    question = InvitedAsked(merchant_id, StaffId(new_id()), role, store_ids)
    await questions.remember(turn, question, nonce)


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
questions.add(PersonAsked, take_invited, lambda turn, _question: is_prose(turn))
