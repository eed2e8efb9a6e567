"""``/wallet``: how a card is put into the wallet of a phone."""

from collections.abc import Sequence

from bot.kit.buttons import Verb, press, short_id
from bot.texts import Texts, mark
from bot.views.view import Button, View, keyboard, row
from domain.usecases.my_cards import HeldCard
from domain.wallet import PassOffer, WalletKind

CARDS_SHOWN = 8
ADD_TO_GOOGLE = mark("Add to Google Wallet")


def wallet_button(t: Texts, held: HeldCard) -> Button:
    key = short_id(held.merchant_id), short_id(held.state.card_id)
    return Button(text=t("📲 Into the phone's wallet"), data=press(Verb.WALLET, *key))


def which_for_wallet(t: Texts, cards: Sequence[HeldCard]) -> View:
    return View(
        text=t("<b>Which card?</b>"), buttons=keyboard(*(row(_card(t, held)) for held in cards[:CARDS_SHOWN]))
    )


def offered(
    t: Texts, merchant_name: str, offers: Sequence[PassOffer], silent: Sequence[WalletKind] = ()
) -> View:
    """One message for all wallets: Apple's file, Google's link. ``silent`` are the wallets that did not answer."""
    file = next((offer.file for offer in offers if offer.file), None)
    link = next((offer.link for offer in offers if offer.link), None)
    lines = [t("📲 <b>{merchant}, in your wallet</b>", merchant=merchant_name)]
    if file is not None:
        lines.append(t("iPhone: open this file and tap Add."))
    if link is not None:
        lines.append(t("Android: tap the button below."))
    if WalletKind.GOOGLE in silent:
        lines.append(t("Android: Google Wallet does not answer. Try again in a minute."))
    lines.append(t("It keeps itself up to date."))
    button = Button(text=t(ADD_TO_GOOGLE), url=link) if link else None
    return View(
        text="\n".join(lines),
        buttons=keyboard(row(button)),
        document=(file.name, file.content) if file else None,
    )


def _card(t: Texts, held: HeldCard) -> Button:
    told = held.told_in(t.locale)
    name = " · ".join(each for each in (told.state.merchant_name, told.card_name) if each)
    key = short_id(held.merchant_id), short_id(held.state.card_id)
    return Button(text=name, data=press(Verb.WALLET, *key))
