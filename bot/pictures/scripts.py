"""Scripts that our own typeface does not have: which font draws a character, the order of runs from left to right,
and their shapes.

HarfBuzz joins, places and draws; the order comes from the Unicode bidirectional algorithm (UAX #9).
"""

import unicodedata
from collections.abc import Callable
from functools import lru_cache
from itertools import groupby
from pathlib import Path

import uharfbuzz as hb
from bidi import algorithm as bidi
from PIL import Image

from domain.quick import dataclass

FONTS = Path(__file__).parent / "fonts"

_MARKS = {"Mn", "Mc", "Me"}
JOINERS = frozenset("\u200c\u200d\ufe0e\ufe0f") | {chr(code) for code in range(0xE0020, 0xE0080)}
"""Characters that only join others or choose their form, and are not drawn themselves."""
_SKINS = frozenset("🏻🏼🏽🏾🏿")


@dataclass(frozen=True, slots=True)
class Fallback:
    """A font by its file. `scale` makes it as large as the letters beside it; `lift` (a share of the type size)
    raises it to make room for its tails."""

    file: str
    scale: float
    lift: float = 0.0


FALLBACKS = (
    Fallback("fallback-cjk.otf", 0.92),
    Fallback("fallback-arabic.ttf", 0.8, lift=0.07),
    Fallback("fallback-hebrew.ttf", 0.96),
    Fallback("fallback-thai.ttf", 0.88),
    Fallback("fallback-devanagari.ttf", 0.86),
    Fallback("fallback-armenian.ttf", 1.0),
    Fallback("fallback-georgian.ttf", 1.0),
    Fallback("fallback-emoji.ttf", 0.9),
)


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring characters drawn by one font in one direction, in the order of speech; `fallback` None means our
    own typeface."""

    text: str
    fallback: Fallback | None
    is_leftwards: bool

    @property
    def seen(self) -> str:
        """The text from left to right, for a font that needs no shaping."""
        return bidi.get_display(self.text, base_dir="R") if self.is_leftwards else self.text


@dataclass(frozen=True, slots=True)
class Ink:
    """What a run prints (mode "L", None for nothing); `left` and `top` are from the pen's start on the baseline."""

    mask: Image.Image | None
    left: int
    top: int


@lru_cache(maxsize=4096)
def fallback_of(character: str) -> Fallback | None:
    return next((fallback for fallback in FALLBACKS if ord(character) in _covered(fallback)), None)


def fallbacks(text: str, is_own: Callable[[str], bool]) -> list[Fallback | None]:
    """The fallback font of each character. One that extends another, or is joined to it, is drawn by the other's font
    or not at all.

    A character with an emoji variation selector behind it is drawn as an emoji, even if our own typeface has it.
    """
    found: list[Fallback | None] = []
    for character, before, behind in zip(text, "\0" + text, text[1:] + "\0", strict=False):
        if extends(character) or before == "\u200d":
            joined = found[-1] if found and _draws(found[-1], character) else None
            found.append(joined)
        else:
            found.append(None if is_own(character) and behind != "\ufe0f" else fallback_of(character))
    return found


def extends(character: str) -> bool:
    """Whether it is drawn upon or into the character before it: an accent, a joiner, the colour of a skin."""
    return character in JOINERS or character in _SKINS or unicodedata.category(character) in _MARKS


@lru_cache(maxsize=2048)
def runs_in_order(text: str, is_own: Callable[[str], bool]) -> tuple[Run, ...]:
    """The runs of a line from left to right; a line that begins with a leftward letter runs leftwards."""
    levels = _levels(text)
    keys = zip(fallbacks(text, is_own), levels, strict=True)
    grouped = groupby(zip(keys, text, strict=True), key=lambda pair: pair[0])
    runs = [
        (level, Run("".join(character for _, character in pairs), fallback, is_leftwards=level % 2 == 1))
        for (fallback, level), pairs in grouped
    ]
    for level in range(max(levels, default=0), 0, -1):
        stretches = groupby(runs, key=lambda run: run[0] >= level)
        runs = [run for is_turned, stretch in stretches for run in _turned(list(stretch), is_turned)]
    return tuple(run for _, run in runs)


def advance(run: Run, size_px: int) -> float:
    """How far the run takes the pen, in px."""
    assert run.fallback
    upem: int = _face(run.fallback).upem
    return sum(step for *_, step in _shaped(run)) * size_px * run.fallback.scale / upem


@lru_cache(maxsize=512)
def ink(run: Run, size_px: int, *, boldness: float = 0.0) -> Ink:
    """What the run prints. Shared: never change it. `boldness` is added to the stems, as a share of the type size."""
    assert run.fallback
    font = hb.Font(_face(run.fallback))
    font.synthetic_bold = (boldness, boldness, True)
    scale, margin = size_px * run.fallback.scale / font.face.upem, 2 * size_px
    width, height, pen = int(advance(run, size_px)) + 2 * margin, 2 * margin, 0
    raster = hb.RasterDraw()
    for glyph, right, up, step in _shaped(run):
        raster.transform = (scale, 0, 0, -scale, margin + (pen + right) * scale, margin - up * scale)
        raster.draw_glyph(font, glyph)
        pen += step
    raster.extents = hb.RasterExtents(0, 0, width, height, width)
    sheet = Image.frombytes("L", (width, height), raster.render().buffer)
    box = sheet.getbbox()
    if box is None:
        return Ink(None, 0, 0)
    return Ink(sheet.crop(box), box[0] - margin, box[1] - margin - round(run.fallback.lift * size_px))


@lru_cache(maxsize=2048)
def _shaped(run: Run) -> tuple[tuple[int, int, int, int], ...]:
    """Glyph, its place right of and above the pen, and the pen's step, from left to right, in the font's units."""
    assert run.fallback
    buffer = hb.Buffer()
    buffer.add_str(run.text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if run.is_leftwards else "ltr"
    hb.shape(hb.Font(_face(run.fallback)), buffer)
    placed = zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    return tuple((info.codepoint, at.x_offset, at.y_offset, at.x_advance) for info, at in placed)


def _levels(text: str) -> list[int]:
    """The bidirectional level of each character: odd where the text runs leftwards."""
    if not any(unicodedata.bidirectional(character) in {"R", "AL"} for character in text):
        return [0] * len(text)
    base = bidi.get_base_level(text)
    storage = {**bidi.get_empty_storage(), "base_level": base, "base_dir": "LR"[base]}
    bidi.get_embedding_levels(text, storage)
    bidi.explicit_embed_and_overrides(storage)
    bidi.resolve_weak_types(storage)
    bidi.resolve_neutral_types(storage, False)
    bidi.resolve_implicit_levels(storage, False)
    resolved = iter(storage["chars"])
    levels = [base]
    for character in text:  # Joiners are not resolved (rule X9): they stay with what they join.
        is_joiner = unicodedata.bidirectional(character) == "BN"
        levels.append(levels[-1] if is_joiner else next(resolved)["level"])
    return levels[1:]


def _draws(fallback: Fallback | None, character: str) -> bool:
    return fallback is not None and ord(character) in _covered(fallback)


def _turned(runs: list[tuple[int, Run]], is_turned: bool) -> list[tuple[int, Run]]:
    return runs[::-1] if is_turned else runs


@lru_cache(maxsize=len(FALLBACKS))
def _covered(fallback: Fallback) -> frozenset[int]:
    return frozenset(_face(fallback).unicodes)


@lru_cache(maxsize=len(FALLBACKS))
def _face(fallback: Fallback) -> hb.Face:
    return hb.Face(hb.Blob.from_file_path(FONTS / fallback.file))
