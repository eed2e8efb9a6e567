"""What an owner may write into the terms."""

import pytest

from domain.field_kinds import POINT_REWARD_COST, POINT_REWARD_COUNT, REWARD, Number
from domain.fields import FIELDS, NAME, Target
from domain.refusals import (
    ColourMalformed,
    CurrencyMalformed,
    NameMalformed,
    NumberOutOfRange,
    RewardMalformed,
    TimezoneUnknown,
)

MERCHANT = FIELDS[Target.MERCHANT]
NUMBERS = {
    str(field.name): field
    for field in (
        *(field for fields in FIELDS.values() for field in fields.values()),
        POINT_REWARD_COST,
        POINT_REWARD_COUNT,
    )
    if isinstance(field, Number)
}
RANGES = [
    ("stamps_target", 1, 30),
    ("cooldown_minutes", 0, 10_080),
    ("max_daily_stamps", 1, 100),
    ("pin_window_minutes", 0, 1440),
    ("summary_hour", 0, 23),
    ("pair_acts_max", 1, 1000),
    ("burst_acts_max", 1, 1000),
    ("unseen_cards_max", 1, 1000),
    ("takings_gap_max", 1, 1000),
    ("marketing_monthly_max", 1, 30),
    ("points_per_unit_milli", 1, 1_000_000),
    ("minimum_purchase_minor", 0, 10_000_000),
    ("plausible_purchase_minor", 0, 10_000_000),
    ("point_rewards", 1, 10),
    ("point_reward_cost", 1, 1_000_000),
    ("welcome_bonus", 0, 100_000),
    ("reward_cost_minor", 0, 10_000_000),
    ("expiry_months", 1, 60),
    ("stamp_per_minor", 1, 10_000_000),
    ("birthday_bonus", 0, 100_000),
    ("win_back_days", 14, 730),
    ("win_back_bonus", 0, 100_000),
    ("bonus_days", 1, 365),
    ("referral_bonus", 0, 100_000),
    ("referral_welcome", 0, 100_000),
    ("referrals_monthly_max", 1, 100),
    ("paper_stamps_max", 0, 29),
    ("paper_cards_daily_max", 1, 1000),
    ("reward_valid_days", 30, 730),
]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Café Knätsch", "Café Knätsch"),
        ("  Gare \n", "Gare"),
        ("<b>Gare</b> & Co", "<b>Gare</b> & Co"),
        ("咖啡 ☕️", "咖啡 ☕️"),
        ("a" * 64, "a" * 64),
        ("a" * 65, None),
        ("", None),
        ("   ", None),
        ("two\nlines", None),
        ("a\ttab", None),
        ("\u202eright to left", None),
        ("bell\x07", None),
    ],
)
def test_name_is_1_to_64_characters_on_one_line(text: str, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(NameMalformed) as refused:
            NAME.check(text)
        assert refused.value.length_max == 64
    else:
        assert NAME.check(text) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [(" A coffee ", "A coffee"), ("x" * 80, "x" * 80), ("x" * 81, None), ("", None), ("a\nb", None)],
)
def test_reward_is_1_to_80_characters_on_one_line(text: str, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(RewardMalformed) as refused:
            REWARD.check(text)
        assert refused.value.length_max == 80
    else:
        assert REWARD.check(text) == kept


@pytest.mark.parametrize(
    ("timezone", "known"),
    [
        ("Europe/Luxembourg", True),
        ("America/Argentina/Buenos_Aires", True),
        ("UTC", True),
        ("Europe/Atlantis", False),
        ("Europe", False),
        ("", False),
        ("../../etc/passwd", False),
        ("/etc/localtime", False),
        ("Europe/Luxembourg\x00", False),
        ("CEST", False),
        ("+02:00", False),
    ],
)
def test_timezone_is_an_iana_name(timezone: str, known: bool) -> None:
    if known:
        assert MERCHANT["timezone"].check(timezone) == timezone
    else:
        with pytest.raises(TimezoneUnknown):
            MERCHANT["timezone"].check(timezone)


@pytest.mark.parametrize(
    ("currency", "accepted"),
    [
        ("EUR", True),
        ("CHF", True),
        ("eur", False),
        ("EURO", False),
        ("€", False),
        ("", False),
        ("EUR\n", False),
    ],
)
def test_currency_has_the_form_of_iso_4217(currency: str, accepted: bool) -> None:
    if accepted:
        assert MERCHANT["currency"].check(currency) == currency
    else:
        with pytest.raises(CurrencyMalformed):
            MERCHANT["currency"].check(currency)


@pytest.mark.parametrize(
    ("colour", "kept"),
    [
        ("#6f4e37", "#6f4e37"),
        ("#FFAA00", "#ffaa00"),
        ("6f4e37", None),
        ("#fff", None),
        ("#6f4e3g", None),
        ("#6f4e377", None),
        ("#6f4e37\n", None),
        ("red", None),
    ],
)
def test_colour_is_hash_and_six_hexadecimal_digits(colour: str, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(ColourMalformed):
            MERCHANT["colour"].check(colour)
    else:
        assert MERCHANT["colour"].check(colour) == kept


@pytest.mark.parametrize(("field", "lowest", "highest"), RANGES)
def test_numbers_stay_in_their_range(field: str, lowest: int, highest: int) -> None:
    for accepted in (lowest, highest):
        assert NUMBERS[field].check(accepted) == accepted
    for refused in (lowest - 1, highest + 1):
        with pytest.raises(NumberOutOfRange) as told:
            NUMBERS[field].check(refused)
        assert (told.value.field, told.value.lowest, told.value.highest) == (field, lowest, highest)


def test_every_number_of_the_terms_has_its_range_here() -> None:
    assert set(NUMBERS) == {field for field, _, _ in RANGES}
