import pytest

from bot.pictures.qr import draw_qr, qr_modules
from tests.bot.pictures.samples import CARD_URL, decoded, opened


@pytest.mark.parametrize("size_bytes", [1, 17, 59, 62, 63, 78, 79, 180, 271, 1000, 2953])
def test_a_text_of_any_size_is_read_back(size_bytes: int) -> None:
    text = ("https://t.me/" + "aB3_-?=c" * 400)[:size_bytes]
    assert decoded(opened(draw_qr(text, module_px=4))) == [text]


def test_a_text_beyond_the_largest_symbol_is_refused() -> None:
    with pytest.raises(ValueError, match="2954 bytes"):
        draw_qr("a" * 2954)


@pytest.mark.parametrize(("size_bytes", "version"), [(59, 4), (78, 4), (79, 5), (106, 5)])
def test_the_smallest_symbol_is_used(size_bytes: int, version: int) -> None:
    assert qr_modules("a" * size_bytes).width == 17 + 4 * version


def test_room_left_in_the_symbol_goes_into_error_correction() -> None:
    damaged = opened(draw_qr(CARD_URL, module_px=4))
    damaged.paste("white", (70, 70, 103, 103))
    assert decoded(damaged) == [CARD_URL]


def test_the_quiet_zone_is_four_modules_wide() -> None:
    picture = opened(draw_qr(CARD_URL, module_px=10)).convert("L")
    assert picture.size == (410, 410)
    assert picture.point([255 - value for value in range(256)]).getbbox() == (40, 40, 370, 370)
