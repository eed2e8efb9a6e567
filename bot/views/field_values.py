"""The values of fields: in words, and those that lie one tap away."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from bot.texts import Texts, isolated, mark, texts
from bot.views.fields import label
from domain.account import Locale
from domain.field_kinds import (
    ALL_LANGUAGES,
    NOTHING,
    PERCENT,
    Amount,
    Choice,
    Colour,
    Coordinates,
    Field,
    Languages,
    LineOrNone,
    Multipliers,
    Number,
    OpeningHours,
)
from domain.fields import FIELDS, Target
from domain.hours import WEEKDAYS
from domain.merchant import Merchant, Program, Store
from domain.quick import dataclass

Texted = Mapping[str, str]
"""Values in their plain form (``domain/field_kinds.py``), by the names of their fields."""
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
    "staff": mark("The team alone"),
    "customer": mark("The customer too"),
}
_SIGN = re.compile(r"^[\U0001F000-\U0001FAFF\u2600-\u27BF]\ufe0f? ")
"""An emoji at the beginning of a label."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A value on a button; ``values`` may set several fields."""

    label: str
    values: Texted


def offers(t: Texts, merchant: Merchant, kind: Target, name: str) -> Sequence[Offer]:
    if name == PIN:
        return [Offer(label=t(said), values=values) for said, values in PIN_CHOICES]
    one, currency = FIELDS[kind][name], merchant.currency
    if isinstance(one, Languages):
        return [*_languages(merchant, one)]
    values = tuple(one.options) if isinstance(one, Choice) else SUGGESTED.get(name, ())
    return [Offer(label=in_words(t, one, value, currency), values={name: value}) for value in values]


def offer_typed(offered: Sequence[Offer], words: str) -> Offer | None:
    """The offer on whose button these words stand; its sign, and case, do not matter."""
    return next((each for each in offered if _bare(each.label) == _bare(words)), None)


def _bare(label: str) -> str:
    return _SIGN.sub("", label).strip().casefold()


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


def shown(t: Texts, kind: Target, target: Merchant | Store | Program, name: str, currency: str) -> str:
    """The present value of a field, in words."""
    if name == PIN and isinstance(target, Program):
        return _pin(t, target)
    one = FIELDS[kind][name]
    return in_words(t, one, one.show(getattr(target, name), currency), currency)


def _pin(t: Texts, program: Program) -> str:
    present = (
        {PIN: "yes", PIN_WINDOW: str(program.pin_window_minutes)}
        if program.require_staff_pin
        else {PIN: "no"}
    )
    for said, values in PIN_CHOICES:
        if values == present:
            return t(said)
    return _idle(t, str(program.pin_window_minutes))


def _idle(t: Texts, minutes: str) -> str:
    """How long a PIN holds, as the buttons that set it say it."""
    for said, values in PIN_CHOICES:
        if values.get(PIN_WINDOW) == minutes:
            return t(said)
    return t.n("After {count} minute idle", "After {count} minutes idle", int(minutes))


def in_words(t: Texts, one: Field, value: str, currency: str) -> str:
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


def _when_or_where(t: Texts, one: Field, value: str) -> str:
    if isinstance(one, Coordinates):
        return t("Not said") if value == "none" else value
    return _multipliers(t, value) if isinstance(one, Multipliers) else _hours(t, value)


def _hours(t: Texts, value: str) -> str:
    if value == "none":
        return t("Not said")
    names = {name: t.short_weekday(A_MONDAY + timedelta(days=day)) for day, name in enumerate(WEEKDAYS)}
    return re.sub("[A-Z][a-z]+", lambda found: names[found.group()], value).replace("-", "–")


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


def change_in_words(t: Texts, one: Field, before: str, after: str, currency: str) -> str:
    """What a field was and what it is, of both their plain forms."""
    if one.name == PIN_WINDOW:
        name, said = PIN, [_idle(t, each) for each in (before, after)]
    else:
        name, said = one.name, [in_words(t, one, each, currency) for each in (before, after)]
    return t("{label}: {before} → {after}", label=label(t, name), before=said[0], after=said[1])


def cut_beside(value: str, beside: str) -> str:
    """As much of a value as a button shows behind ``beside``, its field's name."""
    room = max(BUTTON_LENGTH_MAX - len(beside), VALUE_LENGTH_MIN)
    return value if len(value) <= room else f"{value[: room - 1]}…"
