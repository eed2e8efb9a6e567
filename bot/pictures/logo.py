"""A shop's logo: a picture that was sent becomes a small PNG without metadata."""

from io import BytesIO

from PIL import Image, ImageOps

from bot.pictures.reader import (
    SIDES_RATIO_MAX,
    SIZE_BYTES_MAX,
    PictureTooLarge,
    PictureUnreadable,
    check_pixels,
    opened,
)

LOGO_FORMATS = ("PNG", "JPEG")
LOGO_SIDE_PX = 600
"""Twice the resolution that its place on an A4 page needs."""


def clean_logo(data: bytes) -> bytes:
    """The picture as a PNG of at most 600 px a side: upright as it was taken, with its transparency, without
    metadata. Takes up to a second: off the event loop.

    Raises PictureTooLarge before anything is decoded, and PictureUnreadable.
    """
    if len(data) > SIZE_BYTES_MAX:
        raise PictureTooLarge(f"{len(data)} bytes")
    try:
        picture = opened(data)
        if picture.format not in LOGO_FORMATS:
            raise PictureUnreadable(f"{picture.format} is no format for a logo")
        check_pixels(picture)
        picture.draft("RGB", (LOGO_SIDE_PX, LOGO_SIDE_PX))
        mode = "RGBA" if picture.has_transparency_data else "RGB"
        is_smooth = picture.mode not in ("1", "P") and "transparency" not in picture.info
        whole = picture if is_smooth else picture.convert(mode)
        whole.thumbnail((LOGO_SIDE_PX, LOGO_SIDE_PX), Image.Resampling.LANCZOS)
        return _png(_not_too_long(ImageOps.exif_transpose(whole).convert(mode)))
    except (PictureTooLarge, PictureUnreadable):
        raise
    except Exception as damage:  # decoders fail in many ways on bytes made to break them
        raise PictureUnreadable(str(damage)) from damage


def on_white(logo: bytes) -> bytes:
    """The logo on white, as on paper: chats show transparent parts in any colour."""
    with Image.open(BytesIO(logo), formats=LOGO_FORMATS) as picture:
        coloured = picture.convert("RGBA")
    ground = Image.new("RGBA", coloured.size, "white")
    ground.alpha_composite(coloured)
    return _png(ground.convert("RGB"))


def _not_too_long(picture: Image.Image) -> Image.Image:
    short = -(-max(picture.size) // SIDES_RATIO_MAX)
    if min(picture.size) >= short:
        return picture
    ground = Image.new("RGBA", (max(picture.width, short), max(picture.height, short)))
    ground.paste(
        picture.convert("RGBA"),
        ((ground.width - picture.width) // 2, (ground.height - picture.height) // 2),
    )
    return ground


def _png(picture: Image.Image) -> bytes:
    picture.info.clear()
    data = BytesIO()
    picture.save(data, "PNG", optimize=True)
    return data.getvalue()
