"""The team as an owner or a manager looks after it."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum, auto

from bot.kit.buttons import Verb, press, short_id
from bot.texts import Texts, isolated, plain
from bot.views.below_chat import Rows, below_chat, stop_label
from bot.views.settings import to_home
from bot.views.team import answered_no, reset_pin_button, role_label, role_name
from bot.views.view import Button, Keyboard, PersonKey, Style, View, keyboard, page_turns, row
from domain.ids import MerchantId
from domain.merchant import Store
from domain.staff import Invite, Role, Staff
from domain.usecases.hand_over import Declined, HandedOver
from domain.usecases.manage_team import ASKED_MAX, Colleague

PAGE_LENGTH = 6
STORES_NAMED_MAX = 2
PLANNED_SHOWN_MAX = 3
EVERYWHERE = "all"
INVITED = (Role.STAFF, Role.MANAGER, Role.OWNER, Role.TERMINAL)
"""The roles in the order in which they are offered: most invitations are for staff."""


class Asking(Enum):
    """What became of asking who was chosen in their own chat: they cannot be written to, or are spared."""

    ASKED = auto()
    OUT_OF_REACH = auto()
    SPARED = auto()


def team(
    t: Texts, merchant_id: MerchantId, found: Sequence[Colleague], page: int, timezone: str, said: str = ""
) -> View:
    """A button for each member, and beside those who have not joined one that takes them off; ``said`` tells what
    was just done."""
    shown = found[page * PAGE_LENGTH : (page + 1) * PAGE_LENGTH]
    lines = [
        t("<b>Your team</b>\nTap a name to change something."),
        *(_line(t, each, timezone) for each in shown),
    ]
    rows = (
        row(
            _button(isolated(each.staff.name), Verb.MEMBER, each.staff),
            _taking_off(t, each),
        )
        for each in shown
    )
    invite = Button(text=t("Invite"), data=press(Verb.INVITE, short_id(merchant_id)))
    home = to_home(t, merchant_id)
    return View(
        text="\n".join([*([said] if said else []), *lines]),
        buttons=keyboard(
            *rows,
            page_turns(page, PAGE_LENGTH, len(found), Verb.TEAM, short_id(merchant_id)),
            row(invite),
            row(home),
        ),
        spare=home,
    )


def _taking_off(t: Texts, found: Colleague) -> Button | None:
    """Takes back what the member was sent; who was only invited leaves the list."""
    if not found.is_managed or not (found.link or found.has_lapsed):
        return None
    return _button(t("Withdraw") if found.link else t("Remove"), Verb.WITHDRAW, found.staff)


def member(t: Texts, found: Colleague, timezone: str) -> View:
    """A member's page, with buttons for what the reader may change."""
    staff = found.staff
    is_terminal = staff.role is Role.TERMINAL
    has_pin = staff.is_active and staff.account is not None and not is_terminal
    back = _to_team(t, staff.merchant_id)
    buttons = (
        (
            row(
                _button(t("Rename"), Verb.MEMBER_NAME, staff),
                None if is_terminal or found.is_only_owner else _button(t("Role"), Verb.MEMBER_ROLE, staff),
                None if staff.role.is_merchant_wide else _button(t("Stores"), Verb.MEMBER_STORES, staff, 0),
            ),
            row(_pin_button(t, found) if has_pin else None),
            row(_button(_withdrawal(t, found.link), Verb.WITHDRAW, staff) if found.link else None),
            *_new_invitation(t, found),
            row(
                _button(t("Hand the shop over …"), Verb.HAND_OVER, staff)
                if found.may_take_over and not _is_offered(found)
                else None
            ),
            row(None if found.is_only_owner else _removal(t, staff)),
        )
        if found.is_managed
        else ()
    )
    return View(text=_line(t, found, timezone), buttons=keyboard(*buttons, row(back)), spare=back)


def _new_invitation(t: Texts, found: Colleague) -> Keyboard:
    """For a member whose invitation is over, and who has a store to work at."""
    if not found.has_lapsed or not found.stores:
        return ()
    link = _button(t("New link"), Verb.NEW_LINK, found.staff)
    choose = _button(_choose_label(t), Verb.CHOOSE_AGAIN, found.staff)
    return row(link), row(None if found.staff.role is Role.TERMINAL else choose)


def _pin_button(t: Texts, found: Colleague) -> Button:
    merchant_id = found.staff.merchant_id
    if found.is_asking:
        return Button(text=t("Choose a new PIN"), data=press(Verb.OWN_PIN, short_id(merchant_id)))
    return reset_pin_button(t, merchant_id, found.staff.staff_id)


def _removal(t: Texts, staff: Staff) -> Button:
    return _button(t("Remove from the team"), Verb.REMOVE, staff, style=Style.DANGER)


def _is_offered(found: Colleague) -> bool:
    """Whether the shop is being handed over to them."""
    return found.link is not None and found.link.is_offer


def ask_member_name(t: Texts, found: Colleague) -> View:
    return View(
        text=t("What is <b>{name}</b> to be called? Send the name.", name=found.staff.name),
        buttons=keyboard(row(_button(t("‹ Back"), Verb.MEMBER, found.staff))),
    )


def member_role(t: Texts, found: Colleague) -> View:
    """The roles to choose from. Owner is not among them: nobody becomes one by somebody else's tap."""
    staff = found.staff
    roles = (role for role in (Role.MANAGER, Role.STAFF) if role is not staff.role)
    back = _button(t("‹ Back"), Verb.MEMBER, staff)
    return View(
        text=t(
            "<b>{name}</b> · {role}\nStaff give stamps and rewards at their stores. A manager does everything but"
            " what is the owners' alone: looking after owners, exports, takings, when they are told, closing the"
            " shop. It holds at once.",
            name=staff.name,
            role=role_label(t, staff.role),
        ),
        buttons=keyboard(
            *(row(_button(role_label(t, role), Verb.SET_ROLE, staff, role)) for role in roles), row(back)
        ),
        spare=back,
    )


def member_stores(t: Texts, found: Colleague, stores: Sequence[Store], page: int) -> View:
    """The open stores of the shop; a tap adds the member to a store or takes them off it."""
    staff, worked_at = found.staff, {store.store_id for store in found.stores}
    numbered = [(number, store) for number, store in enumerate(stores) if store.active]
    back = _button(t("‹ Back"), Verb.MEMBER, staff)
    rows = (
        row(
            _button(
                f"{'✅' if store.store_id in worked_at else '▫️'} {isolated(store.name)}",
                Verb.SET_STORE,
                staff,
                number,
                int(store.store_id not in worked_at),
            )
        )
        for number, store in numbered[page * PAGE_LENGTH : (page + 1) * PAGE_LENGTH]
    )
    ids = short_id(staff.merchant_id), short_id(staff.staff_id)
    return View(
        text=t(
            "<b>Where does {name} work?</b>\nTap a store to change it. It holds at once.", name=staff.name
        ),
        buttons=keyboard(
            *rows, page_turns(page, PAGE_LENGTH, len(numbered), Verb.MEMBER_STORES, *ids), row(back)
        ),
        spare=back,
    )


def invite_role(t: Texts, merchant_id: MerchantId, roles: Sequence[Role]) -> View:
    merchant = short_id(merchant_id)
    rows = (
        row(Button(text=role_label(t, role), data=press(Verb.INVITE_AS, merchant, role, 0)))
        for role in INVITED
        if role in roles
    )
    return View(
        text=t(
            "<b>What will the new member be?</b>\nTap it; the name comes next."
            " A shared phone stands on the counter for everybody with a PIN."
        ),
        buttons=keyboard(*rows, row(_to_team(t, merchant_id))),
    )


def invite_store(t: Texts, merchant_id: MerchantId, role: Role, stores: Sequence[Store], page: int) -> View:
    """Choose one of the open stores, a page at a time; all stores at once for all but a shared phone."""
    merchant = short_id(merchant_id)
    numbered = [(number, store) for number, store in enumerate(stores) if store.active]
    rows = (
        row(Button(text=isolated(store.name), data=press(Verb.INVITE_AT, merchant, role, number)))
        for number, store in numbered[page * PAGE_LENGTH : (page + 1) * PAGE_LENGTH]
    )
    every = Button(text=t("At every store"), data=press(Verb.INVITE_AT, merchant, role, EVERYWHERE))
    return View(
        text=t("<b>At which store?</b>\nYou can change it later."),
        buttons=keyboard(
            *rows,
            page_turns(page, PAGE_LENGTH, len(numbered), Verb.INVITE_AS, merchant, role),
            row(every if role is not Role.TERMINAL else None),
            row(Button(text=t("‹ Back"), data=press(Verb.INVITE, merchant))),
        ),
    )


def ask_invited_name(t: Texts, merchant_id: MerchantId, role: Role, nonce: str) -> View:
    """``nonce`` is that of the question. A shared phone is nobody's, so that nobody is chosen for it."""
    back = Button(text=t("‹ Back"), data=press(Verb.INVITE, short_id(merchant_id)))
    if role is Role.TERMINAL:
        asked = t("What is the phone called? Send a name, such as Counter.")
        return View(text=asked, buttons=keyboard(row(back)))
    choose = Button(text=_choose_label(t), data=press(Verb.CHOOSE_PERSON, nonce))
    return View(
        text=t(
            "<b>What is the new member called?</b>\nSend the name, and you get a link for them. Or choose them in"
            " Telegram: then the invitation is for them alone."
        ),
        buttons=keyboard(row(choose), row(back)),
    )


def ask_person(t: Texts, request_id: int) -> View:
    key = PersonKey(text=_choose_label(t), request_id=request_id)
    return View(
        text=t("Tap <b>{key}</b> below the chat. You can still send a name instead.", key=key.text),
        menu=((key,), (stop_label(t),)),
    )


def _choose_label(t: Texts) -> str:
    return t("👤 Choose a person")


def inviting(t: Texts, name: str, keys: Rows) -> View:
    """Puts the ``keys`` back that belong below the chat."""
    return View(text=t("👤 You are inviting <b>{name}</b>.", name=name), menu=keys)


def asked_to_join(t: Texts, found: Colleague, by: str, merchant_name: str, timezone: str) -> View:
    """To who was chosen, in their own chat: from ``by``."""
    accept = _button(t("Join the team"), Verb.JOIN_TEAM, found.staff, style=Style.SUCCESS)
    return View(
        text=t(
            "👋 <b>{name} invites you to work for {merchant}.</b>\n"
            "If you join by {until}, you are {role} there. If you do not know what this is about, say no or leave"
            " it.",
            name=by,
            merchant=merchant_name,
            role=role_name(t, found.staff.role),
            until=t.moment(found.link.expires_at, timezone) if found.link else "",
        ),
        buttons=keyboard(row(accept), row(_button(t("No, thank you"), Verb.NOT_JOINING, found.staff))),
    )


def invited(t: Texts, found: Colleague, link: str, timezone: str, asking: Asking | None = None) -> View:
    """``asking`` is None where nobody was chosen."""
    until = t.moment(found.link.expires_at, timezone) if found.link else ""
    if found.staff.role is Role.TERMINAL:
        said = t(
            "✅ Open this link on the phone for the counter, with a Telegram account that is nobody's own: it works"
            " once, until {until}. Whoever has a PIN can work there then.\n{link}",
            until=until,
            link=link,
        )
    elif asking is Asking.ASKED:
        said = t(
            "✅ <b>{name}</b> has the invitation in their own chat, and can join until {until}. It is for them alone,"
            " and so is this link, in case they do not see it.\n{link}",
            name=found.staff.name,
            until=until,
            link=link,
        )
    elif asking is Asking.SPARED:
        said = t(
            "✅ Send this link to <b>{name}</b>: it works once, until {until}, for them alone, and makes them part of"
            " your team. The bot itself asks nobody twice in a week, and no more than {count} people at a time."
            "\n{link}",
            name=found.staff.name,
            count=ASKED_MAX,
            until=until,
            link=link,
        )
    elif asking is Asking.OUT_OF_REACH:
        said = t(
            "✅ The bot cannot write to <b>{name}</b> itself: send them this link. It works once, until {until}, for"
            " them alone, and makes them part of your team.\n{link}",
            name=found.staff.name,
            until=until,
            link=link,
        )
    else:
        said = t(
            "✅ Send this link to <b>{name}</b>: it works once, until {until}, and makes whoever opens it"
            " part of your team.\n{link}",
            name=found.staff.name,
            until=until,
            link=link,
        )
    return View(
        text=said,
        buttons=keyboard(
            row(Button(text=t("Copy the link"), copies=link)), row(_to_team(t, found.staff.merchant_id))
        ),
    )


def confirm_removal(t: Texts, found: Colleague, planned: Sequence[datetime], timezone: str) -> View:
    """``planned`` is for when they have planned broadcasts."""
    staff = found.staff
    back = _button(t("‹ Back"), Verb.MEMBER, staff)
    lines = [
        t(
            "<b>Remove {name} from the team?</b>\nTheir buttons, links and PIN stop working at once. What they did"
            " stays under their name.",
            name=staff.name,
        )
    ]
    if found.invited:
        names = ", ".join(isolated(name) for name in found.invited)
        lines.append(t("✉️ Their invitations that nobody has opened yet end as well: {names}", names=names))
    for moment in planned[:PLANNED_SHOWN_MAX]:
        when = t.moment(moment, timezone)
        line = t(
            "📣 Their broadcast of {when} goes out all the same, unless it is called off: /broadcast",
            when=when,
        )
        lines.append(line)
    return View(
        text="\n\n".join(lines),
        buttons=keyboard(
            row(_button(t("Remove"), Verb.REMOVE_MEANT, staff, style=Style.DANGER)),
            row(back),
        ),
        spare=back,
    )


def confirm_hand_over(t: Texts, found: Colleague) -> View:
    staff = found.staff
    back = _button(t("‹ Back"), Verb.MEMBER, staff)
    return View(
        text=t(
            "<b>Hand the shop over to {name}?</b>\n{name} is asked in their own chat. Once they accept, they are the"
            " owner and you are a manager: exports, takings and closing the shop are theirs alone then. Until then"
            " nothing changes, and you can withdraw it.",
            name=staff.name,
        ),
        buttons=keyboard(
            row(
                _button(
                    plain(t("Ask {name}", name=staff.name)), Verb.HAND_OVER_MEANT, staff, style=Style.DANGER
                )
            ),
            row(back),
        ),
        spare=back,
    )


def taken_over(t: Texts, done: HandedOver) -> View:
    return View(
        text=t(
            "✅ <b>You are the owner of {merchant} now.</b> {name} is a manager. Everything is in /settings.",
            merchant=done.merchant_name,
            name=done.giver.name,
        )
    )


def declined(t: Texts, done: Declined) -> View:
    said = t("<b>You are not taking {merchant} over.</b> Nothing has changed.", merchant=done.merchant_name)
    return View(text=answered_no(t, said, done))


def removed(t: Texts, staff: Staff) -> str:
    return t("✅ <b>{name}</b> is not on the team any more.", name=staff.name)


def left(t: Texts) -> View:
    """For a member who removed themselves from the team."""
    return View(text=t("✅ You are not on the team any more."))


def off(t: Texts, merchant_name: str) -> View:
    """To a former member; replaces the team's keyboard below the chat by the keys for a card."""
    said = t("You do not work for {merchant} any more.", merchant=merchant_name)
    return View(text=said, menu=below_chat(t, is_staff=False, has_card=True))


def _line(t: Texts, found: Colleague, timezone: str) -> str:
    """Name, role, stores (unless the role is for all of them), and until when the link holds or when they last
    acted."""
    staff = found.staff
    name, role = staff.name, role_label(t, staff.role)
    where = "" if staff.role.is_merchant_wide else _some([store.name for store in found.stores])
    line = (
        t("<b>{name}</b> · {role} · {where}", name=name, role=role, where=where)
        if where
        else t("<b>{name}</b> · {role}", name=name, role=role)
    )
    if found.link is not None:
        until = t.moment(found.link.expires_at, timezone)
        more = (
            t("asked to take over until {until}", until=until)
            if found.link.is_offer
            else t("link until {until}", until=until)
        )
    elif not staff.is_active:
        more = t("link expired")
    elif found.last_act_on is None:
        return line
    else:
        more = t("last act {date}", date=t.local_date(found.last_act_on))
    return f"{line} · {more}"


def _withdrawal(t: Texts, link: Invite) -> str:
    return t("Withdraw the offer") if link.is_offer else t("Withdraw the link")


def _some(stores: Sequence[str]) -> str:
    more = ["…"] if len(stores) > STORES_NAMED_MAX else []
    return ", ".join([*map(isolated, stores[:STORES_NAMED_MAX]), *more])


def _button(text: str, verb: Verb, staff: Staff, *more: str | int, style: Style | None = None) -> Button:
    data = press(verb, short_id(staff.merchant_id), short_id(staff.staff_id), *more)
    return Button(text=text, data=data, style=style)


def _to_team(t: Texts, merchant_id: MerchantId) -> Button:
    return Button(text=t("‹ Back"), data=press(Verb.TEAM, short_id(merchant_id), 0))
