"""The poster for the counter: A4 upright, 200 dots an inch, dressed like the card.

Headline, reward and an empty row of stamps stand on the merchant's colour; the stub bears QR code and steps.
"""

from dataclasses import dataclass

from PIL import Image, ImageDraw

from bot.pictures.canvas import Box, Placed, draw_texts, encode_png, fewer_shades, paste_centred
from bot.pictures.faces import PosterFace
from bot.pictures.lettering import Block, Style, Weight, choices, draw_centred, fit
from bot.pictures.pdf import picture_pdf
from bot.pictures.qr import qr_mask
from bot.pictures.shades import COLOUR, DARK, INK, PAPER, Scheme, scheme_of
from bot.pictures.sheet import SheetSize, empty_sheet
from bot.pictures.stamps import disc_mask, ring_mask, stamp_grid, star_mask

__all__ = ["PosterFace", "draw_poster", "draw_poster_png"]

POSTER = SheetSize(width=1654, height=2339, stub_top=1230, unit=1.72)
POSTER_QR_BOX = Box(left=110, top=1354, right=968, bottom=2212)

_DOTS_PER_INCH = 200
_STAMPS_HEIGHT_MIN = 190
_LEFT = 110
_WIDTH = POSTER.width - 2 * _LEFT
_STEPS_LEFT = 1080
_STEP_DISC = 108
_STEP_REACH = 76
_STEP_TEXT_LEFT = _STEPS_LEFT + _STEP_DISC + 34
_STEP_TEXT_WIDTH = POSTER.width - _LEFT - _STEP_TEXT_LEFT

_NAME = choices(Weight.DISPLAY, (92, 1), (80, 1), (68, 1), (60, 2), (52, 2))
_STORE = choices(Weight.MEDIUM, (50, 1), (44, 1), (40, 2))
_HEADLINE = choices(Weight.DISPLAY, (196, 2), (172, 2), (172, 3), (150, 3), (128, 3), (112, 4), (92, 5))
_REWARD = choices(Weight.SEMIBOLD, (72, 1), (62, 1), (58, 2), (50, 2), (44, 3))
_STEP = choices(Weight.MEDIUM, (46, 3), (42, 4), (38, 5))


@dataclass(frozen=True, slots=True, kw_only=True)
class PosterLayout:
    """Where everything on a poster stands, in px; `discs` are the middles of the steps' numbers."""

    texts: tuple[Placed, ...]
    stamps: Box
    discs: tuple[tuple[int, int], ...]


def draw_poster(face: PosterFace) -> bytes:
    """The poster as a PDF of one A4 page. Raises ValueError as `draw_card` does."""
    scheme = scheme_of(face.colour)
    return picture_pdf(fewer_shades(_picture(face, scheme)), scheme.palette, dots_per_inch=_DOTS_PER_INCH)


def draw_poster_png(face: PosterFace, width: int) -> bytes:
    """The poster as a PNG `width` px wide. Raises ValueError as `draw_card` does."""
    scheme = scheme_of(face.colour)
    height = round(width * POSTER.height / POSTER.width)
    # Not a sharper filter: one that overshoots would leave the stretch of shades it is on.
    return encode_png(_picture(face, scheme).resize((width, height), Image.Resampling.BILINEAR), scheme)


def lay_out_poster(face: PosterFace, scheme: Scheme) -> PosterLayout:
    """Names from the top, reward from the stub upwards; between them the headline and, if asked for, the stamps."""
    names = _names(face, scheme)
    reward = fit(face.reward, _WIDTH, _REWARD)
    foot = Placed(
        block=reward, left=_LEFT, top=POSTER.stub_top - 104 - reward.height, shade=INK, ground=COLOUR
    )
    top, bottom = names[-1].bottom + 100, foot.top - 80
    headline = _headline(face.headline, bottom - top - (_STAMPS_HEIGHT_MIN + 80 if face.stamps_target else 0))
    if not face.stamps_target:
        top += (bottom - top - headline.height) // 2
    head = Placed(block=headline, left=_LEFT, top=top, shade=INK, ground=COLOUR)
    stamps = Box(left=_LEFT, top=head.bottom + 80, right=_LEFT + _WIDTH, bottom=bottom)
    steps, discs = _steps(face)
    texts = tuple(text for text in (*names, head, foot, *steps) if text.block.lines)
    return PosterLayout(texts=texts, stamps=stamps, discs=discs)


def _headline(text: str, height: int) -> Block:
    """In the largest type with which it is no higher than `height` px; in the smallest if none is."""
    blocks = [fit(text, _WIDTH, _HEADLINE[start:]) for start in range(len(_HEADLINE))]
    return next((block for block in blocks if block.height <= height), blocks[-1])


def _names(face: PosterFace, scheme: Scheme) -> tuple[Placed, ...]:
    merchant = Placed(
        block=fit(face.merchant_name, _WIDTH, _NAME), left=_LEFT, top=112, shade=INK, ground=COLOUR
    )
    top = merchant.bottom + 44 if merchant.block.lines else merchant.top
    store = Placed(
        block=fit(face.store_name, _WIDTH, _STORE), left=_LEFT, top=top, shade=scheme.muted, ground=COLOUR
    )
    return (merchant, store) if store.block.lines else (merchant,)


def _steps(face: PosterFace) -> tuple[tuple[Placed, ...], tuple[tuple[int, int], ...]]:
    """Evenly from the top of the QR code to its bottom."""
    pitch = (POSTER_QR_BOX.height - 2 * _STEP_REACH) // max(len(face.steps) - 1, 1)
    discs = tuple(
        (_STEPS_LEFT + _STEP_DISC // 2, POSTER_QR_BOX.top + _STEP_REACH + number * pitch)
        for number in range(len(face.steps))
    )
    texts = tuple(
        Placed(block=block, left=_STEP_TEXT_LEFT, top=y - block.height // 2, shade=DARK, ground=PAPER)
        for block, (_, y) in zip(_step_blocks(face.steps), discs, strict=True)
    )
    return texts, discs


def _step_blocks(steps: tuple[str, ...]) -> list[Block]:
    """All in one style, the largest that holds each of them."""
    sets = ([fit(step, _STEP_TEXT_WIDTH, _STEP[start:]) for step in steps] for start in range(len(_STEP)))
    return next(blocks for blocks in sets if len({block.style for block in blocks}) <= 1)


def _picture(face: PosterFace, scheme: Scheme) -> Image.Image:
    layout = lay_out_poster(face, scheme)
    picture = empty_sheet(POSTER).copy()
    if face.stamps_target:
        _draw_empty_card(picture, layout.stamps, face.stamps_target, scheme)
    paste_centred(
        picture,
        DARK,
        qr_mask(face.join_url, room_px=POSTER_QR_BOX.width + 2 * _LEFT),
        POSTER_QR_BOX.middle,
    )
    if layout.discs:
        ImageDraw.Draw(picture).line((layout.discs[0], layout.discs[-1]), fill=COLOUR, width=5)
    for number, middle in enumerate(layout.discs, start=1):
        paste_centred(picture, COLOUR, disc_mask(_STEP_DISC), middle)
        draw_centred(picture, str(number), Style(Weight.DISPLAY, 56), middle, INK)
    draw_texts(picture, layout.texts)
    return picture


def _draw_empty_card(picture: Image.Image, room: Box, stamps_target: int, scheme: Scheme) -> None:
    grid = stamp_grid(stamps_target, room.width, room.height)
    for x, y in grid.centres:
        paste_centred(picture, scheme.line, ring_mask(grid.diameter), (room.left + x, room.top + y))
    x, y = grid.centres[-1]
    paste_centred(picture, INK, star_mask(round(grid.diameter * 0.56)), (room.left + x, room.top + y))
