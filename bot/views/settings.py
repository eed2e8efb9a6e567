"""``/settings``: the shop, its programs and their fields, each field with a screen to change it."""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from bot.kit.buttons import Verb, press, short_id
from bot.texts import Texts, isolated, mark, plain, texts
from bot.views import logos, team_log
from bot.views.closures import holidays_button, logged
from bot.views.field_pages import OF_FLAGS, PAGES, page_of
from bot.views.fields import explained, label
from bot.views.view import Button, Style, View, grid, keyboard, page_turns, row
from bot.views.wording_names import name_of
from domain.account import Locale
from domain.closures import CLOSURES
from domain.fields import (
    ALL_LANGUAGES,
    FIELDS,
    NOTHING,
    PERCENT,
    YES_OR_NO,
    Amount,
    Choice,
    Colour,
    Coordinates,
    Field,
    FieldChange,
    Languages,
    LineOrNone,
    Multipliers,
    Number,
    OpeningHours,
    Rate,
    Target,
)
from domain.flags import THRESHOLDS
from domain.hours import WEEKDAYS
from domain.ids import FieldName, MerchantId, ProgramId
from domain.logo import LOGO
from domain.merchant import Merchant, Program, ProgramKind, Store
from domain.quick import dataclass
from domain.rights import Right, may
from domain.rules.date_ranges import Span
from domain.rules.earning import unit_of
from domain.rules.guards import GUARDS
from domain.rules.terms import unused
from domain.staff import Membership, Role
from domain.usecases.see_settings import CHANGES_SHOWN, CardsTouched, Change, Changes
from domain.usecases.see_shop import Shop
from domain.wording import WordingPlace, place_changed

Texted = Mapping[str, str]
"""Values in their plain form (``domain/fields.py``), by the names of their fields."""

SURE, SAME_THING = "sure", "same"
BUTTON_LENGTH_MAX, VALUE_LENGTH_MIN = 40, 12
"""How long a field's name and value on a button may be; and how much of the value is shown however long the name
is."""
COLOURS: Mapping[str, str] = {
    "#6f4e37": mark("🟤 Brown"),
    "#1f4e79": mark("🔵 Blue"),
    "#1e6f5c": mark("🟢 Green"),
    "#8a1c3b": mark("🔴 Red"),
    "#5b3a8c": mark("🟣 Violet"),
    "#333333": mark("⚫ Black"),
}
SUGGESTED: Mapping[str, Sequence[str]] = {
    "colour": tuple(COLOURS),
    "currency": ("EUR", "CHF", "GBP", "USD"),
    "timezone": ("Europe/Luxembourg", "Europe/Paris", "Europe/Berlin", "Europe/London"),
    "summary_hour": ("18", "19", "20", "21", "22", "23"),
    "pair_acts_max": ("none", "7", "12", "20"),
    "burst_acts_max": ("none", "8", "12", "20"),
    "unseen_cards_max": ("none", "2", "3", "5"),
    "takings_gap_max": ("none", "20", "30", "50"),
    "marketing_monthly_max": ("off", "2", "4", "8"),
    "stamps_target": ("5", "6", "8", "10", "12", "15"),
    "cooldown_minutes": ("0", "5", "30", "60", "240"),
    "max_daily_stamps": ("none", "1", "2", "3", "5"),
    "points_per_unit_milli": ("0.5", "1", "2", "10"),
    "minimum_purchase_minor": ("0", "5", "10"),
    "plausible_purchase_minor": ("0", "100", "200", "500"),
    "reward_cost_minor": ("unknown", "1", "2", "3", "5"),
    "welcome_bonus": ("0", "1", "2", "5"),
    "expiry_months": ("3", "6", "12", "24"),
    "birthday_bonus": ("0", "1", "2", "5"),
    "win_back_days": ("never", "30", "60", "90"),
    "win_back_bonus": ("0", "1", "2", "5"),
    "bonus_days": ("7", "14", "30"),
    "referral_bonus": ("0", "1", "2", "5"),
    "referral_welcome": ("0", "1", "2", "5"),
    "referrals_monthly_max": ("3", "5", "10"),
    "paper_stamps_max": ("0", "5", "9"),
    "paper_cards_daily_max": ("10", "20", "50"),
    "reward_valid_days": ("none", "60", "90", "180"),
    "opening_hours": ("Mon-Fri 08:00-18:00", "Mon-Sat 09:00-18:00", "none"),
    "location": ("none",),
    "multipliers": ("Mon-Fri 14:00-16:00 2", "Tue 2", "none"),
    "stamp_per_minor": ("count", "5", "10", "20"),
    "contact": (NOTHING,),
    "own_texts": (NOTHING,),
    "interim_rewards": (NOTHING,),
}
"""The values on buttons, in plain form; every other value is typed."""
OPTIONS: Mapping[str, str] = {
    "yes": mark("Yes"),
    "no": mark("No"),
    "stamps": mark("Stamps"),
    "points": mark("Points"),
    "hybrid": mark("Both"),
    "never": mark("Never"),
    "inactivity": mark("Without a visit"),
    "lot": mark("Each earning"),
    "none": mark("No limit"),
    "off": mark("Off"),
    "unknown": mark("Not said"),
    "count": mark("By number"),
}
A_MONDAY = date(2024, 1, 1)
PIN, PIN_WINDOW = "require_staff_pin", "pin_window_minutes"
PIN_CHOICES: Sequence[tuple[str, Texted]] = (
    (mark("Never"), {PIN: "no"}),
    (mark("Every time"), {PIN: "yes", PIN_WINDOW: "0"}),
    (mark("After 5 minutes idle"), {PIN: "yes", PIN_WINDOW: "5"}),
    (mark("After 15 minutes idle"), {PIN: "yes", PIN_WINDOW: "15"}),
    (mark("After an hour idle"), {PIN: "yes", PIN_WINDOW: "60"}),
    (mark("Once a day"), {PIN: "yes", PIN_WINDOW: "1440"}),
)
"""Two fields that are one question: when the team types a PIN."""
MARKETED: Mapping[str, str] = {"birthday_bonus": "0", "win_back_days": "never"}
"""The fields of what customers get only if they allow marketing, and the plain form that switches each off."""
HOURS, LOCATION = "opening_hours", "location"
SET_BY_OPERATORS = {"kind"}
"""Fields that no button changes: with another kind, what cards have collected may be good for nothing."""
_PER_ROW: Mapping[type[Field], int] = {Amount: 2, Rate: 4, Number: 3, OpeningHours: 1, Multipliers: 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A value on a button; ``values`` may set several fields."""

    label: str
    values: Texted


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
        row(Button(text=_program_label(t, one), data=_fields(merchant_id, Target.PROGRAM, one.program_id)))
        for one in shop.programs
    )
    said, closing = t("<b>Settings of {merchant}</b>", merchant=shop.merchant.name), t("🚪 Close the shop")
    if (closes_at := shop.merchant.closes_at) is not None:
        said += "\n" + t("🚪 It closes on {date}.", date=t.day(closes_at, shop.merchant.timezone))
        closing = t("🚪 Keep the shop open")
    return View(
        text=said + "\n" + t("Your own language: /language"),
        buttons=keyboard(
            row(
                Button(text=t("🏪 Shop"), data=_fields(merchant_id, Target.MERCHANT, merchant_id)),
                leading(Verb.STORES, t("📍 Stores"), 0),
            ),
            *programs,
            row(leading(Verb.NEW_PROGRAM, t("➕ New program"))),
            row(leading(Verb.TEAM, t("👥 Team"), 0), leading(Verb.WORDINGS, t("💬 Messages"), 0)),
            row(
                leading(Verb.REPORT, t("📊 Report"), Span.THIS_WEEK, "all", 0),
                leading(Verb.EXPORTS, t("💾 Export")) if may(role, Right.EXPORT) else None,
            ),
            row(to_flags(t, merchant_id)),
            row(leading(Verb.BROADCASTS, t("📣 Broadcasts")) if may(role, Right.BROADCAST) else None),
            row(to_changes(t, merchant_id)),
            row(leading(Verb.SHOP_CLOSE, closing)) if may(role, Right.CLOSE_SHOP) else (),
        ),
    )


def to_flags(t: Texts, merchant_id: MerchantId) -> Button:
    return Button(text=t("👀 Things to look at"), data=_flags(merchant_id))


def _flags(merchant_id: MerchantId) -> str:
    return press(Verb.FLAGS, short_id(merchant_id), 0)


def to_limits(t: Texts, merchant_id: MerchantId) -> Button:
    said = t("When you are told")
    return Button(text=f"⚙️ {said}", data=_fields(merchant_id, Target.MERCHANT, merchant_id, *THRESHOLDS))


def to_home(t: Texts, merchant_id: MerchantId) -> Button:
    return Button(text=t("‹ Settings"), data=press(Verb.SETTINGS, short_id(merchant_id)))


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
    target, merchant_id = shop.find(kind, target_id), shop.merchant.merchant_id
    behind = _pages(shop, target, kind)
    page = page if page in behind else ""
    shown_here = behind[page] if page else _first_page(shop, target, kind, behind)
    if page == OF_FLAGS and not may(role, Right.JUDGE_ONESELF):
        shown_here = []
    name = _name(t, target)
    if page:
        title = t(PAGES[kind][page].title)
        name = title if page == OF_FLAGS else f"{_program_kind(t, target)} · {title}"
    said_first = "\n\n".join(
        filter(None, [said, t("<b>{name}</b>\nTap what you want to change.", name=name)])
    )
    buttons = [row(_field_button(t, shop, kind, target, target_id, each)) for each in shown_here]
    if page:
        data = _flags(merchant_id) if page == OF_FLAGS else _fields(merchant_id, kind, target_id)
        return View(text=said_first, buttons=keyboard(*buttons, row(Button(text=t("‹ Back"), data=data))))
    others = [
        Button(
            text=f"{PAGES[kind][letter].sign} {t(PAGES[kind][letter].title)}",
            data=press(Verb.FIELDS, short_id(merchant_id), kind, short_id(target_id), letter),
        )
        for letter in behind
        if letter != OF_FLAGS
    ]
    is_shop = kind is Target.MERCHANT
    below = row(logos.logo_button(t, shop), holidays_button(t, merchant_id, None)) if is_shop else ()
    if isinstance(target, Program) and len(shop.programs) > 1:
        below = row(_poster_button(t, target))
    return View(
        text=said_first, buttons=keyboard(*buttons, *grid(others, 2), below, row(to_home(t, merchant_id)))
    )


def _pages(shop: Shop, target: Merchant | Store | Program, kind: Target) -> Mapping[str, Sequence[str]]:
    """The fields in use of each page behind the first; one that would have a single field is none."""
    found = {
        letter: [name for name in FIELDS[kind] if name in page.fields and _is_used(shop, target, name)]
        for letter, page in PAGES[kind].items()
    }
    return {letter: names for letter, names in found.items() if len(names) > 1}


def _first_page(
    shop: Shop, target: Merchant | Store | Program, kind: Target, behind: Mapping[str, Sequence[str]]
) -> Sequence[str]:
    elsewhere = {name for names in behind.values() for name in names}
    return [name for name in FIELDS[kind] if name not in elsewhere and _is_used(shop, target, name)]


def _field_button(
    t: Texts, shop: Shop, kind: Target, target: Merchant | Store | Program, target_id: str, name: str
) -> Button:
    said = _cut(shown(t, shop, kind, target, name), label(t, name))
    number = list(FIELDS[kind]).index(name)
    return Button(
        text=plain(t("{label}: {value}", label=label(t, name), value=said)),
        data=press(Verb.FIELD, short_id(shop.merchant.merchant_id), kind, short_id(target_id), number),
    )


def program_added(t: Texts, shop: Shop, program_id: ProgramId) -> View:
    """The fields of a program that was just added, below the guards that it starts with."""
    program = shop.program(program_id)
    said = [
        t("✅ <b>{card} is there.</b>", card=program.name or ""),
        t("It starts as strict as your other cards:"),
    ]
    said += [
        t("{label}: {value}", label=label(t, name), value=shown(t, shop, Target.PROGRAM, program, name))
        for name in GUARDS
        if _is_used(shop, program, name)
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
    target, one = shop.find(kind, target_id), FIELDS[kind][name]
    lines = [
        t("<b>{label}</b>: {value}", label=label(t, name), value=shown(t, shop, kind, target, name)),
        explained(t, name),
        *_bounds(t, one, shop.merchant.currency),
    ]
    offered = [
        Button(text=offer.label, data=press(Verb.SET_FIELD, nonce, number))
        for number, offer in enumerate(offers(t, shop, kind, name))
    ]
    if not isinstance(one, Choice):
        lines.append(t("Tap a value, or type one.") if offered else t("Type what it shall be."))
    width = 1 if isinstance(one, Choice) else _PER_ROW.get(type(one), 2)
    rows = grid(offered, width)
    back = Button(text=t("‹ Back"), data=_fields(shop.merchant.merchant_id, kind, target_id, name))
    return View(text="\n".join(lines), buttons=keyboard(*rows, row(back)), spare=back)


def offers(t: Texts, shop: Shop, kind: Target, name: str) -> Sequence[Offer]:
    if name == PIN:
        return [Offer(label=t(said), values=values) for said, values in PIN_CHOICES]
    one, currency = FIELDS[kind][name], shop.merchant.currency
    if isinstance(one, Languages):
        return [*_languages(shop.merchant, one)]
    values = tuple(one.options) if isinstance(one, Choice) else SUGGESTED.get(name, ())
    return [Offer(label=_said(t, one, value, currency), values={name: value}) for value in values]


def _languages(merchant: Merchant, one: Languages) -> Iterator[Offer]:
    """An offer for each language: a tap adds it, or removes it if it is there, unless it is the last one."""
    present = merchant.languages or tuple(Locale)
    for locale in Locale:
        others = tuple(each for each in present if each is not locale)
        is_there = locale in present
        if others:
            value = one.show(one.check(others if is_there else (*others, locale)), "")
            label = texts(locale).language
            yield Offer(label=f"✓ {label}" if is_there else label, values={one.name: value})


def confirm(
    t: Texts,
    shop: Shop,
    kind: Target,
    target_id: str,
    values: Texted,
    nonce: str,
    touched: CardsTouched | None,
) -> View:
    """Say what a change does to existing cards, and ask whether it is meant. ``touched`` is None for changes that
    touch no cards."""
    currency, target = shop.merchant.currency, shop.find(kind, target_id)
    lines = [t("<b>Change this?</b>")]
    for name, value in values.items():
        one = FIELDS[kind][name]
        before = one.show(getattr(target, name), currency)
        lines.append(_changed(t, one, before, value, currency))
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
    back = Button(text=t("‹ Back"), data=_fields(shop.merchant.merchant_id, kind, target_id, *values))
    return View(text="\n".join(lines), buttons=keyboard(*map(row, sure), row(back)), spare=back)


def is_pause(kind: Target, values: Texted) -> bool:
    """Whether a program is to be switched off."""
    return kind is Target.PROGRAM and values.get("active") == "no"


def changed(t: Texts, kind: Target, change: Mapping[FieldName, tuple[str, str]], merchant: Merchant) -> str:
    """What was just changed: by field, the plain forms before and after. Warns if marketing is off and nobody gets
    it."""
    lines = [
        f"✅ {_changed(t, FIELDS[kind][name], before, after, merchant.currency)}"
        for name, (before, after) in change.items()
    ]
    is_marketed = any(name in MARKETED and after != MARKETED[name] for name, (_, after) in change.items())
    if is_marketed and merchant.marketing_monthly_max is None:
        lines.append(t("⚠️ Nobody gets it while news and offers are off: /broadcast switches them on."))
    return "\n".join(lines) or t("It is so already.")


def changes(t: Texts, found: Changes) -> View:
    """A page of the log of changes, newest first, with a button for each that changes it back."""
    merchant = found.shop.merchant
    back = to_home(t, merchant.merchant_id)
    if not found.changes:
        return View(text=t("Nothing has been changed yet."), buttons=keyboard(row(back)))
    lines, before = [t("<b>What was changed</b>")], found.page * CHANGES_SHOWN
    numbered = [*enumerate(found.changes, before + 1)]
    lines += [f"{number}. {_logged(t, found.shop, each)}" for number, each in numbered]
    buttons = [
        Button(
            text=t("Change {number} back", number=number),
            data=press(Verb.CHANGE_BACK, short_id(merchant.merchant_id), short_id(each.change.change_id)),
        )
        for number, each in numbered
        if each.change.field in FIELDS[each.change.target_kind] or place_changed(each.change)
    ]
    rows, count = grid(buttons, 2), before + len(found.changes) + int(found.has_more)
    turns = page_turns(found.page, CHANGES_SHOWN, count, Verb.CHANGES, short_id(merchant.merchant_id))
    return View(text="\n\n".join(lines), buttons=keyboard(*rows, turns, row(back)))


def to_changes(t: Texts, merchant_id: MerchantId) -> Button:
    return Button(text=t("🕘 What was changed"), data=press(Verb.CHANGES, short_id(merchant_id), 0))


def shown(t: Texts, shop: Shop, kind: Target, target: Merchant | Store | Program, name: str) -> str:
    """The present value of a field, in words."""
    if name == PIN and isinstance(target, Program):
        return _pin(t, target)
    one, currency = FIELDS[kind][name], shop.merchant.currency
    return _said(t, one, one.show(getattr(target, name), currency), currency)


def _pin(t: Texts, program: Program) -> str:
    present = (
        {PIN: "yes", PIN_WINDOW: str(program.pin_window_minutes)}
        if program.require_staff_pin
        else {PIN: "no"}
    )
    for said, values in PIN_CHOICES:
        if values == present:
            return t(said)
    minutes = program.pin_window_minutes
    return t.n("After {count} minute idle", "After {count} minutes idle", minutes)


def _said(t: Texts, one: Field, value: str, currency: str) -> str:
    """A value's plain form in words."""
    if value in OPTIONS and isinstance(one, Choice | Number):
        return t(OPTIONS[value])
    if isinstance(one, Choice) and value in {locale.value for locale in Locale}:
        return texts(Locale(value)).language
    match one:
        case Amount():
            said = t.amount(Decimal(value), currency)
        case Number():
            said = t.percent(int(value) / 100) if one.unit == PERCENT else t.decimal(Decimal(value))
        case OpeningHours() | Multipliers() | Coordinates():
            said = _when_or_where(t, one, value)
        case Languages():
            named = [texts(Locale(each)).language for each in value.split(", ") if each != ALL_LANGUAGES]
            said = ", ".join(named) or t("All languages")
        case Colour() if value in COLOURS:
            said = t(COLOURS[value])
        case _:
            said = _written(t, one, value)
    return said


def _written(t: Texts, one: Field, value: str) -> str:
    if value not in ("", NOTHING):
        return isolated(value.replace("\n", ", "))
    return t("Not said") if isinstance(one, LineOrNone) else t("None")


def _hours(t: Texts, value: str) -> str:
    if value == "none":
        return t("Not said")
    names = {name: t.short_weekday(A_MONDAY + timedelta(days=day)) for day, name in enumerate(WEEKDAYS)}
    return re.sub("[A-Z][a-z]+", lambda found: names[found.group()], value).replace("-", "–")


def _when_or_where(t: Texts, one: Field, value: str) -> str:
    if isinstance(one, Coordinates):
        return t("Not said") if value == "none" else value
    return _multipliers(t, value) if isinstance(one, Multipliers) else _hours(t, value)


def _multipliers(t: Texts, value: str) -> str:
    if value == "none":
        return t("Never")
    lines = (each.rpartition(" ") for each in value.splitlines())
    return ", ".join(f"{_when(t, when)} ×{t.decimal(Decimal(factor))}" for when, _, factor in lines)


def _when(t: Texts, when: str) -> str:
    """Days of the week, or a date, and hours."""
    day, space, hours = when.partition(" ")
    if day[0].isdigit():
        return f"{t.dates(date.fromisoformat(day), date.fromisoformat(day))}{space}{hours.replace('-', '–')}"
    return _hours(t, when)


def _changed(t: Texts, one: Field, before: str, after: str, currency: str) -> str:
    return t(
        "{label}: {before} → {after}",
        label=label(t, one.name),
        before=_said(t, one, before, currency),
        after=_said(t, one, after, currency),
    )


def _reworded(t: Texts, shop: Shop, place: WordingPlace, change: FieldChange) -> str:
    stores = (store.name for store in shop.stores if store.store_id == place.store_id)
    label = " · ".join([name_of(t, place.kind), texts(place.locale).language, *map(isolated, stores)])
    before, after = (
        _cut(" ".join(plain(text).split()), "") if text else t("the usual words")
        for text in (change.before, change.after)
    )
    return t("{label}: {before} → {after}", label=label, before=before, after=after)


def _logged(t: Texts, shop: Shop, each: Change) -> str:
    merchant = shop.merchant
    change = each.change
    one, place = FIELDS[change.target_kind].get(change.field), place_changed(change)
    if place is not None:
        said = _reworded(t, shop, place, change)
    elif change.field == CLOSURES:
        said = logged(t, change.before, change.after)
    elif change.field == LOGO:
        said = logos.logged(t, change.before, change.after)
    elif (of_team := team_log.logged(t, shop, each)) is not None:
        said = of_team
    else:
        said = _changed(t, one, change.before, change.after, merchant.currency) if one else change.field
    if change.target_kind is Target.PROGRAM and len(shop.programs) > 1:
        said = f"{_named(shop.program(ProgramId(change.target_id)))} · {said}"
    if change.target_kind is Target.STORE and len(shop.stores) > 1:
        names = (store.name for store in shop.stores if store.store_id == change.target_id)
        said = " · ".join([*(html.escape(isolated(name), quote=False) for name in names), said])
    who = each.staff_name or t("who looks after this bot")
    when = t.moment(change.changed_at, merchant.timezone)
    by = t("{when} · {who}", when=when, who=who)
    return f"{said}\n{by}"


def _bounds(t: Texts, one: Field, currency: str) -> Iterator[str]:
    if isinstance(one, Number):
        lowest, highest = (
            _said(t, one, one.show(value, currency), currency) for value in (one.lowest, one.highest)
        )
        yield t("From {lowest} to {highest}.", lowest=lowest, highest=highest)
    if (
        one.default is not None
        and one.default != ()
        and not (isinstance(one, Choice) and one.options == YES_OR_NO)
    ):
        usual = _said(t, one, one.show(one.default, currency), currency)
        yield t("Usual: {value}", value=usual)


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


def _is_used(shop: Shop, target: Merchant | Store | Program, name: str) -> bool:
    """Whether a field is shown. Hidden are fields that a program of this kind does not use, PIN_WINDOW, which is set
    together with PIN, and the name of a shop's only program."""
    if not isinstance(target, Program):
        return True
    if name == "name" and len(shop.programs) == 1:
        return False
    return name not in {*SET_BY_OPERATORS, PIN_WINDOW, *unused(target), *_beside_the_point(target)}


def _beside_the_point(program: Program) -> Iterator[str]:
    if not program.has_stamps:
        yield from ("stamps_target", "reward", "cooldown_minutes", "max_daily_stamps", "interim_rewards")
        yield from ("paper_stamps_max", "reward_valid_days")
    if not (program.has_stamps and program.paper_stamps_max):
        yield "paper_cards_daily_max"
    if not program.has_points:
        yield "point_rewards"
    else:
        yield "stamp_per_minor"
    if unit_of(program) is None:
        yield from ("minimum_purchase_minor", "plausible_purchase_minor", "carry_over")
    if program.win_back_days is None:
        yield "win_back_bonus"
    if not (program.birthday_bonus or (program.win_back_days and program.win_back_bonus)):
        yield "bonus_days"
    if not program.referral_bonus:
        yield from ("referral_welcome", "referrals_monthly_max")


def _name(t: Texts, target: Merchant | Store | Program) -> str:
    return _program_label(t, target) if isinstance(target, Program) else target.name


def _named(program: Program) -> str:
    return html.escape(isolated(program.name or program.reward), quote=False)


def _program_kind(t: Texts, program: Merchant | Store | Program) -> str:
    """The program's name, or what it collects."""
    if not isinstance(program, Program):
        return program.name
    if program.name:
        return isolated(program.name)
    is_hybrid = program.kind is ProgramKind.HYBRID
    return t("Stamps and points") if is_hybrid else t(OPTIONS[program.kind.value])


def _program_label(t: Texts, program: Program) -> str:
    title = f"{'🎟' if program.active else '⏸'} {_program_kind(t, program)}"
    return f"{title} · {isolated(program.reward)}" if program.has_stamps else title


def store_button(t: Texts, store: Store, name: str) -> Button:
    """A button with the present value of a store's field, which leads to its screen."""
    fields = FIELDS[Target.STORE]
    said = _said(t, fields[name], fields[name].show(getattr(store, name), ""), "")
    number = list(fields).index(name)
    return Button(
        text=plain(t("{label}: {value}", label=label(t, name), value=_cut(said, label(t, name)))),
        data=press(Verb.FIELD, short_id(store.merchant_id), Target.STORE, short_id(store.store_id), number),
    )


def _fields(merchant_id: MerchantId, kind: Target, target_id: str, *names: str) -> str:
    """The data that leads to the screen with these fields of a target; a store's page is one of its own."""
    if kind is Target.STORE:
        return press(Verb.STORE_PAGE, short_id(merchant_id), short_id(target_id))
    page = page_of(kind, names)
    return press(Verb.FIELDS, short_id(merchant_id), kind, short_id(target_id), *([page] if page else []))


def _cut(value: str, beside: str) -> str:
    room = max(BUTTON_LENGTH_MAX - len(beside), VALUE_LENGTH_MIN)
    return value if len(value) <= room else f"{value[: room - 1]}…"
