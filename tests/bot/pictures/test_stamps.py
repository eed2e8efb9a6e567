import itertools

import pytest

from bot.pictures.stamps import sign_of, stamp_grid
from tests.support.each import for_each


@pytest.mark.parametrize(("width", "height"), [(840, 320), (840, 220), (840, 110), (1434, 190)])
@for_each("count", range(1, 41))
def test_marks_stay_in_their_room_and_apart(count: int, width: int, height: int) -> None:
    grid = stamp_grid(count, width, height)
    radius = grid.diameter / 2
    assert len(grid.centres) == count
    assert all(
        radius - 1 <= x <= width - radius + 1 and radius - 1 <= y <= height - radius + 1
        for x, y in grid.centres
    )
    for (x, y), (other_x, other_y) in itertools.combinations(grid.centres, 2):
        assert (x - other_x) ** 2 + (y - other_y) ** 2 >= (grid.diameter + 3) ** 2


@pytest.mark.parametrize(
    ("count", "rows"),
    [
        (4, 1),
        (7, 1),
        (1, 1),
        (3, 1),
        (5, 1),
        (6, 1),
        (8, 2),
        (10, 2),
        (12, 2),
        (16, 2),
        (18, 3),
        (20, 2),
        (24, 3),
        (30, 3),
    ],
)
def test_rows_are_few_and_full(count: int, rows: int) -> None:
    grid = stamp_grid(count, 840, 300)
    heights = [y for _, y in grid.centres]
    assert len(set(heights)) == rows
    assert len({heights.count(y) for y in heights}) == 1


@pytest.mark.parametrize("count", [2, 3])
def test_a_few_marks_stand_together(count: int) -> None:
    grid = stamp_grid(count, 840, 300)
    assert grid.centres[1][0] - grid.centres[0][0] <= grid.diameter * 1.3


@pytest.mark.parametrize("count", [5, 6, 8, 10, 12, 20, 30])
def test_rows_reach_from_margin_to_margin(count: int) -> None:
    grid = stamp_grid(count, 840, 300)
    assert grid.centres[0][0] == pytest.approx(grid.diameter / 2, abs=1)
    assert max(x for x, _ in grid.centres) == pytest.approx(840 - grid.diameter / 2, abs=1)


@pytest.mark.parametrize(("count", "diameter_min"), [(5, 140), (10, 120), (20, 72), (30, 70)])
def test_marks_are_as_large_as_the_room_allows(count: int, diameter_min: int) -> None:
    assert stamp_grid(count, 840, 300).diameter >= diameter_min


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        ("Kaffi", "K"),
        ("œuvre", "Œ"),
        ("ßo", "ß"),
        ("42", "4"),
        ("“Chez”", "C"),
        ("🍣 sushi", "S"),
        ("寿司", "寿"),
        ("مقهى", "م"),
        ("☕ 🍣", "✓"),
        ("ᏣᎳᎩ", "✓"),
        ("", "✓"),
    ],
)
def test_the_stamp_bears_the_names_first_letter(name: str, sign: str) -> None:
    assert sign_of(name) == sign
