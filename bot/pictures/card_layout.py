"""Where everything on a card stands, in px from its top left corner."""

import math
from dataclasses import dataclass

from bot.pictures.canvas import Box, Placed
from bot.pictures.faces import CardFace
from bot.pictures.lettering import Block, Weight, choices, fit
from bot.pictures.points_layout import Bar, lay_out_points, points_line
from bot.pictures.shades import COLOUR, DARK, INK, PAPER, Scheme
from bot.pictures.sheet import SheetSize

CARD = SheetSize(width=960, height=1280, stub_top=650, unit=1)
QR_QUIET_PX = 60
QR_BOX = Box(left=60, top=722, right=556, bottom=1218)

_LEFT = 60
_WIDTH = CARD.width - 2 * _LEFT
_ASIDE_LEFT = 620
_ASIDE_WIDTH = CARD.width - _LEFT - _ASIDE_LEFT
_EMBLEM_SIDE_MAX = 210
_BADGE_HEIGHT = 72
_READY_WIDTH_MAX = 430
_BADGE_STAR_WIDTH = 76
_BADGE_PADDING = 34
_BADGE_GAP = 36
_BADGE_SPACE = 28
_FLOOR = CARD.stub_top - 48

_TITLE = choices(Weight.MEDIUM, (32, 1), (30, 1))
_NAME = choices(Weight.DISPLAY, (84, 1), (74, 1), (64, 1), (58, 2), (50, 2), (44, 2))
_PROGRESS = choices(Weight.SEMIBOLD, (46, 1), (40, 1), (36, 1), (32, 2), (30, 3))
_REWARD = choices(Weight.MEDIUM, (36, 1), (34, 2), (32, 2), (30, 2))
_REWARD_AMONG_POINTS = choices(Weight.MEDIUM, (36, 1), (34, 1), (32, 1), (30, 1))
_AFFORDABLE = choices(Weight.MEDIUM, (36, 1), (34, 1), (32, 2), (30, 2))
_READY = choices(Weight.SEMIBOLD, (36, 1), (34, 1), (32, 1), (30, 1))
_LABEL = choices(Weight.MEDIUM, (32, 1), (30, 1), (30, 2))
_NUMBER = choices(Weight.SEMIBOLD, (53, 1), (48, 1), (42, 1), (36, 1))
_HINT = choices(Weight.MEDIUM, (34, 3), (32, 4), (30, 5))


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLayout:
    """`stamps` is the room for the grid, if there is one; `badge` the pill that says a reward is ready, if one is;
    `bar` how far the points are, if there is something to save for."""

    texts: tuple[Placed, ...]
    stamps: Box | None
    badge: Box | None
    bar: Bar | None
    emblem: Box


def lay_out_card(face: CardFace, scheme: Scheme) -> CardLayout:
    """Name from the top, what belongs to the reward from the stub upwards; stamps or points get what is between."""
    head = _head(face, scheme)
    lay_out_body = _stamps_body if face.stamps_target else _points_body
    body = lay_out_body(face, head[-1].bottom, scheme)
    aside = _aside(face, scheme)
    texts = tuple(text for text in (*head, *body.texts, *aside) if text.block.lines)
    return CardLayout(texts=texts, stamps=body.stamps, badge=body.badge, bar=body.bar, emblem=_emblem(aside))


def _head(face: CardFace, scheme: Scheme) -> tuple[Placed, ...]:
    title = fit(face.title, _WIDTH, _TITLE)
    name = fit(face.merchant_name, _WIDTH, _NAME)
    if not name.lines:
        name, title = fit(face.title, _WIDTH, _NAME), name
    above = Placed(block=title, left=_LEFT, top=54, shade=scheme.muted, ground=COLOUR)
    top = above.bottom + 38 if title.lines else 62
    return above, Placed(block=name, left=_LEFT, top=top, shade=INK, ground=COLOUR)


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
    foot = _foot(face, points.top - 28, scheme)
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
    return _room(head_bottom + 38, foot_top - 36)


@dataclass(frozen=True, slots=True)
class _Foot:
    texts: tuple[Placed, ...]
    badge: Box | None
    top: int


def _foot(face: CardFace, bottom: int, scheme: Scheme) -> _Foot:
    """The reward stands lowest; above it the progress, with the badge at the other end of its row."""
    wishes = _REWARD_AMONG_POINTS if face.points else _REWARD
    reward = _standing(fit(face.reward, _WIDTH, wishes), bottom, scheme.muted)
    floor = reward.top - 36 if reward.block.lines else reward.top
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
    """Beside the QR code: the number at its top, the hint at its bottom."""
    label = Placed(
        block=fit(face.number_label, _ASIDE_WIDTH, _LABEL),
        left=_ASIDE_LEFT,
        top=QR_BOX.top,
        shade=scheme.paper_muted,
        ground=PAPER,
    )
    number = fit(_grouped(face.card_number), _ASIDE_WIDTH, _NUMBER)
    hint = fit(face.hint, _ASIDE_WIDTH, _HINT)
    return (
        label,
        Placed(block=number, left=_ASIDE_LEFT, top=label.bottom + 26, shade=DARK, ground=PAPER),
        Placed(
            block=hint,
            left=_ASIDE_LEFT,
            top=QR_BOX.bottom - hint.height,
            shade=scheme.paper_muted,
            ground=PAPER,
        ),
    )


def _emblem(aside: tuple[Placed, ...]) -> Box:
    """Between number and hint, flush with them; smaller if they are long."""
    _, number, hint = aside
    side = min(_EMBLEM_SIDE_MAX, hint.box.top - number.box.bottom - 40)
    top = (number.bottom + hint.top - side) // 2
    return Box(left=_ASIDE_LEFT, top=top, right=_ASIDE_LEFT + side, bottom=top + side)


def _standing(block: Block, bottom: int, shade: int) -> Placed:
    """On the colour, with its last baseline at `bottom`."""
    return Placed(block=block, left=_LEFT, top=bottom - block.height, shade=shade, ground=COLOUR)


def _grouped(digits: str) -> str:
    """482109375 as 482 109 375."""
    return " ".join(digits[start : start + 3] for start in range(0, len(digits), 3))
