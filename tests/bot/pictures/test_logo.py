"""What becomes of a picture that is sent as a logo."""

from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from bot.pictures.logo import LOGO_SIDE_PX, clean_logo, on_white
from bot.pictures.reader import SIZE_BYTES_MAX, PictureTooLarge, PictureUnreadable
from tests.bot.pictures.test_reader import png_header, saved

ORIENTATION = 0x0112


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def test_it_is_small_transparent_where_it_was_and_says_nothing_else() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "Paul")
    for mode in ("RGBA", "LA", "P"):
        picture = Image.new("RGBA", (1500, 500), (200, 30, 40, 0)).convert(mode)
        options = {"transparency": 0} if mode == "P" else {}
        data = clean_logo(
            saved(picture, "PNG", pnginfo=notes, exif=Image.Exif(), icc_profile=b"x", **options)
        )
        made = opened(data)
        assert (made.format, made.size, made.mode) == ("PNG", (LOGO_SIDE_PX, 200), "RGBA")
        assert made.getchannel("A").getextrema() == (0, 0)
        assert made.info == {}
        assert clean_logo(data) == data
    assert opened(on_white(data)).getpixel((0, 0)) == (255, 255, 255)


def test_a_photo_is_upright_as_it_was_taken() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    made = opened(clean_logo(saved(Image.new("RGB", (90, 30), "red"), "JPEG", exif=exif)))
    assert (made.size, made.mode, made.info) == ((30, 90), "RGB", {})


def test_what_is_much_longer_than_high_gets_room_so_that_a_chat_shows_it() -> None:
    made = opened(clean_logo(saved(Image.new("RGB", (3000, 10), "red"), "PNG")))
    assert made.size == (LOGO_SIDE_PX, LOGO_SIDE_PX // 10)
    assert made.getchannel("A").getextrema() == (0, 255)


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (bytes(SIZE_BYTES_MAX + 1), PictureTooLarge),
        (png_header(5_000, 5_000), PictureTooLarge),
        (png_header(50, 50), PictureUnreadable),
        (saved(Image.new("RGB", (9, 9)), "WEBP"), PictureUnreadable),
        (saved(Image.new("RGB", (9, 9)), "GIF"), PictureUnreadable),
        (b"<svg/>", PictureUnreadable),
        (b"", PictureUnreadable),
    ],
    ids=["bytes", "pixels", "damaged", "webp", "gif", "svg", "nothing"],
)
def test_what_is_no_logo_is_refused(data: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        clean_logo(data)
