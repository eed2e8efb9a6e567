"""What all pictures share: boxes, placed texts, rounded bars, and the encoding of shades as a PNG."""

import math
from collections.abc import Iterable
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw

from bot.pictures.lettering import OVERHANG, Block, draw_block
from bot.pictures.shades import COLOUR, STEPS, TEXTURE, Scheme
from domain.quick import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A part of the picture in px; right and bottom are the first pixels outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def middle(self) -> tuple[int, int]:
        return (self.left + self.right) // 2, (self.top + self.bottom) // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A block of text with its left edge and cap line in px, its shade, and the shade it stands on."""

    block: Block
    left: int
    top: int
    shade: int
    ground: int

    @property
    def bottom(self) -> int:
        """The baseline of the last line."""
        return self.top + self.block.height

    @property
    def box(self) -> Box:
        """All that its ink can reach."""
        overhang = math.ceil(self.block.style.size_px * OVERHANG) if self.block.lines else 0
        return Box(
            left=self.left,
            top=self.top - overhang,
            right=self.left + math.ceil(self.block.width),
            bottom=self.bottom + overhang,
        )


def draw_texts(image: Image.Image, texts: Iterable[Placed]) -> None:
    for text in texts:
        draw_block(image, text.block, text.left, text.top, text.shade)


def paste_centred(image: Image.Image, shade: int, mask: Image.Image, middle: tuple[int, int]) -> None:
    """Lays the shade on the image where the mask (mode "L") lets it through, the middle of the mask at `middle`."""
    image.paste(shade, (middle[0] - mask.width // 2, middle[1] - mask.height // 2), mask)


def draw_rounded(image: Image.Image, box: Box, shade: int, *, radius: int) -> None:
    """A filled rectangle with round corners, the radius in px."""
    image.paste(shade, (box.left, box.top), _rounded_mask(box.width, box.height, radius))


def fewer_shades(image: Image.Image) -> Image.Image:
    """A copy with every shade at the nearest that a finished picture keeps."""
    return image.point(_NEAREST_KEPT)


def encode_png(image: Image.Image, scheme: Scheme) -> bytes:
    """The shades as a PNG in the scheme's colours."""
    picture = fewer_shades(image)
    picture.putpalette(scheme.palette)
    png = BytesIO()
    picture.save(png, "PNG", compress_level=3)
    return png.getvalue()


@lru_cache(maxsize=128)
def _rounded_mask(width: int, height: int, radius: int) -> Image.Image:
    scale = 4
    mask = Image.new("L", (width * scale, height * scale), 0)
    outline = (0, 0, width * scale - 1, height * scale - 1)
    ImageDraw.Draw(mask).rounded_rectangle(outline, radius=radius * scale, fill=255)
    return mask.reduce(scale)


_KEPT = (*STEPS, TEXTURE, (TEXTURE + COLOUR) // 2)
_NEAREST_KEPT = [min(_KEPT, key=lambda kept: abs(kept - shade)) for shade in range(256)]
