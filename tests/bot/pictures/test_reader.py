import struct
import zlib
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image, ImageFile, ImageFilter

from bot.pictures import reader
from bot.pictures.card import draw_card
from bot.pictures.qr import draw_qr, qr_mask
from bot.pictures.reader import PictureTooLarge, PictureUnreadable, read_qr
from tests.bot.pictures.samples import CARD_URL, card_face, jpeg, opened, photographed


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    data = BytesIO()
    picture.save(data, kind, **options)
    return data.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that says how large it is and has next to no pixels."""
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(bytes(100))),
        (b"IEND", b""),
    ]
    body = b"".join(
        struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d)) for t, d in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def webp(kind: bytes, start: bytes) -> bytes:
    body = b"WEBP" + kind + struct.pack("<I", len(start)) + start
    return b"RIFF" + struct.pack("<I", len(body)) + body + bytes(100)


def card() -> Image.Image:
    return opened(draw_card(card_face()))


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("JPEG", {"quality": 60}),
        ("JPEG", {"progressive": True}),
        ("PNG", {}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
    ],
)
def test_the_kinds_that_people_send_are_read(kind: str, options: dict[str, object]) -> None:
    assert read_qr(saved(card(), kind, **options)) == (CARD_URL,)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK"])
def test_any_kind_of_colour_is_read(mode: str) -> None:
    assert read_qr(saved(card().convert(mode), "JPEG" if mode == "CMYK" else "PNG")) == (CARD_URL,)


def test_a_code_on_a_transparent_ground_is_read() -> None:
    picture = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    picture.paste((0, 0, 0, 255), (50, 50), qr_mask(CARD_URL, room_px=400))
    assert read_qr(saved(picture, "PNG")) == (CARD_URL,)


def test_all_codes_of_a_photo_are_read_each_once() -> None:
    table = Image.new("RGB", (900, 1200), "white")
    for place, text in enumerate(["one", "two", "one"]):
        table.paste(opened(draw_qr(text, module_px=8)), (100, 20 + 390 * place))
    assert sorted(read_qr(jpeg(table, 80))) == ["one", "two"]


def test_a_photo_of_a_screen_is_read() -> None:
    assert read_qr(jpeg(photographed(card()), 70)) == (CARD_URL,)


def test_a_small_code_in_a_large_photo_is_read() -> None:
    table = Image.new("RGB", (8000, 6000), "#b0a898")
    table.paste(card().resize((360, 480), Image.Resampling.LANCZOS), (5000, 3000))
    assert read_qr(jpeg(table, 80)) == (CARD_URL,)


def test_a_small_code_out_of_focus_is_read() -> None:
    table = Image.new("RGB", (1280, 960), "#b0a898")
    table.paste(card().resize((180, 240), Image.Resampling.LANCZOS), (500, 300))
    photo = jpeg(table.filter(ImageFilter.GaussianBlur(1.4)), 75)
    assert read_qr(photo) == (CARD_URL,)


def test_a_photo_without_a_code_is_no_error() -> None:
    assert read_qr(jpeg(Image.new("RGB", (640, 480), "#8090a0"), 80)) == ()


def test_more_than_ten_megabytes_are_refused() -> None:
    with pytest.raises(PictureTooLarge):
        read_qr(b"\xff\xd8\xff" + bytes(10 * 1024 * 1024))


@pytest.mark.parametrize(
    "data",
    [
        png_header(60_000, 60_000),
        png_header(10_000, 10_000),
        png_header(5_000, 4_001),
        webp(b"VP8X", bytes(4) + (16_000).to_bytes(3, "little") * 2),
        webp(b"VP8L", b"\x2f" + (16_000 | 16_000 << 14).to_bytes(4, "little") + bytes(5)),
        webp(b"VP8 ", b"\x30\x01\x00\x9d\x01\x2a" + (16_000).to_bytes(2, "little") * 2),
        lambda: saved(Image.new("L", (8_200, 6_200)), "JPEG"),
        lambda: saved(Image.new("L", (5_000, 4_001)), "JPEG", progressive=True),
    ],
    ids=[
        "png bomb",
        "png 100 MP",
        "png 20 MP",
        "webp",
        "webp lossless",
        "webp lossy",
        "jpeg 51 MP",
        "progressive 20 MP",
    ],
)
def test_too_many_pixels_are_refused_before_any_is_decoded(
    data: bytes | Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = data() if callable(data) else data
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda self: pytest.fail("decoded"))
    monkeypatch.setattr(reader, "WebPImageFile", lambda file: pytest.fail("decoded"))
    with pytest.raises(PictureTooLarge):
        read_qr(picture)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        bytes(1000),
        b"\xff\xd8\xff",
        b"\xff\xd8\xff" + bytes(range(256)) * 4,
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4,
        png_header(600, 600),
        png_header(0, 0),
        b"RIFF\x00\x00\x00\x00WEBP",
        webp(b"VP8X", bytes(10)),
        saved(Image.new("L", (50, 50)), "GIF"),
        saved(Image.new("L", (50, 50)), "TIFF"),
        saved(Image.new("RGB", (640, 480)), "JPEG")[:500],
        saved(Image.new("RGB", (640, 480)), "PNG")[:60],
        saved(Image.effect_noise((640, 480), 90), "WEBP")[:5000],
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(PictureUnreadable):
        read_qr(data)
