"""Where everything on a card stands, in px from its top left corner."""

import math

from bot.pictures.canvas import Box, Placed
from bot.pictures.faces import CardFace
from bot.pictures.lettering import Block, Weight, choices, fit
from bot.pictures.points_layout import Bar, lay_out_points, points_line
from bot.pictures.shades import COLOUR, DARK, INK, PAPER, Scheme
from bot.pictures.sheet import SheetSize
from domain.quick import dataclass

CARD = SheetSize(width=960, height=1280, stub_top=532, unit=1)
QR_ROOM = Box(left=0, top=542, right=738, bottom=1280)
"""The room of the code with its quiet zone: as high as the stub below its perforation."""

_LEFT = 60
_WIDTH = CARD.width - 2 * _LEFT
_ASIDE = Box(left=QR_ROOM.right, top=QR_ROOM.top + 72, right=CARD.width - _LEFT, bottom=QR_ROOM.bottom - 72)
_BADGE_HEIGHT = 72
_READY_WIDTH_MAX = 430
_BADGE_STAR_WIDTH = 76
_BADGE_PADDING = 34
_BADGE_GAP = 36
_BADGE_SPACE = 28
_FLOOR = CARD.stub_top - 42

_NAME = choices(Weight.DISPLAY, (84, 1), (74, 1), (64, 1), (58, 2), (50, 2), (44, 2))
_PROGRESS = choices(Weight.SEMIBOLD, (46, 1), (40, 1), (36, 1), (32, 2), (30, 3))
_REWARD = choices(Weight.MEDIUM, (36, 1), (34, 2), (32, 2), (30, 2))
_REWARD_AMONG_POINTS = choices(Weight.MEDIUM, (36, 1), (34, 1), (32, 1), (30, 1))
_AFFORDABLE = choices(Weight.MEDIUM, (36, 1), (34, 1), (32, 2), (30, 2))
_READY = choices(Weight.SEMIBOLD, (36, 1), (34, 1), (32, 1), (30, 1))
_LABEL = choices(Weight.MEDIUM, (34, 1), (32, 1), (30, 1))
_NUMBER = choices(Weight.SEMIBOLD, (80, 3), (72, 3), (64, 3))
_HINT = choices(Weight.MEDIUM, (34, 4), (32, 5), (30, 6))


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLayout:
    """`stamps` is the room for the grid, if there is one; `badge` the pill that says a reward is ready, if one is;
    `bar` how far the points are, if there is something to save for."""

    texts: tuple[Placed, ...]
    stamps: Box | None
    badge: Box | None
    bar: Bar | None


def lay_out_card(face: CardFace, scheme: Scheme) -> CardLayout:
    """Name from the top, what belongs to the reward from the stub upwards; stamps or points get what is between."""
    head = _head(face)
    lay_out_body = _stamps_body if face.stamps_target else _points_body
    body = lay_out_body(face, head.bottom, scheme)
    texts = tuple(text for text in (head, *body.texts, *_aside(face, scheme)) if text.block.lines)
    return CardLayout(texts=texts, stamps=body.stamps, badge=body.badge, bar=body.bar)


def _head(face: CardFace) -> Placed:
    name = fit(face.merchant_name, _WIDTH, _NAME)
    block = name if name.lines else fit(face.title, _WIDTH, _NAME)
    return Placed(block=block, left=_LEFT, top=44, shade=INK, ground=COLOUR)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Body:
    texts: tuple[Placed, ...]
    stamps: Box | None = None
    badge: Box | None = None
    bar: Bar | None = None


def _stamps_body(face: CardFace, top: int, scheme: Scheme) -> _Body:
    """The stamps, progress and reward below them; a line of points lowest, if the card has points too."""
    if face.points is None:
        foot = _foot(face, _FLOOR, scheme)
        return _Body(texts=foot.texts, stamps=_between(top, foot.top), badge=foot.badge)
    points = points_line(face.points, _room(0, _FLOOR + 6), scheme)
    foot = _foot(face, points.top - 26, scheme)
    return _Body(
        texts=(*foot.texts, *points.texts),
        stamps=_between(top, foot.top),
        badge=foot.badge,
        bar=points.bar,
    )


def _points_body(face: CardFace, top: int, scheme: Scheme) -> _Body:
    """The points; lowest, beside the badge, what they are enough for."""
    if face.points is None:
        return _Body(texts=())
    if not face.points.affordable:
        points = lay_out_points(face.points, _room(top, _FLOOR), scheme)
        return _Body(texts=points.texts, bar=points.bar)
    badge, caption = _badge(face, left=_LEFT, middle=_FLOOR - _BADGE_HEIGHT // 2 + 8)
    width = _LEFT + _WIDTH - badge.right - _BADGE_SPACE
    block = fit(face.points.affordable, width, _AFFORDABLE)
    enough_for = Placed(
        block=block,
        left=badge.right + _BADGE_SPACE,
        top=badge.middle[1] - block.height // 2,
        shade=INK,
        ground=COLOUR,
    )
    points = lay_out_points(face.points, _room(top, badge.top - 46), scheme)
    return _Body(texts=(*points.texts, caption, enough_for), badge=badge, bar=points.bar)


def _room(top: int, bottom: int) -> Box:
    return Box(left=_LEFT, top=top, right=_LEFT + _WIDTH, bottom=bottom)


def _between(head_bottom: int, foot_top: int) -> Box:
    return _room(head_bottom + 26, foot_top - 24)


@dataclass(frozen=True, slots=True)
class _Foot:
    texts: tuple[Placed, ...]
    badge: Box | None
    top: int


def _foot(face: CardFace, bottom: int, scheme: Scheme) -> _Foot:
    """The reward stands lowest; above it the progress, with the badge at the other end of its row."""
    wishes = _REWARD_AMONG_POINTS if face.points else _REWARD
    reward = _standing(fit(face.reward, _WIDTH, wishes), bottom, scheme.muted)
    floor = reward.top - (38 if face.rewards_available > 0 else 28) if reward.block.lines else reward.top
    if face.rewards_available <= 0:
        progress = _standing(fit(face.progress, _WIDTH, _PROGRESS), floor, INK)
        return _Foot((progress, reward), None, progress.top)
    width = _badge_width(face)
    progress = _standing(fit(face.progress, _WIDTH - width - _BADGE_GAP, _PROGRESS), floor, INK)
    middle = (
        (progress.top + progress.bottom) // 2
        if progress.block.lines
        else progress.bottom - _BADGE_HEIGHT // 2
    )
    badge, caption = _badge(
        face, left=_LEFT + _WIDTH - width if progress.block.lines else _LEFT, middle=middle
    )
    return _Foot((progress, reward, caption), badge, min(progress.top, badge.top))


def _badge(face: CardFace, *, left: int, middle: int) -> tuple[Box, Placed]:
    """The pill with its middle at the height `middle`, and what it says."""
    ready = fit(face.reward_ready, _READY_WIDTH_MAX, _READY)
    top = middle - _BADGE_HEIGHT // 2
    badge = Box(left=left, top=top, right=left + _badge_width(face), bottom=top + _BADGE_HEIGHT)
    return badge, Placed(
        block=ready,
        left=left + _BADGE_STAR_WIDTH,
        top=top + (_BADGE_HEIGHT - ready.height) // 2,
        shade=DARK,
        ground=PAPER,
    )


def _badge_width(face: CardFace) -> int:
    return (
        _BADGE_STAR_WIDTH + math.ceil(fit(face.reward_ready, _READY_WIDTH_MAX, _READY).width) + _BADGE_PADDING
    )


def _aside(face: CardFace, scheme: Scheme) -> tuple[Placed, ...]:
    """Beside the code: the number at its top, in threes below each other; the hint at its bottom."""
    label = fit(face.number_label, _ASIDE.width, _LABEL)
    number = fit(_grouped(face.card_number), _ASIDE.width, _NUMBER)
    hint = fit(face.hint, _ASIDE.width, _HINT)
    number_top = _ASIDE.top + label.height + 40 if label.lines else _ASIDE.top
    return (
        _on_paper(label, _ASIDE.top, scheme.paper_muted),
        _on_paper(number, number_top, DARK),
        _on_paper(hint, _ASIDE.bottom - hint.height, scheme.paper_muted),
    )


def _on_paper(block: Block, top: int, shade: int) -> Placed:
    return Placed(block=block, left=_ASIDE.left, top=top, shade=shade, ground=PAPER)


def _standing(block: Block, bottom: int, shade: int) -> Placed:
    """On the colour, with its last baseline at `bottom`."""
    return Placed(block=block, left=_LEFT, top=bottom - block.height, shade=shade, ground=COLOUR)


def _grouped(digits: str) -> str:
    """482109375 as 482 109 375."""
    return " ".join(digits[start : start + 3] for start in range(0, len(digits), 3))
