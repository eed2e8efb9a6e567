"""The amount keypad: opened for a card, shown again after every key."""

from msgspec.structs import replace

from bot.kit.clock import new_key
from bot.screens.turn import Turn
from bot.staff.acts import CardName
from bot.staff.amounts import keyed_amount
from bot.staff.dialogues import AmountAsked, remember
from bot.telegram.chat import Place
from bot.texts import Texts, texts
from bot.views import purchases as views
from bot.views.view import View
from domain.refusals import StoreNotChosen
from domain.staff import Actor, Membership
from domain.usecases.purchase_terms import PurchaseTerms, SeePurchaseTerms, purchase_terms


async def open_keypad(turn: Turn, card: CardName, actor: Actor, place: Place | None = None) -> None:
    """An empty keypad; its nonce becomes the operation key, so that one keypad earns points once.

    Raises what ``purchase_terms`` raises.
    """
    terms = await see_terms(turn, card, actor)
    nonce, question = new_key(), AmountAsked(card=card)
    shown = await turn.show(keypad_view(turn, terms, nonce, ""), place)
    question = replace(question, message_id=shown.message_id, has_picture=shown.has_picture)
    await remember(turn, question, nonce)


async def see_terms(turn: Turn, card: CardName, actor: Actor) -> PurchaseTerms:
    return await turn.read(purchase_terms, SeePurchaseTerms(actor=actor, card=card.ref))


def keypad_view(turn: Turn, terms: PurchaseTerms, nonce: str, keys: str) -> View:
    """Amounts look as they do to the merchant, whose sign is on the key."""
    here, currency = merchant_texts(turn), terms.card.currency
    shown = here.typed_money(keys.replace(views.DECIMAL, here.decimal_sign), currency) if keys else ""
    points = terms.points_of(keyed_amount(keys, currency))
    return views.ask_amount(
        turn.t, terms.card, nonce=nonce, shown=shown, points=points, sign=here.decimal_sign
    )


def merchant_texts(turn: Turn) -> Texts:
    return texts(membership_at_desk(turn).locale)


def membership_at_desk(turn: Turn) -> Membership:
    """Raises StoreNotChosen."""
    membership = turn.caller.membership
    if membership is None:
        raise StoreNotChosen
    return membership
