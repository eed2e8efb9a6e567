"""``/privacy``: what is kept about a person, to be read, sent as files and erased."""

import asyncio

from bot.kit.buttons import ButtonUnknown
from bot.screens.turn import Turn
from bot.telegram.chat import Place
from bot.views import privacy as views
from bot.views.below_chat import below_chat
from bot.views.personal_data import as_json, as_page, file_name
from domain.ids import MerchantId
from domain.usecases.privacy import (
    Erase,
    Erased,
    MyPrivacy,
    PersonalData,
    ShopKept,
    erase,
    my_data,
    my_privacy,
)


async def privacy_command(turn: Turn) -> None:
    await turn.say(views.privacy(turn.t, await _mine(turn)))


async def privacy_button(turn: Turn) -> None:
    mine = await _mine(turn)
    shop = _chosen(turn, mine) if turn.pressed.arguments else None
    await turn.show(views.shop_page(turn.t, shop) if shop else views.privacy(turn.t, mine))


async def my_data_button(turn: Turn) -> None:
    """Two files below, made off the event loop; the screen stays as it is."""
    await turn.answer()
    place = await turn.say(views.gathering(turn.t))
    data = await turn.read(my_data, turn.account)
    page, told = await asyncio.to_thread(_written, turn, data)
    await turn.say(views.data_page(turn.t, (file_name(data, "html"), page)))
    await turn.say(views.data_file(turn.t, (file_name(data, "json"), told)))
    await turn.services.chat.delete(place.chat_id, place.message_id)


async def erase_button(turn: Turn) -> None:
    mine = await _mine(turn)
    await turn.show(views.confirm_erasure(turn.t, mine, _chosen(turn, mine)))


async def erase_meant_button(turn: Turn) -> None:
    """Erases, and says so in a new message. The question and the messages that show erased cards are deleted."""
    command = Erase(
        account=turn.account, merchant_id=_merchant(turn), account_hash=turn.services.tokens.account_hash
    )
    done = await turn.write(erase, command)
    await turn.answer()
    await turn.say(views.erased(turn.t, done, menu=_menu(turn, done)))
    for message_id in (*map(int, done.shown), *([turn.message.message_id] if turn.message else [])):
        await turn.services.chat.take_buttons(Place(turn.user.id, message_id))
        await turn.services.chat.delete(turn.user.id, message_id)


def _menu(turn: Turn, done: Erased) -> tuple[tuple[str, ...], ...] | None:
    """The keyboard below the chat after an erasure; None leaves it as it is, because cards of other shops are
    left."""
    if done.is_left:
        return None
    return below_chat(turn.t, is_staff=bool(done.teams), has_card=False)


def _written(turn: Turn, data: PersonalData) -> tuple[bytes, bytes]:
    return as_page(turn.t, data).encode(), as_json(data).encode()


async def _mine(turn: Turn) -> MyPrivacy:
    return await turn.read(my_privacy, turn.account)


def _chosen(turn: Turn, mine: MyPrivacy) -> ShopKept | None:
    """The shop that the button names; None for all. Raises ButtonUnknown for a shop that keeps nothing about them."""
    merchant_id = _merchant(turn)
    if merchant_id is None:
        return None
    for shop in mine.shops:
        if shop.merchant.merchant_id == merchant_id:
            return shop
    raise ButtonUnknown


def _merchant(turn: Turn) -> MerchantId | None:
    """The merchant that the button names; None for all. Raises ButtonUnknown."""
    return None if turn.pressed.text(0) == views.EVERYWHERE else MerchantId(turn.pressed.id(0))
