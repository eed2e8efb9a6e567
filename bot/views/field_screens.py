"""The screens on which fields are changed: a page of them, one of them, and what a change would do."""

from collections.abc import Collection, Iterator, Mapping

from bot.kit.buttons import Verb, press, short_id
from bot.texts import Texts, plain
from bot.views import logos
from bot.views.closures import holidays_button
from bot.views.field_pages import OF_FLAGS, PAGES, field_code, is_used, page_button, page_data, pages_in_use
from bot.views.field_values import Texted, change_in_words, cut_beside, in_words, offers, shown
from bot.views.fields import explained, label
from bot.views.settings import flags_data, program_kind, program_label, to_home
from bot.views.view import Button, Style, View, grid, keyboard, row
from domain.field_kinds import YES_OR_NO, Amount, Choice, Field, Multipliers, Number, OpeningHours, Rate
from domain.fields import FIELDS, Target
from domain.ids import FieldName, ProgramId
from domain.merchant import Merchant, Program, Store
from domain.rights import Right, may
from domain.rules.guards import GUARDS
from domain.staff import Role
from domain.usecases.see_settings import CardsTouched
from domain.usecases.see_shop import Shop

SURE, SAME_THING = "sure", "same"
MARKETED: Mapping[str, str] = {"birthday_bonus": "0", "win_back_days": "never"}
"""The fields of what customers get only if they allow marketing, and the plain form that switches each off."""
_PER_ROW: Mapping[type[Field], int] = {Amount: 2, Rate: 4, Number: 3, OpeningHours: 1, Multipliers: 1}


def field_list(
    t: Texts,
    shop: Shop,
    kind: Target,
    target_id: str,
    said: str = "",
    role: Role = Role.OWNER,
    *,
    page: str = "",
) -> View:
    """A button for each field of a page (``field_pages.py``) that the role may change, with its present value; on the
    first one, buttons to the others. ``said`` tells what was just changed."""
    target, currency = shop.find(kind, target_id), shop.merchant.currency
    pages = pages_in_use(shop, kind, target)
    page = page if page in pages else ""
    may_change = page != OF_FLAGS or may(role, Right.JUDGE_ONESELF)
    names = pages[page] if may_change else ()
    if page == OF_FLAGS:
        below: list[tuple[Button, ...]] = [row(Button(text=t("‹ Back"), data=flags_data(target.merchant_id)))]
    elif page:
        below = [row(Button(text=t("‹ Back"), data=page_data(target.merchant_id, kind, target_id)))]
    else:
        below = [*_below_first_page(t, shop, kind, target_id, pages)]
    title = t("<b>{name}</b>\nTap what you want to change.", name=_title(t, kind, target, page))
    return View(
        text="\n\n".join(filter(None, [said, title])),
        buttons=keyboard(
            *(row(field_button(t, kind, target, target_id, name, currency)) for name in names), *below
        ),
    )


def _title(t: Texts, kind: Target, target: Merchant | Store | Program, page: str) -> str:
    behind = t(PAGES[kind][page].title) if page else None
    if not isinstance(target, Program):
        return behind or target.name
    return f"{program_kind(t, target)} · {behind}" if behind else program_label(t, target)


def _below_first_page(
    t: Texts, shop: Shop, kind: Target, target_id: str, pages: Collection[str]
) -> Iterator[tuple[Button, ...]]:
    """Buttons to the other pages, and to what the target has beside its fields."""
    merchant_id = shop.merchant.merchant_id
    letters = [letter for letter in pages if letter not in ("", OF_FLAGS)]
    yield from grid([page_button(t, merchant_id, kind, target_id, letter) for letter in letters], 2)
    if kind is Target.MERCHANT:
        yield row(logos.logo_button(t, shop), holidays_button(t, merchant_id, None))
    if kind is Target.PROGRAM and len(shop.programs) > 1:
        yield row(_poster_button(t, shop.program(ProgramId(target_id))))
    yield row(to_home(t, merchant_id))


def field_button(
    t: Texts, kind: Target, target: Merchant | Store | Program, target_id: str, name: str, currency: str
) -> Button:
    """Leads to the field's screen; bears its present value."""
    said = cut_beside(shown(t, kind, target, name, currency), label(t, name))
    return Button(
        text=plain(t("{label}: {value}", label=label(t, name), value=said)),
        data=press(Verb.FIELD, short_id(target.merchant_id), kind, short_id(target_id), field_code(name)),
    )


def program_added(t: Texts, shop: Shop, program_id: ProgramId) -> View:
    """The fields of a program that was just added, below the guards that it starts with."""
    program, currency = shop.program(program_id), shop.merchant.currency
    said = [
        t("✅ <b>{card} is there.</b>", card=program.name or ""),
        t("It starts as strict as your other cards:"),
    ]
    said += [
        t("{label}: {value}", label=label(t, name), value=shown(t, Target.PROGRAM, program, name, currency))
        for name in GUARDS
        if is_used(shop, program, name)
    ]
    return field_list(t, shop, Target.PROGRAM, program_id, "\n".join(said))


def _poster_button(t: Texts, program: Program) -> Button | None:
    """To the program's poster; None where it gives no new cards."""
    if not (program.active and program.new_cards):
        return None
    data = press(Verb.PROGRAM_POSTERS, short_id(program.merchant_id), short_id(program.program_id))
    return Button(text=t("🖨 Its poster"), data=data)


def field(t: Texts, shop: Shop, kind: Target, target_id: str, name: str, nonce: str) -> View:
    """The screen of one field: its value, its meaning, and the values it may have."""
    target, one, merchant = shop.find(kind, target_id), FIELDS[kind][name], shop.merchant
    present = shown(t, kind, target, name, merchant.currency)
    lines = [
        t("<b>{label}</b>: {value}", label=label(t, name), value=present),
        explained(t, name),
        *_bounds(t, one, merchant.currency),
    ]
    offered = [
        Button(text=offer.label, data=press(Verb.SET_FIELD, nonce, number))
        for number, offer in enumerate(offers(t, merchant, kind, name))
    ]
    if not isinstance(one, Choice):
        lines.append(t("Tap a value, or type one.") if offered else t("Type what it shall be."))
    width = 1 if isinstance(one, Choice) else _PER_ROW.get(type(one), 2)
    rows = grid(offered, width)
    back = Button(text=t("‹ Back"), data=page_data(merchant.merchant_id, kind, target_id, name))
    return View(text="\n".join(lines), buttons=keyboard(*rows, row(back)), spare=back)


def _bounds(t: Texts, one: Field, currency: str) -> Iterator[str]:
    if isinstance(one, Number):
        lowest, highest = (
            in_words(t, one, one.show(value, currency), currency) for value in (one.lowest, one.highest)
        )
        yield t("From {lowest} to {highest}.", lowest=lowest, highest=highest)
    if (
        one.default is not None
        and one.default != ()
        and not (isinstance(one, Choice) and one.options == YES_OR_NO)
    ):
        usual = in_words(t, one, one.show(one.default, currency), currency)
        yield t("Usual: {value}", value=usual)


def confirm(
    t: Texts,
    shop: Shop,
    kind: Target,
    target_id: str,
    values: Texted,
    nonce: str,
    touched: CardsTouched | None,
) -> View:
    """Says what a change does to existing cards, and asks whether it is meant. ``touched`` is None for changes that
    touch no cards."""
    currency, target = shop.merchant.currency, shop.find(kind, target_id)
    lines = [t("<b>Change this?</b>")]
    for name, value in values.items():
        one = FIELDS[kind][name]
        before = one.show(getattr(target, name), currency)
        lines.append(change_in_words(t, one, before, value, currency))
    pauses = is_pause(kind, values)
    if pauses:
        lines.append(
            t(
                "Until you switch it on again, nothing is given and nothing redeemed, and nobody gets a new card of"
                " it. Cards keep what they hold, as far as it does not expire."
            )
        )
    style = Style.DANGER if pauses else None
    sure = [Button(text=t("✅ Change it"), data=press(Verb.SET_FIELD, nonce, SURE), style=style)]
    if touched is not None:
        lines += _effect(t, touched)
        if touched.keeping and "reward" in values:
            lines.append(t("Or is it the same thing in other words? Then it holds for all cards."))
            sure.append(Button(text=t("Only other words"), data=press(Verb.SET_FIELD, nonce, SAME_THING)))
    back = Button(text=t("‹ Back"), data=page_data(shop.merchant.merchant_id, kind, target_id, *values))
    return View(text="\n".join(lines), buttons=keyboard(*map(row, sure), row(back)), spare=back)


def is_pause(kind: Target, values: Texted) -> bool:
    """Whether a program is to be switched off."""
    return kind is Target.PROGRAM and values.get("active") == "no"


def _effect(t: Texts, touched: CardsTouched) -> Iterator[str]:
    if touched.gaining:
        yield t.n(
            "{count} of {cards} begun cards has one more reward at once.",
            "{count} of {cards} begun cards have one more reward at once.",
            touched.gaining,
            cards=t.number(touched.begun),
        )
    if touched.keeping:
        yield t.n(
            "{count} begun card keeps what it was promised.",
            "{count} begun cards keep what they were promised.",
            touched.keeping,
        )
        yield t("It holds for cards that begin from now on.")
        return
    if not touched.gaining:
        yield t("No card gains or loses a reward by it.")
    yield t("It holds from now on.")


def changed(t: Texts, kind: Target, change: Mapping[FieldName, tuple[str, str]], merchant: Merchant) -> str:
    """What was just changed: by field, the plain forms before and after. Warns if marketing is off and nobody gets
    it."""
    lines = [
        f"✅ {change_in_words(t, FIELDS[kind][name], before, after, merchant.currency)}"
        for name, (before, after) in change.items()
    ]
    is_marketed = any(name in MARKETED and after != MARKETED[name] for name, (_, after) in change.items())
    if is_marketed and merchant.marketing_monthly_max is None:
        lines.append(t("⚠️ Nobody gets it while news and offers are off: /broadcast switches them on."))
    return "\n".join(lines) or t("It is so already.")
