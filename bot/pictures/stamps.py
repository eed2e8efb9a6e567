"""The round marks of a card: stamped, still open, and the open one that brings the reward; and where they stand.

A mark is a mask (mode "L", 255 where ink falls), so it takes any colour. Marks are drawn four times too large and
reduced; they are cached and shared: never change one.
"""

import hashlib
import math
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from bot.pictures.lettering import Style, Weight, draw_centred, drawable
from domain.quick import dataclass

_SCALE = 4
_TURNS_DEGREES = (-7, 5, -3, 9, 3, -10, 6)
NEWEST_TURN_DEGREES = -18
"""How far the last stamp given is turned, anticlockwise."""

_TEETH = 30
_DIAMETER_MAX = 190
_GAP = 0.16
_WEAR_SIDE = 512


@dataclass(frozen=True, slots=True)
class Grid:
    """Where marks stand: centres in px from the top left of the room, row by row."""

    diameter: int
    centres: tuple[tuple[int, int], ...]


@lru_cache(maxsize=256)
def stamp_grid(count: int, width: int, height: int) -> Grid:
    """The grid of `count` marks with the largest circles the room allows, preferring a last row that is full.

    Rows are flush left and spread over the whole width unless that would tear them apart.
    """
    columns = max(range(1, count + 1), key=lambda columns: _merit(count, columns, width, height))
    rows = math.ceil(count / columns)
    diameter = _diameter(columns, rows, width, height)
    across = min((width - diameter) / max(columns - 1, 1), diameter * (2.1 if columns > 3 else 1.25))
    down = min((height - diameter) / max(rows - 1, 1), diameter * 1.25)
    top = (height - diameter - down * (rows - 1)) / 2
    places = (divmod(index, columns) for index in range(count))
    centres = (
        (round(diameter / 2 + column * across), round(top + diameter / 2 + row * down))
        for row, column in places
    )
    return Grid(diameter, tuple(centres))


def sign_of(merchant_name: str) -> str:
    """What the merchant's stamp bears: the first letter or digit of the name that can be drawn, else a check."""
    first = next((character for character in drawable(merchant_name) if character.isalnum()), "✓")
    return first.upper() if len(first.upper()) == 1 else first


@lru_cache(maxsize=256)
def stamped_mask(diameter: int, sign: str, index: int, *, newest: bool) -> Image.Image:
    """A rubber stamp's print with letter and ring left out; each turned and worn its own way, the newest the most."""
    turn = NEWEST_TURN_DEGREES if newest else _TURNS_DEGREES[index % len(_TURNS_DEGREES)]
    print_ = ImageChops.subtract(disc_mask(diameter), sign_mask(diameter, sign, turn))
    return ImageChops.multiply(print_, _worn_patch(diameter, index))


@lru_cache(maxsize=32)
def disc_mask(diameter: int) -> Image.Image:
    """A disc with a toothed edge."""
    side = diameter * _SCALE
    steps = _TEETH * 12
    outline = [
        _on_circle(side / 2, side / 2, side * (0.486 + 0.012 * math.cos(step / 12 * math.tau)), step / steps)
        for step in range(steps)
    ]
    mask = Image.new("L", (side, side), 0)
    ImageDraw.Draw(mask).polygon(outline, fill=255)
    return mask.reduce(_SCALE)


@lru_cache(maxsize=128)
def sign_mask(diameter: int, sign: str, turn_degrees: int) -> Image.Image:
    """What a disc bears: a letter in a ring, between two dots that show its turn."""
    side = diameter * _SCALE
    letter = Image.new("L", (side, side), 0)
    draw_centred(letter, sign, Style(Weight.DISPLAY, round(side * 0.5)), (side // 2, side // 2), 255)
    _draw_circle(letter, radius=0.41, line=0.016)
    for middle in (0.165, 0.835):
        box = (side * (middle - 0.02), side * 0.48, side * (middle + 0.02), side * 0.52)
        ImageDraw.Draw(letter).ellipse(box, fill=255)
    return letter.reduce(_SCALE // 2).rotate(turn_degrees, Image.Resampling.BICUBIC).reduce(2)


@lru_cache(maxsize=64)
def ring_mask(diameter: int) -> Image.Image:
    """The outline of an open place."""
    mask = Image.new("L", (diameter * _SCALE, diameter * _SCALE), 0)
    _draw_circle(mask, radius=0.48, line=max(0.026, 3 / diameter))
    return mask.reduce(_SCALE)


@lru_cache(maxsize=64)
def star_mask(side_px: int) -> Image.Image:
    """A five-pointed star with rounded points, as large as its square allows."""
    side = side_px * _SCALE
    rounding = side * 0.05
    points = [
        _on_circle(side / 2, side * 0.53, side * (0.42 if corner % 2 == 0 else 0.205), corner / 10)
        for corner in range(10)
    ]
    mask = Image.new("L", (side, side), 0)
    pen = ImageDraw.Draw(mask)
    pen.polygon(points, fill=255)
    pen.line([*points, *points[:2]], fill=255, width=round(rounding * 2), joint="curve")
    return mask.reduce(_SCALE)


def _merit(count: int, columns: int, width: int, height: int) -> float:
    """The diameter, less for rows of different length, and for several rows too short to reach both margins."""
    rows = math.ceil(count / columns)
    is_even = count % columns == 0
    is_wide = rows == 1 or columns > 3
    return (
        _diameter(columns, rows, width, height) * (1.0 if is_even else 0.75) * (1.0 if is_wide else 0.8)
        - rows * 0.01
    )


def _diameter(columns: int, rows: int, width: int, height: int) -> int:
    across = width / (columns + (columns - 1) * _GAP)
    down = height / (rows + (rows - 1) * _GAP)
    return int(min(across, down, _DIAMETER_MAX))


def _draw_circle(mask: Image.Image, *, radius: float, line: float) -> None:
    """A circle about the middle; radius and line width as shares of the side."""
    side = mask.width
    near, far = side * (0.5 - radius), side * (0.5 + radius)
    ImageDraw.Draw(mask).ellipse((near, near, far, far), outline=255, width=max(round(side * line), 1))


def _on_circle(x: float, y: float, radius: float, turn: float) -> tuple[float, float]:
    """The point a share of a `turn` clockwise from the top."""
    return x + radius * math.sin(turn * math.tau), y - radius * math.cos(turn * math.tau)


def _worn_patch(diameter: int, index: int) -> Image.Image:
    left = index * 89 % (_WEAR_SIDE - diameter)
    top = index * 53 % (_WEAR_SIDE - diameter)
    return _wear().crop((left, top, left + diameter, top + diameter))


@lru_cache(maxsize=1)
def _wear() -> Image.Image:
    """Where a rubber stamp misses the paper: 255 nearly everywhere, with specks, more of them in patches."""
    fine = _noise("fine", _WEAR_SIDE // 2).resize((_WEAR_SIDE, _WEAR_SIDE), Image.Resampling.BICUBIC)
    coarse = _noise("coarse", _WEAR_SIDE // 32).resize((_WEAR_SIDE, _WEAR_SIDE), Image.Resampling.BICUBIC)
    field = Image.blend(fine.filter(ImageFilter.GaussianBlur(1.8)), coarse, 0.22)
    return field.point([max(110, min(255, 255 - 24 * (80 - value))) for value in range(256)])


def _noise(seed: str, side: int) -> Image.Image:
    """The same noise every time."""
    return Image.frombytes("L", (side, side), hashlib.shake_128(seed.encode()).digest(side * side))
