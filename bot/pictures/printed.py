"""Printed cards of the size of a business card, ten on an A4 page, to be cut along the marks at its edges."""

from collections.abc import Iterator

from PIL import Image

from bot.pictures.canvas import Box, Placed, draw_rounded, draw_texts, fewer_shades, paste_centred
from bot.pictures.faces import PrintedFace
from bot.pictures.lettering import Weight, choices, fit
from bot.pictures.pdf import Page, Panel, sheets_pdf
from bot.pictures.poster import logo_inset
from bot.pictures.qr import qr_mask
from bot.pictures.shades import COLOUR, DARK, PAPER, Scheme, scheme_of

COLUMNS, ROWS = 2, 5
WIDTH, HEIGHT = 1004, 650
"""85 × 55 mm at 300 pixels an inch."""
CODE = Box(left=468, top=58, right=1002, bottom=592)
"""The room of the code with its quiet zone."""

_LEFT, _TEXT_WIDTH = 64, 424
_BAR = Box(left=0, top=0, right=22, bottom=HEIGHT)
_LOGO = Box(left=_LEFT, top=52, right=_LEFT + _TEXT_WIDTH, bottom=142)
_NAME = choices(Weight.DISPLAY, (60, 1), (52, 2), (44, 2), (38, 3))
_NAME_BELOW_LOGO = choices(Weight.DISPLAY, (48, 1), (42, 1), (36, 2), (32, 2), (30, 3))
_WHAT = choices(Weight.MEDIUM, (36, 2), (32, 2), (32, 3), (28, 3), (25, 3))
_NUMBER = choices(Weight.DISPLAY, (58, 1), (50, 1))
_HINT = choices(Weight.MEDIUM, (27, 3), (24, 4), (22, 4))
_GAP = 30
_BOTTOM = 598

_MM = 72 / 25.4
_A4 = (210 * _MM, 297 * _MM)
_CARD = (85 * _MM, 55 * _MM)
_MARK, _OFF = 4 * _MM, 2 * _MM
"""How long a mark is, and how far it stays away from the cards."""


def draw_printed(face: PrintedFace) -> bytes:
    """The cards as a PDF, ten a page. Raises ValueError as ``draw_card`` does, and PictureUnusable for the logo."""
    scheme = scheme_of(face.colour)
    inset = logo_inset(face.logo, _LOGO, (WIDTH, HEIGHT), is_left=True) if face.logo else None
    pictures = [fewer_shades(draw_one(face, scheme, number, url)) for number, url in face.cards]
    return sheets_pdf(pictures, scheme.palette, _page(), inset)


def draw_one(face: PrintedFace, scheme: Scheme, number: str, url: str) -> Image.Image:
    picture = Image.new("L", (WIDTH, HEIGHT), PAPER)
    draw_rounded(picture, _BAR, COLOUR, radius=0)
    paste_centred(picture, DARK, qr_mask(url, room_px=CODE.width), CODE.middle)
    draw_texts(picture, _texts(face, scheme, number))
    return picture


def _texts(face: PrintedFace, scheme: Scheme, number: str) -> Iterator[Placed]:
    """The name at the top, number and hint at the bottom; between them what it is good for, if there is room."""
    muted = scheme.paper_muted
    top = _LOGO.bottom + _GAP if face.logo else _LOGO.top + 12
    name = fit(face.merchant_name, _TEXT_WIDTH, _NAME_BELOW_LOGO if face.logo else _NAME)
    yield Placed(block=name, left=_LEFT, top=top, shade=DARK, ground=PAPER)
    hint = fit(face.hint, _TEXT_WIDTH, _HINT)
    yield Placed(block=hint, left=_LEFT, top=_BOTTOM - hint.height, shade=muted, ground=PAPER)
    digits = fit(number, _TEXT_WIDTH, _NUMBER)
    above = _BOTTOM - hint.height - _GAP - digits.height
    yield Placed(block=digits, left=_LEFT, top=above, shade=DARK, ground=PAPER)
    below = top + name.height + _GAP
    wishes = (fit(face.what, _TEXT_WIDTH, (wish,)) for wish in _WHAT)
    what = next((each for each in wishes if not each.is_cut and below + each.height + _GAP <= above), None)
    if what is not None:
        yield Placed(block=what, left=_LEFT, top=below, shade=muted, ground=PAPER)


def _page() -> Page:
    """The places of the cards, from the top left, and the marks to cut along."""
    left = (_A4[0] - COLUMNS * _CARD[0]) / 2
    bottom = (_A4[1] - ROWS * _CARD[1]) / 2
    panels = tuple(
        Panel(left=left + x * _CARD[0], bottom=bottom + y * _CARD[1], width=_CARD[0], height=_CARD[1])
        for y in reversed(range(ROWS))
        for x in range(COLUMNS)
    )
    right, top = _A4[0] - left, _A4[1] - bottom
    lines: list[tuple[float, float, float, float]] = []
    for x in (left + column * _CARD[0] for column in range(COLUMNS + 1)):
        lines += [(x, bottom - _OFF - _MARK, x, bottom - _OFF), (x, top + _OFF, x, top + _OFF + _MARK)]
    for y in (bottom + row * _CARD[1] for row in range(ROWS + 1)):
        lines += [(left - _OFF - _MARK, y, left - _OFF, y), (right + _OFF, y, right + _OFF + _MARK, y)]
    return Page(width=_A4[0], height=_A4[1], panels=panels, lines=tuple(lines))
