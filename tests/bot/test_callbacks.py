"""What a button carries comes back as it was put there, and is never longer than Telegram takes."""

import pytest

from bot.kit.buttons import LENGTH_MAX_BYTES, ButtonUnknown, Verb, long_id, parse_press, press, short_id
from bot.kit.clock import new_id


def test_data_of_64_bytes_is_the_longest() -> None:
    room = LENGTH_MAX_BYTES - len("s:")
    assert len(press(Verb.STAMP, "x" * room)) == 64
    with pytest.raises(ValueError, match="65 bytes"):
        press(Verb.STAMP, "x" * (room + 1))


def test_length_is_counted_in_bytes() -> None:
    with pytest.raises(ValueError, match="66 bytes"):
        press(Verb.STAMP, "é" * 32)


def test_two_ids_and_a_key_fit() -> None:
    pressed = parse_press(press(Verb.UNDO, short_id(new_id()), short_id(new_id()), "A" * 11))
    assert (pressed.verb, len(pressed.arguments)) == (Verb.UNDO, 3)


def test_arguments_come_back_as_they_were_put() -> None:
    card_id = new_id()
    pressed = parse_press(press(Verb.STAMP, short_id(card_id), 20, "key"))
    assert (pressed.id(0), pressed.number(1), pressed.text(2)) == (card_id, 20, "key")
    with pytest.raises(ButtonUnknown):
        pressed.text(3)


@pytest.mark.parametrize("text", ["", "A" * 21, "A" * 23, "A" * 21 + "=", "A" * 21 + "é"])
def test_what_is_no_short_id_is_refused(text: str) -> None:
    with pytest.raises(ButtonUnknown):
        long_id(text)
