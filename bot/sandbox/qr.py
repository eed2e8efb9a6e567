"""QR codes, as a phone's camera reads them and a printer draws them."""

from functools import lru_cache
from io import BytesIO

import qrcode
import zxingcpp
from PIL import Image


@lru_cache(maxsize=256)
def read_qr(picture: bytes) -> str | None:
    """The text of the first QR code in a PNG or JPEG, or None."""
    with Image.open(BytesIO(picture)) as image:
        # Made each time: formats that are kept are reported as leaked when the process ends.
        qr_codes = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
        found = zxingcpp.read_barcodes(image.convert("L"), formats=qr_codes)
    return found[0].text if found else None


def draw_qr(text: str) -> bytes:
    """A plain QR code as PNG."""
    code = qrcode.QRCode(box_size=10, border=4, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    out = BytesIO()
    code.make_image().save(out, format="PNG")
    return out.getvalue()
