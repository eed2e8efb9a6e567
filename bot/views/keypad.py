"""The PIN keypad. A key shows its digit; its data carries only a position, not the digit."""

from bot.kit.buttons import Verb, press
from bot.texts import Texts
from bot.views.view import Button, Style, View, keyboard, row
from domain.plumbing.people import BACKSPACE

ENTER = "ok"
CANCEL = "no"
_ROWS = ("123", "456", "789")


def ask_pin(t: Texts, *, name: str, nonce: str, positions: str, typed: int, may_switch: bool) -> View:
    """``positions`` is this keypad's order of the digits: the key of a digit sends the digit's index in it."""
    title = t("<b>{name}, your PIN</b>", name=name)
    view = _keypad(t, title, nonce, positions, typed)
    if may_switch:
        switch = Button(text=t("Someone else"), data=press(Verb.LEAVE))
        view = view.with_buttons(row(switch))
    return view


def choose_pin(t: Texts, *, name: str, nonce: str, positions: str, typed: int, again: bool) -> View:
    if again:
        title = t("<b>{name}, type the PIN once more</b>", name=name)
    else:
        title = t(
            "<b>{name}, choose a PIN of 4 to 8 digits</b>\n"
            "It is asked for at the counter, so that nobody else acts in your name.",
            name=name,
        )
    return _keypad(t, title, nonce, positions, typed)


def _keypad(t: Texts, title: str, nonce: str, positions: str, typed: int) -> View:
    def key(digit: str) -> Button:
        return Button(text=digit, data=press(Verb.KEY, nonce, positions.index(digit)))

    return View(
        text=f"{title}\n{'●' * typed or '○'}",
        buttons=keyboard(
            *(row(*map(key, digits)) for digits in _ROWS),
            row(
                Button(text="⌫", data=press(Verb.KEY, nonce, BACKSPACE)),
                key("0"),
                Button(text="✓", data=press(Verb.KEY, nonce, ENTER), style=Style.SUCCESS),
            ),
            row(Button(text=t("Cancel"), data=press(Verb.KEY, nonce, CANCEL))),
        ),
    )
