"""What is said to whoever joins, moves a card here, or opens a card that is not theirs."""

from bot.kit.buttons import Verb, press, short_id
from bot.texts import Texts
from bot.views.below_chat import below_chat
from bot.views.cards import called
from bot.views.view import Button, View, keyboard, row
from domain.ids import CardId
from domain.usecases.card_state import CardState
from domain.usecases.links import JoinOffer
from domain.usecases.my_cards import HeldCard


def welcome(t: Texts, held: HeldCard, *, is_new: bool, is_staff: bool = False) -> View:
    """The message before the card: what the customer agrees to, or a welcome back. It sets the menu below the chat,
    in which staff keep the team's keys."""
    menu = below_chat(t, is_staff=is_staff, has_card=True)
    if held.others and is_new:
        return View(text=one_more_card(t, held), menu=menu)
    if not is_new:
        said = t("<b>Welcome back to {merchant}.</b>", merchant=held.state.merchant_name)
        return View(text=said, menu=menu)
    return View(text=_agreement(t, held.state), menu=menu)


def one_more_card(t: Texts, held: HeldCard) -> str:
    return t("✅ <b>One more card for you: {card}</b>", card=called(t, held))


def moved_here(t: Texts, held: HeldCard, *, is_staff: bool = False) -> View:
    said = t(
        "<b>Your card at {merchant} is on this account now.</b>\n"
        "All that was on it is still there. It has a new code: the one on an old picture is refused.",
        merchant=held.state.merchant_name,
    )
    return View(text=said, menu=below_chat(t, is_staff=is_staff, has_card=True))


def move_answered(t: Texts, *, is_allowed: bool, is_merge: bool) -> View:
    if is_allowed and is_merge:
        return View(text=t("✅ Thank you. The two cards are one now."))
    if is_allowed:
        return View(text=t("✅ Thank you. Open the link on the other account now."))
    return View(text=t("✅ Thank you. The card stays here, and the shop was told."))


def _agreement(t: Texts, state: CardState) -> str:
    if not state.has_points:
        return t(
            "<b>Welcome to {merchant}!</b>\n"
            "Using this card, you agree that {merchant} keeps your Telegram name and your stamps.",
            merchant=state.merchant_name,
        )
    if not state.has_stamps:
        return t(
            "<b>Welcome to {merchant}!</b>\n"
            "Using this card, you agree that {merchant} keeps your Telegram name and your points.",
            merchant=state.merchant_name,
        )
    return t(
        "<b>Welcome to {merchant}!</b>\n"
        "Using this card, you agree that {merchant} keeps your Telegram name, your stamps and your points.",
        merchant=state.merchant_name,
    )


def stranger(t: Texts, offer: JoinOffer) -> View:
    """For a person who opened somebody else's card and has none here: shows nothing of it, offers a card of their
    own."""
    return View(
        text=t(
            "This code is for the staff of {merchant}. Would you like a card of your own?",
            merchant=offer.merchant.name,
        ),
        buttons=keyboard(row(_join_button(t, offer))),
    )


def somebody_elses(t: Texts, offer: JoinOffer, own_card_id: CardId) -> View:
    """For a person who opened somebody else's card and has one of their own at that shop."""
    key = short_id(offer.merchant.merchant_id), short_id(own_card_id)
    return View(
        text=t(
            "This is somebody else's card: its code is for the staff of {merchant}.",
            merchant=offer.merchant.name,
        ),
        buttons=keyboard(row(Button(text=t("‹ Card"), data=press(Verb.SHOW_CARD, *key)))),
    )


def nobodys(t: Texts, offer: JoinOffer) -> View:
    """For a person who opened a printed or mailed card before it was first scanned at the counter."""
    said = t(
        "<b>A card from {merchant} that nobody has yet.</b>\n"
        "Show its code at the counter, and it is yours. Or get your card here, in Telegram.",
        merchant=offer.merchant.name,
    )
    return View(text=said, buttons=keyboard(row(_join_button(t, offer))))


def _join_button(t: Texts, offer: JoinOffer) -> Button:
    key = short_id(offer.merchant.merchant_id), short_id(offer.store.store_id)
    return Button(text=t("Get my card"), data=press(Verb.JOIN, *key))
