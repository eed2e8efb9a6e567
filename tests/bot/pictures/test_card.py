import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from PIL import Image

from bot.pictures.canvas import Box, draw_texts
from bot.pictures.card import draw_card
from bot.pictures.card_layout import CARD, QR_ROOM, lay_out_card
from bot.pictures.faces import CardFace, PointsFace
from bot.pictures.qr import qr_mask, qr_modules
from bot.pictures.shades import COLOUR, TEXT_CONTRAST, TEXTURE, contrast, scheme_of
from tests.bot.pictures.boxes import is_within, overlapping
from tests.bot.pictures.samples import (
    CAPTIONS,
    CARD_URL,
    LONG_NAME,
    LONG_POINTS,
    LONG_REWARD,
    card_face,
    decoded,
    halved,
    opened,
    photographed,
    points_card,
    points_face,
    rotated,
)
from tests.support.each import for_each

PAGE = Box(left=0, top=0, right=CARD.width, bottom=CARD.height)

CROWDED = [
    card_face(
        language,
        merchant_name=name,
        reward=reward,
        stamps_target=target,
        stamp_count=count,
        rewards_available=ready,
        points=points,
    )
    for language, (name, reward), (target, count, ready, points) in itertools.product(
        CAPTIONS,
        [("Ö", "Tee"), (LONG_NAME, LONG_REWARD), ("W" * 64, "W" * 80), ("", "")],
        [
            *((1, 0, 0, None), (5, 5, 1, None), (10, 25, 2, None), (20, 13, 0, None), (30, 30, 1, None)),
            *((10, 7, 0, points_face()), (20, 33, 1, LONG_POINTS)),
            *((0, 0, 0, points_face()), (0, 0, 2, points_face(affordable="Espresso · Croissant"))),
            *((0, 0, 1, points_face(affordable="Tea", next_reward="", next_cost="")), (0, 0, 3, LONG_POINTS)),
        ],
    )
]


@pytest.mark.parametrize("language", CAPTIONS)
@pytest.mark.parametrize(
    ("target", "count", "name", "colour"),
    [
        (5, 2, "Kaffi Lëtz", "#1a1a1a"),
        (10, 12, LONG_NAME, "#fff3c4"),
        (20, 11, "Ελληνικός Φούρνος", "#c0392b"),
    ],
)
def test_the_code_is_read_as_sent_made_small_turned_and_photographed(
    language: str, target: int, count: int, name: str, colour: str
) -> None:
    face = card_face(
        language,
        merchant_name=name,
        colour=colour,
        stamps_target=target,
        stamp_count=count,
        rewards_available=count // target,
    )
    picture = opened(draw_card(face))
    for seen in (picture, halved(picture), rotated(picture), photographed(picture)):
        assert decoded(seen) == [CARD_URL]


@pytest.mark.parametrize("colour", ["#1a1a1a", "#fff3c4", "#c0392b"])
@pytest.mark.parametrize("points", [points_face(), LONG_POINTS], ids=["short", "long"])
def test_the_code_is_read_from_cards_with_points(points: PointsFace, colour: str) -> None:
    for face in (points_card(colour=colour, points=points), card_face(colour=colour, points=points)):
        picture = opened(draw_card(face))
        assert picture.size == (960, 1280)
        for seen in (picture, halved(picture), rotated(picture), photographed(picture)):
            assert decoded(seen) == [CARD_URL]


def test_the_code_is_read_with_the_longest_bot_name_telegram_allows() -> None:
    url = f"https://t.me/{'a' * 32}?start=cX-zrZv_IbzjZUnhsbWlseQ"
    assert decoded(halved(opened(draw_card(card_face(qr_url=url))))) == [url]


@pytest.mark.parametrize(
    "url", [CARD_URL, "https://t.me/abot?start=cX-zrZv_IbzjZUnhsbWlseQ", "https://t.me/" + "a" * 70]
)
def test_the_code_has_a_white_quiet_zone_of_four_modules(url: str) -> None:
    code = qr_mask(url, room_px=QR_ROOM.width)
    module = code.width // qr_modules(url).width
    left, top = QR_ROOM.middle[0] - code.width // 2, QR_ROOM.middle[1] - code.height // 2
    zone = Box(
        left=left - 4 * module,
        top=top - 4 * module,
        right=left + code.width + 4 * module,
        bottom=top + code.height + 4 * module,
    )
    assert is_within(zone, PAGE)
    seen = (
        opened(draw_card(card_face(qr_url=url)))
        .convert("L")
        .crop((zone.left, zone.top, zone.right, zone.bottom))
    )
    seen.paste(255, (4 * module, 4 * module), code)
    assert seen.getextrema() == (255, 255)


def test_a_card_is_960_by_1280_and_small_enough_to_send_at_once() -> None:
    picture = draw_card(card_face())
    assert opened(picture).size == (960, 1280)
    assert len(picture) < 60_000


@for_each("face", CROWDED)
def test_nothing_on_a_card_overflows_or_overlaps(face: CardFace) -> None:
    layout = lay_out_card(face, scheme_of(face.colour))
    boxes = [text.box for text in layout.texts if not (layout.badge and is_within(text.box, layout.badge))]
    bar = layout.bar.box if layout.bar else None
    boxes += [QR_ROOM, *filter(None, (layout.stamps, layout.badge, bar))]
    assert all(is_within(box, PAGE) for box in boxes)
    assert all(box.right <= CARD.width - 60 for box in boxes)
    assert not overlapping(boxes)


@for_each("face", CROWDED)
def test_the_ink_of_every_text_stays_in_its_box(face: CardFace) -> None:
    for text in lay_out_card(face, scheme_of(face.colour)).texts:
        empty = Image.new("L", (CARD.width, CARD.height), 0)
        draw_texts(empty, [replace(text, shade=255)])
        ink = empty.getbbox()
        assert ink
        assert is_within(Box(left=ink[0] + 3, top=ink[1], right=ink[2] - 3, bottom=ink[3]), text.box)


@pytest.mark.parametrize("target", range(1, 31))
def test_stamps_stay_large_enough_to_count(target: int) -> None:
    for points, height in ((None, 180), (points_face(), 170)):
        face = card_face(stamps_target=target, points=points)
        layout = lay_out_card(face, scheme_of(face.colour))
        assert layout.stamps
        assert layout.stamps.height >= height


@for_each("colour", [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in itertools.product(range(0, 256, 51), repeat=3)])
def test_every_text_is_readable_on_every_colour(colour: str) -> None:
    scheme = scheme_of(colour)
    points = points_face(affordable="Espresso")
    faces = (card_face(rewards_available=1, points=points), points_card(rewards_available=1, points=points))
    for text in itertools.chain.from_iterable(lay_out_card(face, scheme).texts for face in faces):
        grounds = (COLOUR, TEXTURE) if text.ground == COLOUR else (text.ground,)
        assert all(
            contrast(scheme.rgb(text.shade), scheme.rgb(ground)) >= TEXT_CONTRAST for ground in grounds
        )


def test_the_same_face_is_the_same_bytes_in_any_thread() -> None:
    faces = [
        card_face(stamp_count=count, merchant_name=name)
        for count in range(8)
        for name in ("Kaffi", "Œuvre", "VAT")
    ]
    alone = [draw_card(face) for face in faces]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(draw_card, faces)) == alone


def test_a_further_stamp_changes_the_picture_up_to_the_full_card() -> None:
    pictures = [draw_card(card_face(stamp_count=count)) for count in range(11)]
    assert len(set(pictures)) == 11
    assert draw_card(card_face(stamp_count=12)) == pictures[10]


def test_a_reward_that_is_ready_is_told_on_a_badge() -> None:
    scheme = scheme_of("#6f4e37")
    assert lay_out_card(card_face(rewards_available=0), scheme).badge is None
    layout = lay_out_card(card_face(rewards_available=2), scheme)
    assert layout.badge
    told = [text.block.lines for text in layout.texts if is_within(text.box, layout.badge)]
    assert told == [("2 rewards ready",)]


def test_the_card_number_is_shown_in_groups_of_three() -> None:
    layout = lay_out_card(card_face(card_number="482109375"), scheme_of("#6f4e37"))
    assert ("482", "109", "375") in [text.block.lines for text in layout.texts]


def test_a_name_that_cannot_be_drawn_gives_its_place_to_the_title() -> None:
    layout = lay_out_card(card_face(merchant_name="ᏣᎳᎩ"), scheme_of("#6f4e37"))
    first = layout.texts[0]
    assert first.block.lines == ("Stamp card",)
    assert first.block.style.size_px > 80


@pytest.mark.parametrize(
    "colour", ["", "red", "6f4e37", "#6f4e3", "#6f4e377", "#6f4e3g", "#6f4e37\n", "#６f4e37"]
)
def test_what_is_no_colour_is_refused(colour: str) -> None:
    with pytest.raises(ValueError, match="colour"):
        draw_card(card_face(colour=colour))


def lines_on(face: CardFace) -> list[str]:
    return [" ".join(text.block.lines) for text in lay_out_card(face, scheme_of(face.colour)).texts]


def test_points_card_tells_balance_next_reward_and_what_there_is_enough_for() -> None:
    face = points_card(rewards_available=2, points=points_face(affordable="Espresso · Croissant"))
    told = lines_on(face)
    assert {"340 points", "Lunch menu", "400 points", "2 rewards ready", "Espresso · Croissant"} <= set(told)
    assert face.progress not in told
    assert face.reward not in told


def test_card_with_stamps_and_points_tells_both() -> None:
    face = card_face(points=points_face())
    told = lines_on(face)
    assert {"7 of 10 · 3 to go", face.reward, "340 points", "Lunch menu · 400 points"} <= set(told)


def test_long_name_of_the_next_reward_is_cut_and_never_its_cost() -> None:
    [line] = [line for line in lines_on(card_face(points=LONG_POINTS)) if "14 000 000" in line]
    assert line.startswith("Ein ")
    assert line.endswith("… · 14 000 000 Punkte")


def test_balance_is_the_largest_text_of_a_points_card() -> None:
    for points in (points_face(), points_face(balance="1,234,567 points", affordable="Tea")):
        layout = lay_out_card(points_card(points=points, rewards_available=1), scheme_of("#6f4e37"))
        largest = max(layout.texts, key=lambda text: text.block.style.size_px)
        assert largest.block.lines == (points.balance,)


@pytest.mark.parametrize(
    ("share", "filled_px"), [(0.0, 0), (0.0001, 0), (0.001, 30), (0.5, 420), (1.0, 840), (1.5, 840)]
)
def test_bar_is_filled_to_its_share(share: float, filled_px: int) -> None:
    layout = lay_out_card(points_card(points=points_face(share=share)), scheme_of("#6f4e37"))
    assert layout.bar
    assert layout.bar.box.width == 840
    assert layout.bar.filled.width == filled_px


def test_nothing_left_to_save_for_has_no_bar() -> None:
    points = points_face(next_reward="", next_cost="", affordable="Dinner")
    assert lay_out_card(points_card(points=points), scheme_of("#6f4e37")).bar is None


def test_more_points_change_the_picture() -> None:
    shares = (0.2, 0.4, 0.6)
    for make in (points_card, card_face):
        assert len({draw_card(make(points=points_face(share=share))) for share in shares}) == len(shares)
