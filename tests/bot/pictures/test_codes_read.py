"""What is left of a code on its way to a camera, and whether it is read. `-s` prints the table."""

import sys
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

from bot.pictures.card import draw_card
from bot.pictures.poster import draw_poster_png
from tests.bot.pictures.samples import card_face, decoded, jpeg, opened, poster_face, rotated

Seen = Callable[[Image.Image], Image.Image]

LONGEST_URL = f"https://t.me/{'a' * 32}?start=cX-zrZv_IbzjZUnhsbWlseQ"


def scaled(percent: int) -> Seen:
    def seen(picture: Image.Image) -> Image.Image:
        return picture.resize((picture.width * percent // 100, picture.height * percent // 100))

    return seen


def pressed(picture: Image.Image) -> Image.Image:
    return opened(jpeg(picture, 40))


def photographed_twice(picture: Image.Image) -> Image.Image:
    """A photo of a photo: each smaller, a little out of focus, turned, and saved as a messenger saves it."""
    for angle, quality in ((3, 75), (-5, 60)):
        smaller = picture.resize((picture.width * 4 // 5, picture.height * 4 // 5), Image.Resampling.BILINEAR)
        turned = smaller.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor="#b8b0a4")
        picture = opened(jpeg(turned.filter(ImageFilter.GaussianBlur(0.9)), quality))
    return picture


def from_the_side(picture: Image.Image) -> Image.Image:
    """The far edge is a sixth shorter."""
    width, height = picture.size
    inset = width // 12
    corners = (-inset, 0, 0, height, width, height, width + inset, 0)
    return picture.transform(
        picture.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor="#777777"
    )


def with_glare(picture: Image.Image) -> Image.Image:
    """A lamp in the glass: white where it is brightest, in the lower middle, and a veil around it."""
    lamp = Image.new("L", picture.size, 40)
    width, height = picture.size
    ImageDraw.Draw(lamp).ellipse((width * 0.3, height * 0.72, width * 0.46, height * 0.8), fill=255)
    return Image.composite(
        Image.new("RGB", picture.size, "white"),
        picture,
        lamp.filter(ImageFilter.GaussianBlur(picture.width / 40)),
    )


WAYS: dict[str, Seen] = {
    "100 %": scaled(100),
    "50 %": scaled(50),
    "30 %": scaled(30),
    "JPEG 40": pressed,
    "turned 15°": rotated,
    "photographed twice": photographed_twice,
    "from the side": from_the_side,
    "glare": with_glare,
    "30 %, JPEG 40": lambda picture: pressed(scaled(30)(picture)),
    "half, side, glare": lambda picture: with_glare(from_the_side(scaled(50)(picture))),
}
CARDS = {
    "card": card_face(),
    "card, pale": card_face(colour="#fff3c4", stamp_count=10, rewards_available=1),
    "card, longest bot name": card_face(qr_url=LONGEST_URL),
}
POSTERS = {"poster A6, white": poster_face()}
PICTURES = (*CARDS, *POSTERS)


def test_every_code_is_read_in_every_way_it_is_seen() -> None:
    drawn = {name: (draw_card(face), face.qr_url) for name, face in CARDS.items()}
    drawn |= {name: (draw_poster_png(face, 620), face.join_url) for name, face in POSTERS.items()}
    read = {
        (name, way): decoded(see(opened(png))) == [url]
        for name, (png, url) in drawn.items()
        for way, see in WAYS.items()
    }
    sys.stdout.write(table(read))
    assert all(read.values())


def table(read: dict[tuple[str, str], bool]) -> str:
    width = max(map(len, PICTURES))
    rows = [["", *PICTURES]]
    rows += [[way, *("read" if read[name, way] else "LOST" for name in PICTURES)] for way in WAYS]
    lines = (f"{first:20}" + "".join(f"{cell:>{width + 2}}" for cell in cells) for first, *cells in rows)
    return "\n" + "\n".join(lines) + "\n"
