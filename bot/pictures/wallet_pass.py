"""The pictures of a pass: a strip with the stamps, an icon for notifications, and the shop's logo, each in the three
sizes that phones choose from (https://developer.apple.com/design/human-interface-guidelines/wallet)."""

from collections.abc import Mapping
from io import BytesIO

from PIL import Image

from bot.pictures.canvas import Box, draw_rounded, encode_png, paste_centred
from bot.pictures.card import TRACK, draw_stamps
from bot.pictures.faces import PassFace
from bot.pictures.shades import COLOUR, INK, Scheme, scheme_of
from bot.pictures.stamps import sign_of, stamped_mask

SCALES = (1, 2, 3)
STRIP = (375, 144)
ICON = (29, 29)
LOGO_MAX = (100, 50)
"""In points; the shop's name stands beside it."""
_MARGIN = Box(left=16, top=12, right=STRIP[0] - 16, bottom=STRIP[1] - 12)
_BAR = Box(left=16, top=STRIP[1] - 30, right=STRIP[0] - 16, bottom=STRIP[1] - 20)


def draw_pass(face: PassFace) -> Mapping[str, bytes]:
    """The files by their names, each a PNG."""
    scheme = scheme_of(face.colour)
    files = {}
    for scale in SCALES:
        suffix = "" if scale == 1 else f"@{scale}x"
        files[f"strip{suffix}.png"] = _strip(face, scheme, scale)
        files[f"icon{suffix}.png"] = _icon(face, scheme, scale)
        if face.logo is not None:
            files[f"logo{suffix}.png"] = _logo(face.logo, scale)
    return files


def _strip(face: PassFace, scheme: Scheme, scale: int) -> bytes:
    picture = Image.new("L", (STRIP[0] * scale, STRIP[1] * scale), COLOUR)
    if face.stamps_target:
        draw_stamps(picture, face, _times(_MARGIN, scale), scheme)
    elif face.share is not None:
        bar = _times(_BAR, scale)
        draw_rounded(picture, bar, TRACK, radius=bar.height // 2)
        filled = round(bar.width * min(face.share, 1.0))
        if filled:
            end = bar.left + max(filled, bar.height)
            done = Box(left=bar.left, top=bar.top, right=end, bottom=bar.bottom)
            draw_rounded(picture, done, INK, radius=bar.height // 2)
    return encode_png(picture, scheme)


def _icon(face: PassFace, scheme: Scheme, scale: int) -> bytes:
    side = ICON[0] * scale
    picture = Image.new("L", (side, side), COLOUR)
    mark = stamped_mask(round(side * 0.8), sign_of(face.merchant_name), 0, newest=False)
    paste_centred(picture, INK, mark, (side // 2, side // 2))
    return encode_png(picture, scheme)


def _logo(logo: bytes, scale: int) -> bytes:
    """On white with round corners: it was made for paper."""
    width, height = LOGO_MAX[0] * scale, LOGO_MAX[1] * scale
    margin = 4 * scale
    with Image.open(BytesIO(logo), formats=("PNG", "JPEG")) as read:
        picture = read.convert("RGBA")
    picture.thumbnail((width - 2 * margin, height - 2 * margin), Image.Resampling.LANCZOS)
    tile = Image.new("RGBA", (max(picture.width + 2 * margin, height), height), "white")
    middle = (tile.width - picture.width) // 2, (tile.height - picture.height) // 2
    tile.alpha_composite(picture, middle)
    corners = Image.new("L", tile.size, 0)
    draw_rounded(corners, Box(left=0, top=0, right=tile.width, bottom=tile.height), 255, radius=8 * scale)
    tile.putalpha(corners)
    data = BytesIO()
    tile.save(data, "PNG", optimize=True)
    return data.getvalue()


def _times(box: Box, scale: int) -> Box:
    return Box(left=box.left * scale, top=box.top * scale, right=box.right * scale, bottom=box.bottom * scale)
