"""The amount keypad: opened for a card, shown again after every key."""

from bot.kit.clock import new_key
from bot.screens import questions
from bot.screens.amounts import keyed_amount
from bot.screens.turn import Turn
from bot.staff.dialogues import AmountAsked
from bot.telegram.chat import Place
from bot.texts import texts
from bot.views import purchases as views
from bot.views.view import View
from domain.acts import AskAmount, Asked
from domain.refusals import StoreNotChosen
from domain.staff import Membership
from domain.usecases.purchase_terms import PurchaseTerms, purchase_terms


async def open_keypad(turn: Turn, asked: Asked[AskAmount], place: Place | None) -> None:
    """An empty keypad; its nonce becomes the operation key, so that one keypad earns points once.

    Raises what ``purchase_terms`` raises.
    """
    terms, nonce = await turn.read(purchase_terms, asked), new_key()
    view = keypad_view(turn, terms, nonce, "")
    await questions.show(turn, AmountAsked(card=asked.act.card), nonce, view, place)


def keypad_view(turn: Turn, terms: PurchaseTerms, nonce: str, keys: str) -> View:
    """The keypad after these keys, with amounts and decimal sign in the merchant's locale. Raises StoreNotChosen."""
    here, currency = texts(membership_at_desk(turn).locale), terms.card.currency
    shown = here.typed_money(keys.replace(views.DECIMAL, here.decimal_sign), currency) if keys else ""
    earned = terms.earned_by(keyed_amount(keys, currency))
    return views.ask_amount(
        turn.t,
        terms.card,
        nonce=nonce,
        shown=shown,
        earned=earned,
        factor_tenths=terms.factor_tenths,
        sign=here.decimal_sign,
    )


def membership_at_desk(turn: Turn) -> Membership:
    """Raises StoreNotChosen."""
    membership = turn.caller.membership
    if membership is None:
        raise StoreNotChosen
    return membership
