import itertools

import pytest

from bot.pictures.shades import COLOUR, DARK, INK, PAPER, STEPS, TEXTURE, contrast, parse_colour, scheme_of

COLOURS = [
    f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in itertools.product(range(0, 256, 15), repeat=3)
][::17]
GREYS = [f"#{value:02x}{value:02x}{value:02x}" for value in range(0, 256, 3)]


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21),
        ("#777777", "#ffffff", 4.48),
        ("#ff0000", "#ffffff", 4.0),
        ("#abcdef", "#abcdef", 1),
    ],
)
def test_contrast_is_the_one_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(parse_colour(one), parse_colour(other)) == pytest.approx(ratio, abs=0.01)
    assert contrast(parse_colour(other), parse_colour(one)) == pytest.approx(ratio, abs=0.01)


def test_every_text_shade_is_readable_on_every_colour() -> None:
    for colour in COLOURS + GREYS:
        scheme = scheme_of(colour)
        for shade, ground in itertools.product((INK, scheme.muted, scheme.quiet), (COLOUR, TEXTURE)):
            assert contrast(scheme.rgb(shade), scheme.rgb(ground)) >= 4.5, colour
        for shade in (DARK, scheme.paper_muted):
            assert contrast(scheme.rgb(shade), scheme.rgb(PAPER)) >= 4.5, colour
        assert contrast(scheme.rgb(scheme.line), scheme.rgb(COLOUR)) >= 3, colour
        assert contrast(scheme.rgb(scheme.paper_bar), scheme.rgb(PAPER)) >= 3, colour


def test_codes_are_nearly_black_on_white_for_every_colour() -> None:
    for colour in COLOURS + GREYS:
        scheme = scheme_of(colour)
        assert scheme.rgb(PAPER) == (255, 255, 255)
        assert contrast(scheme.rgb(DARK), scheme.rgb(PAPER)) >= 16, colour


def test_the_ground_is_the_merchants_colour_or_a_little_deeper() -> None:
    for colour in COLOURS:
        ground = scheme_of(colour).rgb(COLOUR)
        for wanted, drawn in zip(parse_colour(colour), ground, strict=True):
            assert 0.8 * wanted - 1 <= drawn <= wanted


@pytest.mark.parametrize("colour", ["#6f4e37", "#000000", "#ffffff", "#f7d6e0", "#ffd400"])
def test_colours_that_hold_text_as_they_are_stay_as_they_are(colour: str) -> None:
    assert scheme_of(colour).rgb(COLOUR) == parse_colour(colour)


def test_a_palette_has_a_colour_for_every_shade() -> None:
    assert len(scheme_of("#6f4e37").palette) == 256 * 3


def test_a_finished_picture_keeps_every_shade_chosen_for_text() -> None:
    for colour in COLOURS:
        scheme = scheme_of(colour)
        assert {INK, scheme.muted, scheme.quiet, scheme.line, scheme.paper_muted, DARK} <= set(STEPS)
