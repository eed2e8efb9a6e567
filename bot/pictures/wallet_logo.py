"""A shop's picture as Google Wallet wants it: a square of which a circle is seen
(https://developers.google.com/wallet/retail/loyalty-cards/resources/brand-guidelines)."""

from io import BytesIO
from math import hypot

from PIL import Image

from bot.pictures.canvas import encode_png, paste_centred
from bot.pictures.faces import PassFace
from bot.pictures.shades import COLOUR, INK, scheme_of
from bot.pictures.stamps import sign_of, stamped_mask

SIDE = 660
SEEN = 0.93
"""The diagonal of a logo as a share of the side: its corners stay inside the circle, with a small margin."""
MARK = 0.68


def draw_wallet_logo(face: PassFace) -> bytes:
    """The logo on white, or the mark of a shop that has none."""
    if face.logo is None:
        picture = Image.new("L", (SIDE, SIDE), COLOUR)
        mark = stamped_mask(round(SIDE * MARK), sign_of(face.merchant_name), 0, newest=False)
        paste_centred(picture, INK, mark, (SIDE // 2, SIDE // 2))
        return encode_png(picture, scheme_of(face.colour))
    with Image.open(BytesIO(face.logo), formats=("PNG", "JPEG")) as read:
        logo = read.convert("RGBA")
    scale = SIDE * SEEN / hypot(*logo.size)
    logo = logo.resize((max(1, round(logo.width * scale)), max(1, round(logo.height * scale))))
    tile = Image.new("RGBA", (SIDE, SIDE), "white")
    tile.alpha_composite(logo, ((SIDE - logo.width) // 2, (SIDE - logo.height) // 2))
    data = BytesIO()
    tile.convert("RGB").save(data, "PNG", optimize=True)
    return data.getvalue()
