"""A merchant's colour, and every other colour of a picture computed from it.

Pictures are drawn in *shades*: one byte a pixel, on a line that runs

    INK (text on the colour) - COLOUR (the merchant's) - PAPER (white) - DARK (text on paper)

The shades become colours at the very end, as the palette of the PNG. Antialiasing mixes shades linearly, which is
right between neighbours on the line; so one cached drawing serves every merchant, and the file is small.
"""

import re
from functools import lru_cache
from itertools import pairwise

from domain.quick import dataclass

INK = 0
COLOUR = 85
PAPER = 170
DARK = 255

TEXTURE = COLOUR - 5
"""The farthest from COLOUR that decoration may go where text can stand on it."""

STEPS = (*(round(start + 8.5 * step) for start in (INK, COLOUR, PAPER) for step in range(10)), DARK)
"""The shades a finished picture keeps: enough for smooth edges, few enough for a small file."""

TEXT_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3, level AA."""

LINE_CONTRAST = 3.0
"""WCAG 2.2, success criterion 1.4.11: what is not text but must be seen."""

Rgb = tuple[int, int, int]

_WHITE: Rgb = (255, 255, 255)
_BLACK: Rgb = (0, 0, 0)
_ANCHORS = (INK, COLOUR, PAPER, DARK)
_HEX_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """The colours of one merchant: `palette` is 256 RGB triples, one a shade; the rest are shades chosen by contrast.

    Each has the contrast that it needs: texts keep `TEXT_CONTRAST` even where they cross the texture.
    """

    palette: bytes
    muted: int
    """Less important text on the colour."""
    quiet: int
    """The least important text on the colour: no stronger than it has to be."""
    line: int
    """Outlines on the colour."""
    paper_muted: int
    """Less important text on paper."""
    paper_bar: int
    """The edge of bars on paper: the colour itself, where it can be seen there."""

    def rgb(self, shade: int) -> Rgb:
        red, green, blue = self.palette[shade * 3 : shade * 3 + 3]
        return red, green, blue


@lru_cache(maxsize=512)
def scheme_of(colour: str) -> Scheme:
    """The scheme of a colour written "#6f4e37". Raises ValueError for anything else.

    A colour on which white text just fails is deepened a little, as a printer would; lighter ones get dark text.
    """
    ground, ink = _ground_and_ink(parse_colour(colour))
    palette = _ramp((ink, ground, _WHITE, _dark_of(ground)))
    return Scheme(
        palette=b"".join(map(bytes, palette)),
        muted=_first_readable(palette, 26, INK, on=TEXTURE, ratio=TEXT_CONTRAST),
        quiet=_first_readable(palette, 60, INK, on=TEXTURE, ratio=TEXT_CONTRAST),
        line=_first_readable(palette, 60, INK, on=COLOUR, ratio=LINE_CONTRAST),
        paper_muted=_first_readable(palette, 221, DARK, on=PAPER, ratio=TEXT_CONTRAST),
        paper_bar=_bar_on_paper(palette),
    )


def parse_colour(colour: str) -> Rgb:
    """The red, green and blue of "#6f4e37". Raises ValueError for anything else."""
    if not _HEX_COLOUR.fullmatch(colour):
        raise ValueError(f"not a colour written as #rrggbb: {colour!r}")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def contrast(one: Rgb, other: Rgb) -> float:
    """WCAG contrast ratio, 1 (none) to 21 (black on white)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Rgb) -> float:
    red, green, blue = (_linear(channel / 255) for channel in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _ground_and_ink(colour: Rgb) -> tuple[Rgb, Rgb]:
    for percent in range(0, 19, 2):
        ground = _mix(colour, _BLACK, percent / 100)
        if _holds_text(ground, _WHITE):
            return ground, _WHITE
    inks = (_mix(colour, _BLACK, percent / 100) for percent in range(82, 100, 3))
    return colour, next((ink for ink in inks if _holds_text(colour, ink)), _BLACK)


def _holds_text(ground: Rgb, ink: Rgb) -> bool:
    return contrast(ink, _mix(ground, ink, (COLOUR - TEXTURE) / COLOUR)) >= TEXT_CONTRAST


def _dark_of(ground: Rgb) -> Rgb:
    """Nearly black, with a breath of the colour: text and QR codes on paper."""
    darks = (_mix(ground, _BLACK, percent / 100) for percent in range(76, 100, 3))
    return next((dark for dark in darks if contrast(dark, _WHITE) >= 16), _BLACK)


def _ramp(anchors: tuple[Rgb, ...]) -> list[Rgb]:
    steps = zip(pairwise(_ANCHORS), pairwise(anchors), strict=True)
    ramp = [
        _mix(start, end, index / (high - low))
        for (low, high), (start, end) in steps
        for index in range(high - low)
    ]
    return [*ramp, anchors[-1]]


def _first_readable(palette: list[Rgb], start: int, end: int, *, on: int, ratio: float) -> int:
    """The first step on the way from `start` to `end` with the contrast; `end` if none has it."""
    steps = sorted(
        (step for step in STEPS if min(start, end) <= step <= max(start, end)), reverse=start > end
    )
    return next((step for step in steps if contrast(palette[step], palette[on]) >= ratio), end)


def _bar_on_paper(palette: list[Rgb]) -> int:
    if contrast(palette[COLOUR], palette[PAPER]) >= LINE_CONTRAST:
        return COLOUR
    return _first_readable(palette, PAPER, DARK, on=PAPER, ratio=LINE_CONTRAST)


def _mix(start: Rgb, end: Rgb, share: float) -> Rgb:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(start, end, strict=True))
    return red, green, blue
