"""Setting text: what the typefaces can draw, fitting a text into a room, and drawing it.

Heights are measured from the cap line to the baseline, as printers do: a line in 40 px type is 29 px high, whatever
its letters. Accents stand above it and tails hang below, by at most `OVERHANG` of the type size.
"""

import math
import re
import unicodedata
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFont

from bot.kit.refusals import CharacterNotDrawn
from bot.pictures.scripts import (
    FONTS,
    JOINERS,
    Ink,
    Run,
    advance,
    extends,
    fallback_of,
    fallbacks,
    ink,
    runs_in_order,
)
from domain.quick import dataclass

OVERHANG = 0.3
"""How far accents and tails reach out of a block, as a share of the type size."""

_BOLDNESS = 0.02
"""By how much the display cut is bolder than the fallback fonts, as a share of the type size."""
_CAP_HEIGHT = 0.727
_ELLIPSIS = "…"
_SPACES = {"Cc", "Zs", "Zl", "Zp"}
_NO_BREAK = "\u00a0"
_LOOSE_NO_BREAK = re.compile(rf"(?<!\d){_NO_BREAK}|{_NO_BREAK}(?!\d)")
"""No-break spaces that are not inside a grouped number: a name pasted with them may be broken all the same."""
_UNSEEN = {"Cf", "Co", "Cn", "Cs"}
_EMPTY_BRACKETS = re.compile(r"\(\s*\)|\[\s*\]|«\s*»|“\s*”|„\s*“")
_SPACELESS = r"\u3005-\u3007\u3041-\u30fa\u3400-\u9fff"
"""Han and Kana, which are written without spaces and may be broken after each."""
_PIECE = re.compile(
    rf" *(?:[（「『《“]*[{_SPACELESS}][ー、。，．・：！？）」』》”]*"
    rf"|(?:« )?[^ {_SPACELESS}]+(?: [:;!?»%€](?![^ ]))*)"
)
"""What stays on one line, with the space before it; French sets one inside « » and before some signs too."""
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
    shown = _drawable(text)
    if not shown:
        return Block((), wishes[0][0])
    for style, lines_max in wishes:
        lines = _wrap(shown, style, width)
        if len(lines) <= lines_max and all(text_width(line, style) <= width for line in lines):
            return Block(_balance(shown, style, width, len(lines)), style)
    return _cut(shown, width, *wishes[-1])


def drawable(text: str) -> str:
    """The text as far as the typefaces can draw it; never a box in place of a letter.

    Compatibility forms become their plain letters (full-width, mathematical, ligatures); a letter with an unknown
    accent loses the accent; everything else unknown is left out, and with it brackets left empty and dashes left at
    an end.
    """
    return _drawable(text).replace(_NO_BREAK, " ")


@lru_cache(maxsize=2048)
def _drawable(text: str) -> str:
    """What ``drawable`` returns, still with the no-break spaces inside numbers."""
    forms = [form or _base_form(character) for character, form in _forms(text)]
    spaced = _LOOSE_NO_BREAK.sub(" ", "".join(forms))
    shown = " ".join(filter(None, spaced.split(" ")))
    if all(forms):
        return shown
    return " ".join(filter(None, _EMPTY_BRACKETS.sub(" ", shown).split(" "))).strip(_LOOSE_ENDS)


def legible(text: str) -> str:
    """The text itself. Raises CharacterNotDrawn for the first of its characters that can be seen but not drawn; an
    accent is named together with its letter."""
    before = ""
    for character, form in _forms(text):
        if not form and character not in JOINERS and unicodedata.category(character) != "Cf":
            raise CharacterNotDrawn(character=before + character if extends(character) else character)
        before = character
    return text


def draw_block(image: Image.Image, block: Block, x: float, top: int, shade: int) -> None:
    """Draws a block with its left edge at `x` and its cap line at `top`."""
    for number, line in enumerate(block.lines):
        baseline = top + block.style.cap_height + number * block.style.leading
        for offset, piece in _set(line, block.style).pieces:
            if isinstance(piece, Run):
                _draw_ink(image, _ink(piece, block.style), (x + offset, baseline), shade)
            else:
                _draw_letters(image, piece, block.style, (x + offset, baseline), shade)


def draw_centred(image: Image.Image, text: str, style: Style, centre: tuple[int, int], shade: int) -> None:
    """Draws a letter or a number with the middle of its ink at `centre`."""
    [run] = runs_in_order(text, _has_glyph)
    if run.fallback:
        printed = _ink(run, style)
        if printed.mask:
            middle = printed.left + printed.mask.width / 2, printed.top + printed.mask.height / 2
            _draw_ink(image, printed, (centre[0] - middle[0], centre[1] - middle[1]), shade)
        return
    left, top, right, bottom = _font(style).getbbox(text, anchor="ls")
    corner = (centre[0] - (left + right) / 2, centre[1] - (top + bottom) / 2)
    _draw_letters(image, text, style, corner, shade)


def _draw_letters(image: Image.Image, text: str, style: Style, pen: tuple[float, float], shade: int) -> None:
    """Draws letters; the pen is on the baseline at their left edge."""
    left, top = math.floor(pen[0]), math.floor(pen[1])
    printed = _printed(text, style, pen[0] - left, pen[1] - top)
    _draw_ink(image, printed, (left, top), shade)


@lru_cache(maxsize=128)
def _printed(text: str, style: Style, right_by: float, down_by: float) -> Ink:
    """The ink of letters, from a pen that stands so far within its pixel. Cached, because a shop's words are on all
    its cards, and most numbers on everybody's."""
    left, top, right, bottom = map(round, _font(style).getbbox(text, anchor="ls"))
    x, y = max(-left, 0) + 1, max(-top, 0) + 1
    mask = Image.new("L", (x + max(right, 0) + 2, y + max(bottom, 0) + 2), 0)
    ImageDraw.Draw(mask).text((x + right_by, y + down_by), text, fill=255, font=_font(style), anchor="ls")
    return Ink(mask, -x, -y)


def text_width(text: str, style: Style) -> float:
    """The advance of one line in px."""
    return _set(text, style).width


def _ink(run: Run, style: Style) -> Ink:
    return ink(run, style.size_px, boldness=_BOLDNESS if style.weight is Weight.DISPLAY else 0.0)


def _draw_ink(image: Image.Image, printed: Ink, pen: tuple[float, float], shade: int) -> None:
    if printed.mask:
        image.paste(shade, (round(pen[0]) + printed.left, round(pen[1]) + printed.top), printed.mask)


def _forms(text: str) -> list[tuple[str, str]]:
    """Each character with what is drawn for it: itself, its plain letters, or nothing."""
    composed = unicodedata.normalize("NFC", text)
    drawn_by = zip(composed, fallbacks(composed, _has_glyph), strict=True)
    return [(character, character if fallback else _own_form(character)) for character, fallback in drawn_by]


def _own_form(character: str) -> str:
    category = unicodedata.category(character)
    if category in _SPACES:
        return _NO_BREAK if character in "\u00a0\u202f" else " "
    if category in _UNSEEN or extends(character):
        return ""
    plain = unicodedata.normalize("NFKC", character)
    return next((form for form in (character, plain) if all(map(_has_drawing, form))), "")


def _base_form(character: str) -> str:
    base = unicodedata.normalize("NFKD", character)[0]
    return base if base != character and not extends(character) and _has_drawing(base) else ""


def _has_drawing(character: str) -> bool:
    return _has_glyph(character) or fallback_of(character) is not None


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
    for piece in (found.replace(_NO_BREAK, " ") for found in _PIECE.findall(text)):
        if lines and text_width(lines[-1] + piece, style) <= width:
            lines[-1] += piece
        else:
            lines.append(piece.lstrip())
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
    rest = rest.replace(_NO_BREAK, " ")
    if text_width(rest, style) > width:
        rest = rest[: _room(rest, style, width - text_width(_ELLIPSIS, style))].rstrip() + _ELLIPSIS
    return Block((*lines, rest), style) if rest else Block(tuple(lines), style)


def _room(text: str, style: Style, width: float) -> int:
    """How many characters of the text `width` px hold, none of them without its accents; at least one."""
    count = len(text)
    while count > 1 and (text_width(text[:count], style) > width or extends(text[count : count + 1] or " ")):
        count -= 1
    return count


@dataclass(frozen=True, slots=True)
class _Line:
    """Pieces, each with how far it stands from the left edge in px, and the line's advance."""

    pieces: tuple[tuple[float, str | Run], ...]
    width: float


@lru_cache(maxsize=4096)
def _set(text: str, style: Style) -> _Line:
    pieces: list[tuple[float, str | Run]] = []
    x = 0.0
    for run in runs_in_order(text, _has_glyph):
        if run.fallback:
            pieces.append((x, run))
            x += advance(run, style.size_px)
        else:
            kerned = _kerned(run.seen, style)
            pieces += [(x + offset, piece) for offset, piece in kerned]
            x += kerned[-1][0] + _font(style).getlength(kerned[-1][1])
    return _Line(tuple(pieces), x)


def _kerned(text: str, style: Style) -> list[tuple[float, str]]:
    """Cut at its kerned pairs: (px from the left edge, piece)."""
    font = _font(style)
    table = _kerning(style.weight)
    pieces: list[tuple[float, str]] = []
    x, start = 0.0, 0
    for index, pair in enumerate(pairwise(_base_letters(text)), start=1):
        if kern := table.get("".join(pair)):
            pieces.append((x, text[start:index]))
            x += font.getlength(text[start:index]) + kern * style.size_px / 1000
            start = index
    return [*pieces, (x, text[start:])]


def _base_letters(text: str) -> str:
    return "".join(unicodedata.normalize("NFD", character)[0] for character in text)


@lru_cache(maxsize=len(Weight))
def _kerning(weight: Weight) -> dict[str, int]:
    """Pair of letters to thousandths of an em; empty for a cut that comes without kerning."""
    path = FONTS / f"{weight}.kerning.txt"
    if not path.exists():
        return {}
    rows = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return {pair: int(amount) for amount, *pairs in rows for pair in pairs}


@lru_cache(maxsize=64)
def _font(style: Style) -> ImageFont.FreeTypeFont:
    path = FONTS / f"{style.weight}.otf"
    return ImageFont.truetype(path, style.size_px, layout_engine=ImageFont.Layout.BASIC)
