"""Printed cards: ten on a page, each with a code of its own that a camera reads."""

import re
import zlib
from io import BytesIO

import pytest
from PIL import Image

from bot.kit.refusals import PictureUnusable
from bot.pictures.faces import PrintedFace
from bot.pictures.printed import HEIGHT, WIDTH, draw_one, draw_printed
from bot.pictures.shades import scheme_of
from tests.bot.pictures.samples import decoded, halved, photographed, rotated

LINK = "https://t.me/stempel_demo_bot?start=c{:022}"


def face(count: int = 10, **more: object) -> PrintedFace:
    cards = tuple((f"482 109 {at:03}", LINK.format(at)) for at in range(count))
    told = {
        "merchant_name": "Café Knätsch",
        "colour": "#6f4e37",
        "what": "10 stamps: A coffee",
        "hint": "Show it at the counter. To have it in Telegram, scan the code.",
        "cards": cards,
    }
    return PrintedFace(**(told | more))  # type: ignore[arg-type]


def pictures_in(pdf: bytes) -> list[Image.Image]:
    """The cards of a PDF, read back without the code that wrote it."""
    found = re.finditer(
        rb"/Width (\d+)/Height (\d+)/BitsPerComponent 8/ColorSpace\[/Indexed/DeviceRGB \d+<([0-9a-f]+)>\]"
        rb".*?/Length (\d+)>>stream\n",
        pdf,
    )
    pictures = []
    for each in found:
        pixels = zlib.decompress(pdf[each.end() : each.end() + int(each[4])])
        picture = Image.frombytes("P", (int(each[1]), int(each[2])), pixels)
        picture.putpalette(bytes.fromhex(each[3].decode()))
        pictures.append(picture.convert("RGB"))
    return pictures


def test_every_code_is_read_from_the_pdf_and_is_another() -> None:
    pictures = pictures_in(draw_printed(face(12)))
    assert [decoded(each) for each in pictures] == [[LINK.format(at)] for at in range(12)]


@pytest.mark.parametrize("colour", ["#1a1a1a", "#fff3c4"])
def test_the_code_is_read_however_it_is_seen(colour: str) -> None:
    one = face(colour=colour, merchant_name="W" * 60, what="W" * 80, hint="W" * 120)
    [picture] = pictures_in(draw_printed(face(1, colour=colour)))
    drawn = draw_one(one, scheme_of(colour), *one.cards[0])
    assert drawn.size == (WIDTH, HEIGHT)
    on_the_counter = Image.new("RGB", (WIDTH, 2 * HEIGHT), "white")
    on_the_counter.paste(picture)
    for seen in (picture, halved(picture), rotated(picture), photographed(on_the_counter)):
        assert decoded(seen) == [LINK.format(0)]


def test_a_page_for_each_ten_with_marks_to_cut_along_and_sound_offsets() -> None:
    pdf = draw_printed(face(12))
    assert pdf.count(b"/Type/Page/") == 2
    assert pdf.count(b"/MediaBox[0 0 595.28 841.89]") == 2
    assert len(re.findall(rb"cm /P\d+ Do Q", pdf)) == 12
    width, height = 85 / 25.4 * 72, 55 / 25.4 * 72
    assert len(re.findall(f"q {width:.2f} 0 0 {height:.2f} ".encode(), pdf)) == 12
    assert len(re.findall(rb" l S", pdf)) == 2 * 18
    assert len(pdf) < 500_000
    table = int(pdf.rsplit(b"startxref\n", 1)[1].split()[0])
    offsets = re.findall(rb"(\d{10}) 00000 n ", pdf[table:])
    numbers = [pdf[int(offset) :].split(b"\n", 1)[0] for offset in offsets]
    assert numbers == [b"%d 0 obj" % (at + 1) for at in range(len(offsets))]


def test_the_logo_is_upon_each_card() -> None:
    data = BytesIO()
    Image.new("RGB", (300, 120), "red").save(data, "PNG")
    pdf = draw_printed(face(3, logo=data.getvalue()))
    assert pdf.count(b"/Inset Do") == 3
    assert pdf.count(b"/DeviceRGB/Filter") == 1
    with pytest.raises(PictureUnusable):
        draw_printed(face(1, logo=b"no picture"))
