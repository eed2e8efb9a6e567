import itertools
import re
import zlib
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from bot.kit.refusals import PictureUnusable
from bot.pictures.canvas import Box
from bot.pictures.faces import PosterFace, PosterSize
from bot.pictures.poster import POSTER, POSTER_QR_ROOM, draw_poster, draw_poster_png, lay_out_poster
from bot.pictures.shades import COLOUR, TEXT_CONTRAST, TEXTURE, contrast, scheme_of
from tests.bot.pictures.boxes import is_within, overlapping
from tests.bot.pictures.samples import (
    JOIN_URL,
    LONG_NAME,
    LONG_REWARD,
    POSTER_WORDS,
    decoded,
    halved,
    opened,
    photographed,
    poster_face,
    rotated,
)
from tests.support.each import for_each

PAGE = Box(left=0, top=0, right=POSTER.width, bottom=POSTER.height)
QUIET = (POSTER_QR_ROOM.width // 41) * 4
POSTER_CODE = Box(
    left=POSTER_QR_ROOM.left + QUIET,
    top=POSTER_QR_ROOM.top,
    right=POSTER_QR_ROOM.right,
    bottom=POSTER_QR_ROOM.bottom,
)
"""The code with its quiet zone, but for that at the margin."""

CROWDED = [
    poster_face(
        merchant_name=name,
        store_name=store,
        words=tuple(replace(words, reward=words.reward if reward is None else reward) for words in said),
        stamps_target=target,
        is_coloured=is_coloured,
        logo=logo,
    )
    for (name, store), reward, target, said, (is_coloured, logo) in itertools.product(
        [("Ö", ""), (LONG_NAME, LONG_NAME), ("ᏣᎳᎩ", "Gare"), ("مقهى الحي", "寿司 🍣")],
        [None, "", LONG_REWARD, "W" * 80],
        [0, 10, 30],
        [tuple(POSTER_WORDS.values())[:count] for count in (1, 2, 4)],
        [(False, None), (True, b"a logo")],
    )
]


def picture_in(pdf: bytes) -> Image.Image:
    """The picture of a one-picture PDF, read back without the code that wrote it."""
    found = re.search(rb"/Width (\d+)/Height (\d+).*?<([0-9a-f]+)>.*?/Length (\d+)>>stream\n", pdf, re.DOTALL)
    assert found
    width, height, length = int(found[1]), int(found[2]), int(found[4])
    pixels = zlib.decompress(pdf[found.end() : found.end() + length])
    picture = Image.frombytes("P", (width, height), pixels)
    picture.putpalette(bytes.fromhex(found[3].decode()))
    return picture.convert("RGB")


@pytest.mark.parametrize("is_coloured", [False, True], ids=["white", "colour"])
@pytest.mark.parametrize("colour", ["#1a1a1a", "#fff3c4", "#c0392b"])
def test_the_code_is_read_from_the_png_however_it_is_seen(colour: str, is_coloured: bool) -> None:
    picture = opened(draw_poster_png(poster_face(colour=colour, is_coloured=is_coloured), 900))
    for seen in (picture, halved(picture), rotated(picture), photographed(picture)):
        assert decoded(seen) == [JOIN_URL]


def test_the_code_is_read_from_the_pdf() -> None:
    assert decoded(picture_in(draw_poster(poster_face()))) == [JOIN_URL]


@pytest.mark.parametrize(
    ("size", "points"),
    [
        (PosterSize.A4, (595.28, 841.89)),
        (PosterSize.A5, (419.53, 595.28)),
        (PosterSize.A6, (297.64, 419.53)),
        (PosterSize.TENT, (595.28, 841.89)),
    ],
)
def test_the_pdf_is_one_sound_page_of_its_size_and_small(
    size: PosterSize, points: tuple[float, float]
) -> None:
    pdf = draw_poster(poster_face(), size)
    assert pdf.startswith(b"%PDF-1.4")
    assert pdf.endswith(b"%%EOF\n")
    assert len(pdf) < 600_000
    page = re.search(rb"/MediaBox\[0 0 ([0-9.]+) ([0-9.]+)\]", pdf)
    assert page
    assert (float(page[1]), float(page[2])) == pytest.approx(points, abs=0.5)
    table = int(pdf.rsplit(b"startxref\n", 1)[1].split()[0])
    assert pdf[table:].startswith(b"xref\n0 6\n")
    offsets = re.findall(rb"(\d{10}) 00000 n ", pdf[table:])
    assert [pdf[int(offset) :].split(b"\n", 1)[0] for offset in offsets] == [
        b"%d 0 obj" % n for n in range(1, 6)
    ]


def test_the_png_is_as_wide_as_asked_and_as_high_as_a4() -> None:
    assert opened(draw_poster_png(poster_face(), 620)).size == (620, 877)


@for_each("face", CROWDED)
def test_nothing_on_a_poster_overflows_or_overlaps(face: PosterFace) -> None:
    layout = lay_out_poster(face, scheme_of(face.colour))
    boxes = [text.box for text in layout.texts]
    boxes += [POSTER_CODE, *([layout.stamps] if layout.stamps else [])]
    assert all(is_within(box, PAGE) for box in boxes)
    assert all(box.right <= POSTER.width - 110 for box in boxes)
    assert not overlapping(boxes)


@pytest.mark.parametrize(
    "colour", ["#000000", "#ffffff", "#ff0000", "#00ff00", "#0000ff", "#808080", "#f5a623"]
)
def test_every_text_is_readable_on_every_colour(colour: str) -> None:
    scheme = scheme_of(colour)
    faces = (poster_face("en", "fr", colour=colour, is_coloured=is_coloured) for is_coloured in (False, True))
    for text in itertools.chain.from_iterable(lay_out_poster(face, scheme).texts for face in faces):
        grounds = (COLOUR, TEXTURE) if text.ground == COLOUR else (text.ground,)
        assert all(
            contrast(scheme.rgb(text.shade), scheme.rgb(ground)) >= TEXT_CONTRAST for ground in grounds
        )


@pytest.mark.parametrize("languages", [("en",), ("fr", "de"), ("lb", "de", "fr", "en")])
def test_steps_of_all_languages_are_whole_and_in_one_size(languages: tuple[str, ...]) -> None:
    face = poster_face(*languages)
    texts = lay_out_poster(face, scheme_of(face.colour)).texts
    said = {" ".join(text.block.lines): text.block.style for text in texts}
    steps = [step for words in face.words for step in words.steps]
    assert len({said[step] for step in steps}) == 1
    assert all(words.headline in said and words.note in said for words in face.words)
    assert "t.me/stempel_demo_bot" in said


def test_white_takes_a_fraction_of_the_ink() -> None:
    def ink(face: PosterFace) -> float:
        dark = opened(draw_poster_png(face, 400)).convert("L").histogram()
        return sum(count * (255 - shade) for shade, count in enumerate(dark))

    assert ink(poster_face()) < ink(poster_face(is_coloured=True)) / 2.5


def test_a_logo_stands_on_the_page_at_its_proportions() -> None:
    for kind, size in (("PNG", (400, 100)), ("JPEG", (90, 300))):
        data = BytesIO()
        Image.new("RGB", size, "#c0392b").save(data, kind)
        pdf = draw_poster(poster_face(logo=data.getvalue()), PosterSize.A5)
        found = re.search(rb"cm /Picture Do ([0-9.]+) 0 0 ([0-9.]+) ([0-9.]+) ([0-9.]+) cm /Inset Do", pdf)
        assert found
        width, height, left, bottom = map(float, found.groups())
        assert width * POSTER.width / (height * POSTER.height) == pytest.approx(size[0] / size[1], rel=0.02)
        assert left + width <= 1
        assert bottom + height <= 1


@pytest.mark.parametrize("logo", [b"GIF89a", b"", b"\x89PNG\r\n\x1a\n", b"<svg/>"])
def test_what_is_no_logo_is_refused(logo: bytes) -> None:
    with pytest.raises(PictureUnusable):
        draw_poster(replace(poster_face(), logo=logo or b"?"))


def test_a_tent_shows_the_poster_four_times_and_where_to_cut_and_fold() -> None:
    pdf = draw_poster(poster_face(), PosterSize.TENT)
    assert pdf.count(b"/Picture Do") == 4
    assert len(re.findall(rb"q -[0-9.]+ 0 0 -", pdf)) == 2
    assert len(re.findall(rb" l S", pdf)) == 2


def test_the_same_face_is_the_same_bytes() -> None:
    assert draw_poster(poster_face()) == draw_poster(poster_face())
    assert draw_poster_png(poster_face(), 800) == draw_poster_png(poster_face(), 800)


def test_what_is_no_colour_is_refused() -> None:
    with pytest.raises(ValueError, match="colour"):
        draw_poster(poster_face(colour="brown"))
