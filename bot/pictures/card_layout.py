"""Where everything on a card stands, in px from its top left corner."""

import math
from dataclasses import dataclass

from bot.pictures.canvas import Box, Placed
from bot.pictures.faces import CardFace
from bot.pictures.lettering import Block, Weight, choices, fit
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

_TITLE = choices(Weight.MEDIUM, (32, 1), (30, 1))
_NAME = choices(Weight.DISPLAY, (84, 1), (74, 1), (64, 1), (58, 2), (50, 2), (44, 2))
_PROGRESS = choices(Weight.SEMIBOLD, (46, 1), (40, 1), (36, 1), (32, 2), (30, 3))
_BALANCE = choices(Weight.DISPLAY, (120, 1), (96, 1), (76, 2), (60, 2))
_REWARD = choices(Weight.MEDIUM, (36, 1), (34, 2), (32, 2), (30, 2))
_READY = choices(Weight.SEMIBOLD, (36, 1), (34, 1), (32, 1), (30, 1))
_LABEL = choices(Weight.MEDIUM, (32, 1), (30, 1), (30, 2))
_NUMBER = choices(Weight.SEMIBOLD, (53, 1), (48, 1), (42, 1), (36, 1))
_HINT = choices(Weight.MEDIUM, (34, 3), (32, 4), (30, 5))


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLayout:
    """`stamps` is the room for the grid; `badge` the pill that says a reward is ready, if one is."""

    texts: tuple[Placed, ...]
    stamps: Box
    badge: Box | None
    emblem: Box


def lay_out_card(face: CardFace, scheme: Scheme) -> CardLayout:
    """Name from the top, reward and progress from the stub upwards; the stamps get what is left between them."""
    head = _head(face, scheme)
    foot = _foot(face, scheme)
    stamps = Box(left=_LEFT, top=head[-1].bottom + 38, right=_LEFT + _WIDTH, bottom=foot.top - 36)
    balance = () if face.stamps_target else (_balance(face, stamps),)
    aside = _aside(face, scheme)
    texts = tuple(text for text in (*head, *balance, *foot.texts, *aside) if text.block.lines)
    return CardLayout(texts=texts, stamps=stamps, badge=foot.badge, emblem=_emblem(aside))


def _head(face: CardFace, scheme: Scheme) -> tuple[Placed, ...]:
    title = fit(face.title, _WIDTH, _TITLE)
    name = fit(face.merchant_name, _WIDTH, _NAME)
    if not name.lines:
        name, title = fit(face.title, _WIDTH, _NAME), name
    above = Placed(block=title, left=_LEFT, top=54, shade=scheme.muted, ground=COLOUR)
    top = above.bottom + 38 if title.lines else 62
    return above, Placed(block=name, left=_LEFT, top=top, shade=INK, ground=COLOUR)


@dataclass(frozen=True, slots=True)
class _Foot:
    texts: tuple[Placed, ...]
    badge: Box | None
    top: int


def _foot(face: CardFace, scheme: Scheme) -> _Foot:
    """The reward stands lowest; above it the progress, with the badge at the other end of its row."""
    reward = _standing(fit(face.reward, _WIDTH, _REWARD), CARD.stub_top - 48, scheme.muted)
    floor = reward.top - 36 if reward.block.lines else reward.top
    told = face.progress if face.stamps_target else ""
    if face.rewards_available <= 0:
        progress = _standing(fit(told, _WIDTH, _PROGRESS), floor, INK)
        return _Foot((progress, reward), None, progress.top)
    ready = fit(face.reward_ready, _READY_WIDTH_MAX, _READY)
    width = _BADGE_STAR_WIDTH + math.ceil(ready.width) + _BADGE_PADDING
    progress = _standing(fit(told, _WIDTH - width - _BADGE_GAP, _PROGRESS), floor, INK)
    badge = _badge(width, progress)
    left, top = badge.left + _BADGE_STAR_WIDTH, badge.top + (badge.height - ready.height) // 2
    caption = Placed(block=ready, left=left, top=top, shade=DARK, ground=PAPER)
    return _Foot((progress, reward, caption), badge, min(progress.top, badge.top))


def _badge(width: int, progress: Placed) -> Box:
    """At the right of the progress, level with it; at the left if there is none."""
    left = _LEFT + _WIDTH - width if progress.block.lines else _LEFT
    middle = (
        (progress.top + progress.bottom) // 2
        if progress.block.lines
        else progress.bottom - _BADGE_HEIGHT // 2
    )
    top = middle - _BADGE_HEIGHT // 2
    return Box(left=left, top=top, right=left + width, bottom=top + _BADGE_HEIGHT)


def _balance(face: CardFace, room: Box) -> Placed:
    block = fit(face.progress, _WIDTH, _BALANCE)
    return Placed(
        block=block, left=_LEFT, top=room.top + (room.height - block.height) // 2, shade=INK, ground=COLOUR
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
