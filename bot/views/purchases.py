"""Points for purchases: the amount keypad and its confirmations, and points put right by hand."""

from bot.kit.buttons import Verb, press
from bot.texts import Texts
from bot.views.card_parts import after_act, holder
from bot.views.progress import amount, change, points_progress
from bot.views.view import Button, Keyboard, Style, View, keyboard, row
from domain.expiry import Unit
from domain.money import Money, minor_digits
from domain.plumbing.people import BACKSPACE
from domain.usecases.adjust_points import PointsAdjusted
from domain.usecases.card_state import CardState
from domain.usecases.earn_points import PointsEarned

DECIMAL = "."
ENTER = "ok"
CANCEL = "no"
_ROWS = ("123", "456", "789")


def ask_amount(t: Texts, card: CardState, *, nonce: str, shown: str, points: int, sign: str) -> View:
    """``shown`` is the amount so far, empty before the first key; ``sign`` stands before the decimals here."""
    title = t("<b>How much was paid?</b>")
    if shown:
        title = f"<b>{shown} · {amount(t, Unit.POINTS, points)}</b>"
    return View(
        text="\n".join([title, holder(t, card)]), buttons=_keypad(t, nonce, sign, minor_digits(card.currency))
    )


def amount_taken(t: Texts, card: CardState, amount_minor: int) -> View:
    """What is left of the keypad when the amount was typed below it."""
    paid = t.money(Money(amount_minor, card.currency))
    return View(text="\n".join([t("<b>Paid: {amount}</b>", amount=paid), holder(t, card)]))


def earned(t: Texts, done: PointsEarned) -> View:
    card = done.card
    balance = points_progress(t, card.points_balance, card.point_rewards)
    ready = []
    if done.rewards_earned_now and card.affordable:
        balance = amount(t, Unit.POINTS, card.points_balance)
        ready = [t("🎁 <b>Reward ready: {reward}</b>", reward=card.affordable[-1].name)]
    earned_now = purchase(t, done.points, done.amount_minor, card.currency)
    lines = [f"✅ <b>{balance}</b>", earned_now, holder(t, card), *ready]
    return View(text="\n".join(lines), buttons=after_act(t, card, done.entry_id if done.may_undo else None))


def adjusted(t: Texts, done: PointsAdjusted, reason: str) -> View:
    lines = [
        f"✅ <b>{points_progress(t, done.card.points_balance, done.card.point_rewards)}</b>",
        t("{change} · {reason}", change=change(t, Unit.POINTS, done.points), reason=reason),
        holder(t, done.card),
    ]
    return View(text="\n".join(lines), buttons=after_act(t, done.card, None))


def purchase(t: Texts, points: int, amount_minor: int | None, currency: str) -> str:
    """What a purchase earned, with the amount where it is known."""
    points_earned = change(t, Unit.POINTS, points)
    if amount_minor is None:
        return points_earned
    return f"{points_earned} · {t.money(Money(amount_minor, currency))}"


def _keypad(t: Texts, nonce: str, sign: str, decimals: int) -> Keyboard:
    def key(label: str, data: str, style: Style | None = None) -> Button:
        return Button(text=label, data=press(Verb.AMOUNT_KEY, nonce, data), style=style)

    return keyboard(
        *(row(*(key(digit, digit) for digit in digits)) for digits in _ROWS),
        row(key(sign, DECIMAL) if decimals else None, key("0", "0"), key("⌫", BACKSPACE)),
        row(key(t("‹ Card"), CANCEL), key("✓", ENTER, Style.SUCCESS)),
    )
