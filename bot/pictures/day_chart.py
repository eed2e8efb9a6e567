"""The picture of a day for the owner: 960 px wide, as tall as its bars need, at most 1280 px.

The upper part has the day's figures on the merchant's colour; on paper below it bars compare stores, or members of
the team, or a grid shows the hours. In a chat the picture is seen at about a third of its size, so no type is smaller
than 30 px.
"""

from PIL import Image

from bot.pictures.canvas import Box, draw_rounded, draw_texts, encode_png
from bot.pictures.day_layout import SHEET, lay_out_day
from bot.pictures.faces import DayFace
from bot.pictures.shades import COLOUR, scheme_of
from bot.pictures.sheet import empty_sheet

__all__ = ["DayFace", "draw_day"]

_RADIUS = 6
_OUTLINE = 3


def draw_day(face: DayFace) -> bytes:
    """The day as a PNG without transparency. Raises ValueError for a colour not written #rrggbb."""
    scheme = scheme_of(face.colour)
    layout = lay_out_day(face, scheme)
    picture = empty_sheet(SHEET).crop((0, 0, SHEET.width, layout.height))
    for bar in layout.bars:
        _draw_bar(picture, bar, scheme.paper_bar)
    for cell, shade in layout.cells:
        draw_rounded(picture, cell, shade, radius=_RADIUS)
    draw_texts(picture, layout.texts)
    return encode_png(picture, scheme)


def _draw_bar(picture: Image.Image, bar: Box, edge: int) -> None:
    """In the merchant's colour; one too light for paper gets an outline that can be seen."""
    draw_rounded(picture, bar, edge, radius=min(_RADIUS, bar.width // 2))
    if edge != COLOUR and bar.width > 2 * _OUTLINE:
        inside = Box(
            left=bar.left + _OUTLINE,
            top=bar.top + _OUTLINE,
            right=bar.right - _OUTLINE,
            bottom=bar.bottom - _OUTLINE,
        )
        draw_rounded(picture, inside, COLOUR, radius=min(_RADIUS - _OUTLINE, inside.width // 2))
