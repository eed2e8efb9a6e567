"""The card a customer shows at the counter: 960 x 1280 px, the largest upright picture that Telegram sends as it is.

The upper part has name, stamps or points, and reward on the merchant's colour; the white stub below has number and
code. The code is read at arm's length, so it gets all the room that the stamps do not need to be counted.
In a chat the picture is seen at about a third of its size, so no type is smaller than 30 px.
"""

from PIL import Image

from bot.pictures.canvas import Box, draw_rounded, draw_texts, encode_png, paste_centred
from bot.pictures.card_layout import CARD, QR_ROOM, lay_out_card
from bot.pictures.faces import CardFace, PassFace
from bot.pictures.lettering import Style, Weight, draw_centred
from bot.pictures.points_layout import Bar
from bot.pictures.qr import qr_mask
from bot.pictures.shades import DARK, INK, PAPER, Scheme, scheme_of
from bot.pictures.sheet import empty_sheet
from bot.pictures.stamps import (
    ring_mask,
    sign_of,
    stamp_grid,
    stamped_mask,
    star_mask,
)

__all__ = ["CardFace", "draw_card", "draw_stamps"]

_BELOW_THE_NAME = 64
"""A card without a code ends so many px below the name."""
TRACK = 60
"""The shade of the unfilled part of a bar: between the colour and its ink."""


def draw_card(face: CardFace) -> bytes:
    """The card as a PNG. Raises ValueError for a colour not written #rrggbb and for a URL too long for a QR code."""
    scheme = scheme_of(face.colour)
    layout = lay_out_card(face, scheme)
    picture = empty_sheet(CARD).copy()
    if layout.stamps:
        draw_stamps(picture, face, layout.stamps, scheme)
    if layout.bar:
        _draw_bar(picture, layout.bar)
    if layout.badge:
        _draw_badge(picture, layout.badge)
    if face.qr_url:
        paste_centred(picture, DARK, qr_mask(face.qr_url, room_px=QR_ROOM.width), QR_ROOM.middle)
    draw_texts(picture, layout.texts)
    if not face.qr_url:
        picture = picture.crop((0, 0, CARD.width, layout.texts[0].bottom + _BELOW_THE_NAME))
    return encode_png(picture, scheme)


def draw_stamps(picture: Image.Image, face: CardFace | PassFace, room: Box, scheme: Scheme) -> None:
    """Draws a mark for every stamp, then the open places: the last with a star, those of interim rewards with a
    smaller star, the others with their number."""
    grid = stamp_grid(face.stamps_target, room.width, room.height)
    newest = min(face.stamp_count, face.stamps_target) - 1
    for index, (x, y) in enumerate(grid.centres):
        middle = (room.left + x, room.top + y)
        if index <= newest:
            mark = stamped_mask(grid.diameter, sign_of(face.merchant_name), index, newest=index == newest)
            paste_centred(picture, INK, mark, middle)
        else:
            paste_centred(picture, scheme.line, ring_mask(grid.diameter), middle)
            _draw_place(
                picture,
                index + 1,
                middle,
                grid.diameter,
                is_last=index + 1 == face.stamps_target,
                is_on_the_way=index + 1 in face.on_the_way,
                shade=scheme.quiet,
            )


def _draw_place(
    picture: Image.Image,
    number: int,
    middle: tuple[int, int],
    diameter: int,
    *,
    is_last: bool,
    is_on_the_way: bool,
    shade: int,
) -> None:
    if is_last or is_on_the_way:
        paste_centred(picture, INK, star_mask(round(diameter * (0.56 if is_last else 0.34))), middle)
    else:
        draw_centred(picture, str(number), Style(Weight.SEMIBOLD, round(diameter * 0.34)), middle, shade)


def _draw_bar(picture: Image.Image, bar: Bar) -> None:
    draw_rounded(picture, bar.box, TRACK, radius=bar.box.height // 2)
    if bar.filled.width:
        draw_rounded(picture, bar.filled, INK, radius=bar.box.height // 2)


def _draw_badge(picture: Image.Image, box: Box) -> None:
    """A paper pill with a star at its left end; its text is among the layout's."""
    draw_rounded(picture, box, PAPER, radius=box.height // 2)
    paste_centred(picture, DARK, star_mask(44), (box.left + 46, box.middle[1]))
