"""What the picture of a day says, and that it can be drawn whole in every language."""

import pytest

from bot.pictures.day_chart import draw_day
from bot.pictures.day_layout import lay_out_day
from bot.pictures.faces import Count, DayFace
from bot.pictures.shades import scheme_of
from bot.texts import texts
from bot.views.day_face import day_face, has_picture
from domain.account import Locale
from domain.summary import DaySummary, Figures
from tests.bot.pictures.gallery import gallery
from tests.bot.pictures.samples import opened
from tests.bot.views.day_scenes import day, largest_day, quiet_day, share, told
from tests.bot.views.scenes import EMOJI, LOCALES, LONGEST, ORDINARY, Names

COLOUR = "#6f4e37"


def face(day_: DaySummary, locale: Locale = Locale.EN) -> DayFace:
    return day_face(texts(locale), told(day_), COLOUR)


def test_stamps_day() -> None:
    shown = face(day())
    assert (shown.date, shown.compared) == ("Sunday, 22 November", "compared with the Sunday before")
    assert [(each.value, each.label, each.change) for each in shown.headlines] == [("128", "stamps", "+28%")]
    assert shown.counts == (Count(value="14", label="rewards"),)
    assert shown.bars_title == "Stamps by store"
    assert [(bar.name, bar.value) for bar in shown.bars] == [("Gare", "81"), ("Belval", "47")]
    assert [bar.share for bar in shown.bars] == [1.0, pytest.approx(47 / 81)]
    assert shown.rest is None


def test_day_of_both_has_two_headlines() -> None:
    both = day(has_points=True, figures=Figures(stamps=1, points=1_234, voids=1), before=None)
    shown = face(both)
    assert [(each.value, each.label, each.change) for each in shown.headlines] == [
        ("1", "stamp", ""),
        ("1,234", "points", ""),
    ]
    assert [count.label for count in shown.counts] == ["rewards", "taken back"]
    assert shown.compared == ""


def test_one_store_is_told_by_staff() -> None:
    shown = face(day(stores=(share("Gare", 128),)))
    assert (shown.bars_title, [bar.name for bar in shown.bars]) == ("Stamps by staff", ["Sam", "Léa"])


def test_one_store_with_one_person_has_nothing_to_compare() -> None:
    shown = face(day(stores=(share("Gare", 128),), staff=(share("Sam", 128),)))
    assert (shown.bars, shown.bars_title) == ((), "")


def test_points_without_stamps_are_compared_by_points() -> None:
    stores = (share("A", 0, points=4), share("B", 0, points=8))
    shown = face(day(has_points=True, figures=Figures(points=12), stores=stores))
    assert (shown.bars_title, [bar.value for bar in shown.bars]) == ("Points by store", ["8", "4"])


def test_day_of_nothing_but_rewards_has_no_bars() -> None:
    stores = (share("A", 0, redemptions=1), share("B", 0, redemptions=2))
    assert face(day(figures=Figures(redemptions=3), stores=stores)).bars == ()


@pytest.mark.parametrize(
    ("stores", "bars", "rest"), [(12, 12, None), (13, 12, "and 1 more"), (15, 12, "and 3 more")]
)
def test_more_than_twelve_rows_are_folded(stores: int, bars: int, rest: str | None) -> None:
    shown = face(day(stores=tuple(share(f"Store {number}", 100 - number) for number in range(stores))))
    assert len(shown.bars) == bars
    assert (shown.rest.label if shown.rest else None) == rest
    left_out = sum(100 - number for number in range(12, stores))
    assert (shown.rest.value if shown.rest else "0") == str(left_out)


@pytest.mark.parametrize(
    ("figures", "drawn"),
    [
        (Figures(), False),
        (Figures(voids=1), False),
        (Figures(stamps=1), True),
        (Figures(points=1), True),
        (Figures(redemptions=1), True),
    ],
)
def test_only_a_day_with_something_given_out_has_a_picture(figures: Figures, drawn: bool) -> None:
    assert has_picture(quiet_day(figures=figures)) == drawn


@pytest.mark.parametrize("names", [ORDINARY, LONGEST, EMOJI], ids=["ordinary", "longest", "emoji"])
@pytest.mark.parametrize("locale", LOCALES, ids=str)
def test_every_language_can_be_drawn_without_cutting_our_words(locale: Locale, names: Names) -> None:
    shown = day_face(texts(locale), told(largest_day(names), names=names), COLOUR)
    assert opened(draw_day(shown)).size == (960, 1270)
    for text in lay_out_day(shown, scheme_of(COLOUR)).texts:
        line = " ".join(text.block.lines)
        theirs = any(name.startswith(line[:3]) for name in (names.merchant, names.store))
        assert theirs or not line.endswith("…"), line


@pytest.mark.parametrize("locale", LOCALES, ids=str)
def test_page_begins_with_a_capital(locale: Locale) -> None:
    assert face(day(), locale).date[0] in "SD"


@pytest.mark.parametrize("locale", LOCALES, ids=str)
def test_gallery_shows_a_day_and_two_cards(locale: Locale) -> None:
    sizes = {name: opened(picture).size for name, picture in gallery(locale).items()}
    assert sizes == {
        "summary.png": (960, 990),
        "card-points.png": (960, 1280),
        "card-hybrid.png": (960, 1280),
    }
