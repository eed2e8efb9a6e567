"""Joining at a store, from the poster or offered to who opened another's card; and cards that move to an account."""

from bot.customer.cards import show_card_below
from bot.kit.refusals import CardOfAnotherShop
from bot.kit.tokens import token_hash
from bot.screens.turn import Turn
from bot.views import cards as views
from domain.ids import MerchantId, MoveId, StoreId
from domain.link import Route
from domain.usecases.join_store import JoinStore, join_store
from domain.usecases.links import OpenCardLink, open_card_link
from domain.usecases.move_card import AnswerMove, OpenMove, answer_move, open_move
from domain.usecases.my_cards import MyCard, my_card


async def join_from_poster(turn: Turn, route: Route) -> None:
    await _join(turn, route.merchant_id, StoreId(route.target_id))


async def join_button(turn: Turn) -> None:
    pressed = turn.pressed
    await _join(turn, MerchantId(pressed.id(0)), StoreId(pressed.id(1)))


async def is_own_card(turn: Turn, route: Route) -> bool:
    link = await turn.read(open_card_link, OpenCardLink(account=turn.account, route=route))
    return link.card_id is not None


async def open_card(turn: Turn, route: Route) -> None:
    """A card's code was opened by who does not work there: the holder sees it, nobody else does. Raises
    CardOfAnotherShop for who works elsewhere, and is not offered a card for what may have been a slip."""
    link = await turn.read(open_card_link, OpenCardLink(account=turn.account, route=route))
    if link.card_id is not None:
        own = MyCard(account=turn.account, merchant_id=link.merchant_id, card_id=link.card_id)
        await show_card_below(turn, await turn.read(my_card, own))
    elif link.offer is not None and turn.caller.is_staff:
        raise CardOfAnotherShop(merchant_name=link.offer.merchant.name)
    elif link.offer is not None:
        await turn.say(views.stranger(turn.t, link.offer))


async def open_move_link(turn: Turn, route: Route) -> None:
    tokens = turn.services.tokens
    command = OpenMove(
        account=turn.account,
        name=turn.user.full_name,
        merchant_id=route.merchant_id,
        move_id=MoveId(route.target_id),
        card_hash=lambda card_id, rotation: token_hash(tokens.card_token(card_id, rotation)),
    )
    held = await turn.write(open_move, command)
    await turn.say(views.moved_here(turn.t, held))
    await show_card_below(turn, held)


async def move_answer_button(turn: Turn) -> None:
    """Whether it is the holder who wants the card to move."""
    command = AnswerMove(
        account=turn.account,
        merchant_id=MerchantId(turn.pressed.id(0)),
        move_id=MoveId(turn.pressed.id(1)),
        is_allowed=turn.pressed.number(2) == 1,
    )
    await turn.write(answer_move, command)
    await turn.show(views.move_answered(turn.t, is_allowed=command.is_allowed))


async def _join(turn: Turn, merchant_id: MerchantId, store_id: StoreId) -> None:
    tokens = turn.services.tokens
    card_id = tokens.card_id(turn.account.bot_id, turn.update.update_id, turn.said_at)
    token = tokens.card_token(card_id, 0)
    joined = await turn.write(
        join_store,
        JoinStore(
            account=turn.account,
            name=turn.user.full_name,
            merchant_id=merchant_id,
            store_id=store_id,
            card_id=card_id,
            card_token_hash=token_hash(token),
        ),
    )
    state = joined.held.state
    if joined.is_new and (state.stamp_count or state.points_balance):
        turn.services.chat.answers_first(turn.user.id)
    await turn.answer()
    await turn.say(views.welcome(turn.t, joined.held, is_new=joined.is_new))
    await show_card_below(turn, joined.held)
