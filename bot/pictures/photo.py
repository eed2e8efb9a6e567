"""A photo that a shop sends to its customers: made small, without metadata such as the place where it was taken."""

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

SIDE_PX = 1280
"""Chats show no photo larger."""
QUALITY = 85


def clean_photo(data: bytes) -> bytes:
    """The photo as a JPEG of at most 1280 px a side: upright as it was taken, on white, without metadata.

    Raises PictureTooLarge before anything is decoded, and PictureUnreadable.
    """
    if len(data) > SIZE_BYTES_MAX:
        raise PictureTooLarge(f"{len(data)} bytes")
    try:
        picture = opened(data)
        check_pixels(picture)
        picture.draft("RGB", (SIDE_PX, SIDE_PX))
        picture.thumbnail((SIDE_PX, SIDE_PX), Image.Resampling.LANCZOS)
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
        short = -(-max(upright.size) // SIDES_RATIO_MAX)
        ground = Image.new("RGBA", (max(upright.width, short), max(upright.height, short)), "white")
        ground.alpha_composite(
            upright, ((ground.width - upright.width) // 2, (ground.height - upright.height) // 2)
        )
        cleaned = BytesIO()
        ground.convert("RGB").save(cleaned, "JPEG", quality=QUALITY, optimize=True)
        return cleaned.getvalue()
    except PictureTooLarge:
        raise
    except Exception as damage:  # decoders fail in many ways on bytes made to break them
        raise PictureUnreadable(str(damage)) from damage
