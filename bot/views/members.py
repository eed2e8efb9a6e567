"""The team as an owner or a manager looks after it."""

from collections.abc import Sequence

from bot.kit.buttons import Verb, press, short_id
from bot.texts import Texts, isolated
from bot.views.settings import to_home
from bot.views.team import reset_pin_button
from bot.views.view import Button, Style, View, keyboard, row
from domain.ids import MerchantId
from domain.staff import Role, Staff
from domain.usecases.manage_team import Colleague

PAGE_LENGTH = 6
STORES_NAMED_MAX = 2


def team(
    t: Texts, merchant_id: MerchantId, found: Sequence[Colleague], page: int, removed: str | None = None
) -> View:
    """One button a member; ``removed`` is who has just been taken off."""
    shown = found[page * PAGE_LENGTH : (page + 1) * PAGE_LENGTH]
    lines = [t("<b>Your team</b>\nTap a name to change something."), *(_line(t, each) for each in shown)]
    if removed is not None:
        lines.insert(0, t("✅ <b>{name}</b> is not on the team any more.", name=removed))
    turns = (
        Button(text=arrow, data=press(Verb.TEAM, short_id(merchant_id), other))
        for arrow, other in (("‹", page - 1), ("›", page + 1))
        if 0 <= other * PAGE_LENGTH < len(found)
    )
    return View(
        text="\n".join(lines),
        buttons=keyboard(
            *(row(_button(isolated(each.staff.name), Verb.MEMBER, each.staff)) for each in shown),
            row(*turns),
            row(to_home(t, merchant_id)),
        ),
    )


def member(t: Texts, found: Colleague) -> View:
    """With what can be changed by who looks."""
    staff = found.staff
    has_pin = staff.is_active and staff.account is not None and staff.role is not Role.TERMINAL
    buttons = (
        (
            row(reset_pin_button(t, staff.merchant_id, staff.staff_id) if has_pin else None),
            row(_button(t("Remove from the team"), Verb.REMOVE, staff, Style.DANGER)),
        )
        if found.is_managed
        else ()
    )
    return View(text=_line(t, found), buttons=keyboard(*buttons, row(_to_team(t, staff.merchant_id))))


def confirm_removal(t: Texts, found: Colleague) -> View:
    staff = found.staff
    back = _button(t("‹ Back"), Verb.MEMBER, staff)
    return View(
        text=t(
            "<b>Remove {name} from the team?</b>\nTheir buttons, links and PIN stop working at once. What they did"
            " stays under their name.",
            name=staff.name,
        ),
        buttons=keyboard(
            row(_button(t("Remove"), Verb.REMOVE_MEANT, staff, Style.DANGER)),
            row(back),
        ),
        spare=back,
    )


def left(t: Texts) -> View:
    """For who took themselves off."""
    return View(text=t("✅ You are not on the team any more."))


def role_label(t: Texts, role: Role) -> str:
    return {
        Role.OWNER: t("Owner"),
        Role.MANAGER: t("Manager"),
        Role.STAFF: t("Staff"),
        Role.TERMINAL: t("Shared phone"),
    }[role]


def _line(t: Texts, found: Colleague) -> str:
    """Name, role, and the stores of who does not work at all of them."""
    staff = found.staff
    name, role = staff.name, role_label(t, staff.role)
    where = "" if staff.role.is_merchant_wide else _some(found.stores)
    line = (
        t("<b>{name}</b> · {role} · {where}", name=name, role=role, where=where)
        if where
        else t("<b>{name}</b> · {role}", name=name, role=role)
    )
    invited = t("invited")
    return line if staff.is_active else f"{line} · {invited}"


def _some(stores: Sequence[str]) -> str:
    more = ["…"] if len(stores) > STORES_NAMED_MAX else []
    return ", ".join([*map(isolated, stores[:STORES_NAMED_MAX]), *more])


def _button(text: str, verb: Verb, staff: Staff, style: Style | None = None) -> Button:
    return Button(
        text=text, data=press(verb, short_id(staff.merchant_id), short_id(staff.staff_id)), style=style
    )


def _to_team(t: Texts, merchant_id: MerchantId) -> Button:
    return Button(text=t("‹ Back"), data=press(Verb.TEAM, short_id(merchant_id), 0))
