"""What members of a team see: the welcome after an invite, posters, their store, who works at a shared phone."""

from collections.abc import Sequence

from bot.kit.buttons import Verb, press, short_id
from bot.pictures.faces import PosterSize
from bot.texts import Texts, isolated, mark, texts
from bot.views.below_chat import below_chat
from bot.views.view import Button, Keyboard, View, keyboard, row
from domain.account import Locale
from domain.ids import MerchantId, StaffId
from domain.merchant import Program, Store
from domain.staff import InvitePurpose, Membership, Role
from domain.usecases.choose_desk import TeamMember
from domain.usecases.claim_invite import Claimed
from domain.usecases.hand_over import Declined

STAND_IN, OWNER = mark("Team member"), mark("Owner")
"""What the first invited member, and the owner of a shop made by a command, are called until they open their link."""


def stand_ins() -> frozenset[str]:
    return frozenset(texts(locale)(said) for locale in Locale for said in (STAND_IN, OWNER))


def role_name(t: Texts, role: Role) -> str:
    """The role as it follows "you are"."""
    return {
        Role.OWNER: t("the owner"),
        Role.MANAGER: t("a manager"),
        Role.STAFF: t("on the team"),
        Role.TERMINAL: t("a shared phone"),
    }[role]


def role_label(t: Texts, role: Role) -> str:
    return {
        Role.OWNER: t("Owner"),
        Role.MANAGER: t("Manager"),
        Role.STAFF: t("Staff"),
        Role.TERMINAL: t("Shared phone"),
    }[role]


def not_joining(t: Texts, done: Declined) -> View:
    said = t("<b>You are not joining {merchant}.</b> Nothing has changed.", merchant=done.merchant_name)
    return View(text=answered_no(t, said, done))


def answered_no(t: Texts, said: str, done: Declined) -> str:
    """``said``, and that whoever asked hears of it."""
    if done.is_told:
        said += "\n" + t("{name} is told.", name=done.giver.name)
    return said


def claimed(t: Texts, done: Claimed, *, has_card: bool = False) -> View:
    """The first message to a new member: who they are here and what to do next. ``has_card`` keeps the keys for a
    card in the keyboard below the chat."""
    menu = below_chat(t, is_staff=True, has_card=has_card)
    if done.purpose is InvitePurpose.RESET_PIN:
        return View(text=t("<b>{name}</b>, you can choose a new PIN now.", name=done.staff_name))
    if done.role is Role.TERMINAL:
        return View(
            text=t(
                "<b>This phone now works for {merchant}.</b>\n"
                "Scan a customer's code or send a card number; whoever stands here picks their name and types"
                " their PIN.",
                merchant=done.merchant_name,
            ),
            menu=menu,
        )
    if done.role is Role.OWNER:
        return View(
            text=t(
                "<b>{name}, {merchant} is yours.</b>\n"
                "1. Print the poster: /poster. Customers scan it to get their card.\n"
                "2. Invite who works with you: /team\n"
                "3. Change whatever you like: /settings\n"
                "When a customer is in front of you, scan their code with the camera, or send its photo or the card"
                " number.",
                merchant=done.merchant_name,
                name=done.staff_name,
            ),
            menu=menu,
        )
    return View(
        text=t(
            "<b>Welcome to {merchant}, {name}.</b>\nYou are {role} here. When a customer is in front of you, scan"
            " their code with the camera, or send its photo or the card number.",
            merchant=done.merchant_name,
            name=done.staff_name,
            role=role_name(t, done.role),
        ),
        menu=menu,
    )


def role_is(t: Texts, role: Role, merchant_name: str) -> View:
    """To a member whose role somebody else has changed."""
    return View(
        text=t(
            "You are {role} at <b>{merchant}</b> now. /help says what you can do.",
            role=role_name(t, role),
            merchant=merchant_name,
        )
    )


def pin_changed(t: Texts, merchant_id: MerchantId, staff_id: StaffId) -> View:
    return View(text=t("✅ <b>Your new PIN holds.</b>"), buttons=_to_member(t, merchant_id, staff_id))


def pin_kept(t: Texts, merchant_id: MerchantId, staff_id: StaffId) -> View:
    return View(text=t("Cancelled."), buttons=_to_member(t, merchant_id, staff_id))


def _to_member(t: Texts, merchant_id: MerchantId, staff_id: StaffId) -> Keyboard:
    data = press(Verb.MEMBER, short_id(merchant_id), short_id(staff_id))
    return keyboard(row(Button(text=t("‹ Back"), data=data)))


def pin_chosen(t: Texts) -> View:
    return View(text=t("✅ <b>Your PIN is set.</b> Scan a customer's code to begin."))


def signed_in(t: Texts, name: str) -> View:
    return View(text=t("✅ <b>{name}</b> is working at this phone now.", name=name))


def poster_follows(
    t: Texts,
    store: Store,
    program: Program | None,
    link: str,
    file: tuple[str, bytes],
    size: PosterSize,
    *,
    is_coloured: bool,
) -> View:
    """A poster, with a button for each of the other sizes and one for the other look of this size. ``program`` is set
    where the poster was asked for that program alone."""
    store_id = short_id(store.store_id)

    def other_page(other: PosterSize, *, is_coloured: bool) -> str:
        look = other, int(is_coloured)
        if program is None:
            return press(Verb.POSTER, short_id(store.merchant_id), store_id, *look)
        return press(Verb.PROGRAM_POSTER, store_id, short_id(program.program_id), *look)

    def in_size(other: PosterSize, name: str) -> Button | None:
        if other is size:
            return None
        return Button(text=name, data=other_page(other, is_coloured=is_coloured))

    sheets = (in_size(other, other.upper()) for other in PosterSize if other is not PosterSize.TENT)
    place = store.name if program is None else f"{store.name} · {program.name or program.reward}"
    other_look = t("With little ink") if is_coloured else t("In full colour")
    return View(
        text=t(
            "<b>{store}</b>\nPrint this page for the counter: customers scan it to get their card.\n{link}",
            store=place,
            link=link,
        ),
        document=file,
        buttons=keyboard(
            row(*sheets),
            row(
                in_size(PosterSize.TENT, t("Table tent")),
                Button(text=other_look, data=other_page(size, is_coloured=not is_coloured)),
            ),
            row(to_sheets(t, store.merchant_id)),
        ),
    )


def to_sheets(t: Texts, merchant_id: MerchantId) -> Button:
    return Button(text=t("🪪 Printed cards"), data=press(Verb.SHEETS, short_id(merchant_id)))


def choose_store(t: Texts, memberships: Sequence[Membership]) -> View:
    """A button for each store, with the merchant's name before it where the member works for several."""
    several = len(memberships) > 1
    if not any(membership.stores for membership in memberships):
        return View(text=t("No store at which you work is open. Ask the owner."))
    return View(
        text=t("<b>Where are you working?</b>"),
        buttons=keyboard(
            *(
                row(
                    Button(
                        text=f"{isolated(membership.merchant_name)} · {isolated(name)}"
                        if several
                        else isolated(name),
                        data=press(Verb.STORE, short_id(membership.staff.merchant_id), short_id(store_id)),
                    )
                )
                for membership in memberships
                for store_id, name in membership.stores
            )
        ),
    )


def store_chosen(t: Texts, store_name: str) -> View:
    return View(text=t("✅ You are working at <b>{store}</b>.", store=store_name))


def who_stands_here(t: Texts, team: Sequence[TeamMember]) -> View:
    """On a shared phone, before the PIN: ask who is there. Members without a PIN are not offered."""
    if not any(member.has_pin for member in team):
        return View(
            text=t(
                "Nobody has a PIN yet. Open your invite link and choose one, then come back to this phone."
            )
        )
    return View(
        text=t("<b>Who are you?</b>"),
        buttons=keyboard(
            *(
                row(
                    Button(text=isolated(member.name), data=press(Verb.STAND_HERE, short_id(member.staff_id)))
                )
                for member in team
                if member.has_pin
            )
        ),
    )


def pin_reset_link(t: Texts, name: str, link: str) -> View:
    return View(
        text=t(
            "Forward this to {name}. They have been told; the link works once, in {name}'s own chat only, and lets"
            " them choose a new PIN.\n{link}",
            name=name,
            link=link,
        )
    )


def reset_undone(t: Texts) -> View:
    return View(text=t("✅ <b>Your old PIN holds.</b> The link to a new one does not work any more."))


def reset_pin_button(t: Texts, merchant_id: MerchantId, staff_id: StaffId) -> Button:
    return Button(
        text=t("Let them choose a new PIN"),
        data=press(Verb.RESET_PIN, short_id(merchant_id), short_id(staff_id)),
    )
