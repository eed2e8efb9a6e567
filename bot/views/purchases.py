"""Purchases: the amount keypad, and what replaces it."""

from bot.kit.buttons import Verb, press
from bot.texts import Texts
from bot.views.card_parts import card_button, holder
from bot.views.progress import amount, multiplied
from bot.views.view import Button, Keyboard, Style, View, keyboard, row
from domain.money import Money, minor_digits
from domain.multipliers import ONE
from domain.plumbing.people import BACKSPACE
from domain.rules.earning import Earned
from domain.usecases.card_state import CardState

DECIMAL = "."
ENTER = "ok"
CANCEL = "no"
_ROWS = ("123", "456", "789")


def ask_amount(
    t: Texts,
    card: CardState,
    *,
    nonce: str,
    shown: str,
    earned: Earned,
    sign: str,
    factor_tenths: int = ONE,
) -> View:
    """``shown`` is the amount so far, empty before the first key; ``sign`` is the decimal separator to show."""
    title = t("<b>How much was paid?</b>")
    if shown:
        title = f"<b>{shown} · {multiplied(t, amount(t, earned.unit, earned.count), factor_tenths)}</b>"
    return View(
        text="\n".join([title, holder(t, card)]), buttons=_keypad(t, nonce, sign, minor_digits(card.currency))
    )


def doubt_amount(t: Texts, card: CardState, amount_minor: int, nonce: str) -> View:
    """Ask about an unusually large amount; nothing is booked yet."""
    paid = t.money(Money(amount_minor, card.currency))
    back = card_button(t, card.card_id)
    sure = Button(
        text=t("Yes, {amount}", amount=paid), data=press(Verb.AMOUNT_SURE, nonce), style=Style.PRIMARY
    )
    return View(
        text="\n".join([t("<b>Is {amount} right?</b>", amount=paid), holder(t, card)]),
        buttons=keyboard(row(back), row(sure)),
        spare=back,
    )


def amount_taken(t: Texts, card: CardState, amount_minor: int) -> View:
    """What replaces the keypad when the amount was typed as a message."""
    paid = t.money(Money(amount_minor, card.currency))
    return View(text="\n".join([t("<b>Paid: {amount}</b>", amount=paid), holder(t, card)]))


def _keypad(t: Texts, nonce: str, sign: str, decimals: int) -> Keyboard:
    def key(label: str, data: str, style: Style | None = None) -> Button:
        return Button(text=label, data=press(Verb.AMOUNT_KEY, nonce, data), style=style)

    return keyboard(
        *(row(*(key(digit, digit) for digit in digits)) for digits in _ROWS),
        row(key(sign, DECIMAL) if decimals else None, key("0", "0"), key("⌫", BACKSPACE)),
        row(key(t("‹ Card"), CANCEL), key("✓", ENTER, Style.SUCCESS)),
    )
