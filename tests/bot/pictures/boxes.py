"""How the parts of a picture lie to each other."""

from collections.abc import Sequence
from itertools import combinations

from bot.pictures.canvas import Box


def is_within(box: Box, room: Box) -> bool:
    across = room.left <= box.left and box.right <= room.right
    return across and room.top <= box.top and box.bottom <= room.bottom


def overlapping(boxes: Sequence[Box]) -> list[tuple[Box, Box]]:
    return [
        (one, other)
        for one, other in combinations(boxes, 2)
        if one.left < other.right and other.left < one.right
        if one.top < other.bottom and other.top < one.bottom
    ]
