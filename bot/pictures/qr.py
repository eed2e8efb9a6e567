"""QR codes.

A code is drawn in the smallest symbol that holds its text, because big modules are what a camera needs most; within
that symbol the strongest error correction that still fits comes free. The mask is fixed: choosing one costs more than
drawing the code, and all eight read alike.
"""

from functools import lru_cache
from io import BytesIO
from typing import Any

import qrcode
from PIL import Image
from qrcode.util import BIT_LIMIT_TABLE, MODE_8BIT_BYTE, QRData

QUIET_MODULES = 4
"""The empty margin that ISO/IEC 18004 asks for on every side."""

TEXT_BYTES_MAX = 2953
"""What the largest symbol holds."""

_MASK = 3
_LEVELS_STRONGEST_FIRST: tuple[int, ...] = (
    qrcode.ERROR_CORRECT_H,
    qrcode.ERROR_CORRECT_Q,
    qrcode.ERROR_CORRECT_M,
    qrcode.ERROR_CORRECT_L,
)


def draw_qr(url: str, *, module_px: int = 12) -> bytes:
    """A PNG of the code alone, black on white with its quiet zone, `module_px` pixels a module."""
    modules = qr_modules(url)
    side = modules.width + 2 * QUIET_MODULES
    code = Image.new("1", (side, side), 1)
    code.paste(0, (QUIET_MODULES, QUIET_MODULES), modules)
    png = BytesIO()
    code.resize((side * module_px, side * module_px), Image.Resampling.NEAREST).save(png, "PNG")
    return png.getvalue()


def qr_mask(url: str, *, room_px: int) -> Image.Image:
    """255 where the code is dark, without its quiet zone. A module is as many whole pixels as leave room for that
    zone."""
    modules = qr_modules(url)
    side = max(room_px // (modules.width + 2 * QUIET_MODULES), 1) * modules.width
    return modules.resize((side, side), Image.Resampling.NEAREST)


@lru_cache(maxsize=1024)
def qr_modules(url: str) -> Image.Image:
    """One pixel a module, 255 where it is dark. Shared: never change it. Raises ValueError for a URL too long."""
    text = url.encode()
    if len(text) > TEXT_BYTES_MAX:
        raise ValueError(f"{len(text)} bytes are too many for a QR code")
    version: int = _code(text, qrcode.ERROR_CORRECT_L).best_fit()
    code = _code(text, _strongest_level(len(text), version))
    code.make()
    matrix: list[list[bool]] = code.get_matrix()
    dots = bytes(255 if dark else 0 for row in matrix for dark in row)
    return Image.frombytes("L", (len(matrix), len(matrix)), dots)


def _strongest_level(size_bytes: int, version: int) -> int:
    """The strongest error correction with which a symbol of this version (1 to 40) still holds so many bytes."""
    needed_bits = 4 + (8 if version < 10 else 16) + 8 * size_bytes
    fitting = (level for level in _LEVELS_STRONGEST_FIRST if BIT_LIMIT_TABLE[level][version] >= needed_bits)
    return next(fitting)


def _code(text: bytes, level: int) -> Any:
    code = qrcode.QRCode(error_correction=level, mask_pattern=_MASK, border=0)
    code.add_data(QRData(text, mode=MODE_8BIT_BYTE), optimize=0)
    return code
