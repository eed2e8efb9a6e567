"""The poster for the counter: A4, A5, A6, or two table tents to cut and fold from one A4 page.

All sizes show one upright picture, printed larger or smaller; a tent shows it on both sides. From the top: names and
headlines; the code, and beside it what the card is good for; the steps, in a column for each language. On white it
takes little ink; in full colour its head looks like the card.
"""

import math
from collections.abc import Sequence
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from bot.kit.refusals import PictureUnusable
from bot.pictures.canvas import Box, Placed, draw_texts, encode_png, fewer_shades, paste_centred
from bot.pictures.faces import PosterFace, PosterSize
from bot.pictures.lettering import OVERHANG, Block, Weight, choices, fit
from bot.pictures.pdf import Inset, Page, Panel, picture_pdf
from bot.pictures.qr import qr_mask
from bot.pictures.shades import COLOUR, DARK, INK, PAPER, Scheme, scheme_of
from bot.pictures.sheet import SheetSize, empty_sheet
from bot.pictures.stamps import ring_mask, stamp_grid, star_mask
from domain.quick import dataclass

__all__ = ["PosterFace", "draw_poster", "draw_poster_png"]

POSTER = SheetSize(width=1654, height=2339, stub_top=840, unit=1.72)
POSTER_QR_ROOM = Box(left=18, top=858, right=961, bottom=1801)
"""The room of the code with its quiet zone; the code itself is flush left with the text."""

_LEFT = 110
_WIDTH = POSTER.width - 2 * _LEFT
_HEAD_BOTTOM = POSTER.stub_top - 70
_STAMPS_HEIGHT_MIN = 110
_LOGO = Box(left=1204, top=84, right=_LEFT + _WIDTH, bottom=264)
_ASIDE = Box(left=1000, top=950, right=_LEFT + _WIDTH, bottom=1710)
_ADDRESS_TOP = 1818
_STEPS = Box(left=_LEFT, top=1896, right=_LEFT + _WIDTH, bottom=2282)
_COLUMN_GAP = 44
_NUMBER_WIDTH = 48
_PAUSE_MIN, _PAUSE_MAX = 20, 100
_LOGO_PIXELS_MAX = 24_000_000

_NAME = choices(Weight.DISPLAY, (92, 1), (80, 1), (68, 1), (60, 2), (52, 2), (44, 2))
_STORE = choices(Weight.MEDIUM, (50, 1), (44, 1), (40, 1), (34, 1))
_HEADLINE = choices(
    Weight.DISPLAY, (172, 2), (150, 2), (128, 2), (112, 2), (96, 2), (84, 2), (72, 2), (60, 3)
)
_FURTHER_HEADLINE = choices(Weight.SEMIBOLD, (52, 1), (46, 1), (40, 1), (36, 1), (32, 1))
_ADDRESS = choices(Weight.SEMIBOLD, (50, 1), (44, 1), (40, 1))
_PROMISE_SIZES_PX = (72, 64, 56, 50, 44, 40, 36, 33, 30)
_STEP_SIZES_PX = (50, 46, 42, 38, 34, 31, 28)

_MM = 72 / 25.4
_A4 = (210 * _MM, 297 * _MM)


def _upright(width_mm: int, height_mm: int) -> Page:
    width, height = width_mm * _MM, height_mm * _MM
    return Page(width=width, height=height, panels=(Panel(left=0, bottom=0, width=width, height=height),))


def _two_tents() -> Page:
    """To be cut along the upright line and folded along the other."""
    width, height = _A4[0] / 2, _A4[1] / 2
    panels = (
        Panel(left=column * width, bottom=row * height, width=width, height=height, is_turned=row == 1)
        for column in range(2)
        for row in range(2)
    )
    lines = ((width, 0.0, width, _A4[1]), (0.0, height, _A4[0], height))
    return Page(width=_A4[0], height=_A4[1], panels=tuple(panels), lines=lines)


PAGES = {
    PosterSize.A4: _upright(210, 297),
    PosterSize.A5: _upright(148, 210),
    PosterSize.A6: _upright(105, 148),
    PosterSize.TENT: _two_tents(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PosterLayout:
    """Where everything on a poster stands, in px; `stamps` is the room for an empty card, if one is shown."""

    texts: tuple[Placed, ...]
    stamps: Box | None


@dataclass(frozen=True, slots=True)
class _Shades:
    """The shades of the head."""

    ground: int
    text: int
    muted: int
    line: int


def draw_poster(face: PosterFace, size: PosterSize = PosterSize.A4) -> bytes:
    """The poster as a PDF of one page. Raises ValueError as `draw_card` does, and PictureUnusable for the logo."""
    scheme = scheme_of(face.colour)
    picture = fewer_shades(_picture(face, scheme))
    inset = logo_inset(face.logo, _LOGO, (POSTER.width, POSTER.height)) if face.logo else None
    return picture_pdf(picture, scheme.palette, PAGES[size], inset)


def draw_poster_png(face: PosterFace, width: int) -> bytes:
    """The poster without its logo, as a PNG `width` px wide. Raises ValueError as `draw_card` does."""
    scheme = scheme_of(face.colour)
    height = round(width * POSTER.height / POSTER.width)
    # Not a sharper filter: one that overshoots would give shades from beyond the two that it mixes.
    return encode_png(_picture(face, scheme).resize((width, height), Image.Resampling.BILINEAR), scheme)


def lay_out_poster(face: PosterFace, scheme: Scheme) -> PosterLayout:
    """Names and headlines from the top; the empty card gets what they leave of the head, if that is enough."""
    shades = _shades(face, scheme)
    names = _names(face, shades)
    top = names[-1].bottom + 82
    further = [fit(words.headline, _WIDTH, _FURTHER_HEADLINE) for words in face.words[1:]]
    room = _HEAD_BOTTOM - top - sum(block.height + _reach(block, block) for block in further)
    headline = _headline(face.words[0].headline, room - (_STAMPS_HEIGHT_MIN if face.stamps_target else 0))
    head = [Placed(block=headline, left=_LEFT, top=top, shade=shades.text, ground=shades.ground)]
    for block in further:
        below = head[-1].bottom + _reach(head[-1].block, block)
        head.append(Placed(block=block, left=_LEFT, top=below, shade=shades.muted, ground=shades.ground))
    texts = (*names, *head, *_promises(face, scheme), _address(face), *_steps(face))
    stamps_top = head[-1].bottom + _reach(head[-1].block, head[-1].block)
    stamps = Box(left=_LEFT, top=stamps_top, right=_LEFT + _WIDTH, bottom=_HEAD_BOTTOM)
    return PosterLayout(
        texts=tuple(text for text in texts if text.block.lines),
        stamps=stamps if face.stamps_target and stamps.height >= _STAMPS_HEIGHT_MIN else None,
    )


def _reach(above: Block, below: Block) -> int:
    """The least distance between two blocks, in px."""
    return math.ceil(OVERHANG * (above.style.size_px + below.style.size_px)) + 2


def _shades(face: PosterFace, scheme: Scheme) -> _Shades:
    if face.is_coloured:
        return _Shades(COLOUR, INK, scheme.muted, scheme.line)
    return _Shades(PAPER, DARK, scheme.paper_muted, scheme.paper_bar)


def _names(face: PosterFace, shades: _Shades) -> tuple[Placed, ...]:
    width = _LOGO.left - 40 - _LEFT if face.logo else _WIDTH
    merchant = fit(face.merchant_name, width, _NAME)
    store = fit(face.store_name, width, _STORE)
    above = Placed(block=merchant, left=_LEFT, top=96, shade=shades.text, ground=shades.ground)
    top = above.bottom + 44 if merchant.lines and store.lines else above.bottom
    return above, Placed(block=store, left=_LEFT, top=top, shade=shades.muted, ground=shades.ground)


def _headline(text: str, height: int) -> Block:
    """In the largest type with which it is whole and, with the space below it, no higher than `height` px."""
    blocks = (fit(text, _WIDTH, (wish,)) for wish in _HEADLINE)
    fitting = (
        block for block in blocks if block.height + _reach(block, block) <= height and not block.is_cut
    )
    return next(fitting, None) or fit(text, _WIDTH, (_HEADLINE[-1],))


def _promises(face: PosterFace, scheme: Scheme) -> list[Placed]:
    """Beside the code, in each language: what the card is good for, and that it needs no app of its own."""
    said = [
        item
        for words in face.words
        for item in ((words.reward, Weight.SEMIBOLD), (words.note, Weight.MEDIUM))
    ]
    pauses = max(len(face.words) - 1, 1)
    blocks = _one_size(said, _ASIDE.width, _ASIDE.height - _PAUSE_MIN * pauses, _PROMISE_SIZES_PX)
    spare = _ASIDE.height - _height(blocks)
    pause = min(spare // pauses, _PAUSE_MAX)
    placed, top = [], _ASIDE.top
    for number, block in enumerate(blocks):
        shade = scheme.paper_muted if number % 2 else DARK
        placed.append(Placed(block=block, left=_ASIDE.left, top=top, shade=shade, ground=PAPER))
        top += block.height + _reach(block, block) + (pause if number % 2 else 0)
    return placed


def _address(face: PosterFace) -> Placed:
    block = fit(face.address, _WIDTH, _ADDRESS)
    return Placed(block=block, left=_LEFT, top=_ADDRESS_TOP, shade=DARK, ground=PAPER)


def _steps(face: PosterFace) -> list[Placed]:
    """A column for each language, all in one size."""
    width = (_STEPS.width - _COLUMN_GAP * (len(face.words) - 1)) // len(face.words)
    columns = [[(step, Weight.MEDIUM) for step in words.steps] for words in face.words]
    room = width - _NUMBER_WIDTH, _STEPS.height
    sizes = [_one_size(column, *room, _STEP_SIZES_PX)[0].style.size_px for column in columns if column]
    placed = []
    for place, column in enumerate(columns):
        left, top = _STEPS.left + place * (width + _COLUMN_GAP), _STEPS.top
        for number, block in enumerate(_one_size(column, *room, (min(sizes, default=0),)), start=1):
            mark = fit(str(number), _NUMBER_WIDTH, choices(Weight.DISPLAY, (block.style.size_px, 1)))
            placed += [
                Placed(block=mark, left=left, top=top, shade=DARK, ground=PAPER),
                Placed(block=block, left=left + _NUMBER_WIDTH, top=top, shade=DARK, ground=PAPER),
            ]
            top += block.height + _reach(block, block)
    return placed


def _one_size(
    said: Sequence[tuple[str, Weight]], width: int, height: int, sizes_px: Sequence[int]
) -> list[Block]:
    """Blocks below each other, in the largest size in which all are whole within the height. If there is none, in the
    smallest, each cut to as many lines as it has room for."""
    for size_px in sizes_px:
        blocks: list[Block] = []
        for text, weight in said:
            blocks.append(fit(text, width, choices(weight, (size_px, 12))))
            if blocks[-1].is_cut or _height(blocks) > height:
                break
        else:
            return blocks
    lines_max = max(round(height / len(said) / sizes_px[-1] / 1.28 - 0.7), 1)
    return [fit(text, width, choices(weight, (sizes_px[-1], lines_max))) for text, weight in said]


def _height(blocks: Sequence[Block]) -> int:
    return sum(block.height + _reach(block, block) for block in blocks)


def _picture(face: PosterFace, scheme: Scheme) -> Image.Image:
    layout, shades = lay_out_poster(face, scheme), _shades(face, scheme)
    white = Image.new("L", (POSTER.width, POSTER.height), PAPER)
    picture = empty_sheet(POSTER).copy() if face.is_coloured else white
    if layout.stamps:
        _draw_empty_card(picture, layout.stamps, face.stamps_target, shades)
    code = qr_mask(face.join_url, room_px=POSTER_QR_ROOM.width)
    paste_centred(picture, DARK, code, POSTER_QR_ROOM.middle)
    draw_texts(picture, layout.texts)
    return picture


def _draw_empty_card(picture: Image.Image, room: Box, stamps_target: int, shades: _Shades) -> None:
    grid = stamp_grid(stamps_target, room.width, room.height)
    for x, y in grid.centres:
        paste_centred(picture, shades.line, ring_mask(grid.diameter), (room.left + x, room.top + y))
    x, y = grid.centres[-1]
    paste_centred(picture, shades.text, star_mask(round(grid.diameter * 0.56)), (room.left + x, room.top + y))


def logo_inset(logo: bytes, room: Box, whole: tuple[int, int], *, is_left: bool = False) -> Inset:
    """The logo as large as the room allows, at its right or left, on a picture of `whole` px (width, height). Raises
    PictureUnusable."""
    try:
        picture = Image.open(BytesIO(logo), formats=("PNG", "JPEG"))
        if picture.width * picture.height > _LOGO_PIXELS_MAX:
            raise PictureUnusable
        picture.thumbnail((4 * room.width, 4 * room.height))
        coloured = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PictureUnusable from error
    ground = Image.new("RGBA", coloured.size, "white")
    ground.alpha_composite(coloured)
    scale = min(room.width / ground.width, room.height / ground.height)
    width, height = ground.width * scale, ground.height * scale
    return Inset(
        picture=ground.convert("RGB"),
        left=(room.left if is_left else room.right - width) / whole[0],
        bottom=1 - (room.top + height) / whole[1],
        width=width / whole[0],
        height=height / whole[1],
    )
