"""Whoever sees badly can read the page: every text stands out from what it stands on, light and dark."""

import re

import pytest

from bot.sandbox.page_routes import PAGE

SHEET = (PAGE / "style.css").read_text()
CONTRAST_MIN = 4.5
"""AA for text of any size (https://www.w3.org/TR/WCAG22/#contrast-minimum)."""
TINT = ("#8096aa", 0.18)
"""What lies under a round button that is pointed at, and under words in the typewriter's face."""
BUBBLES = ("--in", "--out")
STANDS_ON = {
    "--ink": (
        "--page",
        "--panel",
        "--accent-soft",
        "tint --panel",
        "tint --page",
        "tint --in",
        "tint --out",
        *BUBBLES,
    ),
    "--soft": ("--page", "--panel", "--in", "--line", "--accent-soft", "tint --panel", "tint --page"),
    "--accent": ("--page", "--panel", "--accent-soft", *BUBBLES, "--key on --wall-a", "--key on --wall-b"),
    "--accent-ink": ("--accent",),
    "--good": ("--page", "--panel"),
    "--bad": ("--page", "--panel"),
    "--out-soft": ("--out",),
    "--role": ("--page", "--panel"),
    "--panel": ("--role",),
    "--on-key": ("--primary", "--success", "--danger"),
    "--on-toast": ("--toast", "--toast-refused"),
    "--on-code": ("--code",),
    "--camera-ink": ("--camera", "tint --camera"),
    "--camera-soft": ("--camera", "--camera-light", "tint --camera"),
}
"""Each colour that texts have in the style sheet, with all that lies below such texts."""
ROLES = ("--customer", "--staff", "--terminal", "--owner")

Rgb = tuple[float, ...]


def scheme(name: str) -> dict[str, str]:
    """The colours of the sheet, in the light or in the dark."""
    blocks = [
        dict(re.findall(r"(--[\w-]+): ([^;]+);", block))
        for block in re.findall(r":root \{(.*?)\}", SHEET, re.DOTALL)
    ]
    assert len(blocks) == 2
    return blocks[0] if name == "light" else blocks[0] | blocks[1]


def rgb(colours: dict[str, str], name: str) -> Rgb:
    """``--a``, ``--a on --b`` for a colour one can see through, ``tint --a`` for TINT on it."""
    if name.startswith("tint "):
        return mixed(hexadecimal(TINT[0]), rgb(colours, name.removeprefix("tint ")), TINT[1])
    above, _, below = name.partition(" on ")
    value = colours[above]
    if not below:
        return hexadecimal(value)
    *parts, percent = map(int, re.findall(r"\d+", value))
    return mixed(tuple(parts), rgb(colours, below), percent / 100)


def hexadecimal(text: str) -> Rgb:
    return tuple(bytes.fromhex(text.removeprefix("#")))


def mixed(above: Rgb, below: Rgb, share: float) -> Rgb:
    return tuple(share * over + (1 - share) * under for over, under in zip(above, below, strict=True))


def luminance(colour: Rgb) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    parts = [part / 255 for part in colour]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_text_stands_out(name: str) -> None:
    colours, faint = scheme(name), []
    for text, below in STANDS_ON.items():
        for ground in below:
            for role in ROLES if "--role" in (text, ground) else ("",):
                pair = [each.replace("--role", role) for each in (text, ground)]
                found = contrast(*(rgb(colours, each) for each in pair))
                if found < CONTRAST_MIN:
                    faint.append(f"{pair[0]} on {pair[1]}: {found:.2f}")
    assert faint == []


def test_texts_have_no_other_colours() -> None:
    used = set(
        re.findall(
            r"[\s{;](?:color|--ink|--soft): ([^;]+);", SHEET.rpartition(":root")[2].partition("}\n}")[2]
        )
    )
    named = {found[1] for value in used if (found := re.fullmatch(r"var\((--[\w-]+)\)", value))}
    assert used - {f"var({name})" for name in named} == {"inherit", "transparent"}
    assert named == STANDS_ON.keys()


def test_measure_is_that_of_the_guideline() -> None:
    assert contrast(hexadecimal("#000000"), hexadecimal("#ffffff")) == pytest.approx(21)
    assert contrast(hexadecimal("#777777"), hexadecimal("#ffffff")) == pytest.approx(4.48, abs=0.01)
