"""``/wallet``, and the button under the card: the card in the wallet of the phone."""

from bot.kit.refusals import ButtonOutdated
from bot.screens.turn import Turn
from bot.views import wallets as views
from bot.views.cards import no_cards
from domain.ids import CardId, MerchantId
from domain.refusals import WalletSilent
from domain.usecases.my_cards import MyCards, my_cards
from domain.usecases.wallets import AddPass, add_pass


async def wallet_command(turn: Turn) -> None:
    """Asks which card, where there are several."""
    cards = await turn.read(my_cards, MyCards(account=turn.account))
    if not cards:
        await turn.say(no_cards(turn.t))
    elif len(cards) > 1:
        await turn.say(views.which_for_wallet(turn.t, cards))
    else:
        await _offer(turn, cards[0].merchant_id, cards[0].state.card_id)


async def wallet_button(turn: Turn) -> None:
    if not turn.services.wallets:
        raise ButtonOutdated
    pressed = turn.pressed
    await _offer(turn, MerchantId(pressed.id(0)), CardId(pressed.id(1)))


async def _offer(turn: Turn, merchant_id: MerchantId, card_id: CardId) -> None:
    """Sends a new message, so that the card stays where it is. A wallet that does not answer does not stop the offer
    of the other. Raises WalletSilent if none answers."""
    await turn.services.chat.uploading(turn.user.id)
    offers, silent = [], []
    for kind, wallet in turn.services.wallets.items():
        command = AddPass(account=turn.account, merchant_id=merchant_id, card_id=card_id, wallet=kind)
        letter = await turn.write(add_pass, command)
        try:
            offers.append(await wallet.offer(letter))
        except WalletSilent:
            silent.append(kind)
    if not offers:
        raise WalletSilent
    await turn.say(views.offered(turn.t, letter.merchant.name, offers, silent))
