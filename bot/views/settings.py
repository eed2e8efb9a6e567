"""``/settings``: the first page of a shop, and the buttons that lead to its parts."""

from collections.abc import Sequence

from bot.kit.buttons import Verb, press, short_id
from bot.texts import Texts, isolated
from bot.views.field_pages import OF_FLAGS, page_button, page_data
from bot.views.field_values import OPTIONS
from bot.views.view import Button, View, keyboard, row
from domain.fields import Target
from domain.ids import MerchantId
from domain.merchant import Program, ProgramKind
from domain.rights import Right, may
from domain.rules.date_ranges import NamedRange
from domain.staff import Membership, Role
from domain.usecases.see_shop import Shop


def choose_shop(t: Texts, memberships: Sequence[Membership]) -> View:
    buttons = (
        row(
            Button(
                text=isolated(each.merchant_name), data=press(Verb.SETTINGS, short_id(each.staff.merchant_id))
            )
        )
        for each in memberships
    )
    return View(text=t("<b>Settings</b>\nOf which shop?"), buttons=keyboard(*buttons))


def home(t: Texts, shop: Shop, role: Role) -> View:
    merchant_id = shop.merchant.merchant_id

    def leading(verb: Verb, text: str, *more: str | int) -> Button:
        return Button(text=text, data=press(verb, short_id(merchant_id), *more))

    programs = (
        row(Button(text=program_label(t, one), data=page_data(merchant_id, Target.PROGRAM, one.program_id)))
        for one in shop.programs
    )
    said, closing = t("<b>Settings of {merchant}</b>", merchant=shop.merchant.name), t("🚪 Close the shop")
    if (closes_at := shop.merchant.closes_at) is not None:
        said += "\n" + t("🚪 Closes on {date}.", date=t.day(closes_at, shop.merchant.timezone))
        closing = t("🚪 Keep the shop open")
    return View(
        text=said + "\n" + t("Your own language: /language"),
        buttons=keyboard(
            row(
                Button(text=t("🏪 Shop"), data=page_data(merchant_id, Target.MERCHANT, merchant_id)),
                leading(Verb.STORES, t("📍 Stores"), 0),
            ),
            *programs,
            row(leading(Verb.NEW_PROGRAM, t("➕ New program"))),
            row(leading(Verb.TEAM, t("👥 Team"), 0), leading(Verb.WORDINGS, t("💬 Messages"), 0)),
            row(
                leading(Verb.REPORT, t("📊 Report"), NamedRange.THIS_WEEK, "all", 0),
                leading(Verb.EXPORTS, t("💾 Export")) if may(role, Right.EXPORT) else None,
            ),
            row(to_flags(t, merchant_id)),
            row(leading(Verb.BROADCASTS, t("📣 Broadcasts")) if may(role, Right.BROADCAST) else None),
            row(to_changes(t, merchant_id)),
            row(leading(Verb.SHOP_CLOSE, closing)) if may(role, Right.CLOSE_SHOP) else (),
        ),
    )


def to_home(t: Texts, merchant_id: MerchantId) -> Button:
    return Button(text=t("‹ Settings"), data=press(Verb.SETTINGS, short_id(merchant_id)))


def to_flags(t: Texts, merchant_id: MerchantId) -> Button:
    return Button(text=t("👀 Things to look at"), data=flags_data(merchant_id))


def flags_data(merchant_id: MerchantId) -> str:
    return press(Verb.FLAGS, short_id(merchant_id), 0)


def to_limits(t: Texts, merchant_id: MerchantId) -> Button:
    return page_button(t, merchant_id, Target.MERCHANT, merchant_id, OF_FLAGS)


def to_changes(t: Texts, merchant_id: MerchantId) -> Button:
    return Button(text=t("🕘 What was changed"), data=press(Verb.CHANGES, short_id(merchant_id), 0))


def program_kind(t: Texts, program: Program) -> str:
    """The program's name, or what it collects."""
    if program.name:
        return isolated(program.name)
    is_hybrid = program.kind is ProgramKind.HYBRID
    return t("Stamps and points") if is_hybrid else t(OPTIONS[program.kind.value])


def program_label(t: Texts, program: Program) -> str:
    title = f"{'🎟' if program.active else '⏸'} {program_kind(t, program)}"
    return f"{title} · {isolated(program.reward)}" if program.has_stamps else title
