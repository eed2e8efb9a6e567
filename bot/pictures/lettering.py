"""Setting text: what the typefaces can draw, how it is fitted to a room, and drawing it.

Everything is measured from the cap line to the baseline, as a printer does: a line in 40 px type is 29 px high,
whatever its letters; accents stand above it and tails hang below, by at most `OVERHANG` of the type size.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

OVERHANG = 0.3
"""How far accents and tails reach out of a block, as a share of the type size."""

_FOLDER = Path(__file__).parent / "fonts"
_CAP_HEIGHT = 0.727
_ELLIPSIS = "…"
_SPACES = {"Cc", "Zs", "Zl", "Zp"}
_EMPTY_BRACKETS = re.compile(r"\(\s*\)|\[\s*\]|«\s*»|“\s*”|„\s*“")
_LOOSE_ENDS = " -\u2013\u2014·•|,:;/~"


class Weight(StrEnum):
    """The three cuts of the typeface; the value names its file."""

    DISPLAY = "display-bold"
    SEMIBOLD = "text-semibold"
    MEDIUM = "text-medium"


@dataclass(frozen=True, slots=True)
class Style:
    """A cut at a size in pixels."""

    weight: Weight
    size_px: int

    @property
    def cap_height(self) -> int:
        return round(self.size_px * _CAP_HEIGHT)

    @property
    def leading(self) -> int:
        """Pixels from one baseline to the next."""
        return round(self.size_px * (1.12 if self.weight is Weight.DISPLAY else 1.28))


Choices = tuple[tuple[Style, int], ...]
"""Styles in the order of wish, each with the most lines it may take."""


def choices(weight: Weight, *sizes_and_lines: tuple[int, int]) -> Choices:
    """Choices in one cut, each a size in px and its most lines."""
    return tuple((Style(weight, size_px), lines) for size_px, lines in sizes_and_lines)


@dataclass(frozen=True, slots=True)
class Block:
    """Text broken into lines, in one style."""

    lines: tuple[str, ...]
    style: Style

    @property
    def width(self) -> float:
        return max((text_width(line, self.style) for line in self.lines), default=0.0)

    @property
    def is_cut(self) -> bool:
        """Whether it ends in an ellipsis."""
        return bool(self.lines) and self.lines[-1].endswith(_ELLIPSIS)

    @property
    def height(self) -> int:
        """Cap line of the first line to baseline of the last, in px; 0 without lines."""
        if not self.lines:
            return 0
        return self.style.cap_height + (len(self.lines) - 1) * self.style.leading


@lru_cache(maxsize=1024)
def fit(text: str, width: int, wishes: Choices) -> Block:
    """The text in the first of the wishes that holds it whole.

    Lines are balanced. What even the last wish cannot hold ends in an ellipsis. Nothing drawable: no lines.
    """
    shown = drawable(text)
    if not shown:
        return Block((), wishes[0][0])
    for style, lines_max in wishes:
        lines = _wrap(shown, style, width)
        if len(lines) <= lines_max and all(text_width(line, style) <= width for line in lines):
            return Block(_balance(shown, style, width, len(lines)), style)
    return _cut(shown, width, *wishes[-1])


@lru_cache(maxsize=2048)
def drawable(text: str) -> str:
    """The text as far as the typefaces can draw it; never a box in place of a letter.

    Compatibility forms become their plain letters (full-width, mathematical, ligatures); a letter with an unknown
    accent loses the accent; everything else unknown (emoji, CJK, Arabic, …) is left out, and with it brackets left
    empty and dashes left at an end.
    """
    characters = unicodedata.normalize("NFC", text)
    forms = [_drawable_form(character) for character in characters]
    shown = " ".join("".join(forms).split())
    if all(forms):
        return shown
    return " ".join(_EMPTY_BRACKETS.sub(" ", shown).split()).strip(_LOOSE_ENDS)


def draw_block(image: Image.Image, block: Block, x: float, top: int, shade: int) -> None:
    """Draws a block with its left edge at `x` and its cap line at `top`."""
    pen = ImageDraw.Draw(image)
    font = _font(block.style)
    for number, line in enumerate(block.lines):
        baseline = top + block.style.cap_height + number * block.style.leading
        for offset, run in _runs(line, block.style):
            pen.text((x + offset, baseline), run, fill=shade, font=font, anchor="ls")


def draw_centred(image: Image.Image, text: str, style: Style, centre: tuple[int, int], shade: int) -> None:
    """Draws a letter or a number with the middle of its ink at `centre`."""
    left, top, right, bottom = _font(style).getbbox(text, anchor="ls")
    corner = (centre[0] - (left + right) / 2, centre[1] - (top + bottom) / 2)
    ImageDraw.Draw(image).text(corner, text, fill=shade, font=_font(style), anchor="ls")


def text_width(text: str, style: Style) -> float:
    """The advance of one line in px."""
    runs = _runs(text, style)
    return runs[-1][0] + _font(style).getlength(runs[-1][1]) if runs else 0.0


def _drawable_form(character: str) -> str:
    category = unicodedata.category(character)
    if category in _SPACES:
        return " "
    if category in {"Cf", "Mn", "Me", "Co", "Cn", "Cs"}:
        return ""
    plain = unicodedata.normalize("NFKC", character)
    base = unicodedata.normalize("NFKD", character)[0]
    return next((form for form in (character, plain, base) if all(map(_has_glyph, form))), "")


@lru_cache(maxsize=4096)
def _has_glyph(character: str) -> bool:
    if character == " ":
        return True
    return all(_glyph(character, weight) != _glyph("\uffff", weight) for weight in Weight)


def _glyph(character: str, weight: Weight) -> tuple[tuple[int, int], bytes]:
    mask = _font(Style(weight, 24)).getmask(character)
    return mask.size, bytes(mask)


def _wrap(text: str, style: Style, width: float) -> list[str]:
    """Greedy lines; a word wider than `width` stands alone on its line."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, style) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _balance(text: str, style: Style, width: int, line_count: int) -> tuple[str, ...]:
    """The lines of the narrowest column that needs no more of them."""
    low, high = width // 2, width
    while high - low > 8:
        middle = (low + high) // 2
        lines = _wrap(text, style, middle)
        fits = len(lines) <= line_count and all(text_width(line, style) <= middle for line in lines)
        low, high = (low, middle) if fits else (middle, high)
    return tuple(_wrap(text, style, high))


def _cut(text: str, width: int, style: Style, lines_max: int) -> Block:
    """As much as `lines_max` lines hold, words broken where they must, then an ellipsis."""
    lines: list[str] = []
    rest = text
    while rest and len(lines) < lines_max - 1:
        line = _wrap(rest, style, width)[0]
        line = line[: _room(line, style, width)]
        lines.append(line)
        rest = rest[len(line) :].lstrip()
    if text_width(rest, style) > width:
        rest = rest[: _room(rest, style, width - text_width(_ELLIPSIS, style))].rstrip() + _ELLIPSIS
    return Block((*lines, rest), style) if rest else Block(tuple(lines), style)


def _room(text: str, style: Style, width: float) -> int:
    """How many characters of the text `width` px hold; at least one."""
    count = len(text)
    while count > 1 and text_width(text[:count], style) > width:
        count -= 1
    return count


@lru_cache(maxsize=4096)
def _runs(text: str, style: Style) -> tuple[tuple[float, str], ...]:
    """The line cut at its kerned pairs: (px from the left edge, run)."""
    if not text:
        return ()
    font = _font(style)
    table = _kerning(style.weight)
    runs: list[tuple[float, str]] = []
    x, start = 0.0, 0
    for index, pair in enumerate(pairwise(_base_letters(text)), start=1):
        if kern := table.get("".join(pair)):
            runs.append((x, text[start:index]))
            x += font.getlength(text[start:index]) + kern * style.size_px / 1000
            start = index
    return (*runs, (x, text[start:]))


def _base_letters(text: str) -> str:
    return "".join(unicodedata.normalize("NFD", character)[0] for character in text)


@lru_cache(maxsize=len(Weight))
def _kerning(weight: Weight) -> dict[str, int]:
    """Pair of letters to thousandths of an em; empty for a cut that comes without kerning."""
    path = _FOLDER / f"{weight}.kerning.txt"
    if not path.exists():
        return {}
    rows = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return {pair: int(amount) for amount, *pairs in rows for pair in pairs}


@lru_cache(maxsize=64)
def _font(style: Style) -> ImageFont.FreeTypeFont:
    path = _FOLDER / f"{style.weight}.otf"
    return ImageFont.truetype(path, style.size_px, layout_engine=ImageFont.Layout.BASIC)
