"""Names in any script: what draws them, in which order, and what is refused."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from bot.kit.refusals import CharacterNotDrawn
from bot.pictures.card import draw_card
from bot.pictures.lettering import OVERHANG, Style, Weight, choices, draw_block, drawable, fit, legible
from bot.pictures.scripts import FALLBACKS, FONTS, ink, runs_in_order
from tests.bot.pictures.samples import card_face

NAMES = {
    "Han": "老北京饺子馆 龍鳳酒樓",
    "Kana": "寿司・カフェ「すし屋」",
    "Hangul": "김밥천국 뷁",
    "Arabic": "مقهى الحيّ چای پنجره",
    "Hebrew": "בֵּית קפה של דני",
    "Thai": "ร้านกาแฟที่นี่ปู่ญี่",
    "Devanagari": "चाय की दुकान",
    "Armenian": "Սուրճ և հաց",
    "Georgian": "ყავის სახლი",
    "emoji": "☕ 🍣 👩‍🍳 1️⃣ 🇱🇺 👍🏽 ❤️ 🏳️‍🌈 🫠",
    "mixed": "مقهى Café 24/7 (الحي) 寿司 ☕",
    "Vietnamese": "Phở Việt Nam",
}
WIDE = choices(Weight.MEDIUM, (40, 1))


def is_own(character: str) -> bool:
    return character.isascii()


def runs(text: str) -> list[str]:
    return [run.text for run in runs_in_order(text, is_own)]


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_in_any_script_is_drawn_whole(name: str) -> None:
    assert legible(name) == name
    assert drawable(name) == name


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("weight", Weight)
def test_the_ink_of_any_script_keeps_to_its_line(name: str, weight: Weight) -> None:
    block = fit(name, 4000, choices(weight, (80, 1)))
    sheet = Image.new("L", (4200, 400), 0)
    draw_block(sheet, block, 100, 150, 255)
    left, top, right, bottom = sheet.getbbox() or (0, 0, 0, 0)
    reach = 80 * OVERHANG
    assert (left, top) >= (90, 0)
    assert top >= 150 - reach
    assert bottom <= 150 + block.height + reach
    assert right <= 100 + block.width + 10
    assert right >= 100 + block.width - 60


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Café בית", ["Café ", "בית"]),
        ("בית Café", ["Café", " ", "בית"]),
        ("בית 24 שנה", ["שנה", " ", "24", " ", "בית"]),
        ("Tea בית דני!", ["Tea ", "דני", " ", "בית", "!"]),
    ],
)
def test_runs_stand_in_the_order_of_the_eye(text: str, seen: list[str]) -> None:
    """As the Unicode bidirectional algorithm orders them (UAX #9)."""
    assert runs(text) == seen


def test_brackets_turn_with_their_text() -> None:
    [first, *_, last] = runs_in_order("(בית)", is_own)
    assert (first.seen, last.seen) == ("(", ")")
    assert (first.text, last.text) == (")", "(")


def test_letters_that_join_are_joined() -> None:
    """Four letters of one word leave one piece of ink where apart they leave four."""
    [word] = runs_in_order("بيتي", is_own)
    letters = [run for letter in "بيتي" for run in runs_in_order(letter, is_own)]
    joined, apart = ink(word, 80), [ink(run, 80) for run in letters]
    assert joined.mask
    assert joined.mask.width < 0.8 * sum(one.mask.width for one in apart if one.mask)


@pytest.mark.parametrize("sequence", ["👩‍🍳", "👨‍👩‍👧", "👍🏽", "🇱🇺", "1️⃣", "🏳️‍🌈"])
def test_an_emoji_of_several_characters_is_one_picture(sequence: str) -> None:
    [run] = runs_in_order(sequence, is_own)
    drawn = ink(run, 80)
    assert drawn.mask
    assert drawn.mask.width < 110


def test_a_name_without_spaces_is_broken_between_its_characters() -> None:
    block = fit("東京中央区銀座寿司割烹さくら本店、北京路餃子館", 400, choices(Weight.MEDIUM, (36, 3)))
    assert not block.is_cut
    assert len(block.lines) > 1
    assert not any(line.startswith("、") for line in block.lines)


def test_a_cut_never_parts_a_letter_from_its_accents() -> None:
    for width in range(60, 190, 7):
        block = fit("ที่นี่ที่นี่ที่นี่ที่นี่ที่นี่ที่นี่", width, WIDE)
        assert block.is_cut
        assert block.lines[0].removesuffix("…").endswith(("ที่", "นี่", "ท", "น"))


@pytest.mark.parametrize(
    ("name", "said"),
    [("ᏣᎳᎩ Café", "Ꮳ"), ("Café ᚠ", "ᚠ"), ("Ba\u0310r", "a\u0310"), ("Tea \U0001ccd6", "\U0001ccd6")],
)
def test_a_character_that_cannot_be_drawn_is_named(name: str, said: str) -> None:
    with pytest.raises(CharacterNotDrawn) as refusal:
        legible(name)
    assert refusal.value.character == said


def test_the_same_name_is_the_same_bytes_in_any_thread() -> None:
    faces = [card_face(merchant_name=name, reward=name) for name in NAMES.values()]
    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(draw_card, faces))
    assert drawn == [draw_card(face) for face in faces]


def test_every_fallback_font_is_there_and_small() -> None:
    sizes = [(FONTS / fallback.file).stat().st_size for fallback in FALLBACKS]
    assert sum(sizes) < 5_000_000
    assert {path.name for path in FONTS.glob("fallback-*")} == {fallback.file for fallback in FALLBACKS}


def test_the_display_cut_is_bolder_than_the_text_cut() -> None:
    heavy, light = (
        sum(ink(run, 80, boldness=boldness).mask.tobytes())  # type: ignore[union-attr]
        for boldness in (0.02, 0.0)
        for run in runs_in_order("寿司", is_own)
    )
    assert heavy > light * 1.1
    assert Style(Weight.DISPLAY, 80).cap_height == Style(Weight.MEDIUM, 80).cap_height
