import pytest
from PIL import ImageFont

from bot.pictures.lettering import Style, Weight, choices, drawable, fit, text_width
from bot.pictures.scripts import FONTS, fallback_of
from bot.texts import texts
from domain.account import Locale

BODY = choices(Weight.MEDIUM, (36, 1), (30, 2))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Crème brûlée à l’œuf, ça va", "Crème brûlée à l’œuf, ça va"),
        ("Grüße aus Lëtzebuerg", "Grüße aus Lëtzebuerg"),
        ("Ελληνικός Φούρνος", "Ελληνικός Φούρνος"),
        ("Київ, хлеб, ДОМ", "Київ, хлеб, ДОМ"),
        ("7 of 10 · 3 to go → ✓ ★ €", "7 of 10 · 3 to go → ✓ ★ €"),
        ("Cafe\u0301", "Café"),
        ("☕ Kaffi Lëtz 🎉", "☕ Kaffi Lëtz 🎉"),
        ("Joe's – ᏣᎳᎩ", "Joe's"),
        ("ᏣᎳᎩ Sushi (ᏣᎳ) Bar", "Sushi Bar"),
        ("𝓕𝓪𝓷𝓬𝔂 Ｎａｍｅ", "Fancy Name"),
        ("👩‍🍳 Anne", "👩‍🍳 Anne"),
        ("Zero\u200bwidth\u202e and\u00a0space\nline\ttab", "Zerowidth and space line tab"),
        ("a\u0310b\u0336c", "abc"),
        ("寿司 すし", "寿司 すし"),
        ("قَهْوَة", "قَهْوَة"),
        ("ᏣᎳᎩ", ""),
        ("\ud800", ""),
        ("", ""),
        ("   ", ""),
        ("A – B –", "A – B –"),
    ],
)
def test_what_cannot_be_drawn_is_replaced_or_left_out(text: str, shown: str) -> None:
    assert drawable(text) == shown


@pytest.mark.parametrize("weight", Weight)
def test_everything_drawable_has_a_glyph(weight: Weight) -> None:
    font = ImageFont.truetype(FONTS / f"{weight}.otf", 40, layout_engine=ImageFont.Layout.BASIC)
    tofu = bytes(font.getmask("\uffff"))
    everything = "".join(chr(code) for code in range(0x3400) if not 0xD800 <= code < 0xE000) + "寿司🍣☕ﬁ①Ⅷ㎏"
    shown = set(drawable(" ".join(everything))) - {" "}
    assert len(shown) > 1000
    own = {character for character in shown if bytes(font.getmask(character)) != tofu}
    assert len(own) > 1000
    assert all(fallback_of(character) for character in shown - own)


def test_text_takes_the_first_style_that_holds_it() -> None:
    assert fit("Short", 400, BODY).style.size_px == 36
    longer = fit("Rather longer than one line can hold", 400, BODY)
    assert (longer.style.size_px, len(longer.lines)) == (30, 2)


def test_lines_are_balanced() -> None:
    first, second = fit("Rather longer than one line could hold", 400, BODY).lines
    assert abs(text_width(first, BODY[1][0]) - text_width(second, BODY[1][0])) < 120


@pytest.mark.parametrize(
    "text",
    [
        "word " * 100,
        "W" * 300,
        "A " + "b" * 300,
        "Donaudampfschifffahrtsgesellschaftskapitän " * 3,
        "W" * 19 + " W",
    ],
)
@pytest.mark.parametrize("width", [60, 250, 400, 840])
def test_text_too_long_ends_in_an_ellipsis_within_its_width(text: str, width: int) -> None:
    block = fit(text, width, BODY)
    assert len(block.lines) <= 2
    assert block.width <= width
    whole = "".join(block.lines).replace(" ", "") == text.replace(" ", "")
    assert whole != block.lines[-1].endswith("…")


def test_kerned_pairs_stand_closer() -> None:
    display = Style(Weight.DISPLAY, 80)
    assert text_width("AV", display) < text_width("A", display) + text_width("V", display) - 3
    assert text_width("ÄV", display) < text_width("Ä", display) + text_width("V", display) - 3
    assert text_width("HH", display) == pytest.approx(2 * text_width("H", display), abs=0.1)


def test_nothing_to_say_takes_no_room() -> None:
    block = fit("ᏣᎳᎩ", 400, BODY)
    assert (block.lines, block.width, block.height) == ((), 0, 0)


def test_the_licence_travels_with_the_fonts() -> None:
    assert "SIL Open Font License" in (FONTS / "OFL.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("width", range(120, 400, 20))
def test_no_line_breaks_where_french_and_numbers_have_a_space_that_does_not_break(width: int) -> None:
    said = texts(Locale.FR)
    text = (
        said("“{label}”", label="Chez Anne")
        + f"\u00a0: {said.number(12_345_678)} points, {said.percent(0.5)}\u202f!"
    )
    for line in fit(text, width, choices(Weight.MEDIUM, (20, 12))).lines:
        assert not line.startswith((":", "!", "»", "%", "345", "678")), line
        assert not line.endswith("«"), line
