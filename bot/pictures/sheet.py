"""The empty sheet under every picture: a postmark on the colour above, a white stub with a perforated edge."""

import math
from functools import lru_cache

from PIL import Image, ImageDraw

from bot.pictures.shades import COLOUR, PAPER, TEXTURE
from domain.quick import dataclass

_SCALE = 2
_EDGE_SHADE = TEXTURE - 4


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetSize:
    """In px; `unit` is the size that one px of the card's design has on this sheet."""

    width: int
    height: int
    stub_top: int
    unit: float


@lru_cache(maxsize=3)
def empty_sheet(size: SheetSize) -> Image.Image:
    """Shades only, no one's colours yet. Shared, so to be copied before it is drawn on."""
    sheet = Image.new("L", (size.width, size.height), PAPER)
    sheet.paste(_postmarked_ground(size), (0, 0))
    stub = _stub_mask(size)
    sheet.paste(_EDGE_SHADE, (0, size.stub_top - round(5 * size.unit)), stub)
    sheet.paste(PAPER, (0, size.stub_top), stub)
    return sheet


def _postmarked_ground(size: SheetSize) -> Image.Image:
    """The colour down to the stub; the postmark's rings run out at the top right, its waves at the left."""
    unit = size.unit * _SCALE
    ground = Image.new("L", (size.width * _SCALE, round((size.stub_top + 20 * size.unit) * _SCALE)), COLOUR)
    pen = ImageDraw.Draw(ground)
    x, y, radius, line = size.width * _SCALE - 120 * unit, 60 * unit, 300 * unit, round(6 * unit)
    for share in (1.0, 0.93, 0.62):
        reach = radius * share
        pen.ellipse((x - reach, y - reach, x + reach, y + reach), outline=TEXTURE, width=line)
    for number in range(6):
        middle = y + (number - 2.5) * 40 * unit
        wave = [
            (x - radius * 1.1 - step * 7 * unit, middle + 13 * unit * math.sin(step / 3))
            for step in range(120)
        ]
        pen.line(wave, fill=TEXTURE, width=line)
    return ground.reduce(_SCALE)


def _stub_mask(size: SheetSize) -> Image.Image:
    """255 from the stub's upper edge to a little below the sheet, but for the half holes in the edge."""
    scale = 2 * _SCALE
    mask = Image.new("L", (size.width, size.height - size.stub_top + round(8 * size.unit)), 255)
    edge = Image.new("L", (size.width * scale, round(12 * size.unit) * scale), 255)
    pen = ImageDraw.Draw(edge)
    pitch, radius = size.width * scale / round(size.width / size.unit / 32), 9 * size.unit * scale
    for number in range(round(edge.width / pitch) + 1):
        pen.ellipse((number * pitch - radius, -radius, number * pitch + radius, radius), fill=0)
    mask.paste(edge.reduce(scale), (0, 0))
    return mask
