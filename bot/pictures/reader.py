"""Reading the photos that people send, and the QR codes on them."""

from io import BytesIO

import zxingcpp
from PIL import Image, ImageFilter
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

SIZE_BYTES_MAX = 10 * 1024 * 1024
SIDES_RATIO_MAX = 10
"""The longer side by the shorter: chats show no picture that is much longer."""

PIXELS_MAX = 50_000_000
"""For a baseline JPEG, what cameras make: it is decoded at a fraction of its size."""

WHOLE_PIXELS_MAX = 20_000_000
"""For PNG, WebP and progressive JPEG, which can only be decoded whole."""

_SIDE_PX = 1280
_LARGE_SIDE_PX = 3000


class PictureTooLarge(Exception):
    """The picture has more bytes or more pixels than are read."""


class PictureUnreadable(Exception):
    """The bytes are no JPEG, PNG or WebP picture, or a damaged one."""


def read_qr(data: bytes) -> tuple[str, ...]:
    """The texts of all QR codes in a photo, each once; no code is no error. Takes 3 to 300 ms: off the event loop.

    Reads the photo reduced; if that is much smaller, also with more of its pixels, for another code may be small. If
    no code was found, reads the reduced photo again, sharpened. Raises PictureTooLarge before anything is decoded,
    and PictureUnreadable.
    """
    if len(data) > SIZE_BYTES_MAX:
        raise PictureTooLarge(f"{len(data)} bytes")
    try:
        photo = opened(data)
        check_pixels(photo)
        is_large = max(photo.size) > _SIDE_PX
        small = _grey(photo, _SIDE_PX)
        texts = _texts(small)
        if is_large:
            texts = tuple(dict.fromkeys(texts + _texts(_grey(opened(data), _LARGE_SIDE_PX))))
    except PictureTooLarge:
        raise
    except Exception as damage:  # decoders fail in many ways on bytes made to break them
        raise PictureUnreadable(str(damage)) from damage
    return texts or _texts(_sharpened(small))


def opened(data: bytes) -> ImageFile:
    """The picture with its header read, its pixels not yet. Not by Image.open, which warns of pictures that are
    refused here. Raises PictureUnreadable, PictureTooLarge."""
    if data.startswith(b"\xff\xd8\xff"):
        return JpegImageFile(BytesIO(data))
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PngImageFile(BytesIO(data))
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        _check_webp(data)
        return WebPImageFile(BytesIO(data))
    raise PictureUnreadable("neither JPEG nor PNG nor WebP")


def check_pixels(photo: ImageFile) -> None:
    """Raises PictureTooLarge."""
    is_scalable = photo.format == "JPEG" and not photo.info.get("progressive")
    if photo.width * photo.height > (PIXELS_MAX if is_scalable else WHOLE_PIXELS_MAX):
        raise PictureTooLarge(f"{photo.width} x {photo.height} pixels")


def _check_webp(data: bytes) -> None:
    """Reads the size itself, since Pillow takes memory for a whole WebP picture as soon as it reads the header. RFC
    9649. Raises PictureTooLarge."""
    kind, start = data[12:16], data[20:30]
    if kind == b"VP8X":
        width, height = int.from_bytes(start[4:7], "little") + 1, int.from_bytes(start[7:10], "little") + 1
    elif kind == b"VP8L":
        bits = int.from_bytes(start[1:5], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    else:
        width = int.from_bytes(start[6:8], "little") & 0x3FFF
        height = int.from_bytes(start[8:10], "little") & 0x3FFF
    if width * height > WHOLE_PIXELS_MAX:
        raise PictureTooLarge(f"{width} x {height} pixels")


def _grey(photo: ImageFile, side_px: int) -> Image.Image:
    """The picture in mode "L" on a white ground, its longer side at most `side_px`."""
    photo.draft("L", (side_px, side_px))
    photo.thumbnail((side_px, side_px), Image.Resampling.BILINEAR)
    if not photo.has_transparency_data:
        return photo.convert("L")
    ground = Image.new("RGBA", photo.size, "white")
    ground.alpha_composite(photo.convert("RGBA"))
    return ground.convert("L")


def _sharpened(grey: Image.Image) -> Image.Image:
    """Twice as large, edges raised: brings back codes that are small or a little out of focus."""
    larger = grey.resize((grey.width * 2, grey.height * 2), Image.Resampling.BICUBIC)
    return larger.filter(ImageFilter.UnsharpMask(radius=4, percent=250, threshold=0))


def _texts(grey: Image.Image) -> tuple[str, ...]:
    # Made each time: formats that are kept are reported as leaked when the process ends.
    qr_codes = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    codes = zxingcpp.read_barcodes(grey, formats=qr_codes)
    return tuple(dict.fromkeys(code.text for code in codes))
