"""A customer's cards: shown, with balances, history and rewards."""

from collections.abc import Sequence

from bot.kit.tokens import token_hash
from bot.screens.turn import Turn
from bot.telegram.chat import Place
from bot.views import cards as views
from bot.views import disputes, history
from bot.views.faces import card_face, retired_face
from bot.views.view import Keyboard, View
from domain.ids import CardId, EntryId, MerchantId
from domain.refusals import CardNumberMistyped
from domain.rules.card_numbers import parse_card_number
from domain.usecases.my_balances import my_balances
from domain.usecases.my_cards import (
    HeldCard,
    HistoryPage,
    MyCard,
    MyCards,
    MyHistory,
    RotateCode,
    my_card,
    my_cards,
    my_history,
    rotate_code,
)
from domain.usecases.open_dispute import OpenDispute, open_dispute
from domain.usecases.show_card import ShowCard, show_card


async def card_command(turn: Turn) -> None:
    """Shows the card most recently dealt with, with buttons to the others. Waits first until messages on their way to
    this chat are noted (``Chat.settled``)."""
    await turn.services.chat.settled(turn.user.id)
    cards = await _cards(turn)
    if not cards:
        await turn.say(views.no_cards(turn.t))
        return
    await turn.services.chat.uploading(turn.user.id)
    await show_card_below(turn, cards[0], cards[1:])


async def balance_command(turn: Turn) -> None:
    balances = await turn.read(my_balances, MyCards(account=turn.account))
    await turn.show(views.balance(turn.t, balances) if balances else views.no_cards(turn.t))


async def rewards_command(turn: Turn) -> None:
    cards = await _cards(turn)
    await turn.show(views.rewards(turn.t, cards) if cards else views.no_cards(turn.t))


async def history_command(turn: Turn) -> None:
    cards = await _cards(turn)
    if not cards:
        await turn.say(views.no_cards(turn.t))
        return
    page = await _history(turn, cards[0].merchant_id, cards[0].state.card_id, before=None)
    await turn.say(history.history(turn.t, page, others=cards[1:]))


async def is_own_number(turn: Turn) -> bool:
    try:
        number = parse_card_number(turn.words)
    except CardNumberMistyped:
        return False
    return any(held.state.card_number == number for held in await _cards(turn))


async def show_card_button(turn: Turn) -> None:
    merchant_id, card_id = _named(turn)
    held = await turn.read(my_card, MyCard(account=turn.account, merchant_id=merchant_id, card_id=card_id))
    await show_card_here(turn, held)


async def history_button(turn: Turn) -> None:
    merchant_id, card_id = _named(turn)
    await _show_history(turn, merchant_id, card_id, before=turn.pressed.number(2) or None)


async def new_code_button(turn: Turn) -> None:
    """Says what a new code does, and asks. Buttons of earlier versions, which made it at once, lead here too."""
    merchant_id, card_id = _named(turn)
    held = await turn.read(my_card, MyCard(account=turn.account, merchant_id=merchant_id, card_id=card_id))
    await turn.show(views.ask_new_code(turn.t, held))


async def new_code_meant_button(turn: Turn) -> None:
    """Gives the card a new code, once for each code that the customer saw, and shows it."""
    merchant_id, card_id = _named(turn)
    rotation = turn.pressed.number(2)
    token = turn.services.tokens.card_token(card_id, rotation + 1)
    held = await turn.write(
        rotate_code,
        RotateCode(
            account=turn.account,
            merchant_id=merchant_id,
            card_id=card_id,
            rotation=rotation,
            token_hash=token_hash(token),
        ),
    )
    await turn.answer(views.new_code_done(turn.t), alert=True)
    await is_shown(turn, held, await turn.show(await _card_view(turn, held)))


async def disputable_button(turn: Turn) -> None:
    """Shows the acts of a page of the history, for the holder to choose the one to dispute."""
    merchant_id, card_id = _named(turn)
    before = turn.pressed.number(2) or None
    await turn.show(history.disputable(turn.t, await _history(turn, merchant_id, card_id, before), before))


async def not_me_button(turn: Turn) -> None:
    """The customer disputes an entry. The receipt, or the list in which it was chosen, says so from then on."""
    pressed = turn.pressed
    disputed = await turn.write(
        open_dispute,
        OpenDispute(
            account=turn.account, merchant_id=MerchantId(pressed.id(0)), entry_id=EntryId(pressed.id(1))
        ),
    )
    if len(pressed.arguments) > 2:
        told = disputed.merchant_name, disputed.merchant_id, disputed.card_id
        await turn.show(history.disputed_in_list(turn.t, *told))
        return
    buttons: Keyboard = ()
    if turn.message is not None and turn.message.photo and _has_more_buttons(turn):
        mine = MyCard(account=turn.account, merchant_id=disputed.merchant_id, card_id=disputed.card_id)
        held = await turn.read(my_card, mine)
        buttons = views.card_buttons(turn.t, held, has_wallets=bool(turn.services.wallets))
    thanks = disputes.disputed(turn.t, disputed.merchant_name)
    await turn.show(View(text=f"{turn.text_there}\n\n{thanks}".strip(), buttons=buttons))


def _has_more_buttons(turn: Turn) -> bool:
    """Where the card is; what it has left behind has *Not me* alone."""
    markup = turn.message.reply_markup if turn.message else None
    return markup is not None and len(markup.inline_keyboard) > 1


async def show_card_here(turn: Turn, held: HeldCard) -> None:
    """In place of the message whose button was pressed."""
    others = [card for card in await _cards(turn) if card.state.card_id != held.state.card_id]
    await is_shown(turn, held, await turn.show(await _card_view(turn, held, others)))


async def show_card_below(turn: Turn, held: HeldCard, others: Sequence[HeldCard] = ()) -> None:
    """As a new message."""
    await is_shown(turn, held, await turn.say(await _card_view(turn, held, others)))


async def is_shown(turn: Turn, held: HeldCard, place: Place) -> None:
    """Notes that this message shows the card now. The message that showed it before loses the code."""
    before = await turn.write(
        show_card,
        ShowCard(
            account=turn.account,
            merchant_id=held.merchant_id,
            card_id=held.state.card_id,
            reference=str(place.message_id),
        ),
    )
    if before is not None:
        picture = await turn.services.studio.card(retired_face(turn.t, held))
        left = Place(turn.user.id, int(before.reference), has_picture=True)
        await turn.services.chat.retire(left, views.retired(turn.t, picture, before))


async def _card_view(turn: Turn, held: HeldCard, others: Sequence[HeldCard] = ()) -> View:
    link = turn.services.links.card(held.state.card_id, held.token_rotation)
    picture = await turn.services.studio.card(card_face(turn.t, held, link))
    return views.card(turn.t, held, picture, others, has_wallets=bool(turn.services.wallets))


async def _cards(turn: Turn) -> Sequence[HeldCard]:
    return await turn.read(my_cards, MyCards(account=turn.account))


async def _show_history(turn: Turn, merchant_id: MerchantId, card_id: CardId, before: int | None) -> None:
    await turn.show(history.history(turn.t, await _history(turn, merchant_id, card_id, before), before))


async def _history(turn: Turn, merchant_id: MerchantId, card_id: CardId, before: int | None) -> HistoryPage:
    asked = MyHistory(account=turn.account, merchant_id=merchant_id, card_id=card_id, before=before)
    return await turn.read(my_history, asked)


def _named(turn: Turn) -> tuple[MerchantId, CardId]:
    pressed = turn.pressed
    return MerchantId(pressed.id(0)), CardId(pressed.id(1))
