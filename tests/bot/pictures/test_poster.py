import itertools
import re
import zlib

import pytest
from PIL import Image

from bot.pictures.canvas import Box
from bot.pictures.faces import PosterFace
from bot.pictures.poster import POSTER, POSTER_QR_BOX, draw_poster, draw_poster_png, lay_out_poster
from bot.pictures.shades import COLOUR, TEXT_CONTRAST, TEXTURE, contrast, scheme_of
from tests.bot.pictures.samples import (
    JOIN_URL,
    LONG_NAME,
    LONG_REWARD,
    decoded,
    halved,
    opened,
    photographed,
    poster_face,
    rotated,
)

PAGE = Box(left=0, top=0, right=POSTER.width, bottom=POSTER.height)

CROWDED = [
    poster_face(
        merchant_name=name,
        store_name=store,
        headline=headline,
        reward=reward,
        stamps_target=target,
        steps=steps,
    )
    for (name, store), headline, reward, target, steps in itertools.product(
        [("Ö", ""), (LONG_NAME, LONG_NAME), ("ᏣᎳᎩ", "Gare"), ("مقهى الحي", "寿司 🍣")],
        ["Scan!", "Scannez ce code pour obtenir votre carte de fidélité dans Telegram"],
        ["", LONG_REWARD],
        [0, 10, 30],
        [(), ("Scan",), ("Mit der Kamera auf den Code zielen", "In Telegram auf Start tippen", LONG_REWARD)],
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


@pytest.mark.parametrize("colour", ["#1a1a1a", "#fff3c4", "#c0392b"])
def test_the_code_is_read_from_the_png_however_it_is_seen(colour: str) -> None:
    picture = opened(draw_poster_png(poster_face(colour=colour), 900))
    for seen in (picture, halved(picture), rotated(picture), photographed(picture)):
        assert decoded(seen) == [JOIN_URL]


def test_the_code_is_read_from_the_pdf() -> None:
    assert decoded(picture_in(draw_poster(poster_face()))) == [JOIN_URL]


def test_the_pdf_is_one_sound_a4_page_and_small() -> None:
    pdf = draw_poster(poster_face())
    assert pdf.startswith(b"%PDF-1.4")
    assert pdf.endswith(b"%%EOF\n")
    assert len(pdf) < 600_000
    page = re.search(rb"/MediaBox\[0 0 ([0-9.]+) ([0-9.]+)\]", pdf)
    assert page
    assert (float(page[1]), float(page[2])) == pytest.approx((595.28, 841.89), abs=0.5)
    table = int(pdf.rsplit(b"startxref\n", 1)[1].split()[0])
    assert pdf[table:].startswith(b"xref\n0 6\n")
    offsets = re.findall(rb"(\d{10}) 00000 n ", pdf[table:])
    assert [pdf[int(offset) :].split(b"\n", 1)[0] for offset in offsets] == [
        b"%d 0 obj" % n for n in range(1, 6)
    ]


def test_the_png_is_as_wide_as_asked_and_as_high_as_a4() -> None:
    assert opened(draw_poster_png(poster_face(), 620)).size == (620, 877)


@pytest.mark.parametrize("face", CROWDED, ids=[str(number) for number in range(len(CROWDED))])
def test_nothing_on_a_poster_overflows_or_overlaps(face: PosterFace) -> None:
    layout = lay_out_poster(face, scheme_of(face.colour))
    boxes = [text.box for text in layout.texts]
    boxes += [POSTER_QR_BOX, *([layout.stamps] if face.stamps_target else [])]
    assert all(PAGE.holds(box) for box in boxes)
    assert all(box.right <= POSTER.width - 110 for box in boxes)
    assert not [(one, other) for one, other in itertools.combinations(boxes, 2) if one.overlaps(other)]


@pytest.mark.parametrize(
    "colour", ["#000000", "#ffffff", "#ff0000", "#00ff00", "#0000ff", "#808080", "#f5a623"]
)
def test_every_text_is_readable_on_every_colour(colour: str) -> None:
    scheme = scheme_of(colour)
    for text in lay_out_poster(poster_face(colour=colour), scheme).texts:
        grounds = (COLOUR, TEXTURE) if text.ground == COLOUR else (text.ground,)
        assert all(
            contrast(scheme.rgb(text.shade), scheme.rgb(ground)) >= TEXT_CONTRAST for ground in grounds
        )


def test_steps_are_set_in_one_size() -> None:
    face = poster_face(steps=("Scan", "Visez le code avec l’appareil photo du téléphone", "Start"))
    sizes = {text.block.style for text in lay_out_poster(face, scheme_of(face.colour)).texts[-3:]}
    assert len(sizes) == 1


def test_the_same_face_is_the_same_bytes() -> None:
    assert draw_poster(poster_face()) == draw_poster(poster_face())
    assert draw_poster_png(poster_face(), 800) == draw_poster_png(poster_face(), 800)


def test_what_is_no_colour_is_refused() -> None:
    with pytest.raises(ValueError, match="colour"):
        draw_poster(poster_face(colour="brown"))
