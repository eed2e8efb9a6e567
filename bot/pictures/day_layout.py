"""Where everything on a day's picture stands, in px from its top left corner."""

import math
from itertools import pairwise

from bot.pictures.canvas import Box, Placed
from bot.pictures.faces import Count, DayBar, DayFace, HourGrid
from bot.pictures.lettering import Block, Choices, Weight, choices, drawable, fit
from bot.pictures.shades import COLOUR, DARK, INK, PAPER, Scheme
from bot.pictures.sheet import SheetSize
from domain.quick import dataclass

SHEET = SheetSize(width=960, height=1280, stub_top=584, unit=1)
"""The largest size of a day's picture; one with few bars is less tall."""

_LEFT = 60
_RIGHT = SHEET.width - _LEFT
_WIDTH = _RIGHT - _LEFT
_COLUMNS = (_LEFT, 512)
_COLUMN_WIDTH = _RIGHT - _COLUMNS[1]
_VALUES_BOTTOM = 302
_LABELS_BOTTOM = 380
_COMPARED_BOTTOM = 430
_COUNTS_BOTTOM = SHEET.stub_top - 48
_BARS_TOP = SHEET.stub_top + 58
_ROWS_TOP = _BARS_TOP + 64
_MARGIN_BELOW = 44
_PITCH_MAX = 80
_NAME_WIDTH_MAX = 350
_ROW_GAP = 28
_SPACE = 18
_BAR_WIDTH_MIN = 8

_GRID_PITCH = 62
_GRID_GAP = 5
_GRID_NAME_WIDTH_MAX = 160
_EMPTY = 8
_LEAST = 17

_NAME = choices(Weight.SEMIBOLD, (40, 1), (36, 1), (32, 1), (30, 1))
_DATE = choices(Weight.MEDIUM, (34, 1), (32, 1), (30, 1))
_VALUE = choices(Weight.DISPLAY, (160, 1), (140, 1), (120, 1), (100, 1), (84, 1), (68, 1), (52, 1))
_LABEL = choices(Weight.MEDIUM, (42, 1), (38, 1), (34, 1), (30, 1))
_CHANGE = choices(Weight.SEMIBOLD, (42, 1), (38, 1), (34, 1), (30, 1))
_COMPARED = choices(Weight.MEDIUM, (34, 1), (32, 1), (30, 1))
_COUNT = choices(Weight.DISPLAY, (60, 1), (52, 1), (44, 1), (36, 1))
_COUNT_LABEL = choices(Weight.MEDIUM, (36, 1), (34, 1), (32, 1), (30, 1))
_BARS_TITLE = choices(Weight.SEMIBOLD, (38, 1), (34, 1), (30, 1))
_ROW_NAME = choices(Weight.MEDIUM, (34, 1), (32, 1), (30, 1))
_ROW_VALUE = choices(Weight.SEMIBOLD, (34, 1), (32, 1), (30, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLayout:
    """`height` is where the picture ends; `bars` are those with a length, largest first; `cells` are those of a grid,
    each with its shade."""

    texts: tuple[Placed, ...]
    bars: tuple[Box, ...]
    height: int
    cells: tuple[tuple[Box, int], ...] = ()


def lay_out_day(face: DayFace, scheme: Scheme) -> DayLayout:
    """Whose day it was and its figures on the colour; on paper below it the bars, if there are any."""
    above = (*_heading(face, scheme), *_headlines(face, scheme), *_counts(face.counts, scheme))
    if face.grid:
        return _with_grid(_seen(above), face.grid, scheme)
    if not face.bars:
        return DayLayout(texts=_seen(above), bars=(), height=SHEET.stub_top - 6)
    rows = _rows(face, scheme)
    title = Placed(
        block=fit(face.bars_title, _WIDTH, _BARS_TITLE), left=_LEFT, top=_BARS_TOP, shade=DARK, ground=PAPER
    )
    return DayLayout(texts=_seen((*above, title, *rows.texts)), bars=rows.bars, height=rows.bottom)


def _with_grid(above: tuple[Placed, ...], grid: HourGrid, scheme: Scheme) -> DayLayout:
    """A row for each weekday, a column for each hour; below them as many names of hours as fit side by side."""
    names = _alike([name for name, _ in grid.rows], _GRID_NAME_WIDTH_MAX, _ROW_NAME)
    left = _LEFT + math.ceil(max(name.width for name in names)) + _ROW_GAP
    bottom = _ROWS_TOP + _GRID_PITCH * len(grid.rows)
    edges = [
        left + round((_RIGHT - left) * column / len(grid.hours)) for column in range(len(grid.hours) + 1)
    ]
    texts = [
        _level(name, _LEFT, _ROWS_TOP + _GRID_PITCH * row + _GRID_PITCH // 2, DARK)
        for row, name in enumerate(names)
    ]
    cells = [
        (
            Box(
                left=edges[column],
                top=_ROWS_TOP + _GRID_PITCH * row,
                right=edges[column + 1] - _GRID_GAP,
                bottom=_ROWS_TOP + _GRID_PITCH * (row + 1) - _GRID_GAP,
            ),
            _shade(share, scheme),
        )
        for row, (_, shares) in enumerate(grid.rows)
        for column, share in enumerate(shares)
    ]
    title = Placed(
        block=fit(grid.title, _WIDTH, _BARS_TITLE), left=_LEFT, top=_BARS_TOP, shade=DARK, ground=PAPER
    )
    hours = _hours(grid.hours, edges, bottom + _GRID_PITCH // 2, scheme)
    return DayLayout(
        texts=_seen((*above, title, *texts, *hours)),
        bars=(),
        height=bottom + _GRID_PITCH + _MARGIN_BELOW // 2,
        cells=tuple(cells),
    )


def _hours(names: tuple[str, ...], edges: list[int], middle: int, scheme: Scheme) -> list[Placed]:
    blocks = [fit(name, _WIDTH, _ROW_NAME[-1:]) for name in names]
    columns = [right - left for left, right in pairwise(edges)]
    every = math.ceil((max(block.width for block in blocks) + _SPACE) / min(columns))
    return [
        _level(block, left + round((width - _GRID_GAP - block.width) / 2), middle, scheme.paper_muted)
        for block, left, width in list(zip(blocks, edges, columns, strict=False))[::every]
    ]


def _shade(share: float, scheme: Scheme) -> int:
    """The shade of an hour by its share: even a single visit can be told from none."""
    if share <= 0:
        return PAPER + _EMPTY
    least = PAPER + (_LEAST if scheme.paper_bar > PAPER else -_LEAST)
    return least + round((scheme.paper_bar - least) * share)


def _seen(texts: tuple[Placed, ...]) -> tuple[Placed, ...]:
    return tuple(text for text in texts if text.block.lines)


def _heading(face: DayFace, scheme: Scheme) -> tuple[Placed, ...]:
    name, date = fit(face.merchant_name, _WIDTH, _NAME), fit(face.date, _WIDTH, _DATE)
    above = Placed(block=name, left=_LEFT, top=56, shade=INK, ground=COLOUR)
    top = above.bottom + 26 if name.lines else above.top
    return above, Placed(block=date, left=_LEFT, top=top, shade=scheme.muted, ground=COLOUR)


def _headlines(face: DayFace, scheme: Scheme) -> tuple[Placed, ...]:
    """Side by side, in one size: the value large, below it what it counts and by how much it changed."""
    width = _COLUMN_WIDTH if len(face.headlines) > 1 else _WIDTH
    values = _alike([headline.value for headline in face.headlines], width, _VALUE)
    placed: list[Placed] = []
    for headline, value, left in zip(face.headlines, values, _COLUMNS, strict=False):
        placed.append(_standing(value, left, _VALUES_BOTTOM, INK))
        change = fit(headline.change, width // 2, _CHANGE)
        label = fit(headline.label, width - math.ceil(change.width) - _SPACE, _LABEL)
        behind = left + math.ceil(label.width) + _SPACE
        placed += [
            _standing(label, left, _LABELS_BOTTOM, scheme.muted),
            _standing(change, behind, _LABELS_BOTTOM, INK),
        ]
    return (*placed, _standing(fit(face.compared, _WIDTH, _COMPARED), _LEFT, _COMPARED_BOTTOM, scheme.muted))


def _counts(counts: tuple[Count, ...], scheme: Scheme) -> tuple[Placed, ...]:
    """The lowest line on the colour: each value with its label behind it, in the largest type in which no label is
    cut."""
    sizes = [_counts_in(counts, _COUNT[start:], scheme) for start in range(len(_COUNT))]
    return next((texts for texts in sizes if not any(text.block.is_cut for text in texts)), sizes[-1])


def _counts_in(counts: tuple[Count, ...], wishes: Choices, scheme: Scheme) -> tuple[Placed, ...]:
    values = _alike([count.value for count in counts], _COLUMN_WIDTH // 2, wishes)
    placed: list[Placed] = []
    for count, value, left in zip(counts, values, _COLUMNS, strict=False):
        behind = math.ceil(value.width) + _SPACE
        label = fit(count.label, _COLUMN_WIDTH - behind, _COUNT_LABEL)
        placed += [
            _standing(value, left, _COUNTS_BOTTOM, INK),
            _standing(label, left + behind, _COUNTS_BOTTOM, scheme.muted),
        ]
    return tuple(placed)


def _standing(block: Block, left: int, bottom: int, shade: int) -> Placed:
    """On the colour, with its last baseline at `bottom`."""
    return Placed(block=block, left=left, top=bottom - block.height, shade=shade, ground=COLOUR)


@dataclass(frozen=True, slots=True)
class _Rows:
    texts: tuple[Placed, ...]
    bars: tuple[Box, ...]
    bottom: int


def _rows(face: DayFace, scheme: Scheme) -> _Rows:
    """A row for each bar: name, bar, value. Names share one column as wide as the longest needs, values another."""
    count = len(face.bars) + (face.rest is not None)
    pitch = min(_PITCH_MAX, (SHEET.height - _MARGIN_BELOW - _ROWS_TOP) // count)
    wishes = slice(0 if pitch == _PITCH_MAX else -1, None)
    names = _alike(
        [_name_of(bar, number) for number, bar in enumerate(face.bars, 1)], _NAME_WIDTH_MAX, _ROW_NAME[wishes]
    )
    values = _alike([bar.value for bar in face.bars], _WIDTH, _ROW_VALUE[wishes])
    rest = _rest(face.rest, _ROWS_TOP + pitch * len(face.bars) + pitch // 2, scheme)
    left = _LEFT + math.ceil(max(name.width for name in names)) + _ROW_GAP
    right = min([_RIGHT - math.ceil(value.width) for value in values]) - _ROW_GAP
    texts: list[Placed] = []
    bars: list[Box] = []
    for number, (bar, name, value) in enumerate(zip(face.bars, names, values, strict=True)):
        middle = _ROWS_TOP + pitch * number + pitch // 2
        texts += [_level(name, _LEFT, middle, DARK), _level(value, _RIGHT - round(value.width), middle, DARK)]
        if bar.share > 0:
            bars.append(_bar(left, right, middle, round(pitch * 0.52), bar.share))
    return _Rows((*texts, *rest), tuple(bars), _ROWS_TOP + pitch * count + _MARGIN_BELOW)


def _rest(rest: Count | None, middle: int, scheme: Scheme) -> tuple[Placed, ...]:
    if rest is None:
        return ()
    value = fit(rest.value, _WIDTH // 2, _ROW_VALUE[-1:])
    label = fit(rest.label, _WIDTH // 2, _ROW_NAME[-1:])
    return (
        _level(label, _LEFT, middle, scheme.paper_muted),
        _level(value, _RIGHT - round(value.width), middle, scheme.paper_muted),
    )


def _name_of(bar: DayBar, number: int) -> str:
    """The name; the rank for a name of which nothing can be drawn."""
    return bar.name if drawable(bar.name) else f"{number}."


def _bar(left: int, right: int, middle: int, thickness: int, share: float) -> Box:
    width = max(round((right - left) * min(share, 1.0)), _BAR_WIDTH_MIN)
    top = middle - thickness // 2
    return Box(left=left, top=top, right=left + width, bottom=top + thickness)


def _level(block: Block, left: int, middle: int, shade: int) -> Placed:
    """On paper, with its capitals centred at the height `middle`."""
    return Placed(block=block, left=left, top=middle - block.height // 2, shade=shade, ground=PAPER)


def _alike(texts: list[str], width: int, wishes: Choices) -> list[Block]:
    """All in one style, the largest that holds each of them."""
    sets = ([fit(text, width, wishes[start:]) for text in texts] for start in range(len(wishes)))
    return next(blocks for blocks in sets if len({block.style for block in blocks}) <= 1)
