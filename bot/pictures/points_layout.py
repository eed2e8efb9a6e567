"""Where points stand on a card: large and alone, or in one line under the stamps."""

import math

from bot.pictures.canvas import Box, Placed
from bot.pictures.faces import PointsFace
from bot.pictures.lettering import Block, Choices, Weight, choices, drawable, fit, text_width
from bot.pictures.shades import COLOUR, INK, Scheme
from domain.quick import dataclass

_BALANCE = choices(Weight.DISPLAY, (150, 1), (128, 1), (108, 1), (90, 1), (76, 1), (60, 1), (48, 1))
_NEXT = choices(Weight.SEMIBOLD, (42, 1), (38, 1), (34, 1), (30, 1))
_COST = choices(Weight.MEDIUM, (36, 1), (32, 1), (30, 1))
_LINE_BALANCE = choices(Weight.SEMIBOLD, (38, 1), (34, 1), (30, 1))
_LINE_NEXT = choices(Weight.MEDIUM, (34, 1), (30, 1))

_BAR_HEIGHT = 30
_BAR_GAP = 30
_SLIM_BAR_HEIGHT = 10
_SLIM_BAR_GAP = 18
_ASIDE_GAP = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """How much of the next reward is there already. `filled` is never narrower than the bar is high, unless it is
    empty."""

    box: Box
    share: float

    @property
    def filled(self) -> Box:
        width = round(self.box.width * min(max(self.share, 0.0), 1.0))
        seen = max(width, self.box.height) if width else 0
        return Box(left=self.box.left, top=self.box.top, right=self.box.left + seen, bottom=self.box.bottom)


@dataclass(frozen=True, slots=True)
class PointsLayout:
    texts: tuple[Placed, ...]
    bar: Bar | None
    top: int


def lay_out_points(points: PointsFace, room: Box, scheme: Scheme) -> PointsLayout:
    """Next reward and bar from the room's bottom upwards; the balance as large as fits in the middle of the rest."""
    row = _next_row(points, room, scheme)
    bottom = row.top
    balance = _largest(points.balance, room.width, bottom - room.top)
    top = room.top + (bottom - room.top - balance.height) // 2
    placed = Placed(block=balance, left=room.left, top=top, shade=INK, ground=COLOUR)
    return PointsLayout((placed, *row.texts), row.bar, top)


def points_line(points: PointsFace, room: Box, scheme: Scheme) -> PointsLayout:
    """One line at the room's bottom: balance at the left, the next reward at the right, a slim bar above both."""
    half = room.width * 11 // 20
    balance = _standing(fit(points.balance, half, _LINE_BALANCE), room.left, room.bottom, INK)
    width = room.width - round(balance.block.width) - _ASIDE_GAP
    told = _next_in_line(points, width) if points.next_reward else fit(points.affordable, width, _LINE_NEXT)
    aside = _at_right(told, room, room.bottom, scheme.muted)
    top = room.bottom - balance.block.height - _SLIM_BAR_GAP - _SLIM_BAR_HEIGHT
    share = points.share if points.next_reward else 1.0
    return PointsLayout((balance, aside), _bar(room, top, _SLIM_BAR_HEIGHT, share), top)


def _next_row(points: PointsFace, room: Box, scheme: Scheme) -> PointsLayout:
    """Name and cost of the next reward at the room's bottom, its bar above; nothing without a next reward."""
    if not points.next_reward:
        return PointsLayout((), None, room.bottom)
    cost = _at_right(fit(points.next_cost, room.width // 2, _COST), room, room.bottom, scheme.muted)
    width = room.width - round(cost.block.width) - _ASIDE_GAP
    name = _standing(fit(points.next_reward, width, _NEXT), room.left, room.bottom, INK)
    top = min(name.top, cost.top) - _BAR_GAP - _BAR_HEIGHT
    return PointsLayout((name, cost), _bar(room, top, _BAR_HEIGHT, points.share), top)


def _next_in_line(points: PointsFace, width: int) -> Block:
    """ "Lunch menu · 400 points"; a long name is cut, never the cost."""
    if not drawable(points.next_reward):
        return fit(points.next_cost, width, _LINE_NEXT)
    cost = f" · {drawable(points.next_cost)}"
    whole = fit(points.next_reward + cost, width, _LINE_NEXT)
    if not whole.is_cut:
        return whole
    smallest = _LINE_NEXT[-1:]
    room = width - math.ceil(text_width(cost, smallest[0][0]))
    name = fit(points.next_reward, room, smallest)
    return Block((name.lines[0] + cost,), name.style)


def _largest(text: str, width: int, height: int) -> Block:
    """In the largest type that leaves air above and below it; in the smallest if none does."""
    wishes: list[Choices] = [_BALANCE[start:] for start in range(len(_BALANCE))]
    blocks = [fit(text, width, wish) for wish in wishes]
    return next((block for block in blocks if block.height * 2.4 <= height), blocks[-1])


def _bar(room: Box, top: int, height: int, share: float) -> Bar:
    return Bar(box=Box(left=room.left, top=top, right=room.right, bottom=top + height), share=share)


def _standing(block: Block, left: int, bottom: int, shade: int) -> Placed:
    """On the colour, with its last baseline at `bottom`."""
    return Placed(block=block, left=left, top=bottom - block.height, shade=shade, ground=COLOUR)


def _at_right(block: Block, room: Box, bottom: int, shade: int) -> Placed:
    return _standing(block, room.right - round(block.width), bottom, shade)
