"""QR codes.

A code is drawn in the smallest symbol that holds its text, because big modules are what a camera needs most; within
that symbol the strongest error correction that still fits comes free. The mask is fixed: choosing one costs more than
drawing the code, and all eight read alike.
"""

from functools import lru_cache
from io import BytesIO
from itertools import chain

import qrcode
from PIL import Image
from qrcode.base import rs_blocks
from qrcode.util import BIT_LIMIT_TABLE, MODE_8BIT_BYTE, PAD0, PAD1, create_bytes

from domain.quick import dataclass

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
    """255 where the code is dark, without its quiet zone; whole pixels a module, as many as the room has for both."""
    modules = qr_modules(url)
    side = max(room_px // (modules.width + 2 * QUIET_MODULES), 1) * modules.width
    return modules.resize((side, side), Image.Resampling.NEAREST)


@lru_cache(maxsize=1024)
def qr_modules(url: str) -> Image.Image:
    """One pixel a module, 255 where it is dark. Shared: not to be changed. Raises ValueError for a URL too long."""
    text = url.encode()
    if len(text) > TEXT_BYTES_MAX:
        raise ValueError(f"{len(text)} bytes are too many for a QR code")
    version = _smallest_version(len(text))
    level = _strongest_level(len(text), version)
    code = qrcode.QRCode(version, error_correction=level, mask_pattern=_MASK, border=0)
    code.data_cache = create_bytes(_Words(_words(text, version, level)), rs_blocks(version, level))
    code.make(fit=False)
    matrix: list[list[bool]] = code.modules
    dots = bytes(chain.from_iterable(matrix)).replace(b"\x01", b"\xff")
    return Image.frombytes("L", (len(matrix), len(matrix)), dots)


@dataclass(frozen=True, slots=True)
class _Words:
    """As the library's own buffer of bits is asked for them."""

    buffer: bytes


def _words(text: bytes, version: int, level: int) -> bytes:
    """Mode, length, text, end and filling, put together as one number: bit after bit took as long as all the rest."""
    room: int = sum(block.data_count for block in rs_blocks(version, level))
    size = _needed_bits(len(text), version)
    end = min(4, room * 8 - size)
    end += -(size + end) % 8
    length_bits = size - 4 - 8 * len(text)
    head = MODE_8BIT_BYTE << length_bits | len(text)
    said: int = (head << 8 * len(text) | int.from_bytes(text)) << end
    return (said.to_bytes((size + end) // 8) + bytes((PAD0, PAD1)) * room)[:room]


def _smallest_version(size_bytes: int) -> int:
    limits = BIT_LIMIT_TABLE[qrcode.ERROR_CORRECT_L]
    return next(version for version in range(1, 41) if limits[version] >= _needed_bits(size_bytes, version))


def _needed_bits(size_bytes: int, version: int) -> int:
    return 4 + (8 if version < 10 else 16) + 8 * size_bytes


def _strongest_level(size_bytes: int, version: int) -> int:
    """The strongest error correction with which a symbol of this version (1 to 40) still holds so many bytes."""
    needed_bits = _needed_bits(size_bytes, version)
    fitting = (level for level in _LEVELS_STRONGEST_FIRST if BIT_LIMIT_TABLE[level][version] >= needed_bits)
    return next(fitting)
