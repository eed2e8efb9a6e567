"""The picture of a day: nothing overlaps or is cut off, everything is readable, and the bars say what they mean."""

import itertools
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from typing import cast

import pytest
from PIL import Image

from bot.pictures.canvas import Box, Placed, draw_texts
from bot.pictures.day_chart import draw_day
from bot.pictures.day_layout import SHEET, lay_out_day
from bot.pictures.faces import Count, DayBar, DayFace, Headline, HourGrid
from bot.pictures.shades import COLOUR, LINE_CONTRAST, PAPER, TEXT_CONTRAST, TEXTURE, Rgb, contrast, scheme_of
from tests.bot.pictures.boxes import is_within, overlapping
from tests.bot.pictures.samples import LONG_NAME, day_bars, day_face, hour_grid, opened
from tests.support.each import for_each

TYPE_SIZE_MIN_PX = 30
STAMPS = Headline(value="128", label="stamps", change="+12%")
POINTS = Headline(value="1\u202f234\u202f567", label="Punkte", change="+99\u202f900 %")
LONG_COUNTS = (Count(value="1.234", label="Belounungen"), Count(value="123", label="zurückgenommen"))
LONG_STORES = (LONG_NAME, "Gare", "W" * 64, "🎉🎉", "Café am Park (Sommerterrasse)")
REST = Count(value="1\u202f234", label="and 88 more")

FACES = [
    day_face(
        merchant_name=name,
        headlines=headlines,
        counts=counts,
        compared=compared,
        bars=day_bars(bar_count, *stores),
        bars_title="Stamps by member of staff" if bar_count else "",
        rest=REST if bar_count == 12 else None,
    )
    for (name, stores), headlines, counts, compared, bar_count in itertools.product(
        [("Ö", ()), (LONG_NAME, LONG_STORES), ("🎉", ("🎉",))],
        [(STAMPS,), (POINTS,), (STAMPS, POINTS), (POINTS, POINTS)],
        [(Count(value="0", label="rewards"),), LONG_COUNTS],
        ["", "par rapport au mercredi précédent"],
        [0, 1, 3, 12],
    )
]
FACES += [
    day_face(
        merchant_name=name,
        headlines=(Headline(value=value, label="visites"), Headline(value=value, label="Kunden")),
        counts=(Count(value=value, label="Belounungen"), Count(value=value, label="versprochen")),
        bars=(),
        bars_title="",
        grid=hour_grid(weekdays, hours),
    )
    for name, value, weekdays, hours in itertools.product(
        [LONG_NAME, "🎉"], ["0", "99\u202f999"], [1, 4, 7], [12, 24]
    )
]
COLOURS = [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in itertools.product(range(0, 256, 51), repeat=3)]


def ink_of(text: Placed) -> Box:
    """Where a text alone leaves ink."""
    empty = Image.new("L", (SHEET.width, SHEET.height), 0)
    draw_texts(empty, [replace(text, shade=255)])
    ink = empty.getbbox()
    assert ink
    return Box(left=ink[0], top=ink[1], right=ink[2], bottom=ink[3])


@for_each("face", FACES)
def test_nothing_overlaps_or_leaves_the_picture(face: DayFace) -> None:
    layout = lay_out_day(face, scheme_of(face.colour))
    page = Box(left=57, top=0, right=SHEET.width - 57, bottom=layout.height)
    boxes = [*map(ink_of, layout.texts), *layout.bars, *(cell for cell, _ in layout.cells)]
    assert all(is_within(box, page) for box in boxes)
    assert not overlapping(boxes)


@for_each("face", FACES)
def test_every_text_stands_on_the_ground_it_is_made_for(face: DayFace) -> None:
    for text in lay_out_day(face, scheme_of(face.colour)).texts:
        ink = ink_of(text)
        if text.ground == COLOUR:
            assert ink.bottom <= SHEET.stub_top - 8
        else:
            assert text.ground == PAPER
            assert ink.top >= SHEET.stub_top + 8


@for_each("face", FACES)
def test_only_names_of_people_and_places_are_cut(face: DayFace) -> None:
    names = {bar.name for bar in face.bars} | {face.merchant_name}
    for text in lay_out_day(face, scheme_of(face.colour)).texts:
        line = " ".join(text.block.lines)
        assert text.block.style.size_px >= TYPE_SIZE_MIN_PX
        if line.endswith("…"):
            assert any(name.startswith(line.removesuffix("…").rstrip()) for name in names), line


@for_each("colour", COLOURS)
def test_every_text_and_bar_can_be_seen_in_every_colour(colour: str) -> None:
    scheme = scheme_of(colour)
    for text in lay_out_day(day_face(colour=colour, rest=REST), scheme).texts:
        grounds = (COLOUR, TEXTURE) if text.ground == COLOUR else (text.ground,)
        shade = scheme.rgb(text.shade)
        assert all(contrast(shade, scheme.rgb(ground)) >= TEXT_CONTRAST for ground in grounds)
    assert contrast(scheme.rgb(scheme.paper_bar), scheme.rgb(PAPER)) >= LINE_CONTRAST


@pytest.mark.parametrize("colour", ["#6f4e37", "#fff3c4", "#ffd54f"])
def test_bars_are_in_the_merchants_colour(colour: str) -> None:
    face = day_face(colour=colour)
    scheme = scheme_of(colour)
    for bar in lay_out_day(face, scheme).bars:
        assert opened(draw_day(face)).getpixel(bar.middle) == scheme.rgb(COLOUR)


def test_bars_are_as_long_as_their_shares() -> None:
    bars = tuple(DayBar(name="A", value="1", share=share) for share in (1.0, 0.5, 0.25, 0.0))
    full, half, quarter = lay_out_day(day_face(bars=bars), scheme_of("#6f4e37")).bars
    assert half.width == pytest.approx(full.width / 2, abs=1)
    assert quarter.width == pytest.approx(full.width / 4, abs=1)
    assert len({full.left, half.left, quarter.left}) == 1


def test_the_least_share_is_still_seen() -> None:
    bars = (DayBar(name="A", value="9999", share=1.0), DayBar(name="B", value="1", share=0.0001))
    _, least = lay_out_day(day_face(bars=bars), scheme_of("#6f4e37")).bars
    assert least.width >= 8


@pytest.mark.parametrize(("bar_count", "height"), [(0, 578), (1, 830), (3, 990), (12, 1270)])
def test_picture_is_as_tall_as_it_has_bars(bar_count: int, height: int) -> None:
    face = day_face(bars=day_bars(bar_count), rest=REST if bar_count == 12 else None)
    assert opened(draw_day(face)).size == (960, height)


def test_nothing_shines_through() -> None:
    picture = Image.open(BytesIO(draw_day(day_face())))
    assert picture.mode == "P"
    assert "transparency" not in picture.info


def test_what_cannot_be_drawn_of_a_name_is_told_by_its_rank() -> None:
    layout = lay_out_day(day_face(bars=day_bars(3, "Gare", "ᏣᎳᎩ", "ᚠ")), scheme_of("#6f4e37"))
    told = [text.block.lines for text in layout.texts]
    assert [lines in told for lines in (("Gare",), ("2.",), ("3.",))] == [True] * 3


def test_values_side_by_side_have_one_size() -> None:
    for headlines in ((STAMPS, POINTS), (POINTS, STAMPS)):
        layout = lay_out_day(day_face(headlines=headlines), scheme_of("#6f4e37"))
        values = [text.block.style for text in layout.texts if text.block.lines[0] in {"128", "1 234 567"}]
        assert len(values) == 2
        assert len(set(values)) == 1


def test_the_same_face_is_the_same_bytes_in_any_thread() -> None:
    faces = [day_face(bars=day_bars(count), colour=colour) for count in range(8) for colour in COLOURS[:2]]
    alone = [draw_day(face) for face in faces]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(draw_day, faces)) == alone


def test_drawing_takes_well_under_a_fifth_of_a_second() -> None:
    face = FACES[-1]
    draw_day(face)
    spent_s = []
    for _ in range(5):
        started = time.thread_time()
        draw_day(face)
        spent_s.append(time.thread_time() - started)
    assert min(spent_s) < 0.1


def test_picture_is_small_enough_to_send_at_once() -> None:
    assert max(len(draw_day(face)) for face in FACES[::7]) < 80_000


@pytest.mark.parametrize("colour", ["", "red", "#6f4e3", "#6f4e3g"])
def test_what_is_no_colour_is_refused(colour: str) -> None:
    with pytest.raises(ValueError, match="colour"):
        draw_day(day_face(colour=colour))


@pytest.mark.parametrize("colour", ["#6f4e37", "#fff3c4", "#000000"])
def test_busier_hours_are_further_from_paper_and_the_least_differs_from_none(colour: str) -> None:
    face = day_face(
        bars=(), grid=HourGrid(title="When", hours=("8", "9", "10"), rows=(("Mon", (0, 0.01, 1)),))
    )
    face, scheme = replace(face, colour=colour), scheme_of(colour)
    picture = opened(draw_day(face))
    empty, least, most = (
        contrast(cast(Rgb, picture.getpixel(cell.middle)), scheme.rgb(PAPER))
        for cell, _ in lay_out_day(face, scheme).cells
    )
    assert empty < least < most
    assert most >= LINE_CONTRAST
