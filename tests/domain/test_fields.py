"""Each field that can be changed: what is written can be read, what cannot be is refused, nothing is forgotten."""

import dataclasses
from datetime import date
from typing import Any
from zoneinfo import available_timezones

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.account import Locale
from domain.field_kinds import (
    NOTHING,
    Amount,
    Choice,
    Colour,
    Coordinates,
    Currency,
    Field,
    InterimRewards,
    Languages,
    Line,
    LineOrNone,
    Multipliers,
    Number,
    OpeningHours,
    OwnTexts,
    PointRewards,
    Timezone,
)
from domain.fields import FIELDS, Target, with_defaults
from domain.hours import checked_hours
from domain.merchant import (
    InterimReward,
    Location,
    Merchant,
    Multiplier,
    OwnText,
    PointReward,
    Program,
    ProgramKind,
    Span,
    Store,
)
from domain.money import Money
from domain.multipliers import read_multiplier
from domain.refusals import (
    AmountOutOfRange,
    ChoiceUnknown,
    FieldAmountMalformed,
    LocationMalformed,
    NumberOutOfRange,
    PointRewardMalformed,
    RateMalformed,
    Refusal,
    RewardMalformed,
)

MERCHANT, PROGRAM = FIELDS[Target.MERCHANT], FIELDS[Target.PROGRAM]
EVERY_FIELD = [
    pytest.param(field, id=f"{target}.{name}")
    for target, fields in FIELDS.items()
    for name, field in fields.items()
]
LUXEMBOURG = Location(latitude_micro=49_611_600, longitude_micro=6_131_900)
CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD"])
SET_ONCE = {
    Target.MERCHANT: {"merchant_id", "created_at", "closures", "closes_at"},
    Target.STORE: {"merchant_id", "store_id"},
    Target.PROGRAM: {
        *("merchant_id", "program_id", "version", "expiry_since", "valid_from"),
        *("reward_valid_before", "rewards_since"),
    },
}
"""What nobody changes by itself, and what has a use case of its own."""


def texts(length_max: int) -> st.SearchStrategy[str]:
    printable = st.characters(exclude_categories=("C", "Z"), include_characters=" ")
    return st.text(printable, min_size=1, max_size=length_max).map(str.strip).filter(bool)


multipliers = st.builds(
    Multiplier,
    factor_tenths=st.integers(11, 100),
    spans=st.lists(
        st.builds(
            lambda weekday, opens, lasts: Span(
                weekday=weekday, opens_minute=opens, closes_minute=opens + lasts
            ),
            st.integers(0, 6),
            st.integers(0, 1439),
            st.integers(1, 1440),
        ),
        min_size=1,
        max_size=4,
    ).map(lambda spans: checked_hours(tuple(spans))),
) | st.builds(
    lambda day, tenths: read_multiplier(f"{day} {tenths / 10}"),
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.integers(11, 100),
)


def lists_of(field: Field) -> st.SearchStrategy[Any]:
    name = texts(80).filter(lambda text: "=" not in text)
    said = st.builds(OwnText, locale=st.sampled_from(Locale), text=name, said=texts(80))
    reward = st.builds(PointReward, cost=st.integers(1, 1_000_000), name=texts(80))
    minutes = st.tuples(st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1440))
    span = minutes.map(
        lambda each: Span(weekday=each[0], opens_minute=each[1], closes_minute=each[1] + each[2])
    )
    if isinstance(field, OpeningHours):
        some = st.lists(span, min_size=1, max_size=4).map(lambda found: field.check(tuple(found)))
        return st.none() | some
    if isinstance(field, Languages):
        speaks = st.sets(st.sampled_from(Locale), min_size=1)
        return speaks.map(lambda found: field.check(tuple(found)))
    if isinstance(field, Multipliers):
        found = st.lists(multipliers, min_size=1, max_size=4)
        return st.none() | found.map(lambda each: field.check(tuple(each)))
    on_the_way = st.builds(InterimReward, stamps=st.integers(1, 29), name=texts(80))
    if isinstance(field, InterimRewards):
        return st.lists(on_the_way, max_size=4).map(lambda found: field.check(tuple(found)))
    one = said if isinstance(field, OwnTexts) else reward
    return st.lists(one, max_size=4).map(lambda found: field.check(tuple(found)))


FORMS: dict[type[Field], st.SearchStrategy[Any]] = {
    Colour: st.from_regex(r"#[0-9a-f]{6}", fullmatch=True),
    Currency: st.from_regex(r"[A-Z]{3}", fullmatch=True),
    Coordinates: st.none()
    | st.builds(
        Location,
        latitude_micro=st.integers(-90_000_000, 90_000_000),
        longitude_micro=st.integers(-180_000_000, 180_000_000),
    ),
}


def values_of(field: Field) -> st.SearchStrategy[Any]:
    """Whatever the field may be."""
    match field:
        case Line():
            return texts(field.length_max)
        case LineOrNone():
            return st.none() | texts(field.line.length_max).filter(lambda text: text != NOTHING)
        case Timezone():
            return st.sampled_from(sorted(available_timezones()))
        case Number():
            numbers = st.integers(field.lowest, field.highest)
            return numbers if field.without is None else st.none() | numbers
        case Choice():
            return st.sampled_from(list(field.options.values()))
        case Colour() | Currency() | Coordinates():
            return FORMS[type(field)]
        case OwnTexts() | PointRewards() | OpeningHours() | Languages() | Multipliers() | InterimRewards():
            return lists_of(field)
    raise AssertionError(f"no values of {field}")


@pytest.mark.parametrize("field", EVERY_FIELD)
def test_what_is_shown_is_read_as_the_same_value(field: Field) -> None:
    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(value=values_of(field), currency=CURRENCIES)
    def reads_what_it_shows(value: object, currency: str) -> None:
        assert field.check(value) == value
        assert field.parse(field.show(value, currency), currency) == value
        assert field.parse(f"  {field.show(value, currency)}\n", currency) == value

    reads_what_it_shows()


@pytest.mark.parametrize(
    ("target", "kind"),
    [(Target.MERCHANT, Merchant), (Target.STORE, Store), (Target.PROGRAM, Program)],
)
def test_every_attribute_is_a_field_or_is_never_changed(target: Target, kind: type[Any]) -> None:
    attributes = {attribute.name for attribute in dataclasses.fields(kind)}
    assert set(FIELDS[target]) == attributes - SET_ONCE[target]
    assert {field.name for field in FIELDS[target].values()} == set(FIELDS[target])


@pytest.mark.parametrize("field", EVERY_FIELD)
def test_default_is_a_value(field: Field) -> None:
    if field.default is not None:
        assert field.check(field.default) == field.default


@pytest.mark.parametrize("said", ["", "-", "fr, nl", "français"])
def test_a_shop_speaks_some_of_the_languages_there_are(said: str) -> None:
    languages = MERCHANT["languages"]
    with pytest.raises(ChoiceUnknown):
        languages.parse(said, "EUR")
    assert languages.parse("LB fr,fr", "EUR") == (Locale.FR, Locale.LB)
    assert languages.parse("all", "EUR") is languages.parse("en fr de lb", "EUR") is None


@pytest.mark.parametrize(
    ("target", "must_be_given"),
    [
        (Target.MERCHANT, {"name", "default_locale"}),
        (Target.STORE, {"name"}),
        (Target.PROGRAM, {"reward"}),
    ],
)
def test_what_has_no_default_must_be_given_or_may_be_none(target: Target, must_be_given: set[str]) -> None:
    left_open = {name for name, value in with_defaults(target, {}).items() if value is None}
    assert must_be_given <= left_open
    for name in left_open - must_be_given:
        assert FIELDS[target][name].check(None) is None, name


def test_what_is_not_given_has_its_default() -> None:
    assert with_defaults(Target.STORE, {"name": "Gare"}) == {
        "name": "Gare",
        "active": True,
        "opening_hours": None,
        "location": None,
    }


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (MERCHANT["name"], "  Café Knätsch ", "Café Knätsch"),
        (MERCHANT["colour"], "#FFAA00", "#ffaa00"),
        (MERCHANT["default_locale"], "lb", Locale.LB),
        (MERCHANT["allow_void"], "no", False),
        (MERCHANT["summary_hour"], "07", 7),
        (PROGRAM["max_daily_stamps"], "none", None),
        (PROGRAM["kind"], "hybrid", ProgramKind.HYBRID),
        (PROGRAM["points_per_unit_milli"], "0.125", 125),
        (PROGRAM["points_per_unit_milli"], "2.50", 2500),
        (PROGRAM["minimum_purchase_minor"], "5", 500),
        (PROGRAM["minimum_purchase_minor"], "5.5", 550),
        *(
            (FIELDS[Target.STORE]["location"], text, LUXEMBOURG)
            for text in ("49.6116,6.1319", "49.611600, 6.1319", "49,6116; 6,1319", "49.6116 6.1319")
        ),
        (PROGRAM["point_rewards"], "", ()),
        (
            PROGRAM["point_rewards"],
            " 100 = A cake=b \n50=An espresso",
            (PointReward(cost=50, name="An espresso"), PointReward(cost=100, name="A cake=b")),
        ),
    ],
    ids=str,
)
def test_text_is_read_plainly(field: Field, text: str, value: object) -> None:
    read = field.parse(text, "EUR")
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("field", "text", "refusal"),
    [
        *(
            (PROGRAM["stamps_target"], text, NumberOutOfRange)
            for text in ("", "many", "31", "-1", "5.0", "1e1", "٣")
        ),
        *((PROGRAM["max_daily_stamps"], text, NumberOutOfRange) for text in ("", "None", "0", "101")),
        *(
            (PROGRAM["points_per_unit_milli"], text, RateMalformed)
            for text in ("0", "1000.001", "0.0001", "0,5", "")
        ),
        *(
            (PROGRAM["minimum_purchase_minor"], text, FieldAmountMalformed)
            for text in ("5.001", "5,00", "-5", "5 EUR")
        ),
        (PROGRAM["minimum_purchase_minor"], "100000.01", AmountOutOfRange),
        *((MERCHANT["allow_void"], text, ChoiceUnknown) for text in ("", "Yes", "true", "1")),
        *((MERCHANT["default_locale"], text, ChoiceUnknown) for text in ("", "nl", "EN")),
        *(
            (PROGRAM["point_rewards"], text, PointRewardMalformed)
            for text in ("Espresso", "=Espresso", "50", "-5=x")
        ),
        *(
            (FIELDS[Target.STORE]["location"], text, LocationMalformed)
            for text in ("", "here", "49.6116", "91, 6", "49, 181", "49.6.1, 6", "49N 6E")
        ),
        (PROGRAM["point_rewards"], "50=", RewardMalformed),
        (PROGRAM["point_rewards"], "0=Espresso", NumberOutOfRange),
        (PROGRAM["point_rewards"], "\n".join(["50=Espresso"] * 11), NumberOutOfRange),
    ],
)
def test_text_that_is_no_value_is_refused(field: Field, text: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as refused:
        field.parse(text, "EUR")
    named = getattr(refused.value, "field", field.name)
    assert named in (field.name, "point_reward_cost")


def test_refused_amount_speaks_of_the_merchants_currency() -> None:
    amount = PROGRAM["minimum_purchase_minor"]
    assert isinstance(amount, Amount)
    for currency, example in (("EUR", "5.00"), ("JPY", "500"), ("KWD", "5.000")):
        with pytest.raises(FieldAmountMalformed) as refused:
            amount.parse("a lot", currency)
        assert (refused.value.currency, f"{refused.value.example:f}") == (currency, example)
    with pytest.raises(AmountOutOfRange) as too_large:
        amount.parse("10000001", "JPY")
    assert too_large.value.highest == Money(10_000_000, "JPY")


@pytest.mark.parametrize("value", ["nl", None, 2])
def test_value_that_is_no_choice_is_refused(value: object) -> None:
    with pytest.raises(ChoiceUnknown) as refused:
        MERCHANT["default_locale"].check(value)
    assert (refused.value.field, refused.value.choices) == ("default_locale", "en, fr, de, lb")
