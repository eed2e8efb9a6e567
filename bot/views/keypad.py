"""The PIN keypad. A key shows its digit; its data carries only a position, not the digit."""

from collections.abc import Sequence

from bot.kit.buttons import Verb, press
from bot.texts import Texts, isolated
from bot.views.view import Button, Style, View, keyboard, row
from domain.plumbing.people import BACKSPACE

ENTER = "ok"
CANCEL = "no"
HELPERS_NAMED_MAX = 3
_ROWS = ("123", "456", "789")


def ask_pin(t: Texts, *, name: str, nonce: str, positions: str, typed: int, may_switch: bool) -> View:
    """``positions`` is this keypad's order of the digits: the key of a digit sends the digit's index in it."""
    title = t("<b>{name}, your PIN</b>", name=name)
    view = _keypad(t, title, nonce, positions, typed)
    if may_switch:
        switch = Button(text=t("Someone else"), data=press(Verb.LEAVE))
        view = view.with_buttons(row(switch))
    return view


def ask_old_pin(
    t: Texts, *, name: str, helpers: Sequence[str], nonce: str, positions: str, typed: int
) -> View:
    """Asks for the present PIN, before another one is chosen."""
    forgotten = (
        t(
            "Forgotten? In /team these can let you choose a new one: {names}",
            names=", ".join(map(isolated, helpers[:HELPERS_NAMED_MAX])),
        )
        if helpers
        else t("Forgotten? Whoever looks after this bot can let you choose a new one.")
    )
    title = t("<b>{name}, first your present PIN</b>", name=name)
    return _keypad(t, f"{title}\n{forgotten}", nonce, positions, typed)


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
